//! A scan that a person watches.

use crate::CliError;
use std::io::{IsTerminal, Write};
use std::num::NonZeroUsize;
use std::path::Path;
use std::time::{Duration, Instant};
use tuffet_repository::scan::{Progress, Scan, ScanError, Scanned};

/// Hashes every file of `folder` with all processors, resumed from `journal` where one is named. A line on the terminal
/// says how far it is, if standard error is one; names that some systems take for one are warned of.
pub(crate) fn scan(folder: &Path, journal: Option<&Path>) -> Result<Scanned, CliError> {
    let threads = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let scan = Scan::of(folder).threads(threads);
    let scan = journal.map_or(scan, |journal| scan.journal(journal));
    let mut line = Line { shown: None, begun: Instant::now(), is_terminal: std::io::stderr().is_terminal() };
    let scanned = scan.run(|progress| line.show(progress));
    line.clear();
    let scanned = scanned.map_err(CliError::from)?;
    for twins in &scanned.twins {
        let paths: Vec<String> = twins.paths.iter().map(|path| format!("`{}`", path.escape_debug())).collect();
        crate::outcome::warn(&format!(
            "{}: one name on some systems, where one of them is lost (F20)",
            paths.join(", ")
        ));
    }
    Ok(scanned)
}

struct Line {
    shown: Option<Instant>,
    begun: Instant,
    is_terminal: bool,
}

impl Line {
    fn show(&mut self, progress: Progress) {
        // Not for what is done before anybody reads it, and not so often that it costs anything.
        let since = self.shown.unwrap_or(self.begun);
        if !self.is_terminal || since.elapsed() < Duration::from_millis(200) {
            return;
        }
        self.shown = Some(Instant::now());
        let Progress { files, of, bytes } = progress;
        let full = usize::try_from(files.saturating_mul(BAR as u64) / of.max(1)).unwrap_or(BAR).min(BAR);
        let bar = format!("{}{}", "#".repeat(full), "-".repeat(BAR - full));
        let _ = write!(std::io::stderr(), "\r[{bar}] {files} of {of} files, {} MiB ", bytes >> 20);
    }

    fn clear(&mut self) {
        if self.shown.is_some() {
            let _ = write!(std::io::stderr(), "\r{:79}\r", "");
        }
    }
}

impl From<ScanError> for CliError {
    fn from(error: ScanError) -> Self {
        let (message, hint) = (error.to_string(), error.hint());
        let error = Self::new("files", message);
        match hint {
            Some(hint) => error.hint(hint),
            None => error,
        }
    }
}

const BAR: usize = 30;
