//! A repository in memory: trust packs, tests.

use crate::path::segments;
use crate::transport::exceeds;
use crate::{Transport, TransportError};
use std::collections::BTreeMap;

/// Files by path.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MemoryTransport {
    /// The files, by path below the base.
    pub files: BTreeMap<String, Vec<u8>>,
}

impl Transport for MemoryTransport {
    fn fetch(&self, path: &str, limit: u64) -> Result<Vec<u8>, TransportError> {
        segments(path).map_err(|problem| TransportError::Path { path: path.to_owned(), problem })?;
        match self.files.get(path) {
            None => Err(TransportError::NotFound { url: path.to_owned() }),
            Some(bytes) if exceeds(bytes, limit) => Err(TransportError::TooLarge { url: path.to_owned(), limit }),
            Some(bytes) => Ok(bytes.clone()),
        }
    }

    fn across_threads(&self) -> Option<&(dyn Transport + Sync)> {
        Some(self)
    }
}

impl<P: Into<String>, B: Into<Vec<u8>>> FromIterator<(P, B)> for MemoryTransport {
    fn from_iter<I: IntoIterator<Item = (P, B)>>(files: I) -> Self {
        Self { files: files.into_iter().map(|(path, bytes)| (path.into(), bytes.into())).collect() }
    }
}
