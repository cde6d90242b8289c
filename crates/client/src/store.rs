//! What the client remembers between refreshes, and where.

use crate::stored_name::stored_name;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs::File;
use std::path::PathBuf;

/// A file the client keeps.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StoredFile {
    /// The newest trusted root.
    Root,
    /// The last timestamp accepted.
    Timestamp,
    /// The last snapshot accepted.
    Snapshot,
    /// The last top-level targets accepted.
    Targets,
    /// The last delegated targets role of this name accepted.
    Delegated(String),
    /// The client's own notes: versions accepted, and the keys they were accepted under.
    State,
    /// The pinned root.
    Pin,
    /// A root between the pinned one and the newest, by version.
    ChainRoot(u64),
}

impl StoredFile {
    /// The file's path in a cache directory. Metadata lies there as served, under the names other TUF clients give
    /// it; what is ours lies in a folder of its own.
    #[must_use]
    pub fn path(&self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Self::Root => "root.json",
            Self::Timestamp => "timestamp.json",
            Self::Snapshot => "snapshot.json",
            Self::Targets => "targets.json",
            Self::Delegated(role) => return stored_name(role).into(),
            Self::State => ".tuffet/state.json",
            Self::Pin => ".tuffet/pin.json",
            Self::ChainRoot(version) => return format!(".tuffet/roots/{version}.root.json").into(),
        })
    }
}

/// Keeps the client's files. One store belongs to one repository.
pub trait Store {
    /// The file, or `None` where there is none.
    ///
    /// # Errors
    /// [`StoreError`] for everything else: a floor that cannot be read is not a floor that is not there.
    fn read(&self, file: &StoredFile) -> Result<Option<Vec<u8>>, StoreError>;

    /// Replaces the file, whole or not at all, and returns once it will outlive a power cut.
    ///
    /// # Errors
    /// [`StoreError`]; the file is then as before.
    fn write(&mut self, file: &StoredFile, bytes: &[u8]) -> Result<(), StoreError>;

    /// Removes the file, which may not exist.
    ///
    /// # Errors
    /// [`StoreError`]
    fn remove(&mut self, file: &StoredFile) -> Result<(), StoreError>;

    /// Waits until no other process writes to this store, and keeps them out until the lock is dropped (X4). Held for
    /// a few reads and writes, never while something is fetched.
    ///
    /// # Errors
    /// [`StoreError`]
    fn lock(&self) -> Result<Lock, StoreError>;

    /// The store as an error message names it.
    fn describe(&self) -> String;
}

/// A store held for writing, until dropped.
#[derive(Debug)]
#[must_use = "the lock ends when this is dropped"]
pub struct Lock {
    _held: Option<File>,
}

impl Lock {
    /// For a store that no other process can reach.
    pub fn unshared() -> Self {
        Self { _held: None }
    }

    pub(crate) fn of(held: Option<File>) -> Self {
        Self { _held: held }
    }
}

/// The store failed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: cannot {verb}: {reason}", path.display())]
pub struct StoreError {
    /// The file.
    pub path: PathBuf,
    /// `read`, `write`, `remove` or `lock`.
    pub verb: &'static str,
    /// Why.
    pub reason: String,
}

impl<S: Store + ?Sized> Store for &mut S {
    fn read(&self, file: &StoredFile) -> Result<Option<Vec<u8>>, StoreError> {
        (**self).read(file)
    }
    fn write(&mut self, file: &StoredFile, bytes: &[u8]) -> Result<(), StoreError> {
        (**self).write(file, bytes)
    }
    fn remove(&mut self, file: &StoredFile) -> Result<(), StoreError> {
        (**self).remove(file)
    }
    fn lock(&self) -> Result<Lock, StoreError> {
        (**self).lock()
    }
    fn describe(&self) -> String {
        (**self).describe()
    }
}

/// A store that ends with the process, for an application without a disk: it starts from its pinned root each time,
/// and has no floor against rollback but what that root and the expiry dates give.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MemoryStore {
    /// The files.
    pub files: BTreeMap<StoredFile, Vec<u8>>,
}

impl Store for MemoryStore {
    fn read(&self, file: &StoredFile) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.files.get(file).cloned())
    }
    fn write(&mut self, file: &StoredFile, bytes: &[u8]) -> Result<(), StoreError> {
        self.files.insert(file.clone(), bytes.to_vec());
        Ok(())
    }
    fn remove(&mut self, file: &StoredFile) -> Result<(), StoreError> {
        self.files.remove(file);
        Ok(())
    }
    fn lock(&self) -> Result<Lock, StoreError> {
        Ok(Lock::unshared())
    }
    fn describe(&self) -> String {
        "the store in memory".to_owned()
    }
}
