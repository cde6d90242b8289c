//! The end of a refresh: everything trusted at one time.

use crate::delegated::DelegatedRoles;
use crate::update::Core;
use crate::{Event, Target, TargetError, Trusted};
use chrono::{DateTime, Utc};
use std::sync::Arc;
use tuffet_metadata::{Finding, RoleName, Root, Snapshot, Targets, Timestamp};

/// The trusted metadata of a repository at the update's start time.
#[derive(Debug, Clone)]
pub struct Refreshed {
    /// The final root.
    pub root: Trusted<Root>,
    /// The timestamp.
    pub timestamp: Trusted<Timestamp>,
    /// The snapshot.
    pub snapshot: Trusted<Snapshot>,
    /// The top-level targets.
    pub targets: Trusted<Targets>,
    pub(crate) core: Core,
    pub(crate) delegated: DelegatedRoles,
}

impl Refreshed {
    /// The time at which all of it was valid.
    #[must_use]
    pub fn start_time(&self) -> DateTime<Utc> {
        self.core.start
    }

    /// What happened on the way.
    #[must_use]
    pub fn events(&self) -> &[Event] {
        &self.core.events
    }

    /// The delegated roles that searches have trusted so far, each once for each delegator it was reached by.
    #[must_use]
    pub fn delegated(&self) -> Vec<Arc<Trusted<Targets>>> {
        self.delegated.all()
    }

    /// What the trusted files deviate in, though they were accepted: the top-level roles' findings, then those of the
    /// delegated roles trusted so far.
    #[must_use]
    pub fn findings(&self) -> Vec<(RoleName, Finding)> {
        let of = |role: &RoleName, findings: &[Finding]| -> Vec<(RoleName, Finding)> {
            findings.iter().map(|finding| (role.clone(), finding.clone())).collect()
        };
        let top = [
            of(self.root.role(), self.root.findings()),
            of(self.timestamp.role(), self.timestamp.findings()),
            of(self.snapshot.role(), self.snapshot.findings()),
            of(self.targets.role(), self.targets.findings()),
        ];
        let delegated = self.delegated();
        top.into_iter().chain(delegated.iter().map(|role| of(role.role(), role.findings()))).flatten().collect()
    }

    /// The target at `path` as the top-level targets role lists it, with what it takes to fetch and check it. That
    /// role comes first in the search, so what it lists needs no [`search`](Self::search).
    ///
    /// # Errors
    /// [`TargetError::Unknown`]: the top-level targets role does not list it; a delegated one may.
    pub fn target(&self, path: &str) -> Result<Target, TargetError> {
        match self.targets.targets().get(path) {
            Some(file) => Ok(Target::new(&RoleName::Targets, path, file, self.root.consistent_snapshot)),
            None => Err(TargetError::Unknown { path: path.to_owned(), version: self.targets.common.version }),
        }
    }
}
