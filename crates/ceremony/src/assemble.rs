//! The coordinator's second step: verify what arrived, record it, and assemble what is complete.

use crate::Payload;
use crate::approval::{Approval, ApprovalFile};
use crate::directory::{Drafting, assembled_file, require_hash};
use crate::error::printable;
use crate::files::{self, Existing};
use crate::sign::{Checked, Purpose, check, schema_of};
use crate::status::given;
use crate::transcript::Action;
use crate::{Ceremony, CeremonyError, RoleStatus, SignatureFile, Transcript, approval};
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet};
use tuffet_keys::{KeyId, sha256};
use tuffet_metadata::{Limits, Profile, RoleName, Targets, Unverified};

/// What assembling did.
#[derive(Debug, Clone)]
pub struct Assembled {
    /// The approvals recorded by this run: the witnesses.
    pub approved: Vec<String>,
    /// The signatures of a rehearsal recorded by this run: role and owner.
    pub rehearsed: Vec<(RoleName, String)>,
    /// The signatures recorded by this run: role and owner.
    pub recorded: Vec<(RoleName, String)>,
    /// Where every role stands now.
    pub status: Vec<RoleStatus>,
    /// The roles whose files are assembled.
    pub complete: Vec<RoleName>,
}

impl Ceremony {
    /// Verifies what people sent: approvals, signatures and those of a rehearsal, those in the directory and the `incoming`
    /// ones (name and bytes). Appends one line for each new one, and writes `assembled/<role>.json` for every role whose
    /// thresholds are met. All or nothing: one wrong file, and none is recorded. Running it again with the same files
    /// changes nothing, and finishes what a crash interrupted.
    ///
    /// # Errors
    /// [`CeremonyError`]
    pub fn assemble(&self, incoming: &[(String, Vec<u8>)], now: DateTime<Utc>) -> Result<Assembled, CeremonyError> {
        let _lock = files::lock(&self.dir)?;
        let mut transcript = self.transcript()?;
        let drafting = self.drafting()?;
        let payloads = drafting.recorded_payloads(self, &transcript)?;
        transcript.require_open()?;
        self.require_recorded(&transcript)?;
        let lines = transcript.entries().len();
        let mut approvals = self.approval_files(&drafting, &transcript)?;
        let mut files = self.signature_files(&drafting, &payloads, Purpose::Ceremony)?;
        let mut rehearsed = self.signature_files(&drafting, &payloads, Purpose::Rehearsal)?;
        let arrived = self.arrived(&drafting, &transcript, &payloads, incoming)?;
        approvals.extend(arrived.approvals);
        files.extend(arrived.signatures);
        rehearsed.extend(arrived.rehearsed);
        if !files.is_empty() {
            self.require_approvals(approvals.len())?;
        }
        // Every line first: what comes at a time when it cannot must not be kept either.
        let approved = record_approvals(&mut transcript, &approvals, now)?;
        let rehearsed = record(&mut transcript, &rehearsed, now)?;
        let recorded = record(&mut transcript, &files, now)?;
        for (path, bytes) in &arrived.new {
            files::write(&self.dir, path, bytes, Existing::Keep)?;
        }
        let verified: Vec<&Checked> = files.iter().map(|(_, verified)| verified).collect();
        let mut outcome = Assembled { approved, rehearsed, recorded, status: Vec::new(), complete: Vec::new() };
        for payload in &payloads {
            let status = drafting.status(payload, &given(&verified, &payload.role))?;
            if status.is_complete() {
                self.complete(&drafting, payload, &verified, &mut transcript, now)?;
                outcome.complete.push(payload.role.clone());
            }
            outcome.status.push(status);
        }
        if transcript.entries().len() > lines {
            transcript.store(&self.dir)?;
        }
        Ok(outcome)
    }

    /// Sorts and verifies what arrived, before any of it is kept.
    fn arrived(
        &self,
        drafting: &Drafting,
        transcript: &Transcript,
        payloads: &[Payload],
        incoming: &[(String, Vec<u8>)],
    ) -> Result<Arrived, CeremonyError> {
        let mut arrived = Arrived::default();
        for (name, bytes) in incoming {
            let (path, kept) = match schema_of(bytes).as_deref() {
                Some(approval::SCHEMA) => {
                    let found = self.check_approval(drafting, transcript, name, bytes)?;
                    (found.path(), Kept::Approval(Box::new(found)))
                }
                Some(schema) if [Purpose::Ceremony.schema(), Purpose::Rehearsal.schema()].contains(&schema) => {
                    let rehearsal = schema == Purpose::Rehearsal.schema();
                    let purpose = if rehearsal { Purpose::Rehearsal } else { Purpose::Ceremony };
                    let found = check(self, drafting, payloads, name, bytes, purpose)?;
                    (found.file.path(), Kept::Signature(Box::new(found)))
                }
                found => {
                    let problem = format!(
                        "expected a signature, an approval or a signature of a rehearsal{}",
                        other(found, bytes)
                    );
                    return Err(CeremonyError::File { file: name.clone(), problem });
                }
            };
            let twice = arrived.new.iter().any(|(other, _)| *other == path);
            match files::read_if_there(&self.dir, &path)? {
                // The same file again, after a crash or by mistake.
                Some(there) if there == *bytes && !twice => continue,
                None if !twice => {}
                _ => return Err(kept.again()),
            }
            arrived.new.push((path.clone(), bytes.clone()));
            match kept {
                Kept::Approval(found) => arrived.approvals.push((path, *found, bytes.clone())),
                Kept::Signature(found) if found.purpose == Purpose::Rehearsal => arrived.rehearsed.push((path, *found)),
                Kept::Signature(found) => arrived.signatures.push((path, *found)),
            }
        }
        Ok(arrived)
    }

