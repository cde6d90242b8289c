//! What an interrupted scan knew: lines of text, appended.
//!
//! A line counts when it is whole, and for the file that has the same length, times, device and inode. It is worth
//! what the folder's own times are worth: whoever can write into the journal can say what they like of every file, so
//! it belongs where the folder's owner alone writes.

use super::place::Identity;
use super::{Batch, ScanError};
use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};
use tuffet_keys::Sha256;

/// Digests by path.
pub(super) type Known = HashMap<String, (Identity, Sha256)>;

/// A journal to go on with.
pub(super) struct Journal {
    file: File,
    path: PathBuf,
}

/// What is known, and the journal open at its end.
pub(super) fn open(path: &Path, folder: &Path) -> Result<(Known, Journal), ScanError> {
    let failed = |cause| ScanError::Journal { file: path.to_owned(), cause };
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let inside = parent.canonicalize().map_err(failed)?.starts_with(folder.canonicalize().map_err(failed)?);
    if inside {
        return Err(ScanError::JournalInside { file: path.to_owned(), folder: folder.to_owned() });
    }
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    let mut file = options.open(path).map_err(failed)?;
    let mut text = Vec::new();
    file.read_to_end(&mut text).map_err(failed)?;
    if text.is_empty() {
        file.write_all(format!("{FIRST}\n").as_bytes()).map_err(failed)?;
    } else if !text.starts_with(format!("{FIRST}\n").as_bytes()) {
        return Err(ScanError::NotAJournal { file: path.to_owned(), expected: FIRST });
    } else {
        // What a crash left of the last line would become part of the next one.
        let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end as u64 + 1);
        file.set_len(whole).and_then(|()| file.seek(SeekFrom::Start(whole))).map_err(failed)?;
        text.truncate(usize::try_from(whole).unwrap_or(0));
    }
    let known = String::from_utf8_lossy(&text).lines().filter_map(parse).collect();
    Ok((known, Journal { file, path: path.to_owned() }))
}

fn parse(line: &str) -> Option<(String, (Identity, Sha256))> {
    let mut words = line.splitn(7, ' ');
    let sha256 = Sha256::from_hex(words.next()?)?;
    let length = words.next()?.parse().ok()?;
    let modified = words.next()?.parse().ok()?;
    let changed = words.next()?.parse().ok()?;
    let device = words.next()?.parse().ok()?;
    let inode = words.next()?.parse().ok()?;
    Some((words.next()?.to_owned(), (Identity { device, inode, length, modified, changed }, sha256)))
}

impl Journal {
    /// Notes what was hashed. A file that changed in the last two seconds may change again without another time, on
    /// file systems whose clock is that coarse: it is hashed again by the next run.
    pub(super) fn append(&mut self, paths: &[String], batch: &Batch) -> Result<(), ScanError> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_nanos());
        let old = i128::try_from(now).unwrap_or(0) - COARSE;
        let mut lines = String::new();
        for (at, outcome) in batch {
            let Ok(done) = outcome else { continue };
            let Identity { device, inode, length, modified, changed } = done.identity;
            if !done.resumed && modified < old {
                let path = &paths[*at];
                lines.push_str(&format!("{} {length} {modified} {changed} {device} {inode} {path}\n", done.sha256));
            }
        }
        let failed = |cause: std::io::Error| ScanError::Journal { file: self.path.clone(), cause };
        match self.file.write_all(lines.as_bytes()) {
            Err(cause) if cause.kind() == ErrorKind::Interrupted => Ok(()),
            other => other.map_err(failed),
        }
    }
}

/// The first line: what it is, and the version of its form.
const FIRST: &str = "tuffet-scan-v1";

/// Nanoseconds.
const COARSE: i128 = 2_000_000_000;
