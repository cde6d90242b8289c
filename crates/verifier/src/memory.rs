//! What a client remembers from the last refresh: floors against rollback.

use tuffet_keys::Sha256;
use tuffet_metadata::{MetadataError, RoleName, Root};

/// The metadata a client accepted last, as stored, none of it trusted again unless it verifies under the final root.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Memory {
    /// The last timestamp.
    pub timestamp: Option<Vec<u8>>,
    /// The last snapshot.
    pub snapshot: Option<Vec<u8>>,
    /// The last top-level targets.
    pub targets: Option<Vec<u8>>,
    /// The key sets of the root under which timestamp and snapshot were accepted. Without it the key sets of the
    /// root the refresh starts from are taken.
    pub accepted_under: Option<KeySets>,
}

/// The online roles' keys under one root. Rotated means: not equal (C18 to C20). Comparing what the floors were
/// accepted under, rather than the roots of this refresh, survives a crash between storing a root and purging.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeySets {
    /// Digest of the timestamp role's keys and threshold.
    pub timestamp: Sha256,
    /// Digest of the snapshot role's keys and threshold.
    pub snapshot: Sha256,
}

impl KeySets {
    /// The key sets of `root`.
    #[must_use]
    pub fn of(root: &Root) -> Self {
        Self { timestamp: root.key_set(&RoleName::Timestamp), snapshot: root.key_set(&RoleName::Snapshot) }
    }
}

/// Something a caller should know about an update that went well.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Timestamp or snapshot keys were rotated: the remembered timestamp and snapshot were forgotten (TUF 5.3.11).
    FloorsPurged,
    /// A remembered file does not verify: the floor it was is lost (X3).
    FloorLost {
        /// The role.
        role: RoleName,
        /// Why it does not verify.
        cause: MetadataError,
    },
}