    /// What the transcript recorded is there as it was recorded. An assembled file may be newer than its line: the
    /// file is written first.
    pub(crate) fn require_recorded(&self, transcript: &Transcript) -> Result<(), CeremonyError> {
        for (file, hash) in transcript.recorded() {
            if !file.starts_with("assembled/") {
                require_hash(file, hash, &files::read(&self.dir, file)?, "K3")?;
            }
        }
        Ok(())
    }

    /// Assembles a role, reads it back as a stranger would, and only then writes it.
    fn complete(
        &self,
        drafting: &Drafting,
        payload: &Payload,
        verified: &[&Checked],
        transcript: &mut Transcript,
        now: DateTime<Utc>,
    ) -> Result<(), CeremonyError> {
        let role = &payload.role;
        let bytes = drafting.assembled(role, &given(verified, role));
        drafting.read_back(role, &bytes)?;
        let file = assembled_file(role);
        if files::read_if_there(&self.dir, &file)?.as_deref() != Some(&bytes) {
            files::write(&self.dir, &file, &bytes, Existing::Replace)?;
        }
        let files: BTreeMap<String, String> = [(file, sha256(&bytes).to_string())].into();
        let action = Action::Assemble { role: role.to_string(), version: payload.version };
        // What is published was assembled: a line that comes after it would be none.
        if transcript.entries().last().is_some_and(|last| matches!(last.action, Action::Publish { .. })) {
            return Ok(());
        }
        if !transcript.entries().iter().any(|entry| entry.action == action && entry.files == files) {
            transcript.push(now, action, files);
        }
        Ok(())
    }

    /// Appends the `publish` and `close` lines: `published` is SHA-256 by path in the repository. A signature that came
    /// too late to be assembled does not count.
    ///
    /// # Errors
    /// [`CeremonyError::Order`] where a drafted role is not assembled, or the ceremony is closed;
    /// [`CeremonyError::Hash`] where what was published is not what was assembled.
    pub fn record_publication(
        &self,
        published: BTreeMap<String, String>,
        now: DateTime<Utc>,
    ) -> Result<Transcript, CeremonyError> {
        let _lock = files::lock(&self.dir)?;
        let mut transcript = self.transcript()?;
        let drafting = self.drafting()?;
        let payloads = drafting.recorded_payloads(self, &transcript)?;
        transcript.require_open()?;
        self.require_recorded(&transcript)?;
        for payload in &payloads {
            if self.assembled(&payload.role)?.is_none() {
                return Err(CeremonyError::Order {
                    expected: "every drafted role assembled by `tuffet assemble`",
                    found: "one whose thresholds are not met",
                });
            }
        }
        let mut signatures = self.signature_files(&drafting, &payloads, Purpose::Ceremony)?;
        signatures.retain(|(path, _)| transcript.recorded().contains_key(path.as_str()));
        let verified: Vec<&Checked> = signatures.iter().map(|(_, verified)| verified).collect();
        for payload in &payloads {
            self.require_published(&drafting, payload, &verified, &published)?;
        }
        let publish = Action::Publish { published };
        // A copy may have been cut between the two.
        if transcript.entries().last().is_none_or(|last| last.action != publish) {
            transcript.append(now, publish, BTreeMap::new())?;
        }
        transcript.append(now, Action::Close, BTreeMap::new())?;
        transcript.store(&self.dir)?;
        Ok(transcript)
    }

