//! Every bound on what a stranger's file may cost, as one value passed in.

/// Limits of one refresh (spec.md, Profiles and limits). Bytes are of the file as received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Roots fetched in one refresh (C8).
    pub roots: usize,
    /// Bytes of a root (C7).
    pub root_bytes: u64,
    /// Bytes of a timestamp (C22).
    pub timestamp_bytes: u64,
    /// Bytes of a snapshot where the timestamp pins no length (C33).
    pub snapshot_bytes: u64,
    /// Bytes of a targets role where the snapshot pins no length (C43).
    pub targets_bytes: u64,
    /// Bytes of a snapshot or targets role whatever length is pinned: a pin of 2^60 by a stolen online key must not
    /// make a client read for ever (C33, C43).
    pub pinned_bytes: u64,
    /// Bytes of a target whose metadata gives no length.
    pub target_bytes: u64,
    /// Delegated roles visited in one search (C52).
    pub delegated_roles: usize,
    /// Entries in `signatures` (X9).
    pub signatures: usize,
    /// Keys in one file (X10).
    pub keys: usize,
    /// Arrays and objects inside one another (X11).
    pub depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            roots: 1_024,
            root_bytes: 512_000,
            timestamp_bytes: 16_384,
            snapshot_bytes: 2_000_000,
            targets_bytes: 5_000_000,
            pinned_bytes: 64_000_000,
            target_bytes: 5_000_000,
            delegated_roles: 32,
            signatures: 256,
            keys: 1_024,
            depth: 32,
        }
    }
}
