//! statement.json: what a closed ceremony did, as an in-toto statement in a DSSE envelope that its witnesses sign. Tools that
//! know nothing of ceremonies can read it; whoever has the record can make its payload anew.

use crate::directory::payload_file;
use crate::enrolment::write_json;
use crate::error::printable;
use crate::files::{self, Existing};
use crate::{Ceremony, CeremonyError, Ended, Incoming, ProvedTarget, Replay};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use std::path::Path;
use tuffet_keys::Sign;
use tuffet_metadata::json::{Object, Value, canonical_object, object};

/// A DSSE envelope over the statement of one ceremony.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// `application/vnd.in-toto+json`.
    #[serde(rename = "payloadType")]
    payload_type: String,
    /// The statement, base64.
    payload: String,
    /// By whom.
    signatures: Vec<EnvelopeSignature>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct EnvelopeSignature {
    /// The fingerprint of a witness's key.
    keyid: String,
    /// Base64.
    sig: String,
}

impl Statement {
    fn parse(file: &str, bytes: &[u8]) -> Result<Self, CeremonyError> {
        let refuse = |problem: String| CeremonyError::Statement { file: file.to_owned(), problem };
        let text = std::str::from_utf8(bytes).map_err(|_| refuse("expected UTF-8".into()))?;
        if !text.trim_start().starts_with('{') {
            return Err(refuse("expected a DSSE envelope, found no JSON object".into()));
        }
        serde_json::from_str(text)
            .map_err(|e| refuse(format!("expected a DSSE envelope: {}", printable(&e.to_string()))))
    }

    /// The statement's JSON, which is canonical.
    #[must_use]
    pub fn payload(&self) -> Vec<u8> {
        STANDARD.decode(&self.payload).unwrap_or_default()
    }

    /// The file's text.
    #[must_use]
    pub fn to_json(&self) -> String {
        write_json(self)
    }
}

impl Ceremony {
    /// Signs the statement of this closed ceremony as one of its witnesses, and adds the signature to statement.json in
    /// `out`, or in the ceremony's own directory. The whole record is replayed first.
    ///
    /// # Errors
    /// [`CeremonyError`]: the record does not hold, the key is no witness's, or it has signed; nothing is written.
    pub fn sign_statement(&self, signer: &dyn Sign, out: Option<&Path>) -> Result<Vec<String>, CeremonyError> {
        let replay = Replay::run(&self.dir)?;
        let key = signer.public_key().fingerprint().to_string();
        let witness = self.witness_of(&key)?;
        let payload = self.statement_payload(&replay)?;
        let here = files::read_if_there(&self.dir, FILE)?;
        let mut statement = match here {
            Some(bytes) => Statement::parse(FILE, &bytes)?,
            None => Statement { payload_type: TYPE.into(), payload: STANDARD.encode(&payload), signatures: Vec::new() },
        };
        if statement.signatures.iter().any(|signature| signature.keyid == key) {
            let problem = format!("{witness} has signed it already");
            return Err(CeremonyError::Statement { file: FILE.into(), problem });
        }
        let out = out.unwrap_or(&self.dir);
        files::require_writable(out, FILE)?;
        let sig = STANDARD.encode(signer.sign(&pae(&payload))?);
        statement.signatures.push(EnvelopeSignature { keyid: key, sig });
        self.keep_statement(&payload, statement, out)
    }

