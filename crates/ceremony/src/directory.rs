//! A ceremony directory, and the draft that follows from what lies in it.

use crate::change::Names;
use crate::error::printable;
use crate::key_folder::{EVIDENCE, RECORD};
use crate::plan::{SAFE, safe_path};
use crate::transcript::Action;
use crate::{CeremonyError, Incoming, Plan, Transcript, files};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use tuffet_builder::{Change, Draft, Expiries, Finding, Payload, State, delegated_below, file_stem};
use tuffet_keys::{Sha256, sha256};
use tuffet_metadata::{Authority, Limits, Profile, RoleName, Root, Unverified};

/// An open ceremony: its directory and its plan.
#[derive(Debug, Clone)]
pub struct Ceremony {
    pub(crate) dir: PathBuf,
    plan: Plan,
    plan_hash: Sha256,
}

/// What the plan gives, computed anew.
pub(crate) struct Drafting {
    pub(crate) state: Option<State>,
    pub(crate) draft: Draft,
    /// Whose keys come in.
    pub(crate) incoming: Vec<Incoming>,
    /// Whose keys stay, as far as an earlier ceremony's records say more of them than metadata does.
    pub(crate) staying: Vec<Incoming>,
    /// What the plan's people and devices fall short of.
    pub(crate) findings: Vec<Finding>,
}

impl Ceremony {
    /// Opens the directory and reads its plan.
    ///
    /// # Errors
    /// [`CeremonyError::Io`] or [`CeremonyError::Plan`]
    pub fn open(dir: &Path) -> Result<Self, CeremonyError> {
        let bytes = files::read(dir, "plan.toml")?;
        let plan = Plan::parse(&bytes)?;
        Ok(Self { dir: dir.to_owned(), plan, plan_hash: Plan::hash(&bytes) })
    }

    /// The directory.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The plan.
    #[must_use]
    pub fn plan(&self) -> &Plan {
        &self.plan
    }

    /// SHA-256 of plan.toml, shown wherever the plan counts.
    #[must_use]
    pub fn plan_hash(&self) -> Sha256 {
        self.plan_hash
    }

    /// The transcript so far.
    ///
    /// # Errors
    /// [`CeremonyError::Transcript`]
    pub fn transcript(&self) -> Result<Transcript, CeremonyError> {
        Transcript::load(&self.dir)
    }

    /// The payloads, recomputed from the plan, and equal to the files under `payload/` and to what the draft recorded.
    ///
    /// # Errors
    /// [`CeremonyError::PayloadChanged`] and whatever makes the draft fail.
    pub fn payloads(&self) -> Result<Vec<Payload>, CeremonyError> {
        self.drafting()?.recorded_payloads(self, &self.transcript()?)
    }

    /// A file under `targets/` of the ceremony, by its path in the metadata.
    ///
    /// # Errors
    /// [`CeremonyError::Io`]
    pub fn target(&self, path: &str) -> Result<Vec<u8>, CeremonyError> {
        let file = format!("targets/{path}");
        if !safe_path(path) {
            return Err(CeremonyError::File { file: printable(&file), problem: format!("expected {SAFE}") });
        }
        files::read(&self.dir, &file)
    }

    /// An assembled role.
    ///
    /// # Errors
    /// [`CeremonyError::Io`]
    pub fn assembled(&self, role: &RoleName) -> Result<Option<Vec<u8>>, CeremonyError> {
        files::read_if_there(&self.dir, &assembled_file(role))
    }

    /// The plan's draft. Everything it depends on is bound by hash in the plan, so all stations compute the same.
    pub(crate) fn drafting(&self) -> Result<Drafting, CeremonyError> {
        self.drafting_from(self.previous()?)
    }

