//! The changes as a plan writes them.

use serde::{Deserialize, Serialize};

/// A change as the plan writes it. Where a role that lists targets is not named, it is the top-level one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "kebab-case", deny_unknown_fields)]
pub enum PlannedChange {
    /// The first root and targets.
    Establish {
        /// Who signs root.
        root: PlannedSeats,
        /// Who signs targets.
        targets: PlannedSeats,
    },
    /// One keyholder for another.
    ReplaceKeyholder {
        /// The owner of the key that goes, as the previous root names them.
        outgoing: String,
        /// A person of this plan.
        incoming: String,
    },
    /// One keyholder more.
    AddKeyholder {
        /// Root or targets.
        role: PlannedOffline,
        /// A person of this plan, or one whom the previous root names.
        incoming: String,
    },
    /// One keyholder less.
    RemoveKeyholder {
        /// Root or targets.
        role: PlannedOffline,
        /// The owner of the key that goes, as the previous root names them.
        outgoing: String,
    },
    /// Another number of signatures.
    SetThreshold {
        /// Root or targets.
        role: PlannedOffline,
        /// Signatures needed.
        threshold: u64,
    },
    /// Other keys of an online role.
    SetOnlineKeys {
        /// Snapshot or timestamp.
        role: PlannedOnline,
        /// URIs: of this plan's online keys, or of keys the previous root has.
        keys: Vec<String>,
        /// Signatures needed.
        #[serde(default = "one")]
        threshold: u64,
    },
    /// A second key of another algorithm for every keyholder; thresholds double.
    BeginMigration {
        /// Each a person of this plan, and by that name the owner of a key of the previous root.
        people: Vec<String>,
    },
    /// The first keys go; thresholds halve.
    EndMigration {
        /// SPKI fingerprints of the keys that go.
        keys: Vec<String>,
    },
    /// Every key of root as new metadata writes it: old forms and old keyids go, the keys stay.
    RewriteKeys {},
    /// For how many days a role is signed, and how many days before its expiry it is signed anew.
    SetPeriods {
        /// The role.
        role: String,
        /// Days from signature to expiry.
        expiry_days: u32,
        /// Days before the expiry.
        signing_days: u32,
    },
    /// Versions and hashes in the names of files, from now on.
    SetConsistentSnapshot {},
    /// The next version with a later expiry.
    Renew {
        /// Root or a role that lists targets.
        role: String,
    },
    /// A target file, which lies under `targets/` in the ceremony directory.
    SetTarget {
        /// The role that lists it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        role: Option<String>,
        /// The path in the metadata.
        path: String,
        /// Bytes.
        length: u64,
        /// SHA-256, hex.
        sha256: String,
        /// SHA-512, hex, where clients are to check it too.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        sha512: Option<String>,
        /// The application's own data, as JSON; without it what the metadata has stays.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        custom: Option<String>,
    },
    /// A target less.
    RemoveTarget {
        /// The role that lists it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        role: Option<String>,
        /// The path in the metadata.
        path: String,
    },
    /// A delegation, or another content of one.
    SetDelegation {
        /// The role that delegates.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<String>,
        /// The delegated role.
        name: String,
        /// Who signs it: people and online keys of this plan, and such as the previous metadata names.
        keys: Vec<String>,
        /// Signatures needed.
        #[serde(default = "one")]
        threshold: u64,
        /// Patterns of the paths it may list.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        paths: Option<Vec<String>>,
        /// In their place, first digits of the SHA-256 of those paths.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        path_hash_prefixes: Option<Vec<String>>,
        /// Whether the search ends with it.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        terminating: bool,
        /// The delegation it is to stand before, if it is new.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        before: Option<String>,
    },
    /// A delegation less.
    RemoveDelegation {
        /// The role that delegates.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<String>,
        /// The delegated role.
        name: String,
    },
    /// Hash bins of computed names (TAP 15).
    SetBins {
        /// The role that delegates.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<String>,
        /// What stands before the hyphen and the number in each name.
        name_prefix: String,
        /// 1 to 32.
        bit_length: u8,
        /// Who signs them, as in a delegation.
        keys: Vec<String>,
        /// Signatures needed.
        #[serde(default = "one")]
        threshold: u64,
    },
}

/// A threshold and the people of a role, in the order of their keyids.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedSeats {
    /// Signatures needed.
    pub threshold: u64,
    /// Names.
    pub people: Vec<String>,
}

/// A role that people sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PlannedOffline {
    /// root
    Root,
    /// The top-level targets role.
    Targets,
}

/// A role that a machine signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PlannedOnline {
    /// snapshot
    Snapshot,
    /// timestamp
    Timestamp,
}

impl PlannedChange {
    /// The people and online keys that a change names as those who come or stay, for a plan to know whether everybody in it
    /// has a part.
    pub(super) fn named(&self) -> Vec<&str> {
        match self {
            Self::Establish { root, targets } => {
                root.people.iter().chain(&targets.people).map(String::as_str).collect()
            }
            Self::ReplaceKeyholder { incoming, .. } | Self::AddKeyholder { incoming, .. } => vec![incoming],
            Self::SetOnlineKeys { keys, .. } | Self::SetDelegation { keys, .. } | Self::SetBins { keys, .. } => {
                keys.iter().map(String::as_str).collect()
            }
            Self::BeginMigration { people } => people.iter().map(String::as_str).collect(),
            _ => Vec::new(),
        }
    }

    /// The target this change gives new content.
    #[must_use]
    pub fn target(&self) -> Option<&str> {
        match self {
            Self::SetTarget { path, .. } => Some(path),
            _ => None,
        }
    }
}

fn one() -> u64 {
    1
}
