//! A place on this machine: a folder.

mod made;
mod publication;

pub(crate) use made::{FILE_MODE, readable, sync, temporary};
pub(crate) use publication::only_publisher;

use crate::place::{Created, Found, Place, PlaceError, PlaceErrorKind, Replaced, Tag};
use crate::publication::Publication;
use made::{Made, write_aside};
use std::fs;
use std::io::{Error, ErrorKind};
use std::path::{Path, PathBuf};
use tuffet_keys::sha256;

/// A folder. It may not exist yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FolderPlace {
    dir: PathBuf,
}

impl FolderPlace {
    /// The place in `dir`.
    #[must_use]
    pub fn open(dir: &Path) -> Self {
        Self { dir: dir.to_owned() }
    }

    /// The folder.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    fn failed(&self, file: &str, cause: &Error) -> PlaceError {
        let kind = match cause.kind() {
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => PlaceErrorKind::Denied,
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => PlaceErrorKind::Full,
            ErrorKind::Interrupted | ErrorKind::TimedOut | ErrorKind::WouldBlock => PlaceErrorKind::Passing,
            _ => PlaceErrorKind::Other,
        };
        PlaceError { place: self.describe(), file: file.to_owned(), reason: cause.to_string(), kind }
    }

    /// The lock of the folder; `None` where another publication holds it.
    fn lock(&self) -> Result<Option<Lock>, PlaceError> {
        let failed = |cause| self.failed(".", &cause);
        let lock = fs::File::open(&self.dir).map_err(failed)?;
        match lock.try_lock() {
            Ok(()) => Ok(Some(Lock(Some(lock)))),
            Err(fs::TryLockError::WouldBlock) => Ok(None),
            Err(fs::TryLockError::Error(cause)) if cause.kind() == ErrorKind::Unsupported => Ok(Some(Lock(None))),
            Err(fs::TryLockError::Error(cause)) => Err(failed(cause)),
        }
    }
}

/// The lock of a folder, until it is dropped. None is held where the file system has no locks; it still has names that only
/// one run can give.
pub(crate) struct Lock(Option<fs::File>);

impl Lock {
    fn is_held(&self) -> bool {
        self.0.is_some()
    }
}

impl Place for FolderPlace {
    fn read(&self, file: &str) -> Result<Option<Found>, PlaceError> {
        match fs::read(self.dir.join(file)) {
            Ok(bytes) => Ok(Some(Found { tag: tag(&bytes), bytes })),
            Err(cause) if matches!(cause.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
            Err(cause) => Err(self.failed(file, &cause)),
        }
    }

    fn names(&self) -> Result<Vec<String>, PlaceError> {
        let failed = |cause| self.failed(".", &cause);
        let entries = match fs::read_dir(&self.dir) {
            Ok(entries) => entries,
            Err(cause) if cause.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(cause) => return Err(failed(cause)),
        };
        // A name that is not UTF-8 is none that a client asks for.
        let name = |entry: std::io::Result<fs::DirEntry>| entry.map(|entry| entry.file_name().into_string().ok());
        entries.filter_map(|entry| name(entry).map_err(failed).transpose()).collect()
    }

    fn create(&self, file: &str, bytes: &[u8]) -> Result<Created, PlaceError> {
        let failed = |cause| self.failed(file, &cause);
        let path = self.dir.join(file);
        if fs::symlink_metadata(&path).is_ok() {
            return Ok(Created::Exists);
        }
        let temporary = write_aside(&path, bytes, &mut Made::default()).map_err(failed)?;
        match temporary.persist_noclobber(&path) {
            Ok(_) => path.parent().map_or(Ok(()), sync).map_err(failed).map(|()| Created::New),
            Err(error) if error.error.kind() == ErrorKind::AlreadyExists => Ok(Created::Exists),
            Err(error) => Err(failed(error.error)),
        }
    }

    fn replace(&self, file: &str, bytes: &[u8], seen: Option<&Tag>) -> Result<Replaced, PlaceError> {
        let failed = |cause| self.failed(file, &cause);
        let path = self.dir.join(file);
        let temporary = write_aside(&path, bytes, &mut Made::default()).map_err(failed)?;
        // Between looking and writing nobody else of us writes.
        let Some(_lock) = self.lock()? else {
            let reason = "another publication into this folder is running".to_owned();
            return Err(PlaceError {
                kind: PlaceErrorKind::Passing,
                reason,
                ..failed(Error::from(ErrorKind::WouldBlock))
            });
        };
        if self.read(file)?.map(|found| found.tag).as_ref() != seen {
            return Ok(Replaced::Changed);
        }
        temporary.persist(&path).map_err(|error| failed(error.error))?;
        path.parent().map_or(Ok(()), sync).map_err(failed)?;
        Ok(Replaced::Done)
    }

    fn begin(&self, timestamp: &[u8]) -> Result<Option<Box<dyn Publication + '_>>, PlaceError> {
        Ok(publication::begin(self, timestamp)?.map(|publication| Box::new(publication) as Box<dyn Publication + '_>))
    }

    fn describe(&self) -> String {
        self.dir.display().to_string()
    }
}

/// A file system says of a file when it was written, in steps that two writes may share; its bytes say more.
fn tag(bytes: &[u8]) -> Tag {
    Tag(vec![sha256(bytes).to_string()])
}
