//! Why the client has nothing new to trust, in words that say what to do.

use crate::path::PathProblem;
use crate::{StoreError, TransportError};
use std::path::PathBuf;
use tuffet_metadata::{MetadataError, RoleName};
use tuffet_verifier::{TargetError, UpdateError};

/// A refresh or a download was refused. What was trusted before is still trusted and still stored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClientError {
    /// There is no root to start from, and none is taken from the network (C2).
    #[error("{place}: expected a trusted root.json to start from, found none (TUF 5.2)")]
    NoRoot {
        /// The store.
        place: String,
    },
    /// The pinned root does not verify.
    #[error("pinned root: {0}")]
    Pin(MetadataError),
    /// The stored root does not verify.
    #[error("{place}: {cause}")]
    StoredRoot {
        /// The store.
        place: String,
        /// Why.
        cause: UpdateError,
    },
    /// There is no such repository.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// A metadata file was not brought.
    #[error("cannot fetch {role}: {cause}")]
    Fetch {
        /// The role.
        role: RoleName,
        /// Why.
        cause: TransportError,
    },
    /// A metadata file was refused. Nothing of it was stored.
    #[error("{url}: {}{cause}", if *web_page { "a web page, not metadata: " } else { "" })]
    Refused {
        /// The file.
        url: String,
        /// Why.
        cause: UpdateError,
        /// Whether it is HTML.
        web_page: bool,
    },
    /// The final root has expired, whether or not it came just now (C17).
    #[error("{0}")]
    FinalRoot(UpdateError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// No trusted metadata lists the target.
    #[error(transparent)]
    UnknownTarget(TargetError),
    /// A target was not brought.
    #[error("cannot fetch target `{}`: {cause}", path.escape_debug())]
    FetchTarget {
        /// The target's path.
        path: String,
        /// Why.
        cause: TransportError,
    },
    /// A target's file is not the one its metadata lists.
    #[error("{url}: {cause}")]
    RefusedTarget {
        /// The file.
        url: String,
        /// Why.
        cause: TargetError,
    },
    /// A target's path cannot be a file's path everywhere (C62).
    #[error("target `{}`: {problem} (C62)", path.escape_debug())]
    TargetPath {
        /// The target's path.
        path: String,
        /// What is wrong with it.
        problem: PathProblem,
    },
    /// What lies where the target should go is in the way (C62).
    #[error("{}: expected {expected}, found {found} (C62)", path.display())]
    Destination {
        /// The place.
        path: PathBuf,
        /// What may lie there.
        expected: &'static str,
        /// What does.
        found: &'static str,
    },
    /// The target could not be written.
    #[error("{}: cannot write: {reason}", path.display())]
    Write {
        /// The place.
        path: PathBuf,
        /// Why.
        reason: String,
    },
}

impl ClientError {
    /// The stable code, for JSON and for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NoRoot { .. } => "no-root",
            Self::Pin(_) => "pinned-root",
            Self::StoredRoot { .. } => "stored-root",
            Self::Transport(cause) | Self::Fetch { cause, .. } | Self::FetchTarget { cause, .. } => cause.code(),
            Self::Refused { cause, .. } | Self::FinalRoot(cause) => cause.code(),
            Self::Store(_) => "store",
            Self::UnknownTarget(cause) | Self::RefusedTarget { cause, .. } => cause.code(),
            Self::TargetPath { .. } => "target-path",
            Self::Destination { .. } => "destination",
            Self::Write { .. } => "write",
        }
    }

    /// What may help, where something does.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::NoRoot { .. } => {
                Some("start from a root.json that reached you in a way you trust, not from the repository")
            }
            Self::Pin(_) => {
                Some("the file is damaged or no root.json: compare its SHA-256 with the one its owner announced")
            }
            Self::StoredRoot { .. } => Some("the cache is damaged: start again from the pinned root.json"),
            Self::Refused { web_page: true, .. } | Self::Fetch { cause: TransportError::NotFound { .. }, .. } => {
                Some("is this the repository's metadata URL?")
            }
            Self::Refused { cause: UpdateError::Freeze { .. }, .. } | Self::FinalRoot(UpdateError::Freeze { .. }) => {
                Some("ask the repository's owner to publish, or check the clock of this machine")
            }
            Self::Refused { cause: UpdateError::Rollback { .. } | UpdateError::Removed { .. }, .. } => {
                Some("an old copy of the repository, or an attack: try another mirror, and tell the repository's owner")
            }
            Self::Refused { cause: UpdateError::Pin { .. } | UpdateError::PinnedVersion { .. }, .. } => {
                Some("a copy caught in the middle of a publication, or an attack: try again in a minute")
            }
            Self::Transport(cause) | Self::Fetch { cause, .. } | Self::FetchTarget { cause, .. } => fetch_hint(cause),
            Self::UnknownTarget(TargetError::NotInSnapshot { .. }) => {
                Some("the repository is not whole: tell its owner which role its snapshot lacks")
            }
            Self::UnknownTarget(TargetError::TooManyRoles { .. }) => {
                Some("more delegations than this client follows: raise its limit, if the repository means them all")
            }
            Self::Destination { .. } => Some("move it away, or give another directory"),
            _ => None,
        }
    }
}

fn fetch_hint(cause: &TransportError) -> Option<&'static str> {
    match cause {
        TransportError::Timeout { .. } | TransportError::Incomplete { .. } | TransportError::Failed { .. } => {
            Some("check the network and try again; what was trusted before is still in the cache")
        }
        TransportError::Status { status: 500.., .. } => Some("the server has a fault: try again later"),
        TransportError::Redirect { .. } => Some("give the URL that the redirect leads to, if that host is right"),
        TransportError::Tls { .. } => Some("check the clock of this machine, and whether a proxy reads its traffic"),
        _ => None,
    }
}
