//! A copy of somebody's repository, for places that cannot or should not reach it: verified as a client verifies, every
//! root from 1, and of the rest what is listed now and nothing else.
//!
//! The order is that of a publication (R10): what a file lists lies there before the file does, the timestamp last. So a
//! copy that is cut anywhere is the copy as it was before to every client, and the next run goes on where it ended.

mod bring;
mod chain;
mod check;
mod error;
mod prune;

pub use check::{MirrorCheck, check_mirror};
pub use error::MirrorError;
pub use prune::prune;

use crate::place::{Created, Place, Replaced};
use bring::Bring;
use chain::{local_roots, older_roots};
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet};
use tuffet_client::{Client, MemoryStore, StoredFile, Transport};
use tuffet_metadata::{Limits as MetadataLimits, RoleName, TargetFile, Targets};
use tuffet_verifier::{Audit, Limits, Policy, Refreshed};

/// Where the original lies.
#[derive(Clone, Copy)]
pub struct Original<'a> {
    /// Its metadata.
    pub metadata: &'a dyn Transport,
    /// Its targets, where they do not lie in `targets/` below the metadata.
    pub targets: Option<&'a dyn Transport>,
}

/// What a run did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mirrored {
    /// The first root that is there; 1 unless the original lacks it.
    pub first_root: u64,
    /// The newest.
    pub root: u64,
    /// The version of the timestamp.
    pub timestamp: u64,
    /// Of the snapshot.
    pub snapshot: u64,
    /// Of the top-level targets.
    pub targets: u64,
    /// Files written, in that order.
    pub written: Vec<String>,
    /// Files that were there already.
    pub kept: usize,
    /// Bytes that came from the original.
    pub bytes: u64,
    /// Every file of the copy as it is now.
    pub files: BTreeSet<String>,
}

/// The metadata of a repository as one client accepted it, and what it lists.
struct Accepted {
    refreshed: Refreshed,
    /// Roots from the first that is there, by version.
    roots: BTreeMap<u64, Vec<u8>>,
    /// Every other metadata file but the timestamp, by name; the snapshot among them.
    files: BTreeMap<String, Vec<u8>>,
    /// Each target file's name and what is listed of it.
    targets: BTreeMap<String, (String, TargetFile)>,
}

/// Copies what the original publishes at `at` to `to`, from a root that reached the caller in a way it trusts. `on` hears
/// the name of each file as it is written.
///
/// # Errors
/// [`MirrorError`]: clients read the copy as it was before, or as it is now.
pub fn mirror(
    from: Original<'_>,
    to: &dyn Place,
    pinned: &[u8],
    at: DateTime<Utc>,
    mut on: impl FnMut(&str),
) -> Result<Mirrored, MirrorError> {
    let bring = Bring::new(from.metadata, Some(to));
    let (accepted, bring) = match accept(&bring, to, pinned, at) {
        Ok(accepted) => (accepted, bring),
        // A file of the copy may be damaged: then the original has to stand on its own, and the damage is named below.
        Err(error) if bring.reused() > 0 => {
            let bring = Bring::new(from.metadata, None);
            (accept(&bring, to, pinned, at).map_err(|_| error)?, bring)
        }
        Err(error) => return Err(error),
    };
    let mut run = Run { to, written: Vec::new(), kept: 0, bytes: bring.fetched(), on: &mut on };
    // What the copy would contradict is found before anything is written.
    for (name, bytes) in &accepted.files {
        run.agrees(name, bytes)?;
    }
    for (name, (path, listed)) in &accepted.targets {
        run.target(from, name, path, listed)?;
    }
    let snapshot = accepted.snapshot_name();
    for (name, bytes) in accepted.files.iter().filter(|(name, _)| **name != snapshot) {
        run.create(name, bytes)?;
    }
    if let Some(bytes) = accepted.files.get(&snapshot) {
        run.create(&snapshot, bytes)?;
    }
    for (version, bytes) in &accepted.roots {
        run.create(&RoleName::Root.versioned_file_name(*version), bytes)?;
    }
    run.timestamp(accepted.refreshed.timestamp.bytes())?;
    let Run { written, kept, bytes, .. } = run;
    let refreshed = &accepted.refreshed;
    Ok(Mirrored {
        first_root: accepted.roots.keys().next().copied().unwrap_or_default(),
        root: refreshed.root.common.version,
        timestamp: refreshed.timestamp.common.version,
        snapshot: refreshed.snapshot.common.version,
        targets: refreshed.targets.common.version,
        written,
        kept,
        bytes,
        files: accepted.names(),
    })
}

