//! Fetching a target: TUF 5.7.

use tuffet_metadata::{RoleName, TargetFile};

/// A target that trusted metadata lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The role that lists it: the first in search order that does.
    pub role: RoleName,
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
    /// No role that may list it does (C55).
    #[error("target `{}`: not listed by targets v{version} or by the {delegated} delegated roles searched (TUF 5.6.7)", path.escape_debug())]
    Unlisted {
        /// The path asked for.
        path: String,
        /// The version of the targets role asked.
        version: u64,
        /// The number of delegated roles asked.
        delegated: usize,
    },
    /// The roles asked do not list it, and a terminating delegation keeps the search from all others (C54).
    #[error("target `{}`: not listed, and the search ends with the terminating delegation to {role} (TUF 5.6.7.2.1)", path.escape_debug())]
    Terminated {
        /// The path asked for.
        path: String,
        /// The role delegated to.
        role: RoleName,
    },
    /// A delegated role that may list it is not in the snapshot: asking the next one instead would let whoever drops
    /// an entry choose who answers (C53).
    #[error("target `{}`: expected {role} in the snapshot, found no entry (TUF 5.6.7)", path.escape_debug())]
    NotInSnapshot {
        /// The path asked for.
        path: String,
        /// The role delegated to.
        role: RoleName,
    },
    /// As many delegated roles as the limits allow do not list it (C52).
    #[error("target `{}`: expected it in one of {limit} delegated roles, found more to search (TUF 5.6.7.1, limit)", path.escape_debug())]
    TooManyRoles {
        /// The path asked for.
        path: String,
        /// The limit.
        limit: usize,
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

impl TargetError {
    /// The stable code, for JSON and for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unknown { .. } | Self::Unlisted { .. } => "unknown-target",
            Self::Terminated { .. } => "terminated",
            Self::NotInSnapshot { .. } => "not-in-snapshot",
            Self::TooManyRoles { .. } => "too-many-roles",
            Self::Length { .. } => "target-length",
            Self::Hash { .. } => "target-hash",
        }
    }
}

impl Target {
    pub(crate) fn new(role: &RoleName, path: &str, file: TargetFile, consistent: bool) -> Self {
        Self { role: role.clone(), path: path.to_owned(), file, consistent }
    }

    /// The file's path under the repository's targets URL: under consistent snapshots the hash stands before the
    /// *base name* (C60), SHA-256 where listed.
    #[must_use]
    pub fn remote_path(&self) -> String {
        let hashed = self.file.hashed_names(&self.path).next().filter(|_| self.consistent);
        hashed.unwrap_or_else(|| self.path.clone())
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
