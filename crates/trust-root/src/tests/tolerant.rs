//! TR6: what a client cannot read is set aside, and only that.

use super::{PRODUCTION, STAGING};
use crate::{EntryKind, SetAside, Tolerant, TrustedRoot};

const ED25519: &str = "\"keyDetails\": \"PKIX_ED25519\"";

fn refused(json: &str) -> String {
    let strict = TrustedRoot::parse(json.as_bytes()).unwrap_err();
    assert_eq!(Tolerant::parse(json.as_bytes()).unwrap_err(), strict);
    strict.to_string()
}

#[test]
fn tr6_real_roots_are_read_the_same_by_both() {
    for json in [PRODUCTION, STAGING] {
        let tolerant = Tolerant::parse(json.as_bytes()).unwrap();
        assert_eq!(*tolerant.trusted_root(), TrustedRoot::parse(json.as_bytes()).unwrap());
        assert_eq!(tolerant.set_aside(), []);
        assert_eq!(tolerant.to_json(), tolerant.trusted_root().to_json());
    }
}

#[test]
fn tr6_an_entry_of_tomorrow_is_set_aside_and_the_others_hold() {
    let tomorrow = PRODUCTION.replace(ED25519, "\"keyDetails\": \"PKIX_TOMORROW\"");
    let error = TrustedRoot::parse(tomorrow.as_bytes()).unwrap_err().to_string();
    assert_eq!(
        error,
        "tlogs[1].publicKey.keyDetails: expected one of the PublicKeyDetails names, found \"PKIX_TOMORROW\" (TR6)"
    );
    let tolerant = Tolerant::parse(tomorrow.as_bytes()).unwrap();
    let whole = TrustedRoot::parse(PRODUCTION.as_bytes()).unwrap();
    assert_eq!(tolerant.trusted_root().tlogs(), &whole.tlogs()[..1]);
    assert_eq!(tolerant.trusted_root().ctlogs(), whole.ctlogs());
    let [aside] = tolerant.set_aside() else { panic!("{:?}", tolerant.set_aside()) };
    assert_eq!((aside.kind(), aside.path()), (EntryKind::TransparencyLog, "tlogs[1]"));
    assert_eq!(aside.reason().to_string(), error);
    assert!(aside.json().contains("\"keyDetails\": \"PKIX_TOMORROW\""), "{}", aside.json());
    assert_eq!(tolerant.to_json(), tomorrow, "byte for byte, the entry at its place");
}

#[test]
fn tr6_each_thing_a_version_may_not_know_sets_its_entry_aside() {
    let leaf = PRODUCTION.find("\"certificates\"").unwrap();
    let raw = PRODUCTION[leaf..].find("\"rawBytes\": \"").unwrap() + leaf + 13;
    let mut broken = PRODUCTION.to_owned();
    broken.replace_range(raw..raw + 4, "AAAA");
    let key = PRODUCTION.find("\"rawBytes\": \"").unwrap() + 13;
    let mut unread = PRODUCTION.to_owned();
    unread.replace_range(key..key + 4, "AAAA");
    for (json, path) in [
        (PRODUCTION.replacen("SHA2_256", "BLAKE3", 1), "tlogs[0]"),
        (unread, "tlogs[0]"),
        (broken, "certificateAuthorities[0]"),
    ] {
        let tolerant = Tolerant::parse(json.as_bytes()).unwrap();
        let paths: Vec<_> = tolerant.set_aside().iter().map(SetAside::path).collect();
        assert_eq!(paths, [path]);
        assert_eq!(tolerant.to_json(), json);
        assert_eq!(tolerant.trusted_root().entries().len(), 6, "{path}");
    }
}

#[test]
fn tr6_what_tomorrow_writes_in_such_an_entry_comes_back() {
    let more = PRODUCTION
        .replace(ED25519, "\"keyDetails\": \"TOMORROW\",\n        \"level\": 5,\n        \"flags\": [\n          true,\n          null\n        ]");
    let more = more.replacen("\"SHA2_256\"", "\"TOMORROW\"", 1);
    let tolerant = Tolerant::parse(more.as_bytes());
    // An unknown field is found before a name that is unknown: the format itself is then another.
    assert_eq!(
        tolerant.unwrap_err().to_string(),
        "tlogs[1].publicKey.level: expected only fields of a trusted root of this media type, \
         found an unknown field (TR6)"
    );
    let nested = PRODUCTION.replacen("\"SHA2_256\"", "\"TOMORROW\",\n      \"level\": 5,\n      \"last\": true", 1);
    let tolerant = Tolerant::parse(nested.as_bytes()).unwrap();
    assert_eq!(tolerant.to_json(), nested);
}

#[test]
fn tr6_structure_and_contradiction_refuse_the_file_for_clients_too() {
    assert_eq!(
        refused(&PRODUCTION.replacen("PKIX_ECDSA_P256_SHA_256", "PKIX_ECDSA_P384_SHA_384", 1)),
        "tlogs[0].publicKey.keyDetails: expected a key that fits PKIX_ECDSA_P384_SHA_384, found ECDSA P-256 (TR6)"
    );
    assert_eq!(
        refused(&PRODUCTION.replacen("baseUrl", "base_url", 1)),
        "tlogs[0].baseUrl: expected a value, found no such field (TR6)"
    );
    assert_eq!(
        Tolerant::parse(
            PRODUCTION.replacen("SHA2_256", "BLAKE3", 1).replacen("\"keyId\"", "\"a\": 1, \"a\"", 1).as_bytes()
        )
        .unwrap_err()
        .to_string(),
        "tlogs[0].logId.a: expected each field once, found it twice (TR6)"
    );
    let twice = PRODUCTION
        .replace("wNI9atQGlz+VWfO6LRygH4QUfY/8W4RFwiT5i5WRgB0=", "3T0wasbHETJjGR4cmWc3AqJKXrjePK3/h4pygC8p7o4=");
    assert_eq!(refused(&twice), "ctlogs[1].logId.keyId: expected a log id of its own, found the id of tlogs[0] (TR5)");
}
