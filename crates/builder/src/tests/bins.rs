//! W5 in values: next versions of bins and of the snapshot over them. R3, R11, R12, R22, C38, C46, C53, C56, D6, F1.

use super::*;
use proptest::prelude::*;
use std::collections::BTreeMap;
use tuffet_metadata::{Hashes, Pinned, Snapshot, TargetFile, Verified};

const EXPIRES: &str = "2026-12-08T00:00:00Z";
const LATER: &str = "2026-12-09T00:00:00Z";

/// Targets that delegate as `members` says, key 4 signing each bin.
pub(super) fn delegating(members: &str) -> Verified<Targets> {
    let key = Key::compose(&public(4), None, None);
    let keys = Object::from([(key.keyid().to_string(), key.object().clone().into())]);
    let members = members.replace("KEYID", key.keyid().as_str());
    let Value::Object(mut delegations) = parse(&members) else { panic!() };
    delegations.insert("keys".into(), keys.into());
    state_with(|_| {}, |targets| drop(targets.insert("delegations".into(), delegations.into()))).targets
}

/// Eight bins of TAP 15.
fn succinct() -> Verified<Targets> {
    delegating(r#"{"succinct_roles":{"bit_length":3,"keyids":["KEYID"],"name_prefix":"bin","threshold":1}}"#)
}

/// Two roles by hash prefix: `low` has all that begins with 0 to 7, `high` the rest.
fn prefixes() -> Verified<Targets> {
    let role = |name: &str, digits: &str| {
        let prefixes: Vec<String> = digits.chars().map(|digit| format!("\"{digit}\"")).collect();
        let prefixes = prefixes.join(",");
        format!(
            r#"{{"keyids":["KEYID"],"name":"{name}","path_hash_prefixes":[{prefixes}],"terminating":true,"threshold":1}}"#
        )
    };
    delegating(&format!(r#"{{"roles":[{},{}]}}"#, role("low", "01234567"), role("high", "89abcdef")))
}

fn file(content: &[u8]) -> TargetFile {
    TargetFile { length: Some(content.len() as u64), hashes: Hashes::sha256_of(content), custom: None }
}

fn set(path: &str, content: &[u8]) -> TargetChanges {
    TargetChanges::from([(path.into(), Some(file(content)))])
}

fn bin(targets: &Verified<Targets>, name: &str, proposed: &Proposed<Targets>) -> Verified<Targets> {
    let authority = Bins::of(targets).unwrap().authority(name).unwrap();
    let key = Key::compose(&public(4), None, None);
    let file = proposed.assemble_canonical(&[(key.keyid().clone(), given(proposed, 4).signature)]);
    Unverified::delegated(name, file).verify(&authority, &Profile::Strict, &Limits::default()).unwrap()
}

fn first(targets: &Verified<Targets>, name: &str, content: &TargetChanges) -> Verified<Targets> {
    bin(targets, name, &first_bin(name, content, at(EXPIRES)).unwrap())
}

fn pinned(file: &Verified<Targets>) -> Pinned {
    Pinned::of(file.common.version, file.bytes())
}

fn snapshot_over(bins: &[(&str, Pinned)]) -> Verified<Snapshot> {
    let state = state();
    let base = snapshot(None, &[&state.targets], &Online::until(at(EXPIRES))).unwrap();
    let authority = state.root.authority(&RoleName::Snapshot);
    let sign = |proposed: &Proposed<Snapshot>| {
        let file = assemble(proposed, std::slice::from_ref(&authority), &[given(proposed, 4)]);
        Unverified::<Snapshot>::new(file).verify(&authority, &Profile::Strict, &Limits::default()).unwrap()
    };
    let new = bins.iter().map(|(name, pin)| (delegated(name), pin.clone())).collect();
    sign(&bins_snapshot(&sign(&base), &new, at(EXPIRES), Pins::Full, true).unwrap())
}

fn delegated(name: &str) -> RoleName {
    RoleName::Delegated(name.into())
}

#[test]
fn f23_changes_go_to_the_bin_that_is_asked_first() {
    let targets = succinct();
    let bins = Bins::of(&targets).unwrap();
    // SHA-256 of "a" begins with ca, of "b" with 3e: 110 and 001.
    let changes = TargetChanges::from([("a".into(), None), ("b".into(), Some(file(b"b")))]);
    let sorted = bins.sort(changes).unwrap();
    assert_eq!(sorted.keys().collect::<Vec<_>>(), ["bin-1", "bin-6"]);
    assert_eq!(sorted["bin-1"]["b"], Some(file(b"b")));
    assert_eq!(sorted["bin-6"]["a"], None);
    assert_eq!(bins.names().collect::<Vec<_>>().join(" "), "bin-0 bin-1 bin-2 bin-3 bin-4 bin-5 bin-6 bin-7");
    let targets = prefixes();
    let bins = Bins::of(&targets).unwrap();
    assert_eq!((bins.bin_of("a").unwrap(), bins.bin_of("b").unwrap()), ("high".into(), "low".into()));
    assert_eq!(bins.names().collect::<Vec<_>>(), ["low", "high"]);
}

#[test]
fn c56_a_target_no_delegation_covers_is_refused() {
    let targets =
        delegating(r#"{"roles":[{"keyids":["KEYID"],"name":"a","paths":["a/*"],"terminating":true,"threshold":1}]}"#);
    let bins = Bins::of(&targets).unwrap();
    assert_eq!(bins.bin_of("a/x").unwrap(), "a");
    let error = bins.sort(set("b\n", b"")).unwrap_err();
    assert_eq!(
        error.to_string(),
        r"target `b\n`: expected a delegation of targets v1 that covers it, found none (C56)"
    );
    let error = bins.authority("b").unwrap_err();
    assert_eq!(error.to_string(), "b: expected a role that targets v1 delegates to, found none of this name (C45)");
    let error = Bins::of(&state().targets).unwrap_err();
    assert_eq!(error.to_string(), "targets v1: expected delegations to bins, found none (TUF 4.5)");
}

#[test]
fn r3_a_bin_goes_on_by_one_and_keeps_what_nobody_changes() {
    let targets = succinct();
    let mut custom = file(b"2");
    custom.custom = Some(parse(r#"{"yanked":[true,"because\n"]}"#));
    let content = TargetChanges::from([("a".into(), Some(file(b"1"))), ("p".into(), Some(custom.clone()))]);
    let old = first(&targets, "bin-6", &content);
    let changes = TargetChanges::from([("a".into(), None), ("q".into(), Some(file(b"3")))]);
    let next = next_bin(&old, &pinned(&old), &changes, at(LATER), false).unwrap().unwrap();
    assert_eq!(next.common.version, 2);
    assert_eq!(next.common.expires.to_string(), LATER);
    let listed: Vec<(String, TargetFile)> = next.targets().iter().map(|(p, f)| (p.into_owned(), f)).collect();
    assert_eq!(listed, [("p".into(), custom), ("q".into(), file(b"3"))]);
    // What a tree written anew would be.
    let mut value = old.value();
    value.insert("version".into(), 2u64.into());
    value.insert("expires".into(), LATER.into());
    let entries = inside(&mut value, &["targets"]);
    entries.remove("a");
    entries.insert("q".into(), parse(&format!(r#"{{"hashes":{{"sha256":"{}"}},"length":1}}"#, sha256(b"3"))));
    assert_eq!(next.value(), &Value::from(value));
    assert_eq!(payload(&next).unwrap(), next.payload());
}

#[test]
fn r11_nothing_new_is_no_version_and_a_renewal_is_one() {
    let targets = succinct();
    let old = first(&targets, "bin-6", &set("a", b"1"));
    let same = TargetChanges::from([("a".into(), Some(file(b"1"))), ("gone".into(), None)]);
    assert_eq!(next_bin(&old, &pinned(&old), &same, at(LATER), false).unwrap(), None);
    let renewed = next_bin(&old, &pinned(&old), &same, at(LATER), true).unwrap().unwrap();
    assert_eq!((renewed.common.version, renewed.common.expires.to_string()), (2, LATER.into()));
    assert_eq!(renewed.targets().get("a"), Some(file(b"1")));
}

#[test]
fn c38_a_bin_older_than_listed_is_no_base_and_c46_a_newer_one_neither() {
    let targets = succinct();
    let old = first(&targets, "bin-6", &set("a", b"1"));
    let listed = |version| Pinned { version, length: None, hashes: None };
    let refused = |pin| next_bin(&old, &pin, &set("b", b""), at(LATER), false).unwrap_err().to_string();
    assert_eq!(refused(listed(2)), "bin-6: expected version 2 as the snapshot lists it, found 1 (C38)");
    let newer = next_bin(&old, &listed(1), &set("q", b"2"), at(LATER), false).unwrap().unwrap();
    let newer = bin(&targets, "bin-6", &newer);
    let error = next_bin(&newer, &listed(1), &set("b", b""), at(LATER), false).unwrap_err();
    assert_eq!(error.to_string(), "bin-6: expected version 1 as the snapshot lists it, found 2 (C46)");
}

#[test]
fn r12_another_file_of_the_listed_version_is_no_base() {
    let targets = succinct();
    let (old, other) = (first(&targets, "bin-6", &set("a", b"1")), first(&targets, "bin-6", &set("a", b"2")));
    let error = next_bin(&other, &pinned(&old), &set("b", b""), at(LATER), false).unwrap_err();
    assert_eq!(error.to_string(), "bin-6: expected the file the snapshot lists as version 1, found another (R12)");
    let mut short = pinned(&old);
    short.length = Some(1);
    assert!(matches!(
        next_bin(&old, &short, &set("b", b""), at(LATER), false),
        Err(BinError::SameVersion { version: 1, .. })
    ));
}

#[test]
fn r12_the_snapshot_lists_what_changed_and_keeps_the_rest_byte_for_byte() {
    let targets = succinct();
    let old = first(&targets, "bin-6", &set("a", b"1"));
    let previous = snapshot_over(&[("bin-1", pinned(&old)), ("bin-6", pinned(&old))]);
    let pin = Pinned::of(2, b"next");
    let new = BTreeMap::from([(delegated("bin-6"), pin.clone())]);
    let next = bins_snapshot(&previous, &new, at(LATER), Pins::Full, false).unwrap();
    assert_eq!((next.common.version, previous.common.version), (3, 2));
    assert_eq!(next.meta().get("bin-6.json"), Some(pin));
    for name in ["bin-1.json", "targets.json"] {
        assert_eq!(next.meta().get(name), previous.meta().get(name), "{name}");
    }
    let next = bins_snapshot(&previous, &new, at(LATER), Pins::VersionOnly, false).unwrap();
    assert_eq!(next.meta().get("bin-6.json"), Some(Pinned { version: 2, length: None, hashes: None }));
    assert_eq!(payload(&next).unwrap(), next.payload());
}

#[test]
fn f25_a_bin_the_snapshot_does_not_list_is_refused_unless_bins_are_made() {
    let previous = snapshot_over(&[]);
    let new = BTreeMap::from([(delegated("bin-6"), Pinned::of(1, b"first"))]);
    let error = bins_snapshot(&previous, &new, at(LATER), Pins::Full, false).unwrap_err();
    assert_eq!(error.to_string(), "bin-6: expected an entry in the previous snapshot, found none (F25)");
    assert!(bins_snapshot(&previous, &new, at(LATER), Pins::Full, true).unwrap().meta().contains_key("bin-6.json"));
}

#[test]
fn r3_a_snapshot_lists_the_version_after_the_one_listed() {
    let previous = snapshot_over(&[("bin-6", Pinned::of(1, b"first"))]);
    for (version, role) in [(1, "bin-6"), (3, "bin-6"), (2, "bin-7")] {
        let new = BTreeMap::from([(delegated(role), Pinned::of(version, b"next"))]);
        let error = bins_snapshot(&previous, &new, at(LATER), Pins::Full, true).unwrap_err();
        let expected = if role == "bin-6" { 2 } else { 1 };
        let text = format!("{role}: expected version {expected} to be listed next, found {version} (R3)");
        assert_eq!(error.to_string(), text);
    }
}

#[test]
fn r22_what_two_canonicalisers_disagree_about_is_not_signed() {
    let targets = succinct();
    let old = first(&targets, "bin-6", &set("foo", b"1"));
    for (path, what) in [
        ("e\u{301}", "signed.targets.e\u{301}: two canonicalisers disagree about the text `e\u{301}`"),
        ("foo bar", "signed.targets: two canonicalisers disagree about the order of `foo` and `foo bar`"),
        ("foo!", "signed.targets: two canonicalisers disagree about the order of `foo` and `foo!`"),
    ] {
        let error = next_bin(&old, &pinned(&old), &set(path, b""), at(LATER), false).unwrap_err().to_string();
        let rest = ", and clients that use the other would refuse the file (R22): use plain ASCII there";
        assert_eq!(error, format!("bin-6: {what}{rest}"));
        let error = first_bin("bin-6", &[set(path, b""), set("foo", b"")].into_iter().flatten().collect(), at(EXPIRES));
        assert!(matches!(error, Err(BinError::Disagreement { .. })), "{path}");
    }
    // The other way round: the name that was there has the space.
    let old = first(&targets, "bin-6", &set("foo bar", b"1"));
    let error = next_bin(&old, &pinned(&old), &set("foo", b""), at(LATER), false);
    assert!(matches!(error, Err(BinError::Disagreement { .. })));
    assert!(next_bin(&old, &pinned(&old), &set("fop bar", b""), at(LATER), false).unwrap().is_some());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    /// Any run of updates leaves what making the bins from the final targets does.
    #[test]
    fn f1_updates_in_sequence_are_the_bins_made_at_once(
        runs in prop::collection::vec(
            prop::collection::btree_map("[a-d]{1,2}", prop::option::of(0u8..3), 0..6), 1..6),
        by_prefix in any::<bool>(),
    ) {
        let targets = if by_prefix { prefixes() } else { succinct() };
        let bins = Bins::of(&targets).unwrap();
        let none = TargetChanges::new();
        let mut now: BTreeMap<String, Verified<Targets>> =
            bins.names().map(|name| (name.clone(), first(&targets, &name, &none))).collect();
        let mut expected = TargetChanges::new();
        for run in runs {
            let changes: TargetChanges =
                run.into_iter().map(|(path, content)| (path, content.map(|byte| file(&[byte])))).collect();
            for (path, change) in &changes {
                match change {
                    Some(file) => drop(expected.insert(path.clone(), Some(file.clone()))),
                    None => drop(expected.remove(path)),
                }
            }
            for (name, changes) in bins.sort(changes).unwrap() {
                let old = &now[&name];
                if let Some(next) = next_bin(old, &pinned(old), &changes, at(EXPIRES), false).unwrap() {
                    prop_assert_eq!(next.common.version, old.common.version + 1);
                    let next = bin(&targets, &name, &next);
                    now.insert(name, next);
                }
            }
        }
        let mut made = bins.sort(expected).unwrap();
        for (name, bin) in now {
            let made = first_bin(&name, &made.remove(&name).unwrap_or_default(), at(EXPIRES)).unwrap();
            let (found, made) = (bin.value(), made.value().as_object().unwrap());
            prop_assert_eq!(found.get("targets"), made.get("targets"));
        }
        prop_assert!(made.is_empty());
    }
}
