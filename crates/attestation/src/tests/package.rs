//! Real statements of a YubiKey and a YubiHSM 2, as the sources of a registry package carry them.

use super::today;
use crate::{Anchors, Device, Evidence, Firmware, Place, Refused, Requirements, Rule};
use std::path::PathBuf;
use tuffet_keys::PublicKey;

/// The package's folder in cargo's cache: cargo has put it there to build the test.
fn folder() -> PathBuf {
    let output = std::process::Command::new(env!("CARGO"))
        .args(["metadata", "--offline", "--locked", "--format-version", "1"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let package = packages.iter().find(|package| package["name"] == "attestation-validator").unwrap();
    PathBuf::from(package["manifest_path"].as_str().unwrap()).parent().unwrap().to_owned()
}

fn der(name: &str) -> Vec<u8> {
    let bytes = std::fs::read(folder().join(name)).unwrap();
    pem::parse(&bytes).map_or(bytes, pem::Pem::into_contents)
}

fn key(evidence: &Evidence) -> PublicKey {
    evidence.untrusted_key().unwrap()
}

#[test]
fn k8_a_real_yubihsm_proves_its_key() {
    let evidence = Evidence::from_der(vec![der("hsm-attestation-pem"), der("hsm-attestation-cert.cer")]).unwrap();
    let proof = evidence.verify(&key(&evidence), &Anchors::yubico(), today()).unwrap();
    assert_eq!((proof.statement().device, proof.statement().place), (Device::YubiHsm2, Place::Object(3)));
    assert_eq!((proof.statement().firmware, proof.root()), (Firmware(2, 4, 1), "Yubico YubiHSM Root CA"));
    assert_eq!(Requirements::default().judge(&proof), [], "an Ed25519 key that signs and does nothing else");
}

#[test]
fn k8_a_real_yubikey_of_the_older_generation_proves_its_key() {
    let evidence = Evidence::from_der(vec![der("Slot9Cattestation-pem"), der("SlotF9Intermediate-pem")]).unwrap();
    let proof = evidence.verify(&key(&evidence), &Anchors::yubico(), today()).unwrap();
    assert_eq!((proof.statement().device, proof.statement().place), (Device::YubiKeyPiv, Place::Slot(0x9c)));
    assert_eq!(proof.root(), "Yubico PIV Root CA Serial 263751");
    let rules: Vec<Rule> = Requirements::default().judge(&proof).iter().map(|found| found.rule).collect();
    assert!(rules.contains(&Rule::Weakness), "its firmware {} is older than 5.7.0", proof.statement().firmware);
}

#[test]
fn at2_a_device_of_one_kind_does_not_speak_for_the_other() {
    let (hsm, piv) = (der("hsm-attestation-pem"), der("Slot9Cattestation-pem"));
    let (hsm_device, piv_device) = (der("hsm-attestation-cert.cer"), der("SlotF9Intermediate-pem"));
    for (statement, device) in [(hsm, piv_device), (piv, hsm_device)] {
        let evidence = Evidence::from_der(vec![statement, device]).unwrap();
        let refused = evidence.verify(&key(&evidence), &Anchors::yubico(), today()).unwrap_err();
        assert!(matches!(refused, Refused::Anchor { .. } | Refused::Order { .. }), "{refused}");
    }
}

#[test]
fn a_record_can_be_completed_up_to_the_root() {
    let evidence = Evidence::from_der(vec![der("hsm-attestation-pem"), der("hsm-attestation-cert.cer")]).unwrap();
    let complete = Anchors::yubico().complete(&evidence);
    assert_eq!(complete.certificates().len(), 3);
    assert_eq!(complete.certificates()[..2], *evidence.certificates());
    assert_eq!(
        complete.verify(&key(&evidence), &Anchors::yubico(), today()),
        evidence.verify(&key(&evidence), &Anchors::yubico(), today())
    );
    assert_eq!(Anchors::yubico().complete(&complete), complete);
}
