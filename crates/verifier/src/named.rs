//! A delegated role by its name, for whoever wants every one of them rather than a target: a copy of a repository.

use crate::delegated::Edge;
use crate::{Refreshed, Request, Trusted, UpdateError};
use std::sync::Arc;
use tuffet_metadata::Targets;

impl Refreshed {
    /// The file of the delegated role `name`; `None` where the snapshot does not list it, so that no client asks.
    #[must_use]
    pub fn delegated_request(&self, name: &str) -> Option<Request> {
        let edge = Edge { by: None, role: name.to_owned() };
        self.pin(&edge).map(|pin| self.request(&edge, &pin))
    }

    /// Takes that file through the checks of a search (C43 to C47), under the keys of `by`, or of the top-level targets
    /// role: whoever else delegates to the role has to be asked as well, because authority is one delegator's (C51).
    ///
    /// # Errors
    /// [`UpdateError`]; [`UpdateError::Removed`] where the snapshot does not list it or `by` does not delegate to it.
    pub fn take_delegated(
        &self,
        by: Option<&Arc<Trusted<Targets>>>,
        name: &str,
        file: Vec<u8>,
    ) -> Result<Arc<Trusted<Targets>>, UpdateError> {
        let edge = Edge { by: by.cloned(), role: name.to_owned() };
        let pin = self.pin(&edge).ok_or_else(|| UpdateError::Removed { name: name.to_owned() })?;
        self.check(&edge, &pin, file)
    }
}
