//! X4: many processes, one cache. X5: a cache that nobody may write. T32: a cache that somebody wrote.

use crate::World;
use crate::simulator::{Served, Simulator, at, disk, now, sign};
use std::path::Path;
use std::sync::Barrier;
use tempfile::TempDir;
use tuffet_client::{Cache, CacheTrust, Client, Event, MemoryStore, Overlay, Policy, Store, StoredFile};
use tuffet_metadata::RoleName::{Root, Timestamp};
use tuffet_metadata::json;

fn version(file: &[u8]) -> u64 {
    let file = json::parse(file, 32).unwrap();
    file.as_object().unwrap()["signed"].as_object().unwrap()["version"].as_u64().unwrap()
}

/// The same repository at version 1 to `last`, as sixteen mirrors would serve it.
fn mirrors(last: u64) -> (Simulator, Vec<Served>) {
    let mut sim = Simulator::new();
    let mut mirrors = Vec::new();
    for _ in 0..last {
        let mirror = Served::default();
        sim.served.files().iter().for_each(|(name, bytes)| mirror.put(name, bytes));
        mirrors.push(mirror);
        sim.publish();
    }
    (sim, mirrors)
}

fn client(sim: &Simulator, mirror: &Served, dir: &Path) -> Client<Served, Cache> {
    Client::bootstrap(Cache::new(dir), mirror.clone(), Policy::default(), &sim.pin_v1()).unwrap()
}

#[test]
fn x4_of_sixteen_clients_on_one_cache_the_newest_wins() {
    let (sim, mirrors) = mirrors(16);
    for _ in 0..8 {
        let dir = TempDir::new().unwrap();
        let start = Barrier::new(mirrors.len());
        let accepted: Vec<bool> = std::thread::scope(|scope| {
            let run = |mirror| {
                let (start, sim, dir) = (&start, &sim, dir.path());
                scope.spawn(move || {
                    let mut client = client(sim, mirror, dir);
                    start.wait();
                    client.refresh(now()).is_ok()
                })
            };
            let threads: Vec<_> = mirrors.iter().map(run).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(accepted[15], "nobody is newer than the sixteenth");
        let disk = disk(dir.path());
        for file in ["timestamp.json", "snapshot.json", "targets.json"] {
            assert_eq!(version(&disk[file]), 16, "{file}");
        }
        assert!(disk.keys().all(|name| !name.ends_with(".part")), "{:?}", disk.keys());
        let mut next = client(&sim, &mirrors[15], dir.path());
        next.refresh(now()).unwrap();
        assert_eq!(next.events(), []);
    }
}

#[test]
fn x4_a_client_that_was_overtaken_stores_nothing_older() {
    let (sim, mirrors) = mirrors(2);
    let dir = TempDir::new().unwrap();
    // The slow client has read the cache, and fetches its timestamp while the other one runs through.
    let slow = Overtaken { mirror: mirrors[0].clone(), sim: &sim, newer: &mirrors[1], dir: dir.path() };
    let mut slow = Client::bootstrap(Cache::new(dir.path()), slow, Policy::default(), &sim.pin_v1()).unwrap();
    assert_eq!(slow.refresh(now()).unwrap().timestamp.common.version, 1, "its own result stands");
    let disk = disk(dir.path());
    for file in ["timestamp.json", "snapshot.json", "targets.json"] {
        assert_eq!(version(&disk[file]), 2, "{file}");
    }
}

/// Another client refreshes the same cache each time this one asks for a timestamp.
struct Overtaken<'a> {
    mirror: Served,
    sim: &'a Simulator,
    newer: &'a Served,
    dir: &'a Path,
}

impl tuffet_client::Transport for Overtaken<'_> {
    fn fetch(&self, path: &str, limit: u64) -> Result<Vec<u8>, tuffet_client::TransportError> {
        if path == "timestamp.json" {
            client(self.sim, self.newer, self.dir).refresh(now()).unwrap();
        }
        self.mirror.fetch(path, limit)
    }
}

#[test]
fn x5_a_read_only_cache_is_read_through_an_overlay_and_keeps_its_floors() {
    let (sim, mirrors) = mirrors(3);
    let dir = TempDir::new().unwrap();
    client(&sim, &mirrors[1], dir.path()).refresh(now()).unwrap();
    let before = disk(dir.path());
    let cache = Cache::new(dir.path());
    let over = |mirror: &Served| {
        Client::bootstrap(Overlay::over(&cache), mirror.clone(), Policy::default(), &sim.pin_v1()).unwrap()
    };
    let mut newer = over(&mirrors[2]);
    assert_eq!(newer.refresh(now()).unwrap().timestamp.common.version, 3);
    assert_eq!(version(&newer.store().read(&StoredFile::Timestamp).unwrap().unwrap()), 3, "for this process");
    assert_eq!(over(&mirrors[0]).refresh(now()).unwrap_err().code(), "rollback");
    assert_eq!(disk(dir.path()), before);
}

