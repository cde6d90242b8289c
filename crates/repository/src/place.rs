//! Where a repository lies: a folder, an object store, a branch. What publication asks of it is little, so that every kind
//! can keep the promise: a file that has a version is made once, and the timestamp moves only from where it was.

use crate::publication::{OneByOne, Publication};
use std::fmt;

/// A place that holds a repository's files, by their path below its base (`5.root.json`, `targets/HASH.name`).
///
/// Between two of these calls another publisher may act; nothing here locks. What decides is [`create`](Self::create),
/// which never writes over a file, and [`replace`](Self::replace), which writes only over what the caller has seen.
///
/// Several threads may use one place: a service re-signs while something else reads.
pub trait Place: Send + Sync {
    /// The file and its tag, or `None` where there is none.
    ///
    /// # Errors
    /// [`PlaceError`]: it cannot be said whether there is one, which is never taken for "none".
    fn read(&self, file: &str) -> Result<Option<Found>, PlaceError>;

    /// The names directly below the base, in no order: how a root is found that lost its predecessor.
    ///
    /// # Errors
    /// [`PlaceError`]
    fn names(&self) -> Result<Vec<String>, PlaceError>;

    /// Makes a file that is not there yet, whole or not at all.
    ///
    /// # Errors
    /// [`PlaceError`]: it is not known whether the file was made. Doing it again tells.
    fn create(&self, file: &str, bytes: &[u8]) -> Result<Created, PlaceError>;

    /// Writes a file over the one that was read with `seen`, or makes it if `seen` is `None` and it is not there.
    ///
    /// # Errors
    /// [`PlaceError`]: it is not known whether the file was written. Reading it tells.
    fn replace(&self, file: &str, bytes: &[u8], seen: Option<&Tag>) -> Result<Replaced, PlaceError>;

    /// Begins a publication that ends with `timestamp`. `None` where the place knows that another one is under way. A
    /// place that can do more than write file after file, as a folder and a branch can, does it here.
    ///
    /// # Errors
    /// [`PlaceError`]: nothing was written.
    fn begin(&self, timestamp: &[u8]) -> Result<Option<Box<dyn Publication + '_>>, PlaceError> {
        Ok(Some(Box::new(OneByOne { place: self, timestamp: timestamp.to_vec() })))
    }

    /// The place as a person names it. No secret is in it.
    fn describe(&self) -> String;
}

/// A file as it lies at its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// What this state of the file is called there.
    pub tag: Tag,
}

/// What a place calls one state of one file: an ETag, a generation, the digest of its bytes. Two states never share one
/// while somebody may still hold the first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag(pub(crate) Vec<String>);

/// What came of [`Place::create`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Created {
    /// The file is there now.
    New,
    /// There was one already; nothing was written.
    Exists,
}

/// What came of [`Place::replace`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replaced {
    /// The file has these bytes now.
    Done,
    /// Another state than the one seen is there; nothing was written.
    Changed,
}

/// A place that did not answer, or refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {file}: {reason}")]
pub struct PlaceError {
    /// The place, as [`Place::describe`] says.
    pub place: String,
    /// The file below its base.
    pub file: String,
    /// What it said. No secret is in it.
    pub reason: String,
    /// What a caller can do about it.
    pub kind: PlaceErrorKind,
}

impl PlaceError {
    /// What helps.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        Some(match self.kind {
            PlaceErrorKind::Passing => "run the same command again: what was written is taken up",
            PlaceErrorKind::Denied => {
                "renew the credentials, or have them allowed to read, list, create and replace there; then run the same \
                 command again: what was written is taken up"
            }
            PlaceErrorKind::Full => "make room, then run the same command again",
            PlaceErrorKind::Other => return None,
        })
    }
}

/// What a caller can do about a [`PlaceError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlaceErrorKind {
    /// Do it again: a timeout, a lost connection, a busy server.
    Passing,
    /// The credentials are missing, wrong, expired, or do not allow it.
    Denied,
    /// No room is left.
    Full,
    /// Anything else.
    Other,
}

impl<P: Place + ?Sized> Place for Box<P> {
    fn read(&self, file: &str) -> Result<Option<Found>, PlaceError> {
        (**self).read(file)
    }
    fn names(&self) -> Result<Vec<String>, PlaceError> {
        (**self).names()
    }
    fn create(&self, file: &str, bytes: &[u8]) -> Result<Created, PlaceError> {
        (**self).create(file, bytes)
    }
    fn replace(&self, file: &str, bytes: &[u8], seen: Option<&Tag>) -> Result<Replaced, PlaceError> {
        (**self).replace(file, bytes, seen)
    }
    fn begin(&self, timestamp: &[u8]) -> Result<Option<Box<dyn Publication + '_>>, PlaceError> {
        (**self).begin(timestamp)
    }
    fn describe(&self) -> String {
        (**self).describe()
    }
}

impl<P: Place + ?Sized> Place for &P {
    fn read(&self, file: &str) -> Result<Option<Found>, PlaceError> {
        (**self).read(file)
    }
    fn names(&self) -> Result<Vec<String>, PlaceError> {
        (**self).names()
    }
    fn create(&self, file: &str, bytes: &[u8]) -> Result<Created, PlaceError> {
        (**self).create(file, bytes)
    }
    fn replace(&self, file: &str, bytes: &[u8], seen: Option<&Tag>) -> Result<Replaced, PlaceError> {
        (**self).replace(file, bytes, seen)
    }
    fn begin(&self, timestamp: &[u8]) -> Result<Option<Box<dyn Publication + '_>>, PlaceError> {
        (**self).begin(timestamp)
    }
    fn describe(&self) -> String {
        (**self).describe()
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join(" "))
    }
}
