//! What is published, read and verified.

use crate::delegated::Delegated;
use crate::{Place, Repository, RepositoryError, Tag};
use std::collections::{BTreeMap, BTreeSet};
use tuffet_builder::State;
use tuffet_metadata::{Limits, Profile, Role, RoleName, Root, Snapshot, Targets, Timestamp, Unverified, Verified};

/// What is published, signatures verified from version 1 on. Expiry is not asked: an expired repository is repaired by
/// publishing.
#[derive(Debug, Clone)]
pub struct Published {
    /// Every root, from 1, as published.
    pub roots: Vec<Verified<Root>>,
    /// The current targets.
    pub targets: Verified<Targets>,
    /// The current delegated roles, by name; bins are not among them.
    pub delegated: BTreeMap<String, Verified<Targets>>,
    /// The current snapshot.
    pub snapshot: Verified<Snapshot>,
    /// The current timestamp.
    pub timestamp: Verified<Timestamp>,
    /// What its place calls this state of the timestamp: the next one is written over it and nothing else.
    pub(crate) tag: Tag,
    /// Snapshots above the current one.
    pub(crate) left: LeftOver,
}

/// Snapshots that lie at the place and that no timestamp lists yet: of a run that was interrupted, or one that
/// goes on beside this. Nobody asked for them, and yet none is written over: what is at hand may be what the other run is
/// about to publish.
#[derive(Debug, Clone, Default)]
pub(crate) struct LeftOver {
    /// Every version that is taken.
    pub(crate) taken: BTreeSet<u64>,
    /// The files of the first of them. Nothing leaves very many, and nobody is to be made to read them.
    pub(crate) files: BTreeMap<u64, Vec<u8>>,
}

/// Where the next publication starts: what is published, if anything is.
#[derive(Debug, Clone, Default)]
pub struct Current {
    /// What is published.
    pub published: Option<Published>,
    /// What a first publication left that was interrupted before its timestamp.
    pub(crate) left: LeftOver,
}

impl From<Published> for Current {
    fn from(published: Published) -> Self {
        Some(published).into()
    }
}

impl From<Option<Published>> for Current {
    fn from(published: Option<Published>) -> Self {
        Self { published, left: LeftOver::default() }
    }
}

impl Current {
    pub(crate) fn left(&self) -> &LeftOver {
        self.published.as_ref().map_or(&self.left, |published| &published.left)
    }
}

impl Published {
    /// The newest root. There is one, or nothing would be published.
    #[must_use]
    pub fn root(&self) -> &Verified<Root> {
        // `Repository::published` pushes 1.root.json before it reads anything else.
        &self.roots[self.roots.len() - 1]
    }

    /// What a change starts from.
    #[must_use]
    pub fn state(&self) -> State {
        let (root, targets) = (self.root().clone(), self.targets.clone());
        State { root, targets, delegated: self.delegated.clone() }
    }

    /// The roles that list targets: the top-level one first.
    pub fn listings(&self) -> impl Iterator<Item = &Verified<Targets>> {
        std::iter::once(&self.targets).chain(self.delegated.values())
    }
}

impl<P: Place> Repository<P> {
    /// Reads and verifies what is published; `None` where nothing is, or the first publication was interrupted before
    /// its timestamp.
    ///
    /// # Errors
    /// [`RepositoryError`]: the repository is damaged, or its place does not answer.
    pub fn published(&self) -> Result<Option<Published>, RepositoryError> {
        Ok(self.current()?.published)
    }

    /// As [`published`](Self::published), with what an interrupted first publication left: staging takes it up.
    ///
    /// # Errors
    /// [`RepositoryError`]: the repository is damaged, or its place does not answer.
    pub fn current(&self) -> Result<Current, RepositoryError> {
        let mut names = self.versions()?;
        loop {
            let found = self.current_of(&names);
            if found.is_ok() {
                return found;
            }
            // Published between two reads: the root that the new timestamp needs was not there yet.
            let now = self.versions()?;
            if now.root <= names.root {
                return found;
            }
            names = now;
        }
    }

    fn current_of(&self, names: &Versions) -> Result<Current, RepositoryError> {
        let Some(roots) = self.roots(names.root)? else {
            // The root comes after the snapshot, so a first publication may have left one without the other.
            return Ok(Current { published: None, left: self.left_over(names, 0)? });
        };
        let newest = roots.len() - 1;
        let file = RoleName::Timestamp.file_name();
        let Some(timestamp) = self.place().read(&file).map_err(RepositoryError::Place)? else {
            // A second snapshot says that there was a timestamp, and was lost.
            if newest > 0 || names.snapshots.contains(&2) {
                return Err(RepositoryError::Missing { file, rule: "R6" });
            }
            return Ok(Current { published: None, left: self.left_over(names, 0)? });
        };
        let online = match self.below(&roots[newest], &timestamp.bytes) {
            // A publication may have been interrupted between the new root and the timestamp that needs it.
            Err(error) if newest > 0 => self.below(&roots[newest - 1], &timestamp.bytes).map_err(|_| error)?,
            other => other?,
        };
        let (tag, (timestamp, snapshot, targets, delegated)) = (timestamp.tag, online);
        let left = self.left_over(names, snapshot.common.version)?;
        Ok(Published { targets, delegated, snapshot, timestamp, roots, tag, left }.into())
    }

