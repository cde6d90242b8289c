//! Enrolment: a person proves that their token holds a key, before the plan is written (ceremony.md K10).

use crate::error::printable;
use crate::plan::{TEXT, plain};
use crate::{CeremonyError, Plan};
use serde::{Deserialize, Serialize};
use tuffet_attestation::Evidence;
use tuffet_keys::{Domain, Fingerprint, PublicKey, Sha256, Sign, sha256};
use tuffet_metadata::json::{canonical_object, object};

/// What the coordinator sends to somebody who is to enrol a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Invite {
    /// `tuffet-invite-v1`.
    pub schema: String,
    /// The ceremony's id.
    pub ceremony: String,
    /// SHA-256 of the root it starts from, or `none`.
    pub previous_root: String,
    /// Who is invited, or where the online key lies.
    pub owner: String,
    /// 32 random bytes in hex, so that no proof given before can answer it.
    pub nonce: String,
}

/// The answer: the public key and the proof.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Enrolment {
    /// `tuffet-enrolment-v1`.
    pub schema: String,
    /// The invite answered.
    pub invite: Invite,
    /// The public key, PEM.
    pub public_key: String,
    /// The SPKI fingerprint of the key.
    pub fingerprint: String,
    /// What kind of token holds the key, as its owner's station saw it: a statement, not evidence.
    pub token: String,
    /// Its serial number, likewise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub serial: Option<String>,
    /// Where on it the key lies, likewise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// What the token says of the key, likewise.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub claims: Vec<String>,
    /// SHA-256 of `attestation.pem` beside this record: the certificates with which the device says that it made the key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<String>,
    /// Signature over `tuffet-pop-v1 NUL SHA-256(invite) ‖ fingerprint`, hex.
    pub proof: String,
}

/// What the owner's station says of the token.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TokenStatement {
    /// Its kind: `key file`, `YubiKey PIV`.
    pub kind: String,
    /// Its serial number.
    pub serial: Option<String>,
    /// Where on it the key lies.
    pub place: Option<String>,
    /// What it says of the key.
    pub claims: Vec<String>,
}

impl Invite {
    /// An invite. `nonce` is 32 random bytes.
    #[must_use]
    pub fn new(ceremony: &str, previous_root: Option<Sha256>, owner: &str, nonce: [u8; 32]) -> Self {
        Self {
            schema: INVITE.into(),
            ceremony: ceremony.into(),
            previous_root: previous_root.map_or_else(|| "none".into(), |hash| hash.to_string()),
            owner: owner.into(),
            nonce: Sha256::from_bytes(nonce).to_string(),
        }
    }

    /// Reads an invite file.
    ///
    /// # Errors
    /// [`CeremonyError::File`]
    pub fn parse(file: &str, bytes: &[u8]) -> Result<Self, CeremonyError> {
        let invite = read_json(file, bytes, INVITE, |invite: &Self| &invite.schema)?;
        invite.check().map_err(|problem| CeremonyError::File { file: file.to_owned(), problem })?;
        Ok(invite)
    }

    /// Names that no plan would take must not reach a screen either.
    fn check(&self) -> Result<(), String> {
        if !Plan::is_id(&self.ceremony) {
            let found = printable(&self.ceremony);
            return Err(format!("ceremony: expected letters, digits and hyphens, found `{found}`"));
        }
        shown("owner", &self.owner)
    }

    /// The file's text.
    #[must_use]
    pub fn to_json(&self) -> String {
        write_json(self)
    }

    /// SHA-256 over the canonical form of the invite: the same however the file is laid out.
    fn digest(&self) -> Sha256 {
        let members = object([
            ("schema", self.schema.as_str().into()),
            ("ceremony", self.ceremony.as_str().into()),
            ("previous_root", self.previous_root.as_str().into()),
            ("owner", self.owner.as_str().into()),
            ("nonce", self.nonce.as_str().into()),
        ]);
        sha256(&canonical_object(&members))
    }

    fn message(&self, fingerprint: &Fingerprint) -> Vec<u8> {
        let mut body = self.digest().as_bytes().to_vec();
        body.extend_from_slice(fingerprint.as_bytes());
        Domain::ProofOfPossession.message(&body)
    }

