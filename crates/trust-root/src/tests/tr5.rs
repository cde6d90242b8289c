//! TR5: log ids are computed and unique, and a log has an address.

use ring::digest::{SHA256, digest};

use super::certs::{Key, pem};
use super::{PRODUCTION, STAGING, log_error, new_log};
use crate::{Compose, ExistingEntry, KeyIdRule, LogKind, TrustedRoot};

fn sha256(parts: &[&[u8]]) -> String {
    hex::encode(digest(&SHA256, &parts.concat()))
}

fn id(kind: LogKind, key: &Key, url: &str) -> (String, Option<KeyIdRule>) {
    let pem = key.pem();
    let root = Compose::new().log(&new_log(kind, &pem, url)).unwrap().finish();
    let log = root.tlogs().iter().chain(root.ctlogs()).next().unwrap();
    (log.log_id().to_string(), log.key_id_rule())
}

#[test]
fn tr5_ids_follow_from_key_and_kind() {
    let url = "https://log.example.org/2026";
    let (ed25519, p256) = (Key::ed25519(1), Key::p256());
    let raw = &ed25519.spki[12..];
    for key in [&ed25519, &p256] {
        let spki = (sha256(&[&key.spki]), Some(KeyIdRule::SpkiSha256));
        assert_eq!(id(LogKind::RekorV1, key, url), spki);
        assert_eq!(id(LogKind::CtLog, key, url), spki);
    }
    assert_eq!(id(LogKind::RekorV2, &p256, url).0, sha256(&[&p256.spki]));
    let note = sha256(&[b"log.example.org/2026\n\x01", raw]);
    assert_eq!(id(LogKind::RekorV2, &ed25519, url), (note.clone(), Some(KeyIdRule::SignedNote)));
    assert_eq!(id(LogKind::RekorV2, &ed25519, "https://log.example.org/2026/").0, note);
    assert_eq!(id(LogKind::RekorV2, &ed25519, "http://log.example.org/2026").0, note);
}

#[test]
fn tr5_rekor_v2_has_no_key_id_for_rsa() {
    let staging = TrustedRoot::parse(STAGING.as_bytes()).unwrap();
    let rsa = pem("PUBLIC KEY", staging.ctlogs()[0].public_key().spki());
    assert_eq!(
        log_error(&new_log(LogKind::RekorV2, &rsa, "https://log.example.org")),
        "log.pub: expected an Ed25519 or ECDSA key for a Rekor v2 log, found RSA 4096 bits (TR5)"
    );
}

#[test]
fn tr5_ids_are_unique_over_tlogs_and_ctlogs() {
    let key = Key::ed25519(1);
    let pem = key.pem();
    let taken =
        format!("expected a log id of its own, found {}, the id of https://a.example.org (TR5)", sha256(&[&key.spki]));
    let once = Compose::new().log(&new_log(LogKind::RekorV1, &pem, "https://a.example.org")).unwrap();
    for kind in [LogKind::RekorV1, LogKind::CtLog] {
        let again = once.clone().log(&new_log(kind, &pem, "https://b.example.org"));
        assert_eq!(again.unwrap_err().to_string(), format!("log.pub: {taken}"));
    }
    let entry = ExistingEntry::CtLog(once.clone().finish().tlogs()[0].clone());
    let again = once.append("old root", entry);
    assert_eq!(again.unwrap_err().to_string(), format!("old root: {taken}"));
}

#[test]
fn tr5_a_duplicate_of_a_published_log_is_refused() {
    let root = TrustedRoot::parse(PRODUCTION.as_bytes()).unwrap();
    let entry = ExistingEntry::TransparencyLog(root.tlogs()[1].clone());
    let error = Compose::from_trusted_root(root).append("rekor v2", entry).unwrap_err();
    assert_eq!(
        error.to_string(),
        "rekor v2: expected a log id of its own, \
         found cf1199155bddd051268d1f16ac5c0c75c009f6fb5a63f4177f8e18d7051e3fa0, \
         the id of https://log2025-1.rekor.sigstore.dev (TR5)"
    );
}

#[test]
fn tr5_a_base_url_has_a_scheme_and_a_host() {
    let key = Key::ed25519(1).pem();
    for url in ["http://127.0.0.1:8080/log", "https://[::1]/", "https://log.example.org/a/b"] {
        assert!(Compose::new().log(&new_log(LogKind::RekorV2, &key, url)).is_ok(), "{url}");
    }
    for url in [
        "",
        "log.example.org",
        "https://",
        "https:///path",
        "ftp://log.example.org",
        "https://log.example.org//",
        "https://user@log.example.org",
        "https://log.example.org/?a",
        "https://log.example.org/#a",
        "https://log.example.org/ a",
        "https://log.exämple.org",
    ] {
        assert_eq!(
            log_error(&new_log(LogKind::RekorV2, &key, url)),
            format!("log.pub: expected a base URL such as https://log.example.org/path, found \"{url}\" (TR5)")
        );
    }
}
