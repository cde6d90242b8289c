//! A repository at a place in memory, people who renew it, and clients who read it.

use crate::faulty::{Faulty, History, Odds};
use crate::people::Key;
use crate::site::{establish, key, online, signed_until, target};
use chrono::{DateTime, Duration, Utc};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};
use tuffet_builder::{Change, Pins};
use tuffet_client::{Client, ClientError, MemoryStore, Policy};
use tuffet_keys::{PublicKey, Sign, SignError};
use tuffet_metadata::{RoleName, parse_time};
use tuffet_repository::{
    MemoryPlace, OnlineExpiries, PlaceTransport, Receipt, Repository, RepositoryError, Signed, stage,
};

pub(crate) const CALM: Odds = Odds { fault: 0, kill: 0, visit: 0 };

pub(crate) fn day(days: i64) -> DateTime<Utc> {
    parse_time("2026-12-01T00:00:00Z").unwrap() + Duration::days(days)
}

pub(crate) fn until(now: DateTime<Utc>) -> OnlineExpiries {
    let after = |days| now + Duration::days(days);
    OnlineExpiries { snapshot: after(21), timestamp: after(7), pins: Pins::Full }
}

/// The online key behind a service that is not always there.
pub(crate) struct Service {
    key: Key,
    is_down: bool,
}

impl Service {
    pub(crate) fn which_is(is_down: bool) -> Self {
        Self { key: online(), is_down }
    }

    pub(crate) fn up() -> Self {
        Self::which_is(false)
    }
}

impl Sign for Service {
    fn public_key(&self) -> &PublicKey {
        self.key.public_key()
    }
    fn describe(&self) -> String {
        "key service".into()
    }
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        if self.is_down {
            let (signer, reason) = (self.describe(), "503 service unavailable".to_owned());
            return Err(SignError::Failed { signer, reason, hint: None });
        }
        self.key.sign(message)
    }
}

#[derive(Clone)]
pub(crate) struct World {
    pub(crate) place: MemoryPlace,
    pub(crate) history: Arc<Mutex<History>>,
}

impl World {
    /// Version 1, published at `now`; people's roles hold for `days`.
    pub(crate) fn at(now: DateTime<Utc>, days: i64) -> Self {
        let world = Self { place: MemoryPlace::default(), history: Arc::default() };
        let mut signed = signed_until(
            None,
            &[establish(), target("keys.json", b"{}")],
            &["@alice", "@bob"],
            now + Duration::days(days),
        );
        signed.files.insert("keys.json".into(), b"{}".to_vec());
        world.publish(&world.calm(), &signed, now).unwrap();
        world
    }

    /// The repository as somebody sees it to whom nothing happens.
    pub(crate) fn calm(&self) -> Repository<Faulty> {
        self.through(0, CALM, &Arc::default())
    }

    pub(crate) fn through(&self, seed: u64, odds: Odds, dead: &Arc<AtomicBool>) -> Repository<Faulty> {
        Repository::at(Faulty::new(&self.place, seed, odds, &self.history, dead))
    }

    /// The same, visited by somebody between two calls.
    pub(crate) fn through_visited(
        &self,
        seed: u64,
        odds: Odds,
        dead: &Arc<AtomicBool>,
        visit: impl FnMut() + Send + 'static,
    ) -> Repository<Faulty> {
        Repository::at(Faulty::new(&self.place, seed, odds, &self.history, dead).visited_by(visit))
    }

    /// Whether a publication that ended in an error is out all the same.
    pub(crate) fn is_published(&self, signed: &Signed) -> bool {
        let published = self.calm().published().unwrap().unwrap();
        signed.targets.as_deref() == Some(published.targets.bytes())
    }

    pub(crate) fn publish(
        &self,
        repository: &Repository<Faulty>,
        signed: &Signed,
        now: DateTime<Utc>,
    ) -> Result<Receipt, RepositoryError> {
        let staged = stage(repository.current()?, signed.clone(), &online(), &until(now))?;
        staged.verify(now)?.publish(repository)
    }

    /// What a ceremony signs next: targets anew and one more target; every second time Dave for Carol, or back.
    pub(crate) fn ceremony(&self, number: u32, end: DateTime<Utc>) -> Signed {
        let state = self.calm().published().unwrap().unwrap().state();
        let (path, bytes) = (format!("log{number}.json"), format!("{{\"log\": {number}}}"));
        let (out, back) = if number.is_multiple_of(4) { ("@dave", "@carol") } else { ("@carol", "@dave") };
        let mut changes = vec![target(&path, bytes.as_bytes()), Change::Renew { role: RoleName::Root }];
        if number.is_multiple_of(2) {
            let outgoing = key(out).public_key().fingerprint();
            changes.push(Change::ReplaceKeyholder { outgoing, incoming: crate::site::holder(back) });
        }
        let mut signed = signed_until(Some(&state), &changes, &["@alice", "@bob"], end);
        signed.files.insert(path, bytes.into_bytes());
        signed
    }

    pub(crate) fn client(&self) -> Reader {
        let pin = self.place.files()["1.root.json"].clone();
        let transport = PlaceTransport(self.place.clone());
        Reader(Client::bootstrap(MemoryStore::default(), transport, Policy::default(), &pin).unwrap())
    }

    /// Every file but the timestamp has one content for ever, and timestamps go up by one.
    pub(crate) fn nothing_was_reused(&self) {
        let history = self.history.lock().unwrap();
        for (file, contents) in &history.contents {
            assert!(contents.len() == 1 || file == "timestamp.json", "{file} had {} contents", contents.len());
        }
        let versions = history.timestamps.iter().map(|bytes| version(bytes));
        assert_eq!(versions.collect::<Vec<_>>(), (1..=history.timestamps.len() as u64).collect::<Vec<_>>());
    }
}

pub(crate) fn version(bytes: &[u8]) -> u64 {
    let value: serde_json::Value = serde_json::from_slice(bytes).unwrap();
    value["signed"]["version"].as_u64().unwrap()
}

/// A client with its cache.
pub(crate) struct Reader(Client<PlaceTransport<MemoryPlace>, MemoryStore>);

impl Reader {
    /// Refreshes and reads every target: the versions of root, targets and timestamp.
    pub(crate) fn read(&mut self, now: DateTime<Utc>) -> Result<[u64; 3], ClientError> {
        let seen = self.0.refresh(now)?;
        for path in seen.targets.targets().keys() {
            self.0.target_bytes(&seen, &path)?;
        }
        Ok([seen.root.common.version, seen.targets.common.version, seen.timestamp.common.version])
    }
}
