//! Signed checkpoints of logs (C2SP tlog-checkpoint, and static-ct-api for CT logs): the proof that whoever runs a log
//! holds its key.
//!
//! A key file says only that somebody had it. A checkpoint ties key, name and tree together, so a log's address that
//! does not belong to its key is found when the trust root is composed, and not by the first client.

mod parse;
mod proof;

use std::fmt;

use thiserror::Error;

use crate::error::{Rule, quoted};

/// A checkpoint as read: its lines and signatures, none of them checked. [`Checkpoint::proves`] checks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// What is signed: every line before the empty one, each with its line feed.
    note: String,
    origin: String,
    size: u64,
    root_hash: Vec<u8>,
    extensions: Vec<String>,
    signatures: Vec<NoteSignature>,
}

/// One signature line of a note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteSignature {
    name: String,
    hint: [u8; 4],
    bytes: Vec<u8>,
}

impl Checkpoint {
    /// More than a checkpoint with every witness known has; the file comes from a stranger.
    pub const LARGEST: usize = 65_536;
    /// Text and signatures together; each signature line costs a comparison, and a check where the hint fits.
    pub const MOST_LINES: usize = 128;

    /// The first line: who says so. Rekor v1 writes `host - tree`.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// How many entries the log has.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The root hash of the tree of that size.
    #[must_use]
    pub fn root_hash(&self) -> &[u8] {
        &self.root_hash
    }

    /// The lines after the root hash.
    #[must_use]
    pub fn extensions(&self) -> &[String] {
        &self.extensions
    }

    /// Everybody who signed: the log, and witnesses.
    #[must_use]
    pub fn signatures(&self) -> &[NoteSignature] {
        &self.signatures
    }
}

impl NoteSignature {
    /// Who is said to have signed.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// By which of its keys: the beginning of a hash, and no proof.
    #[must_use]
    pub fn hint(&self) -> [u8; 4] {
        self.hint
    }

    /// The signature.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// Why a checkpoint does not read, or does not prove a log.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("checkpoint: {problem} ({})", problem.rule())]
pub struct CheckpointError {
    problem: CheckpointProblem,
}

impl CheckpointError {
    /// What is wrong.
    #[must_use]
    pub fn problem(&self) -> &CheckpointProblem {
        &self.problem
    }
}

impl From<CheckpointProblem> for CheckpointError {
    fn from(problem: CheckpointProblem) -> Self {
        Self { problem }
    }
}

/// What is wrong with a checkpoint. Lines count from 1.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum CheckpointProblem {
    /// Larger than any checkpoint.
    #[error("expected at most {limit} bytes, found {found}")]
    Bytes {
        /// The limit.
        limit: usize,
        /// The file's size.
        found: usize,
    },
    /// More lines than any checkpoint.
    #[error("expected at most {limit} lines, found {found}")]
    Lines {
        /// The limit.
        limit: usize,
        /// How many there are.
        found: usize,
    },
    /// Not UTF-8.
    #[error("expected text in UTF-8, found other bytes from byte {at}")]
    NotText {
        /// The first such byte, from 0.
        at: usize,
    },
    /// A carriage return, a control or a direction character: two readers would see two notes.
    #[error("expected visible characters, found a control or direction character on line {line}")]
    HiddenCharacter {
        /// The line.
        line: usize,
    },
    /// Not the parts of a note.
    #[error("expected origin, size, root hash, an empty line and signatures, each line ended, found {found}")]
    Form {
        /// What is there instead.
        found: &'static str,
    },
    /// A size that is not a plain number.
    #[error("expected the number of entries on line 2, found {}", quoted(found))]
    Size {
        /// The line.
        found: String,
    },
    /// A root hash that is none.
    #[error("expected a SHA-256 root hash in base64 on line 3, found {}", quoted(found))]
    RootHash {
        /// The line.
        found: String,
    },
    /// A line that is no signature.
    #[error("expected a signature `— NAME BASE64` on line {line}, found {}", quoted(found))]
    SignatureLine {
        /// The line.
        line: usize,
        /// What is there.
        found: String,
    },
    /// The log's id follows from its key by no rule, so there is no hint to look for.
    #[error("expected a log whose id follows from its key, found the id {id} at {}", quoted(base_url))]
    LogId {
        /// The id, hex.
        id: String,
        /// The log's base URL.
        base_url: String,
    },
    /// A checkpoint of another log.
    #[error(
        "expected the origin {}, the host and path of {}, found {}",
        quoted(expected),
        quoted(base_url),
        quoted(found)
    )]
    Origin {
        /// The log's origin.
        expected: String,
        /// The log's base URL.
        base_url: String,
        /// The checkpoint's origin.
        found: String,
    },
    /// Nobody signed in the log's name.
    #[error("expected a signature of {}, found {}", quoted(expected), names(found))]
    Name {
        /// The log's origin.
        expected: String,
        /// Who signed.
        found: Vec<String>,
    },
    /// Signed in the log's name by another key than the log's.
    #[error("expected a signature of {} by the key with hint {expected}, found another key: hint {}", quoted(name), found.join(", "))]
    Hint {
        /// The log's origin.
        name: String,
        /// The hint of the log's key, hex.
        expected: String,
        /// The hints of the signatures in its name, hex.
        found: Vec<String>,
    },
    /// The hint fits and the signature does not.
    #[error("expected a signature of {} by the key with hint {hint}, found one that does not verify", quoted(name))]
    Signature {
        /// The log's origin.
        name: String,
        /// The hint, hex.
        hint: String,
    },
    /// A key whose signatures are not verified here.
    #[error("expected an Ed25519, ECDSA P-256 or P-384 or RSA key, found {found}")]
    Algorithm {
        /// The algorithm in words.
        found: String,
    },
}

impl CheckpointProblem {
    /// The rule that was broken.
    #[must_use]
    pub fn rule(&self) -> Rule {
        Rule::Tr5
    }
}

/// `"a", "b"`, not all of them where there are many.
fn names(names: &[String]) -> String {
    const SHOWN: usize = 4;
    let mut shown: Vec<String> = names.iter().take(SHOWN).map(|name| quoted(name)).collect();
    if names.len() > SHOWN {
        shown.push(format!("and {} more", names.len().saturating_sub(SHOWN)));
    }
    shown.join(", ")
}

/// The checkpoint again, byte for byte.
impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.note)?;
        self.signatures.iter().try_for_each(|signature| writeln!(f, "{signature}"))
    }
}
