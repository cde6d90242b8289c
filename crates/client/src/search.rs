//! Searching for a target through delegations: the verifier's search, its files fetched and stored.

use crate::{Client, ClientError, Store, StoredFile, Transport};
use tuffet_verifier::{Refreshed, Search, Step, Target};

impl<T: Transport, S: Store> Client<T, S> {
    /// What trusted metadata says of the target at `path`: the answer of the first role, in search order, that lists
    /// it (TUF 5.6.7). Delegated roles met on the way are taken from the store where they are what the snapshot and
    /// their delegator want now, else fetched; those fetched are stored once every check has passed (C48).
    ///
    /// # Errors
    /// [`ClientError::UnknownTarget`]; [`ClientError::Fetch`] and [`ClientError::Refused`] where a role on the way
    /// cannot be had: the next one, which is trusted less, is not asked in its place (C57).
    pub fn find(&mut self, trusted: &Refreshed, path: &str) -> Result<Target, ClientError> {
        let mut search = trusted.search(path);
        loop {
            let role = match search.step() {
                Step::Found(target) => return Ok(target.clone()),
                Step::Absent(reason) => return Err(ClientError::UnknownTarget(reason.clone())),
                Step::Fetch(request) => request.role,
            };
            let file = StoredFile::Delegated(role.as_str().to_owned());
            search = match self.store.read(&file)? {
                Some(bytes) => match search.remembered(bytes) {
                    Ok(search) => search,
                    Err(search) => self.bring(*search, &file)?,
                },
                None => self.bring(search, &file)?,
            };
        }
    }

    fn bring<'a>(&mut self, search: Search<'a>, file: &StoredFile) -> Result<Search<'a>, ClientError> {
        let Step::Fetch(request) = search.step() else { return Ok(search) };
        let bytes = self.fetch(&request)?;
        let (at, search) = self.judge(&request, bytes, |bytes| {
            let at = search.visited().len();
            search.take(bytes).map(|search| (at, search))
        })?;
        // Those after it were known from an earlier search, and are stored.
        if let Some(role) = search.visited().get(at) {
            self.keep_targets_role(file, role)?;
        }
        Ok(search)
    }
}
