//! Why a repository was not read, staged or published.

use crate::Expired;
use crate::place::{PlaceError, PlaceErrorKind};
use std::io::ErrorKind;
use tuffet_builder::{BinError, OnlineError};
use tuffet_client::{ClientError, PathProblem};
use tuffet_keys::SignError;
use tuffet_metadata::{MetadataError, RoleName};

/// A step was refused. Unless it says so, the repository is as it was.
#[derive(Debug, thiserror::Error)]
pub enum RepositoryError {
    /// A file could not be read.
    #[error("{file}: {cause}")]
    Read {
        /// The file, relative to the repository.
        file: String,
        /// What the system said.
        cause: std::io::Error,
    },
    /// A file could not be written.
    #[error("{file}: {cause}: nothing was published, the repository is as it was")]
    Write {
        /// The file, relative to the repository.
        file: String,
        /// What the system said.
        cause: std::io::Error,
    },
    /// A place did not give what was asked for.
    #[error(transparent)]
    Place(PlaceError),
    /// A place took only part of a publication. No client sees it.
    #[error("{0}: nothing was published; what was written is listed by nothing, and the next run takes it up (X19)")]
    Unfinished(PlaceError),
    /// A place did not say whether it moved the timestamp.
    #[error("{0}: it is not known whether this was published (X19)")]
    Unknown(PlaceError),
    /// A first publication left a snapshot that is not the one this would write.
    #[error(
        "{file}: expected none before the first timestamp, or the one this publication lists, found another, left by a publication that was interrupted (R5)"
    )]
    LeftOver {
        /// The file.
        file: String,
    },
    /// Another publisher wrote the version that this one had signed (X20).
    #[error(
        "{file}: expected no file yet, found one that another publisher wrote in between: nothing was published (X20)"
    )]
    Raced {
        /// The file.
        file: String,
    },
    /// A file that must be there is not (R4).
    #[error("{file}: expected the file, found none: every released version stays ({rule})")]
    Missing {
        /// The file.
        file: String,
        /// The rule.
        rule: &'static str,
    },
    /// A published file does not verify.
    #[error("{file}: {cause}")]
    Metadata {
        /// The file.
        file: String,
        /// Why.
        cause: Box<MetadataError>,
    },
    /// A published file has another version than its name.
    #[error("{file}: expected version {expected}, found {found} (TUF 5.3.5)")]
    Version {
        /// The file.
        file: String,
        /// The version in the name.
        expected: u64,
        /// The version in the file.
        found: u64,
    },
    /// The file is published already, with other bytes (R5).
    #[error(
        "{file}: expected the published bytes (SHA-256 {expected}), found others ({found}): a published version never changes (R5)"
    )]
    Immutable {
        /// The file.
        file: String,
        /// Of the published file.
        expected: String,
        /// Of the staged file.
        found: String,
    },
    /// A target the metadata lists was not given, or another file was.
    #[error("target `{path}`: expected the file that {role} v{version} lists, found {found} (R20)")]
    Target {
        /// The path.
        path: String,
        /// The role that lists it.
        role: RoleName,
        /// The role's version.
        version: u64,
        /// What is there.
        found: String,
    },
    /// A delegated role was given that no role delegates to.
    #[error("{}: expected a role that targets or another role delegates to, found none that does (C53)", role.escape_debug())]
    NotDelegated {
        /// The role.
        role: String,
    },
    /// Nothing is published yet.
    #[error("expected a published repository, found none: there is nothing to sign anew (R11)")]
    NothingPublished,
    /// People have let a role expire.
    #[error(transparent)]
    Expired(Box<Expired>),
    /// Lives of online roles that leave no day to sign them anew in.
    #[error("expected from 2 days to the end of year 9999, found none such (R18)")]
    Days,
    /// Nothing new was given.
    #[error("expected a new root or targets, found neither: nothing to publish (R11)")]
    NothingNew,
    /// The online key is not the one root names.
    #[error("{role}: expected the online key {expected}, found {found} ({signer})")]
    OnlineKey {
        /// The role.
        role: String,
        /// Fingerprints root allows.
        expected: String,
        /// The fingerprint of the key given.
        found: String,
        /// The key as its owner names it.
        signer: String,
    },
    /// The next snapshot or timestamp cannot be made.
    #[error(transparent)]
    Online(Box<OnlineError>),
    /// A bin has no next version.
    #[error(transparent)]
    Bin(Box<BinError>),
    /// Bins are made once; afterwards they are updated.
    #[error("{role}: expected no entry in the snapshot, found version {version}: the bins were made already (R5)")]
    BinsExist {
        /// The first bin that is listed.
        role: String,
        /// Its version.
        version: u64,
    },
    /// More bins than anybody makes.
    #[error("targets: expected at most {limit} bins, found {found} (X10)")]
    TooManyBins {
        /// The most.
        limit: u64,
        /// As targets says.
        found: u64,
    },
    /// A path that clients cannot store.
    #[error("target `{}`: {problem} (C62)", path.escape_debug())]
    TargetName {
        /// The path.
        path: String,
        /// What is wrong with it.
        problem: PathProblem,
    },
    /// A client that looks for a changed target does not find what was changed (R21).
    #[error("target `{}`: a client that starts from root v{from} does not find it as it was changed (R21)", path.escape_debug())]
    NotFound {
        /// The path.
        path: String,
        /// The root it starts from.
        from: u64,
    },
    /// Without consistent snapshots there is one file for all versions of a bin, and no order in which to write them.
    #[error("root v{version}: expected `consistent_snapshot` to be true, found false (R6)")]
    NotConsistent {
        /// Of root.
        version: u64,
    },
    /// The online key gave no signature.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// Our client refuses what is staged (R21).
    #[error("a client that starts from root v{from} refuses the staged repository: {cause} (R21)")]
    Refused {
        /// The root it started from.
        from: u64,
        /// Why.
        cause: Box<ClientError>,
    },
    /// The second client refuses what is staged (R21).
    #[error("the second client (tough) refuses the staged repository: {0} (R21)")]
    Second(String),
    /// Another process publishes into the same folder (X20).
    #[error("another publication into this repository is running: nothing was published (X20)")]
    Locked,
    /// Another publication was finished after this one was staged (X20).
    #[error(
        "timestamp.json: expected the one this publication was staged from, found another: another was published in between, nothing was published (X20)"
    )]
    Moved,
    /// The last folder could not be synced. The repository *is* published.
    #[error("published, but the system does not confirm that it is on the disk: {0}")]
    NotSynced(std::io::Error),
    /// What was published does not read back. It *is* published.
    #[error("published, but a fresh client refuses it: {0}: look at it now (R21)")]
    ReadBack(Box<ClientError>),
}

