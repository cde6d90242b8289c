//! A repository as it was found: every file read, none trusted.
//!
//! A client stops at the first file it refuses. A linter goes on: it takes the bytes for what they claim to be, counts
//! signatures, and says all it sees. So nothing here is [`Verified`](tuffet_metadata::Verified), and nothing may be
//! used for more than a report.

use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use tuffet_keys::{Sha256, Sha512, sha256, sha512};
use tuffet_metadata::json::{self, Value};
use tuffet_metadata::{
    KeyidExceptions, Limits, MetadataError, Profile, Proposed, Role, RoleName, Root, Signature, Snapshot, TargetFile,
    Targets, Timestamp, partly_signed,
};

/// A metadata file as found.
#[derive(Debug, Clone)]
pub struct Seen<T> {
    /// Its name at the repository's metadata URL.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// What it says. Nobody has checked who says so.
    pub signed: Proposed<T>,
    /// Its signatures.
    pub signatures: Vec<Signature>,
}

/// A delegation and the file it leads to.
#[derive(Debug, Clone)]
pub struct SeenDelegated {
    /// The role that delegates.
    pub by: RoleName,
    /// The role delegated to.
    pub role: String,
    /// Its file.
    pub file: Seen<Targets>,
}

/// A target file as it is served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Served {
    /// Bytes.
    pub length: u64,
    /// SHA-256.
    pub sha256: Sha256,
    /// SHA-512.
    pub sha512: Sha512,
    /// Text with line ends of two characters.
    pub has_crlf: bool,
}

/// A repository as it was found, at one time.
#[derive(Debug, Clone, Default)]
pub struct Observed {
    /// What it is called in messages: a directory or a URL.
    pub label: String,
    /// When, if known.
    pub at: Option<DateTime<Utc>>,
    /// Every root that is served and reads, oldest first.
    pub roots: Vec<Seen<Root>>,
    /// `timestamp.json`.
    pub timestamp: Option<Seen<Timestamp>>,
    /// The snapshot that the timestamp names.
    pub snapshot: Option<Seen<Snapshot>>,
    /// The targets role that the snapshot names.
    pub targets: Option<Seen<Targets>>,
    /// The delegated roles, in the order of a search; one with two delegators stands here twice.
    pub delegated: Vec<SeenDelegated>,
    /// Files that do not read, with the reason.
    pub unread: Vec<(String, MetadataError)>,
    /// Files that are asked for and not there, with the file that asks.
    pub absent: Vec<(String, String)>,
    /// Delegated roles the snapshot does not list, with the file that delegates.
    pub unlisted: Vec<(String, String)>,
    /// Target files by their name below the targets' URL; `None` where nobody looked.
    pub served: Option<BTreeMap<String, Served>>,
    /// Contents of the targets that say whom to trust, by target path.
    pub contents: BTreeMap<String, Vec<u8>>,
    /// Why the reader of such contents refuses them, by target path.
    pub refused_contents: BTreeMap<String, String>,
    /// What a client that starts at the pinned root refuses: its words.
    pub refused: Option<String>,
    /// The pinned root's bytes, if they came from elsewhere.
    pub pinned: Option<Vec<u8>>,
}

impl Served {
    /// The facts of a file.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        let text = !bytes.contains(&0) && std::str::from_utf8(bytes).is_ok();
        Self {
            length: u64::try_from(bytes.len()).unwrap_or(u64::MAX),
            sha256: sha256(bytes),
            sha512: sha512(bytes),
            has_crlf: text && bytes.windows(2).any(|pair| pair == b"\r\n"),
        }
    }

    pub(crate) fn is(&self, target: &TargetFile) -> bool {
        let hashes = &target.hashes;
        target.length.is_none_or(|length| length == self.length)
            && hashes.sha256.is_none_or(|hash| hash == self.sha256)
            && hashes.sha512.is_none_or(|hash| hash == self.sha512)
    }
}

