//! A store that reads from another and writes to memory.

use crate::{Lock, Store, StoreError, StoredFile};
use std::collections::BTreeMap;

/// Reads through to `below` and keeps what is written in memory, for this process alone: for a cache on a read-only
/// disk, or one that another program owns. The floors found there hold; what is accepted now is forgotten at the end.
#[derive(Debug)]
pub struct Overlay<'a, S: ?Sized> {
    below: &'a S,
    /// What was written here; `None` for what was removed.
    above: BTreeMap<StoredFile, Option<Vec<u8>>>,
}

impl<'a, S: Store + ?Sized> Overlay<'a, S> {
    /// Over `below`, which is never written to, nor locked.
    pub fn over(below: &'a S) -> Self {
        Self { below, above: BTreeMap::new() }
    }
}

impl<S: Store + ?Sized> Store for Overlay<'_, S> {
    fn read(&self, file: &StoredFile) -> Result<Option<Vec<u8>>, StoreError> {
        match self.above.get(file) {
            Some(bytes) => Ok(bytes.clone()),
            None => self.below.read(file),
        }
    }

    fn write(&mut self, file: &StoredFile, bytes: &[u8]) -> Result<(), StoreError> {
        self.above.insert(file.clone(), Some(bytes.to_vec()));
        Ok(())
    }

    fn remove(&mut self, file: &StoredFile) -> Result<(), StoreError> {
        self.above.insert(file.clone(), None);
        Ok(())
    }

    fn lock(&self) -> Result<Lock, StoreError> {
        Ok(Lock::unshared())
    }

    fn describe(&self) -> String {
        self.below.describe()
    }
}
