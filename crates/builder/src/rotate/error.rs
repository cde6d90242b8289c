//! Why a goal is not planned, and what would work.

use crate::{Compatibility, DraftError, NoStandIn};
use chrono::{DateTime, Utc};
use tuffet_keys::{Fingerprint, Scheme, SignError};
use tuffet_metadata::{RoleName, format_time};

/// Why there is no plan.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RotationRefused {
    /// Everything is as it is wanted.
    #[error("expected a goal that changes something, found everything as it is wanted (R11)")]
    Reached,
    /// The name is no keyholder's.
    #[error("{}: expected a keyholder of root v{version} or its delegations, found none of that name (R17)", who.escape_debug())]
    NotAKeyholder {
        /// The name.
        who: String,
        /// The root.
        version: u64,
        /// Who is.
        there: Vec<String>,
    },
    /// The name stands for no key, or for several.
    #[error("{}: expected one key to speak of, found {found} (K1)", who.escape_debug())]
    OneKey {
        /// The name.
        who: String,
        /// Keys.
        found: usize,
    },
    /// Somebody who comes is there.
    #[error("{}: expected somebody who is no keyholder, found a holder of a key of {role}: one person in two places (K5)", who.escape_debug())]
    Overlap {
        /// Who.
        who: String,
        /// A role.
        role: String,
    },
    /// Somebody is named twice.
    #[error("{}: expected everybody in one place of the goal, found {} {what} (K5)", who.escape_debug(), if *found == 2 { "two in which they" } else { "several in which they" })]
    Twice {
        /// Who.
        who: String,
        /// `come` or `go`.
        what: &'static str,
        /// How often.
        found: usize,
    },
    /// An enrolled key is one that is there.
    #[error("{}: expected a new key, found {}, which is the key of {} (F8)", who.escape_debug(), key.short(), holder.escape_debug())]
    SameKey {
        /// Who comes.
        who: String,
        /// The key.
        key: Fingerprint,
        /// Whose it is.
        holder: String,
    },
    /// A date before now.
    #[error("expected a first ceremony at {} or later, found {} (K15)", format_time(*now), format_time(*first))]
    Past {
        /// Now, or when what is published was made.
        now: DateTime<Utc>,
        /// The first ceremony.
        first: DateTime<Utc>,
    },
    /// The last ceremony would be too late.
    #[error(
        "expected the last of {ceremonies} ceremonies before {}, found {}: they are {days} days apart (R18)",
        format_time(*before),
        format_time(*last)
    )]
    Deadline {
        /// How many it takes.
        ceremonies: usize,
        /// The deadline.
        before: DateTime<Utc>,
        /// The last ceremony.
        last: DateTime<Utc>,
        /// Days between them.
        days: i64,
        /// What would work.
        hint: String,
    },
    /// A role would expire before the ceremony that renews it.
    #[error(
        "ceremony {ceremony}: expected {role} v{version} to last until {}, found that it expires {}: clients would stop in between (R18)",
        format_time(*at),
        format_time(*expires)
    )]
    Expires {
        /// Which ceremony, from 1.
        ceremony: usize,
        /// The role.
        role: RoleName,
        /// Its version.
        version: u64,
        /// The ceremony.
        at: DateTime<Utc>,
        /// The expiry.
        expires: DateTime<Utc>,
    },
    /// A threshold that those who can sign do not meet.
    #[error(
        "ceremony {ceremony}: {role}: expected {threshold} signatures by keys of {by} on {}, found {found} who can give one{} ({rule})",
        format_time(*at),
        if absent.is_empty() { String::new() } else { format!(", without {}", absent.join(", ")) }
    )]
    TooFew {
        /// Which ceremony, from 1.
        ceremony: usize,
        /// What is signed.
        role: RoleName,
        /// Whose keys count.
        by: String,
        /// Signatures needed.
        threshold: u64,
        /// Signatures to be had.
        found: u64,
        /// The ceremony.
        at: DateTime<Utc>,
        /// Those who cannot.
        absent: Vec<String>,
        /// R2, or R16 where there is nobody left.
        rule: &'static str,
        /// What would work.
        hint: String,
    },
    /// Clients that do not know a class would be left behind.
    #[error(
        "ceremony {ceremony}: {role}: clients that know no ML-DSA count {found} of the {threshold} signatures that {by} needs: they would stop there, whatever root they pin (F17)"
    )]
    ClassicalAlone {
        /// Which ceremony, from 1.
        ceremony: usize,
        /// What is signed.
        role: RoleName,
        /// Whose keys count.
        by: String,
        /// Signatures needed.
        threshold: u64,
        /// Signatures they count.
        found: u64,
    },
    /// Rows of the table of clients.
    #[error("ceremony {ceremony}: {} would be left behind: {}", clients(rows), sentences(rows))]
    Stranded {
        /// Which ceremony, from 1.
        ceremony: usize,
        /// The rows.
        rows: Vec<Compatibility>,
    },
    /// Two keys in one hand would lower the number of people.
    #[error(
        "{role}: a threshold of {threshold} of {keys} keys is met by {found} people where it takes {expected} now: everybody would hold two (F8, R16)"
    )]
    FewerPeople {
        /// The role.
        role: RoleName,
        /// The threshold.
        threshold: u64,
        /// Keys.
        keys: usize,
        /// People it takes now.
        expected: u64,
        /// People it would take.
        found: u64,
        /// What would work.
        hint: String,
    },
    /// No threshold serves old clients and keeps the number of people.
    #[error(
        "{role}: no threshold fits {people} people with two keys each: with less than {low}, fewer than {quorum} of them would be enough (F8), with more than {high}, one lost key would stop every client that knows no ML-DSA (R16)"
    )]
    NoThreshold {
        /// The role.
        role: RoleName,
        /// People.
        people: u64,
        /// People it takes now.
        quorum: u64,
        /// The least threshold that keeps their number.
        low: u64,
        /// The greatest that leaves a spare key.
        high: u64,
        /// What would work.
        hint: String,
    },
    /// A scheme that is there already.
    #[error("{}: expected a scheme that no keyholder has yet, found keys of it in root v{version} (R11)", scheme.name())]
    SchemeThere {
        /// The scheme.
        scheme: Scheme,
        /// The root.
        version: u64,
    },
    /// Goals that one plan does not hold.
    #[error("expected a change of scheme by itself, found other wishes beside it (K1)")]
    SchemeAlone,
    /// The draft is refused by a lint.
    #[error("ceremony {ceremony}: {place}: {message} ({rule})")]
    Lint {
        /// Which ceremony, from 1.
        ceremony: usize,
        /// Where.
        place: String,
        /// What is wrong.
        message: String,
        /// The rule.
        rule: &'static str,
        /// What to do.
        fix: &'static str,
    },
    /// The changes give no draft.
    #[error("{0}")]
    Draft(DraftError),
    /// A date that is none.
    #[error("expected dates before year 10000, found one that is not (K15)")]
    Dates,
    /// The rehearsal cannot be made or failed: the plan is worth nothing.
    #[error("the rehearsal failed: {0} (K2)")]
    Rehearsal(String),
}

