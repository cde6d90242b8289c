//! The state every stage shares.

use crate::{Event, KeySets, Memory};
use chrono::{DateTime, Utc};
use tuffet_metadata::{Limits, Profile, RoleName, Timestamp, Verified};

/// How to read and how much: a client's choices, made once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policy {
    /// Which deviations are tolerated.
    pub profile: Profile,
    /// How much is taken.
    pub limits: Limits,
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

/// The floors, once the final root is known.
#[derive(Debug)]
pub(crate) struct Floors {
    pub(crate) timestamp: Option<Verified<Timestamp>>,
    pub(crate) snapshot: Option<Verified<tuffet_metadata::Snapshot>>,
    pub(crate) memory: Memory,
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

impl Floors {
    /// Verifies what is remembered under the final root, unless its online keys were rotated since (TUF 5.3.11).
    pub(crate) fn load(
        mut memory: Memory,
        started_under: KeySets,
        root: &Verified<tuffet_metadata::Root>,
        core: &mut Core,
    ) -> Self {
        let under = memory.accepted_under.unwrap_or(started_under);
        if under != KeySets::of(root) && (memory.timestamp.is_some() || memory.snapshot.is_some()) {
            memory.timestamp = None;
            memory.snapshot = None;
            core.events.push(Event::FloorsPurged);
        }
        let timestamp = core.remembered(root, &RoleName::Timestamp, memory.timestamp.as_deref());
        let snapshot = core.remembered(root, &RoleName::Snapshot, memory.snapshot.as_deref());
        Self { timestamp, snapshot, memory }
    }
}

impl Core {
    fn remembered<T: tuffet_metadata::Role>(
        &mut self,
        root: &tuffet_metadata::Root,
        role: &RoleName,
        bytes: Option<&[u8]>,
    ) -> Option<Verified<T>> {
        let file = tuffet_metadata::Unverified::<T>::new(bytes?.to_vec());
        match file.verify(&root.authority(role), &self.policy.profile, &self.policy.limits) {
            Ok(verified) => Some(verified),
            Err(cause) => {
                self.events.push(Event::FloorLost { role: role.clone(), cause });
                None
            }
        }
    }
}
