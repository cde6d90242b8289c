//! The index of targets: what a map of them would give, and nothing copied.

use super::*;
use crate::Targets;
use crate::bytes::FileBytes;
use crate::envelope::Envelope;
use crate::reading::Reading;
use proptest::prelude::*;
use std::collections::BTreeMap;

fn entry(length: u64) -> Value {
    json!({ "custom": { "n": length }, "hashes": { "sha256": "a".repeat(64) }, "length": length })
}

fn file_entry() -> Value {
    entry(1)
}

fn listed(paths: &BTreeMap<String, u64>) -> Value {
    let mut signed = targets();
    signed["targets"] =
        paths.iter().map(|(path, n)| (path.clone(), entry(*n))).collect::<serde_json::Map<_, _>>().into();
    signed
}

fn read(bytes: Vec<u8>) -> Verified<Targets> {
    verified::<Targets>(bytes, &Profile::Strict).unwrap()
}

fn same(targets: &Verified<Targets>, expected: &BTreeMap<String, u64>) {
    let files = targets.targets();
    assert_eq!((files.len(), files.is_empty()), (expected.len(), expected.is_empty()));
    assert!(files.keys().eq(expected.keys().map(String::as_str)), "sorted by code point");
    for ((path, file), (name, length)) in files.iter().zip(expected) {
        assert_eq!((&*path, file.length), (name.as_str(), Some(*length)));
        assert_eq!(files.get(name), Some(file.clone()));
        assert_eq!(file.custom, Some(strict(&json!({ "n": length }))));
        assert!(files.contains_key(name));
    }
}

#[test]
fn f2_paths_are_found_by_what_they_stand_for() {
    let names =
        ["", "a", "a b", "a!", "a\"", "a#", "a\\", "a\\\\", "a]", "aa", "\u{1}", "\n", "é", "\u{ff5e}", "\u{1f600}"];
    let expected: BTreeMap<String, u64> = names.iter().zip(1..).map(|(name, n)| ((*name).to_owned(), n)).collect();
    let targets = read(signed_by(&listed(&expected), &[5, 6]));
    same(&targets, &expected);
    for missing in ["b", "a\\\"", "A", "e\u{301}", "a ", "aaa", "\u{0}"] {
        assert_eq!(targets.targets().get(missing), None, "{missing:?}");
        assert!(!targets.targets().contains_key(missing));
    }
}

#[test]
fn x12_a_canonical_file_is_signed_over_where_it_stands() {
    let signed = listed(&[("a".to_owned(), 7)].into());
    let usual = signed_by(&signed, &[5, 6]);
    let canonical = crate::json::canonical_form(&usual, 32).unwrap().into_owned();
    let (profile, limits) = (Profile::Strict, Limits::default());
    for (bytes, copied) in [
        (canonical.clone(), false),
        ([b" ", &canonical[..], b"\n"].concat(), false),
        ([b"{ ", &canonical[1..]].concat(), true),
    ] {
        let file = FileBytes::new(bytes);
        let envelope = Envelope::read(&file, &mut Reading::new(&profile, &limits, &file)).unwrap();
        let payload = envelope.payload.as_slice();
        assert_eq!(payload, crate::json::canonical(&strict(&signed)));
        assert_eq!(!file.as_slice().as_ptr_range().contains(&payload.as_ptr()), copied);
        assert_eq!(read(file.as_slice().to_vec()), read(file.as_slice().to_vec()));
    }
}

#[test]
fn f27_an_entry_is_judged_when_the_file_is_read() {
    for (entry, text) in [
        (
            json!({ "hashes": { "sha256": "A".repeat(64) }, "length": 1 }),
            ".hashes.sha256: expected 64 characters of lower-case hex, found a long string (F27)",
        ),
        (
            json!({ "hashes": { "sha256": "a".repeat(63) }, "length": 1 }),
            ".hashes.sha256: expected 64 characters of lower-case hex, found a long string (F27)",
        ),
        (
            json!({ "hashes": { "sha256": "a".repeat(64), "sha512": 7 }, "length": 1 }),
            ".hashes.sha512: expected a string of lower-case hex, found 7 (F27)",
        ),
        (
            json!({ "hashes": { "sha256": "a".repeat(64) }, "length": -1 }),
            ".length: expected an integer from 0, found -1 (TUF 4.5)",
        ),
        (json!([]), ": expected an object, found an array (TUF 4.5)"),
    ] {
        let (mut signed, good) = (targets(), file_entry());
        signed["targets"] = json!({ "a": good.clone(), "b\n": entry, "c": good.clone() });
        assert_eq!(refused::<Targets>(&signed), format!(r"targets v7: signed.targets.b\n{text}"));
    }
    let mut signed = targets();
    signed["targets"] = json!([]);
    assert_eq!(refused::<Targets>(&signed), "targets v7: signed.targets: expected an object, found an array (TUF 4.5)");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn x11_the_index_gives_what_a_map_would(expected in prop::collection::btree_map(any::<String>(), 1u64..1000, 0..24), other in any::<String>()) {
        let targets = read(signed_by(&listed(&expected), &[5, 6]));
        same(&targets, &expected);
        prop_assert_eq!(targets.targets().contains_key(&other), expected.contains_key(&other));
    }
}

proptest! {
    #[test]
    fn f2_written_names_sort_as_what_they_stand_for(
        a in "[ab\"\\\\\u{e9}]{0,20}", b in "[ab\"\\\\\u{e9}]{0,20}", same in "[ab\"\\\\]{0,20}"
    ) {
        let written = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"");
        for (a, b) in [(a.clone(), b.clone()), (format!("{same}{a}"), format!("{same}{b}"))] {
            let (left, right) = (written(&a), written(&b));
            prop_assert_eq!(crate::json::compare(left.as_bytes(), right.as_bytes()), a.cmp(&b));
            prop_assert_eq!(crate::json::compare_decoded(left.as_bytes(), &b), a.cmp(&b));
            prop_assert_eq!(crate::json::text(left.as_bytes()), a);
        }
    }
}
