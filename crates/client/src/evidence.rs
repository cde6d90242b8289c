//! The first root: a file, and something that reached the person another way and says it is the right one.

use crate::{Transport, TransportError};
use chrono::DateTime;
use tuffet_keys::words::{self, WordsError};
use tuffet_keys::{Sha256, sha256};
use tuffet_metadata::{MetadataError, RoleName, Root, Unverified, Verified};
use tuffet_verifier::{Policy, Update, UpdateError};

/// What speaks for a `root.json`. Only as good as the way it came: not from where the file itself came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Evidence<'a> {
    /// The file's SHA-256, as its owner announced it.
    Sha256(Sha256),
    /// The same in words, read aloud ([`tuffet_keys::words`]).
    Words(&'a str),
    /// An older root that is trusted already: from it a chain of signatures must lead to the file.
    OlderRoot(&'a [u8]),
}

/// The evidence does not speak for the file. Nothing was stored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EvidenceError {
    /// Another file.
    #[error("root: expected SHA-256 {expected}, found {found}")]
    Digest {
        /// As the evidence says.
        expected: Sha256,
        /// Of the file.
        found: Sha256,
    },
    /// Another file, in words.
    #[error("root: expected the words \"{expected}\", found \"{found}\"")]
    Words {
        /// As the evidence says.
        expected: String,
        /// Of the file.
        found: String,
    },
    /// Words that are no digest.
    #[error("words: {0}")]
    NotWords(WordsError),
    /// Too many words or too few.
    #[error("words: expected 32, found {found}")]
    Count {
        /// Words given.
        found: usize,
    },
    /// The file is no root that meets its own threshold.
    #[error("{0}")]
    Root(MetadataError),
    /// The older root is none.
    #[error("older root: {0}")]
    Older(UpdateError),
    /// The older root is not older.
    #[error("root: expected a version above {older}, that of the older root, found {found}")]
    NotNewer {
        /// The older root's version.
        older: u64,
        /// The file's.
        found: u64,
    },
    /// Both have one version and are two files.
    #[error("root v{version}: expected SHA-256 {expected}, that of the root trusted already, found {found}")]
    Fork {
        /// Their version.
        version: u64,
        /// Of the trusted root.
        expected: Sha256,
        /// Of the file.
        found: Sha256,
    },
    /// Roots between the two are needed, and there is nowhere to fetch them.
    #[error("root: expected the roots between v{older} and v{found}, found nowhere to fetch them from")]
    Between {
        /// The older root's version.
        older: u64,
        /// The file's.
        found: u64,
    },
    /// A root between the two was not brought.
    #[error("cannot fetch root: {0}")]
    Fetch(TransportError),
    /// The chain does not lead to the file.
    #[error("chain from the older root: {0}")]
    Chain(UpdateError),
}

impl EvidenceError {
    /// The stable code, for JSON and for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Fetch(cause) => cause.code(),
            _ => "evidence",
        }
    }

    /// What to do.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Digest { .. } | Self::Words { .. } | Self::Fork { .. } => {
                Some("do not use this file: get it again, and ask its owner for the digest once more by another way")
            }
            Self::NotWords(_) | Self::Count { .. } => {
                Some("listen to the words again: one was lost, added or misheard")
            }
            Self::Between { .. } => Some("give the repository's URL as well"),
            Self::Chain(_) => Some("do not use this file: the root you trust does not lead to it"),
            _ => None,
        }
    }
}

/// Checks that `root` is what the evidence speaks for, and returns it verified by its own keys. `transport` brings the
/// roots between an older root and this one, where there are any.
///
/// # Errors
/// [`EvidenceError`]
pub fn prove_root(
    root: &[u8],
    evidence: Evidence<'_>,
    transport: Option<&dyn Transport>,
    policy: &Policy,
) -> Result<Verified<Root>, EvidenceError> {
    let file = Unverified::<Root>::new(root.to_vec());
    let found = sha256(root);
    match evidence {
        Evidence::Sha256(expected) if expected != found => return Err(EvidenceError::Digest { expected, found }),
        Evidence::Sha256(_) => {}
        Evidence::Words(said) => {
            let bytes = words::decode(said).map_err(EvidenceError::NotWords)?;
            let Ok(expected) = <[u8; 32]>::try_from(&*bytes) else {
                return Err(EvidenceError::Count { found: bytes.len() });
            };
            if &expected != found.as_bytes() {
                let (expected, found) = (words::encode(&expected), words::encode(found.as_bytes()));
                return Err(EvidenceError::Words { expected, found });
            }
        }
        Evidence::OlderRoot(_) => {}
    }
    let verified = file.verify_pinned(&policy.profile, &policy.limits).map_err(EvidenceError::Root)?;
    if let Evidence::OlderRoot(older) = evidence {
        walk(older, &verified, transport, policy)?;
    }
    Ok(verified)
}

fn walk(
    older: &[u8],
    root: &Verified<Root>,
    transport: Option<&dyn Transport>,
    policy: &Policy,
) -> Result<(), EvidenceError> {
    let (version, found) = (root.common.version, root.sha256());
    // No expiry is looked at on the way from root to root (TUF 5.3.6), so that any start time serves.
    let start = Update::start(Unverified::new(older.to_vec()), DateTime::UNIX_EPOCH, policy.clone());
    let mut update = start.map_err(EvidenceError::Older)?;
    let older = update.newest().common.version;
    if older > version {
        return Err(EvidenceError::NotNewer { older, found: version });
    }
    if older == version && update.newest().sha256() != found {
        return Err(EvidenceError::Fork { version, expected: update.newest().sha256(), found });
    }
    while update.newest().common.version < version {
        let next = update.newest().common.version.saturating_add(1);
        let bytes = match transport {
            _ if next == version => root.bytes().to_vec(),
            None => return Err(EvidenceError::Between { older, found: version }),
            Some(from) => {
                let name = RoleName::Root.versioned_file_name(next);
                from.fetch(&name, policy.limits.root_bytes).map_err(EvidenceError::Fetch)?
            }
        };
        update = update.root(Unverified::new(bytes)).map_err(EvidenceError::Chain)?;
    }
    Ok(())
}
