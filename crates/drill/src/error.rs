//! Why there is no twin, or no next state of one.

use tuffet_builder::{Disagreement, DraftError, NoStandIn, OnlineError};
use tuffet_keys::SignError;
use tuffet_metadata::MetadataError;

/// Why a twin cannot be made or changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TwinError {
    /// A file of the original is not there or does not read.
    #[error("{label}: expected a whole repository to copy, found {found}")]
    Incomplete {
        /// The repository.
        label: String,
        /// What is missing.
        found: String,
    },
    /// No throw-away key could be made.
    #[error(transparent)]
    Key(#[from] NoStandIn),
    /// A throw-away key does not sign.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// What was signed does not verify.
    #[error(transparent)]
    Metadata(#[from] MetadataError),
    /// The changes give no draft.
    #[error(transparent)]
    Draft(#[from] DraftError),
    /// The online roles cannot follow.
    #[error(transparent)]
    Online(#[from] OnlineError),
    /// Two canonicalisers disagree about what is to be signed.
    #[error(transparent)]
    Payload(#[from] Disagreement),
    /// Clients cannot use the twin as it is, so nothing can be played on it.
    #[error("{client}: expected a client that follows, found one that {said}")]
    Unusable {
        /// The client.
        client: String,
        /// Its answer.
        said: String,
    },
    /// A row of the threat table that this program does not understand.
    #[error("the table of threats: {0}")]
    Row(String),
}
