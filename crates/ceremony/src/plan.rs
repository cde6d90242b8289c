//! plan.toml: the one reviewed input of a ceremony (ceremony.md K1).

mod attestation;
mod change;
mod check;
mod check_change;
mod error;

pub use attestation::PlannedAttestation;
pub use change::{PlannedChange, PlannedOffline, PlannedOnline, PlannedSeats};
pub use error::PlanError;

use crate::error::printable;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use tuffet_attestation::is_hidden;
use tuffet_builder::says_whom_to_trust;
use tuffet_keys::{Sha256, sha256};
use tuffet_metadata::parse_time;

/// A plan. Strict: an unknown key is an error, because a misspelt one would be a rule nobody follows. It holds no PIN,
/// slot, module path or host fact; those come from the keyholder's station.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// `tuffet-plan-v1`.
    pub schema: String,
    /// The ceremony's id: the name of its directory.
    pub ceremony: String,
    /// The time of the ceremony, from which every check of expiry counts (K15).
    pub at: String,
    /// SHA-256 of the root that is replaced, in hex, or `none`.
    pub previous_root: String,
    /// Approvals by witnesses that are needed before anybody signs (K5).
    #[serde(default = "two")]
    pub approvals: u64,
    /// Whether keys may lie in files (K12).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub software_keys: bool,
    /// The programs whose signatures and approvals count, such as `tuffet 0.1.0`; empty: any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tools: Vec<String>,
    /// Absolute expiry dates.
    pub expires: PlanExpiries,
    /// The key of the online roles, where it is established.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub online: Option<Online>,
    /// Further online keys that come in: of a role with its own, or of delegated roles.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub online_keys: Vec<Online>,
    /// The people who come in, with their keys.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub people: Vec<Person>,
    /// Who may approve. They sign no metadata.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub witnesses: Vec<Person>,
    /// What the devices of those who come in must prove.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attestation: Option<PlannedAttestation>,
    /// The changes, in order.
    pub changes: Vec<PlannedChange>,
    /// Warnings accepted, each with a reason that enters the transcript.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waivers: Vec<Waiver>,
}

/// When each role expires, `YYYY-MM-DDTHH:MM:SSZ`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanExpiries {
    /// Root.
    pub root: String,
    /// Targets.
    pub targets: String,
    /// Snapshot.
    pub snapshot: String,
    /// Timestamp.
    pub timestamp: String,
    /// Delegated roles by name; those that are not here expire with targets.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub delegated: BTreeMap<String, String>,
}

/// The online key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Online {
    /// SPKI fingerprint.
    pub key: String,
    /// Where the key lies, as metadata will say.
    pub uri: String,
    /// SHA-256 of the enrolment record.
    pub enrolment: String,
}

/// Somebody who comes in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// The name, such as `@alice`.
    pub name: String,
    /// SPKI fingerprint of the key.
    pub key: String,
    /// SHA-256 of the enrolment record.
    pub enrolment: String,
}

/// A warning accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Waiver {
    /// The rule's id.
    pub rule: String,
    /// Why.
    pub reason: String,
}

impl Plan {
    /// Reads and checks the bytes of plan.toml.
    ///
    /// # Errors
    /// [`PlanError`]
    pub fn parse(bytes: &[u8]) -> Result<Self, PlanError> {
        let text = std::str::from_utf8(bytes).map_err(|_| PlanError::Toml("expected UTF-8".into()))?;
        let plan: Self = toml::from_str(text).map_err(|e| PlanError::Toml(one_line(text, &e)))?;
        plan.check()?;
        Ok(plan)
    }

    /// The text of a plan, as a person reviews it.
    #[must_use]
    pub fn to_toml(&self) -> String {
        // The types above are plain tables and arrays, which TOML can always write.
        toml::to_string(self).unwrap_or_default()
    }

    /// Whether a ceremony may have this id.
    #[must_use]
    pub fn is_id(text: &str) -> bool {
        !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    }

