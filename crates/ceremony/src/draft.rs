//! The coordinator's first step: from the reviewed plan to the bytes to sign.

use crate::directory::{
    Drafting, PREVIOUS_DELEGATED, PREVIOUS_ROOT, PREVIOUS_TARGETS, delegated_file, enrolment_file, evidence_file,
    payload_file, require_hash,
};
use crate::files::{self, Existing};
use crate::incoming::root_file;
use crate::transcript::{Action, Entry};
use crate::{Ceremony, CeremonyError, Enrolment, KeyFolder, Payload, Transcript};
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use tuffet_builder::Finding;
use tuffet_keys::{SignError, sha256};

/// What is published, as the coordinator's station knows it: copied below `previous/`, so that the ceremony's directory
/// stands for itself.
#[derive(Debug, Clone, Default)]
pub struct Previous {
    /// The newest root.
    pub root: Vec<u8>,
    /// The top-level targets.
    pub targets: Vec<u8>,
    /// The delegated roles, by name.
    pub delegated: BTreeMap<String, Vec<u8>>,
    /// The contents of targets, by path: those that the plan compares with are kept, so that a review can do so.
    pub contents: BTreeMap<String, Vec<u8>>,
    /// What is known of keys from earlier ceremonies: those that stay are kept, so that no token fills two seats (K5).
    pub keys: Vec<KeyFolder>,
}

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
    /// Drafts the payloads, checks them, writes `payload/` and appends the `draft` line. `previous` is what the repository
    /// has published. Running it again changes nothing; once there are signatures, a changed draft is refused.
    ///
    /// # Errors
    /// [`CeremonyError`]; nothing is recorded.
    pub fn draft(&self, previous: Option<&Previous>, now: DateTime<Utc>) -> Result<Drafted, CeremonyError> {
        self.draft_for(previous, now, &|_, _| Ok(()), false)
    }

    /// As [`draft`](Self::draft), for the tokens people enrolled: `fits` says of each record whether its token can sign a
    /// payload of so many bytes, so that nobody is asked to touch a device that cannot. Where `void` is set, signatures
    /// that were given for another draft are put away below `void/` and recorded as voided.
    ///
    /// # Errors
    /// [`CeremonyError::Sign`] with what `fits` said; [`CeremonyError::WouldVoid`]; and as `draft`.
    pub fn draft_for(
        &self,
        previous: Option<&Previous>,
        now: DateTime<Utc>,
        fits: &dyn Fn(&Enrolment, usize) -> Result<(), SignError>,
        void: bool,
    ) -> Result<Drafted, CeremonyError> {
        let _lock = files::lock(&self.dir)?;
        let mut transcript = self.transcript()?;
        if let Some(previous) = previous {
            self.keep_previous(previous)?;
        }
        let drafting = self.drafting()?;
        let mut findings = tuffet_builder::check(drafting.state.as_ref(), &drafting.draft, self.plan().at());
        findings.extend(drafting.findings.iter().cloned());
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
            voids: Vec::new(),
        };
        let recorded = self.record_draft(&mut transcript, &drafting, &payloads, action, now, void)?;
        Ok(Drafted { payloads, warnings: warnings.into_iter().map(|(reason, w)| (w, reason)).collect(), recorded })
    }

    /// Copies what is published, once it is known to be what the plan starts from: a wrong copy would stay.
    fn keep_previous(&self, previous: &Previous) -> Result<(), CeremonyError> {
        let Previous { root, targets, delegated, contents, keys } = previous;
        require_hash(PREVIOUS_ROOT, &self.plan().previous_root, root, "K1")?;
        let delegated: BTreeMap<_, _> =
            delegated.iter().map(|(name, bytes)| (delegated_file(name), bytes.clone())).collect();
        let state = Self::state(root.clone(), targets.clone(), &delegated)?;
        let mut kept = vec![(PREVIOUS_ROOT.to_owned(), root.clone()), (PREVIOUS_TARGETS.to_owned(), targets.clone())];
        kept.extend(delegated.into_iter().map(|(file, bytes)| (format!("{PREVIOUS_DELEGATED}/{file}"), bytes)));
        for (path, bytes) in contents.iter().filter(|(path, _)| self.plan().compares(path)) {
            kept.push((format!("previous/targets/{path}"), bytes.clone()));
        }
        let owned: Vec<_> = state.root.keys().values().filter_map(|key| key.public()).collect();
        for folder in keys.iter().filter(|folder| owned.contains(&&folder.public)) {
            kept.extend(folder.files().into_iter().map(|(name, bytes)| (format!("previous/{name}"), bytes)));
        }
        for (name, bytes) in kept {
            match files::read_if_there(&self.dir, &name)? {
                Some(there) => require_hash(&name, &sha256(&bytes).to_string(), &there, "K1")?,
                None => files::write(&self.dir, &name, &bytes, Existing::Keep)?,
            }
        }
        Ok(())
    }

    fn record_draft(
        &self,
        transcript: &mut Transcript,
        drafting: &Drafting,
        payloads: &[Payload],
        action: Action,
        now: DateTime<Utc>,
        void: bool,
    ) -> Result<bool, CeremonyError> {
        let same = |entry: &Entry| {
            matches!((&entry.action, &action), (
            Action::Draft { plan_hash: p, payloads: d, waived: w, .. },
            Action::Draft { plan_hash, payloads, waived, .. },
        ) if (p, d, w) == (plan_hash, payloads, waived))
        };
        if transcript.draft().is_some_and(|(entry, _)| same(entry)) {
            self.put_away(transcript)?;
            return self.payloads().map(|_| false);
        }
        let action = self.voiding(action, void)?;
        let line = transcript.entries().len() + 1;
        let put_away = self.copy_to_void(line)?;
        let names: BTreeMap<String, &Payload> = payloads.iter().map(|p| (payload_file(&p.role), p)).collect();
        for (name, payload) in &names {
            files::write(&self.dir, name, &payload.bytes, Existing::Replace)?;
        }
        // Of an earlier draft: nobody may take it for something to sign.
        for name in files::tree(&self.dir, "payload")?.iter().filter(|name| !names.contains_key(*name)) {
            files::remove(&self.dir, name)?;
        }
        let mut inputs = self.inputs(drafting)?;
        inputs.extend(put_away);
        transcript.push(now, action, inputs);
        transcript.store(&self.dir)?;
        self.put_away(transcript)?;
        Ok(true)
    }

    /// Everything the draft was made from and all it made, by hash.
    fn inputs(&self, drafting: &Drafting) -> Result<BTreeMap<String, String>, CeremonyError> {
        let mut names = vec!["plan.toml".to_owned()];
        for key in &drafting.incoming {
            names.push(enrolment_file(&key.folder.record.fingerprint));
            names.extend(key.folder.evidence.is_some().then(|| evidence_file(&key.folder.record.fingerprint)));
        }
        names.extend(self.plan().attestation.iter().flat_map(|wanted| &wanted.roots).map(|hash| root_file(hash)));
        for folder in ["previous", "payload"] {
            names.extend(files::tree(&self.dir, folder)?);
        }
        names.extend(
            self.plan().changes.iter().filter_map(|change| change.target().map(|path| format!("targets/{path}"))),
        );
        names
            .into_iter()
            .map(|name| files::read(&self.dir, &name).map(|bytes| (name, sha256(&bytes).to_string())))
            .collect()
    }
}
