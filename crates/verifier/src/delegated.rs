//! One delegation followed, and the delegated roles that one refresh has trusted.

use crate::role::TARGETS;
use crate::{Refreshed, Request, Trusted, UpdateError};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tuffet_keys::Sha256;
use tuffet_metadata::{Pinned, RoleName, Targets, Unverified};

/// One delegation to follow: from whom, to whom. The authority is looked up in the delegator each time, so that a
/// role reached by a second delegator answers to that one's keys (C51).
#[derive(Debug, Clone)]
pub(crate) struct Edge {
    /// `None` is the top-level targets role.
    pub(crate) by: Option<Arc<Trusted<Targets>>>,
    /// The name of the role delegated to.
    pub(crate) role: String,
}

/// Shared by the searches of one refresh, and by its clones: all of it was checked at the one start time, under the
/// one snapshot.
#[derive(Debug, Clone, Default)]
pub(crate) struct DelegatedRoles(Arc<Mutex<BTreeMap<Entrusted, Arc<Trusted<Targets>>>>>);

/// Who trusted a role: the delegator's file, by its SHA-256. The role's name alone would carry one delegator's
/// authority over to another's paths (C51).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Entrusted {
    pub(crate) by: Sha256,
    pub(crate) role: String,
}

impl Refreshed {
    pub(crate) fn delegator<'s>(&'s self, edge: &'s Edge) -> &'s Trusted<Targets> {
        edge.by.as_deref().unwrap_or(&self.targets)
    }

    /// The snapshot's entry for the role delegated to.
    pub(crate) fn pin(&self, edge: &Edge) -> Option<Pinned> {
        self.snapshot.meta().get(&RoleName::Delegated(edge.role.clone()).file_name())
    }

    pub(crate) fn request(&self, edge: &Edge, pin: &Pinned) -> Request {
        let role = RoleName::Delegated(edge.role.clone());
        let version = self.root.consistent_snapshot.then_some(pin.version);
        let limit = self.core.pinned_limit(pin, self.core.policy.limits.targets_bytes);
        Request { name: role.request_name(version), role, limit }
    }

    /// Takes a delegated role through the checks of every pinned role, under this delegator's keys.
    pub(crate) fn check(&self, edge: &Edge, pin: &Pinned, file: Vec<u8>) -> Result<Arc<Trusted<Targets>>, UpdateError> {
        let file = Unverified::delegated(&edge.role, file);
        let delegations = self.delegator(edge).delegations.as_ref();
        let authority = delegations.and_then(|delegations| delegations.authority(&edge.role));
        // An edge is made of a delegation its delegator has.
        let by = authority.ok_or_else(|| UpdateError::Removed { name: edge.role.clone() })?;
        let limit = self.core.policy.limits.targets_bytes;
        let role = Arc::new(self.core.pinned(file, &by, pin, limit, &TARGETS, |_| Ok(()))?);
        self.delegated.keep(self.entrusted(edge), Arc::clone(&role));
        Ok(role)
    }

    pub(crate) fn entrusted(&self, edge: &Edge) -> Entrusted {
        Entrusted { by: self.delegator(edge).sha256(), role: edge.role.clone() }
    }
}

impl DelegatedRoles {
    pub(crate) fn recall(&self, by: &Entrusted) -> Option<Arc<Trusted<Targets>>> {
        self.roles().get(by).cloned()
    }

    /// Remembers a role that passed every check. A service that looks through thousands of bins starts over at
    /// [`KEPT`] rather than hold them all; what is forgotten is fetched, or read from the store, and checked again.
    pub(crate) fn keep(&self, by: Entrusted, role: Arc<Trusted<Targets>>) {
        let mut roles = self.roles();
        if roles.len() >= KEPT {
            roles.clear();
        }
        roles.insert(by, role);
    }

    pub(crate) fn all(&self) -> Vec<Arc<Trusted<Targets>>> {
        self.roles().values().cloned().collect()
    }

    /// A panic elsewhere leaves whole entries: each is inserted in one step.
    fn roles(&self) -> MutexGuard<'_, BTreeMap<Entrusted, Arc<Trusted<Targets>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

const KEPT: usize = 256;
