//! Which log, which authority, whose, and why not.

use super::certs::{Key, Spec, issuer_key_id, key_id};
use super::{GITHUB, PRODUCTION, Pki, STAGING, chain, new_ca, new_log, new_tsa, utc};
use crate::{Certificate, Compose, Instances, LogKind, NewAuthority, NewLog, TrustedRoot};

fn certificate(spec: &Spec<'_>) -> Certificate {
    Certificate::from_der(&spec.der()).unwrap()
}

#[test]
fn a_log_is_found_by_its_id_among_its_own_kind() {
    let root = TrustedRoot::parse(PRODUCTION.as_bytes()).unwrap();
    for log in root.tlogs() {
        assert_eq!(root.log(log.log_id().as_bytes()), Some(log));
        assert_eq!(root.ct_log(log.log_id().as_bytes()), None);
    }
    for log in root.ctlogs() {
        assert_eq!(root.ct_log(log.log_id().as_bytes()), Some(log));
        assert_eq!(root.log(log.log_id().as_bytes()), None);
    }
    assert_eq!(root.log(b""), None);
    assert_eq!(root.log(&root.tlogs()[0].log_id().as_bytes()[..4]), None, "a hint is no id");
}

#[test]
fn a_key_says_when_it_was_not_the_logs() {
    let key = Key::ed25519(1).pem();
    let url = "https://log.example.org";
    let new = NewLog { end: Some(utc("2026-06-01T00:00:00Z")), ..new_log(LogKind::RekorV2, &key, url) };
    let root = Compose::new().log(&new).unwrap().finish();
    let log = &root.tlogs()[0];
    let at = |time| log.valid_at(utc(time)).map_err(|why| why.to_string());
    assert_eq!(at("2026-01-01T00:00:00Z"), Ok(()));
    assert_eq!(at("2026-06-01T00:00:00Z"), Ok(()), "the end belongs to it");
    assert_eq!(at("2025-12-31T23:59:59Z").unwrap_err(), "not valid before 2026-01-01T00:00:00Z");
    assert_eq!(at("2026-06-01T00:00:01Z").unwrap_err(), "not valid after 2026-06-01T00:00:00Z");
    let json = root.to_json().replace("\"start\": \"2026-01-01T00:00:00Z\",", "");
    let without = TrustedRoot::parse(json.as_bytes()).unwrap();
    let never = without.tlogs()[0].valid_at(utc("2026-02-01T00:00:00Z")).unwrap_err();
    assert_eq!(never.to_string(), "never valid: its window has no start");
}

#[test]
fn an_authority_says_which_certificate_was_not_valid() {
    let pki = Pki::new();
    let mut short = pki.issuing();
    short.not_after = "260301000000Z";
    let root = Compose::new().authority(&new_ca(&chain(&[short, pki.anchor()]))).unwrap().finish();
    let authority = &root.certificate_authorities()[0];
    assert_eq!(authority.valid_at(utc("2026-02-01T00:00:00Z")), Ok(()));
    assert_eq!(
        authority.valid_at(utc("2026-04-01T00:00:00Z")).unwrap_err().to_string(),
        "certificate 1, CN=issuing,O=example.org, expired at 2026-03-01T00:00:00Z"
    );
    for time in ["2024-01-01T00:00:00Z", "2026-02-01T00:00:00Z", "2026-04-01T00:00:00Z", "2040-01-01T00:00:00Z"] {
        assert_eq!(authority.valid_at(utc(time)).is_ok(), authority.is_valid_at(utc(time)), "{time}");
    }
}

