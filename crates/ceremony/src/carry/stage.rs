//! Where a bundle is written before it is believed, on the file system of its place, so that putting it there is a
//! matter of names.

use crate::files;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// A folder that goes with the value, and what is left in it.
pub(super) struct Stage {
    folder: TempDir,
}

impl Stage {
    /// In the place itself if it is there (it may be the root of a stick, beside which there is another disk), else beside
    /// it.
    pub(super) fn for_place(place: &Path) -> io::Result<Self> {
        let place = std::path::absolute(place)?;
        let folder = if place.exists() { place.as_path() } else { place.parent().unwrap_or(&place) };
        fs::metadata(folder)?;
        // tempfile's own errors name the temporary folder, which would tell people to look for what is gone.
        let made = tempfile::Builder::new().prefix(HIDDEN).tempdir_in(folder);
        Ok(Self { folder: made.map_err(|cause| io::Error::from(cause.kind()))? })
    }

    pub(super) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Puts everything into a place that is not there, in one step, or that is empty: the plan last, without which
    /// nothing is a ceremony.
    pub(super) fn put(self, place: &Path) -> io::Result<()> {
        let place = std::path::absolute(place)?;
        if !place.exists() {
            readable(self.path())?;
            fs::rename(self.path(), &place)?;
            return place.parent().map_or(Ok(()), files::sync);
        }
        let mut names = fs::read_dir(self.path())?
            .map(|entry| entry.map(|entry| entry.file_name()))
            .collect::<io::Result<Vec<_>>>()?;
        names.sort_by_key(|name| name == "plan.toml");
        let mut put: Vec<PathBuf> = Vec::new();
        for name in names {
            let (from, to) = (self.path().join(&name), place.join(&name));
            if let Err(cause) = fs::rename(&from, &to) {
                for path in put {
                    let _ = if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
                }
                return Err(cause);
            }
            put.push(to);
        }
        files::sync(&place)
    }

    /// Puts one file into its place, over an older one.
    pub(super) fn put_one(&self, name: &str, place: &Path) -> io::Result<()> {
        let to = place.join(name);
        let folder = to.parent().unwrap_or(place);
        files::make_folder(folder)?;
        fs::rename(self.path().join(name), &to)?;
        files::sync(folder)
    }
}

/// Whether nothing lies there; what a killed writer left hidden is nothing.
pub(super) fn is_empty(place: &Path) -> io::Result<bool> {
    if !place.exists() {
        return Ok(true);
    }
    for entry in fs::read_dir(place)? {
        if !entry?.file_name().to_string_lossy().starts_with(HIDDEN) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Temporary folders are their owner's alone; a ceremony's directory is read by whoever audits it.
fn readable(folder: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(folder, fs::Permissions::from_mode(0o755))?;
    }
    Ok(())
}

const HIDDEN: &str = ".tuffet-";
