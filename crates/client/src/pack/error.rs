//! Why a trust pack is not used.

use crate::ClientError;
use tuffet_keys::Sha256;

/// A pack was refused, or could not be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PackError {
    /// Too large.
    #[error("trust pack: expected at most {limit} bytes, found {found}")]
    TooLarge {
        /// The limit.
        limit: u64,
        /// Its length.
        found: u64,
    },
    /// Too many files.
    #[error("trust pack: expected at most {limit} files, found {found}")]
    TooMany {
        /// The limit.
        limit: usize,
        /// Files listed.
        found: usize,
    },
    /// It is not the one form of an archive.
    #[error("trust pack: {0}")]
    Tar(#[from] tuffet_archive::tar::TarError),
    /// A member is missing, unknown, repeated or out of order.
    #[error("trust pack: expected member {expected}, found {found}")]
    Member {
        /// What comes next.
        expected: String,
        /// What came.
        found: String,
    },
    /// The manifest is none.
    #[error("trust pack: manifest.json: {problem}")]
    Manifest {
        /// What is wrong with it.
        problem: String,
    },
    /// A member's content is another.
    #[error("trust pack: member `{expected}`: expected this SHA-256, found {found}")]
    Digest {
        /// As named.
        expected: String,
        /// As computed.
        found: String,
    },
    /// A file has another length than listed.
    #[error("trust pack: `{}`: expected {expected} bytes, found {found}", path.escape_debug())]
    Length {
        /// The path.
        path: String,
        /// Bytes listed.
        expected: u64,
        /// Bytes found.
        found: usize,
    },
    /// The pack is another than the one announced.
    #[error("trust pack: expected SHA-256 {expected}, found {found}")]
    PackDigest {
        /// As announced.
        expected: Sha256,
        /// As computed.
        found: Sha256,
    },
    /// Older than what is known.
    #[error("trust pack: {role}: expected version {floor} or later, which {whose} has seen, found {found}")]
    Floor {
        /// The role.
        role: &'static str,
        /// The lowest version.
        floor: u64,
        /// The version in the pack.
        found: u64,
        /// Who asks for it.
        whose: &'static str,
    },
    /// The client workflow refused the content.
    #[error("trust pack: {0}")]
    Client(#[from] ClientError),
}

impl PackError {
    /// The stable code, for JSON and for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Client(cause) => cause.code(),
            Self::Floor { .. } => "rollback",
            Self::PackDigest { .. } => "trust-pack-digest",
            _ => "trust-pack",
        }
    }

    /// What to do.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Client(ClientError::FinalRoot(_) | ClientError::Refused { .. }) => {
                Some("the pack is too old, or does not belong to this root: make a new one where there is a network")
            }
            Self::Client(cause) => cause.hint(),
            Self::Floor { .. } => Some("an older pack, or an attack: get the newest one"),
            _ => Some("the pack was damaged or changed on its way: carry it again"),
        }
    }
}
