//! The commands `client` and `trust-root`, where it can be on every machine.

use crate::support::real::{data, tuffet};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;
use tuffet_trust_root::TrustedRoot;

/// Production root 16, out of the package that carries it: it has no name there that could be imported.
pub(crate) fn root_16() -> Vec<u8> {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml");
    let words = ["metadata", "--offline", "--locked", "--format-version", "1", "--manifest-path", manifest];
    let output = Command::new(env!("CARGO")).args(words).output().unwrap();
    let metadata: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&output.stderr)));
    let packages = metadata["packages"].as_array().unwrap();
    let package = packages.iter().find(|package| package["name"] == "sigstore-trust-root").unwrap();
    let folder = Path::new(package["manifest_path"].as_str().unwrap()).parent().unwrap().to_owned();
    std::fs::read(folder.join("repository/tuf_root.json")).unwrap()
}

fn scratch() -> (TempDir, impl Fn(&str) -> String) {
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path().to_owned();
    (dir, move |name: &str| at.join(name).to_str().unwrap().to_owned())
}

/// The production trust root as a file.
fn production(file: &str) {
    std::fs::write(file, sigstore_trust_root::SIGSTORE_PRODUCTION_TRUSTED_ROOT).unwrap();
}

#[test]
fn trust_root_show_lists_all_or_what_is_valid_then() {
    let (_dir, at) = scratch();
    let file = at("trusted_root.json");
    production(&file);
    let all = tuffet(&["trust-root", "show", &file]).done().stdout;
    assert!(all.starts_with(&format!("{file}\n7 entries\n\nlog     https://rekor.sigstore.dev\n")), "{all}");
    assert!(all.lines().skip(1).all(|line| line.chars().count() <= 80), "{all}");
    let then = "2021-08-22T00:00:00Z";
    let text = format!(
        "{file}\n\
         valid at 2021-08-22T00:00:00Z: 3 of 7 entries\n\
         \n\
         log     https://rekor.sigstore.dev\n\
         {pad}ECDSA P-256\n\
         {pad}c0d23d6ad406973f9559f3ba2d1ca01f84147d8ffc5b8445c224f98b9591801d\n\
         {pad}2021-01-12T11:53:27Z, no end\n\
         \n\
         CA      O=sigstore.dev, CN=sigstore\n\
         {pad}https://fulcio.sigstore.dev\n\
         {pad}ECDSA P-384\n\
         {pad}03a38ffb1f450100c2596d1d10b900ac4d504058006dda58199576bbeb9c73d0\n\
         {pad}2021-03-07T03:20:29Z to 2022-12-31T23:59:59.999Z\n\
         {pad}certificate 1 of 1, ECDSA P-384\n\
         {pad}  CN=sigstore,O=sigstore.dev\n\
         {pad}  03a38ffb1f450100c2596d1d10b900ac4d504058006dda58199576bbeb9c73d0\n\
         {pad}  2021-03-07T03:20:29Z to 2031-02-23T03:20:29Z\n\
         \n\
         CT log  https://ctfe.sigstore.dev/test\n\
         {pad}ECDSA P-256\n\
         {pad}086092f02852ff6845d1d16b27849c456718ac163dc338d26de6bc2206366f72\n\
         {pad}2021-03-14T00:00:00Z to 2022-10-31T23:59:59.999Z\n",
        pad = "        "
    );
    // The time may stand before or after the command, or be an argument of its own.
    for words in [
        &["trust-root", "show", &file, "--at", then][..],
        &["--at", then, "trust-root", "show", &file],
        &["trust-root", "at", &file, then],
    ] {
        assert_eq!(tuffet(words).done().stdout, text);
    }
    let report = tuffet(&["trust-root", "at", &file, then, "--json"]).done().json();
    assert_eq!(report["schema"], "tuffet-trust-root-summary-v1");
    let kinds: Vec<_> = report["entries"].as_array().unwrap().iter().map(|e| e["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["transparency-log", "certificate-authority", "ct-log"]);
}

#[test]
fn trust_root_show_refuses_what_is_none() {
    let (_dir, at) = scratch();
    let file = at("trusted_root.json");
    std::fs::write(&file, "{}").unwrap();
    let error = format!("tuffet: error: {file}: mediaType: expected a value, found no such field (TR6)\n");
    tuffet(&["trust-root", "show", &file]).refused(1, &error);
    let error = "tuffet: error: expected a time YYYY-MM-DDTHH:MM:SSZ, found `today`\n";
    tuffet(&["trust-root", "show", &file, "--at", "today"]).refused(2, error);
}

#[test]
fn trust_root_compose_writes_what_it_shows() {
    let (_dir, at) = scratch();
    let (key, chain, tsa, out) = (at("log.pem"), at("ca.pem"), at("tsa.pem"), at("new/trusted_root.json"));
    std::fs::write(&key, LOG_KEY).unwrap();
    let root = TrustedRoot::parse(sigstore_trust_root::SIGSTORE_PRODUCTION_TRUSTED_ROOT.as_bytes()).unwrap();
    let pem = |chain: &[tuffet_trust_root::Certificate]| -> String {
        chain.iter().map(|c| pem::encode(&pem::Pem::new("CERTIFICATE", c.der()))).collect()
    };
    std::fs::write(&chain, pem(root.certificate_authorities()[1].chain())).unwrap();
    std::fs::write(&tsa, pem(root.timestamp_authorities()[0].chain())).unwrap();
    let log = format!("kind=rekor-v2,key={key},url=https://log2025-1.rekor.sigstore.dev,start=2025-09-23T00:00:00Z");
    let ct = format!("key={key},url=https://ct.example.org,start=2025-01-01T00:00:00Z,end=2026-01-01T00:00:00Z");
    let ca = format!("chain={chain},uri=https://fulcio.sigstore.dev,start=2022-04-13T20:06:15Z");
    let tsa = format!("chain={tsa},uri=https://timestamp.sigstore.dev/api/v1/timestamp,start=2025-07-04T00:00:00Z");
    let words = ["trust-root", "compose", "--out", &out, "--log", &log, "--ca", &ca, "--ct", &ct, "--tsa", &tsa];
    let said = tuffet(&words).done();
    assert!(said.stdout.starts_with(&format!("{out} is written\n4 entries\n")), "{}", said.stdout);
    let shown = tuffet(&["trust-root", "show", &out, "--json"]).done().json();
    // The first is the production log's id, and the authorities' are those of the production root.
    let ids: Vec<_> = shown["entries"].as_array().unwrap().iter().map(|e| e["id"].as_str().unwrap()).collect();
    let production: Vec<_> = root.entries().into_iter().map(|e| e.id).collect();
    assert_eq!([ids[0], ids[1], ids[3]], [&*production[1], &*production[3], &*production[6]]);
    let error = format!(
        "tuffet: error: {out}: expected no such file, found one: it is never overwritten\n\
         tuffet: hint: move it away, or name another file\n"
    );
    tuffet(&words).refused(1, &error);
    // A successor keeps every entry.
    let next = at("next.json");
    let more = format!("key={key},url=https://ct2.example.org,start=2026-01-01T00:00:00Z");
    let error = format!("tuffet: error: {key}: {} (TR5)\n", DUPLICATE.replace("ID", ids[2]));
    tuffet(&["trust-root", "compose", "--from", &out, "--out", &next, "--ct", &more]).refused(1, &error);
    assert!(!Path::new(&next).exists());
}

#[test]
fn trust_root_compose_reads_its_lists_strictly() {
    let (_dir, at) = scratch();
    let (key, out) = (at("log.pem"), at("out.json"));
    std::fs::write(&key, LOG_KEY).unwrap();
    let form = "--log: expected --log kind=…,key=…,url=…,start=…[,end=…], found";
    let hint = "tuffet: hint: a path or URL with a comma cannot be given here; times are YYYY-MM-DDTHH:MM:SSZ\n";
    let good = format!("kind=rekor-v1,key={key},url=https://log.example.org,start=2026-01-01T00:00:00Z");
    for (list, error) in [
        ("kind".to_owned(), format!("{form} `kind`\n{hint}")),
        (format!("{good},stop=x"), format!("{form} `stop=`\n{hint}")),
        (format!("{good},key=other"), format!("{form} `key=` twice\n{hint}")),
        (good.replace("kind=rekor-v1,", ""), format!("{form} no `kind=`\n{hint}")),
        (good.replace("v1", "v3"), "--log: kind: expected rekor-v1 or rekor-v2, found `rekor-v3`\n".into()),
        (good.replace("T00:00:00Z", ""), {
            "--log: start: expected a time YYYY-MM-DDTHH:MM:SSZ, found `2026-01-01`\n".into()
        }),
    ] {
        let said = tuffet(&["trust-root", "compose", "--out", &out, "--log", &list]);
        said.refused(2, &format!("tuffet: error: {error}"));
    }
    let error = "tuffet: error: expected at least one of --log, --ca, --ct and --tsa, found none\n";
    tuffet(&["trust-root", "compose", "--out", &out]).refused(2, error);
    assert!(!Path::new(&out).exists());
}

#[test]
fn client_commands_start_from_a_pin_and_nothing_else() {
    let (_dir, at) = scratch();
    let (cache, pin, empty) = (at("cache"), at("16.root.json"), at("empty"));
    std::fs::write(&pin, root_16()).unwrap();
    std::fs::create_dir(&empty).unwrap();
    let error = format!(
        "tuffet: error: the cache {cache}: expected a trusted root.json to start from, found none (TUF 5.2)\n\
         tuffet: hint: `tuffet client init --cache {cache} --root root.json`, with a root.json you trust\n"
    );
    tuffet(&["client", "refresh", "--cache", &cache, "--url", &empty]).refused(1, &error);
    let text = format!(
        "cache   {cache}\nroot    v16\nsha256  27aea7e372aa7864065174f0661784fcf8b0e28b1dbfebeada31a0f1fb19167f\n"
    );
    for _again in 0..2 {
        assert_eq!(tuffet(&["client", "init", "--cache", &cache, "--root", &pin]).done().stdout, text);
    }
    let error = format!(
        "tuffet: error: cannot fetch timestamp: {empty}/timestamp.json: not found\n\
         tuffet: hint: is this the repository's metadata URL?\n"
    );
    let words = ["client", "refresh", "--cache", &cache, "--url", &empty, "--at", "2026-12-01T00:00:00Z"];
    tuffet(&words).refused(1, &error);
    let late = ["client", "refresh", "--cache", &cache, "--url", &empty, "--at", "2027-12-01T00:00:00Z"];
    let error = "tuffet: error: root v16: expired at 2027-04-22T19:27:31Z, and the update started at \
                 2027-12-01T00:00:00Z (TUF 5.3.10)\n\
                 tuffet: hint: ask the repository's owner to publish, or check the clock of this machine\n";
    tuffet(&late).refused(1, error);
    let audit = ["audit", &empty, "--root", &pin, "--except", "x:y", "--profile", "strict"];
    let error = "tuffet: error: --except has no meaning under --profile strict, which knows no exception\n";
    tuffet(&audit).refused(2, error);
    let error = "tuffet: error: --except: expected SHA-256 of the root in lower-case hex, `:`, keyid; found `x:y`\n\
                 tuffet: hint: `sha256sum 11.root.json` gives the first part; the audit's JSON report has both\n";
    tuffet(&audit[..6]).refused(2, error);
    let said = tuffet(&["audit", &empty, "--root", &pin, "--at", "2026-12-01T00:00:00Z"]);
    assert_eq!((said.code, said.stderr.as_str()), (1, ""));
    let end = "\nrefused: timestamp: expected a file `timestamp.json`, found none\n\
               hint: is this the repository's metadata URL?\n";
    assert!(said.stdout.ends_with(end), "{}", said.stdout);
}

#[test]
fn client_commands_over_production() {
    let Some(data) = data("client commands") else { return };
    let (_dir, at) = scratch();
    let (cache, out) = (at("cache"), at("out"));
    let path = |below: &str| -> String { PathBuf::from(&data).join(below).to_str().unwrap().to_owned() };
    let (url, targets, pin) = (path("prod/metadata"), path("prod/targets"), path("prod/metadata/1.root.json"));
    tuffet(&["client", "init", "--cache", &cache, "--root", &pin]).done();
    let repository = ["--cache", &cache, "--url", &url, "--at", "2026-08-22T00:00:00Z"];
    let said = tuffet(&[&["client", "refresh"], &repository[..]].concat()).done();
    let text = "trusted at 2026-08-22T00:00:00Z\n\
                role       version  expires               days left\n\
                root            15  2026-11-20T13:58:18Z         90\n\
                timestamp      762  2026-08-28T19:25:56Z          6\n\
                snapshot       165  2036-05-15T08:09:16Z       3554\n\
                targets         14  2036-05-09T09:00:52Z       3548\n";
    assert_eq!(said.stdout, text);
    let download = [&["client", "download", "--targets", &targets, "--out", &out], &repository[..]].concat();
    let report = tuffet(&[&download[..], &["rekor.pub", "--json"]].concat()).done().json();
    assert_eq!(report["schema"], "tuffet-client-download-v1");
    assert_eq!(
        report["targets"],
        json!([
            {"target": "rekor.pub", "path": format!("{out}/rekor.pub"), "length": 178, "fetched": true}
        ])
    );
    let again = tuffet(&[&download[..], &["rekor.pub"]].concat()).done().stdout;
    assert!(again.ends_with(&format!("\nbytes             target\n  178  was there  {out}/rekor.pub\n")), "{again}");
    let unknown = tuffet(&[&download[..], &["rekor.pem"]].concat());
    assert!(unknown.stderr.starts_with("tuffet: error: target `rekor.pem`: not listed by targets v14 (TUF 5.6.7)\n"));
    assert!(unknown.stderr.contains("tuffet: hint: the repository lists artifact.pub, ctfe.pub, "));
    // The end of the client's story: from one pinned root to the keys in force.
    let fetch = [&["trust-root", "fetch", "--targets", &targets, "--root", &pin], &repository[..]].concat();
    let said = tuffet(&fetch).done().stdout;
    assert!(said.contains("\ntrusted_root.json of targets v14\nvalid at 2026-08-22T00:00:00Z: 5 of 7 entries\n"));
    let report = tuffet(&[&fetch[..], &["--json"]].concat()).done().json();
    assert_eq!(report["schema"], "tuffet-trust-root-fetch-v1");
    assert_eq!(report["trust_root"]["entries"].as_array().unwrap().len(), 5);
}

const LOG_KEY: &str = "-----BEGIN PUBLIC KEY-----\n\
                       MCowBQYDK2VwAyEAt8rlp1knGwjfbcXAYPYAkn0XiLz1x8O4t0YkEhie244=\n\
                       -----END PUBLIC KEY-----\n";
const DUPLICATE: &str = "expected a log id of its own, found ID, the id of https://ct.example.org";
