//! The rows of threats.md a state machine can show: the client trusts root 1, timestamp 5, snapshot 5, targets 5,
//! delegated d 5. The keys an attacker has stolen are the ones the test signs with.

use super::repo::*;
use crate::*;
use tuffet_metadata::Pinned;

fn client() -> Update<AwaitTimestamp> {
    awaiting(&root(1), repo(5).memory(&root(1)))
}

fn at_time(time: &str, memory: Memory) -> Result<Update<AwaitTimestamp>, UpdateError> {
    Update::start(root(1).file(), at(time), Policy::default())?.final_root(memory)
}

/// Rotates the keys of timestamp (to 10) and snapshot (to 11) where asked, and gives the client that saw it.
fn rotated(memory: Memory, timestamp: bool, snapshot: bool) -> Update<AwaitTimestamp> {
    let next = root(2).with(|r| {
        r.timestamp = Keys(vec![if timestamp { 10 } else { 4 }], 1);
        r.snapshot = Keys(vec![if snapshot { 11 } else { 5 }], 1);
    });
    start(&root(1)).unwrap().root(next.file()).unwrap().final_root(memory).unwrap()
}

fn signed_by_new_keys(repo: Repo, timestamp: bool, snapshot: bool) -> Repo {
    repo.with(|r| {
        r.timestamp.signers = vec![if timestamp { 10 } else { 4 }];
        r.snapshot.signers = vec![if snapshot { 11 } else { 5 }];
    })
}

#[test]
fn t1_replayed_old_files_are_a_rollback() {
    let error = refresh(client(), &repo(4)).unwrap_err();
    assert_eq!((error.code(), error.to_string().contains("TUF 5.4.3.1")), ("rollback", true));
}

#[test]
fn t2_withholding_everything_freezes_until_the_timestamp_expires() {
    let old = repo(5).with(|r| r.timestamp.expires = "2026-06-08T00:00:00Z".into());
    let memory = old.memory(&root(1));
    let on = |time| refresh(at_time(time, memory.clone()).unwrap(), &old);
    assert!(on("2026-06-07T23:59:59Z").is_ok());
    assert_eq!(on("2026-06-08T00:00:00Z").unwrap_err().code(), "freeze");
}

#[test]
fn t3_withholding_the_next_root_freezes_until_root_expires() {
    assert!(at_time("2029-12-31T23:59:59Z", Memory::default()).is_ok());
    assert_eq!(at_time(EXPIRES, Memory::default()).unwrap_err().code(), "freeze");
}

#[test]
fn t4_generations_do_not_mix() {
    for pinned in [true, false] {
        let (five, six) = (repo(5).with(|r| r.pinned = pinned), repo(6).with(|r| r.pinned = pinned));
        let update = client().timestamp(Unverified::new(six.timestamp())).unwrap();
        assert_eq!(update.snapshot(Unverified::new(five.snapshot())).unwrap_err().code(), "mix-and-match");
        let update = client().timestamp(Unverified::new(six.timestamp())).unwrap();
        let update = update.snapshot(Unverified::new(six.snapshot())).unwrap();
        assert_eq!(update.targets(Unverified::new(five.targets())).unwrap_err().code(), "mix-and-match");
    }
}

#[test]
fn t6_swapped_targets_have_the_wrong_hash() {
    let refreshed = refresh(client(), &repo(6)).unwrap();
    let error = refreshed.target("a").unwrap().check(b"other").unwrap_err();
    assert_eq!(error.to_string(), "target `a`: the file does not have the hash its metadata lists (TUF 5.7.3)");
}

#[test]
fn t7_a_timestamp_is_no_snapshot_though_one_key_signs_both() {
    let shared = root(1).with(|r| r.snapshot = Keys(vec![4], 1));
    let inner = repo(6).timestamp();
    let outer = repo(6).timestamp_over(&Pinned::of(6, &inner));
    let update = awaiting(&shared, Memory::default()).timestamp(Unverified::new(outer)).unwrap();
    let error = update.snapshot(Unverified::new(inner)).unwrap_err();
    assert_eq!(error.to_string(), "snapshot v6: signed._type: expected `snapshot`, found `timestamp` (F16)");
}

