//! What a client remembers from the last refresh: floors against rollback.

use std::collections::BTreeMap;
use std::fmt;
use tuffet_keys::Sha256;
use tuffet_metadata::{MetadataError, RoleName, Root, Snapshot, Timestamp};

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
    /// The versions accepted so far, kept apart from the files, so that one damaged file does not lose its floor.
    pub floors: FloorVersions,
}

/// The lowest versions still acceptable. A claim of the client's own notes: it can refuse a file, never accept one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FloorVersions {
    /// The version of the last timestamp accepted; 0 for none.
    pub timestamp: u64,
    /// The snapshot version in it; 0 for none.
    pub snapshot: u64,
    /// Entries of the last snapshot accepted, by file name such as `targets.json`.
    pub meta: BTreeMap<String, u64>,
}

impl FloorVersions {
    /// Whether there is no floor.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Raises the floors to what `timestamp` says.
    pub fn raise_to_timestamp(&mut self, timestamp: &Timestamp) {
        self.timestamp = self.timestamp.max(timestamp.common.version);
        self.snapshot = self.snapshot.max(timestamp.snapshot.version);
    }

    /// Raises the floors to what `snapshot` lists. Of a snapshot with more than 1,024 entries only that of the
    /// top-level targets is noted: notes that large would have to be written at every refresh.
    pub fn raise_to_snapshot(&mut self, snapshot: &Snapshot) {
        let top = RoleName::Targets.file_name();
        let mut raise = |name: &str, version: u64| match self.meta.get_mut(name) {
            Some(floor) => *floor = (*floor).max(version),
            None => drop(self.meta.insert(name.to_owned(), version)),
        };
        if snapshot.meta().len() <= NOTED_ENTRIES {
            snapshot.meta().versions().for_each(|(name, version)| raise(&name, version));
        } else if let Some(pin) = snapshot.meta().get(&top) {
            raise(&top, pin.version);
        }
    }
}

/// What a client does when a floor is lost: a remembered file is gone, damaged or older than the notes say (X3).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum OnFloorLoss {
    /// Refuse the update where no note holds the floor either. For a client whose cache nobody may touch.
    Fail,
    /// Say so, and go on with the floors that the notes still hold.
    #[default]
    Warn,
    /// Say so, and take what the repository serves, whatever the notes hold. For a cache known to be broken.
    Accept,
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
    /// A remembered file is no floor any more (X3).
    FloorLost {
        /// The role.
        role: RoleName,
        /// What became of the file.
        why: FloorLoss,
        /// The version that the notes still hold, if any.
        kept: Option<u64>,
    },
}

/// What became of a remembered file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FloorLoss {
    /// It is gone.
    Missing,
    /// It does not verify.
    Refused(MetadataError),
    /// It is older than the version accepted last.
    Older {
        /// Its version.
        found: u64,
    },
}

impl Event {
    /// The stable code, for JSON and for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::FloorsPurged => "floors-purged",
            Self::FloorLost { .. } => "floor-lost",
        }
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FloorsPurged => {
                f.write_str("online keys were rotated: cached timestamp and snapshot removed (TUF 5.3.11)")
            }
            Self::FloorLost { role, why, kept } => {
                write!(f, "cached {role} {why}: ")?;
                match kept {
                    Some(version) => write!(f, "the client's notes still refuse what is older than v{version} (X3)"),
                    None => f.write_str("no floor against rollback (X3)"),
                }
            }
        }
    }
}

impl fmt::Display for FloorLoss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("is missing"),
            Self::Refused(cause) => write!(f, "does not verify ({cause})"),
            Self::Older { found } => write!(f, "is version {found}, older than one accepted before"),
        }
    }
}

const NOTED_ENTRIES: usize = 1_024;
