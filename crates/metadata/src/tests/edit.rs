//! F1: what an edit does not touch stays byte for byte; the result is what writing the changed tree would give.

use super::*;
use crate::json::{Edit, Edits, Value as Json, canonical, edited, parse};
use proptest::prelude::*;

fn edits<const N: usize>(members: [(&str, Edit); N]) -> Edits {
    members.into_iter().map(|(name, edit)| (name.to_owned(), edit)).collect()
}

fn text(bytes: &[u8], changes: &Edits) -> String {
    String::from_utf8(edited(bytes, changes)).unwrap()
}

#[test]
fn f1_members_are_put_removed_and_kept_where_they_stand() {
    let base = br#"{"b":{"x":1,"z":[1,{"k":2}]},"d":"\"q\\","f":[]}"#;
    let within = |members| Edit::Within(members);
    for (changes, expected) in [
        (edits([]), r#"{"b":{"x":1,"z":[1,{"k":2}]},"d":"\"q\\","f":[]}"#),
        (edits([("a", Edit::Put(1u64.into()))]), r#"{"a":1,"b":{"x":1,"z":[1,{"k":2}]},"d":"\"q\\","f":[]}"#),
        (edits([("c", Edit::Put(1u64.into()))]), r#"{"b":{"x":1,"z":[1,{"k":2}]},"c":1,"d":"\"q\\","f":[]}"#),
        (edits([("g", Edit::Put(1u64.into()))]), r#"{"b":{"x":1,"z":[1,{"k":2}]},"d":"\"q\\","f":[],"g":1}"#),
        (edits([("b", Edit::Remove), ("e", Edit::Remove), ("f", Edit::Remove)]), r#"{"d":"\"q\\"}"#),
        (edits([("b", Edit::Remove), ("d", Edit::Remove), ("f", Edit::Remove)]), "{}"),
        (
            edits([("b", within(edits([("y", Edit::Put("é".into())), ("x", Edit::Remove)])))]),
            r#"{"b":{"y":"é","z":[1,{"k":2}]},"d":"\"q\\","f":[]}"#,
        ),
        (
            edits([("d", within(edits([("y", Edit::Put(true.into()))]))), ("e", within(edits([])))]),
            r#"{"b":{"x":1,"z":[1,{"k":2}]},"d":{"y":true},"e":{},"f":[]}"#,
        ),
    ] {
        assert_eq!(text(base, &changes), expected);
    }
    assert_eq!(text(b"{}", &edits([("\"", Edit::Put(1u64.into()))])), r#"{"\"":1}"#);
}

/// Names whose written and decoded order differ, among others.
fn name() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["", "a", "a b", "a\"", "a\\", "a\\b", "aa", "b", "z", "é", "\n", "\u{1f600}"])
        .prop_map(str::to_owned)
}

fn tree() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![Just(Json::Null), any::<u64>().prop_map(Json::from), name().prop_map(Json::from)];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Json::Array),
            prop::collection::btree_map(name(), inner, 0..5).prop_map(Json::Object),
        ]
    })
}

fn changes() -> impl Strategy<Value = Edits> {
    let leaf = prop_oneof![Just(Edit::Remove), tree().prop_map(Edit::Put)];
    let edit =
        leaf.prop_recursive(2, 8, 4, |inner| prop::collection::btree_map(name(), inner, 0..4).prop_map(Edit::Within));
    prop::collection::btree_map(name(), edit, 0..5)
}

/// The same on a tree.
fn applied(object: &mut crate::json::Object, changes: &Edits) {
    for (name, edit) in changes {
        match edit {
            Edit::Remove => {
                object.remove(name);
            }
            Edit::Put(value) => {
                object.insert(name.clone(), value.clone());
            }
            Edit::Within(within) => {
                let mut inner = object.get(name).and_then(Json::as_object).cloned().unwrap_or_default();
                applied(&mut inner, within);
                object.insert(name.clone(), inner.into());
            }
        }
    }
}

proptest! {
    #[test]
    fn f1_an_edit_of_bytes_is_an_edit_of_the_tree(
        base in prop::collection::btree_map(name(), tree(), 0..6),
        changes in changes(),
    ) {
        let mut expected = base.clone();
        applied(&mut expected, &changes);
        let found = edited(&canonical(&base.into()), &changes);
        prop_assert_eq!(String::from_utf8(found), String::from_utf8(canonical(&expected.into())));
    }
}

#[test]
fn f1_an_edited_role_is_the_proposed_tree_and_its_file_reads_in_canonical_form() {
    let mut signed = targets();
    // Raw in canonical bytes, escaped in every file.
    signed["targets"] =
        json!({ "a": { "custom": { "note": "1\n2\u{1}" }, "hashes": { "sha256": "00".repeat(32) }, "length": 1 } });
    signed["x"] = json!({ "unknown": [1, null] });
    let base =
        crate::Proposed::<crate::Targets>::new(parse(signed.to_string().as_bytes(), 32).unwrap(), &Limits::default())
            .unwrap();
    let changes = edits([("version", Edit::Put(8u64.into()))]);
    let next = base.edited(&RoleName::Targets, &changes, &Limits::default()).unwrap();
    signed["version"] = 8.into();
    let expected = parse(signed.to_string().as_bytes(), 32).unwrap();
    assert_eq!(next.value(), &expected);
    assert_eq!(next, crate::Proposed::new(expected, &Limits::default()).unwrap());
    let file = next.assemble_canonical(&[(tuffet_keys::KeyId::new("k"), vec![1, 255])]);
    let text = String::from_utf8(file.clone()).unwrap();
    assert!(text.starts_with(r#"{"signatures":[{"keyid":"k","sig":"01ff"}],"signed":{"_type":"targets","#), "{text}");
    assert!(text.contains(r#""note":"1\u000a2\u0001""#), "{text}");
    let (payload, _) = crate::partly_signed(&RoleName::Targets, &file, &Limits::default()).unwrap();
    assert_eq!(payload, next.payload());
}

#[test]
fn f13_an_edit_cannot_make_what_a_strict_reader_refuses() {
    let base = crate::Proposed::<crate::Snapshot>::new(object_of(&snapshot()), &Limits::default()).unwrap();
    let error = base.edited(&edits([("version", Edit::Put(0u64.into()))]), &Limits::default()).unwrap_err();
    assert_eq!(error.to_string(), "snapshot v0: signed.version: expected an integer from 1, found 0 (F13)");
    let gone = Edit::Within(edits([("targets.json", Edit::Remove)]));
    let error = base.edited(&edits([("meta", gone)]), &Limits::default()).unwrap_err();
    assert_eq!(error.to_string(), "snapshot v7: signed.meta: expected an entry `targets.json`, found none (C42)");
    assert_eq!(base.edited(&Edits::new(), &Limits::default()).unwrap(), base);
}

fn object_of(value: &Value) -> Json {
    parse(value.to_string().as_bytes(), 32).unwrap()
}
