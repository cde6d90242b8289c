//! How strictly a file is read: a policy, not a set of flags.

use crate::bytes::FileBytes;
use tuffet_keys::{KeyId, Sha256};

/// The reading policy (spec.md, Profiles and limits).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Profile {
    /// The format rules to the letter: every deviation is an error.
    Strict,
    /// What production repositories contain is read, and each deviation becomes a
    /// [`Finding`](crate::Finding). The default of client and audit.
    Deployed {
        /// Keys whose keyid is wrong and which may be used all the same.
        keyid_exceptions: KeyidExceptions,
    },
}

/// Which wrong keyids are accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyidExceptions {
    /// These keys, in these files: (SHA-256 of the file, keyid).
    Listed(Vec<(Sha256, KeyId)>),
    /// Every keyid is a mere name. Thresholds still count keys.
    Opaque,
}

impl Profile {
    /// `Deployed` with no exception.
    #[must_use]
    pub fn deployed() -> Self {
        Self::Deployed { keyid_exceptions: KeyidExceptions::Listed(Vec::new()) }
    }

    /// The profile's name, as typed on the command line.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Strict => "strict",
            Self::Deployed { .. } => "deployed",
        }
    }

    pub(crate) fn excepts(&self, file: &FileBytes, keyid: &KeyId) -> bool {
        match self {
            Self::Strict => false,
            Self::Deployed { keyid_exceptions: KeyidExceptions::Opaque } => true,
            Self::Deployed { keyid_exceptions: KeyidExceptions::Listed(list) } => {
                list.iter().any(|(sha256, name)| name == keyid && *sha256 == file.sha256())
            }
        }
    }
}

impl Default for Profile {
    fn default() -> Self {
        Self::deployed()
    }
}