/// What a client accepts that remembers what the copy has (so that nothing is rolled back), and then every delegation.
fn accept(bring: &Bring<'_>, to: &dyn Place, pinned: &[u8], at: DateTime<Utc>) -> Result<Accepted, MirrorError> {
    let policy = Policy { limits: limits(), ..Policy::default() };
    let known = local_roots(to)?;
    let mut store = MemoryStore::default();
    let read = |name: &str| Ok::<_, MirrorError>(to.read(name)?.map(|found| found.bytes));
    for (version, bytes) in &known {
        store.files.insert(StoredFile::ChainRoot(*version), bytes.clone());
    }
    if let Some((_, newest)) = known.last_key_value() {
        store.files.insert(StoredFile::Root, newest.clone());
    }
    if let Some(timestamp) = read(&RoleName::Timestamp.file_name())? {
        let names = chain::pinned_by(&timestamp, to)?;
        store.files.insert(StoredFile::Timestamp, timestamp);
        for (file, name) in names {
            if let Some(bytes) = read(&name)? {
                store.files.insert(file, bytes);
            }
        }
    }
    let mut client = Client::bootstrap(store, bring, policy.clone(), pinned).map_err(MirrorError::Refused)?;
    let refreshed = client.refresh(at).map_err(MirrorError::Refused)?;
    if !refreshed.root.consistent_snapshot {
        return Err(MirrorError::NotConsistent { root: refreshed.root.common.version });
    }
    // Every root from the original itself: the client above took those of the copy for what they are worth.
    let mut audit = Audit::start(pinned.to_vec(), at, policy);
    let (mut asked, mut roots) = (Vec::new(), BTreeMap::new());
    while let Some(request) = audit.request() {
        let fetched = bring.fetch_metadata(&request.name, request.limit);
        audit = match fetched {
            Ok(bytes) => {
                if request.role != RoleName::Timestamp {
                    asked.push((request.role.clone(), request.name, bytes.clone()));
                }
                audit.take(bytes)
            }
            Err(tuffet_client::TransportError::NotFound { .. }) => audit.absent(),
            Err(cause) => return Err(MirrorError::fetch(&request.role, cause)),
        };
    }
    let report = audit.report();
    if let Some(refused) = report.refused {
        return Err(MirrorError::Audit(refused));
    }
    let beyond = report.current.as_ref().map_or(0, |current| current.delegated_beyond_limit);
    if beyond > 0 {
        return Err(MirrorError::TooManyRoles { limit: limits().delegated_roles, beyond });
    }
    for root in older_roots(bring, pinned)? {
        roots.insert(root.common.version, root.bytes().to_vec());
    }
    let mut files = BTreeMap::new();
    for (role, name, bytes) in asked {
        if role == RoleName::Root {
            // The name is that of a version, or the audit would not have taken it.
            let version = name.split('.').next().and_then(|version| version.parse().ok()).unwrap_or_default();
            roots.insert(version, bytes);
        } else {
            files.insert(name, bytes);
        }
    }
    chain::same_roots(&known, &roots)?;
    let targets = listed(&files)?;
    Ok(Accepted { refreshed, roots, files, targets })
}

/// The target files that accepted targets roles list, by the name they are served under.
fn listed(files: &BTreeMap<String, Vec<u8>>) -> Result<BTreeMap<String, (String, TargetFile)>, MirrorError> {
    let mut out = BTreeMap::new();
    for (name, bytes) in files {
        // A snapshot does not read as a targets role, and lists none.
        let role = chain::role_of(name);
        if role == RoleName::Snapshot {
            continue;
        }
        let seen = tuffet_builder::Seen::<Targets>::read(name, &role, bytes.clone());
        let seen = seen.map_err(|cause| MirrorError::Unread { file: name.clone(), cause })?;
        for (path, target) in seen.signed.targets().iter() {
            tuffet_client::target_names(&path)
                .map_err(|problem| MirrorError::TargetPath { path: path.to_string(), problem })?;
            for served in target.hashed_names(&path) {
                out.insert(format!("targets/{served}"), (path.to_string(), target.clone()));
            }
        }
    }
    Ok(out)
}

