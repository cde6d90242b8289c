//! TR3: windows end after they start and stay within the certificates' validity.

use super::certs::{Key, Spec};
use super::{PRODUCTION, Pki, authority_error, chain, log_error, new_ca, new_log, utc};
use crate::{Compose, ExistingEntry, LogKind, NewAuthority, NewLog, TrustedRoot};

fn log_window(start: &str, end: Option<&str>) -> Result<TrustedRoot, String> {
    let key = Key::ed25519(1).pem();
    let new =
        NewLog { start: utc(start), end: end.map(utc), ..new_log(LogKind::CtLog, &key, "https://ct.example.org") };
    let composed = Compose::new().log(&new).map_err(|e| e.to_string());
    composed.map(Compose::finish)
}

#[test]
fn tr3_the_end_is_after_the_start() {
    let root = log_window("2026-01-01T00:00:00Z", Some("2026-01-01T00:00:01Z")).unwrap();
    let window = root.ctlogs()[0].valid_for();
    assert_eq!(window.start().unwrap().as_str(), "2026-01-01T00:00:00Z");
    assert_eq!(window.end().unwrap().as_str(), "2026-01-01T00:00:01Z");
    for end in ["2026-01-01T00:00:00Z", "2025-12-31T23:59:59Z"] {
        assert_eq!(
            log_window("2026-01-01T00:00:00Z", Some(end)).unwrap_err(),
            format!("log.pub: expected an end after the start 2026-01-01T00:00:00Z, found {end} (TR3)")
        );
    }
}

#[test]
fn tr3_new_windows_are_written_in_whole_seconds() {
    assert_eq!(
        log_window("2026-01-01T00:00:00.5Z", None).unwrap_err(),
        "log.pub: expected a time in whole seconds and the years 0 to 9999, found 2026-01-01T00:00:00.500+00:00 (TR3)"
    );
    let key = Key::ed25519(1).pem();
    let new = NewLog {
        start: chrono::DateTime::<chrono::Utc>::MAX_UTC,
        ..new_log(LogKind::CtLog, &key, "https://ct.example.org")
    };
    assert!(
        log_error(&new).starts_with("log.pub: expected a time in whole seconds and the years 0 to 9999, found +26")
    );
}

#[test]
fn tr3_the_window_stays_within_every_certificate() {
    let pki = Pki::new();
    let issuing = Spec { not_before: "260101000000Z", not_after: "280101000000Z", ..pki.issuing() };
    let file = chain(&[issuing, pki.anchor()]);
    let with = |start: &str, end: Option<&str>| NewAuthority { start: utc(start), end: end.map(utc), ..new_ca(&file) };
    let whole = with("2026-01-01T00:00:00Z", Some("2028-01-01T00:00:00Z"));
    assert!(Compose::new().authority(&whole).is_ok());
    assert_eq!(
        authority_error(&with("2025-12-31T23:59:59Z", None)),
        "ca.pem: expected a start not before 2026-01-01T00:00:00Z, when all certificates are valid, \
         found 2025-12-31T23:59:59Z (TR3)"
    );
    assert_eq!(
        authority_error(&with("2026-01-01T00:00:00Z", Some("2028-01-01T00:00:01Z"))),
        "ca.pem: expected an end not after 2028-01-01T00:00:00Z, when the first certificate expires, \
         found 2028-01-01T00:00:01Z (TR3)"
    );
    assert_eq!(
        authority_error(&with("2028-01-01T00:00:01Z", None)),
        "ca.pem: expected a start not after 2028-01-01T00:00:00Z, when the first certificate expires, \
         found 2028-01-01T00:00:01Z (TR3)"
    );
}

#[test]
fn tr3_an_entry_without_a_start_is_not_passed_on() {
    let json = PRODUCTION.replacen("\"start\": \"2021-01-12T11:53:27Z\"", "", 1);
    let root = TrustedRoot::parse(json.as_bytes()).unwrap();
    assert!(root.at(utc("2022-01-01T00:00:00Z")).tlogs.is_empty());
    let entry = ExistingEntry::TransparencyLog(root.tlogs()[0].clone());
    let error = Compose::new().append("old rekor", entry).unwrap_err();
    assert_eq!(error.to_string(), "old rekor: expected a start of the window, found none (TR3)");
    assert_eq!(error.label(), "old rekor");
    assert_eq!(*error.refusal(), crate::Refusal::NoStart);
}