impl From<NoStandIn> for RotationRefused {
    fn from(error: NoStandIn) -> Self {
        Self::Rehearsal(error.to_string())
    }
}

impl From<SignError> for RotationRefused {
    fn from(error: SignError) -> Self {
        Self::Rehearsal(error.to_string())
    }
}

impl RotationRefused {
    /// What would work.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Deadline { hint, .. }
            | Self::TooFew { hint, .. }
            | Self::FewerPeople { hint, .. }
            | Self::NoThreshold { hint, .. } => hint.clone(),
            Self::NotAKeyholder { there, .. } => format!("it names {}", there.join(", ")),
            Self::OneKey { .. } => {
                "a plan speaks of people, not of keys: only `end-migration` of `tuffet plan change` takes fingerprints".to_owned()
            }
            Self::Overlap { who, .. } => format!(
                "name somebody else, or give {0} a new key with --new-device {0}, or take a key away with --remove",
                who.escape_debug()
            ),
            Self::Twice { .. } => "name each person once: one seat each".to_owned(),
            Self::SameKey { who, .. } => {
                format!("have {} enrol a key of their own: `tuffet key generate`, `tuffet key enroll`", who.escape_debug())
            }
            Self::Past { now, .. } => format!("give --date {} or later", format_time(*now)),
            Self::Expires { ceremony: 1, expires, .. } => {
                format!("hold the first ceremony before {}: give --date an earlier time", format_time(*expires))
            }
            Self::Expires { .. } => "give a smaller --every, or a longer --offline-days".to_owned(),
            Self::ClassicalAlone { .. } => {
                "keep the threshold at what classical keys meet alone, with `--hybrid SCHEME`; their removal comes when \
                 those clients are gone"
                    .to_owned()
            }
            Self::Stranded { rows, .. } => {
                let mut names: Vec<&str> = rows.iter().map(|row| row.row.client).collect();
                names.dedup();
                let flags: Vec<String> = names.iter().map(|name| format!("--leave-behind \"{name}\"")).collect();
                format!(
                    "wait until they are gone, or serve those keys from a repository of its own (`tuffet init`, `tuffet plan \
                     new`) that new clients pin; who accepts the loss types {}",
                    flags.join(" ")
                )
            }
            Self::SchemeAlone => "plan the people first, and the scheme when that is published".to_owned(),
            Self::Lint { fix, .. } => (*fix).to_owned(),
            Self::Draft(DraftError::Threshold { .. }) => {
                "give a threshold that those who are there can meet (--threshold), or name more people (--add)".to_owned()
            }
            Self::Reached | Self::SchemeThere { .. } | Self::Draft(_) | Self::Dates | Self::Rehearsal(_) => return None,
        })
    }
}

fn clients(rows: &[Compatibility]) -> String {
    let mut names: Vec<String> = rows
        .iter()
        .map(|row| {
            let versions = row.row.versions;
            if versions.is_empty() { row.row.client.to_owned() } else { format!("{} {versions}", row.row.client) }
        })
        .collect();
    names.dedup();
    names.join("; ")
}

fn sentences(rows: &[Compatibility]) -> String {
    let mut out: Vec<String> = rows.iter().map(|row| format!("{} ({})", row.row.effect, row.row.reference)).collect();
    out.dedup();
    out.join("; ")
}
