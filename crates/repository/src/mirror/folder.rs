//! A folder as the place of a copy.

use crate::place::{Created, Found, Place, PlaceError, PlaceErrorKind, Replaced, Tag};
use crate::publish::{FILE_MODE, readable, sync, temporary};
use std::fs;
use std::io::{Error, ErrorKind, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;
use tuffet_keys::sha256;

/// A folder. It may not exist yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MirrorFolder {
    dir: PathBuf,
}

impl MirrorFolder {
    /// The copy in `dir`.
    #[must_use]
    pub fn open(dir: &Path) -> Self {
        Self { dir: dir.to_owned() }
    }

    fn failed(&self, file: &str, cause: &Error) -> PlaceError {
        let kind = match cause.kind() {
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem => PlaceErrorKind::Denied,
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => PlaceErrorKind::Full,
            _ => PlaceErrorKind::Other,
        };
        PlaceError { place: self.describe(), file: file.to_owned(), reason: cause.to_string(), kind }
    }

    /// The file whole, under a name that nobody asks for.
    fn aside(path: &Path, bytes: &[u8]) -> std::io::Result<NamedTempFile> {
        let folder = path.parent().unwrap_or(path);
        fs::create_dir_all(folder)?;
        let mut file = temporary(folder)?;
        file.as_file_mut().write_all(bytes)?;
        readable(file.path(), FILE_MODE)?;
        file.as_file().sync_all()?;
        Ok(file)
    }
}

impl Place for MirrorFolder {
    fn read(&self, file: &str) -> Result<Option<Found>, PlaceError> {
        match fs::read(self.dir.join(file)) {
            Ok(bytes) => Ok(Some(Found { tag: Tag(vec![sha256(&bytes).to_string()]), bytes })),
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
        let name = |entry: std::io::Result<fs::DirEntry>| entry.map(|entry| entry.file_name().into_string().ok());
        entries.filter_map(|entry| name(entry).map_err(failed).transpose()).collect()
    }

    fn create(&self, file: &str, bytes: &[u8]) -> Result<Created, PlaceError> {
        let failed = |cause| self.failed(file, &cause);
        let path = self.dir.join(file);
        if fs::symlink_metadata(&path).is_ok() {
            return Ok(Created::Exists);
        }
        let temporary = Self::aside(&path, bytes).map_err(failed)?;
        match temporary.persist_noclobber(&path) {
            Ok(_) => path.parent().map_or(Ok(()), sync).map_err(failed).map(|()| Created::New),
            Err(error) if error.error.kind() == ErrorKind::AlreadyExists => Ok(Created::Exists),
            Err(error) => Err(failed(error.error)),
        }
    }

    fn replace(&self, file: &str, bytes: &[u8], seen: Option<&Tag>) -> Result<Replaced, PlaceError> {
        let failed = |cause| self.failed(file, &cause);
        let path = self.dir.join(file);
        let temporary = Self::aside(&path, bytes).map_err(failed)?;
        if self.read(file)?.map(|found| found.tag).as_ref() != seen {
            return Ok(Replaced::Changed);
        }
        temporary.persist(&path).map_err(|error| failed(error.error))?;
        path.parent().map_or(Ok(()), sync).map_err(failed)?;
        Ok(Replaced::Done)
    }

    fn describe(&self) -> String {
        self.dir.display().to_string()
    }
}
