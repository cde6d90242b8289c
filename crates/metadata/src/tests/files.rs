//! C34, F1, T34: a file as received, by its hashes and by its fields.

use super::*;
use crate::{Hashes, Snapshot, Targets, Timestamp};
use tuffet_keys::{sha256, sha512};

#[test]
fn c34_a_file_matches_where_each_listed_hash_is_its_own() {
    let bytes = signed_by(&targets(), &[5, 6]);
    let file = Unverified::<Targets>::new(bytes.clone());
    assert_eq!((file.bytes(), file.length(), file.sha256()), (&*bytes, bytes.len(), sha256(&bytes)));
    let (first, second) = (Some(sha256(&bytes)), Some(sha512(&bytes)));
    let (other_first, other_second) = (Some(sha256(b"x")), Some(sha512(b"x")));
    for (sha256, sha512, expected) in [
        (first, None, true),
        (None, second, true),
        (first, second, true),
        (other_first, None, false),
        (None, other_second, false),
        (first, other_second, false),
        (other_first, second, false),
        (None, None, false),
    ] {
        let hashes = Hashes { sha256, sha512, unknown: vec!["blake3".into()] };
        assert_eq!((file.matches(&hashes), hashes.match_bytes(&bytes)), (expected, expected), "{hashes:?}");
    }
}

#[test]
fn f1_every_role_keeps_what_it_received() {
    let mut extended = [timestamp(), snapshot(), targets()];
    extended.iter_mut().for_each(|signed| signed["x-new"] = json!({ "n": [1] }));
    let [one, two, three] = extended.map(|signed| (strict(&signed), signed_by(&signed, &[4, 5, 6])));
    let timestamp = verified::<Timestamp>(one.1.clone(), &Profile::Strict).unwrap();
    assert_eq!((crate::json::Value::from(timestamp.value()), timestamp.bytes()), (one.0, &*one.1));
    let snapshot = verified::<Snapshot>(two.1.clone(), &Profile::Strict).unwrap();
    assert_eq!((crate::json::Value::from(snapshot.value()), snapshot.bytes()), (two.0, &*two.1));
    let pins: Vec<_> = snapshot.meta().iter().map(|(name, pin)| (name.into_owned(), pin.version)).collect();
    assert_eq!(pins, [("targets.json".to_owned(), 7)]);
    let targets = verified::<Targets>(three.1.clone(), &Profile::Strict).unwrap();
    assert_eq!((crate::json::Value::from(targets.value()), targets.bytes()), (three.0, &*three.1));
}

#[test]
fn f1_files_are_equal_by_their_bytes_and_roles_by_what_was_signed() {
    let with = |n: u64| {
        let mut signed = targets();
        signed["targets"] = json!({ "a": { "custom": n, "hashes": { "sha256": "a".repeat(64) }, "length": 1 }});
        signed_by(&signed, &[5, 6])
    };
    let read = |bytes: Vec<u8>| verified::<Targets>(bytes, &Profile::Strict).unwrap();
    let (one, two) = (read(with(1)), read(with(2)));
    let spaced = read([&with(1)[..], b"\n"].concat());
    assert_eq!(one, read(with(1)));
    assert_ne!(one, spaced, "another file");
    assert_eq!(*one, *spaced, "and the same role");
    assert_ne!(*one, *two, "what differs inside an entry differs");
    assert_eq!(one.targets(), spaced.targets());
    assert_ne!(one.targets(), two.targets());
    assert_ne!(one.targets(), read(signed_by(&targets(), &[5, 6])).targets());
}

#[test]
fn x12_a_file_tells_its_length_and_not_its_bytes_to_a_log() {
    let bytes = signed_by(&targets(), &[5, 6]);
    let text = format!("{:?}", Unverified::<Targets>::new(bytes.clone()));
    assert!(text.starts_with(&format!("Unverified {{ file: {} bytes, ", bytes.len())), "{text}");
    let text = format!("{:?}", *verified::<Targets>(bytes, &Profile::Strict).unwrap());
    let payload = crate::json::canonical(&strict(&targets())).len();
    assert!(text.ends_with(&format!("payload: {payload} bytes }}")), "{text}");
}
