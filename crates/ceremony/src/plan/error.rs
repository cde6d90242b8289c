//! Why a plan is refused.

use tuffet_keys::Fingerprint;

/// Why a plan is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// Not TOML, or an unknown or missing key.
    #[error("plan.toml: {0} (K1)")]
    Toml(String),
    /// A value that cannot be read.
    #[error("plan.toml: {place}: expected {expected}, found `{}` (K1)", found.escape_debug())]
    Value {
        /// The key.
        place: String,
        /// What belongs there.
        expected: &'static str,
        /// What stands there.
        found: String,
    },
    /// A name nobody in the plan has.
    #[error("plan.toml: {place}: `{}` is not among the plan's people (K1)", name.escape_debug())]
    UnknownPerson {
        /// The key.
        place: String,
        /// The name.
        name: String,
    },
    /// A name listed twice.
    #[error("plan.toml: {place}: `{}` is listed twice (K1)", name.escape_debug())]
    Twice {
        /// The key.
        place: String,
        /// The name.
        name: String,
    },
    /// More approvals asked for than there are witnesses.
    #[error("plan.toml: approvals: expected at most {witnesses}, the number of witnesses, found {approvals} (K5)")]
    Approvals {
        /// Asked for.
        approvals: u64,
        /// Listed.
        witnesses: usize,
    },
    /// One key for two people (K5).
    #[error("plan.toml: people: {first} and {second} have the same key {}: one token cannot fill two seats (K5, F8)", key.short())]
    SameKey {
        /// One.
        first: String,
        /// The other.
        second: String,
        /// The key.
        key: Fingerprint,
    },
    /// No signature needed, or more than people are listed.
    #[error(
        "plan.toml: {place}: expected a threshold from 1 to {people}, the number of people, found {threshold} (F10)"
    )]
    Threshold {
        /// The key.
        place: String,
        /// The threshold.
        threshold: u64,
        /// People listed.
        people: usize,
    },
}
