//! A folder that appears whole or not at all (X2): made beside its place, on the disk before it has its name.

use super::TakeoverError;
use crate::folder::{readable, sync};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use tempfile::TempDir;
use tuffet_keys::{Sha256, sha256};

/// A folder under way. Dropped before [`finish`](Self::finish), it leaves nothing.
#[derive(Debug)]
pub struct Staging {
    folder: TempDir,
    destination: PathBuf,
    /// Folders made, by path; on the disk at the end.
    folders: BTreeSet<PathBuf>,
    files: BTreeMap<String, Sha256>,
}

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finished {
    /// The folder is there.
    Written,
    /// It was there before, with the same bytes.
    Unchanged,
}

impl Staging {
    /// Begins a folder that will be `destination`. Its parent is made where it is missing.
    ///
    /// # Errors
    /// [`TakeoverError::Write`]
    pub fn beside(destination: &Path) -> Result<Self, TakeoverError> {
        let failed = |cause| TakeoverError::Write { place: destination.to_owned(), cause };
        let destination = std::path::absolute(destination).map_err(failed)?;
        let parent = destination.parent().unwrap_or(&destination).to_owned();
        fs::create_dir_all(&parent).map_err(failed)?;
        // The system's own error: tempfile's names a folder that is gone by the time somebody reads it.
        let folder = tempfile::Builder::new().prefix(".tuffet-").tempdir_in(&parent).map_err(|cause| {
            failed(cause.raw_os_error().map_or_else(|| cause.kind().into(), std::io::Error::from_raw_os_error))
        })?;
        Ok(Self { folder, destination, folders: BTreeSet::new(), files: BTreeMap::new() })
    }

    /// The folder while it is under way.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Makes a folder in it.
    ///
    /// # Errors
    /// [`TakeoverError::Write`]
    pub fn folder(&mut self, name: &str) -> Result<(), TakeoverError> {
        let path = self.folder.path().join(name);
        if self.folders.contains(&path) {
            return Ok(());
        }
        fs::create_dir_all(&path).map_err(|cause| self.failed(name, cause))?;
        let below = path.ancestors().take_while(|at| *at != self.folder.path()).map(Path::to_owned);
        self.folders.extend(below);
        Ok(())
    }

    /// Writes a file in it, whole, for everyone to read. A file that is there with these bytes is left as it is.
    ///
    /// # Errors
    /// [`TakeoverError::Write`]; [`TakeoverError::OnePlace`] where other bytes have the name.
    pub fn file(&mut self, name: &str, bytes: &[u8]) -> Result<(), TakeoverError> {
        let digest = sha256(bytes);
        match self.files.get(name) {
            Some(there) if *there == digest => return Ok(()),
            Some(_) => return Err(TakeoverError::OnePlace { file: name.to_owned() }),
            None => {}
        }
        let path = self.folder.path().join(name);
        if let Some((folder, _)) = name.rsplit_once('/') {
            self.folder(folder)?;
        }
        let write = || -> std::io::Result<()> {
            let mut file = File::create_new(&path)?;
            file.write_all(bytes)?;
            readable(&path, crate::folder::FILE_MODE)
        };
        write().map_err(|cause| match cause.kind() {
            // Two names of which this file system makes one.
            ErrorKind::AlreadyExists => TakeoverError::OnePlace { file: name.to_owned() },
            _ => self.failed(name, cause),
        })?;
        self.files.insert(name.to_owned(), digest);
        Ok(())
    }

