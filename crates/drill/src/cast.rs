//! The clients there are in the world: shipped with the oldest root or the newest, run before or never.

use crate::{Answer, Reader, Twin};
use chrono::{DateTime, Utc};
use tuffet_client::MemoryTransport;

/// Four clients of a twin. Copy them to see what they would do, and go on from where they were.
#[derive(Debug, Clone)]
pub struct Cast {
    readers: Vec<Reader>,
}

/// What each client answered at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scene {
    /// What had happened.
    pub name: String,
    /// The clients by name, and their answers.
    pub answers: Vec<(String, Answer)>,
}

impl Cast {
    /// Clients that start from the oldest root of the twin and from its newest: each once as it is installed now, and once
    /// as it has been in use until `lived`, when the twin's files were what they are.
    #[must_use]
    pub fn of(twin: &Twin, lived: DateTime<Utc>) -> Self {
        let oldest = twin.roots().first().unwrap_or(twin.root());
        let mut pins = vec![oldest];
        if oldest.common.version != twin.root().common.version {
            pins.push(twin.root());
        }
        let mut readers = Vec::new();
        for root in pins {
            let version = root.common.version;
            readers.push(Reader::pinned(&format!("shipped with root {version}, new"), root.bytes()));
            let mut used = Reader::pinned(&format!("shipped with root {version}, in use"), root.bytes());
            let _ = used.refresh(&twin.files, lived);
            readers.push(used);
        }
        Self { readers }
    }

    /// Every client refreshes.
    pub fn see(&mut self, name: &str, files: &MemoryTransport, at: DateTime<Utc>) -> Scene {
        let answers = self.readers.iter_mut().map(|reader| (reader.name.clone(), reader.refresh(files, at))).collect();
        Scene { name: name.to_owned(), answers }
    }

    /// What every client would say, and none remembers.
    #[must_use]
    pub fn would_see(&self, name: &str, files: &MemoryTransport, at: DateTime<Utc>) -> Scene {
        self.clone().see(name, files, at)
    }
}

impl Scene {
    /// Whether every client follows.
    #[must_use]
    pub fn all_follow(&self) -> bool {
        self.answers.iter().all(|(_, answer)| answer.follows())
    }

    /// The first client that refuses, and why.
    #[must_use]
    pub fn first_refusal(&self) -> Option<(&str, &Answer)> {
        self.answers.iter().find(|(_, answer)| !answer.follows()).map(|(name, answer)| (name.as_str(), answer))
    }
}
