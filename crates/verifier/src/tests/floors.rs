//! C24 to C28, C32, C38, C39: nothing goes back.

use super::repo::*;
use crate::*;
use tuffet_metadata::Pinned;

#[test]
fn c24_timestamp_version_never_decreases() {
    let text = "timestamp: expected version 5 or later, found 4 (TUF 5.4.3.1)";
    assert_eq!(refused(&repo(5), &repo(4)), text);
    assert_eq!(refused(&repo(5), &repo(5).with(|r| r.timestamp.version = 4)), text, "the timestamp alone");
    let error = refresh(awaiting(&root(1), repo(5).memory(&root(1))), &repo(4)).unwrap_err();
    assert_eq!(error.code(), "rollback");
    assert!(refresh(awaiting(&root(1), repo(5).memory(&root(1))), &repo(6)).is_ok());
}

#[test]
fn c25_an_equal_timestamp_version_keeps_the_old_bytes() {
    let old = repo(5);
    let new = repo(5).with(|r| r.snapshot.version = 6);
    assert_ne!(old.timestamp(), new.timestamp());
    let update = awaiting(&root(1), old.memory(&root(1))).timestamp(Unverified::new(new.timestamp())).unwrap();
    assert_eq!(update.timestamp().bytes(), old.timestamp());
    assert_eq!(update.timestamp().snapshot.version, 5);
    let error = update.snapshot(Unverified::new(new.snapshot())).unwrap_err();
    assert_eq!(error.code(), "mix-and-match");
    // Also where the new one would be a rollback of the snapshot.
    let lower = repo(5).with(|r| r.snapshot.version = 4);
    let update = awaiting(&root(1), old.memory(&root(1))).timestamp(Unverified::new(lower.timestamp())).unwrap();
    assert_eq!(update.timestamp().bytes(), old.timestamp());
    // But not where nobody signed it.
    let unsigned = repo(5).with(|r| r.timestamp.signers = vec![]);
    let error = awaiting(&root(1), old.memory(&root(1))).timestamp(Unverified::new(unsigned.timestamp())).unwrap_err();
    assert_eq!(error.code(), "signature");
}

#[test]
fn c26_an_equal_timestamp_version_goes_on_to_the_snapshot() {
    // Timestamp 6 was stored, then the refresh broke off: snapshot and targets are still those of version 5.
    let (old, new) = (repo(5), repo(6));
    let memory = Memory { timestamp: Some(new.timestamp()), ..old.memory(&root(1)) };
    let update = awaiting(&root(1), memory).timestamp(Unverified::new(new.timestamp())).unwrap();
    let update = update.remembered().unwrap_err();
    assert_eq!(update.request().name, "6.snapshot.json");
    let update = update.snapshot(Unverified::new(new.snapshot())).unwrap();
    assert_eq!(update.request().name, "6.targets.json");
    let refreshed = update.remembered().unwrap_err().targets(Unverified::new(new.targets())).unwrap();
    assert_eq!(refreshed.targets.common.version, 6);
}

#[test]
fn c27_a_kept_timestamp_must_not_have_expired() {
    let old = repo(5).with(|r| r.timestamp.expires = "2026-06-01T00:00:00Z".into());
    let fresh = repo(5);
    for served in [&old, &fresh] {
        let text = "timestamp v5: expired at 2026-06-01T00:00:00Z, and the update started at 2026-06-01T00:00:00Z";
        assert_eq!(refused(&old, served), format!("{text} (TUF 5.4.4)"));
    }
}

#[test]
fn c28_the_snapshot_version_in_timestamp_never_decreases() {
    let new = repo(6).with(|r| r.snapshot.version = 4);
    assert_eq!(refused(&repo(5), &new), "snapshot: expected version 5 or later, found 4 (TUF 5.4.3.2)");
    let same = repo(6).with(|r| r.snapshot.version = 5);
    let update = awaiting(&root(1), repo(5).memory(&root(1)));
    assert!(update.timestamp(Unverified::new(same.timestamp())).is_ok());
}

#[test]
fn c32_an_expired_floor_is_a_floor() {
    let past = |r: &mut Repo| {
        r.timestamp.expires = "2021-01-01T00:00:00Z".into();
        r.snapshot.expires = "2021-01-01T00:00:00Z".into();
    };
    let old = repo(5).with(past);
    assert_eq!(refused(&old, &repo(4)), "timestamp: expected version 5 or later, found 4 (TUF 5.4.3.1)");
    let lower = repo(6).with(|r| r.snapshot.version = 4);
    assert_eq!(refused(&old, &lower), "snapshot: expected version 5 or later, found 4 (TUF 5.4.3.2)");
    let lower = repo(6).with(|r| r.targets.version = 4);
    assert_eq!(refused(&old, &lower), "targets: expected version 5 or later, found 4 (TUF 5.5.5)");
    assert!(refresh(awaiting(&root(1), old.memory(&root(1))), &repo(6)).is_ok());
}

