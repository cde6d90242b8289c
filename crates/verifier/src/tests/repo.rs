//! A repository in memory: change a field, and its files are signed again when asked for.

use crate::*;
use chrono::{DateTime, Utc};
use ed25519_dalek::{Signer, SigningKey};
use std::collections::BTreeMap;
use tuffet_keys::{KeyId, PublicKey, Scheme, sha256};
use tuffet_metadata::json::{Object, Value, canonical, object};
use tuffet_metadata::{Hashes, Key, Pinned, RoleName, parse_time, write_file};

/// The start time of updates, unless a test says otherwise.
pub(super) const START: &str = "2026-06-01T00:00:00Z";
/// When everything expires, unless a test says otherwise.
pub(super) const EXPIRES: &str = "2030-01-01T00:00:00Z";

pub(super) fn at(text: &str) -> DateTime<Utc> {
    parse_time(text).unwrap()
}

fn signing_key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

pub(super) fn key(seed: u8) -> Key {
    let public = PublicKey::from_raw(Scheme::Ed25519, signing_key(seed).verifying_key().as_bytes()).unwrap();
    Key::compose(&public, None, None)
}

/// The file of `signed` with a signature by each seed.
pub(super) fn sign(signed: Object, seeds: &[u8]) -> Vec<u8> {
    let signed = Value::from(signed);
    let payload = canonical(&signed);
    let signature = |seed: &u8| (key(*seed).keyid().clone(), signing_key(*seed).sign(&payload).to_bytes().to_vec());
    write_file(&signed, &seeds.iter().map(signature).collect::<Vec<(KeyId, Vec<u8>)>>())
}

pub(super) fn signed(role: &str, version: u64, expires: &str) -> Object {
    object([
        ("_type", role.into()),
        ("expires", expires.into()),
        ("spec_version", "1.0.34".into()),
        ("version", version.into()),
    ])
}

/// Seeds of the keys of a role, and its threshold.
#[derive(Clone)]
pub(super) struct Keys(pub(super) Vec<u8>, pub(super) u64);

#[derive(Clone)]
pub(super) struct RootFile {
    pub(super) version: u64,
    pub(super) expires: String,
    pub(super) consistent: bool,
    pub(super) root: Keys,
    pub(super) timestamp: Keys,
    pub(super) snapshot: Keys,
    pub(super) targets: Keys,
    pub(super) signers: Vec<u8>,
}

/// Root keys 1 and 2, both needed; timestamp 4, snapshot 5, targets 6 and 7, both needed.
pub(super) fn root(version: u64) -> RootFile {
    RootFile {
        version,
        expires: EXPIRES.into(),
        consistent: true,
        root: Keys(vec![1, 2], 2),
        timestamp: Keys(vec![4], 1),
        snapshot: Keys(vec![5], 1),
        targets: Keys(vec![6, 7], 2),
        signers: vec![1, 2],
    }
}

impl RootFile {
    pub(super) fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    pub(super) fn file(&self) -> Unverified<Root> {
        Unverified::new(self.bytes())
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut keys = Object::new();
        let mut roles = Object::new();
        for (role, Keys(seeds, threshold)) in [
            ("root", &self.root),
            ("timestamp", &self.timestamp),
            ("snapshot", &self.snapshot),
            ("targets", &self.targets),
        ] {
            let keyids: Vec<String> = seeds.iter().map(|seed| key(*seed).keyid().to_string()).collect();
            for key in seeds.iter().map(|seed| key(*seed)) {
                keys.insert(key.keyid().to_string(), key.object().into());
            }
            let members = object([("keyids", keyids.into()), ("threshold", (*threshold).into())]);
            roles.insert(role.to_owned(), members.into());
        }
        let mut root = signed("root", self.version, &self.expires);
        root.insert("consistent_snapshot".into(), self.consistent.into());
        root.insert("keys".into(), keys.into());
        root.insert("roles".into(), roles.into());
        sign(root, &self.signers)
    }

    pub(super) fn verified(&self) -> Verified<Root> {
        self.file().verify_pinned(&Profile::Strict, &Limits::default()).unwrap()
    }
}

/// One of the files that other files pin, or the timestamp.
#[derive(Clone)]
pub(super) struct File {
    pub(super) version: u64,
    pub(super) expires: String,
    pub(super) signers: Vec<u8>,
}

fn file(version: u64, signers: &[u8]) -> File {
    File { version, expires: EXPIRES.into(), signers: signers.to_vec() }
}

#[derive(Clone)]
pub(super) struct Repo {
    pub(super) timestamp: File,
    pub(super) snapshot: File,
    pub(super) targets: File,
    /// Whether length and SHA-256 are pinned, or the version alone.
    pub(super) pinned: bool,
    /// More entries of the snapshot.
    pub(super) delegated: BTreeMap<String, u64>,
    /// Targets by path.
    pub(super) contents: BTreeMap<String, Vec<u8>>,
}

