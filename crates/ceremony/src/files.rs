//! Reading and writing single files of a ceremony directory, whole or not at all.

use crate::CeremonyError;
use std::fs;
use std::io::{ErrorKind, Write};
use std::path::Path;

pub(crate) fn read(root: &Path, name: &str) -> Result<Vec<u8>, CeremonyError> {
    fs::read(root.join(name)).map_err(|cause| CeremonyError::Io { file: name.to_owned(), cause })
}

pub(crate) fn read_if_there(root: &Path, name: &str) -> Result<Option<Vec<u8>>, CeremonyError> {
    match fs::read(root.join(name)) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(cause) if cause.kind() == ErrorKind::NotFound => Ok(None),
        Err(cause) => Err(CeremonyError::Io { file: name.to_owned(), cause }),
    }
}

/// What to do where the file exists.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Existing {
    /// Refuse.
    Keep,
    /// Replace it in one step.
    Replace,
}

/// Writes to a temporary file beside it, syncs, and moves it into place: after a crash or on a full disk there is the
/// old file or the new one.
pub(crate) fn write(root: &Path, name: &str, bytes: &[u8], existing: Existing) -> Result<(), CeremonyError> {
    let path = root.join(name);
    let failed = |cause| CeremonyError::Io { file: name.to_owned(), cause };
    let folder = path.parent().unwrap_or(root);
    fs::create_dir_all(folder).map_err(failed)?;
    let mut file = tempfile::Builder::new().prefix(".tuffet-").tempfile_in(folder).map_err(failed)?;
    file.write_all(bytes).and_then(|()| file.as_file().sync_all()).map_err(failed)?;
    let moved = match existing {
        Existing::Keep => file.persist_noclobber(&path),
        Existing::Replace => file.persist(&path),
    };
    match moved {
        Ok(_) => {}
        Err(e) if e.error.kind() == ErrorKind::AlreadyExists => return Err(CeremonyError::Exists(name.to_owned())),
        Err(e) => return Err(failed(e.error)),
    }
    world_readable(&path).and_then(|()| fs::File::open(folder)?.sync_all()).map_err(failed)
}

/// Nothing in a ceremony directory is secret, and people copy it between accounts.
fn world_readable(path: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(path, fs::Permissions::from_mode(0o644))?;
    }
    Ok(())
}

/// The names of the files directly in a folder, sorted; none where the folder is missing.
pub(crate) fn list(root: &Path, folder: &str) -> Result<Vec<String>, CeremonyError> {
    let failed = |cause| CeremonyError::Io { file: folder.to_owned(), cause };
    let entries = match fs::read_dir(root.join(folder)) {
        Ok(entries) => entries,
        Err(cause) if cause.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(cause) => return Err(failed(cause)),
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(failed)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.file_type().map_err(failed)?.is_file() && !name.starts_with('.') {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}
