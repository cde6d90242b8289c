//! C18 to C20: when the floors are forgotten, and when not.

use super::repo::*;
use crate::*;

fn signed_with(mut repo: Repo, timestamp: &[u8], snapshot: &[u8]) -> Repo {
    repo.timestamp.signers = timestamp.to_vec();
    repo.snapshot.signers = snapshot.to_vec();
    repo
}

#[test]
fn c18_rotated_online_keys_purge_both_floors() {
    let before = root(1).with(|r| {
        r.timestamp = Keys(vec![4, 8], 1);
        r.snapshot = Keys(vec![5, 9], 1);
    });
    let after = |timestamp: Keys, snapshot: Keys| {
        let mut next = before.clone();
        (next.version, next.timestamp, next.snapshot) = (2, timestamp, snapshot);
        next
    };
    let (same_ts, same_sn) = (Keys(vec![4, 8], 1), Keys(vec![5, 9], 1));
    for (case, timestamp, snapshot, signers) in [
        ("timestamp rotated", Keys(vec![10, 11], 1), same_sn.clone(), ([10], [5])),
        ("snapshot rotated", same_ts.clone(), Keys(vec![10, 11], 1), ([4], [10])),
        ("both rotated", Keys(vec![10], 1), Keys(vec![11], 1), ([10], [11])),
        ("a key added", Keys(vec![4, 8, 10], 1), same_sn.clone(), ([4], [5])),
        ("one of two removed", Keys(vec![4], 1), same_sn.clone(), ([4], [5])),
        ("a snapshot key removed", same_ts.clone(), Keys(vec![5], 1), ([4], [5])),
    ] {
        // What the old keys signed at version 9 is a fast-forward; version 1 by the present keys is to be accepted.
        let memory = signed_with(repo(9), &[4], &[5]).memory(&before);
        let update = start(&before).unwrap().root(after(timestamp, snapshot).file()).unwrap();
        let update = update.final_root(memory).unwrap();
        assert!(update.purged(), "{case}");
        assert_eq!(update.events(), [Event::FloorsPurged], "{case}");
        let refreshed = refresh(update, &signed_with(repo(1), &signers.0, &signers.1)).unwrap();
        assert_eq!(refreshed.timestamp.common.version, 1, "{case}");
        assert_eq!(refreshed.events(), [Event::FloorsPurged], "{case}");
    }
}

#[test]
fn c18_a_changed_threshold_is_a_rotation() {
    let before = root(1).with(|r| r.timestamp = Keys(vec![4, 8], 1));
    let after = root(2).with(|r| r.timestamp = Keys(vec![4, 8], 2));
    let memory = signed_with(repo(9), &[4], &[5]).memory(&before);
    let update = start(&before).unwrap().root(after.file()).unwrap().final_root(memory).unwrap();
    assert!(update.purged());
    assert_eq!(update.key_sets(), KeySets::of(&after.verified()));
    assert!(refresh(update, &signed_with(repo(1), &[4, 8], &[5])).is_ok());
}

#[test]
fn c18_other_keys_and_nothing_to_forget_are_no_purge() {
    let after = root(2).with(|r| r.targets = Keys(vec![6, 12], 2));
    let update = start(&root(1)).unwrap().root(after.file()).unwrap();
    let update = update.final_root(repo(9).memory(&root(1))).unwrap();
    assert!(!update.purged(), "targets keys are not the floors'");

    let rotated = root(2).with(|r| r.timestamp = Keys(vec![10], 1));
    let update = start(&root(1)).unwrap().root(rotated.file()).unwrap();
    assert!(!update.final_root(Memory::default()).unwrap().purged(), "nothing remembered, nothing to delete");
}

#[test]
fn c18_the_remembered_targets_stay() {
    let rotated = root(2).with(|r| r.timestamp = Keys(vec![10], 1));
    let update = start(&root(1)).unwrap().root(rotated.file()).unwrap();
    let update = update.final_root(repo(9).memory(&root(1))).unwrap();
    let now = signed_with(repo(9), &[10], &[5]);
    let update = update.timestamp(Unverified::new(now.timestamp())).unwrap();
    let update = update.remembered().unwrap_err();
    let update = update.snapshot(Unverified::new(now.snapshot())).unwrap();
    assert_eq!(update.remembered().unwrap().targets.bytes(), repo(9).targets());
}

