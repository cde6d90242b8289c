//! What a person is shown before they sign (K2): computed once, from the plan and the directory alone, so that it is the
//! same on every station. How it is written is another crate's.

mod content;
mod lines;

pub use content::{ContentKind, ContentReview};

use crate::directory::Drafting;
use crate::{Ceremony, CeremonyError, Incoming, Payload};
use chrono::{DateTime, Utc};
use std::fmt;
use tuffet_builder::Finding;
use tuffet_keys::{Sha256, words};
use tuffet_metadata::RoleName;

/// A review.
#[derive(Debug, Clone)]
pub struct Review {
    /// The ceremony's id.
    pub ceremony: String,
    /// SHA-256 of the plan.
    pub plan_hash: Sha256,
    /// The time of the ceremony, from which days are counted.
    pub at: DateTime<Utc>,
    /// Version and SHA-256 of the verified root that this starts from; `None` for the first.
    pub previous_root: Option<(u64, Sha256)>,
    /// What is to be signed, root first.
    pub roles: Vec<RoleReview>,
    /// The targets that come or change, by what is in them.
    pub contents: Vec<ContentReview>,
    /// The keys that come in, and what is proved of them.
    pub keys: Vec<KeyReview>,
    /// Rules that the draft falls short of and that are no key's, each with the reason for which the plan waives it.
    pub findings: Vec<(Finding, Option<String>)>,
}

/// One payload and what its signature would change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleReview {
    /// The role.
    pub role: RoleName,
    /// The version the payload gives it.
    pub version: u64,
    /// SHA-256 of the payload, which people compare.
    pub digest: Sha256,
    /// The payload's length in bytes.
    pub length: usize,
    /// One sentence each.
    pub changes: Vec<String>,
}

impl RoleReview {
    /// The digest in hex, in groups of eight.
    #[must_use]
    pub fn grouped(&self) -> String {
        grouped(&self.digest)
    }

    /// The digest in words to read aloud.
    #[must_use]
    pub fn words(&self) -> String {
        words::encode(self.digest.as_bytes())
    }
}

impl Review {
    /// The plan's hash in words to read aloud.
    #[must_use]
    pub fn plan_words(&self) -> String {
        words::encode(self.plan_hash.as_bytes())
    }
}

/// A key that comes in.
#[derive(Debug, Clone)]
pub struct KeyReview {
    /// The key, and what is proved of it.
    pub key: Incoming,
    /// What its owner comes for: `keyholder`, `witness`, `online key`.
    pub part: &'static str,
    /// What it falls short of, each with the reason for which the plan waives it.
    pub findings: Vec<(Finding, Option<String>)>,
}

/// `@alice: Ed25519, YubiKey serial 12345678, slot 9c, …, fingerprint 12345678 9abcdef0`. The fingerprint is whole where
/// no metadata has it.
impl fmt::Display for KeyReview {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let public = &self.key.folder.public;
        write!(f, "{}: {}, {}, ", self.key.name, public.scheme(), self.key)?;
        let whole = public.fingerprint().to_string();
        match (self.part, whole.get(..8), whole.get(8..16)) {
            (KEYHOLDER, Some(first), Some(second)) => write!(f, "fingerprint {first} {second}"),
            (ONLINE, Some(first), Some(second)) => write!(f, "fingerprint {first} {second} (online key)"),
            (part, ..) => write!(f, "fingerprint {whole} ({part})"),
        }
    }
}

impl Ceremony {
    /// The review of this ceremony's draft.
    ///
    /// # Errors
    /// [`CeremonyError::Hash`] by K2 where the old content of a target lies here and is not what the verified targets
    /// say; and as [`payloads`](Self::payloads).
    pub fn review(&self) -> Result<Review, CeremonyError> {
        let transcript = self.transcript()?;
        let drafting = self.drafting()?;
        let payloads = drafting.recorded_payloads(self, &transcript)?;
        let differences = tuffet_builder::compare(drafting.state.as_ref(), &drafting.draft, self.plan().at());
        let role = |Payload { role, version, bytes, digest }: &Payload| RoleReview {
            role: role.clone(),
            version: *version,
            digest: *digest,
            length: bytes.len(),
            changes: differences.iter().filter(|d| d.role == *role).map(|d| d.text.clone()).collect(),
        };
        let (keys, findings) = self.keys_and_findings(&drafting);
        Ok(Review {
            ceremony: self.plan().ceremony.clone(),
            plan_hash: self.plan_hash(),
            at: self.plan().at(),
            previous_root: drafting.state.as_ref().map(|state| (state.root.common.version, state.root.sha256())),
            roles: payloads.iter().map(role).collect(),
            contents: self.contents(&drafting)?,
            keys,
            findings,
        })
    }

    fn keys_and_findings(&self, drafting: &Drafting) -> (Vec<KeyReview>, Vec<(Finding, Option<String>)>) {
        let mut findings = self.findings_of(drafting);
        let mut keys = Vec::new();
        for key in &drafting.incoming {
            let of_key = |(finding, _): &(Finding, _)| finding.place == key.name;
            let (own, others) = findings.into_iter().partition(of_key);
            findings = others;
            let named = |people: &[crate::Person]| people.iter().any(|person| person.name == key.name);
            let part = match (named(&self.plan().people), named(&self.plan().witnesses)) {
                (true, _) => KEYHOLDER,
                (false, true) => "witness",
                (false, false) => ONLINE,
            };
            keys.push(KeyReview { key: key.clone(), part, findings: own });
        }
        (keys, findings)
    }
}

/// A digest in groups of eight, as people compare it.
#[must_use]
pub fn grouped(digest: &Sha256) -> String {
    let hex = digest.to_string();
    let groups: Vec<_> = hex.as_bytes().chunks(8).map(String::from_utf8_lossy).collect();
    groups.join(" ")
}

const KEYHOLDER: &str = "keyholder";
const ONLINE: &str = "online key";
