//! Why a file was refused. Each error names the rule (TR1 to TR10), what was expected, then what was found.

use std::fmt;

use thiserror::Error;
use tuffet_certificates::escaped;

use crate::refusal::Refusal;

/// A rule of composing a trust root.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Rule {
    /// PEM files are read strictly.
    Tr1,
    /// Certificate chains are complete, in order, signed and meant for the purpose.
    Tr2,
    /// Windows end after they start and stay within the certificates' validity.
    Tr3,
    /// Nothing that was trusted is lost or altered.
    Tr4,
    /// Log ids are computed and unique; a log has an address, and its key signs its checkpoints.
    Tr5,
    /// The JSON has exactly one form.
    Tr6,
    /// Whoever signs has a trust entry, published before use.
    Tr7,
    /// The files suit the TUF repository that carries them.
    Tr8,
    /// A trust root is of one instance.
    Tr9,
    /// Real bundles verify, foreign ones do not.
    Tr10,
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Tr1 => "TR1",
            Self::Tr2 => "TR2",
            Self::Tr3 => "TR3",
            Self::Tr4 => "TR4",
            Self::Tr5 => "TR5",
            Self::Tr6 => "TR6",
            Self::Tr7 => "TR7",
            Self::Tr8 => "TR8",
            Self::Tr9 => "TR9",
            Self::Tr10 => "TR10",
        })
    }
}

/// A trusted_root.json or signing_config.v0.2.json that is not one, and where in it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{}: {problem} ({})", if path.is_empty() { *document } else { path }, problem.rule())]
pub struct ParseError {
    document: &'static str,
    path: String,
    problem: ParseProblem,
}

impl ParseError {
    pub(crate) fn new(path: &str, problem: ParseProblem) -> Self {
        Self { document: "trusted root", path: path.to_owned(), problem }
    }

    /// The same error in a signing configuration.
    pub(crate) fn of_signing_config(self) -> Self {
        Self { document: "signing config", ..self }
    }

    /// The same error in what a CA answers.
    pub(crate) fn of_trust_bundle(self) -> Self {
        Self { document: "trust bundle", ..self }
    }

    /// Where in the document, such as `tlogs[0].publicKey.rawBytes`; empty for the document itself.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What is wrong there.
    pub fn problem(&self) -> &ParseProblem {
        &self.problem
    }
}

/// What is wrong with a value in such a file.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ParseProblem {
    /// The bytes are not one JSON document.
    #[error("expected one JSON document, found: {0}")]
    NotJson(String),
    /// A value of another JSON type.
    #[error("expected {expected}, found {found}")]
    WrongType {
        /// The type that belongs here.
        expected: &'static str,
        /// The type that is here.
        found: &'static str,
    },
    /// A required field is absent.
    #[error("expected a value, found no such field")]
    Missing,
    /// A field no version of the format has.
    #[error("expected only fields of a trusted root of this media type, found an unknown field")]
    UnknownField,
    /// The same name twice in one object.
    #[error("expected each field once, found it twice")]
    DuplicateField,
    /// A control or direction character in a string that people will read.
    #[error("expected visible characters, found a control or direction character")]
    HiddenCharacter,
    /// A media type that is not a trusted root's.
    #[error("expected the media type of a trusted root v0.1 or v0.2, found {}", quoted(.0))]
    MediaType(String),
    /// A media type that is not a signing configuration's.
    #[error("expected application/vnd.dev.sigstore.signingconfig.v0.2+json, found {}", quoted(.0))]
    ConfigMediaType(String),
    /// A count where the selector wants none, or none where it wants one.
    #[error("expected a count exactly where the selector is EXACT")]
    Count,
    /// Bytes that are not standard padded base64.
    #[error("expected standard base64 with padding, found: {0}")]
    Base64(String),
    /// A string that is not a time.
    #[error("expected a time such as 2026-01-31T00:00:00Z, found {}", quoted(.0))]
    Time(String),
    /// A window that ends before it starts.
    #[error("expected an end not before the start {start}, found {end}")]
    Window {
        /// The start as written.
        start: String,
        /// The end as written.
        end: String,
    },
    /// A word the enumeration does not have.
    #[error("expected one of the {enumeration} names, found {}", quoted(found))]
    UnknownName {
        /// The enumeration's name.
        enumeration: &'static str,
        /// The word.
        found: String,
    },
    /// Bytes that are not the public key they are said to be.
    #[error("expected a public key in DER, found: {0}")]
    Key(String),
    /// A key of another algorithm than its keyDetails name.
    #[error("expected a key that fits {details}, found {found}")]
    KeyDetails {
        /// The keyDetails as written.
        details: &'static str,
        /// The key's algorithm in words.
        found: String,
    },
    /// Bytes that are not a certificate.
    #[error("expected an X.509 certificate in DER, found: {0}")]
    Certificate(String),
    /// A chain without a certificate.
    #[error("expected at least one certificate, found none")]
    EmptyChain,
    /// Two logs with one id.
    #[error("expected a log id of its own, found the id of {first}")]
    DuplicateLogId {
        /// The path of the log that has the id already.
        first: String,
    },
}

impl ParseProblem {
    /// The rule that was broken.
    pub fn rule(&self) -> Rule {
        match self {
            Self::Window { .. } => Rule::Tr3,
            Self::DuplicateLogId { .. } => Rule::Tr5,
            _ => Rule::Tr6,
        }
    }
}

/// An entry that must not enter a trust root: which one, why, and by which rule.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{label}: {refusal} ({})", refusal.rule())]
pub struct ComposeError {
    label: String,
    refusal: Refusal,
}

impl ComposeError {
    pub(crate) fn new(label: &str, refusal: Refusal) -> Self {
        Self { label: label.to_owned(), refusal }
    }

    /// The label the caller gave the entry, often a file name.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// Why it was refused.
    pub fn refusal(&self) -> &Refusal {
        &self.refusal
    }
}

/// Foreign text in a message: quoted, escaped for a terminal, and cut, so that it cannot pass for our own words.
pub(crate) fn quoted(text: &str) -> String {
    const LONGEST: usize = 60;
    let mut shown = escaped(text.chars().take(LONGEST));
    if text.chars().count() > LONGEST {
        shown.push('…');
    }
    format!("\"{shown}\"")
}
