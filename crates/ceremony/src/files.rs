//! Reading and writing single files of a ceremony directory, whole or not at all.

use crate::CeremonyError;
use std::fs;
use std::io::{ErrorKind, Write};
use std::path::Path;
use tempfile::NamedTempFile;

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
    make_folder(folder).map_err(failed)?;
    let mut file = temporary(folder).map_err(failed)?;
    file.as_file_mut()
        .write_all(bytes)
        .and_then(|()| world_readable(file.path()))
        .and_then(|()| file.as_file().sync_all())
        .map_err(failed)?;
    let moved = match existing {
        Existing::Keep => file.persist_noclobber(&path),
        Existing::Replace => file.persist(&path),
    };
    match moved {
        Ok(_) => {}
        Err(e) if e.error.kind() == ErrorKind::AlreadyExists => return Err(CeremonyError::Exists(name.to_owned())),
        Err(e) => return Err(failed(e.error)),
    }
    sync(folder).map_err(failed)
}

/// Whether a file can be written there, found out by writing one that goes at once: a signature that cannot be kept must
/// not be asked for.
pub(crate) fn require_writable(root: &Path, name: &str) -> Result<(), CeremonyError> {
    let path = root.join(name);
    let folder = path.parent().unwrap_or(root);
    let tried = make_folder(folder).and_then(|()| temporary(folder)).map(drop);
    tried.map_err(|cause| CeremonyError::Io { file: name.to_owned(), cause })
}

/// Takes the directory for this process alone until the value is dropped: only one coordinator appends to a transcript.
pub(crate) fn lock(root: &Path) -> Result<fs::File, CeremonyError> {
    let failed = |cause| CeremonyError::Io { file: root.display().to_string(), cause };
    let folder = fs::File::open(here(root)).map_err(failed)?;
    match folder.try_lock() {
        Ok(()) => Ok(folder),
        Err(fs::TryLockError::WouldBlock) => Err(CeremonyError::Locked),
        Err(fs::TryLockError::Error(cause)) => Err(failed(cause)),
    }
}

/// A temporary file in `folder`. tempfile's own errors name it, which would tell people to look for a file that is gone.
fn temporary(folder: &Path) -> std::io::Result<NamedTempFile> {
    let mut said = None;
    let create = |path: &Path| fs::File::create_new(path).inspect_err(|cause| said = cause.raw_os_error());
    let made = tempfile::Builder::new().prefix(".tuffet-").make_in(folder, create);
    made.map_err(|cause| said.map_or(cause, std::io::Error::from_raw_os_error))
}

/// Makes a folder and those above it, each entry synced: a file is not safe in a folder that a power cut takes away.
pub(crate) fn make_folder(folder: &Path) -> std::io::Result<()> {
    if here(folder).is_dir() {
        return Ok(());
    }
    if let Some(parent) = folder.parent() {
        make_folder(parent)?;
    }
    match fs::create_dir(folder) {
        Err(e) if e.kind() != ErrorKind::AlreadyExists || !folder.is_dir() => return Err(e),
        _ => {}
    }
    folder.parent().map_or(Ok(()), sync)
}

/// The parent of a bare name is the empty path, which no system call takes.
fn here(folder: &Path) -> &Path {
    if folder.as_os_str().is_empty() { Path::new(".") } else { folder }
}

pub(crate) fn sync(folder: &Path) -> std::io::Result<()> {
    fs::File::open(here(folder))?.sync_all()
}

/// Removes a file; none is as good.
pub(crate) fn remove(root: &Path, name: &str) -> Result<(), CeremonyError> {
    match fs::remove_file(root.join(name)) {
        Err(cause) if cause.kind() != ErrorKind::NotFound => Err(CeremonyError::Io { file: name.to_owned(), cause }),
        _ => Ok(()),
    }
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

/// The paths of all files in a folder and below it, sorted; none where it is missing.
pub(crate) fn tree(root: &Path, folder: &str) -> Result<Vec<String>, CeremonyError> {
    let mut names: Vec<String> = list(root, folder)?.into_iter().map(|name| format!("{folder}/{name}")).collect();
    for name in folders(root, folder)? {
        names.extend(tree(root, &format!("{folder}/{name}"))?);
    }
    names.sort();
    Ok(names)
}

/// The names of the files directly in a folder, sorted; none where the folder is missing.
pub(crate) fn list(root: &Path, folder: &str) -> Result<Vec<String>, CeremonyError> {
    named(root, folder, |name, kind| kind.is_file() && !name.starts_with('.'))
}

/// The names of the folders directly in a folder, sorted; none where the folder is missing.
pub(crate) fn folders(root: &Path, folder: &str) -> Result<Vec<String>, CeremonyError> {
    named(root, folder, |_, kind| kind.is_dir())
}

fn named(root: &Path, folder: &str, wanted: impl Fn(&str, fs::FileType) -> bool) -> Result<Vec<String>, CeremonyError> {
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
        if wanted(&name, entry.file_type().map_err(failed)?) {
            names.push(name);
        }
    }
    names.sort();
    Ok(names)
}
