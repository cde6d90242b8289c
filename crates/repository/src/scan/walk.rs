//! The files of a folder, in the order metadata has.

use super::{FileProblem, RefusedFile};
use std::io::ErrorKind;
use std::path::Path;
use tuffet_client::target_names;
use walkdir::WalkDir;

/// Every regular file by its path, sorted by code point; and all that cannot be targets.
pub(super) fn walk(folder: &Path) -> (Vec<String>, Vec<RefusedFile>) {
    let (mut paths, mut refused) = (Vec::new(), Vec::new());
    for entry in WalkDir::new(folder).min_depth(1) {
        let (path, kind) = match &entry {
            Ok(entry) => (entry.path(), Ok(entry.file_type())),
            Err(error) => (error.path().unwrap_or(folder), Err(problem(error))),
        };
        let relative = path.strip_prefix(folder).unwrap_or(path);
        let Some(path) = relative.to_str() else {
            // A folder with such a name is told once, by each file in it.
            if !kind.as_ref().is_ok_and(|kind| kind.is_dir()) {
                let path = relative.to_string_lossy().into_owned();
                refused.push(RefusedFile { path, problem: FileProblem::Encoding });
            }
            continue;
        };
        let path = if std::path::MAIN_SEPARATOR == '/' { path.to_owned() } else { path.replace('\\', "/") };
        let kind = match kind {
            Err(problem) => {
                refused.push(RefusedFile { path, problem });
                continue;
            }
            Ok(kind) => kind,
        };
        if kind.is_dir() {
            continue;
        }
        let name = target_names(&path).map(|_| ()).map_err(FileProblem::Name);
        match name.and(if kind.is_file() { Ok(()) } else { Err(FileProblem::Kind(other(kind))) }) {
            Ok(()) => paths.push(path),
            Err(problem) => refused.push(RefusedFile { path, problem }),
        }
    }
    paths.sort_unstable();
    (paths, refused)
}

fn problem(error: &walkdir::Error) -> FileProblem {
    match error.io_error() {
        Some(cause) if cause.kind() == ErrorKind::NotFound => FileProblem::Vanished,
        // walkdir's own words name the path again.
        Some(cause) => FileProblem::Unreadable(cause.to_string()),
        None => FileProblem::Unreadable(error.to_string()),
    }
}

fn other(kind: std::fs::FileType) -> &'static str {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        match () {
            () if kind.is_fifo() => return "a named pipe",
            () if kind.is_socket() => return "a socket",
            () if kind.is_block_device() || kind.is_char_device() => return "a device",
            () => {}
        }
    }
    if kind.is_symlink() { "a symbolic link" } else { "another kind of file" }
}
