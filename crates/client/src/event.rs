//! What a refresh that went well has to say all the same.

use std::fmt;
use tuffet_metadata::{MetadataError, RoleName};

/// Something an application should log: the client went on, but it knows less than it did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The online keys were rotated: cached timestamp and snapshot were removed, as they must be (TUF 5.3.11).
    FloorsPurged,
    /// A cached file does not verify: the floor against rollback it was is lost (X3).
    FloorLost {
        /// The role.
        role: RoleName,
        /// Why it does not verify.
        cause: MetadataError,
    },
    /// A cached file is gone that was there when the cached targets were accepted (X3).
    FloorMissing {
        /// The role.
        role: RoleName,
    },
    /// The cached root does not verify, and the pinned one is used instead (X3).
    RootLost {
        /// Why it does not verify.
        cause: MetadataError,
    },
    /// The cached root is another file than the pinned one of the same version, which replaced it.
    RootReplaced {
        /// Their version.
        version: u64,
    },
    /// The final root is older than one this cache has known (X3).
    RootOlder {
        /// The version known before.
        remembered: u64,
        /// The version found now.
        found: u64,
    },
    /// The client's notes are missing or damaged: whether the online keys were rotated since the last refresh is
    /// judged by the cached root alone (X3).
    StateLost {
        /// What is wrong with them.
        problem: String,
    },
}

impl Event {
    /// The stable code, for JSON and for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::FloorsPurged => "floors-purged",
            Self::FloorLost { .. } => "floor-lost",
            Self::FloorMissing { .. } => "floor-missing",
            Self::RootLost { .. } => "root-lost",
            Self::RootReplaced { .. } => "root-replaced",
            Self::RootOlder { .. } => "root-older",
            Self::StateLost { .. } => "state-lost",
        }
    }
}

impl From<&tuffet_verifier::Event> for Event {
    fn from(event: &tuffet_verifier::Event) -> Self {
        match event {
            tuffet_verifier::Event::FloorsPurged => Self::FloorsPurged,
            tuffet_verifier::Event::FloorLost { role, cause } => {
                Self::FloorLost { role: role.clone(), cause: cause.clone() }
            }
        }
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FloorsPurged => {
                f.write_str("online keys were rotated: cached timestamp and snapshot removed (TUF 5.3.11)")
            }
            Self::FloorLost { role, cause } => {
                write!(f, "cached {role} is no floor against rollback any more: {cause} (X3)")
            }
            Self::FloorMissing { role } => write!(f, "cached {role} is missing: no floor against rollback (X3)"),
            Self::RootLost { cause } => write!(f, "cached root does not verify, the pinned one is used: {cause} (X3)"),
            Self::RootReplaced { version } => {
                write!(f, "cached root v{version} is not the pinned root v{version}, which replaced it")
            }
            Self::RootOlder { remembered, found } => {
                write!(f, "root: this cache has known version {remembered}, the final root is version {found} (X3)")
            }
            Self::StateLost { problem } => write!(f, "cached state.json: {problem} (X3)"),
        }
    }
}
