//! Why a file is not the metadata it should be.

use crate::json::JsonError;
use crate::{Finding, PerClass, RoleName};
use std::fmt;
use tuffet_keys::KeyId;

/// A file of a role was refused: which role, which version where it is known, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetadataError {
    /// The role the file was read as.
    pub role: RoleName,
    /// The version the file claims. A claim only: the file may be forged.
    pub version: Option<u64>,
    /// What is wrong.
    pub problem: Problem,
}

/// What is wrong with a metadata file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// Not strict JSON.
    #[error("{0}")]
    Json(#[from] JsonError),
    /// A member is missing or of a wrong shape.
    #[error("{path}: expected {expected}, found {found} ({rule})")]
    Shape {
        /// The member, such as `signed.roles.root.threshold`.
        path: String,
        /// What belongs there.
        expected: String,
        /// What stands there.
        found: String,
        /// The rule broken.
        rule: &'static str,
    },
    /// The strict profile refuses what the deployed one reports.
    #[error("{finding} ({id}, strict profile)", finding = .0, id = .0.id())]
    Deviation(Finding),
    /// More of something than the limits allow.
    #[error("{what}: expected at most {limit}, found {found} (limit)")]
    Limit {
        /// What there is too much of.
        what: &'static str,
        /// The limit.
        limit: usize,
        /// The number found.
        found: usize,
    },
    /// The threshold is not met.
    #[error("{have} of {need} required signatures are valid{} ({section})", by.as_ref().map(|b| format!(" by the keys of {b}")).unwrap_or_default())]
    Signature {
        /// Distinct keys with a valid signature.
        have: usize,
        /// The threshold.
        need: u64,
        /// Keyids of the role without a valid signature.
        missing: Vec<KeyId>,
        /// Whose keys were asked, where two sets are (`root v6`).
        by: Option<String>,
        /// The section of the specification.
        section: &'static str,
    },
    /// The threshold is met, and not what the reader demands of each class beside it.
    #[error("expected signatures by at least {need} keys, found {have}{} (local policy, T35)", by.as_ref().map(|b| format!(" by the keys of {b}")).unwrap_or_default())]
    PerClass {
        /// Distinct keys with a valid signature.
        have: PerClass,
        /// The demand.
        need: PerClass,
        /// Whose keys were asked, where two sets are (`root v6`).
        by: Option<String>,
    },
}

impl Problem {
    pub(crate) fn shape(
        path: impl fmt::Display,
        expected: impl Into<String>,
        found: impl Into<String>,
        rule: &'static str,
    ) -> Self {
        Self::Shape { path: path.to_string(), expected: expected.into(), found: found.into(), rule }
    }
}

impl fmt::Display for MetadataError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.version {
            Some(version) => write!(f, "{} v{version}: {}", self.role, self.problem),
            None => write!(f, "{}: {}", self.role, self.problem),
        }
    }
}

impl std::error::Error for MetadataError {}
