//! What a ceremony may change, as types on a trusted state.

use crate::Periods;
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use tuffet_keys::{Fingerprint, PublicKey, Sha256, Sha512, sha256};
use tuffet_metadata::json::Value;
use tuffet_metadata::{HashPrefix, Key, PathPattern, RoleName, Root, Targets, Verified};

/// The state a change starts from: signatures verified, expiry not asked, since an expired root is repaired by the
/// next one.
#[derive(Debug, Clone)]
pub struct State {
    /// The newest root.
    pub root: Verified<Root>,
    /// The current top-level targets.
    pub targets: Verified<Targets>,
    /// The current delegated roles, by name. Bins need not be here: [`Bins`](crate::Bins) changes those.
    pub delegated: BTreeMap<String, Verified<Targets>>,
}

impl State {
    /// The state of a repository without delegated roles.
    #[must_use]
    pub fn new(root: Verified<Root>, targets: Verified<Targets>) -> Self {
        Self { root, targets, delegated: BTreeMap::new() }
    }

    /// The current file of a role that lists targets.
    #[must_use]
    pub fn targets_of(&self, role: &RoleName) -> Option<&Verified<Targets>> {
        match role {
            RoleName::Targets => Some(&self.targets),
            RoleName::Delegated(name) => self.delegated.get(name),
            _ => None,
        }
    }
}

/// One change. They apply in order.
///
/// A role named in a change is one that lists targets, the top-level one or a delegated one, where the change is about
/// targets and delegations; [`DraftError`](crate::DraftError) says so of any other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// The first version of everything. Only where there is no state.
    Establish {
        /// Who signs root.
        root: Seats,
        /// Who signs targets.
        targets: Seats,
        /// The key of snapshot and timestamp; [`SetOnlineKeys`](Self::SetOnlineKeys) after it gives each its own.
        online: OnlineKey,
    },
    /// Another person, or another device of the same person, in every role and delegation the outgoing key has.
    ReplaceKeyholder {
        /// The key that goes.
        outgoing: Fingerprint,
        /// Who comes.
        incoming: Holder,
    },
    /// One more person, at the end of the role's keyids. The threshold stays.
    AddKeyholder {
        /// Root or targets.
        role: OfflineRole,
        /// Who comes.
        incoming: Holder,
    },
    /// One person less. The threshold stays.
    RemoveKeyholder {
        /// Root or targets.
        role: OfflineRole,
        /// The key that goes.
        outgoing: Fingerprint,
    },
    /// Another number of signatures for one of the four roles.
    SetThreshold {
        /// The role.
        role: OfflineRole,
        /// Signatures needed.
        threshold: u64,
    },
    /// Other keys of an online role: to separate snapshot from timestamp, to join them, or after a theft (R14).
    SetOnlineKeys {
        /// Snapshot or timestamp.
        role: OnlineRole,
        /// The keys, all of them.
        keys: Vec<OnlineKey>,
        /// Signatures needed.
        threshold: u64,
    },
    /// The first half of an algorithm migration: every keyholder of root and targets gets a second key beside the first,
    /// and thresholds double, so that as many people as before must sign, each with both keys.
    BeginMigration {
        /// Each key and the one that is to follow it. All keys of root and of targets.
        successions: Vec<Succession>,
        /// Thresholds of root and targets in the dual period where they are not to double: clients that cannot use the
        /// second algorithm would count half of the signatures.
        thresholds: Option<(u64, u64)>,
    },
    /// The second half: the keys that were there first go, and thresholds halve.
    EndMigration {
        /// The keys that go.
        outgoing: Vec<Fingerprint>,
        /// Thresholds of root and targets where they are not to halve.
        thresholds: Option<(u64, u64)>,
    },
    /// Every key of root gets the object and the keyid that new metadata writes: for a repository taken over, whose keys are
    /// hex points, of a keytype of old, or under keyids that are no hashes (D1, D4, F6). The keys stay, so the next root
    /// holds for clients of the old one too: each signature stands under both keyids, and counts once (F8).
    RewriteKeys,
    /// For how long a role is signed, and how long before its expiry it is signed anew (`x-tuf-on-ci-expiry-period`,
    /// `x-tuf-on-ci-signing-period`).
    SetPeriods {
        /// Any role.
        role: RoleName,
        /// The periods.
        periods: Periods,
    },
    /// From now on every file has its version or hash in its name (TUF 6.2.1). There is no way back (R9).
    SetConsistentSnapshot,
    /// The next version, with a later expiry and nothing else changed.
    Renew {
        /// Root or a role that lists targets.
        role: RoleName,
    },
    /// Adds a target or gives it new content.
    SetTarget {
        /// The role that lists it.
        role: RoleName,
        /// The file.
        pin: TargetPin,
    },
    /// Takes a target out.
    RemoveTarget {
        /// The role that lists it.
        role: RoleName,
        /// Its path.
        path: String,
    },
    /// Delegates to a role, or changes what a delegation says; what it says beyond this type stays (F1). A role without a
    /// file gets its first version, with no targets. Several roles may delegate to one: its file answers to each.
    SetDelegation {
        /// The role that delegates.
        by: RoleName,
        /// To whom, and what.
        to: DelegateTo,
        /// The delegation it is to stand before, if it is new; else it is the last.
        before: Option<String>,
    },
    /// Delegates no more. The snapshot keeps the role's entry (R15).
    RemoveDelegation {
        /// The role that delegates.
        by: RoleName,
        /// To whom.
        name: String,
    },
    /// Delegates everything to hash bins of computed names (TAP 15), in place of other delegations.
    SetBins {
        /// The role that delegates.
        by: RoleName,
        /// How many, and what they are called.
        bins: BinsSpec,
    },
}