/// A cache at root 2, then edited by somebody who may write it and has no root key: root 3 of their own, with its
/// place in the chain and notes that match it.
fn forged(trust: CacheTrust) -> (World, Client<Served, Cache>) {
    let mut world = World::new();
    world.sim.publish_root();
    world.refresh().unwrap();
    let notes = world.disk()[".tuffet/state.json"].clone();
    let mut attacker = Simulator::new();
    attacker.keys.insert(Root, (vec![66, 67], 2));
    attacker.versions.insert(Root, 3);
    let value = json::parse(&attacker.write_root(), 32).unwrap();
    let forged = sign(&value.as_object().unwrap()["signed"], &[66, 67]);
    let path = |name: &str| world.dir.path().join(name);
    std::fs::write(path("root.json"), &forged).unwrap();
    std::fs::write(path(".tuffet/roots/3.root.json"), &forged).unwrap();
    assert!(!notes.is_empty());
    let client = world.client().with_cache_trust(trust);
    (world, client)
}

#[test]
fn t32_a_root_put_into_the_cache_is_not_used_and_said() {
    for trust in [CacheTrust::Nothing, CacheTrust::Notes] {
        let (world, mut client) = forged(trust);
        assert_eq!(client.refresh(now()).unwrap().root.common.version, 2);
        let said: Vec<_> = client.events().iter().map(ToString::to_string).collect();
        assert_eq!(
            said,
            [
                "cached root v3 is not used and asked for anew: root v3: 0 of 2 required signatures are valid by the \
                 keys of root v2 (TUF 5.3.4) (X3)",
                "cached root v3 does not lead back to the pinned root: starting again from v2 (T32)",
            ]
        );
        assert_eq!(world.disk()["root.json"], world.sim.served.take("2.root.json").unwrap());
    }
}

#[test]
fn t32_notes_are_believed_only_by_a_client_told_to() {
    // With matching notes the forgery holds where the cache is believed: that is what `CacheTrust::Notes` says.
    let (world, _) = forged(CacheTrust::Nothing);
    let forged = world.disk()["root.json"].clone();
    let notes = String::from_utf8(world.disk()[".tuffet/state.json"].clone()).unwrap();
    let value = json::parse(notes.as_bytes(), 8).unwrap();
    let mut members = value.as_object().unwrap().clone();
    members.remove("checksum");
    members.insert("root_sha256".into(), tuffet_keys::sha256(&forged).to_string().into());
    let sum = tuffet_keys::sha256(&json::canonical_object(&members)).to_string();
    members.insert("checksum".into(), sum.into());
    std::fs::write(world.dir.path().join(".tuffet/state.json"), json::pretty(&members.into())).unwrap();
    let mut careful = world.client();
    assert_eq!(careful.refresh(now()).unwrap().root.common.version, 2);
    assert!(careful.events().iter().any(|event| matches!(event, Event::RootUnproved { found: 3, proved: 2 })));
}

#[test]
fn a_cache_that_is_believed_starts_from_its_newest_root() {
    let mut world = World::new();
    world.sim.publish_root();
    world.refresh().unwrap();
    // Without its chain a root cannot be proved, only believed.
    std::fs::remove_dir_all(world.dir.path().join(".tuffet/roots")).unwrap();
    world.log();
    world.client().with_cache_trust(CacheTrust::Notes).refresh(now()).unwrap();
    assert_eq!(world.log(), ["3.root.json", "timestamp.json"]);
    // Another pin, and the notes are about something else.
    let mut other = Simulator::new();
    other.expires.insert(Root, "2028-01-01T00:00:00Z".into());
    let pin = other.write_root();
    let store = Cache::new(world.dir.path());
    let mut client = Client::bootstrap(store, world.sim.served.clone(), Policy::default(), &pin).unwrap();
    client = client.with_cache_trust(CacheTrust::Notes);
    client.refresh(now()).unwrap();
    assert_eq!(world.log(), ["2.root.json", "3.root.json", "timestamp.json"]);
}

#[test]
fn a_process_proves_its_roots_once() {
    let mut world = World::new();
    world.sim.publish_root();
    let mut client = world.client();
    client.refresh(now()).unwrap();
    world.log();
    // Its cache goes, its memory stays.
    std::fs::remove_dir_all(world.dir.path().join(".tuffet")).unwrap();
    world.sim.publish_root();
    world.sim.expires.insert(Timestamp, "2026-06-02T00:00:00Z".into());
    world.sim.publish_timestamp();
    assert_eq!(client.refresh(now()).unwrap().root.common.version, 3);
    assert_eq!(world.log(), ["3.root.json", "4.root.json", "timestamp.json"]);
    // An expired timestamp ends trust, whatever the process knows.
    assert_eq!(client.refresh(at("2026-06-03T00:00:00Z")).unwrap_err().code(), "freeze");
}

#[test]
fn a_store_in_memory_needs_no_disk() {
    let sim = Simulator::new();
    let store = MemoryStore::default();
    let mut client = Client::bootstrap(store, sim.served.clone(), Policy::default(), &sim.pin_v1()).unwrap();
    client.refresh(now()).unwrap();
    assert!(client.store().files.contains_key(&StoredFile::State));
}
