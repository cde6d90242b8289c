//! A keyholder's step: one new file, on any machine.

use crate::directory::{Drafting, payload_file, require_hash};
use crate::enrolment::{read_json, write_json};
use crate::error::printable;
use crate::files::{self, Existing};
use crate::transcript::TOOL;
use crate::{Ceremony, CeremonyError};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::path::Path;
use tuffet_builder::Given;
use tuffet_builder::{Payload, file_stem};
use tuffet_keys::{Domain, Fingerprint, PublicKey, Sign, sha256};
use tuffet_metadata::{Authority, Key, RoleName, format_time};

/// What a signature is given for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// For the metadata: it counts for every TUF client.
    Ceremony,
    /// For practice: over the same payload behind `tuffet-rehearsal-v1 NUL`, so that it counts for none.
    Rehearsal,
}

impl Purpose {
    /// The folder of its files.
    #[must_use]
    pub fn folder(self) -> &'static str {
        match self {
            Self::Ceremony => "signatures",
            Self::Rehearsal => "rehearsal",
        }
    }

    /// The bytes that are signed.
    #[must_use]
    pub fn message(self, payload: &[u8]) -> Cow<'_, [u8]> {
        match self {
            Self::Ceremony => Cow::Borrowed(payload),
            Self::Rehearsal => Cow::Owned(Domain::Rehearsal.message(payload)),
        }
    }

    /// What files of it name as their schema.
    #[must_use]
    pub fn schema(self) -> &'static str {
        match self {
            Self::Ceremony => "tuffet-signature-v1",
            Self::Rehearsal => "tuffet-rehearsal-signature-v1",
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Ceremony => "a signature for a ceremony",
            Self::Rehearsal => "a signature of a rehearsal",
        }
    }

    pub(crate) fn path(self, role: &str, keyid: &str) -> String {
        format!("{}/{}/{keyid}.json", self.folder(), file_stem(&RoleName::named(role)))
    }
}

/// How somebody signs.
#[derive(Debug, Clone, Copy)]
pub struct Sitting<'a> {
    /// What for.
    pub purpose: Purpose,
    /// The text they were shown.
    pub review: &'a str,
    /// The station's time.
    pub now: DateTime<Utc>,
    /// Where the file goes, where that is not the ceremony's directory: it may lie on a medium that cannot be written.
    pub out: Option<&'a Path>,
}

/// `signatures/<role>/<keyid>.json`: one signature by one person. Of a rehearsal, under `rehearsal/`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignatureFile {
    /// `tuffet-signature-v1`, or `tuffet-rehearsal-signature-v1`.
    pub schema: String,
    /// SHA-256 of the plan it was given for.
    pub plan_hash: String,
    /// The role.
    pub role: String,
    /// SHA-256 of the payload signed.
    pub payload_sha256: String,
    /// The key, as the new root names it, else as the old one does.
    pub keyid: String,
    /// The signature, hex.
    pub sig: String,
    /// SHA-256 of the review text that was shown.
    pub review_sha256: String,
    /// The program that made it.
    pub tool: String,
    /// The station's own time; a statement, never relied on (K15).
    pub station_time: String,
}

/// A verified signature file.
pub(crate) struct Checked {
    pub(crate) purpose: Purpose,
    pub(crate) role: RoleName,
    pub(crate) file: SignatureFile,
    pub(crate) owner: String,
    pub(crate) given: Given,
    /// The file's bytes.
    pub(crate) bytes: Vec<u8>,
}

impl SignatureFile {
    /// Where it lies in the ceremony directory.
    #[must_use]
    pub fn path(&self) -> String {
        let purpose = if self.schema == SCHEMA { Purpose::Ceremony } else { Purpose::Rehearsal };
        purpose.path(&self.role, &self.keyid)
    }

