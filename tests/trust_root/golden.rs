//! The published trust roots made again from what went into them.

use crate::base::{done, folder};
use crate::folder::data;
use std::fs;
use std::path::Path;
use tuffet_trust_root::TrustedRoot;

const AT: &str = "2026-08-22T00:00:00Z";

/// The one file of this name below its hash.
fn target(folder: &Path, name: &str) -> Vec<u8> {
    let ending = format!(".{name}");
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut paths: Vec<_> = paths.filter(|path| path.to_str().unwrap().ends_with(&ending)).collect();
    paths.sort();
    fs::read(&paths[0]).unwrap()
}

/// The keys and certificates that production's targets carry as files of their own, and of the trust root those that have
/// none: the newest log and the time stamp authority.
fn parts(targets: &Path, root: &TrustedRoot, into: &Path) {
    let put = |name: &str, bytes: &[u8]| fs::write(into.join(name), bytes).unwrap();
    for name in ["rekor.pub", "ctfe.pub", "ctfe_2022.pub", "fulcio.crt.pem"] {
        put(name, &target(targets, name));
    }
    let two = [target(targets, "fulcio_intermediate_v1.crt.pem"), b"\n".to_vec(), target(targets, "fulcio_v1.crt.pem")];
    put("fulcio_v1-chain.pem", &two.concat());
    let lines = || pem::EncodeConfig::new().set_line_ending(pem::LineEnding::LF);
    let armour = |tag: &str, der: &[u8]| pem::encode_config(&pem::Pem::new(tag, der), lines());
    put("log2025-1.pub", armour("PUBLIC KEY", root.tlogs()[1].public_key().spki()).as_bytes());
    let chain = root.timestamp_authorities()[0].chain().iter();
    put(
        "tsa-chain.pem",
        chain.map(|certificate| armour("CERTIFICATE", certificate.der())).collect::<String>().as_bytes(),
    );
}

/// What came with root 15: a log of another kind, and time stamps.
const NEW: &str = "--log kind=rekor-v2,key=log2025-1.pub,url=https://log2025-1.rekor.sigstore.dev,start=2025-09-23T00:00:00Z \
    --tsa chain=tsa-chain.pem,uri=https://timestamp.sigstore.dev/api/v1/timestamp,start=2025-07-04T00:00:00Z";

