//! TUF 5.2 and 5.3.

use crate::World;
use crate::simulator::{Served, Simulator, disk, now, sign};
use std::cell::RefCell;
use tempfile::TempDir;
use tuffet_client::{
    Cache, Client, ClientError, Event, Limits, MemoryStore, Policy, StoredFile, Transport, TransportError, init,
};
use tuffet_metadata::RoleName::{Root, Snapshot, Timestamp};

#[test]
fn c2_no_trust_comes_from_the_network() {
    let (sim, dir) = (Simulator::new(), TempDir::new().unwrap());
    let mut client = Client::open(Cache::new(dir.path()), sim.served.clone(), Policy::default());
    let refused = client.refresh(now()).unwrap_err();
    assert_eq!(refused, ClientError::NoRoot { place: format!("the cache {}", dir.path().display()) });
    assert_eq!((sim.served.log().len(), disk(dir.path()).len()), (0, 0));
}

#[test]
fn c3_the_expiry_of_the_pinned_root_and_of_those_between_does_not_matter() {
    let mut world = World::new();
    for (expires, fresh) in [("2026-01-01T00:00:00Z", false), (crate::simulator::EXPIRES, true)] {
        world.sim.expires.insert(Root, expires.into());
        world.sim.publish_root();
        assert_eq!(world.refresh().is_ok(), fresh);
    }
    let late = TempDir::new().unwrap();
    let pin = world.sim.served.take("2.root.json").unwrap();
    let mut client =
        Client::bootstrap(Cache::new(late.path()), world.sim.served.clone(), Policy::default(), &pin).unwrap();
    assert_eq!(client.refresh(now()).unwrap().root.common.version, 3);
}

#[test]
fn c4_a_pin_with_one_byte_flipped_is_refused_before_any_fetch_and_never_stored() {
    let (sim, dir) = (Simulator::new(), TempDir::new().unwrap());
    let mut pin = sim.pin_v1();
    let at = pin.windows(10).position(|w| w == b"2027-01-01").unwrap();
    pin[at] = b'3';
    let refused = Client::bootstrap(Cache::new(dir.path()), sim.served.clone(), Policy::default(), &pin).unwrap_err();
    assert_eq!(refused.to_string(), "pinned root: root v1: 0 of 2 required signatures are valid (TUF 5.3.4)");
    assert_eq!((refused.code(), sim.served.log().len(), disk(dir.path()).len()), ("pinned-root", 0, 0));
}

#[test]
fn c6_roots_are_asked_for_one_by_one_by_version_whatever_consistent_snapshot_says() {
    let mut world = World::new();
    world.sim.consistent = false;
    world.sim.publish_root();
    world.sim.publish_root();
    world.sim.publish();
    world.refresh().unwrap();
    let asked = ["2.root.json", "3.root.json", "4.root.json", "timestamp.json", "snapshot.json", "targets.json"];
    assert_eq!(world.log(), asked);
    // Nothing new: only the next root and the timestamp are asked for; the rest is remembered.
    world.refresh().unwrap();
    assert_eq!(world.log(), ["4.root.json", "timestamp.json"]);
}

#[test]
fn c8_at_most_the_limit_of_roots_a_refresh_and_the_next_resumes() {
    let mut world = World::new();
    for _ in 0..5 {
        world.sim.publish_root();
    }
    let policy = Policy { limits: Limits { roots: 2, ..Limits::default() }, ..Policy::default() };
    for newest in [3, 5, 6] {
        let trusted = world.sim.client_with(world.dir.path(), policy.clone()).refresh(now()).unwrap();
        assert_eq!(trusted.root.common.version, newest);
        assert_eq!(world.disk()["root.json"], trusted.root.bytes());
    }
    let roots: Vec<_> = world.log().into_iter().filter(|path| path.ends_with("root.json")).collect();
    assert_eq!(roots, ["2.root.json", "3.root.json", "4.root.json", "5.root.json", "6.root.json", "7.root.json"]);
}

