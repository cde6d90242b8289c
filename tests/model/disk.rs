//! What survives a power failure: whole files, each as it was written last.

use tuffet_verifier::FloorVersions;

/// The client's store. Files are named by their place in the lists of files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) struct Disk {
    /// The newest root of the chain; 0 is the pinned one.
    pub(crate) root: u8,
    pub(crate) timestamp: Option<u8>,
    pub(crate) snapshot: Option<u8>,
    pub(crate) targets: Option<u8>,
    pub(crate) notes: Option<Notes>,
}

/// The notes: under which online keys, and floors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) struct Notes {
    pub(crate) under: Option<u8>,
    /// The final root of then.
    pub(crate) root: u8,
    pub(crate) floors: Floors,
}

/// [`FloorVersions`] of this repository: its snapshots list two roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) struct Floors {
    pub(crate) timestamp: u64,
    pub(crate) snapshot: u64,
    pub(crate) targets: u64,
    pub(crate) delegated: u64,
}

/// One write.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Write {
    Root(u8),
    Timestamp(Option<u8>),
    Snapshot(Option<u8>),
    Targets(u8),
    Notes(Notes),
}

impl Disk {
    pub(crate) fn write(&mut self, write: Write) {
        match write {
            Write::Root(place) => self.root = place,
            Write::Timestamp(place) => self.timestamp = place,
            Write::Snapshot(place) => self.snapshot = place,
            Write::Targets(place) => self.targets = Some(place),
            Write::Notes(notes) => self.notes = Some(notes),
        }
    }
}

impl Floors {
    pub(crate) fn raise(&mut self, other: Self) {
        self.timestamp = self.timestamp.max(other.timestamp);
        self.snapshot = self.snapshot.max(other.snapshot);
        self.targets = self.targets.max(other.targets);
        self.delegated = self.delegated.max(other.delegated);
    }

    /// Whether a file that says this would lower one of the floors that it speaks of: a timestamp says nothing of targets, a
    /// snapshot everything.
    pub(crate) fn is_below(self, floors: Self) -> bool {
        if self.timestamp > 0 {
            self.timestamp < floors.timestamp || self.snapshot < floors.snapshot
        } else {
            self.targets < floors.targets || self.delegated < floors.delegated
        }
    }
}

impl From<Floors> for FloorVersions {
    fn from(floors: Floors) -> Self {
        let listed = [("targets.json", floors.targets), ("d.json", floors.delegated)];
        let listed = listed.into_iter().filter(|(_, version)| *version > 0);
        let meta = listed.map(|(name, version)| (name.to_owned(), version)).collect();
        Self { timestamp: floors.timestamp, snapshot: floors.snapshot, meta }
    }
}

impl From<&FloorVersions> for Floors {
    fn from(floors: &FloorVersions) -> Self {
        let of = |name: &str| floors.meta.get(name).copied().unwrap_or(0);
        Self {
            timestamp: floors.timestamp,
            snapshot: floors.snapshot,
            targets: of("targets.json"),
            delegated: of("d.json"),
        }
    }
}