impl<T: Role> Seen<T> {
    /// Reads a file of role `role` as what it claims to be. Keys count under whatever keyid they stand.
    ///
    /// # Errors
    /// [`MetadataError`]
    pub fn read(name: &str, role: &RoleName, bytes: Vec<u8>) -> Result<Self, MetadataError> {
        let limits = Limits { targets_bytes: u64::MAX, ..Limits::default() };
        let (_, signatures) = partly_signed(role, &bytes, &limits)?;
        let file = json::parse(&bytes, limits.depth);
        let value = file.ok().and_then(|file| file.as_object().and_then(|file| file.get("signed").cloned()));
        let profile = Profile::Deployed { keyid_exceptions: KeyidExceptions::Opaque };
        let signed = Proposed::under(value.unwrap_or(Value::Null), &profile, &limits)
            .map_err(|error| MetadataError { role: role.clone(), ..error })?;
        Ok(Self { name: name.to_owned(), bytes, signed, signatures })
    }

    /// Its version.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.signed.common().version
    }
}

impl Observed {
    /// Walks a repository: `file` brings a metadata file by name, or says that there is none. `pinned` is a root that
    /// reached the caller in another way, if one did; roots are asked for from 1 on all the same.
    ///
    /// # Errors
    /// Whatever `file` fails with.
    pub fn walk<E>(
        label: &str,
        at: Option<DateTime<Utc>>,
        pinned: Option<Vec<u8>>,
        mut file: impl FnMut(&str) -> Result<Option<Vec<u8>>, E>,
    ) -> Result<Self, E> {
        let mut seen = Self { label: label.to_owned(), at, pinned, ..Self::default() };
        seen.walk_roots(&mut file)?;
        let consistent = seen.roots.last().is_some_and(|root| root.signed.consistent_snapshot);
        let named = |role: &RoleName, version: u64| role.request_name(consistent.then_some(version));
        let from = "timestamp.json";
        seen.timestamp = seen.take(from, &RoleName::Timestamp, "every client", &mut file)?;
        let Some(version) = seen.timestamp.as_ref().map(|ts| ts.signed.snapshot.version) else { return Ok(seen) };
        let name = named(&RoleName::Snapshot, version);
        seen.snapshot = seen.take(&name, &RoleName::Snapshot, from, &mut file)?;
        let Some(snapshot) = seen.snapshot.clone() else { return Ok(seen) };
        let pin = |role: &RoleName| snapshot.signed.meta().get(&role.file_name());
        let Some(version) = pin(&RoleName::Targets).map(|pin| pin.version) else { return Ok(seen) };
        seen.targets = seen.take(&named(&RoleName::Targets, version), &RoleName::Targets, &snapshot.name, &mut file)?;
        // Delegations in the order of a search, each delegator's once.
        let mut pending: VecDeque<(RoleName, Seen<Targets>)> =
            seen.targets.clone().map(|t| (RoleName::Targets, t)).into_iter().collect();
        let mut known: BTreeMap<String, Option<Seen<Targets>>> = BTreeMap::new();
        while let Some((by, delegator)) = pending.pop_front() {
            let delegations = delegator.signed.delegations.iter();
            for name in delegations.flat_map(|delegations| delegations.names_in(&snapshot.signed)) {
                let role = RoleName::Delegated(name.clone());
                let Some(pin) = pin(&role) else {
                    seen.unlisted.push((name, delegator.name.clone()));
                    continue;
                };
                let first = !known.contains_key(&name);
                if first && known.len() < ROLES {
                    let file_name = named(&role, pin.version);
                    let found = seen.take::<Targets, E>(&file_name, &role, &snapshot.name, &mut file)?;
                    known.insert(name.clone(), found);
                }
                let Some(file) = known.get(&name).cloned().flatten() else { continue };
                if first {
                    pending.push_back((role, file.clone()));
                }
                seen.delegated.push(SeenDelegated { by: by.clone(), role: name, file });
            }
        }
        Ok(seen)
    }

