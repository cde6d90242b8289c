//! The coordinator's first step: from the reviewed plan to the bytes to sign.

use crate::directory::{PREVIOUS_ROOT, PREVIOUS_TARGETS, enrolment_file, evidence_file, payload_file, require_hash};
use crate::files::{self, Existing};
use crate::incoming::root_file;
use crate::transcript::{Action, Entry};
use crate::{Ceremony, CeremonyError, Enrolment, Incoming, Payload, Transcript};
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use tuffet_builder::Finding;
use tuffet_keys::{SignError, sha256};
use tuffet_metadata::RoleName;

/// What drafting made.
#[derive(Debug, Clone)]
pub struct Drafted {
    /// The bytes to sign.
    pub payloads: Vec<Payload>,
    /// Warnings: those the plan waives, with the reason, and those it does not.
    pub warnings: Vec<(Finding, Option<String>)>,
    /// Whether this run recorded the draft; `false` where it had been before.
    pub recorded: bool,
}

impl Ceremony {
    /// Drafts the payloads, checks them, writes `payload/` and appends the `draft` line. `previous` is the newest root
    /// and the targets of the repository, as published; they are copied to `previous/`, so that the directory stands
    /// for itself. Running it again changes nothing; once there are signatures, a changed draft is refused.
    ///
    /// # Errors
    /// [`CeremonyError`]; nothing is recorded.
    pub fn draft(&self, previous: Option<(&[u8], &[u8])>, now: DateTime<Utc>) -> Result<Drafted, CeremonyError> {
        self.draft_for(previous, now, &|_, _| Ok(()))
    }

    /// As [`draft`](Self::draft), for the tokens people enrolled: `fits` says of each record whether its token can sign a
    /// payload of so many bytes, so that nobody is asked to touch a device that cannot.
    ///
    /// # Errors
    /// [`CeremonyError::Sign`] with what `fits` said; and as `draft`.
    pub fn draft_for(
        &self,
        previous: Option<(&[u8], &[u8])>,
        now: DateTime<Utc>,
        fits: &dyn Fn(&Enrolment, usize) -> Result<(), SignError>,
    ) -> Result<Drafted, CeremonyError> {
        if let Some((root, targets)) = previous {
            self.keep_previous(root, targets)?;
        }
        let mut transcript = self.transcript()?;
        let drafting = self.drafting()?;
        let mut findings = tuffet_builder::check(drafting.state.as_ref(), &drafting.draft, self.plan().at());
        findings.extend(drafting.attestation.iter().cloned());
        let (errors, warnings): (Vec<_>, Vec<_>) = findings.into_iter().partition(|finding| self.stops(finding));
        if !errors.is_empty() {
            return Err(CeremonyError::Rules(errors));
        }
        let payloads = drafting.payloads()?;
        for key in &drafting.incoming {
            let fingerprint = key.folder.public.fingerprint();
            for payload in &payloads {
                if drafting.authorities(&payload.role).iter().any(|by| by.fingerprints().contains(&fingerprint)) {
                    fits(&key.folder.record, payload.bytes.len())?;
                }
            }
        }
        let warnings: Vec<_> = warnings.into_iter().map(|warning| (self.waived(&warning), warning)).collect();
        let action = Action::Draft {
            plan_hash: self.plan_hash().to_string(),
            payloads: payloads.iter().map(|p| (p.role.to_string(), p.digest.to_string())).collect(),
            waived: warnings
                .iter()
                .filter_map(|(reason, w)| Some(format!("{}: {}", w.rule, reason.as_ref()?)))
                .collect(),
        };
        let recorded = self.record_draft(&mut transcript, &payloads, action, &drafting.incoming, now)?;
        Ok(Drafted { payloads, warnings: warnings.into_iter().map(|(reason, w)| (w, reason)).collect(), recorded })
    }

    /// Copies what is published, once it is known to be what the plan starts from: a wrong copy would stay.
    fn keep_previous(&self, root: &[u8], targets: &[u8]) -> Result<(), CeremonyError> {
        require_hash(PREVIOUS_ROOT, &self.plan().previous_root, root, "K1")?;
        self.state(root.to_vec(), targets.to_vec())?;
        for (name, bytes) in [(PREVIOUS_ROOT, root), (PREVIOUS_TARGETS, targets)] {
            match files::read_if_there(&self.dir, name)? {
                Some(there) => require_hash(name, &sha256(bytes).to_string(), &there, "K1")?,
                None => files::write(&self.dir, name, bytes, Existing::Keep)?,
            }
        }
        Ok(())
    }

    fn record_draft(
        &self,
        transcript: &mut Transcript,
        payloads: &[Payload],
        action: Action,
        incoming: &[Incoming],
        now: DateTime<Utc>,
    ) -> Result<bool, CeremonyError> {
        let draft = |entry: &&Entry| matches!(entry.action, Action::Draft { .. });
        if transcript.entries().iter().rev().find(draft).is_some_and(|entry| entry.action == action) {
            return self.payloads().map(|_| false);
        }
        // Also a signature that no line records yet: it was given for what would be replaced.
        let mut signed = transcript.entries().iter().any(|entry| !draft(&entry));
        for role in DRAFTED {
            signed |= !files::list(&self.dir, &format!("signatures/{role}"))?.is_empty();
        }
        if signed {
            return Err(CeremonyError::Order {
                expected: "a ceremony without signatures, or the plan they were given for,",
                found: "another draft than the signatures are for",
            });
        }
        for role in DRAFTED {
            match payloads.iter().find(|payload| payload.role == role) {
                Some(payload) => files::write(&self.dir, &payload_file(&role), &payload.bytes, Existing::Replace)?,
                // Of an earlier draft: nobody may take it for something to sign.
                None => files::remove(&self.dir, &payload_file(&role))?,
            }
        }
        transcript.push(now, action, self.inputs(incoming)?);
        transcript.store(&self.dir)?;
        Ok(true)
    }

    /// Everything the draft was made from and all it made, by hash.
    fn inputs(&self, incoming: &[Incoming]) -> Result<BTreeMap<String, String>, CeremonyError> {
        let mut names = vec!["plan.toml".to_owned()];
        for key in incoming {
            names.push(enrolment_file(&key.folder.record.fingerprint));
            names.extend(key.folder.evidence.is_some().then(|| evidence_file(&key.folder.record.fingerprint)));
        }
        names.extend(self.plan().attestation.iter().flat_map(|wanted| &wanted.roots).map(|hash| root_file(hash)));
        for folder in ["previous", "payload"] {
            names.extend(files::list(&self.dir, folder)?.into_iter().map(|name| format!("{folder}/{name}")));
        }
        names.extend(self.plan().changes.iter().filter_map(|change| match change {
            crate::PlannedChange::SetTarget { path, .. } => Some(format!("targets/{path}")),
            _ => None,
        }));
        names
            .into_iter()
            .map(|name| files::read(&self.dir, &name).map(|bytes| (name, sha256(&bytes).to_string())))
            .collect()
    }
}

/// The roles a ceremony can draft.
const DRAFTED: [RoleName; 2] = [RoleName::Root, RoleName::Targets];
