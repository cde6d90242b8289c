//! One test a change, and what each refuses.

use super::*;

fn root_of(changes: &[Change]) -> Proposed<Root> {
    next(changes).root.unwrap()
}

fn refused(changes: &[Change]) -> String {
    draft(Some(&state()), changes, &expiries()).unwrap_err().to_string()
}

fn people(root: &Root, role: &RoleName) -> (Vec<KeyId>, u64) {
    let authority = root.authority(role);
    (authority.keyids().to_vec(), authority.threshold())
}

fn everybody(more: &[(&str, u8)]) -> Vec<KeyId> {
    ALL.iter().chain(more).map(|(owner, seed)| keyid(owner, *seed)).collect()
}

#[test]
fn a_keyholder_comes_into_one_role_or_two() {
    let add = |role| Change::AddKeyholder { role, incoming: holder("@dave", 5) };
    let root = root_of(&[add(OfflineRole::Root)]);
    assert_eq!(people(&root, &RoleName::Root), (everybody(&[("@dave", 5)]), 2));
    assert_eq!(people(&root, &RoleName::Targets), (everybody(&[]), 2));
    let root = root_of(&[add(OfflineRole::Root), add(OfflineRole::Targets)]);
    assert_eq!(people(&root, &RoleName::Targets).0, people(&root, &RoleName::Root).0);
    assert_eq!(root.keys().len(), 5, "one object for both roles");
    let short = fingerprint(1).short();
    let again = Change::AddKeyholder { role: OfflineRole::Root, incoming: holder("@alice", 1) };
    assert_eq!(refused(&[again]), format!("@alice: the new key {short} is already the key of @alice (F8)"));
    let other = Change::AddKeyholder { role: OfflineRole::Root, incoming: holder("@mallory", 1) };
    assert_eq!(refused(&[other]), format!("@mallory: the new key {short} is already the key of @alice (F8)"));
}

#[test]
fn a_keyholder_leaves_one_role_and_keeps_the_other() {
    let remove = |role, seed| Change::RemoveKeyholder { role, outgoing: fingerprint(seed) };
    let root = root_of(&[remove(OfflineRole::Root, 3)]);
    assert_eq!(people(&root, &RoleName::Root), (vec![keyid("@alice", 1), keyid("@bob", 2)], 2));
    assert_eq!(people(&root, &RoleName::Targets).0, everybody(&[]));
    assert!(root.keys().contains_key(&keyid("@carol", 3)));
    let root = root_of(&[remove(OfflineRole::Root, 3), remove(OfflineRole::Targets, 3)]);
    assert!(!root.keys().contains_key(&keyid("@carol", 3)), "a key of no role goes");
    let text = format!("root: expected a key of this role, found {}, which is none (R17)", fingerprint(4).short());
    assert_eq!(refused(&[remove(OfflineRole::Root, 4)]), text);
}

#[test]
fn f10_a_threshold_nobody_can_meet_is_no_draft() {
    let set = |threshold| Change::SetThreshold { role: OfflineRole::Root, threshold };
    assert_eq!(people(&root_of(&[set(3)]), &RoleName::Root).1, 3);
    for wrong in [0, 4] {
        let text =
            format!("root: expected a threshold from 1 to 3, the number of its distinct keys, found {wrong} (F10)");
        assert_eq!(refused(&[set(wrong)]), text);
    }
    // Raised first, met by who comes then: changes apply in order, and the end counts.
    let grown = [set(4), Change::AddKeyholder { role: OfflineRole::Root, incoming: holder("@dave", 5) }];
    assert_eq!(people(&root_of(&grown), &RoleName::Root), (everybody(&[("@dave", 5)]), 4));
    let shrunk = [3, 2].map(|seed| Change::RemoveKeyholder { role: OfflineRole::Root, outgoing: fingerprint(seed) });
    let text = "root: expected a threshold from 1 to 1, the number of its distinct keys, found 2 (F10)";
    assert_eq!(refused(&shrunk), text);
}

