//! What a refresh that went well has to say all the same.

use chrono::{DateTime, Utc};
use std::fmt;
use tuffet_metadata::{MetadataError, format_time};
use tuffet_verifier::UpdateError;

/// Something an application should log: the client went on, but it knows less than it did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The verifier's say: floors purged, or lost.
    Update(tuffet_verifier::Event),
    /// A root of the cached chain does not follow from the one before, and is asked for anew (X3, T32).
    ChainBroken {
        /// Its version.
        version: u64,
        /// Why it does not follow.
        cause: UpdateError,
    },
    /// The cached root does not lead back to the pinned one, and is not used (T32).
    RootUnproved {
        /// Its version.
        found: u64,
        /// The newest version that does.
        proved: u64,
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
    /// The clock stands before the time at which the floors rose last: expiry dates are judged by a clock that was
    /// wrong then or is wrong now (X15).
    ClockBack {
        /// When they rose, by the clock of then.
        accepted: DateTime<Utc>,
        /// The time given for this refresh.
        now: DateTime<Utc>,
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
            Self::Update(event) => event.code(),
            Self::ChainBroken { .. } => "chain-broken",
            Self::RootUnproved { .. } => "root-unproved",
            Self::RootLost { .. } => "root-lost",
            Self::RootReplaced { .. } => "root-replaced",
            Self::RootOlder { .. } => "root-older",
            Self::ClockBack { .. } => "clock-back",
            Self::StateLost { .. } => "state-lost",
        }
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Update(event) => event.fmt(f),
            Self::ChainBroken { version, cause } => {
                write!(f, "cached root v{version} is not used and asked for anew: {cause} (X3)")
            }
            Self::RootUnproved { found, proved } => write!(
                f,
                "cached root v{found} does not lead back to the pinned root: starting again from v{proved} (T32)"
            ),
            Self::RootLost { cause } => {
                write!(f, "cached root does not verify, the one proved from the pinned root is used: {cause} (X3)")
            }
            Self::RootReplaced { version } => {
                write!(f, "cached root v{version} is not the pinned root v{version}, which replaced it")
            }
            Self::RootOlder { remembered, found } => {
                write!(f, "root: this cache has known version {remembered}, the final root is version {found} (X3)")
            }
            Self::ClockBack { accepted, now } => write!(
                f,
                "the clock says {}, and this cache was refreshed at {} (X15)",
                format_time(*now),
                format_time(*accepted)
            ),
            Self::StateLost { problem } => write!(f, "cached state.json: {problem} (X3)"),
        }
    }
}
