//! Why a trust root has no place in a form.

use crate::error::quoted;
use thiserror::Error;

/// What a form cannot say. Nothing is left out of an export without a word: a verifier that lacks a log refuses what it
/// should take, and one that lacks a window takes what it should refuse.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ExportError {
    /// No name of a resource.
    #[error(
        "name: expected lower-case letters, digits, hyphens and dots, beginning and ending with a letter or digit, at most 253, found {}",
        quoted(found)
    )]
    Name {
        /// The name.
        found: String,
    },
    /// A log key of another algorithm than the form's reader takes.
    #[error("{entry}: expected an ECDSA key, the one kind of log key that `sigstoreKeys` takes, found {found}")]
    LogKey {
        /// The entry: its kind and address.
        entry: String,
        /// The key's algorithm.
        found: String,
    },
    /// A log whose tree has another hash.
    #[error("{entry}: expected a tree hashed with SHA2_256, found {found}")]
    TreeHash {
        /// The entry.
        entry: String,
        /// The hash as the file names it.
        found: &'static str,
    },
    /// A field the form requires and the entry does not have.
    #[error("{entry}: expected {expected}, which `sigstoreKeys` requires, found none")]
    Missing {
        /// The entry.
        entry: String,
        /// The field.
        expected: &'static str,
    },
    /// Nobody whose certificates could be verified.
    #[error("expected a certificate authority or a timestamp authority that is valid at {at}, found none")]
    NoAuthority {
        /// The time asked for.
        at: String,
    },
}

impl ExportError {
    /// What helps.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Name { .. } => Some("give one with --name, such as example-sigstore"),
            Self::NoAuthority { .. } => Some("name another time with --at"),
            _ => Some("export --as mirrorfs instead: it carries trusted_root.json as it is"),
        }
    }
}
