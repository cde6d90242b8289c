//! One date.

use chrono::{DateTime, Duration, Utc};
use tuffet_metadata::RoleName;

/// Who can sign a role anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SignedBy {
    /// Keys that are online: a machine does it, as long as it runs.
    Machine,
    /// People.
    People,
}

/// What a date means.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum EventKind {
    /// From here on a role is to be signed anew, and `left` is how long that may take.
    Due {
        /// Until it expires.
        left: Duration,
        /// Whether the period stands in the metadata; else it is what ceremonies take.
        planned: bool,
    },
    /// A role expires.
    Expires,
    /// What a target says is valid ends there.
    WindowEnds,
}

/// A date in a repository's future, or past.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// When.
    pub at: DateTime<Utc>,
    /// What.
    pub kind: EventKind,
    /// The role; for the end of a window the one that lists the target.
    pub role: RoleName,
    /// The file: of the role, or the target's path.
    pub file: String,
    /// Its version.
    pub version: u64,
    /// Who can put it off.
    pub signed_by: SignedBy,
    /// What ends, for the end of a window.
    pub subject: Option<String>,
    /// When people enough to sign it are there again, where the absent are missed.
    pub waits_until: Option<DateTime<Utc>>,
}

/// Something in a target that is valid until a time: a certificate, a log's window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// What it is.
    pub subject: String,
    /// The target that says so.
    pub target: String,
    /// When it ends.
    pub ends: DateTime<Utc>,
}

impl Event {
    /// Whole days from `at`, negative where it is over; towards the past.
    #[must_use]
    pub fn days_from(&self, at: DateTime<Utc>) -> i64 {
        self.at.signed_duration_since(at).num_seconds().div_euclid(SECONDS_A_DAY)
    }

    /// A name that stays when the date moves: the role or the subject, and what happens to it.
    #[must_use]
    pub fn name(&self) -> String {
        match &self.kind {
            EventKind::Due { .. } => format!("due {}", self.role.as_str()),
            EventKind::Expires => format!("expires {}", self.role.as_str()),
            EventKind::WindowEnds => {
                format!("window {} {}", self.file, self.subject.as_deref().unwrap_or_default())
            }
        }
    }

    /// Whether clients stop at it, and whichever they are.
    #[must_use]
    pub fn stops_every_client(&self) -> bool {
        self.kind == EventKind::Expires && !matches!(self.role, RoleName::Delegated(_))
    }
}

const SECONDS_A_DAY: i64 = 86_400;
