//! Repositories of very many targets: an update that reads, signs and writes what changes, and nothing else.
//!
//! ```text
//!  BinsRepository::open ─► update(changes) ─► bins in parallel: read, verify, edit, sign, verify, write aside
//!                          make(scan)              │
//!                                                  ▼ snapshot, timestamp ─► a client reads them ─► names, timestamp last
//! ```
//!
//! What it does not do: the delegation to bins (people sign that, in a ceremony), and target files, which package
//! indexes serve from elsewhere.

mod check;
mod keys;
mod make;
mod parallel;
mod update;
mod write;

pub use keys::BinKeys;

use crate::{Published, Repository, RepositoryError};
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use tuffet_builder::{Bins, Pins};
use tuffet_metadata::{Limits, Profile, RoleName, Targets, Unverified, Verified};

/// A repository whose top-level targets role delegates to bins, with what is published read and verified.
#[derive(Debug)]
pub struct BinsRepository {
    repository: Repository,
    published: Published,
}

/// How bins are signed and written.
#[derive(Debug, Clone, Copy)]
pub struct BinSettings {
    /// Expiry of the bins that are written.
    pub bins: DateTime<Utc>,
    /// Expiry of the snapshot.
    pub snapshot: DateTime<Utc>,
    /// Expiry of the timestamp.
    pub timestamp: DateTime<Utc>,
    /// What the snapshot says of bins.
    pub pins: Pins,
    /// Threads that verify and write bins. Signatures are asked for one by one, on the caller's thread.
    pub threads: NonZeroUsize,
    /// Whether to wait for the disk.
    pub durability: Durability,
}

/// Whether a publication waits until it is on the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Durability {
    /// Every file is synced before it has its name, and its folder before the timestamp lists it.
    #[default]
    Synced,
    /// After a power cut the repository may be damaged: where it can be made again, or is a copy.
    Unsynced,
}

/// What was published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BinReceipt {
    /// The bins that have a new version, with it.
    pub bins: BTreeMap<String, u64>,
    /// Bytes written, in all files.
    pub bytes: u64,
    /// Of the snapshot.
    pub snapshot: u64,
    /// Of the timestamp.
    pub timestamp: u64,
}

impl BinsRepository {
    /// Reads what is published in `repository`, from the first root on.
    ///
    /// # Errors
    /// [`RepositoryError`]
    pub fn open(repository: Repository) -> Result<Self, RepositoryError> {
        let missing = || RepositoryError::Missing { file: RoleName::Timestamp.file_name(), rule: "R4" };
        let published = repository.published()?.ok_or_else(missing)?;
        if !published.root().consistent_snapshot {
            return Err(RepositoryError::NotConsistent { version: published.root().common.version });
        }
        Ok(Self { repository, published })
    }

    /// What was published when it was read last.
    #[must_use]
    pub fn published(&self) -> &Published {
        &self.published
    }

    /// Reads again where another publication came after what was read.
    fn refresh(&mut self) -> Result<(), RepositoryError> {
        let timestamp = self.repository.read(&RoleName::Timestamp.file_name())?;
        if timestamp.as_deref() != Some(self.published.timestamp.bytes()) {
            *self = Self::open(self.repository.clone())?;
        }
        Ok(())
    }

    /// The bin `name` as it is published, its signatures verified; its expiry is not asked.
    ///
    /// # Errors
    /// [`RepositoryError`]
    pub fn bin(&self, name: &str) -> Result<Verified<Targets>, RepositoryError> {
        let bins = Bins::of(&self.published.targets)?;
        read_bin(&self.repository, &self.published, &bins, name)
    }
}

/// The file of the version that the snapshot lists.
fn read_bin(
    repository: &Repository,
    published: &Published,
    bins: &Bins<'_>,
    name: &str,
) -> Result<Verified<Targets>, RepositoryError> {
    let authority = bins.authority(name)?;
    let role = RoleName::Delegated(name.to_owned());
    let Some(listed) = published.snapshot.meta().get(&role.file_name()) else {
        return Err(tuffet_builder::BinError::Unlisted { role }.into());
    };
    let file = role.versioned_file_name(listed.version);
    let missing = || RepositoryError::Missing { file: file.clone(), rule: "R6" };
    let bytes = repository.read(&file)?.ok_or_else(missing)?;
    Unverified::delegated(name, bytes)
        .verify(&authority, &Profile::deployed(), &Limits::default())
        .map_err(|cause| RepositoryError::metadata(file, cause))
}