    /// Gives the folder its name. Where something is there already, it has to be the same: below each of `whole` (`` for
    /// everything) the same files and no other, and elsewhere at least the files written.
    ///
    /// # Errors
    /// [`TakeoverError::Write`] or [`TakeoverError::Destination`]
    pub fn finish(self, whole: &[&str]) -> Result<Finished, TakeoverError> {
        let failed = |cause| TakeoverError::Write { place: self.destination.clone(), cause };
        // All of them at the end: by then the system has written most of what a sync a file would wait for.
        for name in self.files.keys() {
            sync(&self.folder.path().join(name)).map_err(|cause| self.failed(name, cause))?;
        }
        for folder in self.folders.iter().map(PathBuf::as_path).chain([self.folder.path()]) {
            readable(folder, 0o755).and_then(|()| sync(folder)).map_err(failed)?;
        }
        if self.is_free()? {
            let folder = self.folder.path().to_owned();
            if cfg!(windows) {
                let _ = fs::remove_dir(&self.destination);
            }
            match fs::rename(&folder, &self.destination) {
                Ok(()) => {
                    // Nothing is left to remove, and `folder` is no path of ours any more.
                    let _ = self.folder.keep();
                    let parent = self.destination.parent().unwrap_or(&self.destination);
                    sync(parent).map_err(|cause| TakeoverError::Write { place: parent.to_owned(), cause })?;
                    return Ok(Finished::Written);
                }
                // Another run was faster: its result is looked at as if it had been there all the time.
                Err(cause) if matches!(cause.kind(), ErrorKind::DirectoryNotEmpty | ErrorKind::AlreadyExists) => {}
                Err(cause) => return Err(failed(cause)),
            }
        }
        self.compare(whole)
    }

    /// Whether nothing is there, or an empty folder.
    fn is_free(&self) -> Result<bool, TakeoverError> {
        let failed = |cause| TakeoverError::Write { place: self.destination.clone(), cause };
        match self.destination.symlink_metadata() {
            Err(cause) if cause.kind() == ErrorKind::NotFound => Ok(true),
            Err(cause) => Err(failed(cause)),
            Ok(found) if found.is_dir() => Ok(fs::read_dir(&self.destination).map_err(failed)?.next().is_none()),
            Ok(_) => Err(TakeoverError::Destination { place: self.destination.clone(), found: "a file".into() }),
        }
    }

    fn compare(&self, whole: &[&str]) -> Result<Finished, TakeoverError> {
        let refuse = |name: &str, found: &str| TakeoverError::Destination {
            place: self.destination.join(name),
            found: found.to_owned(),
        };
        let mut there = BTreeMap::new();
        for base in whole {
            walk(&self.destination, base, &mut there)?;
        }
        for (name, written) in &self.files {
            there.remove(name);
            let path = self.destination.join(name);
            match path.symlink_metadata() {
                Ok(found) if found.is_file() => {}
                Ok(_) => return Err(refuse(name, "no file")),
                Err(_) => return Err(refuse(name, "no such file in the folder that is there")),
            }
            let bytes = fs::read(&path).map_err(|cause| TakeoverError::Write { place: path.clone(), cause })?;
            if sha256(&bytes) != *written {
                return Err(refuse(name, "other bytes"));
            }
        }
        match there.pop_first() {
            Some((name, ())) => Err(refuse(&name, "a file more")),
            None => Ok(Finished::Unchanged),
        }
    }

    fn failed(&self, name: &str, cause: std::io::Error) -> TakeoverError {
        TakeoverError::Write { place: self.destination.join(name), cause }
    }
}

/// Every file below `base` of `root`, links as what they are.
fn walk(root: &Path, base: &str, out: &mut BTreeMap<String, ()>) -> Result<(), TakeoverError> {
    let mut folders = vec![base.to_owned()];
    while let Some(at) = folders.pop() {
        let path = root.join(&at);
        let failed = |cause| TakeoverError::Write { place: path.clone(), cause };
        let entries = match fs::read_dir(&path) {
            Ok(entries) => entries,
            Err(cause) if cause.kind() == ErrorKind::NotFound => continue,
            Err(cause) => return Err(failed(cause)),
        };
        for entry in entries {
            let entry = entry.map_err(failed)?;
            let name = format!("{at}{}", entry.file_name().to_string_lossy());
            if entry.file_type().map_err(failed)?.is_dir() {
                folders.push(name + "/");
            } else {
                out.insert(name, ());
            }
        }
    }
    Ok(())
}
