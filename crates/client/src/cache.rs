//! The client's files in a directory.

use crate::atomic;
use crate::{Store, StoreError, StoredFile};
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// A cache directory, made when first written to.
///
/// ```text
///  root.json  timestamp.json  snapshot.json  targets.json   as served, nothing else ends in .json here
///  ROLE.json                                                delegated roles, named so that they stay here
///  .tuffet/state.json                                       ours
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cache {
    directory: PathBuf,
}

impl Cache {
    /// The cache in `directory`.
    pub fn new(directory: impl Into<PathBuf>) -> Self {
        Self { directory: directory.into() }
    }

    /// The directory.
    #[must_use]
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    fn path(&self, file: &StoredFile) -> PathBuf {
        self.directory.join(&*file.path())
    }

    fn failed(&self, file: &StoredFile, verb: &'static str) -> impl FnOnce(io::Error) -> StoreError {
        let path = self.path(file);
        move |e| StoreError { path, verb, reason: e.to_string() }
    }
}

impl Store for Cache {
    fn read(&self, file: StoredFile) -> Result<Option<Vec<u8>>, StoreError> {
        match fs::read(self.path(&file)) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(e) if e.kind() == ErrorKind::NotFound => Ok(None),
            Err(e) => Err(self.failed(&file, "read")(e)),
        }
    }

    fn write(&mut self, file: StoredFile, bytes: &[u8]) -> Result<(), StoreError> {
        let path = self.path(&file);
        let folder = path.parent().unwrap_or(&self.directory);
        let steps = || {
            if !folder.is_dir() {
                fs::create_dir_all(folder)?;
                // The new folder's own name has to last as well.
                atomic::sync_folder(folder.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new(".")))?;
            }
            atomic::replace(&path, bytes)
        };
        steps().map_err(self.failed(&file, "write"))
    }

    fn remove(&mut self, file: StoredFile) -> Result<(), StoreError> {
        atomic::remove(&self.path(&file)).map_err(self.failed(&file, "remove"))
    }

    fn describe(&self) -> String {
        format!("the cache {}", self.directory.display())
    }
}
