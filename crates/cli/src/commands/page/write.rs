//! The page's files, each replaced whole.

use crate::CliError;
use crate::commands::{make_folder, write_aside};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use tuffet_page::{Site, is_ours};

/// Writes every file or, as far as can be known before, none. Only a page that this program made is replaced.
pub(super) fn all(site: &Site, folder: &Path) -> Result<Vec<PathBuf>, CliError> {
    make_folder(folder)?;
    for name in site.files.keys() {
        require_ours(name, &folder.join(name))?;
    }
    let mut waiting = Vec::new();
    for (name, bytes) in &site.files {
        let path = folder.join(name);
        waiting.push((write_aside(&path, bytes)?, path));
    }
    let mut written = Vec::new();
    for (file, path) in waiting {
        file.persist(&path).map_err(|e| CliError::io(&path, &e.error))?;
        written.push(path);
    }
    Ok(written)
}

fn require_ours(name: &str, path: &Path) -> Result<(), CliError> {
    let found = match std::fs::read(path) {
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(()),
        Ok(bytes) if is_ours(name, &bytes) => return Ok(()),
        Err(e) if e.kind() == ErrorKind::IsADirectory => "a folder",
        Err(e) => return Err(CliError::io(path, &e)),
        Ok(_) => "another file",
    };
    let message = format!("{}: expected none or the one tuffet wrote, found {found}", path.display());
    Err(CliError::new("exists", message).hint("move it away, or name another folder: `tuffet page --out DIR`"))
}
