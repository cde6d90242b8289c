//! A repository whose targets delegate to bins, which one key signs.

use crate::people::Key;
use crate::site::{Site, at, establish, key, online, signed, time};
use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::path::Path;
use tempfile::TempDir;
use tuffet_builder::{Given, Pins, TargetChanges, assemble};
use tuffet_client::{Client, DirectoryTransport, MemoryStore, Policy};
use tuffet_keys::{Sign, sha256};
use tuffet_metadata::json::{Value, object, parse};
use tuffet_metadata::{Hashes, Limits, Proposed, RoleName, TargetFile, Targets};
use tuffet_repository::scan::ScannedFile;
use tuffet_repository::{BinKeys, BinReceipt, BinSettings, BinsRepository, Durability, Repository, RepositoryError};

/// The bins' own key; Ed25519, so that a file is the same in every run.
pub(crate) fn bins_key() -> Key {
    Key::ed25519(77)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    Succinct,
    Prefixes,
}

pub(crate) struct World {
    pub(crate) dir: TempDir,
    pub(crate) by: By,
}

pub(crate) fn settings() -> BinSettings {
    BinSettings {
        bins: time("2027-03-01"),
        snapshot: time("2026-12-22"),
        timestamp: time("2026-12-08"),
        pins: Pins::Full,
        threads: NonZeroUsize::MIN,
        durability: Durability::Unsynced,
    }
}

pub(crate) fn file(content: &[u8]) -> TargetFile {
    TargetFile { length: Some(content.len() as u64), hashes: Hashes::sha256_of(content), custom: None }
}

pub(crate) fn set(path: &str, content: &[u8]) -> TargetChanges {
    TargetChanges::from([(path.into(), Some(file(content)))])
}

fn scanned(path: &str, content: &[u8]) -> ScannedFile {
    ScannedFile { path: path.into(), length: content.len() as u64, sha256: sha256(content) }
}

/// What the metadata lists, as a client finds it path by path.
pub(crate) type Found = BTreeMap<String, Option<TargetFile>>;

impl World {
    /// Published, with no bins yet.
    pub(crate) fn before(by: By) -> Self {
        let dir = tempfile::tempdir().unwrap();
        Site::at(dir.path()).publish(signed(None, &[establish()], &["@alice", "@bob"])).unwrap();
        Self { dir, by }
    }

    /// With bins that hold `a` and `b`.
    pub(crate) fn new(by: By) -> Self {
        let world = Self::before(by);
        world.make(&[("a", b"1"), ("b", b"2")]).unwrap();
        world
    }

    pub(crate) fn make(&self, files: &[(&str, &[u8])]) -> Result<BinReceipt, RepositoryError> {
        let files: Vec<ScannedFile> = files.iter().map(|(path, content)| scanned(path, content)).collect();
        let targets = self.delegating(2);
        self.with_keys(|keys| self.open().make(Some(targets), &files, keys, &settings(), at()))
    }

    /// Targets that hand everything to eight bins or four, signed by Alice and Bob.
    pub(crate) fn delegating(&self, version: u64) -> Vec<u8> {
        let key = tuffet_metadata::Key::compose(bins_key().public_key(), None, None);
        let keyid = key.keyid().as_str();
        let roles = if self.by == By::Succinct {
            let text = r#"{"bit_length":3,"keyids":["KEYID"],"name_prefix":"bin","threshold":1}"#;
            ("succinct_roles", text.replace("KEYID", keyid))
        } else {
            let role = |at: usize| {
                let digits: Vec<String> = (0..4).map(|digit| format!("\"{:x}\"", at * 4 + digit)).collect();
                format!(
                    r#"{{"keyids":["{keyid}"],"name":"part-{at}","path_hash_prefixes":[{}],"terminating":true,"threshold":1}}"#,
                    digits.join(",")
                )
            };
            ("roles", format!("[{}]", (0..4).map(role).collect::<Vec<_>>().join(",")))
        };
        let keys = object([(keyid, Value::from(key.object().clone()))]);
        let roles = (roles.0, parse(roles.1.as_bytes(), 32).unwrap());
        let signed = object([
            ("_type", "targets".into()),
            ("delegations", object([("keys", keys.into()), roles]).into()),
            ("expires", "2027-06-01T00:00:00Z".into()),
            ("spec_version", "1.0.34".into()),
            ("targets", object([]).into()),
            ("version", version.into()),
        ]);
        let proposed = Proposed::<Targets>::new(signed.into(), &Limits::default()).unwrap();
        let published = Site::at(self.dir.path()).repository.published().unwrap().unwrap();
        let by = [published.root().authority(&RoleName::Targets)];
        let given = ["@alice", "@bob"].map(|name| Given {
            by: key_of(name),
            signature: crate::site::key(name).sign(proposed.payload()).unwrap(),
        });
        assemble(&proposed, &by, &given)
    }

    pub(crate) fn open(&self) -> BinsRepository {
        BinsRepository::open(Repository::open(self.dir.path())).unwrap()
    }

    pub(crate) fn with_keys<T>(&self, work: impl FnOnce(&BinKeys<'_>) -> T) -> T {
        work(&BinKeys { bins: &bins_key(), online: &online() })
    }

    pub(crate) fn update(&self, changes: TargetChanges) -> Result<Option<BinReceipt>, RepositoryError> {
        self.update_as(changes, &settings())
    }

    pub(crate) fn update_as(
        &self,
        changes: TargetChanges,
        settings: &BinSettings,
    ) -> Result<Option<BinReceipt>, RepositoryError> {
        self.with_keys(|keys| self.open().update(changes, keys, settings, at()))
    }

    pub(crate) fn tree(&self) -> BTreeMap<String, Vec<u8>> {
        crate::tree::tree(self.dir.path())
    }
}

fn key_of(name: &str) -> tuffet_keys::Fingerprint {
    key(name).public_key().fingerprint()
}

/// What a client that starts from root 1 finds in the repository in `dir`.
pub(crate) fn find(dir: &Path, paths: &[&str]) -> Found {
    let pin = std::fs::read(dir.join("1.root.json")).unwrap();
    let transport = DirectoryTransport::open(dir).unwrap();
    let mut client = Client::bootstrap(MemoryStore::default(), transport, Policy::default(), &pin).unwrap();
    let trusted = client.refresh(at()).unwrap();
    let find = |path: &&str| {
        let found = match client.find(&trusted, path) {
            Ok(target) => Some(target.file),
            Err(tuffet_client::ClientError::UnknownTarget(_)) => None,
            Err(error) => panic!("{path}: {error}"),
        };
        ((*path).to_owned(), found)
    };
    paths.iter().map(find).collect()
}