    /// Adds the signatures of other copies of statement.json: each witness signs on a machine of their own. All or nothing.
    ///
    /// # Errors
    /// [`CeremonyError`]
    pub fn merge_statements(&self, incoming: &[(String, Vec<u8>)]) -> Result<Vec<String>, CeremonyError> {
        let payload = self.statement_payload(&Replay::run(&self.dir)?)?;
        let here = files::read_if_there(&self.dir, FILE)?.map(|bytes| Statement::parse(FILE, &bytes)).transpose()?;
        let empty = Statement { payload_type: TYPE.into(), payload: STANDARD.encode(&payload), signatures: Vec::new() };
        let mut merged = here.unwrap_or(empty);
        for (name, bytes) in incoming {
            let statement = Statement::parse(name, bytes)?;
            self.check_statement(name, &payload, &statement)?;
            for signature in statement.signatures {
                if merged.signatures.iter().all(|known| known.keyid != signature.keyid) {
                    merged.signatures.push(signature);
                }
            }
        }
        self.keep_statement(&payload, merged, &self.dir)
    }

    /// The witnesses who signed a copy of statement.json that came from another machine.
    pub(crate) fn judge_statement(&self, name: &str, bytes: &[u8]) -> Result<Vec<String>, CeremonyError> {
        let payload = self.statement_payload(&Replay::run(&self.dir)?)?;
        self.check_statement(name, &payload, &Statement::parse(name, bytes)?)
    }

    fn keep_statement(
        &self,
        payload: &[u8],
        mut statement: Statement,
        out: &Path,
    ) -> Result<Vec<String>, CeremonyError> {
        // Whatever order they came in: the same signatures, the same file.
        statement.signatures.sort_by(|a, b| a.keyid.cmp(&b.keyid));
        let signed = self.check_statement(FILE, payload, &statement)?;
        files::write(out, FILE, statement.to_json().as_bytes(), Existing::Replace)?;
        Ok(signed)
    }

    /// The witnesses who signed the statement, where there is one and it is about this record.
    pub(crate) fn stated(&self, replay: &Replay) -> Result<Option<Vec<String>>, CeremonyError> {
        let Some(bytes) = files::read_if_there(&self.dir, FILE)? else { return Ok(None) };
        let statement = Statement::parse(FILE, &bytes)?;
        self.check_statement(FILE, &self.statement_payload(replay)?, &statement).map(Some)
    }

    /// Everything in the envelope is what the record gives, and every signature is a witness's, once.
    fn check_statement(&self, file: &str, payload: &[u8], statement: &Statement) -> Result<Vec<String>, CeremonyError> {
        let refuse = |problem: String| Err(CeremonyError::Statement { file: file.to_owned(), problem });
        if statement.payload_type != TYPE {
            let found = printable(&statement.payload_type);
            return refuse(format!("payloadType: expected {TYPE}, found {found}"));
        }
        if statement.payload != STANDARD.encode(payload) {
            return refuse("payload: expected the statement this record gives, found another".into());
        }
        let incoming = self.incoming()?;
        let message = pae(payload);
        let mut signed = Vec::new();
        for signature in &statement.signatures {
            let witness = self.plan().witness(&signature.keyid).map(|witness| witness.name.clone());
            let key = incoming.iter().find(|key| key.folder.record.fingerprint == signature.keyid);
            let (Some(witness), Some(key)) = (witness, key) else {
                return refuse(format!(
                    "expected signatures of the plan's witnesses, found key {}",
                    printable(&signature.keyid)
                ));
            };
            let sig = STANDARD.decode(&signature.sig).unwrap_or_default();
            if key.folder.public.verify(&message, &sig).is_err() {
                return refuse(format!("the signature of {witness} does not verify"));
            }
            if signed.contains(&witness) {
                return refuse(format!("expected one signature a witness, found two of {witness}"));
            }
            signed.push(witness);
        }
        if signed.is_empty() { refuse("expected a signature, found none".into()) } else { Ok(signed) }
    }

