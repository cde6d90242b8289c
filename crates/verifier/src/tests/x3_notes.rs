//! X3: one damaged file does not lose its floor, and what is lost is said or refused.

use super::repo::*;
use crate::*;
use tuffet_metadata::RoleName;

/// What a client has after version `version`: files and notes.
fn remembered(version: u64) -> Memory {
    let memory = repo(version).memory(&root(1));
    let timestamp = awaiting(&root(1), memory.clone()).timestamp(Unverified::new(repo(version).timestamp())).unwrap();
    let mut floors = FloorVersions::default();
    floors.raise_to_timestamp(timestamp.timestamp());
    floors.raise_to_snapshot(timestamp.remembered().unwrap().snapshot());
    Memory { floors, ..memory }
}

fn refused_after(memory: Memory, served: &Repo) -> String {
    refresh(awaiting(&root(1), memory), served).unwrap_err().to_string()
}

#[test]
fn x3_a_remembered_file_that_does_not_verify_is_a_lost_floor_and_said_so() {
    let mut memory = repo(9).memory(&root(1));
    memory.timestamp.as_mut().unwrap()[0] = b'x';
    memory.snapshot = Some(repo(9).with(|r| r.snapshot.signers = vec![4]).snapshot());
    let update = awaiting(&root(1), memory);
    let text: Vec<String> = update.events().iter().map(ToString::to_string).collect();
    let (timestamp, snapshot) = (
        "cached timestamp does not verify (timestamp: byte 0: expected a JSON value, found `x` (F26))",
        "cached snapshot does not verify (snapshot v9: 0 of 1 required signatures are valid (TUF 5.5.3))",
    );
    let end = ": no floor against rollback (X3)";
    assert_eq!(text, [format!("{timestamp}{end}"), format!("{snapshot}{end}")]);
    assert!(!update.purged());
    assert!(refresh(update, &repo(1)).is_ok(), "the floor is gone, and the caller has been told");
}

#[test]
fn x3_the_notes_hold_the_floor_of_every_file_that_is_lost() {
    for lose in [
        |memory: &mut Memory| memory.timestamp = None,
        |memory: &mut Memory| memory.timestamp = Some(b"{".to_vec()),
        |memory: &mut Memory| memory.timestamp = Some(repo(3).timestamp()),
    ] {
        let mut memory = remembered(5);
        lose(&mut memory);
        let update = awaiting(&root(1), memory.clone());
        let [Event::FloorLost { role: RoleName::Timestamp, kept: Some(5), .. }] = update.events() else {
            panic!("{:?}", update.events())
        };
        assert_eq!(
            refused_after(memory.clone(), &repo(4)),
            "timestamp: expected version 5 or later, found 4 (TUF 5.4.3.1)"
        );
        let lower = repo(6).with(|r| r.snapshot.version = 4);
        assert_eq!(
            refused_after(memory.clone(), &lower),
            "snapshot: expected version 5 or later, found 4 (TUF 5.4.3.2)"
        );
        assert!(refresh(awaiting(&root(1), memory), &repo(5)).is_ok(), "the same version is no rollback");
    }
    for lose in [|memory: &mut Memory| memory.snapshot = None, |memory: &mut Memory| memory.snapshot = Some(Vec::new())]
    {
        let mut memory = remembered(5);
        lose(&mut memory);
        let update = awaiting(&root(1), memory.clone());
        let [Event::FloorLost { role: RoleName::Snapshot, kept: Some(5), .. }] = update.events() else {
            panic!("{:?}", update.events())
        };
        let lower = repo(6).with(|r| r.targets.version = 4);
        assert_eq!(refused_after(memory.clone(), &lower), "targets: expected version 5 or later, found 4 (TUF 5.5.5)");
        let gone = repo(6).omits("d.json");
        assert_eq!(
            refused_after(memory, &gone),
            "snapshot: expected an entry `d.json` as the trusted snapshot has, found none (TUF 5.5.5)"
        );
    }
}

#[test]
fn x3_an_old_file_beside_newer_notes_is_said() {
    let memory = Memory { floors: remembered(5).floors, ..repo(3).memory(&root(1)) };
    let update = awaiting(&root(1), memory);
    assert_eq!(
        update.events().iter().map(ToString::to_string).collect::<Vec<_>>(),
        ["cached timestamp is version 3, older than one accepted before: \
          the client's notes still refuse what is older than v5 (X3)"]
    );
}

