//! The coordinator's second step: verify what arrived, record it, and assemble what is complete.

use crate::directory::{Drafting, Payload, assembled_file};
use crate::files::{self, Existing};
use crate::sign::{Verified, check};
use crate::status::given;
use crate::transcript::Action;
use crate::{Ceremony, CeremonyError, RoleStatus, Transcript};
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet};
use tuffet_keys::{KeyId, sha256};
use tuffet_metadata::{Limits, Profile, RoleName, Targets, Unverified};

/// What assembling did.
#[derive(Debug, Clone)]
pub struct Assembled {
    /// The signatures recorded by this run: role and owner.
    pub recorded: Vec<(RoleName, String)>,
    /// Where every role stands now.
    pub status: Vec<RoleStatus>,
    /// The roles whose files are assembled.
    pub complete: Vec<RoleName>,
}

impl Ceremony {
    /// Verifies signature files, those in the directory and the `incoming` ones (name and bytes), appends one line for
    /// each new one, and writes `assembled/<role>.json` for every role whose thresholds are met. All or nothing: one
    /// wrong file, and none is recorded.
    ///
    /// # Errors
    /// [`CeremonyError`]
    pub fn assemble(&self, incoming: &[(String, Vec<u8>)], now: DateTime<Utc>) -> Result<Assembled, CeremonyError> {
        let mut transcript = self.transcript()?;
        let drafting = self.drafting()?;
        let payloads = drafting.recorded_payloads(self, &transcript)?;
        refuse_finished(&transcript)?;
        let mut files = self.signature_files(&drafting, &payloads)?;
        let mut arrived = Vec::new();
        for (name, bytes) in incoming {
            let verified = check(self, &drafting, &payloads, name, bytes)?;
            if files.iter().any(|(path, _)| *path == verified.file.path()) {
                let (role, owner, keyid) = (verified.role, verified.owner, KeyId::new(verified.file.keyid));
                return Err(CeremonyError::SignedAlready { role, owner, keyid });
            }
            arrived.push((verified.file.path(), bytes));
            files.push((verified.file.path(), verified));
        }
        for (path, bytes) in arrived {
            files::write(&self.dir, &path, bytes, Existing::Keep)?;
        }
        let recorded = self.record(&mut transcript, &files, now)?;
        let verified: Vec<&Verified> = files.iter().map(|(_, verified)| verified).collect();
        let mut outcome = Assembled { recorded, status: Vec::new(), complete: Vec::new() };
        for payload in &payloads {
            let status = drafting.status(payload, &given(&verified, &payload.role))?;
            if status.is_complete() {
                self.complete(&drafting, payload, &verified, &mut transcript, now)?;
                outcome.complete.push(payload.role.clone());
            }
            outcome.status.push(status);
        }
        transcript.store(&self.dir)?;
        Ok(outcome)
    }

    fn record(
        &self,
        transcript: &mut Transcript,
        files: &[(String, Verified)],
        now: DateTime<Utc>,
    ) -> Result<Vec<(RoleName, String)>, CeremonyError> {
        let known: BTreeSet<String> =
            transcript.entries().iter().flat_map(|entry| entry.files.keys().cloned()).collect();
        let mut recorded = Vec::new();
        for (path, verified) in files.iter().filter(|(path, _)| !known.contains(path)) {
            let hash = sha256(&files::read(&self.dir, path)?).to_string();
            let (role, keyid, owner) =
                (verified.file.role.clone(), verified.file.keyid.clone(), verified.owner.clone());
            recorded.push((verified.role.clone(), owner.clone()));
            transcript.push(now, Action::Signature { role, keyid, owner }, [(path.clone(), hash)].into());
        }
        Ok(recorded)
    }

    /// Assembles a role, reads it back as a stranger would, and only then writes it.
    fn complete(
        &self,
        drafting: &Drafting,
        payload: &Payload,
        verified: &[&Verified],
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
        if !transcript.entries().iter().any(|entry| entry.action == action && entry.files == files) {
            transcript.push(now, action, files);
        }
        Ok(())
    }

    /// Appends the `publish` and `close` lines: `published` is SHA-256 by path in the repository.
    ///
    /// # Errors
    /// [`CeremonyError::Order`] where a drafted role is not assembled, or the ceremony is closed.
    pub fn record_publication(
        &self,
        published: BTreeMap<String, String>,
        now: DateTime<Utc>,
    ) -> Result<Transcript, CeremonyError> {
        let mut transcript = self.transcript()?;
        refuse_finished(&transcript)?;
        for role in self.drafting()?.roles() {
            if self.assembled(&role)?.is_none() {
                return Err(CeremonyError::Order {
                    expected: "every drafted role assembled by `tuffet assemble`",
                    found: "one whose thresholds are not met",
                });
            }
        }
        transcript.push(now, Action::Publish { published }, BTreeMap::new());
        transcript.push(now, Action::Close, BTreeMap::new());
        transcript.store(&self.dir)?;
        Ok(transcript)
    }
}

impl Drafting {
    /// Verifies an assembled file as an auditor would: root against the previous root and itself, targets against the
    /// root in force.
    pub(crate) fn read_back(&self, role: &RoleName, bytes: &[u8]) -> Result<(), CeremonyError> {
        let (profile, limits) = (Profile::deployed(), Limits::default());
        let outcome = match (role, &self.state) {
            (RoleName::Root, Some(state)) => {
                Unverified::new(bytes.to_vec()).verify_next(&state.root, &profile, &limits).map(|_| ())
            }
            (RoleName::Root, None) => Unverified::new(bytes.to_vec()).verify_pinned(&profile, &limits).map(|_| ()),
            _ => match self.root_in_force() {
                Some(root) => Unverified::<Targets>::new(bytes.to_vec())
                    .verify(&root.authority(role), &profile, &limits)
                    .map(|_| ()),
                None => Ok(()),
            },
        };
        outcome.map_err(|cause| CeremonyError::Metadata { file: assembled_file(role), cause })
    }
}

fn refuse_finished(transcript: &Transcript) -> Result<(), CeremonyError> {
    if transcript.require_closed().is_ok() {
        return Err(CeremonyError::Order {
            expected: "a ceremony that is not closed",
            found: "`close` in the transcript",
        });
    }
    Ok(())
}
