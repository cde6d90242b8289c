//! What a line of the transcript says happened, and what may follow what.

use crate::ProvedSample;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "did", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Action {
    /// The payloads were drafted from the plan. What was approved, rehearsed or signed before counts no more.
    Draft {
        /// SHA-256 of plan.toml.
        plan_hash: String,
        /// SHA-256 of each payload, by role.
        payloads: BTreeMap<String, String>,
        /// Warnings waived, `RULE: reason`.
        waived: Vec<String>,
        /// Signatures given for the draft before this one, now under `void/`, by whom and over what.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        voids: Vec<Voided>,
    },
    /// Bundles were verified against a trust root that is to be distributed, and foreign ones refused, before anybody
    /// signed.
    Prove {
        /// Its path among the targets.
        target: String,
        /// SHA-256 of the trust root published now, under which old bundles verify as well.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        before: Option<String>,
        /// What was verified.
        samples: Vec<ProvedSample>,
    },
    /// A witness's approval arrived and was verified.
    Approve {
        /// The witness.
        witness: String,
        /// The fingerprint of their key.
        key: String,
        /// The time they confirmed by their own clock (K15).
        clock: String,
    },
    /// A signature of a rehearsal arrived and was verified as one.
    Rehearse {
        /// The role.
        role: String,
        /// The key.
        keyid: String,
        /// Whose key.
        owner: String,
        /// SHA-256 of the payload that was rehearsed.
        payload_sha256: String,
    },
    /// A signature arrived and was verified.
    Signature {
        /// The role signed.
        role: String,
        /// The key.
        keyid: String,
        /// Whose key, as metadata names them.
        owner: String,
    },
    /// A role met its thresholds and was assembled.
    Assemble {
        /// The role.
        role: String,
        /// Its version.
        version: u64,
    },
    /// The repository was published and read back.
    Publish {
        /// SHA-256 of each published file, by path in the repository.
        published: BTreeMap<String, String>,
    },
    /// The ceremony was given up. Nothing of it may be published.
    Abort {
        /// Why.
        reason: String,
        /// Every signature that was given: it stays valid until what it signs expires.
        given: Vec<Voided>,
    },
    /// The end. Nothing follows.
    Close,
}

/// A signature that was given and is not used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Voided {
    /// The role signed.
    pub role: String,
    /// Whose key.
    pub owner: String,
    /// The key.
    pub keyid: String,
    /// SHA-256 of the payload.
    pub payload_sha256: String,
}

impl Action {
    /// The word for it.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Draft { .. } => "draft",
            Self::Prove { .. } => "prove",
            Self::Approve { .. } => "approve",
            Self::Rehearse { .. } => "rehearse",
            Self::Signature { .. } => "signature",
            Self::Assemble { .. } => "assemble",
            Self::Publish { .. } => "publish",
            Self::Abort { .. } => "abort",
            Self::Close => "close",
        }
    }

    /// A draft comes first, and after a signature only where it says whose signatures it voids; nothing but the end comes
    /// after publication or an abort. `signed`: whether there is a signature for the draft in force.
    pub(super) fn may_follow(&self, last: Option<&Self>, signed: bool) -> bool {
        match (last, self) {
            (None, after) => matches!(after, Self::Draft { .. }),
            (Some(Self::Publish { .. } | Self::Abort { .. }), after) => matches!(after, Self::Close),
            (Some(Self::Close), _) | (_, Self::Close) => false,
            (_, Self::Draft { voids, .. }) => !signed || !voids.is_empty(),
            // A witness more than are needed may come late.
            (_, Self::Approve { .. } | Self::Signature { .. } | Self::Abort { .. }) => true,
            // A rehearsal of what is being signed is none, and a proof that comes after it helps nobody who signed.
            (_, Self::Rehearse { .. } | Self::Prove { .. }) => !signed,
            (_, Self::Assemble { .. } | Self::Publish { .. }) => signed,
        }
    }
}
