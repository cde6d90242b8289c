//! Why evidence proves nothing.

use crate::Rule;
use chrono::{DateTime, Utc};
use tuffet_keys::Fingerprint;

/// Why evidence proves nothing of a key. A position counts certificates from 1, the statement about the key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Not a certificate.
    #[error("certificate {position}: expected X.509 in DER, found: {reason} (AT5)")]
    Certificate {
        /// Its position.
        position: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// Extensions that cannot be relied on.
    #[error("certificate {position}: expected readable extensions, each once, found: {reason} (AT5)")]
    Extensions {
        /// Its position.
        position: usize,
        /// What is wrong with them.
        reason: String,
    },
    /// A certificate that was not issued by the next.
    #[error("certificate {position}: expected one issued by {next}, the next, found issuer {issuer} (AT2)")]
    Order {
        /// Its position.
        position: usize,
        /// The subject of the next.
        next: String,
        /// The issuer it names.
        issuer: String,
    },
    /// A signature its issuer did not make.
    #[error("certificate {position}: expected a signature by {issuer}, found {problem} (AT2)")]
    Signature {
        /// Its position.
        position: usize,
        /// Who should have signed.
        issuer: String,
        /// What was found.
        problem: String,
    },
    /// A certificate that may not issue others.
    #[error("certificate {position}: expected one that may make statements for the device, found {subject} (AT2)")]
    NotCa {
        /// Its position.
        position: usize,
        /// Its subject.
        subject: String,
    },
    /// More authorities below a certificate than it allows.
    #[error("certificate {position}: expected at most {allowed} authorities below it, found {found} (AT2)")]
    PathLength {
        /// Its position.
        position: usize,
        /// Its pathLenConstraint.
        allowed: u8,
        /// How many there are.
        found: usize,
    },
    /// A chain that ends somewhere else than at a pinned root.
    #[error("expected a chain to a pinned root of the maker, found one that ends at {issuer} (AT2)")]
    Anchor {
        /// The issuer nobody knows.
        issuer: String,
    },
    /// A certificate that is not valid at the time.
    #[error("certificate {position}: expected one valid at {at}, found {not_before} to {not_after} (AT3)",
        at = second(*at), not_before = second(*not_before), not_after = second(*not_after))]
    Time {
        /// Its position.
        position: usize,
        /// The time of the check.
        at: DateTime<Utc>,
        /// The first second of its validity.
        not_before: DateTime<Utc>,
        /// The last.
        not_after: DateTime<Utc>,
    },
    /// Another key.
    #[error("expected a statement about the key {expected}, found one about {found} (AT4)")]
    OtherKey {
        /// The enrolled key.
        expected: Fingerprint,
        /// The attested one: its fingerprint, or why it is none.
        found: String,
    },
    /// The statement is no statement of a device.
    #[error("expected a statement of a YubiKey or YubiHSM 2, found a certificate without one (AT5)")]
    NoStatement,
    /// A part of the statement is missing or broken.
    #[error("statement: {part}: expected {expected}, found {found} (AT5)")]
    Statement {
        /// The part.
        part: &'static str,
        /// What belongs there.
        expected: &'static str,
        /// What stands there.
        found: String,
    },
    /// The key was made elsewhere.
    #[error("expected a key generated on the device, found one {found} (AT6)")]
    NotGenerated {
        /// How it came there.
        found: String,
    },
}

impl Refused {
    /// The rule that was broken.
    #[must_use]
    pub fn rule(&self) -> Rule {
        match self {
            Self::Certificate { .. } | Self::Extensions { .. } | Self::NoStatement | Self::Statement { .. } => {
                Rule::Statement
            }
            Self::Time { .. } => Rule::Time,
            Self::OtherKey { .. } => Rule::SameKey,
            Self::NotGenerated { .. } => Rule::Generated,
            _ => Rule::Chain,
        }
    }
}

fn second(time: DateTime<Utc>) -> String {
    time.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}