    /// Assembling again gives the assembled file, and it is what was published.
    pub(crate) fn require_published(
        &self,
        drafting: &Drafting,
        payload: &Payload,
        verified: &[&Checked],
        published: &BTreeMap<String, String>,
    ) -> Result<(), CeremonyError> {
        let bytes = drafting.assembled(&payload.role, &given(verified, &payload.role));
        drafting.read_back(&payload.role, &bytes)?;
        let (file, expected) = (assembled_file(&payload.role), sha256(&bytes).to_string());
        require_hash(&file, &expected, &files::read(&self.dir, &file)?, "K4")?;
        let name = payload.role.versioned_file_name(payload.version);
        match published.get(&name) {
            Some(hash) if *hash == expected => Ok(()),
            other => {
                let found = other.map_or_else(|| "nothing".to_owned(), |hash| printable(hash));
                Err(CeremonyError::Hash { file: format!("published {name}"), expected, found, rule: "R22" })
            }
        }
    }
}

/// What arrived and is new, verified.
#[derive(Default)]
struct Arrived {
    new: Vec<(String, Vec<u8>)>,
    approvals: Vec<ApprovalFile>,
    rehearsed: Vec<(String, Checked)>,
    signatures: Vec<(String, Checked)>,
}

enum Kept {
    Approval(Box<Approval>),
    Signature(Box<Checked>),
}

impl Kept {
    /// Another one lies in its place.
    fn again(self) -> CeremonyError {
        match self {
            Self::Approval(found) => CeremonyError::ApprovedAlready(found.witness),
            Self::Signature(found) => {
                let (role, owner, keyid) = (found.role, found.owner, KeyId::new(found.file.keyid));
                CeremonyError::SignedAlready { role, owner, keyid }
            }
        }
    }
}

/// What a file is that is none of ours.
fn other(schema: Option<&str>, bytes: &[u8]) -> String {
    match (schema, serde_json::from_slice::<serde_json::Value>(bytes)) {
        (Some(schema), _) => format!(", found `{}`", printable(schema)),
        (None, Err(error)) if bytes.trim_ascii_start().starts_with(b"{") => {
            format!(": {}", printable(&error.to_string()))
        }
        _ => ", found neither".to_owned(),
    }
}

/// Appends a line for each approval that has none.
fn record_approvals(
    transcript: &mut Transcript,
    approvals: &[ApprovalFile],
    now: DateTime<Utc>,
) -> Result<Vec<String>, CeremonyError> {
    let known: BTreeSet<String> = transcript.recorded().into_keys().map(str::to_owned).collect();
    let mut recorded = Vec::new();
    for (path, approval, bytes) in approvals.iter().filter(|(path, ..)| !known.contains(path)) {
        let Approval { witness, key, clock, .. } = approval.clone();
        recorded.push(witness.clone());
        let files = [(path.clone(), sha256(bytes).to_string())].into();
        transcript.append(now, Action::Approve { witness, key, clock }, files)?;
    }
    Ok(recorded)
}

/// Appends a line for each signature that has none.
fn record(
    transcript: &mut Transcript,
    files: &[(String, Checked)],
    now: DateTime<Utc>,
) -> Result<Vec<(RoleName, String)>, CeremonyError> {
    let known: BTreeSet<String> = transcript.recorded().into_keys().map(str::to_owned).collect();
    let mut recorded = Vec::new();
    for (path, verified) in files.iter().filter(|(path, _)| !known.contains(path)) {
        let hash = sha256(&verified.bytes).to_string();
        let SignatureFile { role, keyid, payload_sha256, .. } = verified.file.clone();
        let owner = verified.owner.clone();
        recorded.push((verified.role.clone(), owner.clone()));
        let action = match verified.purpose {
            Purpose::Ceremony => Action::Signature { role, keyid, owner },
            Purpose::Rehearsal => Action::Rehearse { role, keyid, owner, payload_sha256 },
        };
        transcript.append(now, action, [(path.clone(), hash)].into())?;
    }
    Ok(recorded)
}

impl Drafting {
    /// Verifies an assembled file as an auditor would: root against the previous root and itself, targets against the
    /// root in force, a delegated role against everybody who delegates to it.
    pub(crate) fn read_back(&self, role: &RoleName, bytes: &[u8]) -> Result<(), CeremonyError> {
        let (profile, limits) = (Profile::deployed(), Limits::default());
        let outcome = match (role, &self.state) {
            (RoleName::Root, Some(state)) => {
                Unverified::new(bytes.to_vec()).verify_next(&state.root, &profile, &limits).map(|_| ())
            }
            (RoleName::Root, None) => Unverified::new(bytes.to_vec()).verify_pinned(&profile, &limits).map(|_| ()),
            _ => self.authorities(role).iter().try_for_each(|authority| {
                let file = match role {
                    RoleName::Delegated(name) => Unverified::delegated(name, bytes.to_vec()),
                    _ => Unverified::<Targets>::new(bytes.to_vec()),
                };
                file.verify(authority, &profile, &limits).map(|_| ())
            }),
        };
        outcome.map_err(|cause| CeremonyError::metadata(assembled_file(role), cause))
    }
}