/// A role that people sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum OfflineRole {
    /// root
    Root,
    /// The top-level targets role.
    Targets,
}

/// A role that a machine signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum OnlineRole {
    /// snapshot
    Snapshot,
    /// timestamp
    Timestamp,
}

impl From<OfflineRole> for RoleName {
    fn from(role: OfflineRole) -> Self {
        match role {
            OfflineRole::Root => Self::Root,
            OfflineRole::Targets => Self::Targets,
        }
    }
}

impl From<OnlineRole> for RoleName {
    fn from(role: OnlineRole) -> Self {
        match role {
            OnlineRole::Snapshot => Self::Snapshot,
            OnlineRole::Timestamp => Self::Timestamp,
        }
    }
}

/// The people of a role, and how many of them it takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seats {
    /// In the order in which their keyids are to stand.
    pub holders: Vec<Holder>,
    /// Signatures needed.
    pub threshold: u64,
}

/// A person and the key they hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// The name in `x-tuf-on-ci-keyowner`, such as `@alice`.
    pub owner: String,
    /// The key.
    pub public: PublicKey,
}

/// A key that a machine uses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnlineKey {
    /// Where it lies, for `x-tuf-on-ci-online-uri`.
    pub uri: String,
    /// The key.
    pub public: PublicKey,
}

/// Who signs a delegated role: a person or a machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Delegate {
    /// A person.
    Person(Holder),
    /// A machine.
    Machine(OnlineKey),
}

impl Delegate {
    /// The key.
    #[must_use]
    pub fn public(&self) -> &PublicKey {
        match self {
            Self::Person(holder) => &holder.public,
            Self::Machine(online) => &online.public,
        }
    }

    /// The name, or where the key lies.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Person(holder) => &holder.owner,
            Self::Machine(online) => &online.uri,
        }
    }

    /// The key object new metadata writes.
    pub(crate) fn key(&self) -> Key {
        match self {
            Self::Person(holder) => Key::compose(&holder.public, Some(&holder.owner), None),
            Self::Machine(online) => Key::compose(&online.public, None, Some(&online.uri)),
        }
    }
}

/// One key and the key of the same person that is to follow it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Succession {
    /// The key that is there.
    pub outgoing: Fingerprint,
    /// The second key of whoever holds it.
    pub incoming: Holder,
}

/// A delegation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DelegateTo {
    /// The role's name: neither a top-level one nor one whose file could be taken for a top-level one's (C58).
    pub name: String,
    /// Who signs it, in the order of keyids.
    pub keys: Vec<Delegate>,
    /// Signatures needed.
    pub threshold: u64,
    /// Which targets it may list.
    pub paths: DelegatedPaths,
    /// Whether the search ends with it (C54).
    pub terminating: bool,
}

/// Which targets a delegated role may list (TUF 4.5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DelegatedPaths {
    /// By patterns (F20).
    Patterns(Vec<PathPattern>),
    /// By the first digits of the SHA-256 of their path (F21).
    HashPrefixes(Vec<HashPrefix>),
}

/// Hash bins of computed names (TAP 15, F23).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BinsSpec {
    /// What stands before the hyphen and the number in each name.
    pub name_prefix: String,
    /// 1 to 32: there are two to the power of this many bins.
    pub bit_length: u8,
    /// Who signs them all.
    pub keys: Vec<Delegate>,
    /// Signatures needed.
    pub threshold: u64,
}

/// A target file, by content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetPin {
    /// The path in the metadata.
    pub path: String,
    /// Bytes.
    pub length: u64,
    /// SHA-256 of the bytes.
    pub sha256: Sha256,
    /// SHA-512 of the bytes, where clients are to check it too: a second file name for each target (R7).
    pub sha512: Option<Sha512>,
    /// The application's own data; with `None` what the metadata has stays.
    pub custom: Option<Value>,
}

impl TargetPin {
    /// The pin of `bytes` by length and SHA-256.
    #[must_use]
    pub fn of(path: &str, bytes: &[u8]) -> Self {
        // No slice is longer than 2^64.
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        Self { path: path.to_owned(), length, sha256: sha256(bytes), sha512: None, custom: None }
    }
}

/// When the drafted roles expire: absolute, from the plan, never from a clock (ceremony.md K15).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expiries {
    /// Root.
    pub root: DateTime<Utc>,
    /// Targets, and the delegated roles that are not listed.
    pub targets: DateTime<Utc>,
    /// Delegated roles, by name.
    pub delegated: BTreeMap<String, DateTime<Utc>>,
}

impl Expiries {
    /// Root, and every role that lists targets.
    #[must_use]
    pub fn new(root: DateTime<Utc>, targets: DateTime<Utc>) -> Self {
        Self { root, targets, delegated: BTreeMap::new() }
    }

    pub(crate) fn of(&self, role: &RoleName) -> DateTime<Utc> {
        match role {
            RoleName::Root => self.root,
            RoleName::Delegated(name) => self.delegated.get(name).copied().unwrap_or(self.targets),
            _ => self.targets,
        }
    }
}
