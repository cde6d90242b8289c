//! Where a target is put: below the directory the caller gave, whatever its path says (C62).

use crate::path::file_names;
use crate::transport::{exceeds, read_limited};
use crate::{ClientError, Disk, RealDisk, atomic};
use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// A file below a directory, each of whose folders is a real one.
pub(crate) struct Destination {
    directory: PathBuf,
    folders: Vec<PathBuf>,
    path: PathBuf,
}

impl Destination {
    /// The place of the target `untrusted_path` below `directory`.
    pub(crate) fn new(directory: &Path, untrusted_path: &str) -> Result<Self, ClientError> {
        let refuse = |problem| ClientError::TargetPath { path: untrusted_path.to_owned(), problem };
        let names = file_names(untrusted_path).map_err(refuse)?;
        let mut places = Vec::with_capacity(names.len());
        let mut path = directory.to_owned();
        for name in names {
            path.push(name);
            places.push(path.clone());
        }
        places.pop();
        let this = Self { directory: directory.to_owned(), folders: places, path };
        this.look()?;
        Ok(this)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// The file that lies there, if one does and is no longer than `limit`.
    pub(crate) fn existing(&self, limit: u64) -> Result<Option<Vec<u8>>, ClientError> {
        // What cannot be read is not the target; whether it can be replaced, the rename will say.
        let Ok(file) = File::open(&self.path) else { return Ok(None) };
        match read_limited(file, limit) {
            (bytes, None) if !exceeds(&bytes, limit) => Ok(Some(bytes)),
            _ => Ok(None),
        }
    }

    /// Puts checked bytes there.
    pub(crate) fn place(&self, checked: &[u8]) -> Result<(), ClientError> {
        let failed = |path: &Path, e: io::Error| ClientError::Write { path: path.to_owned(), reason: e.to_string() };
        let mut parent = &self.directory;
        for folder in &self.folders {
            match fs::create_dir(folder) {
                Ok(()) => RealDisk.sync_directory(parent).map_err(|e| failed(parent, e))?,
                Err(e) if e.kind() == ErrorKind::AlreadyExists => {}
                Err(e) => return Err(failed(folder, e)),
            }
            parent = folder;
        }
        // Time has passed with the download: look again.
        self.look()?;
        atomic::replace(&self.path, checked).map_err(|e| failed(&self.path, e))
    }

    /// A symbolic link below the directory would lead out of it (CVE-2021-41131).
    fn look(&self) -> Result<(), ClientError> {
        let refuse = |path: &Path, expected, found: fs::FileType| {
            let found = match () {
                () if found.is_symlink() => "a symbolic link",
                () if found.is_dir() => "a directory",
                () if found.is_file() => "a file",
                () => "another kind of file",
            };
            Err(ClientError::Destination { path: path.to_owned(), expected, found })
        };
        if !self.directory.is_dir() {
            let (path, expected) = (self.directory.clone(), "a directory");
            let found = if self.directory.exists() { "another kind of file" } else { "nothing" };
            return Err(ClientError::Destination { path, expected, found });
        }
        for folder in &self.folders {
            match kind(folder)? {
                Some(kind) if !kind.is_dir() => return refuse(folder, "a directory", kind),
                Some(_) => {}
                None => return Ok(()),
            }
        }
        match kind(&self.path)? {
            Some(kind) if !kind.is_file() => refuse(&self.path, "a file or nothing", kind),
            _ => Ok(()),
        }
    }
}

/// What lies there, links not followed.
fn kind(path: &Path) -> Result<Option<fs::FileType>, ClientError> {
    match fs::symlink_metadata(path) {
        Ok(found) => Ok(Some(found.file_type())),
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(None),
        Err(e) => Err(ClientError::Write { path: path.to_owned(), reason: e.to_string() }),
    }
}