#[test]
fn online_keys_are_separated_and_joined() {
    let online = |seed: u8| OnlineKey { uri: format!("awskms:{seed}"), public: public(seed) };
    let set = |role, keys: &[u8]| Change::SetOnlineKeys {
        role,
        keys: keys.iter().map(|seed| online(*seed)).collect(),
        threshold: 1,
    };
    let root = root_of(&[set(OnlineRole::Timestamp, &[5])]);
    let timestamp = Key::compose(&public(5), None, Some("awskms:5"));
    assert_eq!(people(&root, &RoleName::Timestamp), (vec![timestamp.keyid().clone()], 1));
    assert_eq!(people(&root, &RoleName::Snapshot), people(&state().root, &RoleName::Snapshot), "the other stays");
    let both = root_of(&[set(OnlineRole::Timestamp, &[5]), set(OnlineRole::Snapshot, &[5])]);
    assert_eq!(people(&both, &RoleName::Snapshot), people(&both, &RoleName::Timestamp));
    assert_eq!(both.keys().len(), 4, "the key that neither uses is gone");
    let two = root_of(&[set(OnlineRole::Timestamp, &[5, 6])]);
    assert_eq!(people(&two, &RoleName::Timestamp).0.len(), 2);
    let none = Change::SetOnlineKeys { role: OnlineRole::Timestamp, keys: Vec::new(), threshold: 1 };
    let text = "timestamp: expected a threshold from 1 to 0, the number of its distinct keys, found 1 (F10)";
    assert_eq!(refused(&[none]), text);
}

#[test]
fn f8_a_key_keeps_the_object_it_has() {
    // As Sigstore's: an object with a field this crate does not write, so with another keyid.
    let with = |root: &mut Object| {
        let alice = keyid("@alice", 1).to_string();
        let mut object = inside(root, &["keys"]).remove(&alice).unwrap().as_object().unwrap().clone();
        object.insert("keyid_hash_algorithms".into(), vec!["sha256", "sha512"].into());
        let own = tuffet_metadata::keyid_of(&object).to_string();
        inside(root, &["keys"]).insert(own.clone(), object.into());
        inside(root, &["roles", "targets"]).insert("keyids".into(), vec![own.clone()].into());
        inside(root, &["roles", "targets"]).insert("threshold".into(), 1u64.into());
        let root_role = inside(root, &["roles", "root"]);
        root_role.insert("keyids".into(), vec![keyid("@carol", 3).to_string(), keyid("@bob", 2).to_string()].into());
    };
    let before = state_with(with, |_| ());
    let add = Change::AddKeyholder { role: OfflineRole::Root, incoming: holder("@alice", 1) };
    let root = draft(Some(&before), &[add], &expiries()).unwrap().root.unwrap();
    let of_targets = &root.authority(&RoleName::Targets).keyids()[0].clone();
    assert_eq!(root.authority(&RoleName::Root).keyids()[2], *of_targets);
    assert_ne!(*of_targets, keyid("@alice", 1), "no second object for one key");
}

#[test]
fn periods_stand_where_those_who_sign_read_them() {
    let set = |role, expiry, signing| Change::SetPeriods { role, periods: Periods { expiry, signing } };
    let draft = next(&[set(RoleName::Root, 180, 40), set(RoleName::Targets, 365, 31), set(RoleName::Timestamp, 7, 6)]);
    let (root, targets) = (draft.root.unwrap(), draft.targets.unwrap());
    let read = |object: &Object| {
        ["x-tuf-on-ci-expiry-period", "x-tuf-on-ci-signing-period"].map(|name| object[name].as_u64().unwrap())
    };
    let mut root = root.value().as_object().unwrap().clone();
    assert_eq!(read(&root), [180, 40]);
    assert_eq!(read(inside(&mut root, &["roles", "timestamp"])), [7, 6]);
    assert_eq!(read(targets.value().as_object().unwrap()), [365, 31]);
    for signing in [0, 7, 8] {
        let text = format!(
            "timestamp: expected a signing period of 1 to 6 days, less than its expiry period, found {signing} (R19)"
        );
        assert_eq!(refused(&[set(RoleName::Timestamp, 7, signing)]), text);
    }
}