#[test]
fn c19_without_rotation_since_the_files_were_accepted_the_floors_stay() {
    // The client is embedded with root 1; keys were rotated in root 2; it has refreshed under root 2 before.
    let rotated = root(2).with(|r| r.timestamp = Keys(vec![10], 1));
    let now = |version| signed_with(repo(version), &[10], &[5]);
    let memory = now(9).memory(&rotated);
    for _ in 0..2 {
        let update = start(&root(1)).unwrap().root(rotated.file()).unwrap();
        let update = update.final_root(memory.clone()).unwrap();
        assert!(!update.purged());
        let text = refresh(update, &now(8)).unwrap_err().to_string();
        assert_eq!(text, "timestamp: expected version 9 or later, found 8 (TUF 5.4.3.1)");
    }
}

#[test]
fn c19_without_recorded_key_sets_those_of_the_loaded_root_count() {
    let rotated = root(2).with(|r| r.timestamp = Keys(vec![10], 1));
    let now = |version| signed_with(repo(version), &[10], &[5]);
    let memory = Memory { accepted_under: None, ..now(9).memory(&rotated) };
    let from = |anchor: &RootFile| start(anchor).unwrap();
    let kept = from(&rotated).final_root(memory.clone()).unwrap();
    assert!(!kept.purged(), "a client that starts from the newest root it stored");
    let lost = from(&root(1)).root(rotated.file()).unwrap().final_root(memory).unwrap();
    assert!(lost.purged(), "one that starts from root 1 cannot tell");
}

#[test]
fn c20_a_rotation_is_seen_after_an_abort_between_storing_and_purging() {
    // Root 2 rotates and has expired: it is stored, then the refresh ends. The next run starts from root 2.
    let expired = root(2).with(|r| {
        r.timestamp = Keys(vec![10], 1);
        r.expires = "2021-01-01T00:00:00Z".into();
    });
    let memory = repo(9).memory(&root(1));
    let update = start(&root(1)).unwrap().root(expired.file()).unwrap();
    let stored = update.newest().bytes().to_vec();
    assert_eq!(update.final_root(memory.clone()).unwrap_err().code(), "freeze");

    let renewed = root(3).with(|r| r.timestamp = Keys(vec![10], 1));
    let update = Update::start(Unverified::new(stored), at(START), Policy::default()).unwrap();
    let update = update.root(renewed.file()).unwrap().final_root(memory).unwrap();
    assert!(update.purged());
    assert!(refresh(update, &signed_with(repo(1), &[10], &[5])).is_ok());
}

#[test]
fn c18_each_floor_by_itself_is_forgotten() {
    let rotated = root(2).with(|r| r.snapshot = Keys(vec![10], 1));
    let full = repo(9).memory(&root(1));
    let notes = FloorVersions { timestamp: 9, snapshot: 9, meta: [("targets.json".to_owned(), 9)].into() };
    for (case, memory) in [
        ("the timestamp", Memory { snapshot: None, targets: None, ..full.clone() }),
        ("the snapshot", Memory { timestamp: None, targets: None, ..full.clone() }),
        ("the notes", Memory { floors: notes, accepted_under: full.accepted_under, ..Memory::default() }),
    ] {
        let update = start(&root(1)).unwrap().root(rotated.file()).unwrap().final_root(memory).unwrap();
        assert_eq!(update.events(), [Event::FloorsPurged], "{case}");
        assert_eq!(update.floors(), FloorVersions::default(), "{case}");
        let refreshed = refresh(update, &signed_with(repo(1), &[4], &[10])).unwrap();
        assert_eq!(refreshed.snapshot.common.version, 1, "{case}: what the new key says counts");
    }
}

#[test]
fn c18_what_a_purge_leaves_is_no_lost_floor() {
    // Without recorded key sets, purged now: the targets that stay do not say that something is missing.
    let rotated = root(2).with(|r| r.timestamp = Keys(vec![10], 1));
    let memory = Memory { accepted_under: None, ..repo(9).memory(&root(1)) };
    let update = start(&root(1)).unwrap().root(rotated.file()).unwrap().final_root(memory).unwrap();
    assert_eq!(update.events(), [Event::FloorsPurged]);
    // Purged by an earlier refresh that then broke off: the key sets recorded say so.
    let memory = Memory { timestamp: None, snapshot: None, ..repo(9).memory(&root(1)) };
    assert_eq!(awaiting(&root(1), memory).events(), []);
}
