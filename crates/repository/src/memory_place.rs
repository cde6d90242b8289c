//! A place in memory: for tests, simulations, and trying a publication without making one.

use crate::place::{Created, Found, Place, PlaceError, Replaced, Tag};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A place in memory. Clones share their files, as several publishers share a bucket.
#[derive(Debug, Clone, Default)]
pub struct MemoryPlace {
    files: Arc<Mutex<Files>>,
}

/// Each file with the number of its state.
type Files = BTreeMap<String, (u64, Vec<u8>)>;

impl MemoryPlace {
    /// The files as they are now, by path.
    #[must_use]
    pub fn files(&self) -> BTreeMap<String, Vec<u8>> {
        self.lock().iter().map(|(file, (_, bytes))| (file.clone(), bytes.clone())).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Files> {
        // Every write below is one insertion: there is no half of it to be seen.
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl FromIterator<(String, Vec<u8>)> for MemoryPlace {
    fn from_iter<I: IntoIterator<Item = (String, Vec<u8>)>>(files: I) -> Self {
        let files = files.into_iter().map(|(file, bytes)| (file, (0, bytes))).collect();
        Self { files: Arc::new(Mutex::new(files)) }
    }
}

fn tag(generation: u64) -> Tag {
    Tag(vec![generation.to_string()])
}

impl Place for MemoryPlace {
    fn read(&self, file: &str) -> Result<Option<Found>, PlaceError> {
        let found = self.lock().get(file).map(|(at, bytes)| Found { bytes: bytes.clone(), tag: tag(*at) });
        Ok(found)
    }

    fn names(&self) -> Result<Vec<String>, PlaceError> {
        Ok(self.lock().keys().filter(|file| !file.contains('/')).cloned().collect())
    }

    fn create(&self, file: &str, bytes: &[u8]) -> Result<Created, PlaceError> {
        let mut files = self.lock();
        if files.contains_key(file) {
            return Ok(Created::Exists);
        }
        files.insert(file.to_owned(), (0, bytes.to_vec()));
        Ok(Created::New)
    }

    fn replace(&self, file: &str, bytes: &[u8], seen: Option<&Tag>) -> Result<Replaced, PlaceError> {
        let mut files = self.lock();
        let there = files.get(file).map(|(at, _)| *at);
        if there.map(tag).as_ref() != seen {
            return Ok(Replaced::Changed);
        }
        files.insert(file.to_owned(), (there.map_or(0, |at| at.saturating_add(1)), bytes.to_vec()));
        Ok(Replaced::Done)
    }

    fn describe(&self) -> String {
        "memory".to_owned()
    }
}
