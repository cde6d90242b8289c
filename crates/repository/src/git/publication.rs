//! A publication to a branch: collected, and pushed as one commit.

use super::{GitPlace, Tip, tag};
use crate::place::{Created, PlaceError, PlaceErrorKind, Replaced, Tag};
use crate::publication::{Publication, Shown};
use std::collections::BTreeMap;
use tuffet_metadata::RoleName;

pub(super) struct GitPublication<'a> {
    place: &'a GitPlace,
    files: BTreeMap<String, Vec<u8>>,
    timestamp: Vec<u8>,
}

impl<'a> GitPublication<'a> {
    pub(super) fn new(place: &'a GitPlace, timestamp: &[u8]) -> Self {
        Self { place, files: BTreeMap::new(), timestamp: timestamp.to_vec() }
    }
}

impl Publication for GitPublication<'_> {
    fn create(&mut self, file: &str, bytes: &[u8]) -> Result<Created, PlaceError> {
        if self.place.tip(|_| true)?.blob(file).is_some() {
            return Ok(Created::Exists);
        }
        self.files.insert(file.to_owned(), bytes.to_vec());
        Ok(Created::New)
    }

    fn show(&mut self) -> Result<Shown, PlaceError> {
        Ok(Shown::WithTheTimestamp)
    }

    fn finish(&mut self, seen: Option<&Tag>) -> Result<Replaced, PlaceError> {
        let timestamp = RoleName::Timestamp.file_name();
        let mut files = self.files.clone();
        files.insert(timestamp.clone(), self.timestamp.clone());
        let objection = |tip: &Tip| {
            if tip.blob(&timestamp).map(tag).as_ref() != seen {
                return Ok(Some(Replaced::Changed));
            }
            // Files that came since, under a timestamp that did not move: of somebody who does not publish as we do.
            for (file, bytes) in &self.files {
                if let Some(blob) = tip.blob(file)
                    && self.place.git.blob(file, blob)? != *bytes
                {
                    let reason = "another file was pushed under this name in between".to_owned();
                    return Err(self.place.git.failed(file, reason, PlaceErrorKind::Passing));
                }
            }
            Ok(None)
        };
        Ok(self.place.commit(&files, objection)?.unwrap_or(Replaced::Done))
    }

    fn undo(&mut self) -> bool {
        self.files.clear();
        true
    }
}