#[test]
fn t8_a_timestamp_key_can_freeze_until_the_snapshot_expires() {
    let redated = repo(5).with(|r| {
        r.timestamp.version = 6;
        r.timestamp.expires = "2099-01-01T00:00:00Z".into();
        r.snapshot.expires = "2026-07-01T00:00:00Z".into();
    });
    let on = |time| {
        let update = at_time(time, redated.memory(&root(1))).unwrap();
        refresh_remembering(update, &redated)
    };
    assert!(on("2026-06-30T23:59:59Z").is_ok());
    let error = on("2026-07-01T00:00:00Z").unwrap_err();
    assert_eq!((error.code(), error.to_string().contains("snapshot v5: expired")), ("freeze", true));
}

#[test]
fn t9_a_timestamp_key_cannot_roll_the_snapshot_back() {
    let forged = repo(6).timestamp_over(&repo(4).pin(4, &repo(4).snapshot()));
    let error = client().timestamp(Unverified::new(forged)).unwrap_err();
    assert_eq!(error.to_string(), "snapshot: expected version 5 or later, found 4 (TUF 5.4.3.2)");
}

#[test]
fn t10_a_fast_forwarded_timestamp_is_undone_by_rotating_its_key() {
    let forward = repo(5).with(|r| r.timestamp.version = i64::MAX as u64);
    assert!(refresh(client(), &forward).is_ok(), "accepted: the attacker has the key");
    let stuck = awaiting(&root(1), forward.memory(&root(1)));
    assert_eq!(refresh(stuck, &repo(6)).unwrap_err().code(), "rollback");
    let recovered = rotated(forward.memory(&root(1)), true, false);
    assert!(refresh(recovered, &signed_by_new_keys(repo(6), true, false)).is_ok());
}

#[test]
fn t11_a_snapshot_that_does_not_exist_costs_no_floor() {
    let forged = repo(6).timestamp_over(&Pinned { version: 6, length: Some(7), hashes: None });
    let update = client().timestamp(Unverified::new(forged.clone())).unwrap();
    assert_eq!(update.request().name, "6.snapshot.json");
    // The caller has stored the timestamp, and gets no snapshot. The next refresh brings the real timestamp 7.
    let memory = || Memory { timestamp: Some(forged.clone()), ..repo(5).memory(&root(1)) };
    assert!(refresh(awaiting(&root(1), memory()), &repo(7)).is_ok());
    let lower = repo(7).with(|r| r.targets.version = 4);
    assert_eq!(refresh(awaiting(&root(1), memory()), &lower).unwrap_err().code(), "rollback");
}

#[test]
fn t12a_a_snapshot_key_alone_cannot_change_a_pinned_snapshot() {
    let real = repo(6);
    let forged = repo(6).lists("d.json", 7);
    let update = client().timestamp(Unverified::new(real.timestamp())).unwrap();
    assert_eq!(update.snapshot(Unverified::new(forged.snapshot())).unwrap_err().code(), "mix-and-match");
}

#[test]
fn t12b_a_snapshot_pinned_by_version_alone_can_be_replaced_for_clients_without_it() {
    let real = repo(5).with(|r| r.pinned = false);
    let forged = real.clone().lists("evil.json", 1);
    let fresh = awaiting(&root(1), Memory::default()).timestamp(Unverified::new(real.timestamp())).unwrap();
    assert!(fresh.snapshot(Unverified::new(forged.snapshot())).is_ok(), "accepted: pin hashes");
    let holder = awaiting(&root(1), real.memory(&root(1))).timestamp(Unverified::new(real.timestamp())).unwrap();
    assert_eq!(holder.remembered().unwrap().snapshot().bytes(), real.snapshot());
    // The floors hold for every client that has some.
    let lower = real.clone().with(|r| r.targets.version = 4);
    let holder = awaiting(&root(1), real.memory(&root(1))).timestamp(Unverified::new(real.timestamp())).unwrap();
    assert_eq!(holder.snapshot(Unverified::new(lower.snapshot())).unwrap_err().code(), "rollback");
}

#[test]
fn t13_timestamp_and_snapshot_keys_cannot_roll_targets_back() {
    let error = refresh(client(), &repo(6).with(|r| r.targets.version = 4)).unwrap_err();
    assert_eq!(error.to_string(), "targets: expected version 5 or later, found 4 (TUF 5.5.5)");
}