    /// Answers the invite with a key. `evidence` is what its device says of it.
    ///
    /// # Errors
    /// [`CeremonyError::Sign`]
    pub fn answer(
        &self,
        signer: &dyn Sign,
        token: TokenStatement,
        evidence: Option<&Evidence>,
    ) -> Result<Enrolment, CeremonyError> {
        let TokenStatement { kind, serial, place, claims } = token;
        let public = signer.public_key();
        let fingerprint = public.fingerprint();
        let proof = signer.sign(&self.message(&fingerprint))?;
        Ok(Enrolment {
            schema: ENROLMENT.into(),
            invite: self.clone(),
            public_key: public.to_pem(),
            fingerprint: fingerprint.to_string(),
            token: fit(&kind),
            serial: serial.as_deref().map(fit),
            place: place.as_deref().map(fit),
            claims: claims.iter().take(MOST_CLAIMS).map(|claim| fit(claim)).collect(),
            evidence: evidence.map(|evidence| sha256(evidence.to_pem().as_bytes()).to_string()),
            proof: hex::encode(proof),
        })
    }
}

impl Enrolment {
    /// Reads an enrolment record and checks its proof.
    ///
    /// # Errors
    /// [`CeremonyError::File`] or [`CeremonyError::Enrolment`]
    pub fn parse(file: &str, bytes: &[u8]) -> Result<(Self, PublicKey), CeremonyError> {
        let record: Self = read_json(file, bytes, ENROLMENT, |record: &Self| &record.schema)?;
        let refuse = |problem: String| CeremonyError::Enrolment { file: file.to_owned(), problem };
        if record.invite.schema != INVITE {
            return Err(refuse(format!(
                "expected an invite {INVITE}, found `{}`",
                record.invite.schema.escape_debug()
            )));
        }
        let public = PublicKey::from_pem(&record.public_key).map_err(|e| refuse(printable(&e.to_string())))?;
        let fingerprint = public.fingerprint();
        record.invite.check().and_then(|()| record.check_words()).map_err(refuse)?;
        if record.fingerprint != fingerprint.to_string() {
            return Err(refuse(format!(
                "expected fingerprint {fingerprint}, found {}",
                record.fingerprint.escape_debug()
            )));
        }
        let proof = hex::decode(&record.proof).unwrap_or_default();
        public.verify(&record.invite.message(&fingerprint), &proof).map_err(|_| {
            refuse(format!("the proof of {} is not a signature by its key", printable(&record.invite.owner)))
        })?;
        Ok((record, public))
    }

    /// What a station said is shown to everybody who signs: it must not steer their terminals, nor bury the rest.
    fn check_words(&self) -> Result<(), String> {
        let one = [("token", Some(&self.token)), ("serial", self.serial.as_ref()), ("place", self.place.as_ref())];
        for (part, text) in one.into_iter().filter_map(|(part, text)| Some((part, text?))) {
            shown(part, text)?;
        }
        if self.claims.len() > MOST_CLAIMS {
            return Err(format!("claims: expected at most {MOST_CLAIMS}, found {}", self.claims.len()));
        }
        self.claims.iter().try_for_each(|claim| shown("claims", claim))
    }

    /// The record's bytes, as they are hashed into the plan.
    #[must_use]
    pub fn to_json(&self) -> String {
        write_json(self)
    }
}

fn shown(part: &str, text: &str) -> Result<(), String> {
    match text.chars().count() {
        length if length > LONGEST => Err(format!("{part}: expected at most {LONGEST} characters, found {length}")),
        _ if plain(text) => Ok(()),
        _ => Err(format!("{part}: expected {TEXT}, found `{}`", printable(text))),
    }
}

/// What a token calls itself, as a record may hold it.
fn fit(text: &str) -> String {
    printable(text).chars().take(LONGEST).collect()
}

pub(crate) fn read_json<T: for<'de> Deserialize<'de>>(
    file: &str,
    bytes: &[u8],
    want: &str,
    schema: impl Fn(&T) -> &String,
) -> Result<T, CeremonyError> {
    let refuse = |problem: String| CeremonyError::File { file: file.to_owned(), problem };
    // serde would take an array for a struct: two forms of one record, with two hashes.
    let object = bytes.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b'{');
    if !object {
        return Err(refuse(format!("expected a file of schema {want}, found no JSON object")));
    }
    let value: T = serde_json::from_slice(bytes)
        .map_err(|e| refuse(format!("expected a file of schema {want}: {}", printable(&e.to_string()))))?;
    let found = schema(&value).clone();
    if found == want {
        Ok(value)
    } else {
        Err(refuse(format!("expected schema {want}, found `{}`", found.escape_debug())))
    }
}

pub(crate) fn write_json<T: Serialize>(value: &T) -> String {
    // Structs of strings and numbers always serialise.
    let mut text = serde_json::to_string_pretty(value).unwrap_or_default();
    text.push('\n');
    text
}

/// Characters of what a token calls itself, and sentences it says of a key.
const LONGEST: usize = 500;
const MOST_CLAIMS: usize = 20;
const INVITE: &str = "tuffet-invite-v1";
const ENROLMENT: &str = "tuffet-enrolment-v1";
