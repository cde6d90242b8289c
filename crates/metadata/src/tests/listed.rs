//! Delegations as an index into the file: what reading each by itself would give.

use super::*;
use crate::{DelegatedRole, Delegations, TargetPath, Targets};

fn delegations(keys: &Value, roles: &[Value]) -> Result<Verified<Targets>, String> {
    let mut signed = targets();
    signed["delegations"] = json!({ "keys": keys, "roles": roles });
    verified::<Targets>(signed_by(&signed, &[5, 6]), &opaque()).map_err(|e| e.to_string())
}

fn read(roles: &[Value]) -> Delegations {
    delegations(&keys(&[9, 8]), roles).unwrap().delegations.clone().unwrap()
}

fn bin(name: &str, keyids: &[String], prefixes: &[&str]) -> Value {
    json!({ "name": name, "keyids": keyids, "threshold": keyids.len(), "path_hash_prefixes": prefixes,
        "terminating": false })
}

#[test]
fn f22_unsorted_names_are_found_and_stay_in_order_of_appearance() {
    let names = ["b", "a\"", "é", "", "a\\", "a!", "\n", "\u{1f600}", "B", "a\u{ff5e}"];
    let roles: Vec<Value> = names.iter().map(|name| bin(name, &[keyid(9)], &[""])).collect();
    let delegations = read(&roles);
    assert!(delegations.roles().names().eq(names));
    assert!(delegations.matching(&TargetPath::new("x")).map(|found| found.name).eq(names));
    for name in names {
        assert_eq!(delegations.authority(name).unwrap().role().as_str(), name);
    }
    for name in ["a", "a\\\"", "c", "A", "e\u{301}", "targets"] {
        assert!(delegations.authority(name).is_none(), "{name:?}");
    }
}

#[test]
fn f22_a_name_that_comes_again_is_refused_wherever_it_stands() {
    for names in [["a", "a", "b"], ["a", "b", "a"], ["b", "a", "a"], ["b", "b", "a"], ["c\"", "a", "c\""]] {
        let roles: Vec<Value> = names.iter().map(|name| bin(name, &[keyid(9)], &[])).collect();
        let again = names.iter().find(|name| names.iter().filter(|other| other == name).count() > 1).unwrap();
        let place = "targets v7: signed.delegations.roles";
        let expected = format!("{place}: expected each role name once, found `{}` again (F22)", again.escape_debug());
        assert_eq!(delegations(&keys(&[9]), &roles).unwrap_err(), expected);
    }
}

#[test]
fn f9_each_role_answers_to_its_own_keys_though_its_neighbours_say_the_same() {
    let (one, other, both) = (vec![keyid(9)], vec![keyid(8)], vec![keyid(9), keyid(8)]);
    let signed_by = [&one, &one, &other, &one, &both, &both, &other];
    let roles: Vec<Value> =
        signed_by.iter().enumerate().map(|(i, keyids)| bin(&format!("bin-{i}"), keyids, &["0"])).collect();
    let delegations = read(&roles);
    for (i, (keyids, role)) in signed_by.iter().zip(delegations.roles().iter()).enumerate() {
        let authority = delegations.authority(&format!("bin-{i}")).unwrap();
        assert!(authority.keyids().iter().map(tuffet_keys::KeyId::as_str).eq(keyids.iter().map(String::as_str)));
        assert_eq!(authority.threshold(), keyids.len() as u64);
        assert_eq!((role.keys.keyids.as_slice(), role.keys.threshold), (authority.keyids(), authority.threshold()));
    }
    // A threshold alone that differs is another list.
    let mut higher = bin("bin-1", &both, &[]);
    higher["threshold"] = json!(1);
    let delegations = read(&[bin("bin-0", &both, &[]), higher]);
    assert_eq!(["bin-0", "bin-1"].map(|name| delegations.authority(name).unwrap().threshold()), [2, 1]);
}

#[test]
fn f11_what_is_wrong_with_shared_keys_is_said_of_each_role() {
    let roles: Vec<Value> = (0..3).map(|i| bin(&format!("bin-{i}"), &[keyid(7)], &[])).collect();
    let read = delegations(&keys(&[9]), &roles).unwrap();
    let texts: Vec<String> = read.findings().iter().map(ToString::to_string).collect();
    assert_eq!(texts.len(), 6, "{texts:?}");
    for i in 0..3 {
        assert_eq!(texts.iter().filter(|text| text.contains(&format!("bin-{i}"))).count(), 2, "{texts:?}");
    }
}

#[test]
fn f19_a_listed_role_reads_as_it_is_written() {
    let by_pattern = json!({ "name": "p", "keyids": [keyid(9)], "threshold": 1, "terminating": true,
        "paths": ["a/*", "b\"\\?"] });
    let unknown = json!({ "name": "u", "keyids": [keyid(9)], "threshold": 1, "z": {"name": "x", "paths": ["*"]},
        "path_hash_prefixes": ["", "0f", "ca978112ca"] });
    let delegations = read(&[by_pattern, unknown]);
    let roles: Vec<DelegatedRole> = delegations.roles().iter().collect();
    assert_eq!((delegations.roles().len(), delegations.roles().is_empty()), (2, false));
    let [first, second] = roles.as_slice() else { panic!() };
    assert!((first.terminating, first.path_hash_prefixes.len()) == (true, 0) && !second.terminating);
    assert!(first.paths.iter().map(crate::PathPattern::as_str).eq(["a/*", "b\"\\?"]));
    assert!(second.path_hash_prefixes.iter().map(crate::HashPrefix::as_str).eq(["", "0f", "ca978112ca"]));
    assert!(second.paths.is_empty());
    let names = |path: &str| delegations.matching(&TargetPath::new(path)).map(|found| found.name).collect::<Vec<_>>();
    assert_eq!(
        (names("a/x"), names("b\"\\c"), names("a")),
        (vec!["p".into(), "u".into()], vec!["p".into(), "u".into()], vec!["u".into()])
    );
}

#[test]
fn f19_a_role_among_plain_ones_is_judged_as_strictly() {
    let place = "targets v7: signed.delegations.roles[1]";
    for (member, value, text) in [
        ("name", json!("1.Root"), "name: expected a name other than the top-level roles', found `1.Root` (C58)"),
        ("name", json!(7), "name: expected a string, found 7 (TUF 4.5)"),
        ("terminating", json!(1), "terminating: expected true or false, found 1 (TUF 4.5)"),
        ("threshold", json!(0), "threshold: expected an integer from 1, found 0 (F9)"),
        ("keyids", json!("k"), "keyids: expected an array, found `k` (TUF 4.3)"),
        ("path_hash_prefixes", json!([7]), "path_hash_prefixes: expected strings, found 7 (F19)"),
        ("path_hash_prefixes", json!({}), "path_hash_prefixes: expected an array, found an object (F19)"),
    ] {
        let mut wrong = bin("b", &[keyid(9)], &["0"]);
        wrong[member] = value;
        let roles = [bin("a", &[keyid(9)], &["0"]), wrong, bin("c", &[keyid(9)], &["0"])];
        assert_eq!(delegations(&keys(&[9]), &roles).unwrap_err(), format!("{place}.{text}"));
    }
    let roles = [bin("a", &[keyid(9)], &["0"]), json!("b")];
    let text = format!("{place}: expected an object, found `b` (TUF 4.5)");
    assert_eq!(delegations(&keys(&[9]), &roles).unwrap_err(), text);
}
