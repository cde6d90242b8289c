//! Replaying a record: what a stranger does with the directory alone.

use crate::directory::require_hash;
use crate::error::printable;
use crate::sign::{Checked, Purpose};
use crate::status::given;
use crate::transcript::Action;
use crate::{Ceremony, CeremonyError, ProvedTarget, RoleStatus, Transcript, TranscriptError, Voided, approval, files};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use tuffet_keys::{Sha256, sha256};
use tuffet_metadata::RoleName;

/// What a replay found to be so.
#[derive(Debug, Clone)]
pub struct Replay {
    /// The ceremony's id.
    pub ceremony: String,
    /// SHA-256 of the plan.
    pub plan_hash: Sha256,
    /// The lines of the transcript.
    pub lines: usize,
    /// The hash over all of them.
    pub head: Sha256,
    /// The witnesses who approved, and the time each confirmed.
    pub approvals: Vec<(String, String)>,
    /// What was proved of trust roots among the targets, before anybody signed.
    pub proofs: Vec<ProvedTarget>,
    /// Every role signed, with who signed it.
    pub roles: Vec<RoleStatus>,
    /// How it ended.
    pub ended: Ended,
    /// SHA-256 of each published file, by path in the repository.
    pub published: BTreeMap<String, String>,
    /// SHA-256 of the root it replaced; `None` for an initial ceremony.
    pub previous_root: Option<String>,
    /// How many witnesses the plan names.
    pub witnesses: usize,
    /// The witnesses who signed statement.json; `None` where there is none yet.
    pub statement: Option<Vec<String>>,
}

/// How a ceremony ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// What it signed was published.
    Published,
    /// It was given up, for this reason. The signatures that were given stay valid until what they sign expires.
    Aborted {
        /// Why.
        reason: String,
        /// What was given.
        given: Vec<Voided>,
    },
}

impl Replay {
    /// Replays the ceremony in `dir`: the chain holds and is closed; the plan is the one drafted; every enrolment
    /// proves its key; the payloads follow from the plan; what was proved is a target of it; the witnesses approved before anybody signed; every signature
    /// verifies and was recorded; assembling again gives the same bytes; what was published is what was assembled. No
    /// network, no clock.
    ///
    /// # Errors
    /// [`CeremonyError`] at the first thing that does not hold.
    pub fn run(dir: &Path) -> Result<Self, CeremonyError> {
        let ceremony = Ceremony::open(dir)?;
        let transcript = ceremony.transcript()?;
        transcript.require_closed()?;
        let drafting = ceremony.drafting()?;
        let payloads = drafting.recorded_payloads(&ceremony, &transcript)?;

        // The last hash recorded for a file is the one it must have.
        for (file, hash) in transcript.recorded() {
            require_hash(file, hash, &files::read(dir, file)?, "K3")?;
        }
        let approvals = ceremony.approval_files(&drafting, &transcript)?;
        let signatures = ceremony.signature_files(&drafting, &payloads, Purpose::Ceremony)?;
        ceremony.signature_files(&drafting, &payloads, Purpose::Rehearsal)?;
        let ended = ended(&transcript);
        if ended == Ended::Published {
            require_lines(&transcript, &signatures)?;
        }
        require_approved(&ceremony, &transcript)?;
        ceremony.require_proofs(&transcript)?;
        let verified: Vec<&Checked> = signatures.iter().map(|(_, verified)| verified).collect();
        let published = transcript.entries().iter().find_map(|entry| match &entry.action {
            Action::Publish { published } => Some(published.clone()),
            _ => None,
        });
        let published = published.unwrap_or_default();
        let mut roles = Vec::new();
        for payload in &payloads {
            if ended == Ended::Published {
                ceremony.require_published(&drafting, payload, &verified, &published)?;
            }
            roles.push(drafting.status(payload, &given(&verified, &payload.role))?);
        }
        let mut replay = Self {
            ceremony: ceremony.plan().ceremony.clone(),
            plan_hash: ceremony.plan_hash(),
            lines: transcript.entries().len(),
            head: transcript.head(),
            approvals: approvals.into_iter().map(|(_, approval, _)| (approval.witness, approval.clock)).collect(),
            proofs: transcript.proofs(),
            roles,
            ended,
            published,
            previous_root: ceremony.plan().previous_root().map(|hash| hash.to_string()),
            witnesses: ceremony.plan().witnesses.len(),
            statement: None,
        };
        replay.statement = ceremony.stated(&replay)?;
        Ok(replay)
    }

