//! A place on a branch of a git remote, as hosts of static pages serve one. A publication is one commit: it is seen whole or
//! not at all, and what was ever published stays in the branch's history.

mod command;
mod publication;
mod tip;

use crate::LocationError;
use crate::place::{Created, Found, Place, PlaceError, Replaced, Tag};
use crate::publication::Publication;
use command::Git;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use tip::{Pushed, Tip};

/// A branch of a git remote, reached with the `git` program: its credentials, its SSH.
#[derive(Debug)]
pub struct GitPlace {
    git: Git,
    tip: Mutex<Option<Tip>>,
    /// One commit at a time: git builds it in the one index of the scratch repository.
    commits: Mutex<()>,
}

impl GitPlace {
    /// The branch at `git+https://REMOTE#BRANCH`, `git+ssh://…` or `git+file://…`. Nothing is asked of the remote yet.
    ///
    /// # Errors
    /// [`LocationError`]
    pub fn open(location: &str) -> Result<Self, LocationError> {
        Ok(Self { git: Git::of(location)?, tip: Mutex::new(None), commits: Mutex::new(()) })
    }

    fn lock(&self) -> MutexGuard<'_, Option<Tip>> {
        // A tip is put there whole.
        self.tip.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The branch as it is now, unless `known` says that what was fetched before is good enough.
    fn tip(&self, known: impl Fn(&Tip) -> bool) -> Result<Tip, PlaceError> {
        let mut tip = self.lock();
        if let Some(tip) = tip.as_ref().filter(|tip| known(tip)) {
            return Ok(tip.clone());
        }
        let now = Tip::fetch(&self.git)?;
        *tip = Some(now.clone());
        Ok(now)
    }

    /// One commit over the tip with these files, if `allowed` of the tip; again over the next tip where somebody else pushed
    /// in between. Gives what `allowed` objects to.
    fn commit<T>(
        &self,
        files: &BTreeMap<String, Vec<u8>>,
        allowed: impl Fn(&Tip) -> Result<Option<T>, PlaceError>,
    ) -> Result<Option<T>, PlaceError> {
        let _alone = self.commits.lock().unwrap_or_else(PoisonError::into_inner);
        let mut attempt = 1;
        loop {
            let tip = self.tip(|_| false)?;
            if let Some(objection) = allowed(&tip)? {
                return Ok(Some(objection));
            }
            match tip.push(&self.git, files)? {
                Pushed::Done(tip) => {
                    *self.lock() = Some(tip);
                    return Ok(None);
                }
                Pushed::Refused(error) if attempt == ATTEMPTS => return Err(error),
                Pushed::Refused(_) => attempt += 1,
            }
        }
    }
}

impl Place for GitPlace {
    fn read(&self, file: &str) -> Result<Option<Found>, PlaceError> {
        // What has a version in its name is what it was; whether something is there now, only the remote knows.
        let kept = crate::headers::is_immutable(file);
        let tip = self.tip(|tip| kept && tip.blob(file).is_some())?;
        let Some(blob) = tip.blob(file) else { return Ok(None) };
        Ok(Some(Found { bytes: self.git.blob(file, blob)?, tag: tag(blob) }))
    }

    fn names(&self) -> Result<Vec<String>, PlaceError> {
        Ok(self.tip(|_| false)?.names())
    }

    fn create(&self, file: &str, bytes: &[u8]) -> Result<Created, PlaceError> {
        let files = BTreeMap::from([(file.to_owned(), bytes.to_vec())]);
        let exists = |tip: &Tip| Ok(tip.blob(file).map(|_| Created::Exists));
        Ok(self.commit(&files, exists)?.unwrap_or(Created::New))
    }

    fn replace(&self, file: &str, bytes: &[u8], seen: Option<&Tag>) -> Result<Replaced, PlaceError> {
        let files = BTreeMap::from([(file.to_owned(), bytes.to_vec())]);
        let changed = |tip: &Tip| Ok((tip.blob(file).map(tag).as_ref() != seen).then_some(Replaced::Changed));
        Ok(self.commit(&files, changed)?.unwrap_or(Replaced::Done))
    }

    fn begin(&self, timestamp: &[u8]) -> Result<Option<Box<dyn Publication + '_>>, PlaceError> {
        Ok(Some(Box::new(publication::GitPublication::new(self, timestamp))))
    }

    fn describe(&self) -> String {
        self.git.location().to_owned()
    }
}

fn tag(blob: &str) -> Tag {
    Tag(vec![blob.to_owned()])
}

/// Others that push to the branch, pages of the same site among them, do not push for ever.
const ATTEMPTS: u32 = 5;
