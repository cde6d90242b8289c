//! A trust root proved before anybody signs it: bundles that verify under it, foreign ones that do not (TR10). Who verifies
//! them is another crate; here the outcome enters the transcript.

use crate::directory::require_hash;
use crate::error::printable;
use crate::files;
use crate::sign::Purpose;
use crate::transcript::{Action, Entry};
use crate::{Ceremony, CeremonyError, Transcript, TranscriptError};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use tuffet_keys::{Sha256, sha256};

/// A bundle that was verified, by hash: the record holds what was shown, not the samples.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProvedSample {
    /// SHA-256 of the bundle's file.
    pub bundle: String,
    /// SHA-256 of what it is of.
    pub artifact: String,
    /// What it showed.
    pub outcome: ProvedOutcome,
}

/// What a sample showed. Only what was expected is recorded: a proof that fails is none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum ProvedOutcome {
    /// It verifies.
    Verified {
        /// Ids of the entries that carry it, hex.
        by: Vec<String>,
    },
    /// A foreign bundle: it is refused.
    Refused {
        /// SHA-256 of the trust root of its own that it verifies under, where one was given.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        own_root: Option<String>,
    },
}

/// What a ceremony's record says was proved of one of its targets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProvedTarget {
    /// The line of the transcript.
    pub line: u64,
    /// The target's path.
    pub target: String,
    /// Bundles that verify under it.
    pub verified: usize,
    /// Foreign bundles that it refuses.
    pub refused: usize,
    /// SHA-256 of the trust root before, under which at least one of the bundles verified.
    pub before: Option<String>,
}

impl Ceremony {
    /// Records that a trust root, one of the plan's targets, carries the samples: appends a `prove` line, or nothing where
    /// the same was recorded since the draft. `name` is what errors call `trusted_root`; `before` is SHA-256 of what the old
    /// bundles verified under.
    ///
    /// # Errors
    /// [`CeremonyError`]: the trust root is not the plan's, somebody has signed, or the ceremony is closed; nothing is
    /// recorded.
    pub fn record_proof(
        &self,
        target: &str,
        (name, trusted_root): (&str, &[u8]),
        before: Option<Sha256>,
        samples: Vec<ProvedSample>,
        now: DateTime<Utc>,
    ) -> Result<bool, CeremonyError> {
        let _lock = files::lock(&self.dir)?;
        let mut transcript = self.transcript()?;
        let drafting = self.drafting()?;
        let payloads = drafting.recorded_payloads(self, &transcript)?;
        transcript.require_open()?;
        self.require_recorded(&transcript)?;
        self.require_planned(target)?;
        let file = target_file(target);
        let pinned = sha256(&self.target(target)?).to_string();
        require_hash(name, &pinned, trusted_root, "TR10")?;
        let files: BTreeMap<String, String> = [(file, pinned)].into();
        let before = before.map(|hash| hash.to_string());
        let action = Action::Prove { target: target.to_owned(), before, samples };
        if transcript.since_draft().iter().any(|entry| entry.action == action && entry.files == files) {
            return Ok(false);
        }
        // Also one that no line records yet: who has signed cannot be told any more what they sign.
        if !self.signature_files(&drafting, &payloads, Purpose::Ceremony)?.is_empty() {
            return Err(CeremonyError::Order { expected: "the proof of a trust root", found: "signatures" });
        }
        require_samples(transcript.entries().len(), &action)?;
        transcript.append(now, action, files)?;
        transcript.store(&self.dir)?;
        Ok(true)
    }

    fn require_planned(&self, target: &str) -> Result<(), CeremonyError> {
        let planned: Vec<&str> = self.plan().changes.iter().filter_map(|change| change.target()).collect();
        if planned.contains(&target) {
            return Ok(());
        }
        let planned = if planned.is_empty() { "no target at all".to_owned() } else { planned.join(", ") };
        let problem = format!("expected a target that the plan brings, found {} (TR10)", printable(target));
        Err(CeremonyError::File { file: "plan.toml".into(), problem: format!("{problem}; it brings {planned}") })
    }

    /// Each line of a proof is of a target that this plan brings, as it lies here.
    pub(crate) fn require_proofs(&self, transcript: &Transcript) -> Result<(), CeremonyError> {
        for entry in transcript.since_draft() {
            let Action::Prove { target, .. } = &entry.action else { continue };
            self.require_planned(target)?;
            if entry.files.len() != 1 || !entry.files.contains_key(&target_file(target)) {
                let problem = format!("expected the line to name {}, found another file", target_file(target));
                return Err(TranscriptError::Line { line: entry.line, problem: printable(&problem) }.into());
            }
            require_samples(usize::try_from(entry.line).unwrap_or(usize::MAX).saturating_sub(1), &entry.action)?;
        }
        Ok(())
    }
}

impl Transcript {
    /// What was proved of targets since the draft in force, by line.
    #[must_use]
    pub fn proofs(&self) -> Vec<ProvedTarget> {
        self.since_draft().iter().filter_map(proved).collect()
    }
}

fn proved(entry: &Entry) -> Option<ProvedTarget> {
    let Action::Prove { target, before, samples } = &entry.action else { return None };
    let refused = samples.iter().filter(|sample| matches!(sample.outcome, ProvedOutcome::Refused { .. })).count();
    Some(ProvedTarget {
        line: entry.line,
        target: target.clone(),
        verified: samples.len() - refused,
        refused,
        before: before.clone(),
    })
}

/// A proof without a bundle that verifies is none, and what it names are hashes. `lines`: before it.
fn require_samples(lines: usize, action: &Action) -> Result<(), TranscriptError> {
    let Action::Prove { before, samples, .. } = action else { return Ok(()) };
    let line = u64::try_from(lines).unwrap_or(u64::MAX).saturating_add(1);
    let refuse = |problem: &str| Err(TranscriptError::Line { line, problem: problem.to_owned() });
    if samples.iter().all(|sample| matches!(sample.outcome, ProvedOutcome::Refused { .. })) {
        return refuse("expected a bundle that verifies among the samples, found none");
    }
    let shown = samples.iter().flat_map(|sample| match &sample.outcome {
        ProvedOutcome::Verified { by } => by.iter().collect::<Vec<_>>(),
        ProvedOutcome::Refused { own_root } => own_root.iter().collect(),
    });
    let named = samples.iter().flat_map(|sample| [&sample.bundle, &sample.artifact]);
    let is_hash = |text: &String| text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    if named.chain(shown).chain(before).all(is_hash) {
        Ok(())
    } else {
        refuse("expected SHA-256 of samples and ids of entries, found another word")
    }
}

fn target_file(target: &str) -> String {
    format!("targets/{target}")
}
