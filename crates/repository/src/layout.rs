//! A repository's folder, read and verified.

use crate::delegated::Delegated;
use crate::stage::target_names;
use crate::{Receipt, RepositoryError};
use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use tuffet_builder::State;
use tuffet_keys::sha256;
use tuffet_metadata::{Limits, Profile, Role, RoleName, Root, Snapshot, Targets, Timestamp, Unverified, Verified};

/// A repository's folder. It may not exist yet.
#[derive(Debug, Clone)]
pub struct Repository {
    dir: PathBuf,
}

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

impl Repository {
    /// The repository in `dir`.
    #[must_use]
    pub fn open(dir: &Path) -> Self {
        Self { dir: dir.to_owned() }
    }

    /// Its folder.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// A file, or `None` where there is none.
    ///
    /// # Errors
    /// [`RepositoryError::Read`]
    pub fn read(&self, file: &str) -> Result<Option<Vec<u8>>, RepositoryError> {
        match std::fs::read(self.dir.join(file)) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(cause) if matches!(cause.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
            Err(cause) => Err(RepositoryError::Read { file: file.to_owned(), cause }),
        }
    }

    /// The content of a target that is published now; `None` where no role lists it, or no file has the listed hashes.
    ///
    /// # Errors
    /// [`RepositoryError::Read`]
    pub fn target(&self, published: &Published, path: &str) -> Result<Option<Vec<u8>>, RepositoryError> {
        for listed in published.listings().filter_map(|role| role.targets().get(path)) {
            for name in target_names(path, &listed) {
                if let Some(bytes) = self.read(&name)?.filter(|bytes| listed.hashes.match_bytes(bytes)) {
                    return Ok(Some(bytes));
                }
            }
        }
        Ok(None)
    }

    /// The receipt of what is published now, for a publication whose own receipt was lost with the machine that held it:
    /// the files clients come to, whichever run wrote them.
    ///
    /// # Errors
    /// [`RepositoryError::Missing`] or [`RepositoryError::Read`]
    pub fn receipt(&self, published: &Published) -> Result<Receipt, RepositoryError> {
        let versioned = |role: RoleName, version: u64| role.versioned_file_name(version);
        let (root, targets) = (published.root().common.version, published.targets.common.version);
        let snapshot = published.snapshot.common.version;
        let mut names = vec![
            versioned(RoleName::Root, root),
            versioned(RoleName::Targets, targets),
            versioned(RoleName::Snapshot, snapshot),
            RoleName::Timestamp.file_name(),
        ];
        names.extend(published.delegated.values().map(|role| role.role().request_name(Some(role.common.version))));
        for role in published.listings() {
            names.extend(role.targets().iter().flat_map(|(path, file)| target_names(&path, &file)));
        }
        let mut files = BTreeMap::new();
        for name in names {
            let Some(bytes) = self.read(&name)? else {
                return Err(RepositoryError::Missing { file: name, rule: "R6" });
            };
            files.insert(name, sha256(&bytes).to_string());
        }
        Ok(Receipt { files, root, timestamp: published.timestamp.common.version, snapshot, targets })
    }

    /// Reads and verifies what is published; `None` where nothing is, or the first publication was interrupted before
    /// its timestamp.
    ///
    /// # Errors
    /// [`RepositoryError`]: the folder is damaged.
    pub fn published(&self) -> Result<Option<Published>, RepositoryError> {
        let Some(roots) = self.roots()? else { return Ok(None) };
        let newest = roots.len() - 1;
        if newest == 0 && self.read(&RoleName::Timestamp.file_name())?.is_none() {
            // A second snapshot says that there was a timestamp, and was lost.
            if self.read(&RoleName::Snapshot.versioned_file_name(2))?.is_none() {
                return Ok(None);
            }
        }
        let online = match self.below(&roots[newest]) {
            // A publication may have been interrupted between the new root and the timestamp that needs it.
            Err(error) if newest > 0 => self.below(&roots[newest - 1]).map_err(|_| error)?,
            other => other?,
        };
        let (timestamp, snapshot, targets, delegated) = online;
        Ok(Some(Published { targets, delegated, snapshot, timestamp, roots }))
    }

    fn below(&self, root: &Root) -> Result<Below, RepositoryError> {
        let timestamp: Verified<Timestamp> = self.role(root, &RoleName::Timestamp, RoleName::Timestamp.file_name())?;
        let snapshot: Verified<Snapshot> = self.listed(root, &RoleName::Snapshot, timestamp.snapshot.version)?;
        // A snapshot without this entry does not read (C42).
        let version = snapshot.meta().get("targets.json").map_or(0, |pin| pin.version);
        let targets = self.listed(root, &RoleName::Targets, version)?;
        let delegated = self.delegated(root, &snapshot, &targets)?;
        Ok((timestamp, snapshot, targets, delegated))
    }

    fn roots(&self) -> Result<Option<Vec<Verified<Root>>>, RepositoryError> {
        let (profile, limits) = (Profile::deployed(), Limits::default());
        let mut roots: Vec<Verified<Root>> = Vec::new();
        for version in 1..=self.newest_root()? {
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

    /// The newest root by name: to stop at the first version that is not there would take a repository that lost one
    /// for a younger repository. 0 where there is none; a timestamp without one needs version 1.
    fn newest_root(&self) -> Result<u64, RepositoryError> {
        let failed = |cause| RepositoryError::Read { file: ".".into(), cause };
        let entries = match std::fs::read_dir(&self.dir) {
            Ok(entries) => entries,
            Err(cause) if cause.kind() == ErrorKind::NotFound => return Ok(0),
            Err(cause) => return Err(failed(cause)),
        };
        let mut newest = 0;
        for entry in entries {
            let name = entry.map_err(failed)?.file_name();
            let name = name.to_string_lossy();
            let version = name.strip_suffix(".root.json").and_then(|version| version.parse().ok());
            let first = u64::from(name == RoleName::Timestamp.file_name());
            // `007.root.json` is no root anybody asks for.
            let version = version.filter(|v| RoleName::Root.versioned_file_name(*v) == name);
            newest = newest.max(version.unwrap_or(first));
        }
        Ok(newest)
    }

    /// The file another role lists: an older one under the newer name is as validly signed.
    fn listed<T: Role>(&self, root: &Root, role: &RoleName, expected: u64) -> Result<Verified<T>, RepositoryError> {
        let file = named(root, role, expected);
        let verified: Verified<T> = self.role(root, role, file.clone())?;
        let found = verified.common().version;
        if found == expected { Ok(verified) } else { Err(RepositoryError::Version { file, expected, found }) }
    }

    fn role<T: Role>(&self, root: &Root, role: &RoleName, file: String) -> Result<Verified<T>, RepositoryError> {
        let bytes = self.read(&file)?.ok_or_else(|| RepositoryError::Missing { file: file.clone(), rule: "R6" })?;
        Unverified::new(bytes)
            .verify(&root.authority(role), &Profile::deployed(), &Limits::default())
            .map_err(|cause| RepositoryError::metadata(file, cause))
    }
}

/// What a root answers for.
type Below = (Verified<Timestamp>, Verified<Snapshot>, Verified<Targets>, Delegated);

fn named(root: &Root, role: &RoleName, version: u64) -> String {
    if root.consistent_snapshot { role.versioned_file_name(version) } else { role.file_name() }
}
