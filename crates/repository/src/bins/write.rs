//! Files written aside and named in order (R10), without a handle kept open for each.

use super::Durability;
use crate::{Repository, RepositoryError};
use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::PathBuf;
use tempfile::TempPath;

/// A file that has all its bytes, and not its name. It is gone when this is dropped.
pub(super) struct Waiting {
    pub(super) file: String,
    pub(super) path: TempPath,
    pub(super) bytes: u64,
}

/// Writes a file beside its place.
pub(super) fn aside(
    repository: &Repository,
    file: String,
    bytes: &[u8],
    durability: Durability,
) -> Result<Waiting, RepositoryError> {
    let failed = |cause| RepositoryError::Write { file: file.clone(), cause };
    let mut temporary = crate::folder::temporary(repository.dir()).map_err(failed)?;
    temporary.as_file_mut().write_all(bytes).map_err(failed)?;
    crate::folder::readable(temporary.path(), crate::folder::FILE_MODE).map_err(failed)?;
    if durability == Durability::Synced {
        temporary.as_file().sync_all().map_err(failed)?;
    }
    Ok(Waiting { path: temporary.into_temp_path(), bytes: bytes.len() as u64, file })
}

/// Gives `files` their names, timestamp last, if nobody published since `before` was the timestamp.
pub(super) fn publish(
    repository: &Repository,
    before: &[u8],
    files: Vec<Waiting>,
    timestamp: Waiting,
    durability: Durability,
) -> Result<(), RepositoryError> {
    let _lock = crate::folder::only_publisher(repository, before)?;
    let mut made = Vec::new();
    let named = name_all(repository, files, durability, &mut made).and_then(|()| {
        let failed = |cause| RepositoryError::Write { file: timestamp.file.clone(), cause };
        timestamp.path.persist(repository.dir().join(&timestamp.file)).map_err(|error| failed(error.error))
    });
    if let Err(error) = named {
        made.iter().for_each(|file| drop(fs::remove_file(file)));
        return Err(error);
    }
    sync(repository, durability).map_err(RepositoryError::NotSynced)
}

fn name_all(
    repository: &Repository,
    files: Vec<Waiting>,
    durability: Durability,
    made: &mut Vec<PathBuf>,
) -> Result<(), RepositoryError> {
    for Waiting { file, path, .. } in files {
        let failed = |cause| RepositoryError::Write { file: file.clone(), cause };
        let place = repository.dir().join(&file);
        match path.persist_noclobber(&place) {
            Ok(()) => {}
            // Of an interrupted run, which the timestamp did not come to list: no client has asked for this version,
            // and another signature or other changes make it another file now.
            Err(error) if error.error.kind() == ErrorKind::AlreadyExists => {
                error.path.persist(&place).map_err(|error| failed(error.error))?;
            }
            Err(error) => return Err(failed(error.error)),
        }
        made.push(place);
    }
    // Their names are on the disk before the timestamp lists them; among one another their order is nobody's business.
    sync(repository, durability).map_err(|cause| RepositoryError::Write { file: ".".into(), cause })
}

fn sync(repository: &Repository, durability: Durability) -> std::io::Result<()> {
    if durability == Durability::Synced { File::open(repository.dir())?.sync_all() } else { Ok(()) }
}