    /// Reads a file that has to be of one purpose: the other's is told from a file that is of neither.
    pub(crate) fn parse(name: &str, bytes: &[u8], purpose: Purpose) -> Result<Self, CeremonyError> {
        let other = match purpose {
            Purpose::Ceremony => Purpose::Rehearsal,
            Purpose::Rehearsal => Purpose::Ceremony,
        };
        if schema_of(bytes).as_deref() == Some(other.schema()) {
            let problem = format!("expected {}, found {}", purpose.words(), other.words());
            return Err(CeremonyError::Signature { file: name.to_owned(), problem });
        }
        read_json(name, bytes, purpose.schema(), |file: &Self| &file.schema)
    }
}

/// What a file of ours says it is, before anybody reads it as that.
pub(crate) fn schema_of(bytes: &[u8]) -> Option<String> {
    let value: serde_json::Value = serde_json::from_slice(bytes).ok()?;
    value.get("schema")?.as_str().map(str::to_owned)
}

impl Ceremony {
    /// The drafted roles that `fingerprint` may sign and has not: where a run broke off between two roles, the next one
    /// asks for the rest. Empty where the key may sign none.
    ///
    /// # Errors
    /// [`CeremonyError::Closed`]; [`CeremonyError::SignedAlready`] where nothing is left; and whatever makes the draft
    /// fail.
    pub fn roles_to_sign(&self, fingerprint: &Fingerprint, purpose: Purpose) -> Result<Vec<RoleName>, CeremonyError> {
        let transcript = self.transcript()?;
        transcript.require_open()?;
        let drafting = self.drafting()?;
        if purpose == Purpose::Ceremony {
            drafting.recorded_payloads(self, &transcript)?;
            self.require_approvals(self.approval_files(&drafting, &transcript)?.len())?;
        }
        let (mut open, mut signed) = (Vec::new(), None);
        for role in drafting.roles() {
            let authorities = drafting.authorities(&role);
            let Some(key) = key_of(&authorities, fingerprint) else { continue };
            if files::read_if_there(&self.dir, &purpose.path(role.as_str(), key.keyid().as_str()))?.is_none() {
                open.push(role);
            } else {
                let (owner, keyid) = (owner_of(key), key.keyid().clone());
                signed = signed.or(Some(CeremonyError::SignedAlready { role, owner, keyid }));
            }
        }
        match signed {
            Some(already) if open.is_empty() => Err(already),
            _ => Ok(open),
        }
    }

    /// Signs `role` with `signer` and writes the signature file. The payload is recomputed from the plan first and must
    /// equal the file and what the draft recorded (K1, T30). Nobody signs before the plan's witnesses have approved (K5);
    /// a rehearsal needs no approval.
    ///
    /// # Errors
    /// [`CeremonyError`]; no file is written.
    pub fn sign(
        &self,
        role: &RoleName,
        signer: &dyn Sign,
        sitting: &Sitting<'_>,
    ) -> Result<SignatureFile, CeremonyError> {
        let transcript = self.transcript()?;
        transcript.require_open()?;
        let drafting = self.drafting()?;
        let payloads = drafting.recorded_payloads(self, &transcript)?;
        let purpose = sitting.purpose;
        if purpose == Purpose::Ceremony {
            self.require_approvals(self.approval_files(&drafting, &transcript)?.len())?;
        }
        let payload = drafted(&payloads, role)?;
        let authorities = drafting.authorities(role);
        let fingerprint = signer.public_key().fingerprint();
        let key = key_of(&authorities, &fingerprint).ok_or_else(|| CeremonyError::NotASigner {
            role: role.clone(),
            fingerprint,
            owners: owners(&authorities),
        })?;
        let mut file = SignatureFile {
            schema: purpose.schema().into(),
            plan_hash: self.plan_hash().to_string(),
            role: role.to_string(),
            payload_sha256: payload.digest.to_string(),
            keyid: key.keyid().to_string(),
            sig: String::new(),
            review_sha256: sha256(sitting.review.as_bytes()).to_string(),
            tool: TOOL.into(),
            station_time: format_time(sitting.now),
        };
        let out = sitting.out.unwrap_or(&self.dir);
        // Before the token is asked: a signature that cannot be stored must not be given.
        for place in [&self.dir, out] {
            if files::read_if_there(place, &file.path())?.is_some() {
                let (role, owner, keyid) = (role.clone(), owner_of(key), key.keyid().clone());
                return Err(CeremonyError::SignedAlready { role, owner, keyid });
            }
        }
        files::require_writable(out, &file.path())?;
        file.sig = hex::encode(signer.sign(&purpose.message(&payload.bytes))?);
        let bytes = write_json(&file);
        // Before the file exists: what a faulty device gave must not be found lying there (K11).
        check(self, &drafting, &payloads, &file.path(), bytes.as_bytes(), purpose)?;
        files::write(out, &file.path(), bytes.as_bytes(), Existing::Keep)?;
        let stored = files::read(out, &file.path())?;
        require_hash(&file.path(), &sha256(bytes.as_bytes()).to_string(), &stored, "K11")?;
        Ok(file)
    }
}

