//! F9, F11 to F16, C30, C42: the members every role has, and those of root, timestamp and snapshot.

use super::*;
use crate::{Snapshot, Targets, Timestamp};

/// The value at `path` (`/`-separated) replaced, or removed where there is none.
fn with(mut file: Value, path: &str, value: Option<Value>) -> Value {
    let (parent, name) = path.rsplit_once('/').unwrap();
    let parent = file.pointer_mut(parent).unwrap().as_object_mut().unwrap();
    match value {
        Some(value) => parent.insert(name.to_owned(), value),
        None => parent.remove(name),
    };
    file
}

/// `signed` with the text of a number that serde_json would not write, signed by nobody: shape comes first.
fn with_number(file: &Value, path: &str, number: &str) -> String {
    let text = with(file.clone(), path, Some(json!("HERE"))).to_string().replace("\"HERE\"", number);
    let bytes = format!("{{\"signatures\":[],\"signed\":{text}}}").into_bytes();
    pinned(bytes, &Profile::Strict).unwrap_err().to_string()
}

#[test]
fn f13_version_is_a_positive_integer() {
    for version in [1, (1 << 53) + 1, 1 << 63, u64::MAX] {
        accepted::<Root>(&root(version));
    }
    for (version, found) in [
        (json!(0), "0"),
        (json!(-1), "-1"),
        (json!("1"), "`1`"),
        (json!(true), "true"),
        (json!(null), "null"),
        (json!([1]), "an array"),
        (json!({}), "an object"),
    ] {
        let text = refused::<Root>(&with(root(1), "/version", Some(version)));
        let found = format!("signed.version: expected an integer from 1, found {found} (F13)");
        assert!(text == format!("root: {found}") || text == format!("root v0: {found}"), "{text}");
    }
    let missing = refused::<Root>(&with(root(1), "/version", None));
    assert_eq!(missing, "root: signed.version: expected an integer from 1, found nothing (F13)");
    for number in ["1.0", "1e0", "01", "18446744073709551616"] {
        let text = with_number(&root(1), "/version", number);
        let expected = "expected an integer from -2^63 to 2^64-1, without fraction, exponent or leading zero (F26)";
        assert!(text.starts_with("root: byte ") && text.ends_with(expected), "{text}");
    }
}

#[test]
fn f13_pinned_versions_are_positive_integers_too() {
    let text = refused::<Timestamp>(&with(timestamp(), "/meta/snapshot.json/version", Some(json!(0))));
    let expected = "timestamp v7: signed.meta.snapshot.json.version: expected an integer from 1, found 0 (F13)";
    assert_eq!(text, expected);
    let text = refused::<Snapshot>(&with(snapshot(), "/meta/targets.json/version", None));
    let expected = "snapshot v7: signed.meta.targets.json.version: expected an integer from 1, found nothing (F13)";
    assert_eq!(text, expected);
}

#[test]
fn f9_threshold_is_a_positive_integer() {
    for (threshold, found) in
        [(json!(0), "0"), (json!(-1), "-1"), (json!("1"), "`1`"), (json!(true), "true"), (json!(null), "null")]
    {
        let text = refused::<Root>(&with(root(1), "/roles/targets/threshold", Some(threshold)));
        let place = "root v1: signed.roles.targets.threshold";
        assert_eq!(text, format!("{place}: expected an integer from 1, found {found} (F9)"));
    }
    for number in ["1.0", "18446744073709551616"] {
        assert!(with_number(&root(1), "/roles/targets/threshold", number).ends_with("(F26)"));
    }
}

#[test]
fn f12_root_has_all_four_roles() {
    for role in ["root", "snapshot", "targets", "timestamp"] {
        let text = refused::<Root>(&with(root(1), &format!("/roles/{role}"), None));
        assert_eq!(text, format!("root v1: signed.roles.{role}: expected an object, found nothing (F12)"));
    }
    let text = refused::<Root>(&with(root(1), "/roles", None));
    assert_eq!(text, "root v1: signed.roles: expected an object, found nothing (F12)");
    accepted::<Root>(&with(root(1), "/roles/mirrors", Some(json!({ "keyids": [], "threshold": 1 }))));
}

