//! 7: a repository, an attacker on the wire and a client that crashes, in any order that bytes can spell.
//!
//! The attacker holds no key. So whatever happens, what the client trusts was published by the repository, is not
//! expired, fits together, and is never older than what it trusted before under the same online keys.

use super::simulator::{Served, Simulator, at};
use super::x1_disk::{Recorder, Tree};
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::{BTreeMap, BTreeSet};
use tuffet_client::{Cache, Client, Policy, Refreshed, TransportError};
use tuffet_metadata::RoleName::{Root, Snapshot, Targets, Timestamp};
use tuffet_verifier::KeySets;

const CACHE: &str = "/cache";

struct World {
    sim: Simulator,
    /// Every file ever published, by its name at the time.
    published: BTreeMap<String, BTreeSet<Vec<u8>>>,
    /// What the repository serves when nobody interferes.
    honest: BTreeMap<String, Vec<u8>>,
    pin: Vec<u8>,
    disk: Tree,
    now: DateTime<Utc>,
    /// Versions trusted last, and the key sets they were trusted under.
    last: Option<(KeySets, [u64; 4])>,
    next_seed: u8,
}

/// Runs the operations that `data` spells.
pub(crate) fn client(data: &[u8]) {
    let sim = Simulator::new();
    let pin = sim.pin_v1();
    let now = at("2026-06-01T00:00:00Z");
    let mut world = World {
        honest: BTreeMap::new(),
        published: BTreeMap::new(),
        disk: Tree::default(),
        last: None,
        next_seed: 20,
        sim,
        pin,
        now,
    };
    world.note();
    for pair in data.chunks_exact(2).take(40) {
        world.step(pair[0], usize::from(pair[1]));
    }
    // Nobody interferes any more, and nothing has expired: the client gets there, whatever was done to it.
    world.heal();
    world.sim.publish_root();
    world.sim.publish();
    world.note();
    world.heal();
    let refreshed = world.refresh(None).unwrap_or_else(|e| panic!("not recovered: {e}"));
    assert_eq!(refreshed.root.common.version, world.sim.versions[&Root]);
    assert_eq!(refreshed.timestamp.common.version, world.sim.versions[&Timestamp]);
}

impl World {
    /// Records what the repository publishes now.
    fn note(&mut self) {
        for (name, bytes) in self.sim.served.files() {
            if self.honest.get(&name) != Some(&bytes) {
                self.published.entry(name.clone()).or_default().insert(bytes.clone());
                self.honest.insert(name, bytes);
            }
        }
    }

    fn heal(&self) {
        self.sim.served.heal();
        for name in self.sim.served.files().keys().filter(|name| !self.honest.contains_key(*name)) {
            self.sim.served.remove(name);
        }
        self.honest.iter().for_each(|(name, bytes)| self.sim.served.put(name, bytes));
    }

    fn step(&mut self, operation: u8, n: usize) {
        let names: Vec<String> = self.honest.keys().filter(|name| name.ends_with(".json")).cloned().collect();
        let name = &names[n % names.len()];
        match operation % 16 {
            0 => self.publishing(Simulator::publish_timestamp),
            1 => self.publishing(|sim| {
                sim.publish_snapshot();
                sim.publish_timestamp();
            }),
            2 => self.publishing(Simulator::publish),
            3 => self.publishing(|sim| {
                sim.publish_root();
            }),
            4 | 5 => {
                // An online key changes; the repository publishes what the new one signs.
                let role = if operation % 16 == 4 { Timestamp } else { Snapshot };
                let seed = self.next_seed;
                self.next_seed = self.next_seed.checked_add(1).unwrap_or(20);
                self.publishing(|sim| {
                    sim.keys.insert(role, (vec![seed], 1));
                    sim.publish_root();
                    sim.publish_snapshot();
                    sim.publish_timestamp();
                });
            }
            6 => self.publishing(|sim| {
                sim.targets.insert(format!("file{}", n % 4), vec![b'x'; n]);
                sim.publish();
            }),
            // The attacker serves what was once published, under any name.
            7 | 8 => {
                let old: Vec<_> = self.published.values().flatten().collect();
                self.sim.served.put(name, old[n.wrapping_mul(7) % old.len()]);
            }
            9 => self.sim.served.remove(name),
            10 => {
                let url = name.clone();
                self.sim.served.break_file(name, TransportError::Failed { url, reason: "cut".into() });
            }
            11 => {
                let mut bytes = self.honest[name].clone();
                let at = n.wrapping_mul(131) % bytes.len();
                bytes[at] ^= 1 << (n % 8);
                self.sim.served.put(name, &bytes);
            }
            12 => self.heal(),
            13 => self.now += TimeDelta::hours(i64::try_from(n).unwrap()),
            // The disk fails after some step of a refresh.
            14 => {
                let _ = self.refresh(Some(n % 24));
            }
            _ => {
                let _ = self.refresh(None);
            }
        }
    }

