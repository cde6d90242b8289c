//! R10, X19: the publisher is killed between any two names, and run again.

use crate::world::{By, World, file, find, set, settings};
use std::fs;
use tuffet_builder::TargetChanges;
use tuffet_repository::BinSettings;

fn changes() -> TargetChanges {
    ["a", "b", "c", "d"].iter().flat_map(|path| set(path, b"new")).collect()
}

/// The files an update gives names to, in that order, with their bytes.
fn written() -> Vec<(String, Vec<u8>)> {
    let world = World::new(By::Succinct);
    let before = world.tree();
    world.update(changes()).unwrap();
    let mut files: Vec<(String, Vec<u8>)> =
        world.tree().into_iter().filter(|(name, bytes)| before.get(name) != Some(bytes)).collect();
    let late = |name: &str| (name == "timestamp.json", name == "3.snapshot.json");
    files.sort_by_key(|(name, _)| late(name));
    files
}

#[test]
fn r10_at_every_prefix_of_an_update_a_client_sees_the_old_targets_or_the_new() {
    let files = written();
    assert_eq!(files.len(), 3 + 2, "three bins, snapshot, timestamp");
    for count in 0..=files.len() {
        let world = World::new(By::Succinct);
        for (name, bytes) in &files[..count] {
            fs::write(world.dir.path().join(name), bytes).unwrap();
        }
        let found = find(world.dir.path(), &["a", "b", "c"]);
        let done = count == files.len();
        assert_eq!(found["a"], Some(file(if done { b"new" } else { b"1" })), "{count}");
        assert_eq!(found["c"], done.then(|| file(b"new")), "{count}");
    }
}

#[test]
fn x19_after_a_crash_at_any_name_the_same_update_finishes() {
    let files = written();
    for count in 0..files.len() {
        // With another expiry what was left behind is another file: no timestamp lists it, so it may go.
        for day in ["2027-03-01", "2027-03-02"] {
            let world = World::new(By::Succinct);
            for (name, bytes) in &files[..count] {
                fs::write(world.dir.path().join(name), bytes).unwrap();
            }
            fs::write(world.dir.path().join(".tuffet-left"), "half").unwrap();
            let again = BinSettings { bins: crate::site::time(day), ..settings() };
            let receipt = world.update_as(changes(), &again).unwrap().unwrap();
            assert_eq!((receipt.bins.len(), receipt.snapshot, receipt.timestamp), (3, 3, 3), "{count}");
            let found = find(world.dir.path(), &["a", "b", "c", "d"]);
            assert!(found.values().all(|found| *found == Some(file(b"new"))), "{count}");
            if day == "2027-03-01" {
                for (name, bytes) in &files {
                    assert_eq!(&fs::read(world.dir.path().join(name)).unwrap(), bytes, "{count}: {name}");
                }
            }
        }
    }
}

#[test]
fn x19_an_update_that_was_finished_can_be_run_again() {
    let world = World::new(By::Succinct);
    assert!(world.update(changes()).unwrap().is_some());
    assert!(world.update(changes()).unwrap().is_none());
}

#[test]
fn x19_making_that_was_interrupted_is_run_again() {
    let world = World::before(By::Succinct);
    // Some bins and the targets of a run that ended before its timestamp, and one bin of another content.
    fs::write(world.dir.path().join("2.targets.json"), world.delegating(2)).unwrap();
    fs::write(world.dir.path().join("1.bin-6.json"), "half").unwrap();
    world.make(&[("a", b"1")]).unwrap();
    assert_eq!(find(world.dir.path(), &["a"])["a"], Some(file(b"1")));
}
