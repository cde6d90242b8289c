//! A repository's folder, read and verified.

use crate::RepositoryError;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use tuffet_builder::State;
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
        State { root: self.root().clone(), targets: self.targets.clone() }
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

    /// Reads and verifies what is published; `None` where there is no `1.root.json` yet.
    ///
    /// # Errors
    /// [`RepositoryError`]: the folder is damaged.
    pub fn published(&self) -> Result<Option<Published>, RepositoryError> {
        let Some(roots) = self.roots()? else { return Ok(None) };
        let root = &roots[roots.len() - 1];
        let timestamp: Verified<Timestamp> = self.role(root, &RoleName::Timestamp, RoleName::Timestamp.file_name())?;
        let name = named(root, &RoleName::Snapshot, timestamp.snapshot.version);
        let snapshot: Verified<Snapshot> = self.role(root, &RoleName::Snapshot, name)?;
        // A snapshot without this entry does not read (C42).
        let version = snapshot.meta().get("targets.json").map_or(0, |pin| pin.version);
        let targets = self.role(root, &RoleName::Targets, named(root, &RoleName::Targets, version))?;
        Ok(Some(Published { targets, snapshot, timestamp, roots }))
    }

    fn roots(&self) -> Result<Option<Vec<Verified<Root>>>, RepositoryError> {
        let (profile, limits) = (Profile::deployed(), Limits::default());
        let mut roots: Vec<Verified<Root>> = Vec::new();
        loop {
            let version = roots.len() as u64 + 1;
            let file = RoleName::Root.versioned_file_name(version);
            let Some(bytes) = self.read(&file)? else { break };
            let unverified = Unverified::<Root>::new(bytes);
            let root = match roots.last() {
                None => unverified.verify_pinned(&profile, &limits),
                Some(last) => unverified.verify_next(last, &profile, &limits),
            };
            let root = root.map_err(|cause| RepositoryError::Metadata { file: file.clone(), cause })?;
            let found = root.common.version;
            if found != version {
                return Err(RepositoryError::Version { file, expected: version, found });
            }
            roots.push(root);
        }
        Ok((!roots.is_empty()).then_some(roots))
    }

    fn role<T: Role>(&self, root: &Root, role: &RoleName, file: String) -> Result<Verified<T>, RepositoryError> {
        let bytes = self.read(&file)?.ok_or_else(|| RepositoryError::Missing { file: file.clone(), rule: "R6" })?;
        Unverified::new(bytes)
            .verify(&root.authority(role), &Profile::deployed(), &Limits::default())
            .map_err(|cause| RepositoryError::Metadata { file, cause })
    }
}

fn named(root: &Root, role: &RoleName, version: u64) -> String {
    if root.consistent_snapshot { role.versioned_file_name(version) } else { role.file_name() }
}
