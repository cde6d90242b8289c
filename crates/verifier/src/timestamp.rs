//! Timestamp: TUF 5.4.

use crate::floors::Floors;
use crate::{AwaitSnapshot, FloorVersions, KeySets, Request, Trusted, Update, UpdateError};
use tuffet_metadata::{RoleName, Root, Timestamp, Unverified};

/// Stage: the final root is known.
#[derive(Debug)]
pub struct AwaitTimestamp {
    pub(crate) root: Trusted<Root>,
    pub(crate) floors: Floors,
}

impl Update<AwaitTimestamp> {
    /// The final root.
    #[must_use]
    pub fn root(&self) -> &Trusted<Root> {
        &self.stage.root
    }

    /// The key sets to remember beside timestamp and snapshot.
    #[must_use]
    pub fn key_sets(&self) -> KeySets {
        KeySets::of(&self.stage.root)
    }

    /// The floors of this update: what the remembered files say, and what the notes hold beyond.
    #[must_use]
    pub fn floors(&self) -> FloorVersions {
        let Floors { timestamp, snapshot, noted, .. } = &self.stage.floors;
        let mut floors = noted.clone();
        if let Some(timestamp) = timestamp {
            floors.raise_to_timestamp(timestamp);
        }
        if let Some(snapshot) = snapshot {
            floors.raise_to_snapshot(snapshot);
        }
        floors
    }

    /// Whether a remembered timestamp or snapshot must be deleted before anything is stored (TUF 5.3.11).
    #[must_use]
    pub fn purged(&self) -> bool {
        self.core.events.contains(&crate::Event::FloorsPurged)
    }

    /// The timestamp: never under a versioned name (C22).
    #[must_use]
    pub fn request(&self) -> Request {
        let role = RoleName::Timestamp;
        Request { name: role.file_name(), role, limit: self.core.policy.limits.timestamp_bytes }
    }

    /// Takes the timestamp. An equal version keeps the trusted file and goes on with it (C25, C26); that one too must
    /// not have expired (C27).
    ///
    /// # Errors
    /// [`UpdateError`]; nothing is to be stored.
    pub fn timestamp(self, file: Unverified<Timestamp>) -> Result<Update<AwaitSnapshot>, UpdateError> {
        let policy = &self.core.policy;
        self.core.length(&RoleName::Timestamp, file.length(), policy.limits.timestamp_bytes, "TUF 5.4.1")?;
        let by = self.stage.root.authority(&RoleName::Timestamp);
        let mut new =
            file.counting(policy.counting(&RoleName::Timestamp)).verify(&by, &policy.profile, &policy.limits)?;
        let rollback = |role: RoleName, trusted: u64, found: u64, section| {
            let role = role.to_string();
            if found < trusted { Err(UpdateError::Rollback { role, trusted, found, section }) } else { Ok(()) }
        };
        let (noted, trusted) = (&self.stage.floors.noted, self.stage.floors.timestamp.as_ref());
        let floor = noted.timestamp.max(trusted.map_or(0, |trusted| trusted.common.version));
        rollback(RoleName::Timestamp, floor, new.common.version, "TUF 5.4.3.1")?;
        if let Some(trusted) = trusted.filter(|trusted| trusted.common.version == new.common.version) {
            new = trusted.clone();
        }
        let floor = noted.snapshot.max(trusted.map_or(0, |trusted| trusted.snapshot.version));
        rollback(RoleName::Snapshot, floor, new.snapshot.version, "TUF 5.4.3.2")?;
        let timestamp = self.core.fresh(new, "TUF 5.4.4")?;
        Ok(self.with(|stage| AwaitSnapshot { root: stage.root, floors: stage.floors, timestamp }))
    }
}
