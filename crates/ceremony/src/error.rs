//! Why a step of a ceremony was refused.

use crate::{PlanError, TranscriptError, Voided};
use tuffet_attestation::is_hidden;
use tuffet_builder::{Disagreement, DraftError};
use tuffet_keys::{Fingerprint, KeyId, SignError};
use tuffet_metadata::{MetadataError, RoleName};

/// A step was refused; nothing was written, or what was written before stays valid.
#[derive(Debug, thiserror::Error)]
pub enum CeremonyError {
    /// A file could not be read or written.
    #[error("{file}: {cause}")]
    Io {
        /// The file, relative to the ceremony directory where it is in it.
        file: String,
        /// What the system said.
        cause: std::io::Error,
    },
    /// An output file is there already.
    #[error("{0}: expected no such file, found one: it is never overwritten")]
    Exists(String),
    /// One of our JSON files does not read.
    #[error("{file}: {problem}")]
    File {
        /// The file.
        file: String,
        /// What is wrong.
        problem: String,
    },
    /// The plan.
    #[error(transparent)]
    Plan(#[from] PlanError),
    /// The transcript.
    #[error(transparent)]
    Transcript(#[from] TranscriptError),
    /// The changes give no draft.
    #[error("{0}")]
    Draft(Box<DraftError>),
    /// The draft breaks rules.
    #[error("the draft breaks {}: {}", plural(.0.len()), .0.iter().map(broken).collect::<Vec<_>>().join("; "))]
    Rules(Vec<tuffet_builder::Finding>),
    /// The two canonicalisers differ.
    #[error(transparent)]
    Canonical(#[from] Disagreement),
    /// A metadata file.
    #[error("{file}: {cause}")]
    Metadata {
        /// The file.
        file: String,
        /// What is wrong.
        cause: Box<MetadataError>,
    },
    /// A file is not the one its hash names.
    #[error("{file}: expected SHA-256 {expected}, found {found} ({rule})")]
    Hash {
        /// The file.
        file: String,
        /// The hash written down.
        expected: String,
        /// The hash of the file.
        found: String,
        /// The rule.
        rule: &'static str,
    },
    /// A payload is not what the plan gives.
    #[error(
        "payload/{role}.json: expected the payload the plan gives (SHA-256 {expected}), found another ({found}): it was changed after the draft (K1)"
    )]
    PayloadChanged {
        /// The role.
        role: RoleName,
        /// Of the recomputed payload.
        expected: String,
        /// Of the file.
        found: String,
    },
    /// The enrolment does not prove what it says.
    #[error("{file}: {problem} (K10)")]
    Enrolment {
        /// The file.
        file: String,
        /// What is wrong.
        problem: String,
    },
    /// The plan names an owner the previous root does not have, or has twice.
    #[error("plan.toml: outgoing: expected one key of `{name}` in root v{version}, found {found} (K1)")]
    Outgoing {
        /// The name.
        name: String,
        /// The previous root's version.
        version: u64,
        /// Keys with that owner.
        found: usize,
    },
    /// The key may not sign this role.
    #[error("{role}: key {} is not one of its keys: {owners} may sign (TUF 4.3)", fingerprint.short())]
    NotASigner {
        /// The role.
        role: RoleName,
        /// The key.
        fingerprint: Fingerprint,
        /// Who may.
        owners: String,
    },
    /// The signer failed.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// A signature file is refused.
    #[error("{file}: {problem}")]
    Signature {
        /// The file.
        file: String,
        /// Why.
        problem: String,
    },
    /// The role was signed by this key before.
    #[error("{role}: {owner} has signed already with key {}: one signature a key is counted (F8)", keyid.short())]
    SignedAlready {
        /// The role.
        role: RoleName,
        /// Whose key.
        owner: String,
        /// The key.
        keyid: KeyId,
    },
    /// The key is no witness's.
    #[error("key {key} is no witness of the plan: {} may be one (K5)", if witnesses.is_empty() { "nobody".to_owned() } else { witnesses.join(", ") })]
    NotAWitness {
        /// Its fingerprint, in short.
        key: String,
        /// Who may.
        witnesses: Vec<String>,
    },
    /// The witness has approved.
    #[error("{0} has approved this draft already (K5)")]
    ApprovedAlready(String),
    /// An approval is refused.
    #[error("{file}: {problem}")]
    Approval {
        /// The file.
        file: String,
        /// Why.
        problem: String,
    },
    /// A statement is refused.
    #[error("{file}: {problem}")]
    Statement {
        /// The file.
        file: String,
        /// Why.
        problem: String,
    },
    /// The record starts elsewhere.
    #[error("the record: expected to start from root {found}, found that it starts from {expected} (K1)")]
    Pinned {
        /// Where it starts.
        expected: String,
        /// The root that is trusted.
        found: String,
    },
    /// Nobody signs yet.
    #[error("expected {needed} approvals by witnesses of the plan before anybody signs, found {found} (K5)")]
    Approvals {
        /// Asked for by the plan.
        needed: u64,
        /// There.
        found: usize,
    },
    /// The plan gives another draft than the signatures are for.
    #[error("the plan has changed since people signed; drafting again voids {}: {}", count(.0.len(), "signature"), list(.0))]
    WouldVoid(Vec<Voided>),
    /// Another process appends to the transcript.
    #[error("another tuffet is writing to this ceremony: only one coordinator appends to a transcript (K3)")]
    Locked,
    /// The ceremony is over.
    #[error("transcript.jsonl: expected an open ceremony, found `close` on line {line}: nothing follows it (K16)")]
    Closed {
        /// The last line.
        line: u64,
    },
    /// A step out of order.
    #[error("expected {expected} first, found {found}")]
    Order {
        /// The step that has to come first.
        expected: &'static str,
        /// What is there.
        found: &'static str,
    },
}

impl From<DraftError> for CeremonyError {
    fn from(error: DraftError) -> Self {
        Self::Draft(Box::new(error))
    }
}

impl CeremonyError {
    /// A metadata file that does not verify.
    pub(crate) fn metadata(file: impl Into<String>, cause: MetadataError) -> Self {
        Self::Metadata { file: file.into(), cause: Box::new(cause) }
    }