#[test]
fn c9_only_not_found_says_that_there_is_no_newer_root() {
    let world = World::refreshed();
    let url = || "2.root.json".to_owned();
    for fault in [
        TransportError::Status { url: url(), status: 500 },
        TransportError::Timeout { url: url(), what: "a byte", after: std::time::Duration::from_secs(1) },
        TransportError::Tls { url: url(), reason: "bad certificate".into() },
        TransportError::Incomplete { url: url(), expected: Some(9), found: 3 },
        TransportError::Failed { url: url(), reason: "connection refused".into() },
        TransportError::TooLarge { url: url(), limit: 512_000 },
    ] {
        world.sim.served.break_file("2.root.json", fault.clone());
        assert_eq!(world.refused(), ClientError::Fetch { role: Root, cause: fault });
        assert_eq!(world.log(), ["2.root.json"]);
    }
    world.sim.served.heal();
    for page in ["<!doctype html>", "", "[]", "not found"] {
        world.sim.served.put("2.root.json", page.as_bytes());
        let refused = world.refused();
        assert_eq!(refused.code(), "malformed", "{refused}");
        assert_eq!(refused.hint(), page.starts_with('<').then_some("is this the repository's metadata URL?"));
    }
}

#[test]
fn c13_a_bad_root_is_a_signature_failure_never_stored_and_the_next_refresh_starts_again() {
    let mut world = World::refreshed();
    world.sim.versions.insert(Root, 2);
    world.sim.keys.insert(Root, (vec![1, 9], 2));
    let good = world.sim.write_root();
    let value = tuffet_metadata::json::parse(&good, 32).unwrap();
    let signed = value.as_object().unwrap()["signed"].clone();
    world.sim.served.put("2.root.json", &sign(&signed, &[1, 9]));
    let refused = world.refused();
    assert_eq!(
        refused.to_string(),
        "2.root.json: root v2: 1 of 2 required signatures are valid by the keys of root v1 (TUF 5.3.4)"
    );
    assert_eq!(refused.code(), "signature");
    world.sim.served.put("2.root.json", &good);
    assert_eq!(world.refresh().unwrap().root.common.version, 2);
    assert_eq!(world.disk()["root.json"], good);
}

/// Looks at the disk whenever a file is asked for.
struct Watching<'a> {
    served: Served,
    dir: &'a std::path::Path,
    seen: RefCell<Vec<(String, String)>>,
}

impl Transport for Watching<'_> {
    fn fetch(&self, path: &str, limit: u64) -> Result<Vec<u8>, TransportError> {
        let stored = disk(self.dir);
        let mut roots = stored.iter().filter(|(name, _)| name.starts_with(".tuffet/roots/"));
        let root = roots.next_back().unwrap().1.clone();
        let on_disk = self.served.files().into_iter().find(|(_, bytes)| *bytes == root).unwrap().0;
        self.seen.borrow_mut().push((path.to_owned(), on_disk));
        self.served.fetch(path, limit)
    }
}

#[test]
fn c16_each_root_is_stored_before_the_next_is_asked_for() {
    let mut world = World::new();
    world.sim.publish_root();
    world.sim.publish_root();
    let served = world.sim.served.clone();
    let watching = Watching { served, dir: world.dir.path(), seen: RefCell::default() };
    let pin = world.sim.pin_v1();
    let mut client = Client::bootstrap(Cache::new(world.dir.path()), watching, Policy::default(), &pin).unwrap();
    client.refresh(now()).unwrap();
    let seen = client.transport().seen.borrow();
    let roots: Vec<_> = seen.iter().take(4).map(|(asked, stored)| (&**asked, &**stored)).collect();
    assert_eq!(
        roots,
        [
            ("2.root.json", "1.root.json"),
            ("3.root.json", "2.root.json"),
            ("4.root.json", "3.root.json"),
            ("timestamp.json", "3.root.json"),
        ]
    );
}

#[test]
fn c16_a_refresh_cut_off_in_the_chain_goes_on_where_it_was() {
    let mut world = World::new();
    world.sim.publish_root();
    world.sim.publish_root();
    world.sim.served.break_file("3.root.json", TransportError::Status { url: "x".into(), status: 503 });
    world.refresh().unwrap_err();
    world.sim.served.heal();
    world.log();
    world.refresh().unwrap();
    assert_eq!(world.log()[..2], ["3.root.json", "4.root.json"]);
}

