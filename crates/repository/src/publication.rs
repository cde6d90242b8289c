//! One publication at a place: files that are made, then the timestamp that lists them.

use crate::place::{Created, Place, PlaceError, Replaced, Tag};
use tuffet_metadata::RoleName;

/// A publication that was begun at a place with [`Place::begin`]: every file is created, all are shown, the timestamp is
/// moved.
///
/// Places differ in what lies between. A bucket shows each file as it comes. A folder writes all of them aside first, so
/// that a full disk is met while nothing can be seen. A branch shows nothing until its commit is pushed, which moves the
/// timestamp too.
pub trait Publication {
    /// As [`Place::create`]; nobody may see the file before [`show`](Self::show).
    ///
    /// # Errors
    /// [`PlaceError`]
    fn create(&mut self, file: &str, bytes: &[u8]) -> Result<Created, PlaceError>;

    /// Whoever reads the place finds what was created, from now on or once the timestamp has moved.
    ///
    /// # Errors
    /// [`PlaceError`]
    fn show(&mut self) -> Result<Shown, PlaceError>;

    /// Moves the timestamp from the one that was read with `seen`.
    ///
    /// # Errors
    /// [`PlaceError`]: it is not known whether it moved. Reading it tells.
    fn finish(&mut self, seen: Option<&Tag>) -> Result<Replaced, PlaceError>;

    /// That what was published is there for good, after it is seen.
    ///
    /// # Errors
    /// [`PlaceError`]: it may be gone after a power cut.
    fn settle(&mut self) -> Result<(), PlaceError> {
        Ok(())
    }

    /// Gives up before the timestamp moved. Whether the place is as it was before: true where what was created could be
    /// removed again, false where it lies there, listed by nothing, for the next run to take up.
    fn undo(&mut self) -> bool;
}

/// When what was created can be read by everybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// Now, before the timestamp lists it.
    Now,
    /// In the same step as the timestamp.
    WithTheTimestamp,
}

/// What a place does that knows nothing better: each file as it comes.
pub(crate) struct OneByOne<'a, P: ?Sized> {
    pub(crate) place: &'a P,
    pub(crate) timestamp: Vec<u8>,
}

impl<P: Place + ?Sized> Publication for OneByOne<'_, P> {
    fn create(&mut self, file: &str, bytes: &[u8]) -> Result<Created, PlaceError> {
        self.place.create(file, bytes)
    }

    fn show(&mut self) -> Result<Shown, PlaceError> {
        Ok(Shown::Now)
    }

    fn finish(&mut self, seen: Option<&Tag>) -> Result<Replaced, PlaceError> {
        self.place.replace(&RoleName::Timestamp.file_name(), &self.timestamp, seen)
    }

    fn undo(&mut self) -> bool {
        false
    }
}
