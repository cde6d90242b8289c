//! Scanned files on their way into a repository: copied, and found to be what was hashed.

use super::place::Place;
use super::{FileProblem, RefusedFile, RefusedFiles, ScanError, ScannedFile};
use crate::{Durability, Repository, RepositoryError};
use ring::digest::{Context, SHA256};
use std::fs;
use std::io::{ErrorKind, Read, Write};
use std::path::Path;

/// Copies `files` of `folder` to their names in the repository, `targets/FOLDER/HASH.NAME`. What is there stays: its
/// name is its hash. A file that is no longer the one that was scanned is not copied. Returns the number of files that
/// were new.
///
/// # Errors
/// [`ScanError`] for the folder, [`RepositoryError`] for the repository.
pub fn copy_content(
    folder: &Path,
    files: &[ScannedFile],
    repository: &Repository,
    durability: Durability,
) -> Result<Result<u64, ScanError>, RepositoryError> {
    let place = match Place::open(folder) {
        Ok(place) => place,
        Err(error) => return Ok(Err(error)),
    };
    let (mut new, mut buffer, mut refused) = (0, vec![0; super::BUFFER], Vec::new());
    let mut last = None;
    for file in files {
        let (parent, name) = file.path.rsplit_once('/').unwrap_or(("", &file.path));
        let to = repository.dir().join("targets").join(parent);
        let target = to.join(format!("{}.{name}", file.sha256));
        if fs::symlink_metadata(&target).is_ok_and(|there| there.is_file() && there.len() == file.length) {
            continue;
        }
        let failed = |cause| RepositoryError::Write { file: format!("targets/{}", file.path), cause };
        if last.as_ref() != Some(&to) {
            fs::create_dir_all(&to).map_err(failed)?;
            last = Some(to.clone());
        }
        let mut temporary = crate::folder::temporary(&to).map_err(failed)?;
        let mut problem = |problem| refused.push(RefusedFile { path: file.path.clone(), problem });
        let mut from = match place.file(&file.path) {
            Ok(from) => from,
            Err(found) => {
                problem(found);
                continue;
            }
        };
        match copy(&mut from, &mut temporary, file, &mut buffer) {
            Copied::Whole => {}
            Copied::Not(found) => {
                problem(found);
                continue;
            }
            Copied::Full(cause) => return Err(failed(cause)),
        }
        crate::folder::readable(temporary.path(), crate::folder::FILE_MODE).map_err(failed)?;
        if durability == Durability::Synced {
            temporary.as_file().sync_all().map_err(failed)?;
        }
        temporary.persist(&target).map_err(|error| failed(error.error))?;
        if durability == Durability::Synced {
            fs::File::open(&to).and_then(|folder| folder.sync_all()).map_err(failed)?;
        }
        new += 1;
    }
    let of = files.len() as u64;
    Ok(if refused.is_empty() { Ok(new) } else { Err(ScanError::Files(RefusedFiles::new(refused, of))) })
}

enum Copied {
    Whole,
    /// Not the file that was scanned.
    Not(FileProblem),
    /// The repository does not take it.
    Full(std::io::Error),
}

fn copy(from: &mut fs::File, to: &mut impl Write, file: &ScannedFile, buffer: &mut [u8]) -> Copied {
    let (mut context, mut length) = (Context::new(&SHA256), 0);
    // Until it is longer than it was: what is appended for ever would be copied for ever.
    while length <= file.length {
        match from.read(buffer) {
            Ok(0) => break,
            Ok(count) => {
                context.update(&buffer[..count]);
                length += count as u64;
                if let Err(cause) = to.write_all(&buffer[..count]) {
                    return Copied::Full(cause);
                }
            }
            Err(cause) if cause.kind() == ErrorKind::Interrupted => {}
            Err(cause) => return Copied::Not(FileProblem::Unreadable(cause.to_string())),
        }
    }
    let same = length == file.length && context.finish().as_ref() == file.sha256.as_bytes();
    if same { Copied::Whole } else { Copied::Not(FileProblem::Changed { what: "content" }) }
}