#[test]
fn t14_timestamp_and_snapshot_keys_cannot_drop_a_delegated_role() {
    let error = refresh(client(), &repo(6).omits("d.json")).unwrap_err();
    assert_eq!(error.code(), "rollback");
}

#[test]
fn t15_timestamp_and_snapshot_keys_can_freeze_until_targets_expire() {
    let frozen = repo(5).with(|r| {
        (r.timestamp.version, r.snapshot.version) = (99, 99);
        (r.timestamp.expires, r.snapshot.expires) = ("2099-01-01T00:00:00Z".into(), "2099-01-01T00:00:00Z".into());
        r.targets.expires = "2026-12-01T00:00:00Z".into();
    });
    let on = |time| refresh(at_time(time, Memory::default()).unwrap(), &frozen);
    assert!(on("2026-11-30T23:59:59Z").is_ok());
    let error = on("2026-12-01T00:00:00Z").unwrap_err();
    assert_eq!((error.code(), error.to_string().starts_with("targets v5: expired")), ("freeze", true));
}

#[test]
fn t16_fast_forwarded_targets_are_undone_by_rotating_the_snapshot_key() {
    // A snapshot that lists targets 2^31, for which there is no file.
    let forward = repo(6).with(|r| r.targets.version = 1 << 31);
    let mut memory = forward.memory(&root(1));
    memory.targets = Some(repo(5).targets());
    let now = |timestamp, snapshot| signed_by_new_keys(repo(7), timestamp, snapshot);
    assert_eq!(refresh(awaiting(&root(1), memory.clone()), &repo(7)).unwrap_err().code(), "rollback");
    for with_timestamp in [false, true] {
        let recovered = rotated(memory.clone(), with_timestamp, true);
        assert!(refresh(recovered, &now(with_timestamp, true)).is_ok(), "timestamp too: {with_timestamp}");
    }
}

#[test]
fn t17_roles_that_never_coexisted_can_be_mixed_above_the_floors() {
    let mixed = repo(6).with(|r| {
        r.targets.version = 5;
        r.delegated.insert("d.json".into(), 9);
    });
    assert!(refresh(client(), &mixed).is_ok(), "inherent: the test documents it");
}

#[test]
fn t18a_a_targets_key_alone_cannot_change_pinned_targets() {
    let forged = repo(6).with(|r| drop(r.contents.insert("evil".into(), b"evil".to_vec())));
    let update = client().timestamp(Unverified::new(repo(6).timestamp())).unwrap();
    let update = update.snapshot(Unverified::new(repo(6).snapshot())).unwrap();
    let error = update.targets(Unverified::new(forged.targets())).unwrap_err();
    assert_eq!(error.code(), "endless-data", "it is longer");
    let forged = repo(6).with(|r| drop(r.contents.insert("a".into(), b"evil!".to_vec())));
    let update = client().timestamp(Unverified::new(repo(6).timestamp())).unwrap();
    let update = update.snapshot(Unverified::new(repo(6).snapshot())).unwrap();
    assert_eq!(update.targets(Unverified::new(forged.targets())).unwrap_err().code(), "mix-and-match");
}

#[test]
fn t18b_targets_pinned_by_version_alone_can_be_replaced_for_clients_without_them() {
    let real = repo(5).with(|r| r.pinned = false);
    let forged = real.clone().with(|r| drop(r.contents.insert("a".into(), b"evil!".to_vec())));
    let mixed = |update: Update<AwaitTimestamp>| {
        let update = update.timestamp(Unverified::new(real.timestamp())).unwrap();
        update.snapshot(Unverified::new(real.snapshot())).unwrap()
    };
    let fresh = mixed(awaiting(&root(1), Memory::default())).targets(Unverified::new(forged.targets())).unwrap();
    assert!(fresh.target("a").unwrap().check(b"evil!").is_ok(), "accepted: pin hashes");
    let holder = mixed(awaiting(&root(1), real.memory(&root(1)))).remembered().unwrap();
    assert!(holder.target("a").unwrap().check(b"evil!").is_err(), "who has that version keeps it");
}
