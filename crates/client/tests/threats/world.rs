//! The repository, the attacker's means and the client's cache of one scenario.

use crate::simulator::{Served, Simulator, at, branch};
use crate::{Scenario, Step};
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use tempfile::TempDir;
use tuffet_client::{Cache, Client, ClientError, Policy, Refreshed};
use tuffet_metadata::RoleName::{self, Root, Snapshot, Targets, Timestamp};

/// Everything the client of a scenario starts from: root 1, timestamp, snapshot and targets 5, the delegated role `d` 3.
pub(crate) struct World {
    pub(crate) sim: Simulator,
    pub(crate) stolen: BTreeSet<String>,
    /// What was served after each generation, by the version of its timestamp.
    pub(crate) generations: BTreeMap<u64, BTreeMap<String, Vec<u8>>>,
    pub(crate) now: DateTime<Utc>,
    pub(crate) policy: Policy,
    pub(crate) cache: TempDir,
    pin: Vec<u8>,
}

impl World {
    pub(crate) fn new(scenario: &Scenario) -> Self {
        let mut sim = Simulator::new();
        sim.full_pins = !scenario.version_only_pins;
        if scenario.shared_online_key {
            sim.keys.insert(Snapshot, sim.keys[&Timestamp].clone());
            sim.versions.insert(Root, 0);
            sim.publish_root();
        }
        for (role, expires) in [
            (Root, "2026-12-01T00:00:00Z"),
            (Targets, "2026-11-01T00:00:00Z"),
            (Snapshot, "2026-09-01T00:00:00Z"),
            (Timestamp, "2026-06-08T00:00:00Z"),
        ] {
            sim.expires.insert(role, expires.into());
        }
        sim.versions.insert(Root, 0);
        let mut pin = sim.publish_root();
        if scenario.hybrid_root {
            pin = crate::hybrid::root(&sim, &[1, 2], true);
            sim.served.put("1.root.json", &pin);
        }
        sim.targets.insert("app".into(), b"app of its owners".to_vec());
        let mut delegated = branch("targets", "d", &["d/*"], &["d/tool"]);
        (delegated.version, delegated.seed, delegated.signers) = (3, 9, vec![9]);
        sim.branches = vec![delegated];
        let mut world = Self {
            sim,
            stolen: scenario.stolen.iter().cloned().collect(),
            generations: BTreeMap::new(),
            now: at("2026-06-01T00:00:00Z"),
            policy: Policy::default(),
            cache: TempDir::new().unwrap(),
            pin,
        };
        world.sim.versions.extend([(Timestamp, 3), (Snapshot, 3), (Targets, 3)]);
        for _ in [4, 5] {
            world.sim.publish();
            world.remember();
        }
        let mut client = world.client();
        let trusted = client.refresh(world.now).unwrap();
        assert_eq!(client.target_bytes(&trusted, "d/tool").unwrap(), b"d");
        world
    }

    /// Keeps what is served now, for replays.
    pub(crate) fn remember(&mut self) {
        self.generations.insert(self.sim.versions[&Timestamp], self.sim.served.files());
    }

    pub(crate) fn client(&self) -> Client<Served, Cache> {
        self.client_in(self.cache.path())
    }

    fn client_in(&self, cache: &Path) -> Client<Served, Cache> {
        Client::bootstrap(Cache::new(cache), self.sim.served.clone(), self.policy.clone(), &self.pin).unwrap()
    }

    /// The version of each role in the cache, as its files say.
    fn floors(&self) -> BTreeMap<String, Option<u64>> {
        let version = |role: RoleName| {
            let bytes = std::fs::read(self.cache.path().join(role.file_name())).ok()?;
            let file = tuffet_metadata::json::parse(&bytes, 32).ok()?;
            file.as_object()?["signed"].as_object()?["version"].as_u64()
        };
        [Timestamp, Snapshot, Targets].map(|role| (role.to_string(), version(role))).into()
    }

    pub(crate) fn check(&self, step: &Step, place: &str) {
        let before = self.floors();
        let mut client = self.client();
        let result = client.refresh(self.now);
        assert_eq!(answer(&result), step.client, "{place}: {result:?}");
        let said: Vec<&str> = client.events().iter().map(tuffet_client::Event::code).collect();
        assert_eq!(said, step.says, "{place}");
        if result.is_err() && said.is_empty() {
            let after = self.floors();
            for (role, floor) in &before {
                assert!(after[role] >= *floor, "{place}: {role} {floor:?} fell to {:?}", after[role]);
            }
        }
        if let Some(expected) = &step.fresh {
            let empty = TempDir::new().unwrap();
            let fresh = self.client_in(empty.path()).refresh(self.now);
            assert_eq!(answer(&fresh), *expected, "{place}, a client with an empty cache: {fresh:?}");
        }
        assert!(result.is_ok() || step.trusts.is_empty() && step.targets.is_empty(), "{place}: nothing is trusted");
        let Ok(trusted) = result else { return };
        for (role, version) in &step.trusts {
            let found = match role.as_str() {
                "root" => trusted.root.common.version,
                "timestamp" => trusted.timestamp.common.version,
                "snapshot" => trusted.snapshot.common.version,
                "targets" => trusted.targets.common.version,
                other => panic!("{place}: no role {other}"),
            };
            assert_eq!(found, *version, "{place}: {role}");
        }
        for (path, expected) in &step.targets {
            let found = match client.target_bytes(&trusted, path) {
                Ok(bytes) => String::from_utf8(bytes).unwrap(),
                Err(refused) => refused.code().to_owned(),
            };
            assert_eq!(found, *expected, "{place}: target {path}");
        }
    }
}

fn answer(result: &Result<Refreshed, ClientError>) -> String {
    result.as_ref().map_or_else(|refused| refused.code().to_owned(), |_| "accepted".to_owned())
}
