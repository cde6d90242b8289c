//! `tuffet audit --attestations` on Sigstore's published attestations. The reference time is that of the repository's
//! copy; names of people and serial numbers of devices stay out of this file.

#[path = "support/real.rs"]
mod real;

use real::{data, tuffet};
use std::path::Path;

const NOW: &str = "2026-08-22T00:00:00Z";

fn audit(data: &Path, folder: &Path, more: &[&str]) -> real::Said {
    let metadata = data.join("prod/metadata");
    let root = metadata.join("1.root.json");
    let words = ["audit", metadata.to_str().unwrap(), "--root", root.to_str().unwrap(), "--at", NOW];
    tuffet(&[&words[..], &["--attestations", folder.to_str().unwrap()], more].concat())
}

/// The keys that signed a root of the production chain, and what is proved of them.
const DEVICES: &str = "\
key       roots              made in
06735820  1-15               YubiKey, slot 9c, firmware 5.2.7; AT12
2a8a8a33  1-2                YubiKey, slot 9c, firmware 5.2.7; AT12
5330d64c  1-6, 9-11          YubiKey, slot 9c, firmware 5.2.6; AT12
56cf17e5  1-4, 6-11, 13, 15  YubiKey, slot 9c, firmware 5.2.7; AT12
982b189e  4-15               YubiKey, slot 9c, firmware 5.4.3; AT12
b3413f6d  13-15              no evidence
e94c1119  1-2, 4-15          YubiKey, slot 9c, firmware 5.2.7; AT12
evidence about 17 keys, 11 of which signed no root seen here
";

#[test]
fn k8_k9_the_audit_says_which_real_root_signatures_come_from_attested_devices() {
    let Some(data) = data("audit --attestations") else { return };
    let folder = data.join("yubikey-attestations");
    let text = audit(&data, &folder, &[]).done().stdout;
    let (_, section) = text.split_once("DEVICES: what the evidence proves of the keys that signed\n").unwrap();
    let (section, _) = section.split_once("\nCURRENT\n").unwrap();
    assert_eq!(section, DEVICES);
    let report = audit(&data, &folder, &["--json"]).done();
    let json = report.json();
    let devices = json["devices"].as_array().unwrap();
    assert_eq!(devices.len(), 7);
    let attested = devices.iter().filter(|device| device["attested"].is_object()).count();
    let without: Vec<_> = devices.iter().filter(|device| device["attested"].is_null()).collect();
    assert_eq!((attested, without.len()), (6, 1));
    assert_eq!(without[0]["roots"], serde_json::json!([13, 14, 15]), "who came with root 13");
    for entry in std::fs::read_dir(&folder).unwrap() {
        let serial = entry.unwrap().file_name().to_string_lossy().into_owned();
        if serial.bytes().all(|b| b.is_ascii_digit()) {
            assert!(!section.contains(&serial) && !devices.iter().any(|d| d.to_string().contains(&serial)));
        }
    }
}

#[test]
fn k8_evidence_that_was_tampered_with_is_said_beside_the_key() {
    let Some(data) = data("audit --attestations, tampered") else { return };
    let folder = tempfile::tempdir().unwrap();
    let (mut devices, mut statements) = (Vec::new(), Vec::new());
    for entry in walkdir::WalkDir::new(data.join("yubikey-attestations")).sort_by_file_name() {
        let path = entry.unwrap().into_path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if name.ends_with("_device_cert.pem") {
            devices.push(std::fs::read(&path).unwrap());
        } else if name.ends_with("_key_cert.pem") {
            statements.push(std::fs::read(&path).unwrap());
        }
    }
    // One device's statement beside the certificate of another.
    std::fs::write(folder.path().join("a_key_cert.pem"), &statements[0]).unwrap();
    let other = devices.iter().rev().nth(1).unwrap();
    std::fs::write(folder.path().join("a_device_cert.pem"), other).unwrap();
    std::fs::write(folder.path().join("attestation.pem"), "no evidence").unwrap();
    std::fs::write(folder.path().join("\u{1b}[2J_key_cert.pem"), "no evidence").unwrap();
    let text = audit(&data, folder.path(), &[]).done().stdout.replace('\n', " ");
    assert!(!text.contains('\u{1b}') && text.contains("/\\u{1b}[2J_key_cert.pem: "), "{text}");
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("evidence that proves nothing: certificate 1: expected a signature by"), "{text}");
    assert!(text.contains("attestation.pem: expected 2 to 8 certificates, found 0"), "{text}");
}

#[test]
fn a_folder_without_evidence_is_refused() {
    let Some(data) = data("audit --attestations, empty") else { return };
    let folder = tempfile::tempdir().unwrap();
    let message = format!(
        "tuffet: error: {}: expected evidence, found none\ntuffet: hint: evidence is `attestation.pem`, or a pair \
         `*_key_cert.pem` and `*_device_cert.pem` in one folder\n",
        folder.path().display()
    );
    audit(&data, folder.path(), &[]).refused(1, &message);
}