/// Every role at `version`; a delegated role `d` at that version too; targets `a` and `dir/b`.
pub(super) fn repo(version: u64) -> Repo {
    Repo {
        timestamp: file(version, &[4]),
        snapshot: file(version, &[5]),
        targets: file(version, &[6, 7]),
        pinned: true,
        delegated: [("d.json".to_owned(), version)].into(),
        contents: [("a".to_owned(), b"first".to_vec()), ("dir/b".to_owned(), b"other".to_vec())].into(),
    }
}

impl Repo {
    pub(super) fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    /// The snapshot lists `name` at `version`.
    pub(super) fn lists(self, name: &str, version: u64) -> Self {
        self.with(|r| r.delegated.extend([(name.to_owned(), version)]))
    }

    /// The snapshot does not list `name`.
    pub(super) fn omits(self, name: &str) -> Self {
        self.with(|r| r.delegated.retain(|listed, _| listed != name))
    }

    pub(super) fn targets(&self) -> Vec<u8> {
        let entry = |bytes: &Vec<u8>| {
            let length = u64::try_from(bytes.len()).unwrap();
            let hashes = object([("sha256", sha256(bytes).to_string().into())]);
            Value::from(object([("hashes", hashes.into()), ("length", length.into())]))
        };
        let contents: Object = self.contents.iter().map(|(path, bytes)| (path.clone(), entry(bytes))).collect();
        let mut targets = signed("targets", self.targets.version, &self.targets.expires);
        targets.insert("targets".into(), contents.into());
        sign(targets, &self.targets.signers)
    }

    pub(super) fn snapshot(&self) -> Vec<u8> {
        self.snapshot_over(self.targets.version, &self.targets())
    }

    pub(super) fn snapshot_over(&self, version: u64, targets: &[u8]) -> Vec<u8> {
        let mut meta: Object = self
            .delegated
            .iter()
            .map(|(name, version)| (name.clone(), object([("version", (*version).into())]).into()))
            .collect();
        meta.insert("targets.json".into(), self.pin(version, targets).to_object().into());
        let mut snapshot = signed("snapshot", self.snapshot.version, &self.snapshot.expires);
        snapshot.insert("meta".into(), meta.into());
        sign(snapshot, &self.snapshot.signers)
    }

    pub(super) fn timestamp(&self) -> Vec<u8> {
        self.timestamp_over(&self.pin(self.snapshot.version, &self.snapshot()))
    }

    pub(super) fn timestamp_over(&self, pin: &Pinned) -> Vec<u8> {
        let mut timestamp = signed("timestamp", self.timestamp.version, &self.timestamp.expires);
        timestamp.insert("meta".into(), object([("snapshot.json", pin.to_object().into())]).into());
        sign(timestamp, &self.timestamp.signers)
    }

    pub(super) fn pin(&self, version: u64, bytes: &[u8]) -> Pinned {
        let hashes = self.pinned.then(|| Hashes::sha256_of(bytes));
        Pinned { version, length: self.pinned.then_some(bytes.len() as u64), hashes }
    }

    /// What a client that accepted this repository under `root` remembers.
    pub(super) fn memory(&self, root: &RootFile) -> Memory {
        Memory {
            timestamp: Some(self.timestamp()),
            snapshot: Some(self.snapshot()),
            targets: Some(self.targets()),
            accepted_under: Some(KeySets::of(&root.verified())),
            floors: FloorVersions::default(),
        }
    }
}

/// From root `v1` to the stage that awaits the timestamp, with what is remembered.
pub(super) fn awaiting(root: &RootFile, memory: Memory) -> Update<AwaitTimestamp> {
    start(root).unwrap().final_root(memory).unwrap()
}

pub(super) fn start(root: &RootFile) -> Result<Update<Roots>, UpdateError> {
    Update::start(root.file(), at(START), Policy::default())
}

/// A refresh of a client that fetches every file.
pub(super) fn refresh(update: Update<AwaitTimestamp>, repo: &Repo) -> Result<Refreshed, UpdateError> {
    let update = update.timestamp(Unverified::new(repo.timestamp()))?;
    update.snapshot(Unverified::new(repo.snapshot()))?.targets(Unverified::new(repo.targets()))
}

/// As [`refresh`], of a client that goes on with what it remembers where that is what is pinned.
pub(super) fn refresh_remembering(update: Update<AwaitTimestamp>, repo: &Repo) -> Result<Refreshed, UpdateError> {
    let update = update.timestamp(Unverified::new(repo.timestamp()))?;
    let update = match update.remembered() {
        Ok(update) => update,
        Err(update) => update.snapshot(Unverified::new(repo.snapshot()))?,
    };
    match update.remembered() {
        Ok(refreshed) => Ok(refreshed),
        Err(update) => update.targets(Unverified::new(repo.targets())),
    }
}

/// The text with which a client that remembers `old` refuses `new`.
pub(super) fn refused(old: &Repo, new: &Repo) -> String {
    refresh(awaiting(&root(1), old.memory(&root(1))), new).unwrap_err().to_string()
}

pub(super) fn role_of(request: &Request) -> (&RoleName, &str, u64) {
    (&request.role, &request.name, request.limit)
}
