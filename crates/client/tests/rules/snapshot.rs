//! TUF 5.5 and 5.6, and the order of requests.

use crate::World;
use tuffet_client::TransportError;
use tuffet_metadata::RoleName::{Snapshot, Targets};

/// Replaces what is served under a role's name, its pin unchanged.
fn tamper(world: &World, role: &tuffet_metadata::RoleName, change: impl FnOnce(&mut Vec<u8>)) {
    let name = world.sim.name(role);
    let mut bytes = world.sim.served.take(&name).unwrap();
    change(&mut bytes);
    world.sim.served.put(&name, &bytes);
}

#[test]
fn c33_c43_one_byte_more_than_pinned_is_too_much() {
    for (role, name) in [(Snapshot, "2.snapshot.json"), (Targets, "2.targets.json")] {
        let mut world = World::refreshed();
        world.sim.publish();
        tamper(&world, &role, |bytes| bytes.push(b' '));
        let refused = world.refresh().unwrap_err();
        let limit = world.sim.served.take(name).unwrap().len() - 1;
        assert_eq!(
            refused.to_string(),
            format!("cannot fetch {role}: {name}: expected at most {limit} bytes, found more")
        );
        assert_eq!(refused.code(), "endless-data");
        assert!(!world.disk().values().any(|bytes| *bytes == world.sim.served.take(name).unwrap()));
    }
}

#[test]
fn c35_the_hash_is_checked_before_anything_is_parsed() {
    for (role, name) in [(Snapshot, "2.snapshot.json"), (Targets, "2.targets.json")] {
        let mut world = World::refreshed();
        world.sim.publish();
        tamper(&world, &role, |bytes| bytes[0] = b'<');
        let refused = world.refresh().unwrap_err();
        assert_eq!(refused.code(), "mix-and-match");
        assert!(refused.to_string().contains("pins by hash"), "{refused}");
        assert_ne!(world.disk().get(&role.file_name()), world.sim.served.take(name).as_ref());
    }
}

#[test]
fn c38_no_entry_of_the_trusted_snapshot_is_lost_or_lowered() {
    let mut world = World::new();
    world.sim.full_pins = false;
    world.sim.delegated.insert("logs.json".into(), 3);
    world.sim.publish();
    world.sim.publish();
    world.refresh().unwrap();
    let stored = world.disk()["snapshot.json"].clone();
    type Change<'a> = &'a dyn Fn(&mut crate::Simulator);
    let cases: [(&str, Change<'_>); 3] = [
        ("snapshot: expected an entry `logs.json` as the trusted snapshot has, found none (TUF 5.5.5)", &|sim| {
            sim.delegated.clear();
        }),
        ("logs: expected version 3 or later, found 2 (TUF 5.5.5)", &|sim| {
            sim.delegated.insert("logs.json".into(), 2);
        }),
        ("targets: expected version 3 or later, found 2 (TUF 5.5.5)", &|sim| {
            sim.delegated.insert("logs.json".into(), 3);
            sim.versions.insert(Targets, 2);
        }),
    ];
    for (text, change) in cases {
        change(&mut world.sim);
        world.sim.publish_snapshot();
        world.sim.publish_timestamp();
        let refused = world.refresh().unwrap_err();
        assert_eq!(refused.to_string(), format!("{}: {text}", world.sim.name(&Snapshot)));
        assert_eq!(refused.code(), "rollback");
        assert_eq!(world.disk()["snapshot.json"], stored);
    }
}

#[test]
fn c39_the_trusted_snapshot_counts_though_the_timestamp_has_moved_on() {
    let mut world = World::new();
    world.sim.publish();
    world.refresh().unwrap();
    world.sim.publish();
    let name = world.sim.name(&Snapshot);
    world.sim.served.break_file(&name, TransportError::Status { url: name.clone(), status: 500 });
    world.refresh().unwrap_err();
    world.sim.served.heal();
    world.sim.versions.insert(Targets, 1);
    world.sim.publish_snapshot();
    world.sim.publish_timestamp();
    let refused = world.refresh().unwrap_err();
    assert_eq!(refused.to_string(), "4.snapshot.json: targets: expected version 2 or later, found 1 (TUF 5.5.5)");
}

#[test]
fn c41_c48_stored_only_when_trusted() {
    for role in [Snapshot, Targets] {
        let mut world = World::refreshed();
        // Signed by the wrong key, yet pinned to the byte.
        let keys = world.sim.keys.insert(role.clone(), (vec![9], 1)).unwrap();
        world.sim.publish();
        let stored = world.disk()[&role.file_name()].clone();
        assert_eq!(world.refresh().unwrap_err().code(), "signature");
        assert_eq!(world.disk()[&role.file_name()], stored);
        // Expired.
        world.sim.keys.insert(role.clone(), keys);
        world.sim.expires.insert(role.clone(), "2026-05-01T00:00:00Z".into());
        world.sim.publish();
        assert_eq!(world.refresh().unwrap_err().code(), "freeze");
        assert_eq!(world.disk()[&role.file_name()], stored);
        // Another version than pinned.
        world.sim.expires.insert(role.clone(), crate::simulator::EXPIRES.into());
        world.sim.full_pins = false;
        world.sim.publish();
        let name = world.sim.name(&role);
        world.sim.versions.entry(role.clone()).and_modify(|version| *version += 1);
        world.sim.served.put(&name, &world.sim.file(&role));
        assert_eq!(world.refresh().unwrap_err().code(), "mix-and-match");
        assert_eq!(world.disk()[&role.file_name()], stored);
        // And what was trusted on the way there is stored.
        assert_eq!(world.disk()["timestamp.json"], world.sim.served.take("timestamp.json").unwrap());
    }
}

#[test]
fn c41_snapshot_and_targets_that_are_still_pinned_are_not_fetched_again() {
    let mut world = World::refreshed();
    world.sim.publish_timestamp();
    world.refresh().unwrap();
    assert_eq!(world.log(), ["2.root.json", "timestamp.json"]);
    world.sim.publish_snapshot();
    world.sim.publish_timestamp();
    world.refresh().unwrap();
    assert_eq!(world.log(), ["2.root.json", "timestamp.json", "2.snapshot.json"]);
    let files = world.sim.served.files();
    let disk = world.disk();
    for (name, from) in [
        ("root.json", "1.root.json"),
        ("timestamp.json", "timestamp.json"),
        ("snapshot.json", "2.snapshot.json"),
        ("targets.json", "1.targets.json"),
    ] {
        assert_eq!(disk[name], files[from], "{name} is kept as served");
    }
    let metadata = disk.keys().filter(|name| !name.starts_with(".tuffet/"));
    assert_eq!(metadata.count(), 4, "what is ours lies apart");
}
