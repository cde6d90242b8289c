//! What a ceremony may change, as types on a trusted state.

use chrono::{DateTime, Utc};
use tuffet_keys::{Fingerprint, PublicKey, Sha256};
use tuffet_metadata::json::Value;
use tuffet_metadata::{Root, Targets, Verified};

/// The state a change starts from: signatures verified, expiry not asked, since an expired root is repaired by the
/// next one.
#[derive(Debug, Clone)]
pub struct State {
    /// The newest root.
    pub root: Verified<Root>,
    /// The current top-level targets.
    pub targets: Verified<Targets>,
}

/// One change. They apply in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// The first version of everything. Only where there is no state.
    Establish {
        /// Who signs root.
        root: Seats,
        /// Who signs targets.
        targets: Seats,
        /// The key of snapshot and timestamp.
        online: OnlineKey,
    },
    /// Another person, or another device of the same person, in every role the outgoing key has.
    ReplaceKeyholder {
        /// The key that goes.
        outgoing: Fingerprint,
        /// Who comes.
        incoming: Holder,
    },
    /// Adds a target or gives it new content.
    SetTarget(TargetPin),
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

/// The key of the online roles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnlineKey {
    /// Where it lies, for `x-tuf-on-ci-online-uri`.
    pub uri: String,
    /// The key.
    pub public: PublicKey,
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
    /// The application's own data.
    pub custom: Option<Value>,
}

/// When the drafted roles expire: absolute, from the plan, never from a clock (ceremony.md K15).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expiries {
    /// Root.
    pub root: DateTime<Utc>,
    /// Targets.
    pub targets: DateTime<Utc>,
}
