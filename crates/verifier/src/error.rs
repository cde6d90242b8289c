//! Why an update was refused, named by the attack it would have been.

use crate::FloorLoss;
use chrono::{DateTime, Utc};
use tuffet_metadata::{MetadataError, RoleName, format_time};

/// An update was refused. The caller's trusted state is untouched.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UpdateError {
    /// The file is not the role's metadata, or too few keys signed it.
    #[error(transparent)]
    Metadata(#[from] MetadataError),
    /// The next root has another version than the next one (C14).
    #[error("root: expected version {expected}, found {found} (TUF 5.3.5)")]
    RootVersion {
        /// The trusted version plus one.
        expected: u64,
        /// The version in the file.
        found: u64,
    },
    /// The file is longer than its limit (endless data).
    #[error("{role}: expected at most {limit} bytes, found {found} ({section})")]
    EndlessData {
        /// The role.
        role: RoleName,
        /// The limit in bytes.
        limit: u64,
        /// Bytes received; the sender may have had more.
        found: u64,
        /// The section of the specification.
        section: &'static str,
    },
    /// A version went down (rollback).
    #[error("{}: expected version {trusted} or later, found {found} ({section})", role.escape_debug())]
    Rollback {
        /// The role whose version it is.
        role: String,
        /// The version trusted before.
        trusted: u64,
        /// The version offered.
        found: u64,
        /// The section of the specification.
        section: &'static str,
    },
    /// A file the trusted snapshot lists is gone (rollback by removal).
    #[error("snapshot: expected an entry `{}` as the trusted snapshot has, found none (TUF 5.5.5)", name.escape_debug())]
    Removed {
        /// The file.
        name: String,
    },
    /// The bytes are not those the role above pins (mix and match).
    #[error("{role}: the file is not the one that {by} pins by {what} ({section})")]
    Pin {
        /// The role.
        role: RoleName,
        /// Who pins it.
        by: RoleName,
        /// `length` or `hash`.
        what: &'static str,
        /// The section of the specification.
        section: &'static str,
    },
    /// The version is not the one the role above pins (mix and match).
    #[error("{role}: expected version {expected} as {by} says, found {found} ({section})")]
    PinnedVersion {
        /// The role.
        role: RoleName,
        /// Who pins it.
        by: RoleName,
        /// The pinned version.
        expected: u64,
        /// The version in the file.
        found: u64,
        /// The section of the specification.
        section: &'static str,
    },
    /// A remembered file is no floor any more, and the policy is [`OnFloorLoss::Fail`](crate::OnFloorLoss::Fail) (X3).
    #[error("cached {role} {why}: no floor against rollback (X3)")]
    FloorLost {
        /// The role.
        role: RoleName,
        /// What became of the file.
        why: FloorLoss,
    },
    /// The metadata has expired (freeze).
    #[error("{role} v{version}: expired at {expires}, and the update started at {} ({section})", format_time(*at))]
    Freeze {
        /// The role.
        role: RoleName,
        /// Its version.
        version: u64,
        /// The expiry date as written.
        expires: String,
        /// The update's start time.
        at: DateTime<Utc>,
        /// The section of the specification.
        section: &'static str,
    },
}

impl UpdateError {
    /// The stable code, for JSON and for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        use tuffet_metadata::Problem;
        match self {
            Self::Metadata(MetadataError { problem: Problem::Signature { .. } | Problem::PerClass { .. }, .. }) => {
                "signature"
            }
            Self::Metadata(_) => "malformed",
            Self::RootVersion { .. } => "root-version",
            Self::EndlessData { .. } => "endless-data",
            Self::Rollback { .. } | Self::Removed { .. } => "rollback",
            Self::Pin { .. } | Self::PinnedVersion { .. } => "mix-and-match",
            Self::FloorLost { .. } => "floor-lost",
            Self::Freeze { .. } => "freeze",
        }
    }
}