#[test]
fn a_renewal_changes_version_and_expiry_alone() {
    let draft = next(&[Change::Renew { role: RoleName::Root }]);
    assert!(draft.targets.is_none());
    let (mut before, root) = (state().root.value(), draft.root.unwrap());
    before.insert("version".into(), 2u64.into());
    assert_eq!(Value::from(before), *root.value());
    let draft = next(&[Change::Renew { role: RoleName::Targets }]);
    assert!(draft.root.is_none());
    assert_eq!(draft.targets.unwrap().common.version, 2);
    for role in [RoleName::Snapshot, RoleName::Timestamp] {
        let text = format!("{role}: expected a role that lists targets, found one that lists none (TUF 4.5)");
        assert_eq!(refused(&[Change::Renew { role }]), text);
    }
    let nobody = RoleName::Delegated("x".into());
    let text = "x: expected a role that another one delegates to, found none that does (C53)";
    assert_eq!(refused(&[Change::Renew { role: nobody }]), text);
}

#[test]
fn r9_consistent_snapshots_are_switched_on() {
    let old = state_with(|root| drop(root.insert("consistent_snapshot".into(), false.into())), |_| ());
    let root = draft(Some(&old), &[Change::SetConsistentSnapshot], &expiries()).unwrap().root.unwrap();
    assert!(root.consistent_snapshot);
    assert_eq!(
        refused(&[Change::SetConsistentSnapshot]),
        "the changes leave every role as it is: nothing to sign (R11)"
    );
}

#[test]
fn a_target_is_removed_and_a_file_of_two_hashes_set() {
    let remove = |path: &str| Change::RemoveTarget { role: RoleName::Targets, path: path.into() };
    let targets = next(&[remove("a")]).targets.unwrap();
    assert_eq!(targets.targets().len(), 0);
    assert_eq!(refused(&[remove("b")]), "targets: expected a target `b` to remove, found none (R11)");
    assert_eq!(refused(&[set("b", b"x"), remove("b")]), "the changes leave every role as it is: nothing to sign (R11)");
    let sha512 = Some(tuffet_keys::sha512(b"new"));
    let both = Change::SetTarget { role: RoleName::Targets, pin: TargetPin { sha512, ..pin("dir/sub/a", b"new") } };
    let targets = next(&[both]).targets.unwrap();
    let file = targets.targets().get("dir/sub/a").unwrap();
    assert_eq!((file.hashes.sha256, file.hashes.sha512), (Some(sha256(b"new")), sha512));
}

