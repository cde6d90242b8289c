//! Parsers: 1 metadata, 2 canonical JSON, 3 keys, 12 expiry dates.

use serde::Serialize;
use serde::de::IgnoredAny;
use tuffet_keys::{KeyError, PublicKey, Scheme};
use tuffet_metadata::json::{self, Value};
use tuffet_metadata::{Expires, Limits, Profile, RoleName, Root, Snapshot, Targets, Timestamp, Unverified, parse_time};

/// 1: no bytes make a reader panic; what reads is stable under writing; whoever signed nothing is not believed.
pub(crate) fn metadata(data: &[u8]) {
    let limits = Limits::default();
    for profile in [Profile::Strict, Profile::deployed()] {
        let root = Unverified::<Root>::new(data.to_vec()).verify_pinned(&profile, &limits);
        if let Ok(root) = root {
            // It signed itself: then every reader sees the same root.
            let again = Unverified::<Root>::new(data.to_vec()).verify_next(&root, &profile, &limits).unwrap();
            assert_eq!(*again, *root);
            for role in [RoleName::Timestamp, RoleName::Snapshot, RoleName::Targets] {
                let by = root.authority(&role);
                assert!(Unverified::<Timestamp>::new(data.to_vec()).verify(&by, &profile, &limits).is_err());
            }
        }
    }
    read_by_nobody(data, &Profile::deployed(), &limits);
    if let Ok(value) = json::parse(data, limits.depth) {
        let written = json::pretty(&value);
        assert_eq!(json::parse(&written, limits.depth).as_ref(), Ok(&value), "what was written reads back");
        assert_eq!(json::pretty(&value), written);
    }
}

/// Under a root whose roles no signature meets, every file is read to its last member and then refused.
fn read_by_nobody(data: &[u8], profile: &Profile, limits: &Limits) {
    let strangers = root();
    let (timestamp, snapshot, targets) = (RoleName::Timestamp, RoleName::Snapshot, RoleName::Targets);
    let _ = Unverified::<Timestamp>::new(data.to_vec()).verify(&strangers.authority(&timestamp), profile, limits);
    let _ = Unverified::<Snapshot>::new(data.to_vec()).verify(&strangers.authority(&snapshot), profile, limits);
    let _ = Unverified::<Targets>::new(data.to_vec()).verify(&strangers.authority(&targets), profile, limits);
}

fn root() -> tuffet_metadata::Verified<Root> {
    thread_local! {
        static ROOT: tuffet_metadata::Verified<Root> = {
            let file = super::simulator::Simulator::new().pin_v1();
            Unverified::new(file).verify_pinned(&Profile::Strict, &Limits::default()).unwrap()
        };
    }
    ROOT.with(Clone::clone)
}

/// 2: canonical JSON is one form, and the other canonicaliser's where both define it.
pub(crate) fn canonical(data: &[u8]) {
    let Ok(value) = json::parse(data, 32) else { return };
    let ours = json::canonical(&value);
    assert_eq!(json::canonical(&value), ours);
    if let Ok(again) = json::parse(&ours, 32) {
        // No raw control character in it: then it is JSON, and its own canonical form.
        assert_eq!(json::canonical(&again), ours);
    }
    // The other one sorts names with their quotes and normalises text.
    let plain = |byte: &u8| byte.is_ascii() && *byte > b'"' || b"\t\n\r ".contains(byte) || *byte == b'"';
    if !data.iter().all(plain) || data.contains(&b'\\') || names_with_spaces(&value) {
        return;
    }
    let Ok(other) = serde_json::from_slice::<serde_json::Value>(data) else {
        panic!("ours reads what serde_json does not");
    };
    let mut theirs = Vec::new();
    let mut writer = serde_json::Serializer::with_formatter(&mut theirs, olpc_cjson::CanonicalFormatter::new());
    other.serialize(&mut writer).unwrap();
    assert_eq!(theirs, ours);
    let _ = serde_json::from_slice::<IgnoredAny>(data).unwrap();
}

fn names_with_spaces(value: &Value) -> bool {
    match value {
        Value::Object(members) => members.iter().any(|(name, value)| name.contains(' ') || names_with_spaces(value)),
        Value::Array(items) => items.iter().any(names_with_spaces),
        _ => false,
    }
}

/// 3: every spelling of a key is one key, or an error.
pub(crate) fn key(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        let _ = PublicKey::from_spki_der(data).map(|key| same(&key));
        return;
    };
    let mut lines = text.splitn(3, '|');
    let (keytype, scheme, public) =
        (lines.next().unwrap_or(""), lines.next().unwrap_or(""), lines.next().unwrap_or(""));
    match PublicKey::from_tuf(keytype, scheme, public) {
        Ok(key) => {
            assert_eq!(Some(key.scheme()), Scheme::from_tuf(keytype, scheme));
            same(&key);
        }
        Err(KeyError::Unsupported { .. }) => assert_eq!(Scheme::from_tuf(keytype, scheme), None),
        Err(_) => {}
    }
    let _ = PublicKey::from_pem(text).map(|key| same(&key));
}

fn same(key: &PublicKey) {
    let again = |found: Result<PublicKey, KeyError>| {
        assert_eq!(found.map(|found| found.fingerprint()), Ok(key.fingerprint()));
    };
    again(PublicKey::from_spki_der(key.spki_der()));
    again(PublicKey::from_pem(&key.to_pem()));
    again(PublicKey::from_tuf(key.scheme().keytype(), key.scheme().name(), &key.to_tuf_public()));
    assert!(key.verify(b"message", b"").is_err());
    assert!(key.verify(b"message", &[0; 64]).is_err());
}

/// 12: our reading of a date is another library's, and the strict one is a part of the lenient.
pub(crate) fn expires(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let lenient = Expires::rfc3339(text);
    if let Some(strict) = Expires::strict(text) {
        // The other library's range ends a day before the year 10000, and it knows no year 0.
        if let Ok(other) = text.parse::<jiff::Timestamp>() {
            assert_eq!(strict.time().timestamp(), other.as_second());
        }
        assert_eq!(strict.to_string(), text);
        assert_eq!(parse_time(text), Some(strict.time()));
        assert_eq!(lenient.as_ref().map(Expires::time), Some(strict.time()));
    }
    if let Some(lenient) = lenient {
        assert_eq!(lenient.to_string(), text, "kept as written");
        if let Ok(other) = text.parse::<jiff::Timestamp>() {
            let time = lenient.time();
            assert_eq!(time.timestamp(), other.as_nanosecond().div_euclid(1_000_000_000) as i64);
        }
        assert!(lenient.is_past(lenient.time()));
    }
}
