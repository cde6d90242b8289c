//! Fetching a target: TUF 5.7.

use tuffet_metadata::{TargetFile, Targets, Verified};

/// A target that trusted metadata lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The path in the metadata.
    pub path: String,
    /// Length, hashes and custom data.
    pub file: TargetFile,
    consistent: bool,
}

/// Why there is no target.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    /// No trusted role lists it.
    #[error("target `{}`: not listed by targets v{version} (TUF 5.6.7)", path.escape_debug())]
    Unknown {
        /// The path asked for.
        path: String,
        /// The version of the targets role asked.
        version: u64,
    },
    /// The file has another length (C59).
    #[error("target `{}`: expected {expected} bytes, found {found} (TUF 5.7.3)", path.escape_debug())]
    Length {
        /// The path.
        path: String,
        /// Bytes listed.
        expected: u64,
        /// Bytes found.
        found: u64,
    },
    /// The file has another hash (C59).
    #[error("target `{}`: the file does not have the hash its metadata lists (TUF 5.7.3)", path.escape_debug())]
    Hash {
        /// The path.
        path: String,
    },
}

impl Target {
    /// The file's path under the repository's targets URL: under consistent snapshots the hash stands before the
    /// *base name* (C60), SHA-256 where listed.
    #[must_use]
    pub fn remote_path(&self) -> String {
        let Some(prefix) = self.file.hashes.prefixes().next().filter(|_| self.consistent) else {
            return self.path.clone();
        };
        match self.path.rsplit_once('/') {
            Some((folder, name)) => format!("{folder}/{prefix}.{name}"),
            None => format!("{prefix}.{}", self.path),
        }
    }

    /// Checks the file's bytes: length where listed, and every listed hash known here (C59, T34).
    ///
    /// # Errors
    /// [`TargetError::Length`] or [`TargetError::Hash`]
    pub fn check(&self, bytes: &[u8]) -> Result<(), TargetError> {
        let found = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        if let Some(expected) = self.file.length.filter(|want| *want != found) {
            return Err(TargetError::Length { path: self.path.clone(), expected, found });
        }
        if self.file.hashes.match_bytes(bytes) { Ok(()) } else { Err(TargetError::Hash { path: self.path.clone() }) }
    }
}

pub(crate) fn find(targets: &Verified<Targets>, path: &str, consistent: bool) -> Result<Target, TargetError> {
    match targets.targets().get(path) {
        Some(file) => Ok(Target { path: path.to_owned(), file, consistent }),
        None => Err(TargetError::Unknown { path: path.to_owned(), version: targets.common.version }),
    }
}
