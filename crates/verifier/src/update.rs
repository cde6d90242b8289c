//! The state every stage shares.

use crate::{Event, OnFloorLoss};
use chrono::{DateTime, Utc};
use tuffet_metadata::{Limits, Profile, RoleName};

/// How to read and how much: a client's choices, made once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policy {
    /// Which deviations are tolerated.
    pub profile: Profile,
    /// How much is taken.
    pub limits: Limits,
    /// What to do when a floor against rollback is lost.
    pub on_floor_loss: OnFloorLoss,
}

/// The file to bring next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The role.
    pub role: RoleName,
    /// The file's name at the repository's metadata URL.
    pub name: String,
    /// Bytes to take at most; one more is an attack.
    pub limit: u64,
}

/// An update under way, in stage `S`.
#[derive(Debug)]
pub struct Update<S> {
    pub(crate) core: Core,
    pub(crate) stage: S,
}

/// What does not change from stage to stage.
#[derive(Debug, Clone)]
pub(crate) struct Core {
    pub(crate) start: DateTime<Utc>,
    pub(crate) policy: Policy,
    pub(crate) events: Vec<Event>,
}

impl<S> Update<S> {
    /// The fixed update start time (TUF 5.1).
    #[must_use]
    pub fn start_time(&self) -> DateTime<Utc> {
        self.core.start
    }

    /// What happened that a caller may want to report.
    #[must_use]
    pub fn events(&self) -> &[Event] {
        &self.core.events
    }

    pub(crate) fn with<N>(self, next: impl FnOnce(S) -> N) -> Update<N> {
        Update { core: self.core, stage: next(self.stage) }
    }
}