    /// The statement as canonical JSON: it follows from the record alone.
    fn statement_payload(&self, replay: &Replay) -> Result<Vec<u8>, CeremonyError> {
        let subject = |(name, sha256): (&String, &String)| -> Value {
            let digest = object([("sha256", sha256.as_str().into())]);
            object([("name", name.as_str().into()), ("digest", digest.into())]).into()
        };
        let payloads: Object =
            replay.roles.iter().map(|role| (role.role.to_string(), role.digest.to_string().as_str().into())).collect();
        let named = |role: &crate::RoleStatus| (payload_file(&role.role), role.digest.to_string());
        let subjects: Vec<Value> = match &replay.ended {
            Ended::Published => replay.published.iter().map(subject).collect(),
            // What was signed and shall never be met in the wild.
            Ended::Aborted { .. } => replay.roles.iter().map(named).map(|(n, d)| subject((&n, &d))).collect(),
        };
        let signers = replay.roles.iter().flat_map(|role| {
            role.seats.iter().filter(|seat| seat.signed).map(|seat| -> Value {
                object([
                    ("role", role.role.as_str().into()),
                    ("owner", seat.owner.as_str().into()),
                    ("key", seat.fingerprint.to_string().as_str().into()),
                ])
                .into()
            })
        });
        let approvals = self.approvals()?.into_iter().map(|approval| -> Value {
            object([
                ("witness", approval.witness.as_str().into()),
                ("key", approval.key.as_str().into()),
                ("clock", approval.clock.as_str().into()),
            ])
            .into()
        });
        let devices = self.incoming()?.into_iter().map(|key| device(&key));
        let outcome = match &replay.ended {
            Ended::Published => object([("published", Value::Bool(true))]),
            Ended::Aborted { reason, .. } => {
                object([("published", Value::Bool(false)), ("reason", reason.as_str().into())])
            }
        };
        let lines = u64::try_from(replay.lines).unwrap_or(u64::MAX);
        let transcript = object([("lines", lines.into()), ("head", replay.head.to_string().as_str().into())]);
        let mut predicate = object([
            ("ceremony", replay.ceremony.as_str().into()),
            ("plan", replay.plan_hash.to_string().as_str().into()),
            ("transcript", transcript.into()),
            ("payloads", payloads.into()),
            ("signers", Value::Array(signers.collect())),
            ("approvals", Value::Array(approvals.collect())),
            ("devices", Value::Array(devices.collect())),
            ("outcome", outcome.into()),
        ]);
        // Statements of ceremonies without a trust root stay as they were.
        if !replay.proofs.is_empty() {
            predicate.insert("proofs".to_owned(), Value::Array(replay.proofs.iter().map(proof).collect()));
        }
        Ok(canonical_object(&object([
            ("_type", "https://in-toto.io/Statement/v1".into()),
            ("subject", Value::Array(subjects)),
            ("predicateType", PREDICATE.into()),
            ("predicate", predicate.into()),
        ])))
    }
}

/// A trust root, and how many bundles were verified against it before anybody signed.
fn proof(proved: &ProvedTarget) -> Value {
    let count = |number: usize| Value::from(u64::try_from(number).unwrap_or(u64::MAX));
    object([
        ("target", proved.target.as_str().into()),
        ("line", proved.line.into()),
        ("verified", count(proved.verified)),
        ("refused", count(proved.refused)),
    ])
    .into()
}

/// A key that came in, and what is proved of its device.
fn device(key: &Incoming) -> Value {
    let attested = key.attested().is_some();
    object([
        ("owner", key.name.as_str().into()),
        ("key", key.folder.record.fingerprint.as_str().into()),
        ("device", key.to_string().as_str().into()),
        ("attested", Value::Bool(attested)),
    ])
    .into()
}

/// DSSE's pre-authentication encoding: it begins with a letter, so that it can never be metadata.
fn pae(payload: &[u8]) -> Vec<u8> {
    let mut out = format!("DSSEv1 {} {TYPE} {} ", TYPE.len(), payload.len()).into_bytes();
    out.extend_from_slice(payload);
    out
}

pub(crate) const FILE: &str = "statement.json";
const TYPE: &str = "application/vnd.in-toto+json";
const PREDICATE: &str = "https://github.com/tuffet/tuffet/ceremony/v1";