    /// As [`drafting`](Self::drafting), from a state that the caller verified: before `previous/` is there.
    pub(crate) fn drafting_from(&self, state: Option<State>) -> Result<Drafting, CeremonyError> {
        let incoming = self.incoming()?;
        Self::require_own_nonces(&incoming)?;
        let changes = self.changes_of(state.as_ref(), &incoming)?;
        let [root, targets, ..] = self.plan.expiries();
        let expiries = Expiries { root, targets, delegated: self.plan.delegated_expiries() };
        let draft = tuffet_builder::draft(state.as_ref(), &changes, &expiries)?;
        let staying = self.staying(&draft)?;
        let mut drafting = Drafting { state, draft, incoming, staying, findings: Vec::new() };
        drafting.findings = self.people_findings(&drafting)?;
        Ok(drafting)
    }

    /// The plan's changes, in keys where it has names; `state` as for [`findings`](Self::findings).
    ///
    /// # Errors
    /// [`CeremonyError`]: an enrolment record or a target does not read, or a name stands for nobody.
    pub fn changes(&self, state: Option<&State>) -> Result<Vec<Change>, CeremonyError> {
        self.changes_of(state, &self.incoming()?)
    }

    fn changes_of(&self, state: Option<&State>, incoming: &[Incoming]) -> Result<Vec<Change>, CeremonyError> {
        let keys = incoming.iter().map(|key| (key.name.clone(), key.folder.public.clone())).collect();
        let names = Names { ceremony: self, state, keys: &keys };
        self.plan.changes.iter().map(|change| names.change(change)).collect()
    }

    /// What the plan starts from, verified, as `draft` copied it; `None` for an initial ceremony.
    ///
    /// # Errors
    /// [`CeremonyError`]: it is not there, or not what the plan names.
    pub fn previous(&self) -> Result<Option<State>, CeremonyError> {
        let Some(expected) = self.plan.previous_root() else { return Ok(None) };
        let root = files::read(&self.dir, PREVIOUS_ROOT)?;
        require_hash(PREVIOUS_ROOT, &expected.to_string(), &root, "K1")?;
        let targets = files::read(&self.dir, PREVIOUS_TARGETS)?;
        let mut delegated = BTreeMap::new();
        for name in files::list(&self.dir, PREVIOUS_DELEGATED)? {
            let bytes = files::read(&self.dir, &format!("{PREVIOUS_DELEGATED}/{name}"))?;
            delegated.insert(name, bytes);
        }
        Self::state(root, targets, &delegated).map(Some)
    }

    /// The verified state; the delegated roles by the names of their files.
    pub(crate) fn state(
        root: Vec<u8>,
        targets: Vec<u8>,
        delegated: &BTreeMap<String, Vec<u8>>,
    ) -> Result<State, CeremonyError> {
        let (profile, limits) = (Profile::deployed(), Limits::default());
        let wrong = |file: &'static str| move |cause| CeremonyError::metadata(file, cause);
        let root = Unverified::<Root>::new(root).verify_pinned(&profile, &limits).map_err(wrong(PREVIOUS_ROOT))?;
        let targets = Unverified::new(targets)
            .verify(&root.authority(&RoleName::Targets), &profile, &limits)
            .map_err(wrong(PREVIOUS_TARGETS))?;
        let mut bring = |name: &str| delegated.get(&delegated_file(name)).cloned();
        let delegated = delegated_below(&targets, &mut bring).map_err(|cause| {
            let file = format!("{PREVIOUS_DELEGATED}/{}.json", file_stem(&cause.role));
            CeremonyError::metadata(file, cause)
        })?;
        Ok(State { root, targets, delegated })
    }

    /// No two records may answer one invite, also of those no change names.
    fn require_own_nonces(incoming: &[Incoming]) -> Result<(), CeremonyError> {
        for (index, key) in incoming.iter().enumerate() {
            let record = &key.folder.record;
            let same = |other: &&Incoming| other.folder.record.invite.nonce == record.invite.nonce;
            if let Some(first) = incoming.iter().take(index).find(same) {
                let problem = format!("nonce: expected one of its own, found that of {}'s invite", first.name);
                return Err(CeremonyError::Enrolment { file: enrolment_file(&record.fingerprint), problem });
            }
        }
        Ok(())
    }
}

impl Drafting {
    pub(crate) fn roles(&self) -> Vec<RoleName> {
        self.draft.roles()
    }

