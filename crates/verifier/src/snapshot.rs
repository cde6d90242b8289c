//! Snapshot: TUF 5.5.

use crate::FloorVersions;
use crate::floors::Floors;
use crate::role::SNAPSHOT;
use crate::{AwaitTargets, Request, Trusted, Update, UpdateError};
use tuffet_metadata::{RoleName, Root, Snapshot, Timestamp, Unverified, Verified};

/// Stage: the timestamp is known.
#[derive(Debug)]
pub struct AwaitSnapshot {
    pub(crate) root: Trusted<Root>,
    pub(crate) floors: Floors,
    pub(crate) timestamp: Trusted<Timestamp>,
}

impl Update<AwaitSnapshot> {
    /// The trusted timestamp, to be stored now (TUF 5.4.5).
    #[must_use]
    pub fn timestamp(&self) -> &Trusted<Timestamp> {
        &self.stage.timestamp
    }

    /// The snapshot the timestamp pins.
    #[must_use]
    pub fn request(&self) -> Request {
        let pin = &self.stage.timestamp.snapshot;
        let role = RoleName::Snapshot;
        let consistent = self.stage.root.consistent_snapshot;
        let name = if consistent { role.versioned_file_name(pin.version) } else { role.file_name() };
        Request { name, role, limit: self.core.pinned_limit(pin, self.core.policy.limits.snapshot_bytes) }
    }

    /// Goes on with the remembered snapshot, if it is the one the timestamp pins; else gives the stage back, and the
    /// file has to be fetched.
    ///
    /// # Errors
    /// The stage, which no longer remembers the file. A remembered file is no authority: that it does not fit is no attack.
    pub fn remembered(mut self) -> Result<Update<AwaitTargets>, Box<Self>> {
        let remembered = self.stage.floors.memory.snapshot.take().map(Unverified::new);
        match remembered.map(|file| self.check(file)) {
            Some(Ok(snapshot)) => Ok(self.step(snapshot)),
            _ => Err(Box::new(self)),
        }
    }

    /// Takes the snapshot.
    ///
    /// # Errors
    /// [`UpdateError`]; nothing is to be stored.
    pub fn snapshot(self, file: Unverified<Snapshot>) -> Result<Update<AwaitTargets>, UpdateError> {
        self.check(file).map(|snapshot| self.step(snapshot))
    }

    fn step(self, snapshot: Trusted<Snapshot>) -> Update<AwaitTargets> {
        self.with(|stage| AwaitTargets {
            root: stage.root,
            timestamp: stage.timestamp,
            memory: stage.floors.memory,
            snapshot,
        })
    }

    fn check(&self, file: Unverified<Snapshot>) -> Result<Trusted<Snapshot>, UpdateError> {
        let by = self.stage.root.authority(&RoleName::Snapshot);
        let limit = self.core.policy.limits.snapshot_bytes;
        let Floors { snapshot, noted, .. } = &self.stage.floors;
        self.core.pinned(file, &by, &self.stage.timestamp.snapshot, limit, &SNAPSHOT, |new| {
            nothing_lost(snapshot.as_ref(), noted, new)
        })
    }
}

/// Every entry of the trusted snapshot is still there, at no lower version (C38). The trusted one counts even where
/// the current timestamp no longer pins it (C39); so do the client's notes of it.
fn nothing_lost(
    trusted: Option<&Verified<Snapshot>>,
    noted: &FloorVersions,
    new: &Verified<Snapshot>,
) -> Result<(), UpdateError> {
    let listed = trusted.into_iter().flat_map(|snapshot| snapshot.meta()).map(|(name, pin)| (name, pin.version));
    for (name, floor) in listed.chain(noted.meta.iter().map(|(name, version)| (name, *version))) {
        let found = new.meta().get(name).ok_or_else(|| UpdateError::Removed { name: name.clone() })?.version;
        if found < floor {
            let role = name.strip_suffix(".json").unwrap_or(name).to_owned();
            return Err(UpdateError::Rollback { role, trusted: floor, found, section: "TUF 5.5.5" });
        }
    }
    Ok(())
}
