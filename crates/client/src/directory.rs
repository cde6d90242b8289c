//! A repository in a directory: a disk, a carried drive, a checkout.

use crate::path::segments;
use crate::transport::{exceeds, read_limited};
use crate::{Transport, TransportError};
use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// Reads files below a directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DirectoryTransport {
    base: PathBuf,
}

impl DirectoryTransport {
    /// The repository in `base`, which must be a directory: with none, every root would be "not found", and the
    /// mistake would look like a repository that never changes.
    ///
    /// # Errors
    /// [`TransportError::Location`]
    pub fn open(base: impl AsRef<Path>) -> Result<Self, TransportError> {
        let base = base.as_ref();
        let refuse = |problem: String| TransportError::Location { location: base.display().to_string(), problem };
        match fs::metadata(base) {
            Ok(found) if found.is_dir() => Ok(Self { base: base.to_owned() }),
            Ok(_) => Err(refuse("expected a directory, found another kind of file".into())),
            Err(e) => Err(refuse(format!("expected a directory: {e}"))),
        }
    }

    fn read(&self, path: &Path, limit: u64) -> Result<Vec<u8>, TransportError> {
        let url = || path.display().to_string();
        let failed = |e: std::io::Error| match e.kind() {
            ErrorKind::NotFound => TransportError::NotFound { url: url() },
            _ => TransportError::Failed { url: url(), reason: e.to_string() },
        };
        // Opening a pipe would wait for ever, and a device has no end.
        if !fs::metadata(path).map_err(failed)?.is_file() {
            let reason = "expected a file, found another kind".to_owned();
            return Err(TransportError::Failed { url: url(), reason });
        }
        match read_limited(File::open(path).map_err(failed)?, limit) {
            (_, Some(e)) => Err(TransportError::Failed { url: url(), reason: e.to_string() }),
            (bytes, None) if exceeds(&bytes, limit) => Err(TransportError::TooLarge { url: url(), limit }),
            (bytes, None) => Ok(bytes),
        }
    }
}

impl Transport for DirectoryTransport {
    fn fetch(&self, path: &str, limit: u64) -> Result<Vec<u8>, TransportError> {
        let names = segments(path).map_err(|problem| TransportError::Path { path: path.to_owned(), problem })?;
        // A colon would name a drive on Windows, and `join` would leave the base.
        if cfg!(windows) && path.contains(':') {
            return Err(TransportError::Path { path: path.to_owned(), problem: crate::PathProblem::Colon });
        }
        self.read(&names.iter().fold(self.base.clone(), |at, name| at.join(name)), limit)
    }

    fn locate(&self, path: &str) -> String {
        format!("{}/{path}", self.base.display())
    }

    fn across_threads(&self) -> Option<&(dyn Transport + Sync)> {
        Some(self)
    }
}