#[test]
fn f11_keyids_of_a_role_are_unique_strings() {
    let again = json!([keyid(5), keyid(6), keyid(5)]);
    let text = refused::<Root>(&with(root(1), "/roles/targets/keyids", Some(again)));
    let short = &keyid(5)[..8];
    let expected = format!("root v1: signed.roles.targets.keyids: expected each keyid once, found {short} again (F11)");
    assert_eq!(text, expected);
    let text = refused::<Root>(&with(root(1), "/roles/targets/keyids", Some(json!([7]))));
    assert_eq!(text, "root v1: signed.roles.targets.keyids: expected strings, found 7 (TUF 4.3)");
    let text = refused::<Root>(&with(root(1), "/roles/targets/keyids", Some(json!("x"))));
    assert_eq!(text, "root v1: signed.roles.targets.keyids: expected an array, found `x` (TUF 4.3)");
}

#[test]
fn f11_a_keyid_without_a_key_is_ignored_and_reported() {
    let signed = with(root(1), "/roles/targets/keyids", Some(json!([keyid(5), keyid(6), "deadbeefdeadbeef"])));
    let finding = "role targets lists keyid deadbeef, which has no key".to_owned();
    assert_eq!(both::<Root>(&signed), [Ok(vec![finding.clone()]), Ok(vec![finding])]);
}

#[test]
fn f15_spec_version_is_1_x_y() {
    for text in ["1.0.0", "1.0.34", "1.99.0"] {
        accepted::<Root>(&with(root(1), "/spec_version", Some(json!(text))));
    }
    for text in [
        "2.0.0",
        "1",
        "1.banana",
        "",
        "1.",
        "1..0",
        "1.0.0.0",
        "01.0.0",
        "1.00.1",
        "1.0.0-rc1",
        "v1.0.0",
        " 1.0.0",
        "1.0.٣",
    ] {
        let refusal = refused::<Root>(&with(root(1), "/spec_version", Some(json!(text))));
        assert_eq!(refusal, format!("root v1: signed.spec_version: expected a version 1.x.y, found `{text}` (F15)"));
    }
    let text = refused::<Root>(&with(root(1), "/spec_version", None));
    assert_eq!(text, "root v1: signed.spec_version: expected a string, found nothing (F15)");
}

#[test]
fn d3_spec_version_of_two_numbers_is_a_deviation() {
    let [strict, deployed] = both::<Root>(&with(root(1), "/spec_version", Some(json!("1.0"))));
    assert_eq!(deployed, Ok(vec!["spec_version `1.0` has not three numbers".into()]));
    let expected = "root v1: spec_version `1.0` has not three numbers (D3, strict profile)";
    assert_eq!(strict.unwrap_err(), expected);
}

#[test]
fn f16_the_type_is_the_requested_role() {
    // One key signs timestamp and snapshot, as in Sigstore's repository: only `_type` tells the files apart.
    let served = signed_by(&timestamp(), &[4]);
    for profile in [Profile::Strict, Profile::deployed()] {
        let text = verified::<Snapshot>(served.clone(), &profile).unwrap_err().to_string();
        assert_eq!(text, "snapshot v7: signed._type: expected `snapshot`, found `timestamp` (F16)");
    }
    let text = refused::<Targets>(&with(targets(), "/_type", Some(json!("Targets\u{1b}"))));
    assert_eq!(text, r"targets v7: signed._type: expected `targets`, found `Targets\u{1b}` (F16)");
    let text = refused::<Targets>(&with(targets(), "/_type", None));
    assert_eq!(text, "targets v7: signed._type: expected a string, found nothing (F16)");
}

#[test]
fn c30_timestamp_lists_exactly_the_snapshot() {
    accepted::<Timestamp>(&timestamp());
    let entry = json!({ "version": 1 });
    for (meta, found) in [
        (json!({}), "nothing"),
        (json!({ "snapshot.json": entry, "targets.json": entry }), "`snapshot.json`, `targets.json`"),
        (json!({ "Snapshot.json": entry }), "`Snapshot.json`"),
        (json!({ "a\n": 1, "b": 2, "c": 3, "d": 4 }), r"`a\n`, `b`, `c`"),
    ] {
        let text = refused::<Timestamp>(&with(timestamp(), "/meta", Some(meta)));
        assert_eq!(text, format!("timestamp v7: signed.meta: expected exactly `snapshot.json`, found {found} (C30)"));
    }
    let text = refused::<Timestamp>(&with(timestamp(), "/meta", None));
    assert_eq!(text, "timestamp v7: signed.meta: expected an object, found nothing (C30)");
}

