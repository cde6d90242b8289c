//! A repository you mutate and publish (style.md rule 40): real metadata, seeded keys, no network, no clock. A test
//! sets what the next version should be and calls `publish_…`; what was published earlier stays as it was.

mod branch;

pub(crate) use branch::{Branch, branch};

use chrono::{DateTime, Utc};
use ed25519_dalek::{Signer, SigningKey};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard};
use tuffet_client::{Cache, Client, Policy, Transport, TransportError};
use tuffet_keys::{KeyId, PublicKey, Scheme};
use tuffet_metadata::RoleName::{Root, Snapshot, Targets, Timestamp};
use tuffet_metadata::json::{Object, Value, canonical, object};
use tuffet_metadata::{Hashes, Key, Pinned, RoleName, parse_time, write_file};

pub(crate) const EXPIRES: &str = "2027-01-01T00:00:00Z";

/// The start time of every refresh that says no other.
pub(crate) fn now() -> DateTime<Utc> {
    at("2026-06-01T00:00:00Z")
}

pub(crate) fn at(text: &str) -> DateTime<Utc> {
    parse_time(text).unwrap()
}

/// The publisher's side. Roles' keys are seeds: key 7 is the same key in every test.
pub(crate) struct Simulator {
    pub(crate) served: Served,
    pub(crate) keys: BTreeMap<RoleName, (Vec<u8>, u64)>,
    pub(crate) versions: BTreeMap<RoleName, u64>,
    pub(crate) expires: BTreeMap<RoleName, String>,
    pub(crate) consistent: bool,
    /// Whether timestamp and snapshot pin length and hashes, as they should.
    pub(crate) full_pins: bool,
    pub(crate) targets: BTreeMap<String, Vec<u8>>,
    /// Entries of the snapshot beside `targets.json`.
    pub(crate) delegated: BTreeMap<String, u64>,
    /// Delegated roles, in the order their delegators list them.
    pub(crate) branches: Vec<Branch>,
    last_root_signers: Vec<u8>,
}

impl Simulator {
    /// Version 1 of everything, published: keys 1 and 2 of 2 for root, 3 targets, 4 snapshot, 5 timestamp.
    pub(crate) fn new() -> Self {
        let mut this = Self {
            served: Served::default(),
            keys: [(Root, vec![1, 2], 2), (Targets, vec![3], 1), (Snapshot, vec![4], 1), (Timestamp, vec![5], 1)]
                .into_iter()
                .map(|(role, seeds, threshold)| (role, (seeds, threshold)))
                .collect(),
            versions: BTreeMap::new(),
            expires: RoleName::TOP_LEVEL.into_iter().map(|role| (role, EXPIRES.to_owned())).collect(),
            consistent: true,
            full_pins: true,
            targets: [("trusted_root.json".to_owned(), b"keys of the logs".to_vec())].into(),
            delegated: BTreeMap::new(),
            branches: Vec::new(),
            last_root_signers: Vec::new(),
        };
        this.publish_root();
        this.publish();
        this
    }

    /// Root N+1 with the present keys, signed by the last root's and its own.
    pub(crate) fn publish_root(&mut self) -> Vec<u8> {
        *self.versions.entry(Root).or_insert(0) += 1;
        self.write_root()
    }

    /// As [`publish_root`](Self::publish_root), the version as it is.
    pub(crate) fn write_root(&mut self) -> Vec<u8> {
        let own = self.keys[&Root].0.clone();
        let mut signers = self.last_root_signers.clone();
        signers.extend(own.iter().filter(|seed| !self.last_root_signers.contains(seed)));
        let file = self.root_signed_by(&signers);
        self.last_root_signers = own;
        self.served.put(&Root.versioned_file_name(self.versions[&Root]), &file);
        file
    }

    /// Root at its version, signed by these keys and no others, for whoever has them.
    pub(crate) fn root_signed_by(&self, seeds: &[u8]) -> Vec<u8> {
        sign(&self.root().into(), seeds)
    }

    pub(crate) fn publish(&mut self) {
        self.publish_targets();
        self.publish_snapshot();
        self.publish_timestamp();
    }

