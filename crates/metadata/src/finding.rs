//! What a file does that the specification does not, said by name even where it is allowed.

use std::fmt;
use tuffet_keys::{Fingerprint, KeyError, KeyId};

/// One deviation, or one fact a reader should know. Under [`Profile::Strict`](crate::Profile) the deviations are
/// errors; under `Deployed` they are collected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// The keyid is no hash of the key; the key is used because an exception allows it (D1, F6).
    KeyidExcepted {
        /// The keyid as written.
        keyid: KeyId,
        /// The hash of the full key object.
        computed: KeyId,
    },
    /// The keyid is no hash of the key; the key is not used (D1, F6).
    KeyidMismatch {
        /// The keyid as written.
        keyid: KeyId,
        /// The hash of the full key object.
        computed: KeyId,
    },
    /// The keyid hashes only keytype, scheme and keyval (D1).
    KeyidOfCore {
        /// The keyid as written.
        keyid: KeyId,
    },
    /// `expires` is RFC 3339 but not `YYYY-MM-DDTHH:MM:SSZ` (D2, F14).
    LegacyExpires {
        /// The text as written.
        text: String,
    },
    /// `spec_version` has two numbers instead of three (D3, F15).
    ShortSpecVersion {
        /// The text as written.
        text: String,
    },
    /// An ECDSA key written as a hex point (D4, F17).
    HexPoint {
        /// The key's keyid.
        keyid: KeyId,
    },
    /// An ECDSA key whose `keytype` is the scheme's name (D4, F18).
    LegacyKeytype {
        /// The key's keyid.
        keyid: KeyId,
        /// The `keytype` as written.
        keytype: String,
    },
    /// A key no signature can count for.
    UnusableKey {
        /// The key's keyid.
        keyid: KeyId,
        /// Why.
        reason: KeyError,
    },
    /// An empty signature: a placeholder, never counted (F5).
    EmptySignature {
        /// The keyid it stands under.
        keyid: KeyId,
    },
    /// One key stands under two keyids; it counts once (D5, F8).
    OneKeyTwoKeyids {
        /// The key.
        fingerprint: Fingerprint,
        /// Its keyids, sorted.
        keyids: Vec<KeyId>,
    },
    /// A role lists a keyid the file has no key for; it is ignored (F11).
    KeyidWithoutKey {
        /// The role.
        role: String,
        /// The keyid.
        keyid: KeyId,
    },
    /// A role's threshold is above the number of its distinct usable keys: it can never be met (F10).
    ThresholdUnreachable {
        /// The role.
        role: String,
        /// The threshold.
        threshold: u64,
        /// Distinct usable keys.
        keys: usize,
    },
    /// `delegations` is `null`, read as none (F19).
    NullDelegations,
    /// A path pattern that clients read in different ways: `**`, `[`, `{`, `\\`, a leading `/` (F20). Here all of them
    /// stand for themselves.
    UncommonPattern {
        /// The pattern.
        pattern: String,
    },
    /// A target without `length` (interop.md, Must read 9).
    TargetWithoutLength {
        /// The target's path.
        path: String,
    },
    /// The snapshot lists a file that is no targets role any more; it can never be removed (D6).
    DeadSnapshotEntry {
        /// The file's name.
        name: String,
    },
}

