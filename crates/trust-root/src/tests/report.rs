//! The report for programs: everything of the file, under a schema.

use serde_json::{Value, json};

use super::{PRODUCTION, utc};
use crate::{Tolerant, TrustedRoot};

fn report(json: &str, at: &str) -> Value {
    serde_json::to_value(Tolerant::parse(json.as_bytes()).unwrap().summary_at(utc(at))).unwrap()
}

#[test]
fn the_report_is_json_with_a_schema() {
    assert_eq!(
        report(PRODUCTION, "2021-02-01T00:00:00Z"),
        json!({
            "schema": "tuffet-trust-root-summary-v1",
            "media_type": "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
            "at": "2021-02-01T00:00:00Z",
            "entries": [{
                "kind": "transparency-log",
                "id": "c0d23d6ad406973f9559f3ba2d1ca01f84147d8ffc5b8445c224f98b9591801d",
                "id_base64": "wNI9atQGlz+VWfO6LRygH4QUfY/8W4RFwiT5i5WRgB0=",
                "id_rule": "spki-sha256",
                "algorithm": "ECDSA P-256",
                "subject": null,
                "url": "https://rekor.sigstore.dev",
                "start": "2021-01-12T11:53:27Z",
                "end": null,
                "operator": null,
                "log": {
                    "origin": "rekor.sigstore.dev",
                    "hash_algorithm": "SHA2_256",
                    "key_details": "PKIX_ECDSA_P256_SHA_256",
                    "key_sha256": "c0d23d6ad406973f9559f3ba2d1ca01f84147d8ffc5b8445c224f98b9591801d",
                    "public_key": "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE2G2Y+2tabdTV5BcGiBIx0a9fAFwrkBbmLSGtks4L3qX6yYY0\
                                   zufBnhC8Ur/iy55GhWP/9A/bY2LhC30M9+RYtw==",
                    "checkpoint_key_id": null,
                },
                "chain": [],
            }],
            "set_aside": [],
        })
    );
}

#[test]
fn the_report_has_every_certificate_of_a_chain() {
    let report = report(PRODUCTION, "2023-01-01T00:00:00Z");
    let ca = &report["entries"][1];
    assert_eq!((ca["kind"].as_str(), &ca["log"]), (Some("certificate-authority"), &Value::Null));
    let root = TrustedRoot::parse(PRODUCTION.as_bytes()).unwrap();
    let chain = root.certificate_authorities()[1].chain();
    assert_eq!(ca["chain"].as_array().unwrap().len(), chain.len());
    let mut first = ca["chain"][0].clone();
    let raw = first.as_object_mut().unwrap().remove("raw_bytes").unwrap();
    assert!(PRODUCTION.contains(&format!("\"rawBytes\": {raw}")));
    assert_eq!(
        first,
        json!({
            "subject": "CN=sigstore-intermediate,O=sigstore.dev",
            "issuer": "CN=sigstore,O=sigstore.dev",
            "algorithm": "ECDSA P-384",
            "sha256": ca["id"],
            "key_sha256": "c355ee53d69e68aade04e5c6cc202cfac11fbcaa67e9a2ba7a64ced2aec8ccd0",
            "not_before": "2022-04-13T20:06:15Z",
            "not_after": "2031-10-05T13:56:58Z",
        })
    );
}

#[test]
fn tr6_what_was_set_aside_is_in_the_report_at_every_time() {
    let json = PRODUCTION.replace("PKIX_ED25519", "PKIX_TOMORROW");
    let report = report(&json, "2021-02-01T00:00:00Z");
    let aside = &report["set_aside"][0];
    assert_eq!(aside["kind"], "transparency-log");
    assert_eq!(aside["path"], "tlogs[1]");
    assert_eq!(
        aside["reason"],
        "tlogs[1].publicKey.keyDetails: expected one of the PublicKeyDetails names, found \"PKIX_TOMORROW\" (TR6)"
    );
    let entry: Value = serde_json::from_str(aside["json"].as_str().unwrap()).unwrap();
    assert_eq!(entry["baseUrl"], "https://log2025-1.rekor.sigstore.dev");
    assert_eq!(report["entries"].as_array().unwrap().len(), 1);
}