#[test]
fn c17_an_expired_final_root_is_a_freeze_even_when_no_new_one_came() {
    let world = World::refreshed();
    let before = world.disk();
    let refused = world.client().refresh(crate::simulator::at("2027-01-01T00:00:00Z")).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "root v1: expired at 2027-01-01T00:00:00Z, and the update started at 2027-01-01T00:00:00Z (TUF 5.3.10)"
    );
    assert_eq!(refused.code(), "freeze");
    assert_eq!(refused.hint(), Some("ask the repository's owner to publish, or check the clock of this machine"));
    assert_eq!(world.disk(), before);
}

/// Publishes a root with other online keys, and timestamp 1 and snapshot 1 by them: lower versions than before.
fn rotate(world: &mut World, timestamp: (Vec<u8>, u64), snapshot: (Vec<u8>, u64)) {
    world.sim.keys.insert(Timestamp, timestamp);
    world.sim.keys.insert(Snapshot, snapshot);
    world.sim.publish_root();
    world.sim.versions.insert(Snapshot, 0);
    world.sim.versions.insert(Timestamp, 0);
    world.sim.publish_snapshot();
    world.sim.publish_timestamp();
}

#[test]
fn c18_rotated_online_keys_purge_both_floors() {
    for (timestamp, snapshot) in [
        ((vec![15], 1), (vec![4], 1)),
        ((vec![5], 1), (vec![14], 1)),
        ((vec![15], 1), (vec![14], 1)),
        ((vec![5, 15], 1), (vec![4], 1)),
        ((vec![5], 1), (vec![4, 14], 1)),
        ((vec![5, 15], 2), (vec![4], 1)),
    ] {
        let mut world = World::new();
        world.sim.versions.extend([(Timestamp, 1 << 31), (Snapshot, 1 << 31)]);
        world.sim.publish_snapshot();
        world.sim.publish_timestamp();
        world.refresh().unwrap();
        rotate(&mut world, timestamp, snapshot);
        let mut client = world.client();
        let trusted = client.refresh(now()).unwrap();
        assert_eq!((trusted.timestamp.common.version, trusted.snapshot.common.version), (1, 1));
        assert_eq!(client.events(), [Event::Update(tuffet_verifier::Event::FloorsPurged)]);
    }
}

#[test]
fn c18_both_files_are_gone_before_anything_new_is_accepted() {
    let mut world = World::refreshed();
    rotate(&mut world, (vec![15], 1), (vec![4], 1));
    world.sim.served.remove("timestamp.json");
    world.refresh().unwrap_err();
    let names: Vec<_> = world.disk().into_keys().filter(|name| !name.starts_with(".tuffet")).collect();
    assert_eq!(names, ["root.json", "targets.json"]);
}

#[test]
fn c19_no_rotation_since_the_floors_were_accepted_purges_nothing() {
    // The embedded root is version 1, the rotation was in 2: a client that compared roots of this refresh only
    // would forget its floors at every start.
    let mut world = World::new();
    rotate(&mut world, (vec![15], 1), (vec![14], 1));
    world.sim.publish_timestamp();
    let old = world.sim.file(&Timestamp);
    world.sim.publish_timestamp();
    world.refresh().unwrap();
    world.refresh().unwrap();
    world.sim.served.put("timestamp.json", &old);
    assert_eq!(world.refused().code(), "rollback");
    // The same without root.json, as if the embedded root were all there is: state.json still knows.
    std::fs::remove_file(world.dir.path().join("root.json")).unwrap();
    let refused = world.refresh().unwrap_err();
    assert_eq!(refused.to_string(), "timestamp.json: timestamp: expected version 3 or later, found 2 (TUF 5.4.3.1)");
}

