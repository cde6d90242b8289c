//! The state every stage shares.

use crate::{Event, OnFloorLoss};
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use tuffet_metadata::{Check, Counting, Limits, PerClass, Profile, RoleName};

/// How to read and how much: a client's choices, made once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Which deviations are tolerated.
    pub profile: Profile,
    /// How much is taken.
    pub limits: Limits,
    /// What to do when a floor against rollback is lost.
    pub on_floor_loss: OnFloorLoss,
    /// Which signatures are checked. A refresh needs to know that enough are valid, an audit whose are.
    pub check: Check,
    /// What is demanded of a role's signatures beside its threshold (T35). A root that follows another answers to it
    /// twice, by the keys of both: else whoever holds the old classical keys would bring post-quantum keys of his own.
    pub at_least: BTreeMap<RoleName, PerClass>,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            profile: Profile::default(),
            limits: Limits::default(),
            on_floor_loss: OnFloorLoss::default(),
            check: Check::Enough,
            at_least: BTreeMap::new(),
        }
    }
}

impl Policy {
    /// How the signatures of `role` are counted.
    pub(crate) fn counting(&self, role: &RoleName) -> Counting {
        Counting { check: self.check, at_least: self.at_least.get(role).copied().unwrap_or_default() }
    }
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
