//! Why files cannot be targets.

use std::fmt;
use std::path::PathBuf;
use tuffet_client::PathProblem;

/// Why a file cannot be a target.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FileProblem {
    /// Not a regular file: a link leads elsewhere, a device or a pipe has no length.
    #[error("expected a regular file, found {0} (C62)")]
    Kind(&'static str),
    /// A name that is no UTF-8, which metadata cannot hold.
    #[error("expected a name in UTF-8, found other bytes (F26)")]
    Encoding,
    /// A name that clients refuse.
    #[error("{0} (C62)")]
    Name(#[from] PathProblem),
    /// There when the folder was listed, and not when it was to be read.
    #[error("expected the file that was listed, found none: it vanished during the scan")]
    Vanished,
    /// It was written to, or another took its place.
    #[error("expected the same {what} before and after hashing, found another: the file changed during the scan")]
    Changed {
        /// What differs.
        what: &'static str,
    },
    /// The system does not let it be read.
    #[error("{0}")]
    Unreadable(String),
}

/// A file that cannot be a target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedFile {
    /// Its path below the folder; what is no UTF-8 is replaced.
    pub path: String,
    /// Why.
    pub problem: FileProblem,
}

/// All files of a folder that cannot be targets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedFiles {
    /// Those that come first by path, at most 20.
    pub first: Vec<RefusedFile>,
    /// How many there are.
    pub count: u64,
    /// Of how many files.
    pub of: u64,
}

/// Why a folder was not scanned.
#[derive(Debug, thiserror::Error)]
pub enum ScanError {
    /// The folder cannot be opened.
    #[error("{folder}: {cause}")]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
    /// Files that cannot be targets.
    #[error("{0}")]
    Files(RefusedFiles),
    /// The journal cannot be read or written.
    #[error("{file}: {cause}")]
    Journal {
        /// The journal.
        file: PathBuf,
        /// What the system said.
        cause: std::io::Error,
    },
    /// The file that was named is no journal of ours, and is left alone.
    #[error("{file}: expected a journal that begins with `{expected}`, found another file")]
    NotAJournal {
        /// The file.
        file: PathBuf,
        /// Its first line.
        expected: &'static str,
    },
    /// The journal would be one of the files.
    #[error("{file}: expected a journal outside {folder}, found it inside: it would become a target")]
    JournalInside {
        /// The journal.
        file: PathBuf,
        /// The folder to scan.
        folder: PathBuf,
    },
}

impl RefusedFiles {
    pub(super) fn new(mut all: Vec<RefusedFile>, of: u64) -> Self {
        all.sort_by(|a, b| a.path.cmp(&b.path));
        let count = all.len() as u64;
        all.truncate(SHOWN);
        Self { first: all, count, of }
    }
}

impl fmt::Display for RefusedFiles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {} files cannot be targets", self.count, self.of)?;
        for RefusedFile { path, problem } in &self.first {
            write!(f, "\n  `{}`: {problem}", path.escape_debug())?;
        }
        match self.count - self.first.len() as u64 {
            0 => Ok(()),
            more => write!(f, "\n  and {more} more"),
        }
    }
}

impl ScanError {
    /// The command or action that helps, where there is one.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::Files(_) => "move them away or rename them, then run the same command again",
            Self::NotAJournal { .. } | Self::JournalInside { .. } => "name another file for the journal",
            Self::Folder { .. } | Self::Journal { .. } => return None,
        })
    }
}

/// Refused files that are named.
const SHOWN: usize = 20;