    /// From 1 to the newest. Below the pinned one a gap is passed over; after it, or after the first where none is
    /// pinned, a missing root is the end of the chain.
    fn walk_roots<E>(&mut self, file: &mut impl FnMut(&str) -> Result<Option<Vec<u8>>, E>) -> Result<(), E> {
        let pinned = self.pinned.clone().map(|bytes| Seen::<Root>::read("the pinned root", &RoleName::Root, bytes));
        let from = match &pinned {
            Some(Ok(root)) => root.version(),
            Some(Err(error)) => {
                self.unread.push(("the pinned root".to_owned(), error.clone()));
                1
            }
            None => 1,
        };
        for version in 1..=from.saturating_add(ROOTS) {
            let name = RoleName::Root.versioned_file_name(version);
            match file(&name)? {
                Some(bytes) => match Seen::read(&name, &RoleName::Root, bytes) {
                    Ok(root) => self.roots.push(root),
                    Err(error) => self.unread.push((name, error)),
                },
                None if version > from => break,
                None => self.absent.push((name, "every client that pins an older root".to_owned())),
            }
        }
        Ok(())
    }

    fn take<T: Role, E>(
        &mut self,
        name: &str,
        role: &RoleName,
        asked_by: &str,
        file: &mut impl FnMut(&str) -> Result<Option<Vec<u8>>, E>,
    ) -> Result<Option<Seen<T>>, E> {
        let Some(bytes) = file(name)? else {
            self.absent.push((name.to_owned(), asked_by.to_owned()));
            return Ok(None);
        };
        match Seen::read(name, role, bytes) {
            Ok(seen) => Ok(Some(seen)),
            Err(error) => {
                self.unread.push((name.to_owned(), error));
                Ok(None)
            }
        }
    }

    /// The targets roles, each once: the role, its file.
    pub(crate) fn targets_roles(&self) -> impl Iterator<Item = (RoleName, &Seen<Targets>)> {
        let mut seen = BTreeSet::new();
        let delegated = self.delegated.iter().filter(move |delegated| seen.insert(&delegated.role));
        let top = self.targets.iter().map(|file| (RoleName::Targets, file));
        top.chain(delegated.map(|delegated| (RoleName::Delegated(delegated.role.clone()), &delegated.file)))
    }

    /// The names the snapshot lists for a good reason: of the targets roles there are, and of those delegated to.
    pub(crate) fn live_files(&self) -> BTreeSet<String> {
        let mut live: BTreeSet<String> = BTreeSet::from([RoleName::Targets.file_name()]);
        for (_, file) in self.targets_roles() {
            let Some(delegations) = &file.signed.delegations else { continue };
            let names: Vec<String> = match &self.snapshot {
                Some(snapshot) => delegations.names_in(&snapshot.signed).collect(),
                None => delegations.roles().names().map(std::borrow::Cow::into_owned).collect(),
            };
            live.extend(names.into_iter().map(|name| RoleName::Delegated(name).file_name()));
        }
        live
    }

    /// The names under which each target is to be served, by target path: one for each hash under consistent
    /// snapshots.
    #[must_use]
    pub fn target_names(&self) -> BTreeMap<String, Vec<String>> {
        let consistent = self.roots.last().is_some_and(|root| root.signed.consistent_snapshot);
        let mut names = BTreeMap::new();
        for (_, file) in self.targets_roles() {
            for (path, target) in file.signed.targets().iter() {
                names.entry(path.clone().into_owned()).or_insert_with(|| served_names(&path, &target, consistent));
            }
        }
        names
    }
}

impl Observed {
    /// Each target as each role lists it, and the names under which it is to be served.
    #[must_use]
    pub fn listed_targets(&self) -> Vec<(String, TargetFile, Vec<String>)> {
        let consistent = self.roots.last().is_some_and(|root| root.signed.consistent_snapshot);
        let mut out = Vec::new();
        for (_, file) in self.targets_roles() {
            for (path, target) in file.signed.targets().iter() {
                let names = served_names(&path, &target, consistent);
                out.push((path.clone().into_owned(), target, names));
            }
        }
        out
    }
}

/// `dir/HASH.name` for each hash, or the path itself.
pub(super) fn served_names(path: &str, target: &TargetFile, consistent: bool) -> Vec<String> {
    if !consistent {
        return vec![path.to_owned()];
    }
    target.hashed_names(path).collect()
}

/// Roots asked for after the pinned one.
const ROOTS: u64 = 1_024;
/// Delegated roles asked for.
const ROLES: usize = 1_024;
