//! Replaying a record: what a stranger does with the directory alone.

use crate::directory::{assembled_file, require_hash};
use crate::sign::Verified;
use crate::status::given;
use crate::transcript::Action;
use crate::{Ceremony, CeremonyError, RoleStatus, files};
use std::collections::BTreeMap;
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
    /// Every role signed, with who signed it.
    pub roles: Vec<RoleStatus>,
    /// SHA-256 of each published file, by path in the repository.
    pub published: BTreeMap<String, String>,
}

impl Replay {
    /// Replays the ceremony in `dir`: the chain holds and is closed; the plan is the one drafted; every enrolment
    /// proves its key; the payloads follow from the plan; every signature verifies and was recorded; assembling again
    /// gives the same bytes; what was published is what was assembled. No network, no clock.
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
        let mut recorded: BTreeMap<&String, &String> = BTreeMap::new();
        for entry in transcript.entries() {
            recorded.extend(&entry.files);
        }
        for (file, hash) in recorded.iter() {
            require_hash(file, hash, &files::read(dir, file)?, "K3")?;
        }

        let signatures = ceremony.signature_files(&drafting, &payloads)?;
        for (path, _) in &signatures {
            if !recorded.contains_key(path) {
                let problem = "expected a line in the transcript for it, found none (K3)".to_owned();
                return Err(CeremonyError::Signature { file: path.clone(), problem });
            }
        }
        let verified: Vec<&Verified> = signatures.iter().map(|(_, verified)| verified).collect();
        let published = transcript
            .entries()
            .iter()
            .find_map(|entry| match &entry.action {
                Action::Publish { published } => Some(published.clone()),
                _ => None,
            })
            .unwrap_or_default();
        let mut roles = Vec::new();
        for payload in &payloads {
            let bytes = drafting.assembled(&payload.role, &given(&verified, &payload.role));
            drafting.read_back(&payload.role, &bytes)?;
            let file = assembled_file(&payload.role);
            require_hash(&file, &sha256(&bytes).to_string(), &files::read(dir, &file)?, "K4")?;
            let name = payload.role.versioned_file_name(payload.version);
            let hash = published.get(&name).cloned().unwrap_or_else(|| "nothing".into());
            if hash != sha256(&bytes).to_string() {
                let (expected, found) = (sha256(&bytes).to_string(), hash);
                return Err(CeremonyError::Hash { file: format!("published {name}"), expected, found, rule: "R22" });
            }
            roles.push(drafting.status(payload, &given(&verified, &payload.role))?);
        }
        Ok(Self {
            ceremony: ceremony.plan().ceremony.clone(),
            plan_hash: ceremony.plan_hash(),
            lines: transcript.entries().len(),
            head: transcript.head(),
            roles,
            published,
        })
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
            require_hash(file, hash, &files::read(repository, file)?, "R5")?;
            compared += 1;
        }
        Ok(compared)
    }
}
