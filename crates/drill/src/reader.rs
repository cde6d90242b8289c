//! The real client, on files in memory.

use chrono::{DateTime, Utc};
use std::fmt;
use tuffet_builder::Seen;
use tuffet_client::{Client, ClientError, MemoryStore, MemoryTransport, Policy, Refreshed, Store, StoredFile};
use tuffet_metadata::{Role, RoleName, Root, Snapshot, Targets, Timestamp};

/// A client with a pinned root and what it remembers from refresh to refresh.
#[derive(Debug, Clone)]
pub struct Reader {
    /// What it is called where answers are told.
    pub name: String,
    pin: Vec<u8>,
    pub(crate) store: MemoryStore,
}

/// Versions that a client trusts; 0 for what it has none of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Versions {
    /// Of root.
    pub root: u64,
    /// Of timestamp.
    pub timestamp: u64,
    /// Of snapshot.
    pub snapshot: u64,
    /// Of the top-level targets.
    pub targets: u64,
}

/// How a refresh ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It trusts these from now on.
    Follows(Versions),
    /// It refuses what it was served.
    Refuses {
        /// The kind of refusal, as [`ClientError::code`] has it.
        code: &'static str,
        /// Its words.
        words: String,
        /// What it has kept.
        kept: Versions,
    },
}

impl Answer {
    /// Whether the refresh succeeded.
    #[must_use]
    pub fn follows(&self) -> bool {
        matches!(self, Self::Follows(_))
    }

    /// What the client trusts after it.
    #[must_use]
    pub fn versions(&self) -> Versions {
        match self {
            Self::Follows(versions) | Self::Refuses { kept: versions, .. } => *versions,
        }
    }

    /// The kind of refusal.
    #[must_use]
    pub fn code(&self) -> Option<&'static str> {
        if let Self::Refuses { code, .. } = self { Some(code) } else { None }
    }
}

impl fmt::Display for Versions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { root, timestamp, snapshot, targets } = self;
        write!(f, "root {root}, timestamp {timestamp}, snapshot {snapshot}, targets {targets}")
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Follows(versions) => write!(f, "follows: {versions}"),
            Self::Refuses { words, kept, .. } => write!(f, "refuses: {words}; keeps {kept}"),
        }
    }
}

impl Reader {
    /// A client that was shipped with this root, and has never been run.
    #[must_use]
    pub fn pinned(name: &str, root: &[u8]) -> Self {
        Self { name: name.to_owned(), pin: root.to_vec(), store: MemoryStore::default() }
    }

    /// The client workflow once (TUF 5), on `files` at `at`.
    pub fn refresh(&mut self, files: &MemoryTransport, at: DateTime<Utc>) -> Answer {
        match self.try_refresh(files, at) {
            Ok(refreshed) => Answer::Follows(versions(&refreshed)),
            Err(error) => Answer::Refuses { code: error.code(), words: error.to_string(), kept: self.kept() },
        }
    }

    /// Whether the client, refreshed, would hand these bytes to its application as the target `path`, wherever a delegation
    /// leads: `Ok` or its words.
    ///
    /// # Errors
    /// The client's words, and the kind of refusal before them.
    pub fn install(
        &mut self,
        files: &MemoryTransport,
        at: DateTime<Utc>,
        path: &str,
        bytes: &[u8],
    ) -> Result<(), (&'static str, String)> {
        let said = |error: ClientError| (error.code(), error.to_string());
        let mut client = Client::bootstrap(&mut self.store, files, Policy::default(), &self.pin).map_err(said)?;
        let refreshed = client.refresh(at).map_err(said)?;
        let target = client.find(&refreshed, path).map_err(said)?;
        target.check(bytes).map_err(|error| (error.code(), error.to_string()))
    }

    fn try_refresh(&mut self, files: &MemoryTransport, at: DateTime<Utc>) -> Result<Refreshed, ClientError> {
        Client::bootstrap(&mut self.store, files, Policy::default(), &self.pin)?.refresh(at)
    }

    /// What it trusts now.
    #[must_use]
    pub fn kept(&self) -> Versions {
        fn version<T: Role>(store: &MemoryStore, file: &StoredFile, role: &RoleName) -> u64 {
            let bytes = store.read(file).ok().flatten();
            let seen = bytes.and_then(|bytes| Seen::<T>::read("stored", role, bytes).ok());
            seen.map_or(0, |seen| seen.version())
        }
        let store = &self.store;
        Versions {
            root: version::<Root>(store, &StoredFile::Root, &RoleName::Root),
            timestamp: version::<Timestamp>(store, &StoredFile::Timestamp, &RoleName::Timestamp),
            snapshot: version::<Snapshot>(store, &StoredFile::Snapshot, &RoleName::Snapshot),
            targets: version::<Targets>(store, &StoredFile::Targets, &RoleName::Targets),
        }
    }
}

fn versions(refreshed: &Refreshed) -> Versions {
    Versions {
        root: refreshed.root.common.version,
        timestamp: refreshed.timestamp.common.version,
        snapshot: refreshed.snapshot.common.version,
        targets: refreshed.targets.common.version,
    }
}
