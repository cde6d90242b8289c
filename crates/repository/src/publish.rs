//! Writing: each file whole, in an order in which no client ever sees half a repository (R10).

use crate::{Accepted, Repository, RepositoryError};
use std::collections::BTreeMap;
use std::fs::{self, TryLockError};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;
use tuffet_client::{Client, DirectoryTransport, MemoryStore, Policy};
use tuffet_keys::sha256;
use tuffet_metadata::RoleName;

/// What was published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// SHA-256 of every file written, by path in the repository.
    pub files: BTreeMap<String, String>,
    /// The versions clients are at now.
    pub root: u64,
    /// Of timestamp.
    pub timestamp: u64,
    /// Of snapshot.
    pub snapshot: u64,
    /// Of targets.
    pub targets: u64,
}

impl Accepted {
    /// The files this publication writes, in that order: target files, targets, snapshot, root, and the timestamp last.
    #[must_use]
    pub fn files(&self) -> &[String] {
        &self.staged.new
    }

    /// Writes the new files, timestamp last, and reads the repository back as a fresh client. Every byte is on the disk
    /// before the first file has its name, so that a full disk is met while nothing can be seen; if a file cannot take
    /// its name, those of this run are removed again.
    ///
    /// # Errors
    /// [`RepositoryError`]
    pub fn publish(self, repository: &Repository) -> Result<Receipt, RepositoryError> {
        let mut made = Made::default();
        if let Err(error) = self.write(repository, &mut made) {
            made.remove();
            return Err(error);
        }
        sync(repository.dir()).map_err(RepositoryError::NotSynced)?;
        self.read_back(repository)?;
        let hash = |file: &String| self.staged.tree.get(file).map(|bytes| sha256(bytes).to_string());
        Ok(Receipt {
            files: self.staged.new.iter().filter_map(|file| Some((file.clone(), hash(file)?))).collect(),
            root: self.trusted.root.common.version,
            timestamp: self.trusted.timestamp.common.version,
            snapshot: self.trusted.snapshot.common.version,
            targets: self.trusted.targets.common.version,
        })
    }

    fn write(&self, repository: &Repository, made: &mut Made) -> Result<(), RepositoryError> {
        let failed = |cause| RepositoryError::Write { file: ".".into(), cause };
        made.folder(repository.dir()).map_err(failed)?;
        let _lock = only_publisher(repository, self.staged.before.as_deref())?;
        let mut waiting = Vec::new();
        for file in &self.staged.new {
            // `new` holds keys of `tree` only.
            let bytes = self.staged.tree.get(file).map_or(&[][..], Vec::as_slice);
            waiting.push((file, bytes, write_aside(repository, file, bytes, made)?));
        }
        for (file, bytes, temporary) in waiting {
            give_name(repository, file, bytes, temporary, made)?;
        }
        Ok(())
    }

    fn read_back(&self, repository: &Repository) -> Result<(), RepositoryError> {
        let pin = self.staged.tree.get(&RoleName::Root.versioned_file_name(1)).map_or(&[][..], Vec::as_slice);
        let transport = DirectoryTransport::open(repository.dir()).map_err(|cause| {
            RepositoryError::read_back(tuffet_client::ClientError::Fetch { role: RoleName::Root, cause })
        })?;
        let store = MemoryStore::default();
        let mut client =
            Client::bootstrap(store, transport, Policy::default(), pin).map_err(RepositoryError::read_back)?;
        let refreshed = client.refresh(self.at).map_err(RepositoryError::read_back)?;
        for path in &self.staged.paths {
            client.target_bytes(&refreshed, path).map_err(RepositoryError::read_back)?;
        }
        Ok(())
    }
}

/// What a run has made, to be removed if it fails.
#[derive(Default)]
struct Made {
    files: Vec<PathBuf>,
    folders: Vec<PathBuf>,
}

impl Made {
    fn remove(&self) {
        for file in self.files.iter().rev() {
            let _ = fs::remove_file(file);
        }
        // Only empty ones go.
        for folder in self.folders.iter().rev() {
            let _ = fs::remove_dir(folder);
        }
    }

    fn folder(&mut self, folder: &Path) -> std::io::Result<()> {
        if folder.is_dir() {
            return Ok(());
        }
        if let Some(parent) = folder.parent() {
            self.folder(parent)?;
        }
        match fs::create_dir(folder) {
            Ok(()) => self.folders.push(folder.to_owned()),
            Err(e) if e.kind() == ErrorKind::AlreadyExists && folder.is_dir() => {}
            Err(e) => return Err(e),
        }
        folder.parent().map_or(Ok(()), sync)
    }
}