    fn below(&self, root: &Root, timestamp: &[u8]) -> Result<Below, RepositoryError> {
        let timestamp: Verified<Timestamp> =
            verify(root, &RoleName::Timestamp, RoleName::Timestamp.file_name(), timestamp.to_vec())?;
        let snapshot: Verified<Snapshot> = self.listed(root, &RoleName::Snapshot, timestamp.snapshot.version)?;
        // A snapshot without this entry does not read (C42).
        let version = snapshot.meta().get("targets.json").map_or(0, |pin| pin.version);
        let targets = self.listed(root, &RoleName::Targets, version)?;
        let delegated = self.delegated(root, &snapshot, &targets)?;
        Ok((timestamp, snapshot, targets, delegated))
    }

    fn roots(&self, newest: u64) -> Result<Option<Vec<Verified<Root>>>, RepositoryError> {
        let (profile, limits) = (Profile::deployed(), Limits::default());
        let mut roots: Vec<Verified<Root>> = Vec::new();
        for version in 1..=newest {
            let file = RoleName::Root.versioned_file_name(version);
            let bytes = self.read(&file)?.ok_or_else(|| RepositoryError::Missing { file: file.clone(), rule: "R4" })?;
            let unverified = Unverified::<Root>::new(bytes);
            let root = match roots.last() {
                None => unverified.verify_pinned(&profile, &limits),
                Some(last) => unverified.verify_next(last, &profile, &limits),
            };
            let root = root.map_err(|cause| RepositoryError::metadata(file.clone(), cause))?;
            let found = root.common.version;
            if found != version {
                return Err(RepositoryError::Version { file, expected: version, found });
            }
            roots.push(root);
        }
        Ok((!roots.is_empty()).then_some(roots))
    }

    fn left_over(&self, names: &Versions, current: u64) -> Result<LeftOver, RepositoryError> {
        let taken: BTreeSet<u64> = names.snapshots.iter().copied().filter(|version| *version > current).collect();
        let mut files = BTreeMap::new();
        for &version in taken.iter().take(MOST_LEFT) {
            if let Some(bytes) = self.read(&RoleName::Snapshot.versioned_file_name(version))? {
                files.insert(version, bytes);
            }
        }
        Ok(LeftOver { taken, files })
    }

    fn versions(&self) -> Result<Versions, RepositoryError> {
        let mut versions = Versions::default();
        for name in self.place().names().map_err(RepositoryError::Place)? {
            if name == RoleName::Timestamp.file_name() {
                versions.root = versions.root.max(1);
            } else if let Some(version) = version_in(&name, &RoleName::Root) {
                versions.root = versions.root.max(version);
            } else if let Some(version) = version_in(&name, &RoleName::Snapshot) {
                versions.snapshots.insert(version);
            }
        }
        Ok(versions)
    }

    /// The file another role lists: an older one under the newer name is as validly signed.
    fn listed<T: Role>(&self, root: &Root, role: &RoleName, expected: u64) -> Result<Verified<T>, RepositoryError> {
        let file = named(root, role, expected);
        let bytes = self.read(&file)?.ok_or_else(|| RepositoryError::Missing { file: file.clone(), rule: "R6" })?;
        let verified: Verified<T> = verify(root, role, file.clone(), bytes)?;
        let found = verified.common().version;
        if found == expected { Ok(verified) } else { Err(RepositoryError::Version { file, expected, found }) }
    }
}

/// What the names at a place say.
#[derive(Default)]
struct Versions {
    /// The newest root by name: to stop at the first version that is not there would take a repository that lost one for a
    /// younger repository. 0 where there is none; a timestamp without one needs version 1.
    root: u64,
    /// Every snapshot.
    snapshots: BTreeSet<u64>,
}

/// The version in a role's file name. `007.root.json` is no root anybody asks for.
fn version_in(name: &str, role: &RoleName) -> Option<u64> {
    let version = name.strip_suffix(&role.file_name())?.strip_suffix('.')?.parse().ok()?;
    (role.versioned_file_name(version) == name).then_some(version)
}

fn verify<T: Role>(root: &Root, role: &RoleName, file: String, bytes: Vec<u8>) -> Result<Verified<T>, RepositoryError> {
    Unverified::new(bytes)
        .verify(&root.authority(role), &Profile::deployed(), &Limits::default())
        .map_err(|cause| RepositoryError::metadata(file, cause))
}

/// What a root answers for.
type Below = (Verified<Timestamp>, Verified<Snapshot>, Verified<Targets>, Delegated);

fn named(root: &Root, role: &RoleName, version: u64) -> String {
    if root.consistent_snapshot { role.versioned_file_name(version) } else { role.file_name() }
}

const MOST_LEFT: usize = 64;