#[test]
fn c38_nothing_the_trusted_snapshot_lists_goes_or_goes_back() {
    for (change, text) in [
        (
            (|r: Repo| r.with(|r| r.targets.version = 4)) as fn(Repo) -> Repo,
            "targets: expected version 5 or later, found 4 (TUF 5.5.5)",
        ),
        (|r| r.lists("d.json", 4), "d: expected version 5 or later, found 4 (TUF 5.5.5)"),
        (
            |r| r.omits("d.json"),
            "snapshot: expected an entry `d.json` as the trusted snapshot has, found none (TUF 5.5.5)",
        ),
        (|r| r.lists("e.json.json", 1), "e.json: expected version 2 or later, found 1 (TUF 5.5.5)"),
    ] {
        let old = repo(5).lists("e.json.json", 2);
        let new = change(repo(6).lists("e.json.json", 2));
        let error = refresh(awaiting(&root(1), old.memory(&root(1))), &new).unwrap_err();
        assert_eq!((error.to_string().as_str(), error.code()), (text, "rollback"));
    }
    let more = repo(6).lists("new.json", 1);
    assert!(refresh(awaiting(&root(1), repo(5).memory(&root(1))), &more).is_ok(), "more is allowed");
}

#[test]
fn c38_entries_are_compared_by_name_whatever_stands_between_them() {
    // By code point: `!` before `"` before `.` before `a`, which is not the order of the bytes as written.
    let names = ["!.json", "\".json", ".json", "a!.json", "a\".json", "a.json", "zz.json"];
    let old = names.iter().fold(repo(5), |repo, name| repo.lists(name, 3));
    let new =
        ["!!.json", "\"\".json", "a\"a.json", "z.json"].iter().fold(old.clone(), |repo, name| repo.lists(name, 1));
    let new = new.with(|r| {
        r.snapshot.version = 6;
        r.timestamp.version = 6;
    });
    assert!(refresh(awaiting(&root(1), old.memory(&root(1))), &new).is_ok());
    for name in names {
        let error = refresh(awaiting(&root(1), old.memory(&root(1))), &new.clone().lists(name, 2)).unwrap_err();
        let role = name.strip_suffix(".json").unwrap().escape_debug();
        assert_eq!(error.to_string(), format!("{role}: expected version 3 or later, found 2 (TUF 5.5.5)"));
        let error = refresh(awaiting(&root(1), old.memory(&root(1))), &new.clone().omits(name)).unwrap_err();
        let text = format!(
            "snapshot: expected an entry `{}` as the trusted snapshot has, found none (TUF 5.5.5)",
            name.escape_debug()
        );
        assert_eq!(error.to_string(), text);
    }
}

#[test]
fn c39_the_trusted_snapshot_counts_though_the_timestamp_no_longer_pins_it() {
    // Snapshot 5 is trusted; timestamp 6 was accepted and snapshot 6 withheld; then a snapshot 6' lists targets 4.
    let forged = repo(6).with(|r| r.targets.version = 4);
    let memory = Memory { timestamp: Some(forged.timestamp()), ..repo(5).memory(&root(1)) };
    let error = refresh(awaiting(&root(1), memory), &forged).unwrap_err();
    assert_eq!(error.to_string(), "targets: expected version 5 or later, found 4 (TUF 5.5.5)");
}

#[test]
fn what_is_remembered_is_used_where_it_is_what_is_pinned() {
    let old = repo(5);
    let update = awaiting(&root(1), old.memory(&root(1)));
    let refreshed = refresh_remembering(update, &old.clone().with(|r| r.timestamp.version = 6)).unwrap();
    assert_eq!(refreshed.snapshot.bytes(), old.snapshot());
    assert_eq!(refreshed.targets.bytes(), old.targets());
}

#[test]
fn what_is_remembered_is_checked_like_what_is_fetched() {
    for change in [
        |memory: &mut Memory| memory.snapshot = None,
        |memory: &mut Memory| memory.snapshot = Some(b"{}".to_vec()),
        |memory: &mut Memory| memory.snapshot = Some(repo(4).snapshot()),
        |memory: &mut Memory| memory.snapshot = Some(repo(5).with(|r| r.snapshot.signers = vec![4]).snapshot()),
        |memory: &mut Memory| memory.snapshot.as_mut().unwrap().push(b' '),
    ] {
        let mut memory = repo(5).memory(&root(1));
        change(&mut memory);
        let update = awaiting(&root(1), memory).timestamp(Unverified::new(repo(5).timestamp())).unwrap();
        assert!(update.remembered().is_err());
    }
    for change in [
        |memory: &mut Memory| memory.targets = None,
        |memory: &mut Memory| memory.targets = Some(repo(4).targets()),
        |memory: &mut Memory| memory.targets = Some(repo(5).with(|r| r.targets.signers = vec![6]).targets()),
        |memory: &mut Memory| memory.targets.as_mut().unwrap().push(b' '),
    ] {
        let mut memory = repo(5).memory(&root(1));
        change(&mut memory);
        let update = awaiting(&root(1), memory).timestamp(Unverified::new(repo(5).timestamp())).unwrap();
        assert!(update.remembered().unwrap().remembered().is_err());
    }
    // Expired, though still pinned.
    let old = repo(5).with(|r| {
        r.snapshot.expires = "2026-06-01T00:00:00Z".into();
        r.pinned = false;
    });
    let update = awaiting(&root(1), old.memory(&root(1))).timestamp(Unverified::new(old.timestamp())).unwrap();
    let update = update.remembered().unwrap_err();
    assert_eq!(update.snapshot(Unverified::new(old.snapshot())).unwrap_err().code(), "freeze");
}

#[test]
fn a_version_alone_is_a_pin_too() {
    let pin = Pinned { version: 5, length: None, hashes: None };
    let update = awaiting(&root(1), Memory::default());
    let update = update.timestamp(Unverified::new(repo(5).timestamp_over(&pin))).unwrap();
    assert_eq!(update.request().limit, 2_000_000);
    assert!(update.snapshot(Unverified::new(repo(5).snapshot())).is_ok());
}
