//! Dual control: witnesses approve what is to be signed, and its time, before anybody signs (ceremony.md K5, K15).

use crate::directory::Drafting;
use crate::enrolment::{read_json, write_json};
use crate::error::printable;
use crate::files::{self, Existing};
use crate::transcript::TOOL;
use crate::{Ceremony, CeremonyError, Transcript};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::path::Path;
use tuffet_keys::{Domain, Sha256, Sign, sha256};
use tuffet_metadata::json::{canonical_object, object};
use tuffet_metadata::{format_time, parse_time};

/// `approvals/<fingerprint>.json`: one witness has read the review and looked at a clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// `tuffet-approval-v1`.
    pub schema: String,
    /// SHA-256 of the plan.
    pub plan_hash: String,
    /// The hash over the transcript up to the draft: it binds the payloads and all they were made from.
    pub draft: String,
    /// The witness, as the plan names them.
    pub witness: String,
    /// The fingerprint of their key.
    pub key: String,
    /// The time, `YYYY-MM-DDTHH:MM:SSZ`, that the station showed and the witness confirmed by another clock.
    pub clock: String,
    /// SHA-256 of the review that was shown.
    pub review_sha256: String,
    /// The program that made it.
    pub tool: String,
    /// Signature over `tuffet-approve-v1 NUL` and the canonical form of the members above, hex.
    pub sig: String,
}

/// Its path, what it says, its bytes.
pub(crate) type ApprovalFile = (String, Approval, Vec<u8>);

impl Approval {
    /// Where it lies in the ceremony directory.
    #[must_use]
    pub fn path(&self) -> String {
        path(&self.key)
    }

    pub(crate) fn parse(name: &str, bytes: &[u8]) -> Result<Self, CeremonyError> {
        read_json(name, bytes, SCHEMA, |file: &Self| &file.schema)
    }

    fn message(&self) -> Vec<u8> {
        let members = [
            ("schema", &self.schema),
            ("plan_hash", &self.plan_hash),
            ("draft", &self.draft),
            ("witness", &self.witness),
            ("key", &self.key),
            ("clock", &self.clock),
            ("review_sha256", &self.review_sha256),
            ("tool", &self.tool),
        ];
        let members = object(members.map(|(name, text)| (name, text.as_str().into())));
        Domain::Approve.message(&canonical_object(&members))
    }
}

impl Ceremony {
    /// A witness's approval, written to `approvals/` in `out`, or in the ceremony's own directory. `review` is the text
    /// they were shown, `now` the time they confirmed by a clock of their own.
    ///
    /// # Errors
    /// [`CeremonyError::NotAWitness`], [`CeremonyError::ApprovedAlready`], and what makes the draft fail; no file is
    /// written.
    pub fn approve(
        &self,
        signer: &dyn Sign,
        review: &str,
        now: DateTime<Utc>,
        out: Option<&Path>,
    ) -> Result<Approval, CeremonyError> {
        let transcript = self.transcript()?;
        transcript.require_open()?;
        let drafting = self.drafting()?;
        drafting.recorded_payloads(self, &transcript)?;
        let key = signer.public_key().fingerprint().to_string();
        let witness = self.require_witness(&key)?;
        let mut approval = Approval {
            schema: SCHEMA.into(),
            plan_hash: self.plan_hash().to_string(),
            draft: draft_head(&transcript)?.to_string(),
            witness,
            key,
            clock: format_time(now),
            review_sha256: sha256(review.as_bytes()).to_string(),
            tool: TOOL.into(),
            sig: String::new(),
        };
        approval.sig = hex::encode(signer.sign(&approval.message())?);
        let bytes = write_json(&approval).into_bytes();
        self.check_approval(&drafting, &transcript, &approval.path(), &bytes)?;
        files::write(out.unwrap_or(&self.dir), &approval.path(), &bytes, Existing::Keep)?;
        Ok(approval)
    }

    /// The name of the witness who holds this key, where they have not approved yet: asked before they touch a token.
    ///
    /// # Errors
    /// [`CeremonyError::NotAWitness`] or [`CeremonyError::ApprovedAlready`]
    pub fn require_witness(&self, key: &str) -> Result<String, CeremonyError> {
        let witness = self.witness_of(key)?;
        if files::read_if_there(&self.dir, &path(key))?.is_some() {
            return Err(CeremonyError::ApprovedAlready(witness));
        }
        Ok(witness)
    }

