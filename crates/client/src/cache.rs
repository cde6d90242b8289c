//! The client's files in a directory.

use crate::disk::{Disk, RealDisk};
use crate::{Lock, Store, StoreError, StoredFile};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// A cache directory, made when first written to.
///
/// ```text
///  root.json  timestamp.json  snapshot.json  targets.json   as served, nothing else ends in .json here
///  ROLE.json                                                delegated roles, named so that they stay here
///  .tuffet/state.json                                       versions accepted, keys they were accepted under
///  .tuffet/pin.json  .tuffet/roots/N.root.json              from the pinned root to root.json
///  .tuffet/lock                                             held while something is written
/// ```
///
/// Many processes may share one directory. A file is written aside, synced, and renamed (X2), under a lock, and never
/// replaces a newer one (X4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cache<D = RealDisk> {
    directory: PathBuf,
    disk: D,
}

impl Cache {
    /// The cache in `directory`.
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        Self::on(directory, RealDisk)
    }
}

impl<D: Disk> Cache<D> {
    /// The cache in `directory` of another file system.
    pub fn on(directory: impl Into<PathBuf>, disk: D) -> Self {
        Self { directory: directory.into(), disk }
    }

    /// The directory.
    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    fn path(&self, file: &StoredFile) -> PathBuf {
        self.directory.join(&*file.path())
    }

    /// Makes the directory and those above it that are missing; each new name has to last as well.
    fn make(&self, directory: &Path) -> io::Result<()> {
        if self.disk.is_directory(directory) {
            return Ok(());
        }
        let above = directory.parent().map(|path| if path.as_os_str().is_empty() { Path::new(".") } else { path });
        if let Some(above) = above {
            self.make(above)?;
            self.disk.make_directory(directory)?;
            self.disk.sync_directory(above)?;
        }
        Ok(())
    }

    fn replace(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let folder = path.parent().unwrap_or(&self.directory);
        self.make(folder)?;
        // One name for all: the lock keeps other writers out, and what a crash leaves is overwritten. Not `.json` at
        // the end, so that whoever lists the metadata of a cache does not see it.
        let aside = folder.join(".tuffet.part");
        let written = self.disk.write_and_sync(&aside, bytes).and_then(|()| self.disk.rename(&aside, path));
        if written.is_err() {
            // A full disk gets its room back; that this fails as well changes nothing.
            let _ = self.disk.remove(&aside);
        }
        written?;
        self.disk.sync_directory(folder)
    }
}

fn failed(path: PathBuf, verb: &'static str) -> impl FnOnce(io::Error) -> StoreError {
    move |e| StoreError { path, verb, reason: e.to_string() }
}

impl<D: Disk> Store for Cache<D> {
    fn read(&self, file: &StoredFile) -> Result<Option<Vec<u8>>, StoreError> {
        match self.disk.read(&self.path(file)) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(e) if e.kind() == ErrorKind::NotFound => Ok(None),
            Err(e) => Err(failed(self.path(file), "read")(e)),
        }
    }

    fn write(&mut self, file: &StoredFile, bytes: &[u8]) -> Result<(), StoreError> {
        let path = self.path(file);
        self.replace(&path, bytes).map_err(failed(path, "write"))
    }

    fn remove(&mut self, file: &StoredFile) -> Result<(), StoreError> {
        let path = self.path(file);
        let folder = path.parent().unwrap_or(&self.directory);
        let removed = match self.disk.remove(&path) {
            Ok(()) => self.disk.sync_directory(folder),
            Err(e) if e.kind() == ErrorKind::NotFound => Ok(()),
            Err(e) => Err(e),
        };
        removed.map_err(failed(path, "remove"))
    }

    fn lock(&self) -> Result<Lock, StoreError> {
        let folder = self.directory.join(".tuffet");
        let path = folder.join("lock");
        let held = self.make(&folder).and_then(|()| self.disk.hold(&path));
        held.map(Lock::of).map_err(failed(path, "lock"))
    }

    fn describe(&self) -> String {
        format!("the cache {}", self.directory.display())
    }
}
