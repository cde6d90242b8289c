//! The state every stage shares.

use crate::{Event, KeySets, Memory};
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use tuffet_metadata::{Check, Counting, Limits, PerClass, Profile, RoleName, Timestamp, Verified};

/// How to read and how much: a client's choices, made once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Which deviations are tolerated.
    pub profile: Profile,
    /// How much is taken.
    pub limits: Limits,
    /// Which signatures are checked. A refresh needs to know that enough are valid, an audit whose are.
    pub check: Check,
    /// What is demanded of a role's signatures beside its threshold (T35). A root that follows another answers to it
    /// twice, by the keys of both: else whoever holds the old classical keys would bring post-quantum keys of his own.
    pub at_least: BTreeMap<RoleName, PerClass>,
}

impl Default for Policy {
    fn default() -> Self {
        Self { profile: Profile::default(), limits: Limits::default(), check: Check::Enough, at_least: BTreeMap::new() }
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
#[derive(Debug)]
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
        match file.counting(self.policy.counting(role)).verify(
            &root.authority(role),
            &self.policy.profile,
            &self.policy.limits,
        ) {
            Ok(verified) => Some(verified),
            Err(cause) => {
                self.events.push(Event::FloorLost { role: role.clone(), cause });
                None
            }
        }
    }
}
