//! What a run makes in a folder: whole files under names nobody asks for, and the folders above them.

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// What a run has made, to be removed if it fails.
#[derive(Default)]
pub(super) struct Made {
    pub(super) files: Vec<PathBuf>,
    folders: Vec<PathBuf>,
}

impl Made {
    pub(super) fn remove(&mut self) {
        for file in self.files.drain(..).rev() {
            let _ = fs::remove_file(file);
        }
        // Only empty ones go.
        for folder in self.folders.drain(..).rev() {
            let _ = fs::remove_dir(folder);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.files.is_empty() && self.folders.is_empty()
    }

    pub(super) fn folder(&mut self, folder: &Path) -> std::io::Result<()> {
        if folder.is_dir() {
            return Ok(());
        }
        let above = above(folder);
        self.folder(above)?;
        match fs::create_dir(folder) {
            Ok(()) => self.folders.push(folder.to_owned()),
            Err(e) if e.kind() == ErrorKind::AlreadyExists && folder.is_dir() => {}
            Err(e) => return Err(e),
        }
        sync(above)
    }
}

/// The folder that a name stands in; of a name alone, the one where this program is.
fn above(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if parent.as_os_str().is_empty() => Path::new("."),
        Some(parent) => parent,
        None => path,
    }
}

/// Writes a file beside its place and syncs it.
pub(super) fn write_aside(path: &Path, bytes: &[u8], made: &mut Made) -> std::io::Result<NamedTempFile> {
    let folder = above(path);
    made.folder(folder)?;
    let mut temporary = temporary(folder)?;
    temporary.as_file_mut().write_all(bytes)?;
    readable(temporary.path(), FILE_MODE)?;
    temporary.as_file().sync_all()?;
    Ok(temporary)
}

/// A temporary file in `folder`. tempfile's own errors name it, which would tell people to look for a file that is gone.
pub(crate) fn temporary(folder: &Path) -> std::io::Result<NamedTempFile> {
    let mut said = None;
    let create = |path: &Path| fs::File::create_new(path).inspect_err(|cause| said = cause.raw_os_error());
    let made = tempfile::Builder::new().prefix(".tuffet-").make_in(folder, create);
    made.map_err(|cause| said.map_or(cause, std::io::Error::from_raw_os_error))
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
