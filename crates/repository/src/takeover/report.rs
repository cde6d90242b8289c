//! What was taken, from where, and what was not.

use super::{Layout, OpenEvent};
use chrono::{DateTime, Utc};
use tuffet_keys::Sha256;
use tuffet_metadata::{RoleName, TargetFile};
use tuffet_verifier::Refreshed;

/// The whole of a takeover.
#[derive(Debug, Clone)]
pub struct Taken {
    /// How the source is laid out.
    pub layout: Layout,
    /// The oldest root taken, and the SHA-256 of its file: whoever takes over without a pin compares it.
    pub first_root: (u64, Sha256),
    /// Every role that is current: name, version, expiry as written. Top-level roles first.
    pub roles: Vec<(RoleName, u64, String)>,
    /// Every file, in the order written.
    pub files: Vec<TakenFile>,
    /// The number of targets, each counted once a role that lists it.
    pub targets: usize,
    /// What the source has and the copy has not.
    pub left_out: Vec<LeftOut>,
    /// What a person should know.
    pub notes: Vec<Note>,
}

/// A file of the copy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakenFile {
    /// Its name in the copy.
    pub file: String,
    /// Its name in the source.
    pub from: String,
    /// SHA-256 of its bytes.
    pub sha256: Sha256,
    /// Bytes.
    pub length: u64,
}

/// A file that was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// Its name in the source.
    pub file: String,
    /// Why.
    pub why: String,
}

/// What a person should know, and no refusal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Note {
    /// The copy begins at a later root than 1.
    #[error("{}, and nothing is published until {} back (R4)", stranded(*last), if *last == 1 { "it is" } else { "they are" })]
    MissingRoots {
        /// The last that is missing.
        last: u64,
    },
    /// The snapshot lists a file that no role is delegated to by.
    #[error("the snapshot lists {} v{version}, which is no role: it stays, because clients refuse a snapshot without it (D6)", file.escape_debug())]
    DeadEntry {
        /// The entry.
        file: String,
        /// Its version.
        version: u64,
    },
    /// A role is delegated to and the snapshot does not list it.
    #[error("{by} delegates to {role}, which the snapshot does not list: clients find nothing below it (C53)")]
    NotInSnapshot {
        /// The delegator.
        by: RoleName,
        /// The role.
        role: RoleName,
    },
    /// A signing event is under way.
    #[error("a signing event is open: {0}")]
    OpenEvent(OpenEvent),
    /// A root is complete, and the online roles are still those of the root before.
    #[error("root v{version} is signed, and timestamp and snapshot are not signed by its online keys yet (R10)")]
    RootAhead {
        /// Its version.
        version: u64,
    },
    /// A role pins files by version alone.
    #[error(
        "{by} v{version} pins {files} of {of} files without hashes: their versions alone say which bytes they are (R12)"
    )]
    UnpinnedHashes {
        /// The role.
        by: RoleName,
        /// Its version.
        version: u64,
        /// Files without hashes.
        files: usize,
        /// All files.
        of: usize,
    },
    /// A role has expired.
    #[error("{role} v{version} expired at {expires}: no client trusts it until the next version is signed (R18)")]
    Expired {
        /// The role.
        role: RoleName,
        /// Its version.
        version: u64,
        /// As written.
        expires: String,
    },
    /// A listed hash has no file of its name.
    #[error("{file} is missing: clients that ask by this hash do not find the target (R7)")]
    MissingCopy {
        /// The file.
        file: String,
    },
    /// Files have no versions in their names.
    #[error("consistent_snapshot is false: a client that comes during a publication may see half of it (R9)")]
    NotConsistent,
}

impl Note {
    /// The stable code, for JSON and for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::MissingRoots { .. } => "missing-roots",
            Self::DeadEntry { .. } => "dead-entry",
            Self::NotInSnapshot { .. } => "not-listed",
            Self::OpenEvent(_) => "open-event",
            Self::RootAhead { .. } => "root-ahead",
            Self::UnpinnedHashes { .. } => "unpinned-hashes",
            Self::Expired { .. } => "expired",
            Self::MissingCopy { .. } => "missing-copy",
            Self::NotConsistent => "not-consistent",
        }
    }
}

fn stranded(last: u64) -> String {
    match last {
        1 => "root 1 is missing: clients that pin it are stranded".to_owned(),
        last => format!("roots 1 to {last} are missing: clients that pin one of them are stranded"),
    }
}

/// What the top-level roles have to say at `at`.
pub(super) fn of_top_level(refreshed: &Refreshed, at: DateTime<Utc>) -> Vec<Note> {
    let mut notes = Vec::new();
    if !refreshed.root.consistent_snapshot {
        notes.push(Note::NotConsistent);
    }
    let (timestamp, snapshot) = (&refreshed.timestamp, &refreshed.snapshot);
    let mut unpinned = |by: RoleName, version: u64, files: usize, of: usize| {
        if files > 0 {
            notes.push(Note::UnpinnedHashes { by, version, files, of });
        }
    };
    let bare = usize::from(timestamp.snapshot.hashes.is_none());
    unpinned(RoleName::Timestamp, timestamp.common.version, bare, 1);
    let bare = snapshot.meta().iter().filter(|(_, pin)| pin.hashes.is_none()).count();
    unpinned(RoleName::Snapshot, snapshot.common.version, bare, snapshot.meta().len());
    for (role, common) in [
        (RoleName::Root, &refreshed.root.common),
        (RoleName::Timestamp, &timestamp.common),
        (RoleName::Snapshot, &snapshot.common),
        (RoleName::Targets, &refreshed.targets.common),
    ] {
        notes.extend(expired(role, common, at));
    }
    notes
}

/// Whether a role has expired at `at`.
pub(super) fn expired(role: RoleName, common: &tuffet_metadata::Common, at: DateTime<Utc>) -> Option<Note> {
    let expires = common.expires.to_string();
    common.expires.is_past(at).then_some(Note::Expired { role, version: common.version, expires })
}

/// The bytes of a target, described for an error.
pub(super) fn described(bytes: &[u8]) -> String {
    format!("{} bytes, SHA-256 {}", bytes.len(), tuffet_keys::sha256(bytes))
}

/// Whether `bytes` are the target listed.
pub(super) fn is_target(file: &TargetFile, bytes: &[u8]) -> bool {
    let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    file.length.is_none_or(|want| want == length) && file.hashes.match_bytes(bytes)
}
