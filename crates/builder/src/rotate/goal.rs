//! What is wanted, and under which terms.

use crate::OfflineRole;
use chrono::{DateTime, Duration, Utc};
use std::collections::{BTreeMap, BTreeSet};
use tuffet_keys::{PublicKey, Scheme};

/// What the last ceremony is to have reached. All of it together.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RotationGoal {
    /// Who comes in whose place, in every role and delegation.
    pub replace: Vec<Replacement>,
    /// Who comes beside the others.
    pub add: Vec<String>,
    /// Who goes without a successor.
    pub remove: Vec<String>,
    /// The roles that `add` and `remove` are about; empty: root and targets.
    pub roles: BTreeSet<OfflineRole>,
    /// Signatures that root is to need.
    pub root_threshold: Option<u64>,
    /// Signatures that targets is to need.
    pub targets_threshold: Option<u64>,
    /// Keys of another scheme beside those that are there.
    pub second: Option<SecondKeys>,
}

/// One person for another, or the same person with another key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replacement {
    /// Whose key goes.
    pub outgoing: String,
    /// Who comes. The same name: a new device.
    pub incoming: String,
}

/// Keys of another scheme.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecondKeys {
    /// The scheme.
    pub scheme: Scheme,
    /// Who holds them; empty: every keyholder of root and targets, beside the key that is there.
    pub by: Vec<String>,
    /// Whether the keys that were there first go in a second ceremony.
    pub then_alone: bool,
}

/// When, by whom, and at what price.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RotationTerms {
    /// The time of planning: nothing can be held before it.
    pub now: DateTime<Utc>,
    /// The first ceremony.
    pub first: DateTime<Utc>,
    /// Between one ceremony and the next.
    pub every: Duration,
    /// By when the last one must have been held.
    pub before: Option<DateTime<Utc>>,
    /// For how long root and targets are signed.
    pub offline: Duration,
    /// Who cannot sign.
    pub absent: Vec<Absence>,
    /// In how many ceremonies.
    pub pace: Pace,
    /// The clients that may be left behind, as [`RotationRefused::Stranded`](crate::RotationRefused) names them.
    pub leave_behind: BTreeSet<String>,
    /// Keys of people who come and have enrolled already, by name.
    pub enrolled: BTreeMap<String, PublicKey>,
    /// The scheme of keys that come and are not enrolled yet.
    pub scheme: Scheme,
}

/// Somebody who cannot sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Absence {
    /// Who.
    pub who: String,
    /// When they are back; `None`: never, as where a key is lost.
    pub until: Option<DateTime<Utc>>,
}

/// In how many ceremonies people are exchanged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Pace {
    /// In one, if those who stay can carry the new root by themselves or the deadline or an absence leaves no other way;
    /// else in as many as it takes that they can.
    #[default]
    Auto,
    /// In one.
    Once,
    /// In as many as it takes that those who stay can carry every new root by themselves.
    Staged,
}

impl RotationGoal {
    /// Everybody it names.
    #[must_use]
    pub fn names(&self) -> Vec<&str> {
        let replaced = self.replace.iter().flat_map(|replacement| [&replacement.outgoing, &replacement.incoming]);
        let second = self.second.iter().flat_map(|second| &second.by);
        replaced.chain(&self.add).chain(&self.remove).chain(second).map(String::as_str).collect()
    }

    /// The roles that additions and removals are about.
    pub(super) fn roles(&self) -> Vec<OfflineRole> {
        [OfflineRole::Root, OfflineRole::Targets]
            .into_iter()
            .filter(|role| self.roles.is_empty() || self.roles.contains(role))
            .collect()
    }

    pub(super) fn threshold(&self, role: OfflineRole) -> Option<u64> {
        match role {
            OfflineRole::Root => self.root_threshold,
            OfflineRole::Targets => self.targets_threshold,
        }
    }
}

impl RotationTerms {
    /// Whether somebody can sign on that day.
    pub(super) fn can_sign(&self, who: &str, at: DateTime<Utc>) -> bool {
        self.absent.iter().filter(|absence| absence.who == who).all(|a| a.until.is_some_and(|until| until <= at))
    }

    /// When the ceremony of this number, from 0, is held.
    pub(super) fn date(&self, number: usize) -> Option<DateTime<Utc>> {
        let number = i32::try_from(number).ok()?;
        self.first.checked_add_signed(self.every.checked_mul(number)?)
    }
}