    pub(crate) fn witness_of(&self, key: &str) -> Result<String, CeremonyError> {
        if let Some(witness) = self.plan().witness(key) {
            return Ok(witness.name.clone());
        }
        let witnesses = self.plan().witnesses.iter().map(|witness| witness.name.clone()).collect();
        Err(CeremonyError::NotAWitness { key: key.chars().take(16).collect(), witnesses })
    }

    /// Every approval in the directory, verified.
    ///
    /// # Errors
    /// [`CeremonyError`]: one does not verify, or is for another draft.
    pub fn approvals(&self) -> Result<Vec<Approval>, CeremonyError> {
        let found = self.approval_files(&self.drafting()?, &self.transcript()?)?;
        Ok(found.into_iter().map(|(_, approval, _)| approval).collect())
    }

    pub(crate) fn approval_files(
        &self,
        drafting: &Drafting,
        transcript: &Transcript,
    ) -> Result<Vec<ApprovalFile>, CeremonyError> {
        let mut out = Vec::new();
        for name in files::list(&self.dir, FOLDER)? {
            let file = format!("{FOLDER}/{name}");
            let bytes = files::read(&self.dir, &file)?;
            let approval = self.check_approval(drafting, transcript, &file, &bytes)?;
            if approval.path() != file {
                let problem = format!("expected the name {}", approval.path());
                return Err(CeremonyError::Approval { file, problem });
            }
            out.push((file, approval, bytes));
        }
        Ok(out)
    }

    /// Requires as many approvals as the plan asks for.
    pub(crate) fn require_approvals(&self, found: usize) -> Result<(), CeremonyError> {
        let needed = self.plan().approvals;
        if u64::try_from(found).is_ok_and(|found| found < needed) {
            return Err(CeremonyError::Approvals { needed, found });
        }
        Ok(())
    }

    /// Verifies an approval against plan, draft and the witness's key.
    pub(crate) fn check_approval(
        &self,
        drafting: &Drafting,
        transcript: &Transcript,
        file: &str,
        bytes: &[u8],
    ) -> Result<Approval, CeremonyError> {
        let approval = Approval::parse(file, bytes)?;
        let refuse = |problem: String| Err(CeremonyError::Approval { file: file.to_owned(), problem });
        let plan_hash = self.plan_hash().to_string();
        if approval.plan_hash != plan_hash {
            let found = printable(&approval.plan_hash);
            return refuse(format!("given for another plan: expected plan hash {plan_hash}, found {found} (K1)"));
        }
        let draft = draft_head(transcript)?.to_string();
        if approval.draft != draft {
            let found = printable(&approval.draft);
            return refuse(format!("given for another draft: expected {draft}, found {found} (K5)"));
        }
        let listed = self.plan().witness(&approval.key).filter(|witness| witness.name == approval.witness);
        let key = drafting.incoming.iter().find(|key| key.folder.record.fingerprint == approval.key);
        let (Some(_), Some(key)) = (listed, key) else {
            let (witness, key) = (printable(&approval.witness), printable(&approval.key));
            return refuse(format!("expected a witness of the plan, found {witness} with key {key} (K5)"));
        };
        if parse_time(&approval.clock).is_none() {
            return refuse(format!("clock: expected a time, found `{}`", approval.clock.escape_debug()));
        }
        self.require_tool(file, &approval.tool)?;
        let sig = hex::decode(&approval.sig).unwrap_or_default();
        if key.folder.public.verify(&approval.message(), &sig).is_err() {
            return refuse(format!("the signature of {} does not verify (K5)", approval.witness));
        }
        Ok(approval)
    }

    /// Where the plan lists programs, nothing made by another counts.
    pub(crate) fn require_tool(&self, file: &str, tool: &str) -> Result<(), CeremonyError> {
        let allowed = &self.plan().tools;
        if allowed.is_empty() || allowed.iter().any(|allowed| allowed == tool) {
            return Ok(());
        }
        let problem = format!("tool: expected {}, found {} (K1)", allowed.join(" or "), printable(tool));
        Err(CeremonyError::File { file: file.to_owned(), problem })
    }
}

fn draft_head(transcript: &Transcript) -> Result<Sha256, CeremonyError> {
    let none = CeremonyError::Order { expected: "`tuffet draft`", found: "no draft in the transcript" };
    transcript.draft().map(|(_, head)| head).ok_or(none)
}

pub(crate) fn path(key: &str) -> String {
    format!("{FOLDER}/{key}.json")
}

pub(crate) const FOLDER: &str = "approvals";
pub(crate) const SCHEMA: &str = "tuffet-approval-v1";
