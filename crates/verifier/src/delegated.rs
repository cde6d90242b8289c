//! The delegated roles that the searches of one refresh have trusted.

use crate::Trusted;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tuffet_keys::Sha256;
use tuffet_metadata::Targets;

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
