//! Sigstore's published attestations.

#[path = "../../../../tests/support/folder.rs"]
mod folder;

use super::time;
use crate::{Anchors, Device, Evidence, PinPolicy, Place, Refused, Requirements, Rule, TouchPolicy};
use std::collections::BTreeMap;
use std::path::Path;
use tuffet_keys::{Fingerprint, PublicKey};

fn der(path: &Path) -> Vec<u8> {
    pem::parse(std::fs::read(path).unwrap()).unwrap().into_contents()
}

/// Each device's folder: its certificate, the statements and the public keys.
fn devices(data: &Path) -> BTreeMap<String, (Vec<Evidence>, Vec<PublicKey>)> {
    let mut devices = BTreeMap::new();
    for entry in std::fs::read_dir(data.join("yubikey-attestations")).unwrap() {
        let folder = entry.unwrap().path();
        if !folder.is_dir() {
            continue;
        }
        let serial = folder.file_name().unwrap().to_string_lossy().into_owned();
        let own = der(&folder.join(format!("{serial}_device_cert.pem")));
        let (mut statements, mut keys) = (Vec::new(), Vec::new());
        for file in std::fs::read_dir(&folder).unwrap() {
            let path = file.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if name.contains("_key_cert") {
                statements.push(Evidence::from_der(vec![der(&path), own.clone()]).unwrap());
            } else if name.contains("_pubkey") {
                keys.push(PublicKey::from_pem(&std::fs::read_to_string(&path).unwrap()).unwrap());
            }
        }
        devices.insert(serial, (statements, keys));
    }
    devices
}

const SOFTWARE: &str = "76651934";

#[test]
fn k8_k9_every_real_attestation_verifies_but_the_software_key() {
    let Some(data) = folder::data("attestation: real") else { return };
    let (at, anchors) = (time("2026-08-22T00:00:00Z"), Anchors::yubico());
    let mut proved = 0;
    for (serial, (statements, keys)) in devices(&data) {
        let published: Vec<Fingerprint> = keys.iter().map(PublicKey::fingerprint).collect();
        for evidence in statements {
            let key = evidence.untrusted_key().unwrap();
            let verdict = evidence.verify(&key, &anchors, at);
            if serial == SOFTWARE {
                let refused = verdict.unwrap_err();
                assert_eq!(
                    refused.to_string(),
                    "expected a statement of a YubiKey or YubiHSM 2, found a certificate without one (AT5)"
                );
                continue;
            }
            let proof = verdict.unwrap_or_else(|e| panic!("{serial}: {e}"));
            let statement = proof.statement();
            assert_eq!(statement.serial.unwrap().to_string(), serial, "the folder is named after the device");
            assert_eq!((statement.device, statement.place), (Device::YubiKeyPiv, Place::Slot(0x9c)));
            assert_eq!((statement.pin, statement.touch), (Some(PinPolicy::Always), Some(TouchPolicy::Always)));
            assert_eq!(proof.root(), "Yubico PIV Root CA Serial 263751");
            assert!(published.contains(&proof.key()), "{serial}: no published public key");
            let found: Vec<Rule> = Requirements::default().judge(&proof).iter().map(|s| s.rule).collect();
            assert_eq!(found, [Rule::Weakness], "{serial}: firmware {}", statement.firmware);
            proved += 1;
        }
    }
    assert_eq!(proved, 16, "6 devices with one statement each, one with ten");
}

#[test]
fn k8_a_real_statement_speaks_for_its_own_key_only() {
    let Some(data) = folder::data("attestation: swapped") else { return };
    let (at, anchors) = (time("2026-08-22T00:00:00Z"), Anchors::yubico());
    let devices = devices(&data);
    let all: Vec<_> = devices.iter().filter(|(serial, _)| *serial != SOFTWARE).flat_map(|(_, (e, _))| e).collect();
    for (index, evidence) in all.iter().enumerate() {
        let other = all[(index + 1) % all.len()].untrusted_key().unwrap();
        let own = evidence.untrusted_key().unwrap();
        let refused = evidence.verify(&other, &anchors, at);
        assert!(own == other || matches!(refused, Err(Refused::OtherKey { .. })), "{refused:?}");
    }
}
