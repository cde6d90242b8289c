//! One lint: the rule it holds a repository to, and what happened where nobody did.

use super::{Finding, Severity, table};

/// A rule with a name, as `check` applies it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lint {
    /// `L1`, `L2` and so on; never given to another.
    pub id: &'static str,
    /// The name, in kebab-case.
    pub name: &'static str,
    /// How bad a finding of it is in what is published next. What can no longer be changed counts one less.
    pub severity: Severity,
    /// The rule behind it.
    pub rule: &'static str,
    /// What must hold, in one sentence.
    pub holds: &'static str,
    /// What happened in the open where it did not hold: when, and what.
    pub incident: Option<&'static str>,
    /// What to do about a finding.
    pub fix: &'static str,
}

impl Lint {
    /// Every lint, by number.
    #[must_use]
    pub fn all() -> &'static [&'static Self] {
        table::ALL
    }

    /// The lint of this id or name.
    #[must_use]
    pub fn named(text: &str) -> Option<&'static Self> {
        Self::all().iter().copied().find(|lint| lint.id == text || lint.name == text)
    }

    /// A finding of it.
    pub(crate) fn finding(&'static self, place: impl ToString, message: String) -> Finding {
        Finding {
            rule: self.rule,
            severity: self.severity,
            place: place.to_string(),
            message,
            fix: self.fix,
            lint: Some(self),
        }
    }
}