    fn publishing(&mut self, publish: impl FnOnce(&mut Simulator)) {
        // The repository writes to its own place, not over what the attacker serves instead.
        let attacked = self.sim.served.files();
        self.honest.iter().for_each(|(name, bytes)| self.sim.served.put(name, bytes));
        let before = self.sim.served.files();
        publish(&mut self.sim);
        let after = self.sim.served.files();
        self.note();
        for (name, bytes) in attacked.iter().filter(|(name, _)| before.get(*name) == after.get(*name)) {
            self.sim.served.put(name, bytes);
        }
    }

    fn refresh(&mut self, fails_at: Option<usize>) -> Result<Refreshed, String> {
        let disk = match fails_at {
            Some(at) => Recorder::failing(self.disk.clone(), at, std::io::ErrorKind::Other),
            None => Recorder::on(self.disk.clone()),
        };
        let cache = Cache::on(CACHE, disk.clone());
        let mut client: Client<Served, _> =
            Client::bootstrap(cache, self.sim.served.clone(), Policy::default(), &self.pin).unwrap();
        let result = client.refresh(self.now);
        self.disk = disk.tree();
        self.only_published();
        let refreshed = result.map_err(|e| e.to_string())?;
        self.judge(&refreshed);
        Ok(refreshed)
    }

    /// The cache holds nothing that the repository did not publish.
    fn only_published(&self) {
        let genuine: BTreeSet<&Vec<u8>> = self.published.values().flatten().chain([&self.pin]).collect();
        for (path, bytes) in &self.disk.files {
            let ours = path.ends_with("state.json") || path.ends_with(".tuffet.part") || path.ends_with("lock");
            assert!(ours || genuine.contains(bytes), "{} was never published", path.display());
        }
    }

    fn judge(&mut self, trusted: &Refreshed) {
        let genuine: BTreeSet<&[u8]> = self.published.values().flatten().map(Vec::as_slice).collect();
        for bytes in
            [trusted.root.bytes(), trusted.timestamp.bytes(), trusted.snapshot.bytes(), trusted.targets.bytes()]
        {
            assert!(genuine.contains(bytes) || bytes == self.pin, "trusted what was never published");
        }
        for common in
            [&trusted.root.common, &trusted.timestamp.common, &trusted.snapshot.common, &trusted.targets.common]
        {
            assert!(common.expires.time() > self.now, "trusted what has expired");
        }
        assert_eq!(trusted.timestamp.snapshot.version, trusted.snapshot.common.version);
        assert_eq!(trusted.snapshot.meta().get(&Targets.file_name()).unwrap().version, trusted.targets.common.version);
        let versions = [
            trusted.root.common.version,
            trusted.timestamp.common.version,
            trusted.snapshot.common.version,
            trusted.targets.common.version,
        ];
        let keys = KeySets::of(&trusted.root);
        if let Some((before, floors)) = &self.last {
            assert!(versions[0] >= floors[0], "root went back");
            if *before == keys {
                assert!(versions.iter().zip(floors).all(|(now, floor)| now >= floor), "{versions:?} after {floors:?}");
            }
        }
        self.last = Some((keys, versions));
    }
}