/// The repository locked for one run, if nobody published since `before` was its timestamp (X20).
pub(crate) fn only_publisher(repository: &Repository, before: Option<&[u8]>) -> Result<fs::File, RepositoryError> {
    let failed = |cause| RepositoryError::Write { file: ".".into(), cause };
    let lock = fs::File::open(repository.dir()).map_err(failed)?;
    match lock.try_lock() {
        Err(TryLockError::WouldBlock) => return Err(RepositoryError::Locked),
        // A file system without locks still has names that only one run can give.
        Err(TryLockError::Error(cause)) if cause.kind() != ErrorKind::Unsupported => return Err(failed(cause)),
        _ => {}
    }
    let moved = repository.read(&RoleName::Timestamp.file_name())?.as_deref() != before;
    if moved { Err(RepositoryError::Moved) } else { Ok(lock) }
}

/// Writes a file beside its place and syncs it.
fn write_aside(
    repository: &Repository,
    file: &str,
    bytes: &[u8],
    made: &mut Made,
) -> Result<NamedTempFile, RepositoryError> {
    let failed = |cause| RepositoryError::Write { file: file.to_owned(), cause };
    let path = repository.dir().join(file);
    let folder = path.parent().unwrap_or(repository.dir());
    made.folder(folder).map_err(failed)?;
    let mut temporary = temporary(folder).map_err(failed)?;
    temporary
        .as_file_mut()
        .write_all(bytes)
        .and_then(|()| readable(temporary.path(), FILE_MODE))
        .and_then(|()| temporary.as_file().sync_all())
        .map_err(failed)?;
    Ok(temporary)
}

/// A temporary file in `folder`. tempfile's own errors name it, which would tell people to look for a file that is gone.
pub(crate) fn temporary(folder: &Path) -> std::io::Result<NamedTempFile> {
    let mut said = None;
    let create = |path: &Path| fs::File::create_new(path).inspect_err(|cause| said = cause.raw_os_error());
    let made = tempfile::Builder::new().prefix(".tuffet-").make_in(folder, create);
    made.map_err(|cause| said.map_or(cause, std::io::Error::from_raw_os_error))
}

/// Moves a file to its place. The timestamp replaces its predecessor; every other file is immutable (R5), and its
/// name is on the disk before the next file has one.
fn give_name(
    repository: &Repository,
    file: &str,
    bytes: &[u8],
    temporary: NamedTempFile,
    made: &mut Made,
) -> Result<(), RepositoryError> {
    let failed = |cause| RepositoryError::Write { file: file.to_owned(), cause };
    let path = repository.dir().join(file);
    if file == RoleName::Timestamp.file_name() {
        // Published from here on: nothing after this may remove what it lists.
        return temporary.persist(&path).map(|_| ()).map_err(|e| failed(e.error));
    }
    match temporary.persist_noclobber(&path) {
        Ok(_) => made.files.push(path.clone()),
        Err(e) if e.error.kind() == ErrorKind::AlreadyExists => {
            let there = fs::read(&path).map_err(failed)?;
            if there != bytes && file.ends_with(".snapshot.json") {
                // Left by an interrupted publication: the timestamp lists the version before, so no client has asked
                // for it, and an ECDSA signature or another expiry makes it another file now.
                e.file.persist(&path).map_err(|e| failed(e.error))?;
                made.files.push(path.clone());
            } else if there != bytes {
                let (expected, found) = (sha256(&there).to_string(), sha256(bytes).to_string());
                return Err(RepositoryError::Immutable { file: file.to_owned(), expected, found });
            }
        }
        Err(e) => return Err(failed(e.error)),
    }
    path.parent().map_or(Ok(()), sync).map_err(failed)
}

/// Puts a file, or the names in a folder, on the disk.
pub(crate) fn sync(path: &Path) -> std::io::Result<()> {
    fs::File::open(path)?.sync_all()
}

/// A repository is for everyone to read; temporary files are not, until now.
pub(crate) fn readable(path: &Path, mode: u32) -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(path, fs::Permissions::from_mode(mode))?;
    }
    #[cfg(not(unix))]
    let _ = (path, mode);
    Ok(())
}

/// Everybody reads a file, its owner writes it.
pub(crate) const FILE_MODE: u32 = 0o644;
