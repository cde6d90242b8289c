//! Trust in one file, for places without a network: pinned root, root chain, metadata, targets, and floors.
//!
//! ```text
//!  manifest.json                    first: schema, digests by path, floors
//!  <SHA-256 of a file's bytes>      each once, in ascending order; the manifest says which paths it is
//! ```
//!
//! Members are named by digest, so that no path from metadata is ever the name of a member.

mod error;
mod make;
mod manifest;

pub use error::PackError;
pub use make::PackSource;

use crate::{Client, ClientError, MemoryStore, MemoryTransport};
use chrono::{DateTime, Utc};
use manifest::Manifest;
use std::collections::BTreeMap;
use tuffet_archive::tar;
use tuffet_keys::{Sha256, sha256};
use tuffet_verifier::{Policy, Refreshed};

/// The lowest versions to take; 0 takes any.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Floors {
    /// Of root.
    pub root: u64,
    /// Of timestamp.
    pub timestamp: u64,
    /// Of snapshot.
    pub snapshot: u64,
    /// Of the top-level targets.
    pub targets: u64,
}

impl Floors {
    /// The versions of a refresh: what its caller remembers for the next pack.
    #[must_use]
    pub fn of(trusted: &Refreshed) -> Self {
        Self {
            root: trusted.root.common.version,
            timestamp: trusted.timestamp.common.version,
            snapshot: trusted.snapshot.common.version,
            targets: trusted.targets.common.version,
        }
    }

    fn check(&self, found: &Self, whose: &'static str) -> Result<(), PackError> {
        for (role, floor, found) in [
            ("root", self.root, found.root),
            ("timestamp", self.timestamp, found.timestamp),
            ("snapshot", self.snapshot, found.snapshot),
            ("targets", self.targets, found.targets),
        ] {
            if found < floor {
                return Err(PackError::Floor { role, floor, found, whose });
            }
        }
        Ok(())
    }
}

/// Where trust in a pack comes from: never from the pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PackTrust<'a> {
    /// The caller's own `root.json`.
    Root(&'a [u8]),
    /// The pack's SHA-256, which reached the caller another way: then its own pinned root will do.
    Digest(Sha256),
}

/// How much a pack may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PackLimits {
    /// Bytes of the whole pack.
    pub bytes: u64,
    /// Files.
    pub files: usize,
}

impl Default for PackLimits {
    fn default() -> Self {
        Self { bytes: 256 << 20, files: 4_096 }
    }
}

/// A pack whose form and digests hold. Nothing in it is trusted before [`open`](Self::open).
///
/// ```
/// use tuffet_client::{Floors, PackLimits, PackSource, PackTrust, Policy, TrustPack};
/// # let repository = concat!(env!("CARGO_MANIFEST_DIR"), "/../../repository");
/// # let transport = tuffet_client::DirectoryTransport::open(repository)?;
/// # let pin = std::fs::read(format!("{repository}/1.root.json"))?;
/// # let now = tuffet_metadata::parse_time("2026-12-24T00:00:00Z").unwrap();
/// // With a network:
/// let source = PackSource { metadata: &transport, targets: None };
/// let file = TrustPack::make(source, &pin, &["trusted_root.json"], now, &Policy::default())?.to_bytes();
///
/// // Without one, elsewhere, from a root that came another way:
/// let pack = TrustPack::read(&file, PackLimits::default())?;
/// let mut opened = pack.open(PackTrust::Root(&pin), Floors::default(), now, &Policy::default())?;
/// assert_eq!(opened.trusted.root.common.version, 2);
/// let keys = opened.target_bytes("trusted_root.json")?;
/// # assert!(keys.starts_with(b"{"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustPack {
    manifest: Manifest,
    files: BTreeMap<String, Vec<u8>>,
}

/// A pack's content after the client workflow.
#[derive(Debug)]
pub struct OpenedPack {
    /// What is trusted.
    pub trusted: Refreshed,
    client: Client<MemoryTransport, MemoryStore>,
}

impl OpenedPack {
    /// The bytes of the target at `path`, checked.
    ///
    /// # Errors
    /// [`ClientError`]
    pub fn target_bytes(&mut self, path: &str) -> Result<Vec<u8>, ClientError> {
        self.client.target_bytes(&self.trusted, path)
    }

    /// As [`Client::download`].
    ///
    /// # Errors
    /// [`ClientError`]
    pub fn download(
        &mut self,
        path: &str,
        directory: &std::path::Path,
    ) -> Result<crate::DownloadedTarget, ClientError> {
        self.client.download(&self.trusted, path, directory)
    }

    /// What the refresh has to say beside its result.
    #[must_use]
    pub fn events(&self) -> &[crate::Event] {
        self.client.events()
    }
}