/// Verifies a signature file against plan, payload and keys.
pub(crate) fn check(
    ceremony: &Ceremony,
    drafting: &Drafting,
    payloads: &[Payload],
    name: &str,
    bytes: &[u8],
    purpose: Purpose,
) -> Result<Checked, CeremonyError> {
    let file = SignatureFile::parse(name, bytes, purpose)?;
    let refuse = |problem: String| CeremonyError::Signature { file: name.to_owned(), problem };
    let plan_hash = ceremony.plan_hash().to_string();
    if file.plan_hash != plan_hash {
        return Err(refuse(format!(
            "given for another plan: expected plan hash {plan_hash}, found {} (K1)",
            printable(&file.plan_hash)
        )));
    }
    ceremony.require_tool(name, &file.tool)?;
    let role = Some(RoleName::named(&file.role))
        .filter(|role| payloads.iter().any(|payload| payload.role == *role))
        .ok_or_else(|| refuse(format!("expected a role of this ceremony, found `{}`", file.role.escape_debug())))?;
    let payload = drafted(payloads, &role)?;
    let digest = payload.digest.to_string();
    if file.payload_sha256 != digest {
        let found = printable(&file.payload_sha256);
        return Err(refuse(format!("given over another payload: expected {digest}, found {found} (R22)")));
    }
    let authorities = drafting.authorities(&role);
    let keys = || authorities.iter().flat_map(Authority::keys);
    let listed = keys().find(|key| key.keyid().as_str() == file.keyid);
    let Some((key, public)) = listed.and_then(|key| key.public().map(|public| (key, public))) else {
        let found = file.keyid.escape_debug();
        return Err(refuse(format!("keyid {found} is not one of {role}'s keys: {} may sign", owners(&authorities))));
    };
    let signature = hex::decode(&file.sig).unwrap_or_default();
    if public.verify(&purpose.message(&payload.bytes), &signature).is_err() {
        return Err(refuse(format!("the signature of {} does not verify over {}", owner_of(key), payload_file(&role))));
    }
    let (owner, given) = (owner_of(key), Given { by: public.fingerprint(), signature });
    Ok(Checked { purpose, role, file, owner, given, bytes: bytes.to_vec() })
}

fn drafted<'a>(payloads: &'a [Payload], role: &RoleName) -> Result<&'a Payload, CeremonyError> {
    payloads
        .iter()
        .find(|payload| payload.role == *role)
        .ok_or(CeremonyError::Order { expected: "a role that this ceremony drafts", found: "one that stays as it is" })
}

fn key_of<'a>(authorities: &[Authority<'a>], fingerprint: &Fingerprint) -> Option<&'a Key> {
    let is = |key: &&Key| key.public().map(PublicKey::fingerprint) == Some(*fingerprint);
    authorities.iter().flat_map(Authority::keys).find(is)
}

/// The name to show for a key.
pub(crate) fn owner_of(key: &Key) -> String {
    key.owner().or(key.online_uri()).unwrap_or(key.keyid().short()).to_owned()
}

fn owners(authorities: &[Authority<'_>]) -> String {
    let mut names: Vec<String> = Vec::new();
    for name in authorities.iter().flat_map(Authority::keys).map(owner_of) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names.join(", ")
}

const SCHEMA: &str = "tuffet-signature-v1";
