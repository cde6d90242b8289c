//! Why a copy was not made.

use crate::PlaceError;
use tuffet_client::{ClientError, PathProblem, TransportError};
use tuffet_keys::{Sha256, sha256};
use tuffet_metadata::{MetadataError, RoleName};
use tuffet_verifier::AuditRefusal;

/// A copy was not made, or not finished. Clients read it as it was before.
#[derive(Debug, thiserror::Error)]
pub enum MirrorError {
    /// A client refuses the original.
    #[error("original: {0}")]
    Refused(ClientError),
    /// A client refuses a delegated role of it.
    #[error("original: {0}")]
    Audit(AuditRefusal),
    /// A file of it does not verify.
    #[error("original: {file}: {cause}")]
    Unread {
        /// The file.
        file: String,
        /// Why.
        cause: MetadataError,
    },
    /// It has another root of the pinned version.
    #[error("original: {file}: expected the pinned root, SHA-256 {expected}, found {found} (R5)")]
    Pinned {
        /// The file.
        file: String,
        /// Of the pinned root.
        expected: Sha256,
        /// Of the one that is there.
        found: Sha256,
    },
    /// It lacks a root that the copy has.
    #[error("original: expected root v{expected}, which the copy has, found v{found} as its newest (C38)")]
    Older {
        /// The copy's.
        expected: u64,
        /// The original's newest.
        found: u64,
    },
    /// Its files have no versions in their names, so that no order of writing keeps clients safe.
    #[error("original: root v{root}: expected consistent snapshots, found none (R6)")]
    NotConsistent {
        /// The newest root.
        root: u64,
    },
    /// It delegates to more roles than are followed.
    #[error("original: expected at most {limit} delegated roles, found {beyond} more")]
    TooManyRoles {
        /// The limit.
        limit: usize,
        /// How many more.
        beyond: usize,
    },
    /// A target's path is no file's name everywhere.
    #[error("original: target `{}`: {problem} (C62)", path.escape_debug())]
    TargetPath {
        /// The path.
        path: String,
        /// What is wrong with it.
        problem: PathProblem,
    },
    /// A target file was not brought.
    #[error("original: cannot fetch target `{}`: {cause}", path.escape_debug())]
    Target {
        /// The target's path.
        path: String,
        /// Why.
        cause: TransportError,
    },
    /// A target file is another than the one listed.
    #[error("original: {}: expected target `{}` as listed, found another file (C59)", file.escape_debug(), path.escape_debug())]
    WrongTarget {
        /// The file.
        file: String,
        /// The target's path.
        path: String,
    },
    /// The copy has another file under that name.
    #[error("copy: {}: expected SHA-256 {expected}, found {found}: it is never overwritten (R5)", file.escape_debug())]
    Changed {
        /// The file.
        file: String,
        /// Of the original's.
        expected: Sha256,
        /// Of the copy's.
        found: Sha256,
    },
    /// The copy has another target file under that name.
    #[error("copy: {}: expected target `{}` as listed, found another file (C59)", file.escape_debug(), path.escape_debug())]
    ChangedTarget {
        /// The file.
        file: String,
        /// The target's path.
        path: String,
    },
    /// Another run wrote the timestamp meanwhile.
    #[error("copy: timestamp.json: expected it as it was when this run began, found another")]
    Moved,
    /// The copy's place does not answer, is full, or refuses.
    #[error("copy: {0}")]
    Place(#[from] PlaceError),
}

impl MirrorError {
    pub(super) fn fetch(role: &RoleName, cause: TransportError) -> Self {
        Self::Refused(ClientError::Fetch { role: role.clone(), cause })
    }

    pub(super) fn changed(file: &str, expected: &[u8], found: &[u8]) -> Self {
        Self::Changed { file: file.to_owned(), expected: sha256(expected), found: sha256(found) }
    }

    /// What may help.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Refused(cause) => cause.hint(),
            Self::Pinned { .. } => {
                Some("another repository, or an attack: compare both roots' digests with their owner")
            }
            Self::Older { .. } => {
                Some("an old copy of the repository, or an attack: try another source, and tell the repository's owner")
            }
            Self::Target { .. } | Self::WrongTarget { .. } => Some(
                "a copy caught in the middle of a publication, or an attack: try again in a minute, or another source",
            ),
            Self::Changed { .. } | Self::ChangedTarget { .. } => {
                Some("find out what changed it; then move it away and run the same command again")
            }
            Self::Moved => {
                Some("another run of `tuffet mirror` was faster: run it again to see whether anything is left")
            }
            Self::Place(_) => Some("what was written is taken up: mend the cause, and run the same command again"),
            _ => None,
        }
    }
}
