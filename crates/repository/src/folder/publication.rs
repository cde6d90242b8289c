//! A publication into a folder: every byte is on the disk before the first file has its name, one run at a time, and a run
//! that fails leaves the folder as it was.

use super::made::{Made, sync, write_aside};
use super::{FolderPlace, Lock, Place, PlaceError, PlaceErrorKind, Replaced, Tag};
use crate::place::Created;
use crate::publication::{Publication, Shown};
use crate::{Repository, RepositoryError};
use std::fs;
use std::io::ErrorKind;
use tempfile::NamedTempFile;
use tuffet_metadata::RoleName;

pub(super) struct FolderPublication<'a> {
    place: &'a FolderPlace,
    /// Whole and synced, and without their names.
    waiting: Vec<(String, Vec<u8>, NamedTempFile)>,
    timestamp: Option<NamedTempFile>,
    made: Made,
    lock: Lock,
}

/// The folder locked for one run, and the timestamp written beside its place: a disk that is full for it is full while
/// nothing can be seen.
pub(super) fn begin<'a>(place: &'a FolderPlace, timestamp: &[u8]) -> Result<Option<FolderPublication<'a>>, PlaceError> {
    let mut made = Made::default();
    made.folder(place.dir()).map_err(|cause| place.failed(".", &cause))?;
    let Some(lock) = place.lock()? else { return Ok(None) };
    let file = RoleName::Timestamp.file_name();
    match write_aside(&place.dir().join(&file), timestamp, &mut made) {
        Ok(aside) => Ok(Some(FolderPublication { place, waiting: Vec::new(), timestamp: Some(aside), made, lock })),
        Err(cause) => {
            made.remove();
            Err(place.failed(&file, &cause))
        }
    }
}

impl Publication for FolderPublication<'_> {
    fn create(&mut self, file: &str, bytes: &[u8]) -> Result<Created, PlaceError> {
        let path = self.place.dir().join(file);
        if fs::symlink_metadata(&path).is_ok() {
            return Ok(Created::Exists);
        }
        let aside = write_aside(&path, bytes, &mut self.made).map_err(|cause| self.place.failed(file, &cause))?;
        self.waiting.push((file.to_owned(), bytes.to_vec(), aside));
        Ok(Created::New)
    }

    fn show(&mut self) -> Result<Shown, PlaceError> {
        for (file, bytes, aside) in self.waiting.drain(..) {
            let failed = |cause| self.place.failed(&file, &cause);
            let path = self.place.dir().join(&file);
            match aside.persist_noclobber(&path) {
                Ok(_) => self.made.files.push(path.clone()),
                // Where the file system has no locks.
                Err(error) if error.error.kind() == ErrorKind::AlreadyExists => {
                    if fs::read(&path).map_err(failed)? != bytes {
                        let reason = "another run gave this name to another file".to_owned();
                        return Err(PlaceError { kind: PlaceErrorKind::Passing, reason, ..failed(error.error) });
                    }
                }
                Err(error) => return Err(failed(error.error)),
            }
            // Its name is on the disk before the next file has one.
            path.parent().map_or(Ok(()), sync).map_err(failed)?;
        }
        Ok(Shown::Now)
    }

    fn finish(&mut self, seen: Option<&Tag>) -> Result<Replaced, PlaceError> {
        let file = RoleName::Timestamp.file_name();
        if self.place.read(&file)?.map(|found| found.tag).as_ref() != seen {
            return Ok(Replaced::Changed);
        }
        let Some(aside) = self.timestamp.take() else { return Ok(Replaced::Changed) };
        let path = self.place.dir().join(&file);
        aside.persist(&path).map_err(|error| self.place.failed(&file, &error.error))?;
        // Published: nothing after this may remove what it lists.
        self.made = Made::default();
        Ok(Replaced::Done)
    }

    fn settle(&mut self) -> Result<(), PlaceError> {
        sync(self.place.dir()).map_err(|cause| self.place.failed(".", &cause))
    }

    fn undo(&mut self) -> bool {
        self.waiting.clear();
        self.timestamp = None;
        // Without a lock another run may have found these files, and list them.
        if self.lock.is_held() {
            self.made.remove();
        }
        self.made.is_empty()
    }
}

/// The repository locked for one run, if nobody published since `before` was its timestamp (X20).
pub(crate) fn only_publisher(repository: &Repository, before: &[u8]) -> Result<Lock, RepositoryError> {
    let lock = repository.place().lock().map_err(RepositoryError::Place)?.ok_or(RepositoryError::Locked)?;
    let there = repository.read(&RoleName::Timestamp.file_name())?;
    if there.as_deref() == Some(before) { Ok(lock) } else { Err(RepositoryError::Moved) }
}
