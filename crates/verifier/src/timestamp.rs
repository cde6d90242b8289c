//! Timestamp: TUF 5.4.

use crate::update::Floors;
use crate::{AwaitSnapshot, KeySets, Request, Trusted, Update, UpdateError};
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
        if let Some(trusted) = &self.stage.floors.timestamp {
            let rollback = |role: &str, trusted: u64, found: u64, section| {
                if found < trusted {
                    Err(UpdateError::Rollback { role: role.to_owned(), trusted, found, section })
                } else {
                    Ok(())
                }
            };
            rollback("timestamp", trusted.common.version, new.common.version, "TUF 5.4.3.1")?;
            if new.common.version == trusted.common.version {
                new = trusted.clone();
            }
            rollback("snapshot", trusted.snapshot.version, new.snapshot.version, "TUF 5.4.3.2")?;
        }
        let timestamp = self.core.fresh(new, "TUF 5.4.4")?;
        Ok(self.with(|stage| AwaitSnapshot { root: stage.root, floors: stage.floors, timestamp }))
    }
}
