//! The bytes of a file, owned once, and the range of them that is signed.

use std::ops::Range;
use std::sync::{Arc, OnceLock};
use tuffet_keys::{Sha256, sha256};

/// A file as received. Clones share the bytes; the digest is computed when first asked for, and once.
#[derive(Clone)]
pub(crate) struct FileBytes {
    bytes: Arc<Vec<u8>>,
    sha256: OnceLock<Sha256>,
}

/// The canonical bytes of a `signed` object: a range of the file where the file is canonical, else of a copy.
#[derive(Clone)]
pub(crate) struct Payload {
    bytes: Arc<Vec<u8>>,
    range: Range<usize>,
}

impl FileBytes {
    pub(crate) fn new(bytes: Vec<u8>) -> Self {
        Self { bytes: Arc::new(bytes), sha256: OnceLock::new() }
    }

    pub(crate) fn as_slice(&self) -> &[u8] {
        &self.bytes
    }

    pub(crate) fn sha256(&self) -> Sha256 {
        *self.sha256.get_or_init(|| sha256(&self.bytes))
    }

    pub(crate) fn payload(&self, range: Range<usize>) -> Payload {
        Payload { bytes: self.bytes.clone(), range }
    }
}

impl Payload {
    pub(crate) fn of(bytes: Vec<u8>, range: Range<usize>) -> Self {
        Self { bytes: Arc::new(bytes), range }
    }

    /// A range of this one, which shares its bytes.
    pub(crate) fn part(&self, range: Range<usize>) -> Self {
        let shift = |at: usize| at.saturating_add(self.range.start);
        Self { bytes: self.bytes.clone(), range: shift(range.start)..shift(range.end) }
    }

    pub(crate) fn as_slice(&self) -> &[u8] {
        self.bytes.get(self.range.clone()).unwrap_or(&[])
    }
}

impl PartialEq for FileBytes {
    fn eq(&self, other: &Self) -> bool {
        self.as_slice() == other.as_slice()
    }
}

impl PartialEq for Payload {
    fn eq(&self, other: &Self) -> bool {
        self.as_slice() == other.as_slice()
    }
}

impl Eq for FileBytes {}
impl Eq for Payload {}

impl std::fmt::Debug for FileBytes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} bytes", self.as_slice().len())
    }
}

impl std::fmt::Debug for Payload {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} bytes", self.as_slice().len())
    }
}