/// Two issuing CAs of one name, told apart by key identifiers; and a window each.
#[test]
fn authorities_are_found_by_issuer_and_key_identifier() {
    let (pki, second) = (Pki::new(), Key::ed25519(7));
    let first = pki.issuing().with(&[key_id(b"first")]);
    let mut renewed = pki.issuing().with(&[key_id(b"second")]);
    renewed.key = &second;
    let (old, new) = (chain(&[first, pki.anchor()]), chain(&[renewed, pki.anchor()]));
    let root = Compose::new()
        .authority(&new_ca(&old))
        .and_then(|c| c.authority(&NewAuthority { start: utc("2026-03-01T00:00:00Z"), ..new_ca(&new) }))
        .and_then(|c| c.authority(&new_tsa(&pki.tsa_chain())))
        .unwrap()
        .finish();
    let leaf = Key::ed25519(9);
    let bare = Spec::new("leaf", &leaf, "issuing", &second);
    let named = bare.clone().with(&[issuer_key_id(b"second")]);
    let count = |spec: &Spec<'_>, time| root.authorities_of(&certificate(spec), utc(time)).len();
    let both = "2026-04-01T00:00:00Z";
    assert_eq!(count(&bare, both), 2, "without an identifier either may have");
    assert_eq!(count(&bare, "2026-02-01T00:00:00Z"), 1);
    let answer = root.authorities_of(&certificate(&named), utc(both));
    assert_eq!(answer, [&root.certificate_authorities()[1]]);
    assert_eq!(count(&named, "2026-02-01T00:00:00Z"), 0, "not valid yet");
    assert_eq!(count(&Spec::new("leaf", &leaf, "nobody", &second), both), 0);

    let tsa = |spec: &Spec<'_>| root.timestamp_authorities_of(&certificate(spec), utc(both)).len();
    let own = Certificate::from_der(root.timestamp_authorities()[0].chain()[0].der()).unwrap();
    assert_eq!(root.timestamp_authorities_of(&own, utc(both)).len(), 1, "its own certificate");
    assert_eq!(tsa(&Spec::new("other tsa", &leaf, "anchor", &pki.anchor)), 1, "one that its issuer issued");
    assert_eq!(tsa(&Spec::new("below", &leaf, "tsa", &pki.tsa)), 0, "a TSA issues nothing");
    assert_eq!(root.authorities_of(&own, utc(both)).len(), 0, "no authority stands for another kind");
}

#[test]
fn two_instances_with_one_log_are_two_answers() {
    let mut instances = Instances::new();
    let root = TrustedRoot::parse(PRODUCTION.as_bytes()).unwrap();
    let id = root.tlogs()[0].log_id().as_bytes();
    let closed = PRODUCTION.replacen(
        "\"start\": \"2021-01-12T11:53:27Z\"",
        "\"start\": \"2021-01-12T11:53:27Z\",\n          \"end\": \"2022-01-01T00:00:00Z\"",
        1,
    );
    instances.add("public", PRODUCTION.as_bytes(), "the package").unwrap();
    instances.add("copy", closed.as_bytes(), "a copy of 2022").unwrap();
    instances.add("github", GITHUB.as_bytes(), "gh").unwrap();
    let at = utc("2023-01-01T00:00:00Z");
    let told: Vec<_> = instances
        .logs(id)
        .iter()
        .map(|answer| {
            let valid = answer.entry.valid_at(at).map_or_else(|why| why.to_string(), |()| "valid".to_owned());
            (answer.provenance.name(), answer.provenance.source(), valid)
        })
        .collect();
    let ended = "not valid after 2022-01-01T00:00:00Z".to_owned();
    assert_eq!(told, [("public", "the package", "valid".to_owned()), ("copy", "a copy of 2022", ended)]);
    assert_eq!(instances.ct_logs(id).len(), 0);
    assert_eq!(instances.logs_at(at).len(), 1);
    assert_eq!(instances.authorities_at(at).len(), 2, "one of the public root twice, none of GitHub's yet");
    let names: Vec<_> = instances.all().iter().map(|instance| instance.provenance().sha256().len()).collect();
    assert_eq!(names, [64, 64, 64]);
    assert_eq!(
        instances.add("staging", b"{}", "").unwrap_err().to_string(),
        "instance \"staging\": mediaType: expected a value, found no such field (TR6)"
    );
    assert_eq!(instances.all().len(), 3);
    assert!(instances.instance("staging").is_none());
    instances.add("staging", STAGING.as_bytes(), "").unwrap();
    let own = instances.instance("staging").unwrap().root().trusted_root().certificate_authorities();
    let issued = Certificate::from_der(own[0].chain()[0].der()).unwrap();
    let answers = instances.authorities_of(&issued, utc("2023-01-01T00:00:00Z"));
    assert_eq!(answers.iter().map(|answer| answer.provenance.name()).collect::<Vec<_>>(), ["staging"]);
}