impl Accepted {
    fn snapshot_name(&self) -> String {
        RoleName::Snapshot.versioned_file_name(self.refreshed.snapshot.common.version)
    }

    fn names(&self) -> BTreeSet<String> {
        let roots = self.roots.keys().map(|version| RoleName::Root.versioned_file_name(*version));
        let others = self.files.keys().chain(self.targets.keys()).cloned();
        roots.chain(others).chain([RoleName::Timestamp.file_name()]).collect()
    }
}

/// One run's writing.
struct Run<'a> {
    to: &'a dyn Place,
    written: Vec<String>,
    kept: usize,
    bytes: u64,
    on: &'a mut dyn FnMut(&str),
}

impl Run<'_> {
    /// A file that is there has these bytes.
    fn agrees(&self, name: &str, bytes: &[u8]) -> Result<(), MirrorError> {
        match self.to.read(name)? {
            Some(found) if found.bytes != bytes => Err(MirrorError::changed(name, bytes, &found.bytes)),
            _ => Ok(()),
        }
    }

    fn create(&mut self, name: &str, bytes: &[u8]) -> Result<(), MirrorError> {
        match self.to.create(name, bytes)? {
            Created::New => self.wrote(name),
            Created::Exists => {
                self.agrees(name, bytes)?;
                self.kept = self.kept.saturating_add(1);
            }
        }
        Ok(())
    }

    fn target(&mut self, from: Original<'_>, name: &str, path: &str, listed: &TargetFile) -> Result<(), MirrorError> {
        let is = |bytes: &[u8]| {
            let length = u64::try_from(bytes.len()).ok();
            listed.length.is_none_or(|listed| Some(listed) == length) && listed.hashes.match_bytes(bytes)
        };
        if let Some(found) = self.to.read(name)? {
            if !is(&found.bytes) {
                return Err(MirrorError::ChangedTarget { file: name.to_owned(), path: path.to_owned() });
            }
            self.kept = self.kept.saturating_add(1);
            return Ok(());
        }
        let limit = listed.length.unwrap_or_else(|| limits().target_bytes);
        let fetched = match from.targets {
            Some(targets) => targets.fetch(name.strip_prefix("targets/").unwrap_or(name), limit),
            None => from.metadata.fetch(name, limit),
        };
        let bytes = fetched.map_err(|cause| MirrorError::Target { path: path.to_owned(), cause })?;
        self.bytes = self.bytes.saturating_add(u64::try_from(bytes.len()).unwrap_or(u64::MAX));
        if !is(&bytes) {
            return Err(MirrorError::WrongTarget { file: name.to_owned(), path: path.to_owned() });
        }
        self.create(name, &bytes)
    }

    /// Published from here on. Another run may have been faster: the newer of the two is kept by whoever comes second.
    fn timestamp(&mut self, bytes: &[u8]) -> Result<(), MirrorError> {
        let name = RoleName::Timestamp.file_name();
        let seen = self.to.read(&name)?;
        if seen.as_ref().is_some_and(|found| found.bytes == bytes) {
            self.kept = self.kept.saturating_add(1);
            return Ok(());
        }
        match self.to.replace(&name, bytes, seen.as_ref().map(|found| &found.tag))? {
            Replaced::Done => self.wrote(&name),
            Replaced::Changed => return Err(MirrorError::Moved),
        }
        Ok(())
    }

    fn wrote(&mut self, name: &str) {
        (self.on)(name);
        self.written.push(name.to_owned());
    }
}

/// A mirror follows every delegation there is: bins are many.
fn limits() -> Limits {
    MetadataLimits { delegated_roles: ROLES, ..MetadataLimits::default() }
}

const ROLES: usize = 65_536;
