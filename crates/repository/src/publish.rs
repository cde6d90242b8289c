//! Writing: each file whole, in an order in which no client ever sees half a repository (R10).

use crate::place::{Created, PlaceError, PlaceErrorKind, Replaced, Tag};
use crate::{Accepted, Place, PlaceTransport, Publication, Repository, RepositoryError, Staged};
use std::collections::BTreeMap;
use tuffet_client::{Client, MemoryStore, Policy};
use tuffet_keys::sha256;
use tuffet_metadata::RoleName;

/// What was published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// SHA-256 of every file written, by path in the repository.
    pub files: BTreeMap<String, String>,
    /// The versions clients are at now.
    pub root: u64,
    /// Of timestamp.
    pub timestamp: u64,
    /// Of snapshot.
    pub snapshot: u64,
    /// Of targets.
    pub targets: u64,
}

impl Accepted {
    /// The files this publication writes, in that order: target files, targets, snapshot, root, and the timestamp last.
    #[must_use]
    pub fn files(&self) -> &[String] {
        &self.staged.new
    }

    /// Writes the new files, timestamp last, and reads the repository back as a fresh client. Nothing is ever written over
    /// but the timestamp, and that only where it is the one this was staged from (R5, X20). What an interrupted run left is
    /// taken up (X19); a folder is left as it was if a file cannot be written.
    ///
    /// # Errors
    /// [`RepositoryError`]
    pub fn publish<P: Place>(self, repository: &Repository<P>) -> Result<Receipt, RepositoryError> {
        let staged = &self.staged;
        let place = repository.place();
        // The timestamp is in every staged tree.
        let timestamp = staged.tree.get(&RoleName::Timestamp.file_name()).map_or(&[][..], Vec::as_slice);
        let begun = place.begin(timestamp).map_err(|error| RepositoryError::write(error, true))?;
        let mut publication = begun.ok_or(RepositoryError::Locked)?;
        if let Err(stopped) = staged.write(place, &mut *publication) {
            let clean = publication.undo();
            return Err(match stopped {
                Stopped::At(error) => RepositoryError::write(error, clean),
                Stopped::By(error) => error,
            });
        }
        move_timestamp(place, &mut *publication, timestamp, staged.seen.as_ref())?;
        let not_synced = |error: PlaceError| RepositoryError::NotSynced(std::io::Error::other(error.reason));
        publication.settle().map_err(not_synced)?;
        drop(publication);
        self.read_back(repository)?;
        let hash = |file: &String| self.staged.tree.get(file).map(|bytes| sha256(bytes).to_string());
        Ok(Receipt {
            files: self.staged.new.iter().filter_map(|file| Some((file.clone(), hash(file)?))).collect(),
            root: self.trusted.root.common.version,
            timestamp: self.trusted.timestamp.common.version,
            snapshot: self.trusted.snapshot.common.version,
            targets: self.trusted.targets.common.version,
        })
    }

    fn read_back<P: Place>(&self, repository: &Repository<P>) -> Result<(), RepositoryError> {
        let pin = self.staged.tree.get(&RoleName::Root.versioned_file_name(1)).map_or(&[][..], Vec::as_slice);
        let transport = PlaceTransport(repository.place());
        let store = MemoryStore::default();
        let mut client =
            Client::bootstrap(store, transport, Policy::default(), pin).map_err(RepositoryError::read_back)?;
        let refreshed = client.refresh(self.at).map_err(RepositoryError::read_back)?;
        for path in &self.staged.paths {
            client.target_bytes(&refreshed, path).map_err(RepositoryError::read_back)?;
        }
        Ok(())
    }
}

/// Why files were not written.
enum Stopped {
    /// The place failed.
    At(PlaceError),
    /// We did.
    By(RepositoryError),
}

impl From<PlaceError> for Stopped {
    fn from(error: PlaceError) -> Self {
        Self::At(error)
    }
}

impl Staged {
    /// Everything but the timestamp.
    fn write(&self, place: &dyn Place, publication: &mut dyn Publication) -> Result<(), Stopped> {
        let timestamp = RoleName::Timestamp.file_name();
        // The last word has the place when the timestamp is moved. To look before anything is written keeps a run that comes
        // too late from leaving files.
        if place.read(&timestamp)?.map(|found| found.tag) != self.seen {
            return Err(Stopped::By(RepositoryError::Moved));
        }
        for file in self.new.iter().filter(|file| **file != timestamp) {
            // `new` holds keys of `tree` only.
            let bytes = self.tree.get(file).map_or(&[][..], Vec::as_slice);
            if publication.create(file, bytes)? == Created::Exists {
                same(place, file, bytes)?;
            }
        }
        publication.show()?;
        Ok(())
    }
}

/// A file that is there already was left by a run that was interrupted, or somebody made another one (R5).
fn same(place: &dyn Place, file: &str, bytes: &[u8]) -> Result<(), Stopped> {
    let there = place.read(file)?.map(|found| found.bytes);
    if there.as_deref() == Some(bytes) {
        return Ok(());
    }
    let file = file.to_owned();
    // What an earlier run left was seen when this one was staged: this came since.
    if file.ends_with(".snapshot.json") {
        return Err(Stopped::By(RepositoryError::Raced { file }));
    }
    let expected = there.map_or_else(|| "of a file that is gone again".to_owned(), |there| sha256(&there).to_string());
    Err(Stopped::By(RepositoryError::Immutable { file, expected, found: sha256(bytes).to_string() }))
}

/// From here on it is published. Where the place does not say whether it did it, it is asked what it has now.
fn move_timestamp(
    place: &dyn Place,
    publication: &mut dyn Publication,
    timestamp: &[u8],
    seen: Option<&Tag>,
) -> Result<(), RepositoryError> {
    let stopped = match publication.finish(seen) {
        Ok(Replaced::Done) => return Ok(()),
        // What was written stays: whoever was faster may list some of it.
        Ok(Replaced::Changed) => return Err(RepositoryError::Moved),
        Err(error) => error,
    };
    match place.read(&RoleName::Timestamp.file_name()) {
        Ok(Some(there)) if there.bytes == timestamp => Ok(()),
        Ok(there) if there.as_ref().map(|there| &there.tag) != seen => Err(RepositoryError::Moved),
        // It has not moved, unless the request is still on its way: then it may yet, and what it lists must stay.
        Ok(_) if stopped.kind == PlaceErrorKind::Passing => Err(RepositoryError::write(stopped, false)),
        Ok(_) => {
            let clean = publication.undo();
            Err(RepositoryError::write(stopped, clean))
        }
        Err(_) => Err(RepositoryError::Unknown(stopped)),
    }
}