    /// The command or action that helps, where there is one.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        if let Self::Sign(SignError::Failed { hint, .. }) = self {
            return hint.clone();
        }
        self.fixed_hint().map(str::to_owned)
    }

    fn fixed_hint(&self) -> Option<&'static str> {
        Some(match self {
            Self::PayloadChanged { .. } => "run `tuffet draft` on a fresh copy of the ceremony; do not sign this one",
            Self::Exists(_) => "move it away, or name another folder",
            Self::Rules(_) => "change the plan, or waive a warning in it with a reason, and run `tuffet draft` again",
            Self::NotASigner { .. } => "run `tuffet key show KEY` to see which key this is",
            Self::Order { .. } => "run `tuffet status DIR` to see where the ceremony stands",
            Self::Closed { .. } => {
                "run `tuffet ceremony verify DIR` to replay it; for another change, plan a new ceremony"
            }
            Self::Transcript(TranscriptError::Unfinished { .. }) => {
                "run `tuffet status DIR` to see what is missing, or ask for the whole record"
            }
            Self::Hash { file, .. } if file == "plan.toml" => {
                "if the plan was changed on purpose run `tuffet draft DIR`, else compare it with a copy"
            }
            Self::Hash { rule: "R4" | "R5", .. } => {
                "name the ceremony's own repository, or restore the file from a mirror; never edit it"
            }
            Self::Hash { rule: "TR10", .. } => {
                "prove the file that is to be signed for: the one below `targets/` in DIR"
            }
            Self::Transcript(_) | Self::Hash { .. } => "compare with a copy of the record; never edit one (K3)",
            Self::NotAWitness { .. } | Self::ApprovedAlready(_) => {
                "run `tuffet status DIR` to see whose approvals are missing"
            }
            Self::Approvals { .. } => {
                "each witness runs `tuffet approve DIR --key KEY`; `tuffet status DIR` says who has not"
            }
            Self::WouldVoid(_) => {
                "restore plan.toml, or run `tuffet draft DIR --void`: then everybody approves and signs again"
            }
            Self::Pinned { .. } => {
                "name the root.json that this ceremony replaced: verify the ceremonies in order, each from the root before"
            }
            Self::Plan(PlanError::Approvals { .. }) => {
                "name witnesses with `--witness` in `tuffet plan`, or ask for fewer with `--approvals`"
            }
            Self::Approval { .. } => "the witness runs `tuffet approve` on a fresh copy of the ceremony",
            Self::Locked => "wait until the other is done, then run this again: every step can run twice",
            Self::SignedAlready { .. } => "run `tuffet status DIR` to see whose signatures are missing",
            Self::Sign(SignError::TooLong { .. }) => "enrol a P-256 key of this device instead",
            _ => return None,
        })
    }
}

/// A finding in one line. What another reader said may have named the rule already.
fn broken(finding: &tuffet_builder::Finding) -> String {
    let rule = format!(" ({})", finding.rule);
    let message = finding.message.strip_suffix(&rule).unwrap_or(&finding.message);
    format!("{}: {message}{rule}", finding.place)
}

fn plural(count: usize) -> String {
    if count == 1 { "a rule".into() } else { format!("{count} rules") }
}

fn count(number: usize, of: &str) -> String {
    if number == 1 { format!("a {of}") } else { format!("{number} {of}s") }
}

fn list(signatures: &[Voided]) -> String {
    signatures
        .iter()
        .map(|given| format!("{} by {}", given.role, printable(&given.owner)))
        .collect::<Vec<_>>()
        .join(", ")
}

/// Text from a file somebody sent, on its way into a message: a control character would steer the reader's terminal, one
/// that turns the direction of writing the reader.
pub(crate) fn printable(text: &str) -> String {
    text.chars().flat_map(|c| if is_hidden(c) { c.escape_debug().collect() } else { vec![c] }).collect()
}