impl From<Expired> for RepositoryError {
    fn from(error: Expired) -> Self {
        Self::Expired(Box::new(error))
    }
}

impl From<OnlineError> for RepositoryError {
    fn from(error: OnlineError) -> Self {
        Self::Online(Box::new(error))
    }
}

impl From<BinError> for RepositoryError {
    fn from(error: BinError) -> Self {
        Self::Bin(Box::new(error))
    }
}

impl RepositoryError {
    /// A metadata file that does not verify.
    pub(crate) fn metadata(file: impl Into<String>, cause: MetadataError) -> Self {
        Self::Metadata { file: file.into(), cause: Box::new(cause) }
    }

    /// A place that did not take a file before the timestamp moved; `clean` where it is as it was.
    pub(crate) fn write(error: PlaceError, clean: bool) -> Self {
        if !clean {
            return Self::Unfinished(error);
        }
        let kind = match error.kind {
            PlaceErrorKind::Full => ErrorKind::StorageFull,
            PlaceErrorKind::Denied => ErrorKind::PermissionDenied,
            PlaceErrorKind::Passing => ErrorKind::TimedOut,
            PlaceErrorKind::Other => ErrorKind::Other,
        };
        Self::Write { file: error.file, cause: std::io::Error::new(kind, error.reason) }
    }

    /// Whether another publisher came in between: with what is published now the same may be tried again.
    #[must_use]
    pub fn is_race(&self) -> bool {
        matches!(self, Self::Moved | Self::Locked | Self::Raced { .. })
    }

    /// A repository that our client refuses after it was published.
    pub(crate) fn read_back(cause: ClientError) -> Self {
        Self::ReadBack(Box::new(cause))
    }

    /// The command or action that helps, where there is one.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::Missing { .. } | Self::Metadata { .. } | Self::Version { .. } => {
                "restore the file from a mirror or from version control; never edit it"
            }
            Self::Online(error) if matches!(**error, OnlineError::Unlisted { .. }) => {
                "bins are published with what delegates to them: `tuffet bins make REPOSITORY --targets \
                 DIR/assembled/targets.json`"
            }
            Self::Locked | Self::Moved | Self::Raced { .. } => "run the same command again",
            Self::Place(error) | Self::Unfinished(error) => return error.hint(),
            Self::Unknown(_) => "run the same command again: it says what is published, and goes on from there",
            Self::LeftOver { .. } => {
                "give the days the interrupted run had, or remove this one file: no client has seen it"
            }
            Self::Write { cause, .. } if cause.kind() == ErrorKind::PermissionDenied => {
                "whoever runs this needs to write there"
            }
            Self::Write { .. } => "make room, then run the same command again",
            Self::Expired(error) => error.hint(),
            Self::NothingPublished => "`tuffet publish CEREMONY` publishes its first version",
            Self::Immutable { .. } => "draft a new version; a published one is never replaced",
            Self::BinsExist { .. } => "run `tuffet bins update`",
            Self::TargetName { .. } => "rename the target",
            Self::OnlineKey { .. } => "name the online key with --online-key",
            Self::Target { .. } => "put the file under targets/ of the ceremony",
            _ => return None,
        })
    }
}