    /// Whether a person or an online key may have this name: text on one line that steers no terminal.
    #[must_use]
    pub fn is_name(text: &str) -> bool {
        plain(text)
    }

    /// `plan_hash`: SHA-256 of the file's bytes.
    #[must_use]
    pub fn hash(bytes: &[u8]) -> Sha256 {
        sha256(bytes)
    }

    /// The time of the ceremony.
    #[must_use]
    pub fn at(&self) -> DateTime<Utc> {
        time(&self.at)
    }

    /// The expiry of root, targets, snapshot and timestamp.
    #[must_use]
    pub fn expiries(&self) -> [DateTime<Utc>; 4] {
        let e = &self.expires;
        [time(&e.root), time(&e.targets), time(&e.snapshot), time(&e.timestamp)]
    }

    /// The expiry of delegated roles that have one of their own.
    #[must_use]
    pub fn delegated_expiries(&self) -> BTreeMap<String, DateTime<Utc>> {
        self.expires.delegated.iter().map(|(name, text)| (name.clone(), time(text))).collect()
    }

    /// The online keys that come in.
    pub fn online_keys(&self) -> impl Iterator<Item = &Online> {
        self.online.iter().chain(&self.online_keys)
    }

    /// SHA-256 of the root this plan starts from; `None` for an initial ceremony.
    #[must_use]
    pub fn previous_root(&self) -> Option<Sha256> {
        Sha256::from_hex(&self.previous_root)
    }

    /// The witness with this key.
    #[must_use]
    pub fn witness(&self, fingerprint: &str) -> Option<&Person> {
        self.witnesses.iter().find(|witness| witness.key == fingerprint)
    }

    /// Whether the plan gives this target new content, or another with which it goes together: where a trust root changes,
    /// the signing config is held to it, and the reverse (TR7).
    #[must_use]
    pub fn compares(&self, target: &str) -> bool {
        let mut changed = self.changes.iter().filter_map(|change| change.target());
        changed.any(|path| path == target || (says_whom_to_trust(path) && says_whom_to_trust(target)))
    }

    /// Everyone with an enrolment record: the people, the witnesses, and the online key under its URI.
    pub fn enrolled(&self) -> impl Iterator<Item = (&str, &str, &str)> {
        let people = self.people.iter().chain(&self.witnesses);
        let people = people.map(|p| (p.name.as_str(), p.key.as_str(), p.enrolment.as_str()));
        people.chain(self.online_keys().map(|o| (o.uri.as_str(), o.key.as_str(), o.enrolment.as_str())))
    }
}

/// Two pairs of eyes beside those who sign.
fn two() -> u64 {
    2
}

/// `check` has accepted every time before anyone asks for one, so the fallback is never seen.
fn time(text: &str) -> DateTime<Utc> {
    parse_time(text).unwrap_or_default()
}

/// The first line of a TOML error says what, its span where.
fn one_line(text: &str, error: &toml::de::Error) -> String {
    let message = printable(error.message().lines().next().unwrap_or("not TOML"));
    match error.span().and_then(|span| text.get(..span.start)) {
        Some(before) => format!("line {}: {message}", before.matches('\n').count() + 1),
        None => message,
    }
}

/// What people read stands on one line and holds nothing that steers a terminal.
pub(crate) fn plain(text: &str) -> bool {
    !text.is_empty() && !text.chars().any(is_hidden)
}

/// A path under `targets/` that stays there on every system.
pub(crate) fn safe_path(path: &str) -> bool {
    path.split('/').all(|part| plain(part) && part != "." && part != ".." && !part.contains(['\\', ':']))
}

/// What [`safe_path`] wants.
pub(crate) const SAFE: &str = "a relative path without `..`, `:`, `\\` or control characters";
pub(crate) const TEXT: &str = "text on one line without control characters";
const SCHEMA: &str = "tuffet-plan-v1";
