//! Two independent clients read the staged repository before anyone else can (R21).

use crate::{RepositoryError, Staged};
use chrono::{DateTime, TimeDelta, Utc};
use tuffet_client::{Client, ClientError, MemoryStore, MemoryTransport, Policy};
use tuffet_metadata::RoleName;
use tuffet_verifier::Refreshed;

/// A staged repository that clients accept at a stated time. It carries what they trusted, so that what is published
/// is what was verified.
#[derive(Debug, Clone)]
pub struct Accepted {
    pub(crate) staged: Staged,
    pub(crate) trusted: Refreshed,
    limited: Option<String>,
    pub(crate) at: DateTime<Utc>,
}

impl Staged {
    /// Our client from version 1 and from the newest root before this publication, and the second client from
    /// version 1. Every new target file is fetched and checked too. Ours also at half of the time until the timestamp
    /// expires.
    ///
    /// The second client has no injected clock, so it is asked without expiry; ours checks expiry at `at`.
    ///
    /// # Errors
    /// [`RepositoryError::Refused`] or [`RepositoryError::Second`]
    pub fn verify(self, at: DateTime<Utc>) -> Result<Accepted, RepositoryError> {
        let mut trusted = None;
        for &from in &self.starts {
            let refused = |cause| RepositoryError::Refused { from, cause: Box::new(cause) };
            let file = RoleName::Root.versioned_file_name(from);
            let pin = self.tree.get(&file).ok_or(RepositoryError::Missing { file, rule: "R4" })?;
            let (mut client, refreshed) = self.client(pin, at).map_err(refused)?;
            for path in &self.paths {
                let target = client.find(&refreshed, path).map_err(refused)?;
                if self.tree.contains_key(&format!("targets/{}", target.remote_path())) {
                    client.target_bytes(&refreshed, path).map_err(refused)?;
                }
            }
            self.client(pin, self.half_way(&refreshed, at)).map_err(refused)?;
            trusted = Some(refreshed);
        }
        #[cfg(feature = "second-client")]
        let limited = crate::second::read(&self)?;
        #[cfg(not(feature = "second-client"))]
        let limited = None;
        match trusted {
            Some(trusted) => Ok(Accepted { staged: self, trusted, limited, at }),
            None => Err(RepositoryError::NothingNew),
        }
    }
}

impl Staged {
    /// Half of the time until the next timestamp is due: what this publication brings and expires before it would fail people
    /// at night. What stays as it was and expires sooner is not made better by leaving the timestamp to expire as well.
    fn half_way(&self, seen: &Refreshed, at: DateTime<Utc>) -> DateTime<Utc> {
        let left = seen.timestamp.common.expires.time().signed_duration_since(at);
        let half = at.checked_add_signed(left / 2).unwrap_or(at);
        let last = self.stays_until.and_then(|end| end.checked_sub_signed(TimeDelta::seconds(1)));
        last.map_or(half, |last| half.min(last).max(at))
    }

    /// A fresh client of this tree that starts from `pin`.
    fn client(&self, pin: &[u8], at: DateTime<Utc>) -> Result<(Fresh, Refreshed), ClientError> {
        let transport = self.tree.iter().map(|(name, bytes)| (name.as_str(), bytes.clone())).collect();
        let mut client = Client::bootstrap(MemoryStore::default(), transport, Policy::default(), pin)?;
        let refreshed = client.refresh(at)?;
        Ok((client, refreshed))
    }
}

type Fresh = Client<MemoryTransport, MemoryStore>;

impl Accepted {
    /// What the second client could not read of it, and why; `None` where it read everything, or is not compiled in.
    #[must_use]
    pub fn second_client(&self) -> Option<&str> {
        self.limited.as_deref()
    }

    /// What clients will trust.
    #[must_use]
    pub fn trusted(&self) -> &Refreshed {
        &self.trusted
    }
}