impl TrustPack {
    /// The pack's file. The same content gives the same bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let manifest = self.manifest.to_bytes();
        let members = self.members();
        let members = members.iter().map(|(name, bytes)| (&**name, *bytes));
        // No digest is a name too long for a header.
        tar::write(std::iter::once((MANIFEST, &*manifest)).chain(members)).unwrap_or_default()
    }

    /// The content once each, by digest.
    fn members(&self) -> BTreeMap<String, &[u8]> {
        let digest = |path: &String| self.manifest.files.get(path).map(|(_, sha256)| sha256.to_string());
        self.files.iter().filter_map(|(path, bytes)| Some((digest(path)?, &**bytes))).collect()
    }

    /// Reads a pack, strictly: exactly the members its manifest names, in their order, each with its digest and length,
    /// and nothing after.
    ///
    /// # Errors
    /// [`PackError`]
    pub fn read(pack: &[u8], limits: PackLimits) -> Result<Self, PackError> {
        let found = u64::try_from(pack.len()).unwrap_or(u64::MAX);
        if found > limits.bytes {
            return Err(PackError::TooLarge { limit: limits.bytes, found });
        }
        let mut members = tar::read(pack)?.into_iter();
        let manifest = match members.next() {
            Some((name, bytes)) if name == MANIFEST => Manifest::read(bytes)?,
            other => {
                let found = other.map_or_else(|| "nothing".to_owned(), |(name, _)| format!("`{name}`"));
                return Err(PackError::Member { expected: format!("`{MANIFEST}`"), found });
            }
        };
        if manifest.files.len() > limits.files {
            return Err(PackError::TooMany { limit: limits.files, found: manifest.files.len() });
        }
        let wanted: BTreeMap<String, u64> =
            manifest.files.values().map(|(length, sha256)| (sha256.to_string(), *length)).collect();
        let mut content = BTreeMap::new();
        let mut wanted = wanted.into_keys();
        loop {
            match (wanted.next(), members.next()) {
                (None, None) => break,
                (Some(expected), Some((name, bytes))) if name == expected => {
                    let found = sha256(bytes).to_string();
                    if found != expected {
                        return Err(PackError::Digest { expected, found });
                    }
                    content.insert(name, bytes);
                }
                (expected, found) => {
                    let name = |name: Option<String>| name.map_or_else(|| "the end".to_owned(), |n| format!("`{n}`"));
                    let (expected, found) = (name(expected), name(found.map(|(name, _)| name)));
                    return Err(PackError::Member { expected, found });
                }
            }
        }
        let mut files = BTreeMap::new();
        for (path, (length, digest)) in &manifest.files {
            let bytes = content.get(&digest.to_string()).copied().unwrap_or_default();
            if u64::try_from(bytes.len()) != Ok(*length) {
                let found = bytes.len();
                return Err(PackError::Length { path: path.clone(), expected: *length, found });
            }
            files.insert(path.clone(), bytes.to_vec());
        }
        if !files.contains_key(PINNED) {
            return Err(PackError::Manifest { problem: format!("digests: expected `{PINNED}`, found none") });
        }
        Ok(Self { manifest, files })
    }

    /// The SHA-256 of the pack's file, to announce beside it.
    #[must_use]
    pub fn sha256(&self) -> Sha256 {
        sha256(&self.to_bytes())
    }

    /// The lowest versions the pack's maker takes.
    #[must_use]
    pub fn floors(&self) -> Floors {
        self.manifest.floors
    }

    /// The paths of the repository's files in the pack, `root.json` being the pinned root.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// The repository's files in the pack by path, as a client asks for them.
    pub fn files(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.files.iter().filter(|(path, _)| *path != PINNED).map(|(path, bytes)| (&**path, &**bytes))
    }

    /// The repository in the pack, for a client of one's own.
    #[must_use]
    pub fn transport(&self) -> MemoryTransport {
        self.files().map(|(path, bytes)| (path, bytes.to_vec())).collect()
    }

    /// The client workflow over the pack at `now`, from what the caller trusts, and nothing below the pack's floors or
    /// those the caller `remembered`.
    ///
    /// # Errors
    /// [`PackError`]
    pub fn open(
        &self,
        trust: PackTrust<'_>,
        remembered: Floors,
        now: DateTime<Utc>,
        policy: &Policy,
    ) -> Result<OpenedPack, PackError> {
        let pin = match trust {
            PackTrust::Root(pin) => pin,
            PackTrust::Digest(expected) if expected == self.sha256() => {
                self.files.get(PINNED).map(Vec::as_slice).unwrap_or_default()
            }
            PackTrust::Digest(expected) => {
                return Err(PackError::PackDigest { expected, found: self.sha256() });
            }
        };
        let mut client = Client::bootstrap(MemoryStore::default(), self.transport(), policy.clone(), pin)?;
        let trusted = client.refresh(now)?;
        let found = Floors::of(&trusted);
        self.manifest.floors.check(&found, "the pack's maker")?;
        remembered.check(&found, "this caller")?;
        Ok(OpenedPack { trusted, client })
    }
}

const MANIFEST: &str = "manifest.json";
const PINNED: &str = "root.json";