#[test]
fn x3_under_the_policy_fail_a_lost_floor_ends_the_update_and_a_noted_one_does_not() {
    let policy = Policy { on_floor_loss: OnFloorLoss::Fail, ..Policy::default() };
    let enter = |memory: Memory| {
        Update::start(Unverified::new(root(1).bytes()), at(START), policy.clone()).unwrap().final_root(memory)
    };
    let lost = Memory { timestamp: None, ..repo(5).memory(&root(1)) };
    let lost = Memory { accepted_under: None, ..lost };
    let error = enter(lost).unwrap_err();
    assert_eq!(error.to_string(), "cached timestamp is missing: no floor against rollback (X3)");
    assert_eq!(error.code(), "floor-lost");
    let noted = Memory { timestamp: None, ..remembered(5) };
    assert!(enter(noted).is_ok());
    assert!(enter(Memory::default()).is_ok(), "a first refresh has lost nothing");
}

#[test]
fn x3_under_the_policy_accept_the_notes_go_with_the_file() {
    let policy = Policy { on_floor_loss: OnFloorLoss::Accept, ..Policy::default() };
    let memory = Memory { timestamp: None, snapshot: None, ..remembered(5) };
    let update =
        Update::start(Unverified::new(root(1).bytes()), at(START), policy).unwrap().final_root(memory).unwrap();
    assert_eq!(update.events().len(), 2);
    assert!(refresh(update, &repo(1)).is_ok());
}

#[test]
fn c18_a_rotation_purges_the_notes_too() {
    let rotated = root(2).with(|r| r.timestamp = Keys(vec![10], 1));
    let memory = Memory { timestamp: None, snapshot: None, ..remembered(9) };
    let update = start(&root(1)).unwrap().root(rotated.file()).unwrap().final_root(memory).unwrap();
    assert_eq!(update.events(), [Event::FloorsPurged]);
    let served = repo(1).with(|r| r.timestamp.signers = vec![10]);
    assert_eq!(refresh(update, &served).unwrap().timestamp.common.version, 1);
}

#[test]
fn t32_a_root_replayed_from_the_store_answers_to_the_root_before_it() {
    let mut update = start(&root(1)).unwrap();
    update.replay(root(2).file()).unwrap();
    let forged = root(3).with(|r| r.signers = vec![20, 21]);
    assert_eq!(
        update.replay(forged.file()).unwrap_err().to_string(),
        "root v3: 0 of 2 required signatures are valid by the keys of root v2 (TUF 5.3.4)"
    );
    assert_eq!(update.newest().common.version, 2, "the update goes on from the root before");
    assert_eq!(update.request().unwrap().name, "3.root.json");
}

#[test]
fn x3_without_notes_a_file_that_later_ones_follow_is_missed() {
    let missing = |role: &str| format!("cached {role} is missing: no floor against rollback (X3)");
    let full = Memory { accepted_under: None, ..repo(5).memory(&root(1)) };
    for (memory, lost) in [
        (full.clone(), vec![]),
        (Memory { timestamp: None, targets: None, ..full.clone() }, vec![missing("timestamp")]),
        (Memory { snapshot: None, ..full.clone() }, vec![missing("snapshot")]),
        (Memory { timestamp: None, snapshot: None, ..full.clone() }, vec![missing("timestamp"), missing("snapshot")]),
        (Memory { snapshot: None, targets: None, ..full }, vec![]),
    ] {
        let update = awaiting(&root(1), memory);
        assert_eq!(update.events().iter().map(ToString::to_string).collect::<Vec<_>>(), lost);
        assert!(update.events().iter().all(|event| event.code() == "floor-lost"));
    }
    assert_eq!(Event::FloorsPurged.code(), "floors-purged");
}

#[test]
fn x3_the_floors_to_note_are_the_higher_of_files_and_notes() {
    let files = awaiting(&root(1), repo(5).memory(&root(1))).floors();
    let meta = |targets: u64, d: u64| [("d.json".to_owned(), d), ("targets.json".to_owned(), targets)].into();
    assert_eq!(files, FloorVersions { timestamp: 5, snapshot: 5, meta: meta(5, 5) });
    let floors = FloorVersions { timestamp: 4, snapshot: 7, meta: meta(7, 4) };
    let update = awaiting(&root(1), Memory { floors, ..repo(5).memory(&root(1)) });
    assert_eq!(update.floors(), FloorVersions { timestamp: 5, snapshot: 7, meta: meta(7, 5) });
}

#[test]
fn x3_of_a_large_snapshot_the_notes_hold_the_top_level_targets_alone() {
    let noted = |delegated: usize| {
        let names = (0..delegated).map(|i| (format!("r{i}.json"), 5)).collect();
        let large = repo(5).with(|r| r.delegated = names);
        awaiting(&root(1), large.memory(&root(1))).floors().meta
    };
    assert_eq!(noted(1_023).len(), 1_024, "with the top-level targets");
    assert_eq!(noted(1_024), [("targets.json".to_owned(), 5)].into());
}
