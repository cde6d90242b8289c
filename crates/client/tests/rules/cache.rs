//! The cache directory: damage is said, never silent, never a panic (X3), and writes are whole or nothing (X2).

use crate::World;
use crate::simulator::now;
use std::fs;
use tuffet_client::{Cache, Client, Event, FloorLoss, Policy, Store, StoredFile};
use tuffet_metadata::RoleName::{self, Snapshot, Timestamp};
use tuffet_verifier::Event as Said;

#[test]
fn x2_a_write_leaves_no_other_file_and_replaces_the_whole() {
    let dir = tempfile::TempDir::new().unwrap();
    let mut cache = Cache::new(dir.path().join("made/when/written"));
    assert_eq!(cache.read(&StoredFile::State), Ok(None));
    for bytes in [&b"longer content"[..], b"short", b""] {
        cache.write(&StoredFile::State, bytes).unwrap();
        assert_eq!(cache.read(&StoredFile::State).unwrap().unwrap(), bytes);
        let names: Vec<_> = crate::simulator::disk(cache.directory()).into_keys().collect();
        assert_eq!(names, [".tuffet/state.json"]);
    }
    cache.remove(&StoredFile::State).unwrap();
    cache.remove(&StoredFile::State).unwrap();
    assert_eq!(cache.read(&StoredFile::State), Ok(None));
}

#[cfg(unix)]
#[test]
fn x2_readers_never_see_a_part() {
    // A hard link keeps the old file visible: had the write been in place, both names would show the new bytes.
    let dir = tempfile::TempDir::new().unwrap();
    let mut cache = Cache::new(dir.path());
    cache.write(&StoredFile::Root, b"one").unwrap();
    fs::hard_link(dir.path().join("root.json"), dir.path().join("kept")).unwrap();
    cache.write(&StoredFile::Root, b"two").unwrap();
    assert_eq!(fs::read(dir.path().join("kept")).unwrap(), b"one");
    assert_eq!(cache.read(&StoredFile::Root).unwrap().unwrap(), b"two");
}

#[test]
fn x3_damaged_floors_are_said_by_role_and_the_refresh_goes_on() {
    for role in [Timestamp, Snapshot] {
        let path = role.file_name();
        for damaged in [&b""[..], b"{", b"\xff", b"null"] {
            let world = World::refreshed();
            fs::write(world.dir.path().join(&path), damaged).unwrap();
            let mut client = world.client();
            client.refresh(now()).unwrap();
            let [Event::Update(Said::FloorLost { role: said, kept: Some(1), .. })] = client.events() else {
                panic!("{:?}", client.events())
            };
            assert_eq!(*said, role);
            // The damage is repaired by what is trusted now.
            client.refresh(now()).unwrap();
            assert_eq!(client.events(), []);
        }
    }
}

fn missing(role: RoleName) -> Event {
    Event::Update(Said::FloorLost { role, why: FloorLoss::Missing, kept: Some(1) })
}

#[test]
fn x3_a_missing_timestamp_beside_a_snapshot_is_said() {
    let world = World::refreshed();
    fs::remove_file(world.dir.path().join("timestamp.json")).unwrap();
    let mut client = world.client();
    client.refresh(now()).unwrap();
    assert_eq!(client.events(), [missing(Timestamp)]);
}

#[test]
fn x3_floors_missing_beside_targets_are_said() {
    for (removed, said) in [(&[Snapshot][..], vec![Snapshot]), (&[Timestamp, Snapshot], vec![Timestamp, Snapshot])] {
        let world = World::refreshed();
        for role in removed {
            fs::remove_file(world.dir.path().join(role.file_name())).unwrap();
        }
        let mut client = world.client();
        client.refresh(now()).unwrap();
        assert_eq!(client.events(), said.into_iter().map(missing).collect::<Vec<_>>());
        client.refresh(now()).unwrap();
        assert_eq!(client.events(), [], "there again");
    }
}

#[test]
fn x3_lost_notes_are_said_and_keep_the_floors() {
    for damaged in [None, Some(&b""[..]), Some(b"{}"), Some(b"[1]"), Some(b"{\"schema\": 1}")] {
        let mut world = World::new();
        world.sim.publish_timestamp();
        let old = world.sim.file(&Timestamp);
        world.sim.publish_timestamp();
        world.refresh().unwrap();
        let state = world.dir.path().join(".tuffet/state.json");
        let whole = fs::read(&state).unwrap();
        match damaged {
            None => fs::remove_file(&state).unwrap(),
            Some(bytes) => fs::write(&state, bytes).unwrap(),
        }
        world.sim.served.put("timestamp.json", &old);
        let mut client = world.client();
        assert_eq!(client.refresh(now()).unwrap_err().code(), "rollback");
        let [Event::StateLost { problem }] = client.events() else { panic!("{:?}", client.events()) };
        assert!(problem.contains("expected"), "{problem}");
        assert_eq!(fs::read(&state).unwrap(), whole, "written anew");
    }
}

#[test]
fn x3_damaged_targets_are_fetched_again() {
    let world = World::refreshed();
    let whole = world.disk();
    fs::write(world.dir.path().join("targets.json"), "{").unwrap();
    world.refresh().unwrap();
    assert_eq!(world.log(), ["2.root.json", "timestamp.json", "1.targets.json"]);
    assert_eq!(world.disk(), whole);
}

#[test]
fn x5_a_store_that_fails_is_an_error_with_its_path() {
    let world = World::refreshed();
    let path = world.dir.path().join("timestamp.json");
    fs::remove_file(&path).unwrap();
    fs::create_dir(&path).unwrap();
    let refused = world.client().refresh(now()).unwrap_err();
    assert!(refused.to_string().starts_with(&format!("{}: cannot read: ", path.display())), "{refused}");
    assert_eq!(refused.code(), "store");

    let file = world.dir.path().join("root.json");
    let mut client = Client::open(Cache::new(&file), world.sim.served.clone(), Policy::default());
    assert_eq!(client.refresh(now()).unwrap_err().code(), "store");
}
