//! What a draft or a repository would break, said before anyone signs or publishes. Every finding at once.
//!
//! [`Lint`] is the table: each rule has a number, a name, what happened where it was broken, and what to do.
//! [`check`] holds a draft to them, [`check_repository`] what a repository serves ([`Observed`]).

mod content;
mod draft;
mod freshness;
mod history;
mod keys;
mod lint;
mod observed;
mod repository;
mod runs;
mod table;
mod targets;
mod thresholds;

pub use content::{check_contents, says_whom_to_trust};
pub use draft::check;
pub use freshness::{Freshness, freshness};
pub use lint::Lint;
pub use observed::{Observed, Seen, SeenDelegated, Served};
pub(crate) use repository::times::MARGIN;
pub use repository::{Beside, check_repository};
pub use tuffet_trust_root::{KnownInstance, Material, Severity};

/// One broken rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule's id in spec.md or ceremony.md.
    pub rule: &'static str,
    /// How bad.
    pub severity: Severity,
    /// Where: a role, or a role and a key; in a repository, a file.
    pub place: String,
    /// What is wrong, expected before found.
    pub message: String,
    /// What to do about it.
    pub fix: &'static str,
    /// The lint that found it; `None` for a rule of ceremonies, which looks at people and their devices.
    pub lint: Option<&'static Lint>,
}

impl Finding {
    /// Whether `text` names it, as a plan waives it: by its rule, its lint's id or its lint's name.
    #[must_use]
    pub fn is_called(&self, text: &str) -> bool {
        self.rule == text || self.lint.is_some_and(|lint| lint.id == text || lint.name == text)
    }
}