    /// How it ended, in a word.
    #[must_use]
    pub fn outcome(&self) -> &'static str {
        match self.ended {
            Ended::Published => "published",
            Ended::Aborted { .. } => "aborted",
        }
    }

    /// Requires that the record begins at a root somebody trusts: the root it replaces, or, of an initial ceremony, the
    /// root it made.
    ///
    /// # Errors
    /// [`CeremonyError::Pinned`]
    pub fn starts_from(&self, trusted: &[u8]) -> Result<(), CeremonyError> {
        let found = sha256(trusted).to_string();
        match &self.previous_root {
            Some(previous) if *previous == found => Ok(()),
            None if self.published.get("1.root.json") == Some(&found) => Ok(()),
            Some(previous) => Err(CeremonyError::Pinned { expected: previous.clone(), found }),
            None => {
                let expected = self.published.get("1.root.json").cloned().unwrap_or_else(|| "nothing".to_owned());
                Err(CeremonyError::Pinned { expected, found })
            }
        }
    }

    /// Compares the record with a repository: every file it published is there with the recorded hash. Later
    /// ceremonies may have replaced the files that have no version in their names.
    ///
    /// # Errors
    /// [`CeremonyError::Hash`] or [`CeremonyError::Io`]
    pub fn matches_repository(&self, repository: &Path) -> Result<usize, CeremonyError> {
        let mut compared = 0;
        for (file, hash) in &self.published {
            if *file == RoleName::Timestamp.file_name() {
                continue;
            }
            let name = repository.join(file).display().to_string();
            let Some(bytes) = files::read_if_there(repository, file)? else {
                let (expected, found) = (printable(hash), "no file".to_owned());
                return Err(CeremonyError::Hash { file: name, expected, found, rule: "R4" });
            };
            require_hash(&name, hash, &bytes, "R5")?;
            compared += 1;
        }
        Ok(compared)
    }
}

fn ended(transcript: &Transcript) -> Ended {
    let aborted = transcript.entries().iter().rev().find_map(|entry| match &entry.action {
        Action::Abort { reason, given } => Some(Ended::Aborted { reason: reason.clone(), given: given.clone() }),
        _ => None,
    });
    aborted.unwrap_or(Ended::Published)
}

/// As many lines of approval as the plan asks for, before the first of a signature; each is of a file that was verified.
fn require_approved(ceremony: &Ceremony, transcript: &Transcript) -> Result<(), CeremonyError> {
    let lines = transcript.since_draft();
    let signed = lines.iter().position(|entry| matches!(entry.action, Action::Signature { .. }));
    let mut approved = BTreeSet::new();
    for entry in lines.iter().take(signed.unwrap_or(0)) {
        if let Action::Approve { witness, key, .. } = &entry.action {
            if entry.files.len() != 1 || !entry.files.contains_key(&approval::path(key)) {
                let problem = format!("expected the line of {}'s approval, found another", printable(witness));
                return Err(TranscriptError::Line { line: entry.line, problem }.into());
            }
            approved.insert(key);
        }
    }
    if signed.is_some() { ceremony.require_approvals(approved.len()) } else { Ok(()) }
}

/// Every signature has a line, and every such line says whose signature it is.
fn require_lines(transcript: &Transcript, signatures: &[(String, Checked)]) -> Result<(), CeremonyError> {
    let mut lines = BTreeMap::new();
    for entry in transcript.since_draft() {
        if let Action::Signature { role, keyid, owner } = &entry.action {
            let path = Purpose::Ceremony.path(role, keyid);
            let by = signatures.iter().find(|(there, _)| *there == path).map(|(_, verified)| verified.owner.as_str());
            let names_it = entry.files.len() == 1 && entry.files.contains_key(&path);
            if !names_it || by != Some(owner) || lines.insert(path, entry.line).is_some() {
                let problem = format!(
                    "expected the one line of {}'s signature file, found another",
                    printable(by.unwrap_or("nobody"))
                );
                return Err(TranscriptError::Line { line: entry.line, problem }.into());
            }
        }
    }
    match signatures.iter().find(|(path, _)| !lines.contains_key(path)) {
        None => Ok(()),
        Some((path, _)) => {
            let problem = "expected a line in the transcript for it, found none (K3)".to_owned();
            Err(CeremonyError::Signature { file: path.clone(), problem })
        }
    }
}