    /// Whose signatures a drafted role needs.
    pub(crate) fn authorities(&self, role: &RoleName) -> Vec<Authority<'_>> {
        self.draft.authorities(self.state.as_ref(), role)
    }

    /// The payloads, canonicalised twice.
    pub(crate) fn payloads(&self) -> Result<Vec<Payload>, CeremonyError> {
        Ok(self.draft.payloads()?)
    }

    fn checked_payloads(&self, dir: &Path) -> Result<Vec<Payload>, CeremonyError> {
        let payloads = self.payloads()?;
        for payload in &payloads {
            let found = files::read(dir, &payload_file(&payload.role))?;
            if found != payload.bytes {
                let (expected, found) = (payload.digest.to_string(), sha256(&found).to_string());
                return Err(CeremonyError::PayloadChanged { role: payload.role.clone(), expected, found });
            }
        }
        Ok(payloads)
    }

    /// As [`checked_payloads`](Self::checked_payloads), and equal to what the transcript's draft line recorded.
    pub(crate) fn recorded_payloads(
        &self,
        ceremony: &Ceremony,
        transcript: &Transcript,
    ) -> Result<Vec<Payload>, CeremonyError> {
        let drafted = transcript.draft().and_then(|(entry, _)| match &entry.action {
            Action::Draft { plan_hash, payloads, .. } => Some((plan_hash, payloads, &entry.files)),
            _ => None,
        });
        let Some((plan_hash, digests, inputs)) = drafted else {
            return Err(CeremonyError::Order { expected: "`tuffet draft`", found: "no draft in the transcript" });
        };
        if *plan_hash != ceremony.plan_hash().to_string() {
            return Err(CeremonyError::Hash {
                file: "plan.toml".into(),
                expected: plan_hash.clone(),
                found: ceremony.plan_hash().to_string(),
                rule: "K1",
            });
        }
        // What lies here is what the draft was made from, also where the payload does not depend on it.
        for (file, hash) in inputs.iter().filter(|(file, _)| file.starts_with("previous/")) {
            require_hash(file, hash, &files::read(&ceremony.dir, file)?, "K3")?;
        }
        let stops: Vec<Finding> = self.findings.iter().filter(|f| ceremony.stops(f)).cloned().collect();
        if !stops.is_empty() {
            return Err(CeremonyError::Rules(stops));
        }
        let payloads = self.checked_payloads(&ceremony.dir)?;
        for payload in &payloads {
            let expected = digests.get(payload.role.as_str()).cloned().unwrap_or_default();
            if expected != payload.digest.to_string() {
                let found = payload.digest.to_string();
                return Err(CeremonyError::PayloadChanged { role: payload.role.clone(), expected, found });
            }
        }
        Ok(payloads)
    }
}

pub(crate) fn require_hash(file: &str, expected: &str, bytes: &[u8], rule: &'static str) -> Result<(), CeremonyError> {
    let found = sha256(bytes).to_string();
    if found == expected {
        return Ok(());
    }
    Err(CeremonyError::Hash { file: file.to_owned(), expected: expected.to_owned(), found, rule })
}

pub(crate) fn payload_file(role: &RoleName) -> String {
    format!("payload/{}.json", file_stem(role))
}

pub(crate) fn assembled_file(role: &RoleName) -> String {
    format!("assembled/{}.json", file_stem(role))
}

pub(crate) fn enrolment_file(fingerprint: &str) -> String {
    format!("keys/{fingerprint}/{RECORD}")
}

pub(crate) fn evidence_file(fingerprint: &str) -> String {
    format!("keys/{fingerprint}/{EVIDENCE}")
}

pub(crate) const PREVIOUS_ROOT: &str = "previous/root.json";
pub(crate) const PREVIOUS_TARGETS: &str = "previous/targets.json";
pub(crate) const PREVIOUS_DELEGATED: &str = "previous/delegated";

/// The name of a delegated role's file below `previous/delegated/`.
pub(crate) fn delegated_file(name: &str) -> String {
    file_stem(&RoleName::Delegated(name.to_owned())) + ".json"
}