#[test]
fn f1_new_content_keeps_what_a_target_is_for() {
    let custom = parse(r#"{"sigstore":{"status":"Active","usage":"Rekor"}}"#);
    let with = |targets: &mut Object| {
        inside(targets, &["targets", "a"]).insert("custom".into(), custom.clone());
    };
    let state = state_with(|_| (), with);
    let targets = draft(Some(&state), &[set("a", b"new")], &expiries()).unwrap().targets.unwrap();
    let file = targets.targets().get("a").unwrap();
    assert_eq!((file.length, file.custom), (Some(3), Some(custom)));
}

#[test]
fn a_migration_has_a_dual_period_that_still_counts_people() {
    let successions: Vec<Succession> = ALL
        .iter()
        .map(|(owner, seed)| Succession { outgoing: fingerprint(*seed), incoming: holder(owner, seed + 10) })
        .collect();
    let begin = |thresholds| Change::BeginMigration { successions: successions.clone(), thresholds };
    let dual = next(&[begin(None)]);
    let root = dual.root.as_ref().unwrap();
    for role in [RoleName::Root, RoleName::Targets] {
        let both: Vec<KeyId> =
            ALL.iter().flat_map(|(owner, seed)| [keyid(owner, *seed), keyid(owner, seed + 10)]).collect();
        assert_eq!(people(root, &role), (both, 4), "two of three people, each with both keys");
    }
    assert!(dual.targets.is_some(), "signed by one key each, it no longer meets its threshold");
    let chosen = next(&[begin(Some((2, 3)))]).root.unwrap();
    assert_eq!((people(&chosen, &RoleName::Root).1, people(&chosen, &RoleName::Targets).1), (2, 3));

    let half = Change::BeginMigration { successions: successions[..2].to_vec(), thresholds: None };
    let short = fingerprint(2).short();
    assert_eq!(
        refused(&[half]),
        format!("root: expected a second key for each of its keys, found none for {short} (F8)")
    );
    let stranger = Succession { outgoing: fingerprint(9), incoming: holder("@x", 19) };
    let more = [successions.clone(), vec![stranger]].concat();
    let short = fingerprint(9).short();
    let text = format!("key {short}: expected a key of root or targets to replace, found none (R17)");
    assert_eq!(refused(&[Change::BeginMigration { successions: more, thresholds: None }]), text);

    let outgoing: Vec<Fingerprint> = ALL.iter().map(|(_, seed)| fingerprint(*seed)).collect();
    let root = root_of(&[begin(None), Change::EndMigration { outgoing, thresholds: None }]);
    let new: Vec<KeyId> = ALL.iter().map(|(owner, seed)| keyid(owner, seed + 10)).collect();
    assert_eq!(people(&root, &RoleName::Root), (new, 2));
    assert_eq!(root.keys().len(), 4);
}

#[test]
fn d5_f6_keys_rewritten_sign_under_both_keyids_and_count_once() {
    // @alice's key as a tool of old wrote it.
    let new_name = keyid("@alice", 1);
    let mut old_name = new_name.clone();
    let old = state_with(
        |root| {
            let keys = inside(root, &["keys"]);
            let Some(Value::Object(mut key)) = keys.remove(new_name.as_str()) else { panic!("no key of @alice") };
            key.insert("keyid_hash_algorithms".into(), vec!["sha256"].into());
            key.insert("x-note".into(), "kept".into());
            old_name = tuffet_metadata::keyid_of(&key);
            keys.insert(old_name.to_string(), key.into());
            for role in ["root", "targets"] {
                let Some(Value::Array(keyids)) = inside(root, &["roles", role]).get_mut("keyids") else { panic!() };
                for name in keyids.iter_mut().filter(|name| name.as_str() == Some(new_name.as_str())) {
                    *name = old_name.as_str().into();
                }
            }
        },
        |_| (),
    );
    let draft = draft(Some(&old), &[Change::RewriteKeys], &expiries()).unwrap();
    assert!(draft.targets.is_none(), "targets answer to the same keys");
    let root = draft.root.as_ref().unwrap();
    let by = root.authority(&RoleName::Root);
    assert_eq!(by.fingerprints(), old.root.authority(&RoleName::Root).fingerprints());
    assert!(!by.keyids().contains(&old_name));
    let alice = by.keys().find(|key| key.owner() == Some("@alice")).unwrap();
    assert!(!alice.object().contains_key("keyid_hash_algorithms"));
    assert_eq!(alice.object()["x-note"].as_str(), Some("kept"));
    let signatures = [1, 2, 3].map(|seed| given(root, seed));
    let bytes = assemble(root, &draft.authorities(Some(&old), &RoleName::Root), &signatures);
    let next = Unverified::<Root>::new(bytes).verify_next(&old.root, &Profile::Strict, &Limits::default()).unwrap();
    let counts: Vec<usize> = next.tallies().iter().map(|tally| tally.valid.len()).collect();
    assert_eq!(counts, [3, 3]);
    let text = String::from_utf8(next.bytes().to_vec()).unwrap();
    assert!(text.matches(old_name.as_str()).count() == 1 && text.contains(alice.keyid().as_str()), "{text}");
    assert_eq!(refused(&[Change::RewriteKeys]), "the changes leave every role as it is: nothing to sign (R11)");
}
