//! The end of a refresh: everything trusted at one time.

use crate::target::find;
use crate::{Event, Target, TargetError, Trusted};
use chrono::{DateTime, Utc};
use tuffet_metadata::{Root, Snapshot, Targets, Timestamp};

/// The trusted metadata of a repository at the update's start time.
#[derive(Debug, Clone)]
pub struct Refreshed {
    /// The final root.
    pub root: Trusted<Root>,
    /// The timestamp.
    pub timestamp: Trusted<Timestamp>,
    /// The snapshot.
    pub snapshot: Trusted<Snapshot>,
    /// The top-level targets.
    pub targets: Trusted<Targets>,
    pub(crate) start: DateTime<Utc>,
    pub(crate) events: Vec<Event>,
}

impl Refreshed {
    /// The time at which all of it was valid.
    #[must_use]
    pub fn start_time(&self) -> DateTime<Utc> {
        self.start
    }

    /// What happened on the way.
    #[must_use]
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// The target at `path`, with what it takes to fetch and check it.
    ///
    /// # Errors
    /// [`TargetError::Unknown`]: the top-level targets role does not list it.
    pub fn target(&self, path: &str) -> Result<Target, TargetError> {
        find(&self.targets, path, self.root.consistent_snapshot)
    }
}
