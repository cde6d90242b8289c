//! X1, X5: the power goes, or the disk fails, between any two calls. The next refresh succeeds, and no floor is lower
//! than it was before.

use crate::simulator::{Served, Simulator, now};
use crate::x1_disk::{Lost, Recorder, Step, Tree};
use std::io::ErrorKind;
use tuffet_client::{Cache, Client, ClientError, OnFloorLoss, Policy, Refreshed};
use tuffet_metadata::RoleName::{Snapshot, Timestamp};

const CACHE: &str = "/home/cache";

fn client(sim: &Simulator, disk: &Recorder) -> Client<Served, Cache<Recorder>> {
    // What a crash leaves is never taken for a lost floor.
    let policy = Policy { on_floor_loss: OnFloorLoss::Fail, ..Policy::default() };
    Client::bootstrap(Cache::on(CACHE, disk.clone()), sim.served.clone(), policy, &sim.pin_v1()).unwrap()
}

fn refresh(sim: &Simulator, disk: &Recorder) -> Result<Refreshed, ClientError> {
    client(sim, disk).refresh(now())
}

/// One refresh of `sim` on `before`, cut off after every step, in every way: what each cut leaves, and where it was.
fn every_crash(sim: &Simulator, before: &Tree) -> Vec<(String, Tree)> {
    let disk = Recorder::on(before.clone());
    refresh(sim, &disk).unwrap();
    let steps = disk.steps();
    assert!(!steps.is_empty());
    let mut trees = Vec::new();
    for end in 0..=steps.len() {
        for lost in [Lost::Nothing, Lost::Unsynced, Lost::Contents, Lost::Names] {
            let place =
                format!("after {end} of {} steps, {lost:?} lost; the last: {:?}", steps.len(), steps[..end].last());
            trees.push((place, before.after(&steps[..end], lost)));
        }
    }
    trees
}

/// A repository that has moved on in every role since the client's last refresh, and the client's disk then.
fn moved_on() -> (Simulator, Tree) {
    let mut sim = Simulator::new();
    sim.publish();
    let disk = Recorder::default();
    refresh(&sim, &disk).unwrap();
    let before = disk.tree();
    sim.publish_root();
    sim.publish_root();
    sim.publish();
    sim.publish();
    (sim, before)
}

#[test]
fn x1_from_every_crash_the_next_refresh_succeeds() {
    let (sim, before) = moved_on();
    for first in [Tree::default(), before] {
        let crashes = every_crash(&sim, &first);
        assert!(crashes.len() > 60, "{}", crashes.len());
        for (place, tree) in crashes {
            let disk = Recorder::on(tree);
            let refreshed = refresh(&sim, &disk).unwrap_or_else(|e| panic!("{e}: {place}"));
            let versions = (refreshed.root.common.version, refreshed.timestamp.common.version);
            assert_eq!(versions, (3, 4), "{place}");
            // And leaves a cache as if nothing had happened.
            let whole = Recorder::on(first.clone());
            refresh(&sim, &whole).unwrap();
            let files = |disk: &Recorder| {
                let mut files = disk.tree().files;
                files.retain(|path, _| !path.ends_with(".tuffet.part"));
                files
            };
            assert_eq!(files(&disk), files(&whole), "{place}");
        }
    }
}

#[test]
fn x1_after_every_crash_the_old_floors_hold() {
    let (sim, before) = moved_on();
    // What an attacker kept from before the client's last refresh: version 1, while version 2 was accepted.
    let old = Simulator::new();
    for name in ["2.root.json", "3.root.json"] {
        old.served.put(name, &sim.served.take(name).unwrap());
    }
    for (place, tree) in every_crash(&sim, &before) {
        let refused = refresh(&old, &Recorder::on(tree)).unwrap_err();
        assert_eq!(refused.code(), "rollback", "{refused}: {place}");
    }
}

#[test]
fn x1_after_every_crash_of_a_rotation_a_fast_forwarded_timestamp_is_forgotten() {
    let mut sim = Simulator::new();
    sim.versions.extend([(Timestamp, 1 << 31), (Snapshot, 1 << 31)]);
    sim.publish_snapshot();
    sim.publish_timestamp();
    let disk = Recorder::default();
    refresh(&sim, &disk).unwrap();
    // A key more, the old one still valid: the file that was fast-forwarded would go on verifying.
    sim.keys.insert(Timestamp, (vec![5, 15], 1));
    sim.publish_root();
    sim.versions.extend([(Timestamp, 1), (Snapshot, 1)]);
    sim.write(&Snapshot);
    sim.write(&Timestamp);
    for (place, tree) in every_crash(&sim, &disk.tree()) {
        let refreshed = refresh(&sim, &Recorder::on(tree)).unwrap_or_else(|e| panic!("{e}: {place}"));
        assert_eq!(refreshed.timestamp.common.version, 1, "{place}");
    }
}

#[test]
fn x5_a_disk_that_fails_at_any_step_is_an_error_and_nothing_half() {
    let (sim, before) = moved_on();
    let whole = Recorder::on(before.clone());
    refresh(&sim, &whole).unwrap();
    for kind in [ErrorKind::StorageFull, ErrorKind::QuotaExceeded, ErrorKind::ReadOnlyFilesystem, ErrorKind::Other] {
        for at in 0..whole.steps().len() {
            let disk = Recorder::failing(before.clone(), at, kind);
            let refused = refresh(&sim, &disk).unwrap_err();
            assert_eq!(refused.code(), "store", "at {at}: {refused}");
            let disk = Recorder::on(disk.tree());
            assert!(refresh(&sim, &disk).is_ok(), "at {at}");
        }
    }
}

#[test]
fn x2_every_file_is_synced_before_it_gets_its_name_and_its_name_after() {
    let (sim, before) = moved_on();
    let disk = Recorder::on(before);
    refresh(&sim, &disk).unwrap();
    let steps = disk.steps();
    let mut renamed = 0;
    for (i, step) in steps.iter().enumerate() {
        if let Step::Rename(from, to) = step {
            assert_eq!(steps[i - 1], Step::SyncFile(from.clone()));
            assert_eq!(steps[i + 1], Step::SyncDirectory(to.parent().unwrap().to_owned()));
            renamed += 1;
        }
    }
    // Two roots in the chain, root.json, notes for the root, and for timestamp and snapshot with the file, targets.
    assert_eq!(renamed, 9, "{steps:?}");
}

#[test]
fn x1_a_warm_refresh_with_nothing_new_writes_nothing() {
    let (sim, before) = moved_on();
    let disk = Recorder::on(before);
    refresh(&sim, &disk).unwrap();
    let again = Recorder::on(disk.tree());
    refresh(&sim, &again).unwrap();
    assert_eq!(again.steps(), []);
}
