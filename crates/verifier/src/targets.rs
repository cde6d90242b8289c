//! Top-level targets: TUF 5.6.1 to 5.6.6.

use crate::delegated::DelegatedRoles;
use crate::role::TARGETS;
use crate::{Memory, Refreshed, Request, Trusted, Update, UpdateError};
use tuffet_metadata::{Pinned, RoleName, Root, Snapshot, Targets, Timestamp, Unverified};

/// Stage: the snapshot is known.
#[derive(Debug)]
pub struct AwaitTargets {
    pub(crate) root: Trusted<Root>,
    pub(crate) timestamp: Trusted<Timestamp>,
    pub(crate) snapshot: Trusted<Snapshot>,
    pub(crate) memory: Memory,
}

impl Update<AwaitTargets> {
    /// The trusted snapshot, to be stored now (TUF 5.5.7).
    #[must_use]
    pub fn snapshot(&self) -> &Trusted<Snapshot> {
        &self.stage.snapshot
    }

    /// The targets role the snapshot pins.
    #[must_use]
    pub fn request(&self) -> Request {
        let role = RoleName::Targets;
        let limit = self.core.policy.limits.targets_bytes;
        let pin = self.pin();
        let name = match &pin {
            Some(pin) if self.stage.root.consistent_snapshot => role.versioned_file_name(pin.version),
            _ => role.file_name(),
        };
        Request { name, role, limit: pin.map_or(limit, |pin| self.core.pinned_limit(&pin, limit)) }
    }

    /// Goes on with the remembered targets, if they are what the snapshot pins; else gives the stage back.
    ///
    /// # Errors
    /// The stage, which no longer remembers the file.
    pub fn remembered(mut self) -> Result<Refreshed, Box<Self>> {
        // Taken, not copied: what does not fit now fits at no later time of this update.
        let remembered = self.stage.memory.targets.take().map(Unverified::new);
        match remembered.map(|file| self.check(file)) {
            Some(Ok(targets)) => Ok(self.finish(targets)),
            _ => Err(Box::new(self)),
        }
    }

    /// Takes the targets role: the end of the refresh.
    ///
    /// # Errors
    /// [`UpdateError`]; nothing is to be stored.
    pub fn targets(self, file: Unverified<Targets>) -> Result<Refreshed, UpdateError> {
        self.check(file).map(|targets| self.finish(targets))
    }

    fn pin(&self) -> Option<Pinned> {
        self.stage.snapshot.meta().get(&RoleName::Targets.file_name())
    }

    fn finish(self, targets: Trusted<Targets>) -> Refreshed {
        let AwaitTargets { root, timestamp, snapshot, .. } = self.stage;
        Refreshed { root, timestamp, snapshot, targets, core: self.core, delegated: DelegatedRoles::default() }
    }

    fn check(&self, file: Unverified<Targets>) -> Result<Trusted<Targets>, UpdateError> {
        let by = self.stage.root.authority(&RoleName::Targets);
        let name = RoleName::Targets.file_name();
        // A snapshot without this entry does not read (C42).
        let pin = self.pin().ok_or(UpdateError::Removed { name })?;
        self.core.pinned(file, &by, &pin, self.core.policy.limits.targets_bytes, &TARGETS, |_| Ok(()))
    }
}