#[test]
fn c20_a_rotation_is_noticed_after_a_refresh_that_stopped_between_storing_and_purging() {
    let mut world = World::new();
    world.sim.versions.insert(Timestamp, 1 << 31);
    world.sim.publish_timestamp();
    world.refresh().unwrap();
    world.sim.expires.insert(Root, "2026-05-01T00:00:00Z".into());
    rotate(&mut world, (vec![5, 15], 1), (vec![4], 1));
    let before = world.disk();
    assert_eq!(world.refresh().unwrap_err().code(), "freeze");
    let after = world.disk();
    assert_eq!(after["root.json"], world.sim.served.take("2.root.json").unwrap());
    for kept in ["timestamp.json", "snapshot.json", ".tuffet/state.json"] {
        assert_eq!(after[kept], before[kept], "{kept}");
    }
    world.sim.expires.insert(Root, crate::simulator::EXPIRES.into());
    world.sim.publish_root();
    let mut client = world.client();
    assert_eq!(client.refresh(now()).unwrap().timestamp.common.version, 1);
    assert_eq!(client.events(), [Event::Update(tuffet_verifier::Event::FloorsPurged)]);
}

#[test]
fn c21_names_follow_consistent_snapshot_of_the_final_root() {
    let mut world = World::new();
    world.sim.consistent = false;
    world.sim.publish_root();
    world.sim.consistent = true;
    world.sim.publish_root();
    world.refresh().unwrap();
    assert_eq!(world.log()[3..], ["timestamp.json", "1.snapshot.json", "1.targets.json"]);
}

#[test]
fn x3_a_damaged_root_is_replaced_from_the_chain_and_said() {
    let mut world = World::refreshed();
    world.sim.publish_root();
    world.refresh().unwrap();
    let whole = world.disk();
    std::fs::write(world.dir.path().join("root.json"), "{").unwrap();
    let mut open = Client::open(Cache::new(world.dir.path()), world.sim.served.clone(), Policy::default());
    assert_eq!(open.refresh(now()).unwrap().root.common.version, 2);
    let said: Vec<_> = open.events().iter().map(ToString::to_string).collect();
    assert_eq!(
        said,
        ["cached root does not verify, the one proved from the pinned root is used: root: byte 1: expected a member \
          name, found the end of the file (F26) (X3)"]
    );
    assert_eq!(world.disk(), whole);
    world.client().refresh(now()).unwrap();
    assert_eq!(world.client().events(), []);
}

#[test]
fn x3_a_damaged_root_of_a_cache_without_a_chain_is_an_error() {
    let (sim, dir) = (Simulator::new(), TempDir::new().unwrap());
    std::fs::write(dir.path().join("root.json"), "{").unwrap();
    let mut open = Client::open(Cache::new(dir.path()), sim.served.clone(), Policy::default());
    let refused = open.refresh(now()).unwrap_err();
    assert_eq!(refused.code(), "stored-root");
    assert_eq!(refused.hint(), Some("the cache is damaged: start again from the pinned root.json"));
}

#[test]
fn x3_an_older_root_than_before_is_said() {
    let mut world = World::refreshed();
    world.sim.publish_root();
    world.refresh().unwrap();
    world.sim.served.remove("2.root.json");
    std::fs::remove_file(world.dir.path().join("root.json")).unwrap();
    std::fs::remove_file(world.dir.path().join(".tuffet/roots/2.root.json")).unwrap();
    let mut client = world.client();
    client.refresh(now()).unwrap();
    assert_eq!(client.events(), [Event::RootOlder { remembered: 2, found: 1 }]);
}

#[test]
fn init_keeps_a_newer_root_and_replaces_another_of_the_same_version() {
    let mut sim = Simulator::new();
    let (one, policy) = (sim.pin_v1(), Policy::default());
    let two = sim.publish_root();
    let mut store = MemoryStore::default();
    assert_eq!(init(&mut store, &two, &policy), Ok(vec![]));
    assert_eq!(init(&mut store, &one, &policy), Ok(vec![]));
    assert_eq!(store.files[&StoredFile::Root], two, "it leads back to the older pin");
    let value = tuffet_metadata::json::parse(&two, 32).unwrap();
    let other = sign(&value.as_object().unwrap()["signed"], &[2, 1]);
    assert_eq!(init(&mut store, &other, &policy), Ok(vec![Event::RootReplaced { version: 2 }]));
    assert_eq!(store.files[&StoredFile::Root], other);
}