#[test]
#[expect(clippy::print_stdout, reason = "figures")]
fn tr6_the_production_file_is_composed_again() {
    let Some(data) = data("the production trust root from its parts") else { return };
    let published = String::from_utf8(target(&data.join("prod/targets"), "trusted_root.json")).unwrap();
    let root = TrustedRoot::parse(published.as_bytes()).unwrap();
    let folder = folder();
    parts(&data.join("prod/targets"), &root, folder.path());
    done(
        folder.path(),
        &format!(
            "tuffet trust-root compose --out composed.json {NEW} \
            --log kind=rekor-v1,key=rekor.pub,url=https://rekor.sigstore.dev,start=2021-01-12T11:53:27Z \
            --ca chain=fulcio.crt.pem,uri=https://fulcio.sigstore.dev,start=2021-03-07T03:20:29Z,end=2022-12-31T23:59:59Z \
            --ca chain=fulcio_v1-chain.pem,uri=https://fulcio.sigstore.dev,start=2022-04-13T20:06:15Z \
            --ct key=ctfe.pub,url=https://ctfe.sigstore.dev/test,start=2021-03-14T00:00:00Z,end=2022-10-31T23:59:59Z \
            --ct key=ctfe_2022.pub,url=https://ctfe.sigstore.dev/2022,start=2022-10-20T00:00:00Z"
        ),
    );
    let composed = fs::read_to_string(folder.path().join("composed.json")).unwrap();
    let differs: Vec<(&str, &str)> =
        published.lines().zip(composed.lines()).filter(|(a, b)| a != b).map(|(a, b)| (a.trim(), b.trim())).collect();
    // Two ends carry a fraction of a second, which a new window is not given (TR3).
    assert_eq!(
        differs,
        [
            (r#""end": "2022-12-31T23:59:59.999Z""#, r#""end": "2022-12-31T23:59:59Z""#),
            (r#""end": "2022-10-31T23:59:59.999Z""#, r#""end": "2022-10-31T23:59:59Z""#),
        ]
    );
    assert_eq!(published.lines().count(), composed.lines().count());
    println!(
        "production: {} bytes composed, {} lines differ, in a fraction of a second",
        composed.len(),
        differs.len()
    );
}

#[test]
#[expect(clippy::print_stdout, reason = "figures")]
fn tr4_tr6_what_came_with_root_15_is_added_to_what_was_published_with_root_13() {
    let Some(data) = data("the trust roots of production's roots 13 and 15") else { return };
    let before = String::from_utf8(target(&data.join("epochs/11/last/targets"), "trusted_root.json")).unwrap();
    let after = String::from_utf8(target(&data.join("prod/targets"), "trusted_root.json")).unwrap();
    let (old, new) = (TrustedRoot::parse(before.as_bytes()).unwrap(), TrustedRoot::parse(after.as_bytes()).unwrap());
    assert_eq!(new.breaks_history_of(&old), [], "people took nothing away");
    let folder = folder();
    parts(&data.join("prod/targets"), &new, folder.path());
    fs::write(folder.path().join("before.json"), &before).unwrap();
    done(folder.path(), &format!("tuffet trust-root add before.json --out after.json {NEW}"));
    let made = fs::read_to_string(folder.path().join("after.json")).unwrap();
    // Whoever made the published one wrote five starts anew, the same moments; we keep a time's string.
    let rewritten = made.matches(".000Z").count();
    assert_eq!(made.replace(".000Z", "Z"), after);
    println!("root 15: equal byte for byte, but for {rewritten} starts that keep their zeros");
    assert_eq!(rewritten, 5);
    fs::write(folder.path().join("before.json"), before.replace(".000Z", "Z")).unwrap();
    done(folder.path(), &format!("tuffet trust-root add before.json --out exactly.json {NEW}"));
    assert_eq!(fs::read_to_string(folder.path().join("exactly.json")).unwrap(), after);
}

#[test]
fn the_files_of_old_clients_are_those_that_production_carries() {
    let Some(data) = data("production's targets for old clients") else { return };
    let targets = data.join("prod/targets");
    let root = TrustedRoot::parse(&target(&targets, "trusted_root.json")).unwrap();
    let names = [
        "ctfe.pub",
        "ctfe_2022.pub",
        "fulcio.crt.pem",
        "fulcio_intermediate_v1.crt.pem",
        "fulcio_v1.crt.pem",
        "rekor.pub",
    ];
    let known: Vec<(String, Vec<u8>)> = names.iter().map(|name| ((*name).to_owned(), target(&targets, name))).collect();
    let listed = fs::read_dir(data.join("prod/metadata")).unwrap().map(|entry| entry.unwrap().path());
    let listed = listed.filter(|path| path.to_str().unwrap().ends_with("14.targets.json")).next().unwrap();
    let listed: serde_json::Value = serde_json::from_slice(&fs::read(listed).unwrap()).unwrap();
    let files = root.legacy_files(AT.parse().unwrap(), &known);
    let mut told = Vec::new();
    for file in files.iter().filter(|file| file.usage != "TSA") {
        assert!(known.contains(&(file.path.clone(), file.bytes.clone())), "{}", file.path);
        let published = &listed["signed"]["targets"][&file.path]["custom"];
        let ours: serde_json::Value = serde_json::from_str(&file.custom()).unwrap();
        if ours != *published {
            told.push((file.path.clone(), published["sigstore"]["status"].clone(), ours["sigstore"]["status"].clone()));
        }
    }
    assert_eq!(files.len(), known.len() + 2, "and the two certificates of the TSA, which production does not carry");
    // Its window ended in 2022; that its status was never changed is production's.
    assert_eq!(told, [("ctfe.pub".to_owned(), "Active".into(), "Expired".into())]);
}