    pub(crate) fn publish_targets(&mut self) {
        *self.versions.entry(Targets).or_insert(0) += 1;
        self.serve_targets(&self.targets);
        self.write(&Targets);
        self.write_branches();
    }

    fn serve_targets(&self, targets: &BTreeMap<String, Vec<u8>>) {
        for (path, bytes) in targets {
            let hash = Hashes::sha256_of(bytes).prefixes().next().unwrap();
            let name = match path.rsplit_once('/') {
                _ if !self.consistent => path.clone(),
                Some((folder, name)) => format!("{folder}/{hash}.{name}"),
                None => format!("{hash}.{path}"),
            };
            self.served.put(&format!("targets/{name}"), bytes);
        }
    }

    pub(crate) fn publish_snapshot(&mut self) {
        *self.versions.entry(Snapshot).or_insert(0) += 1;
        self.write(&Snapshot);
    }

    pub(crate) fn publish_timestamp(&mut self) {
        *self.versions.entry(Timestamp).or_insert(0) += 1;
        self.write(&Timestamp);
    }

    /// Writes a role at the version it has, over whatever is served under that name.
    pub(crate) fn write(&self, role: &RoleName) -> Vec<u8> {
        let file = self.file(role);
        self.served.put(&self.name(role), &file);
        file
    }

    /// The name under which a role is served now.
    pub(crate) fn name(&self, role: &RoleName) -> String {
        match role {
            Timestamp => role.file_name(),
            _ if self.consistent => role.versioned_file_name(self.versions[role]),
            _ => role.file_name(),
        }
    }

    /// The role as it would be written now.
    pub(crate) fn file(&self, role: &RoleName) -> Vec<u8> {
        let members = match role {
            Targets => self.targets_role(),
            Snapshot => {
                let mut meta: Object =
                    self.delegated.iter().map(|(name, v)| (name.clone(), version_only(*v))).collect();
                meta.insert("targets.json".into(), self.pin(&Targets));
                meta.extend(self.branch_pins());
                self.signed(role, [("meta", meta.into())])
            }
            _ => self.signed(role, [("meta", object([("snapshot.json", self.pin(&Snapshot))]).into())]),
        };
        sign(&members.into(), &self.keys[role].0)
    }

    pub(crate) fn root(&self) -> Object {
        let seeds = self.keys.values().flat_map(|(seeds, _)| seeds);
        let keys = seeds.map(|seed| key(*seed)).map(|k| (k.keyid().as_str().to_owned(), k.object().into()));
        let roles = self.keys.iter().map(|(role, (seeds, threshold))| {
            let keyids: Vec<Value> = seeds.iter().map(|seed| key(*seed).keyid().as_str().into()).collect();
            let entry = object([("keyids", Value::Array(keyids)), ("threshold", (*threshold).into())]);
            (role.as_str().to_owned(), entry.into())
        });
        self.signed(
            &Root,
            [
                ("keys", keys.collect::<Object>().into()),
                ("roles", roles.collect::<Object>().into()),
                ("consistent_snapshot", self.consistent.into()),
            ],
        )
    }

    fn targets_role(&self) -> Object {
        let mut signed = self.signed(&Targets, [("targets", listed(&self.targets).into())]);
        signed.extend(self.delegations_of("targets"));
        signed
    }

    fn pin(&self, role: &RoleName) -> Value {
        let version = self.versions[role];
        if !self.full_pins {
            return version_only(version);
        }
        Pinned::of(version, &self.served.take(&self.name(role)).unwrap_or_default()).to_object().into()
    }

    fn signed<const N: usize>(&self, role: &RoleName, own: [(&str, Value); N]) -> Object {
        let mut members = object(own);
        members.extend(object([
            ("_type", role.as_str().into()),
            ("spec_version", "1.0.34".into()),
            ("version", self.versions[role].into()),
            ("expires", self.expires[role].as_str().into()),
        ]));
        members
    }

