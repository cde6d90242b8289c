//! R14, R15: what a rotated online key lets a repository take back.

use super::*;
use tuffet_metadata::{Snapshot, Verified};

const EXPIRES: &str = "2026-12-08T00:00:00Z";

fn rotated(role: OnlineRole) -> (State, Verified<Root>) {
    let before = state();
    let keys = vec![online(5)];
    let change = Change::SetOnlineKeys { role, keys, threshold: 1 };
    let root = draft(Some(&before), &[change], &expiries()).unwrap().root.unwrap();
    let bytes = assemble(&root, &[root.authority(&RoleName::Root)], &[1, 2, 3].map(|seed| given(&root, seed)));
    let root = Unverified::<Root>::new(bytes).verify_next(&before.root, &Profile::Strict, &Limits::default()).unwrap();
    (before, root)
}

fn read<T: Role>(value: &str, root: &Root, role: &RoleName) -> Verified<T> {
    let proposed = Proposed::<T>::new(parse(value), &Limits::default()).unwrap();
    let authority = root.authority(role);
    let file = assemble(&proposed, std::slice::from_ref(&authority), &[4, 5].map(|seed| given(&proposed, seed)));
    Unverified::<T>::new(file).verify(&authority, &Profile::Strict, &Limits::default()).unwrap()
}

/// What a thief of the online key left: versions at the end of the numbers, and a role that is none.
fn forwarded(root: &Root) -> Verified<Snapshot> {
    let text = format!(
        r#"{{"_type":"snapshot","expires":"{EXPIRES}","meta":{{"dead.json":{{"version":9}},"targets.json":{{"version":2147483648}}}},"spec_version":"1.0.31","version":2147483648}}"#
    );
    read(&text, root, &RoleName::Snapshot)
}

#[test]
fn r14_versions_go_down_after_the_snapshot_key_was_rotated_and_not_before() {
    let (before, root) = rotated(OnlineRole::Snapshot);
    let previous = forwarded(&before.root);
    let targets = &before.targets;
    let online = Online::until(at(EXPIRES));
    let error = snapshot(Some(&previous), &[targets], &online).unwrap_err().to_string();
    let text = "targets: expected version 2147483648 or later as the previous snapshot lists it, found 1 (C38)";
    assert_eq!(error, text);

    let rotation = Rotation::between(&before.root, &root, OnlineRole::Snapshot);
    assert!(rotation.is_some());
    let next = snapshot(Some(&previous), &[targets], &Online { rotation, ..online.clone() }).unwrap();
    assert_eq!(next.common.version, 2_147_483_649, "its own version still rises");
    assert_eq!(next.meta().get("targets.json").unwrap().version, 1);
    assert!(next.meta().get("dead.json").is_none(), "R15");

    // Another role's rotation makes no client forget this one's versions.
    let rotation = Rotation::between(&before.root, &rotated(OnlineRole::Timestamp).1, OnlineRole::Timestamp);
    assert!(rotation.is_some());
    assert_eq!(snapshot(Some(&previous), &[targets], &Online { rotation, ..online }).unwrap_err().to_string(), text);
}

#[test]
fn r14_a_rotation_is_other_keys_or_another_threshold() {
    let (before, root) = rotated(OnlineRole::Snapshot);
    assert!(Rotation::between(&before.root, &before.root, OnlineRole::Snapshot).is_none());
    assert!(Rotation::between(&before.root, &root, OnlineRole::Timestamp).is_none(), "that one stayed");
    let two = state_with(
        |root| {
            let added = Key::compose(&public(5), None, Some("gcpkms:online"));
            inside(root, &["keys"]).insert(added.keyid().to_string(), added.object().into());
            let role = inside(root, &["roles", "snapshot"]);
            let mut keyids = role["keyids"].as_array().unwrap().to_vec();
            keyids.push(added.keyid().to_string().into());
            role.insert("keyids".into(), Value::Array(keyids));
        },
        |_| (),
    );
    assert!(Rotation::between(&before.root, &two.root, OnlineRole::Snapshot).is_some(), "a key more");
    let raised =
        state_with(|root| drop(inside(root, &["roles", "snapshot"]).insert("threshold".into(), 2u64.into())), |_| ());
    assert!(Rotation::between(&before.root, &raised.root, OnlineRole::Snapshot).is_some(), "another threshold");
}

#[test]
fn r14_the_timestamp_follows_a_lower_snapshot_after_its_own_rotation() {
    let (before, root) = rotated(OnlineRole::Timestamp);
    let rotation = Rotation::between(&before.root, &root, OnlineRole::Timestamp);
    let text = format!(
        r#"{{"_type":"timestamp","expires":"{EXPIRES}","meta":{{"snapshot.json":{{"version":9}}}},"spec_version":"1.0.31","version":7}}"#
    );
    let previous = read(&text, &before.root, &RoleName::Timestamp);
    let online = Online::until(at(EXPIRES));
    let listed = snapshot(None, &[&before.targets], &online).unwrap();
    let listed: Verified<Snapshot> =
        read(std::str::from_utf8(listed.payload()).unwrap(), &before.root, &RoleName::Snapshot);
    let error = timestamp(Some(&previous), &listed, &online).unwrap_err().to_string();
    assert_eq!(error, "snapshot: expected version 9 or later as the previous timestamp lists it, found 1 (C28)");
    let next = timestamp(Some(&previous), &listed, &Online { rotation, ..online }).unwrap();
    assert_eq!((next.common.version, next.snapshot.version), (8, 1));
}

#[test]
fn r12_versions_alone_are_pinned_only_where_asked() {
    let before = state();
    let alone = Online { pins: Pins::VersionOnly, ..Online::until(at(EXPIRES)) };
    let listed = snapshot(None, &[&before.targets], &alone).unwrap();
    let pin = listed.meta().get("targets.json").unwrap();
    assert_eq!((pin.version, pin.length, pin.hashes), (1, None, None));
}