#[test]
fn c42_snapshot_lists_targets() {
    accepted::<Snapshot>(&snapshot());
    let text = refused::<Snapshot>(&with(snapshot(), "/meta", Some(json!({ "role.json": { "version": 1 } }))));
    assert_eq!(text, "snapshot v7: signed.meta: expected an entry `targets.json`, found none (C42)");
    let text = refused::<Snapshot>(&with(snapshot(), "/meta", None));
    assert_eq!(text, "snapshot v7: signed.meta: expected an object, found nothing (C42)");
}

#[test]
fn f27_hashes_are_lower_case_hex_of_their_length() {
    let hex = |c: &str, n| json!(c.repeat(n));
    let pin = |hashes: Value| with(timestamp(), "/meta/snapshot.json/hashes", Some(hashes));
    accepted::<Timestamp>(&pin(json!({ "sha256": hex("a", 64), "sha512": hex("0", 128) })));
    accepted::<Timestamp>(&pin(json!({ "sha512": hex("0", 128), "md5": "whatever" })));
    let place = "timestamp v7: signed.meta.snapshot.json.hashes";
    for (name, value, text) in [
        ("sha256", hex("A", 64), "expected 64 characters of lower-case hex, found a long string"),
        ("sha256", hex("a", 63), "expected 64 characters of lower-case hex, found a long string"),
        ("sha256", hex("a", 128), "expected 64 characters of lower-case hex, found a long string"),
        ("sha256", hex("g", 64), "expected 64 characters of lower-case hex, found a long string"),
        ("sha256", json!(""), "expected 64 characters of lower-case hex, found ``"),
        ("sha512", json!("ab"), "expected 128 characters of lower-case hex, found `ab`"),
        ("sha512", json!(7), "expected a string of lower-case hex, found 7"),
    ] {
        assert_eq!(refused::<Timestamp>(&pin(json!({ name: value }))), format!("{place}.{name}: {text} (F27)"));
    }
    for hashes in [json!({}), json!({ "md5": "00" })] {
        let text = refused::<Timestamp>(&pin(hashes));
        assert_eq!(text, format!("{place}: expected a sha256 or sha512, found neither (C34)"));
    }
    let text = refused::<Timestamp>(&with(timestamp(), "/meta/snapshot.json/length", Some(json!(-1))));
    let expected = "timestamp v7: signed.meta.snapshot.json.length: expected an integer from 0, found -1 (TUF 4.4)";
    assert_eq!(text, expected);
}

#[test]
fn names_in_paths_cannot_steer_a_terminal() {
    let text = refused::<Snapshot>(&with(snapshot(), "/meta/\u{1b}[2J", Some(json!(7))));
    assert_eq!(text, r"snapshot v7: signed.meta.\u{1b}[2J: expected an object, found 7 (TUF 4.4)");
}

#[test]
fn consistent_snapshot_is_false_where_root_does_not_say() {
    let read = |signed: Value| pinned(signed_by(&signed, &[1, 2]), &Profile::Strict);
    assert!(!read(with(root(1), "/consistent_snapshot", None)).unwrap().consistent_snapshot);
    assert!(read(root(1)).unwrap().consistent_snapshot);
    let text = read(with(root(1), "/consistent_snapshot", Some(json!(1)))).unwrap_err().to_string();
    assert_eq!(text, "root v1: signed.consistent_snapshot: expected true or false, found 1 (TUF 4.3)");
}

#[test]
fn the_outer_shape_is_an_object_of_signed_and_signatures() {
    for (bytes, text) in [
        ("[]", "root: file: expected an object, found an array (TUF 4.2.1)"),
        (r#"{"signed":{}}"#, "root: signatures: expected an array, found nothing (TUF 4.2.1)"),
        (r#"{"signed":1,"signatures":[]}"#, "root: signed: expected an object, found 1 (TUF 4.2.1)"),
        (r#"{"signed":{},"signatures":[1]}"#, "root: signatures[0]: expected an object, found 1 (TUF 4.2.1)"),
        (
            r#"{"signed":{},"signatures":[{}]}"#,
            "root: signatures[0].keyid: expected a string, found nothing (TUF 4.2.1)",
        ),
        (
            r#"{"signed":{},"signatures":[{"keyid":"a","sig":null}]}"#,
            "root: signatures[0].sig: expected a string, found null (TUF 4.2.1)",
        ),
    ] {
        assert_eq!(pinned(bytes.into(), &Profile::deployed()).unwrap_err().to_string(), text);
    }
    let mut more: Value = serde_json::from_slice(&signed_by(&root(1), &[1, 2])).unwrap();
    more["another"] = json!(1);
    assert!(pinned(more.to_string().into(), &Profile::Strict).is_ok(), "members beside the two are not signed over");
}
