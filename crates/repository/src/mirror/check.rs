//! A copy looked at without a network: is it whole, is it what was signed, is there anything beside it.

use super::bring::Bring;
use super::prune::superfluous;
use super::{MirrorError, accept};
use crate::MemoryPlace;
use chrono::{DateTime, Utc};
use std::path::Path;
use tuffet_client::DirectoryTransport;

/// What is to be said of a copy.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MirrorCheck {
    /// Why clients refuse its metadata.
    pub refused: Option<String>,
    /// Versions of root, timestamp, snapshot and targets, where they do not.
    pub versions: Option<[u64; 4]>,
    /// Its first root.
    pub first_root: u64,
    /// How many files clients may ask for.
    pub files: usize,
    /// Target files that are listed and not there.
    pub missing: Vec<String>,
    /// Target files that are others than the ones listed.
    pub changed: Vec<String>,
    /// Files that nobody asks for any more.
    pub superfluous: Vec<String>,
}

impl MirrorCheck {
    /// Whether clients can read all of it. What is superfluous does no harm.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.refused.is_none() && self.missing.is_empty() && self.changed.is_empty()
    }
}

/// Looks at the copy in `dir` as of `at`, from a root that reached the caller in a way it trusts.
///
/// # Errors
/// [`MirrorError::Refused`]: there is no such folder; [`MirrorError::Place`]: it cannot be read.
pub fn check_mirror(dir: &Path, pinned: &[u8], at: DateTime<Utc>) -> Result<MirrorCheck, MirrorError> {
    let from = DirectoryTransport::open(dir).map_err(|cause| MirrorError::Refused(cause.into()))?;
    let accepted = match accept(&Bring::new(&from, None), &MemoryPlace::default(), pinned, at) {
        Ok(accepted) => accepted,
        Err(error) => return Ok(MirrorCheck { refused: Some(words(&error)), ..MirrorCheck::default() }),
    };
    let refreshed = &accepted.refreshed;
    let mut check = MirrorCheck {
        versions: Some([
            refreshed.root.common.version,
            refreshed.timestamp.common.version,
            refreshed.snapshot.common.version,
            refreshed.targets.common.version,
        ]),
        first_root: accepted.roots.keys().next().copied().unwrap_or_default(),
        ..MirrorCheck::default()
    };
    let failed = |cause: std::io::Error| {
        let (place, reason) = (dir.display().to_string(), cause.to_string());
        crate::PlaceError { place, file: ".".to_owned(), reason, kind: crate::PlaceErrorKind::Other }
    };
    for (name, (_, listed)) in &accepted.targets {
        match std::fs::read(dir.join(name)) {
            Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => check.missing.push(name.clone()),
            Err(cause) => return Err(failed(cause).into()),
            Ok(bytes) => {
                let length = u64::try_from(bytes.len()).ok();
                let is = listed.length.is_none_or(|listed| Some(listed) == length) && listed.hashes.match_bytes(&bytes);
                if !is {
                    check.changed.push(name.clone());
                }
            }
        }
    }
    let needed = accepted.names();
    check.files = needed.len();
    check.superfluous = superfluous(dir, &needed).map_err(failed)?;
    Ok(check)
}

/// The error without whose it is: here the copy is the original.
fn words(error: &MirrorError) -> String {
    let text = error.to_string();
    text.strip_prefix("original: ").map_or(text.clone(), str::to_owned)
}
