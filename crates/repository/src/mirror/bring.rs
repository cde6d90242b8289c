//! Files of the original, each fetched once; what the copy has under a name that is never given twice is not fetched.

use crate::place::Place;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use tuffet_client::{Transport, TransportError};

/// Brings metadata for the client and for the audit after it.
pub(super) struct Bring<'a> {
    from: &'a dyn Transport,
    copy: Option<&'a dyn Place>,
    /// `None` for what is not there: the client and the audit end their search for newer roots at one answer.
    brought: RefCell<BTreeMap<String, Option<Vec<u8>>>>,
    fetched: Cell<u64>,
    reused: Cell<usize>,
}

impl<'a> Bring<'a> {
    pub(super) fn new(from: &'a dyn Transport, copy: Option<&'a dyn Place>) -> Self {
        Self { from, copy, brought: RefCell::default(), fetched: Cell::new(0), reused: Cell::new(0) }
    }

    /// Bytes that came from the original.
    pub(super) fn fetched(&self) -> u64 {
        self.fetched.get()
    }

    /// Files that came from the copy.
    pub(super) fn reused(&self) -> usize {
        self.reused.get()
    }

    /// Of the copy, where it is a version of a role. Roots come from the original: whether it has the same ones is asked.
    fn of_copy(&self, name: &str, limit: u64) -> Option<Vec<u8>> {
        let versioned = name.split_once('.').is_some_and(|(version, role)| {
            !version.is_empty() && version.bytes().all(|b| b.is_ascii_digit()) && role != "root.json"
        });
        let found = self.copy.filter(|_| versioned)?.read(name).ok()??;
        u64::try_from(found.bytes.len()).is_ok_and(|length| length <= limit).then_some(found.bytes)
    }
}

impl Transport for Bring<'_> {
    fn fetch(&self, path: &str, limit: u64) -> Result<Vec<u8>, TransportError> {
        self.fetch_metadata(path, limit)
    }

    fn fetch_metadata(&self, name: &str, limit: u64) -> Result<Vec<u8>, TransportError> {
        if let Some(bytes) = self.brought.borrow().get(name) {
            return bytes.clone().ok_or_else(|| TransportError::NotFound { url: self.locate(name) });
        }
        let bytes = match self.of_copy(name, limit) {
            Some(bytes) => {
                self.reused.set(self.reused.get().saturating_add(1));
                bytes
            }
            None => {
                let fetched = self.from.fetch_metadata(name, limit);
                if matches!(fetched, Err(TransportError::NotFound { .. })) {
                    self.brought.borrow_mut().insert(name.to_owned(), None);
                }
                let bytes = fetched?;
                let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
                self.fetched.set(self.fetched.get().saturating_add(length));
                bytes
            }
        };
        self.brought.borrow_mut().insert(name.to_owned(), Some(bytes.clone()));
        Ok(bytes)
    }

    fn locate(&self, path: &str) -> String {
        self.from.locate(path)
    }

    fn refused(&self, path: &str) {
        self.from.refused(path);
    }
}