    /// The root an application was built with.
    pub(crate) fn pin_v1(&self) -> Vec<u8> {
        self.served.take("1.root.json").unwrap()
    }

    /// An application that starts: root 1 embedded, its cache in `directory`.
    pub(crate) fn client(&self, directory: &Path) -> Client<Served, Cache> {
        self.client_with(directory, Policy::default())
    }

    pub(crate) fn client_with(&self, directory: &Path, policy: Policy) -> Client<Served, Cache> {
        Client::bootstrap(Cache::new(directory), self.served.clone(), policy, &self.pin_v1()).unwrap()
    }
}

/// The server's side: files, faults, and the log of what was asked for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Served(Arc<Mutex<Shelf>>);

#[derive(Debug, Default)]
struct Shelf {
    files: BTreeMap<String, Vec<u8>>,
    faults: BTreeMap<String, TransportError>,
    log: Vec<String>,
}

impl Served {
    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.0.lock().unwrap()
    }

    pub(crate) fn put(&self, path: &str, bytes: &[u8]) {
        self.shelf().files.insert(path.to_owned(), bytes.to_vec());
    }

    pub(crate) fn take(&self, path: &str) -> Option<Vec<u8>> {
        self.shelf().files.get(path).cloned()
    }

    pub(crate) fn remove(&self, path: &str) {
        self.shelf().files.remove(path);
    }

    pub(crate) fn files(&self) -> BTreeMap<String, Vec<u8>> {
        self.shelf().files.clone()
    }

    /// Answers `path` with an error until [`heal`](Self::heal).
    pub(crate) fn break_file(&self, path: &str, error: TransportError) {
        self.shelf().faults.insert(path.to_owned(), error);
    }

    pub(crate) fn heal(&self) {
        self.shelf().faults.clear();
    }

    /// What was asked for since the last call.
    pub(crate) fn log(&self) -> Vec<String> {
        std::mem::take(&mut self.shelf().log)
    }
}

impl Transport for Served {
    fn fetch(&self, path: &str, limit: u64) -> Result<Vec<u8>, TransportError> {
        let mut shelf = self.shelf();
        shelf.log.push(path.to_owned());
        let url = path.to_owned();
        match (shelf.faults.get(path), shelf.files.get(path)) {
            (Some(fault), _) => Err(fault.clone()),
            (None, None) => Err(TransportError::NotFound { url }),
            (None, Some(bytes)) if bytes.len() as u64 > limit => Err(TransportError::TooLarge { url, limit }),
            (None, Some(bytes)) => Ok(bytes.clone()),
        }
    }
}

/// Every file below `directory`, whatever its name: what a refused refresh must not have changed.
pub(crate) fn disk(directory: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            found.extend(disk(&path).into_iter().map(|(inner, bytes)| (format!("{name}/{inner}"), bytes)));
        } else {
            found.insert(name, std::fs::read(&path).unwrap());
        }
    }
    found
}

/// The file: `signed` and one signature a seed.
pub(crate) fn sign(signed: &Value, seeds: &[u8]) -> Vec<u8> {
    let payload = canonical(signed);
    let entry = |seed: &u8| (key(*seed).keyid().clone(), signing_key(*seed).sign(&payload).to_bytes().to_vec());
    write_file(signed, &seeds.iter().map(entry).collect::<Vec<(KeyId, Vec<u8>)>>())
}

/// The `targets` of a role.
fn listed(targets: &BTreeMap<String, Vec<u8>>) -> Object {
    let files = targets.iter().map(|(path, bytes)| {
        let length = u64::try_from(bytes.len()).unwrap();
        let hashes = Hashes::sha256_of(bytes).to_object();
        (path.clone(), object([("length", length.into()), ("hashes", hashes.into())]).into())
    });
    files.collect()
}

fn version_only(version: u64) -> Value {
    object([("version", version.into())]).into()
}

pub(crate) fn signing_key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

pub(crate) fn key(seed: u8) -> Key {
    let raw = signing_key(seed).verifying_key().to_bytes();
    Key::compose(&PublicKey::from_raw(Scheme::Ed25519, &raw).unwrap(), None, None)
}
