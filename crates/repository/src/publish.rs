//! Writing: each file whole, in an order in which no client ever sees half a repository (R10).

use crate::{Repository, RepositoryError, Verified};
use std::collections::BTreeMap;
use std::fs;
use std::io::{ErrorKind, Write};
use std::path::Path;
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

impl Verified {
    /// Writes the new files, timestamp last, and reads the repository back as a fresh client. If a write fails, the
    /// files of this run are removed again: no client could have asked for them.
    ///
    /// # Errors
    /// [`RepositoryError`]
    pub fn publish(self, repository: &Repository) -> Result<Receipt, RepositoryError> {
        let mut written = Vec::new();
        for file in &self.staged.new {
            // `new` holds keys of `tree` only.
            let bytes = self.staged.tree.get(file).map_or(&[][..], Vec::as_slice);
            if let Err(error) = place(repository, file, bytes, &mut written) {
                for file in written.iter().rev() {
                    let _ = fs::remove_file(repository.dir().join(file));
                }
                return Err(error);
            }
        }
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

    fn read_back(&self, repository: &Repository) -> Result<(), RepositoryError> {
        let pin = self.staged.tree.get(&RoleName::Root.versioned_file_name(1)).map_or(&[][..], Vec::as_slice);
        let transport = DirectoryTransport::open(repository.dir()).map_err(|cause| {
            RepositoryError::ReadBack(tuffet_client::ClientError::Fetch { role: RoleName::Root, cause })
        })?;
        let store = MemoryStore::default();
        let mut client =
            Client::bootstrap(store, transport, Policy::default(), pin).map_err(RepositoryError::ReadBack)?;
        let refreshed = client.refresh(self.at).map_err(RepositoryError::ReadBack)?;
        for path in refreshed.targets.targets().keys() {
            client.target_bytes(&refreshed, path).map_err(RepositoryError::ReadBack)?;
        }
        Ok(())
    }
}

/// Writes one file beside its place, syncs, and moves it there. The timestamp replaces its predecessor; every other
/// file is immutable (R5).
fn place(repository: &Repository, file: &str, bytes: &[u8], written: &mut Vec<String>) -> Result<(), RepositoryError> {
    let path = repository.dir().join(file);
    let failed = |cause| RepositoryError::Write { file: file.to_owned(), cause };
    let folder = path.parent().unwrap_or(repository.dir());
    fs::create_dir_all(folder).map_err(failed)?;
    let mut temporary = tempfile::Builder::new().prefix(".tuffet-").tempfile_in(folder).map_err(failed)?;
    temporary.write_all(bytes).and_then(|()| temporary.as_file().sync_all()).map_err(failed)?;
    readable(temporary.path()).map_err(failed)?;
    if file == RoleName::Timestamp.file_name() {
        temporary.persist(&path).map_err(|e| failed(e.error))?;
    } else {
        match temporary.persist_noclobber(&path) {
            Ok(_) => written.push(file.to_owned()),
            Err(e) if e.error.kind() == ErrorKind::AlreadyExists => {
                let there = fs::read(&path).map_err(failed)?;
                if there != bytes {
                    let (expected, found) = (sha256(&there).to_string(), sha256(bytes).to_string());
                    return Err(RepositoryError::Immutable { file: file.to_owned(), expected, found });
                }
            }
            Err(e) => return Err(failed(e.error)),
        }
    }
    fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)
}

/// A repository is for everyone to read; temporary files are not, until now.
fn readable(path: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(path, fs::Permissions::from_mode(0o644))?;
    }
    Ok(())
}
