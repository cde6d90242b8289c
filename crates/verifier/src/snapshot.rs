//! Snapshot: TUF 5.5.

use crate::FloorVersions;
use crate::floors::Floors;
use crate::role::SNAPSHOT;
use crate::{AwaitTargets, Request, Trusted, Update, UpdateError};
use std::borrow::Cow;
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
    /// The stage; it would say the same again. A remembered file is no authority: that it does not fit is no attack.
    pub fn remembered(self) -> Result<Update<AwaitTargets>, Box<Self>> {
        match self.stage.floors.snapshot.clone().map(|floor| self.check_again(floor)) {
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
            if let Some(trusted) = snapshot {
                nothing_lost(trusted.meta().versions(), new)?;
            }
            nothing_lost(noted_versions(noted), new)
        })
    }

    /// The check of the floor, which is the remembered file, verified: of 16,384 bins nothing needs reading twice, and
    /// it has lost nothing of itself.
    fn check_again(&self, floor: Verified<Snapshot>) -> Result<Trusted<Snapshot>, UpdateError> {
        let limit = self.core.policy.limits.snapshot_bytes;
        self.core.pinned_again(floor, &self.stage.timestamp.snapshot, limit, &SNAPSHOT, |same| {
            nothing_lost(noted_versions(&self.stage.floors.noted), same)
        })
    }
}

fn noted_versions(noted: &FloorVersions) -> impl Iterator<Item = (Cow<'_, str>, u64)> {
    noted.meta.iter().map(|(name, version)| (Cow::Borrowed(name.as_str()), *version))
}

/// Every entry of the trusted snapshot is still there, at no lower version (C38). The trusted one counts even where
/// the current timestamp no longer pins it (C39); so do the client's notes of it. Both are sorted by name, and gone
/// through side by side: looking each name up would cost more than the rest of a refresh.
fn nothing_lost<'a>(
    floors: impl Iterator<Item = (Cow<'a, str>, u64)>,
    new: &Verified<Snapshot>,
) -> Result<(), UpdateError> {
    let mut listed = new.meta().versions().peekable();
    for (name, trusted) in floors {
        while listed.next_if(|(other, _)| *other < name).is_some() {}
        let (_, found) = listed
            .next_if(|(other, _)| *other == name)
            .ok_or_else(|| UpdateError::Removed { name: name.clone().into_owned() })?;
        if found < trusted {
            let role = name.strip_suffix(".json").unwrap_or(&name).to_owned();
            return Err(UpdateError::Rollback { role, trusted, found, section: "TUF 5.5.5" });
        }
    }
    Ok(())
}