impl Finding {
    /// The stable id: the D decision where there is one, else the F rule.
    #[must_use]
    pub fn id(&self) -> &'static str {
        match self {
            Self::KeyidExcepted { .. } | Self::KeyidMismatch { .. } | Self::KeyidOfCore { .. } => "D1",
            Self::LegacyExpires { .. } => "D2",
            Self::ShortSpecVersion { .. } => "D3",
            Self::HexPoint { .. } | Self::LegacyKeytype { .. } => "D4",
            Self::OneKeyTwoKeyids { .. } => "D5",
            Self::DeadSnapshotEntry { .. } => "D6",
            Self::UnusableKey { .. } => "F17",
            Self::EmptySignature { .. } => "F5",
            Self::KeyidWithoutKey { .. } => "F11",
            Self::ThresholdUnreachable { .. } => "F10",
            Self::NullDelegations => "F19",
            Self::UncommonPattern { .. } => "F20",
            Self::TargetWithoutLength { .. } => "C59",
        }
    }

    /// The stable name, for JSON.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::KeyidExcepted { .. } => "keyid-excepted",
            Self::KeyidMismatch { .. } => "keyid-mismatch",
            Self::KeyidOfCore { .. } => "keyid-of-core",
            Self::LegacyExpires { .. } => "legacy-expires",
            Self::ShortSpecVersion { .. } => "short-spec-version",
            Self::HexPoint { .. } => "hex-point",
            Self::LegacyKeytype { .. } => "legacy-keytype",
            Self::UnusableKey { .. } => "unusable-key",
            Self::EmptySignature { .. } => "empty-signature",
            Self::OneKeyTwoKeyids { .. } => "one-key-two-keyids",
            Self::KeyidWithoutKey { .. } => "keyid-without-key",
            Self::ThresholdUnreachable { .. } => "threshold-unreachable",
            Self::NullDelegations => "null-delegations",
            Self::UncommonPattern { .. } => "uncommon-pattern",
            Self::TargetWithoutLength { .. } => "target-without-length",
            Self::DeadSnapshotEntry { .. } => "dead-snapshot-entry",
        }
    }

    /// Whether the format rules forbid it, so that the strict profile refuses the file. The others are facts that
    /// the rules tolerate.
    #[must_use]
    pub fn breaks_a_rule(&self) -> bool {
        match self {
            Self::KeyidExcepted { .. }
            | Self::KeyidMismatch { .. }
            | Self::KeyidOfCore { .. }
            | Self::LegacyExpires { .. }
            | Self::ShortSpecVersion { .. }
            | Self::HexPoint { .. }
            | Self::LegacyKeytype { .. }
            | Self::NullDelegations
            | Self::TargetWithoutLength { .. } => true,
            Self::UnusableKey { .. }
            | Self::EmptySignature { .. }
            | Self::OneKeyTwoKeyids { .. }
            | Self::KeyidWithoutKey { .. }
            | Self::ThresholdUnreachable { .. }
            | Self::UncommonPattern { .. }
            | Self::DeadSnapshotEntry { .. } => false,
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::KeyidExcepted { keyid, computed } => {
                write!(
                    f,
                    "keyid {} is not the hash of its key ({}); used by exception",
                    keyid.short(),
                    computed.short()
                )
            }
            Self::KeyidMismatch { keyid, computed } => {
                write!(
                    f,
                    "keyid {} is not the hash of its key ({}); the key is not used",
                    keyid.short(),
                    computed.short()
                )
            }
            Self::KeyidOfCore { keyid } => {
                write!(f, "keyid {} hashes only keytype, scheme and keyval", keyid.short())
            }
            Self::LegacyExpires { text } => write!(f, "expires `{text}` is not of the form YYYY-MM-DDTHH:MM:SSZ"),
            Self::ShortSpecVersion { text } => write!(f, "spec_version `{text}` has not three numbers"),
            Self::HexPoint { keyid } => write!(f, "key {} is a hex point, not PEM", keyid.short()),
            Self::LegacyKeytype { keyid, keytype } => {
                write!(f, "key {} has the scheme's name `{keytype}` as keytype", keyid.short())
            }
            Self::UnusableKey { keyid, reason } => write!(f, "key {} is not usable: {reason}", keyid.short()),
            Self::EmptySignature { keyid } => write!(f, "empty signature under keyid {}", keyid.short()),
            Self::OneKeyTwoKeyids { fingerprint, keyids } => {
                let names: Vec<_> = keyids.iter().map(KeyId::short).collect();
                write!(f, "key {} stands under keyids {}; it counts once", fingerprint.short(), names.join(", "))
            }
            Self::KeyidWithoutKey { role, keyid } => {
                write!(f, "role {} lists keyid {}, which has no key", role.escape_debug(), keyid.short())
            }
            Self::ThresholdUnreachable { role, threshold, keys } => {
                let role = role.escape_debug();
                write!(f, "role {role} needs {threshold} signatures and has {keys} distinct usable keys")
            }
            Self::NullDelegations => f.write_str("delegations is null"),
            Self::UncommonPattern { pattern } => {
                write!(f, "path pattern `{}` is not read alike by all clients", pattern.escape_debug())
            }
            Self::TargetWithoutLength { path } => write!(f, "target `{}` has no length", path.escape_debug()),
            Self::DeadSnapshotEntry { name } => {
                write!(f, "snapshot lists `{}`, which is no targets role", name.escape_debug())
            }
        }
    }
}
