//! A second class of keys, and the thresholds that keep every client with it.
//!
//! Three kinds of clients read one threshold. Those that know no ML-DSA count classical keys alone. Those that know it
//! count every key, and whoever holds two has two votes. Those that demand both classes count as the second kind, and
//! stop where one class is missing. With two keys a person, the first kind wants a threshold *below* the number of
//! people, so that one lost key does not stop it; the second wants `2p - 1` for a role that took `p` people, or fewer of
//! them would be enough. Both fit if there are `2p` people. ML-DSA keys in the hands of *others* leave the threshold as it
//! is: a key is a person again.

use super::change::RotationChange;
use super::goal::{RotationGoal, RotationTerms, SecondKeys};
use super::quorum::Quorum;
use super::rehearsal::Rehearsal;
use crate::{OfflineRole, RotationRefused};
use chrono::{DateTime, Utc};
use std::collections::BTreeSet;
use tuffet_keys::{Class, PublicKey};
use tuffet_metadata::{PerClass, RoleName};

/// The changes by which second keys come.
pub(super) fn begin(
    rehearsal: &Rehearsal<'_>,
    goal: &RotationGoal,
    second: &SecondKeys,
    terms: &RotationTerms,
    at: DateTime<Utc>,
) -> Result<Vec<RotationChange>, RotationRefused> {
    let root = &rehearsal.state.root;
    let mut keys = root.authority(&RoleName::Root).keys().chain(root.authority(&RoleName::Targets).keys());
    let is_there = |key: &tuffet_metadata::Key| {
        let own = key.public().map(PublicKey::fingerprint);
        own.and_then(|own| rehearsal.keys.get(&own)).is_some_and(|key| key.scheme == second.scheme)
    };
    if keys.any(is_there) {
        return Err(RotationRefused::SchemeThere { scheme: second.scheme, version: root.common.version });
    }
    let mut changes = Vec::new();
    if second.by.is_empty() {
        let mut people: Vec<String> = Vec::new();
        for role in ROLES {
            for key in root.authority(&role.into()).keys() {
                let owner = key.owner().map_or_else(|| key.keyid().short().to_owned(), str::to_owned);
                if !people.contains(&owner) {
                    people.push(owner);
                }
            }
        }
        changes.push(RotationChange::BeginMigration { people });
    } else {
        let each = |who: &String| ROLES.map(|role| RotationChange::AddKeyholder { role, incoming: who.clone() });
        changes.extend(second.by.iter().flat_map(each));
    }
    for role in ROLES {
        let before = quorum(rehearsal, role, terms, at);
        let threshold = match (goal.threshold(role), second.by.is_empty(), second.scheme.class()) {
            (Some(threshold), ..) => Some(threshold),
            (None, true, Class::PostQuantum) if !second.then_alone => Some(both(&before, role)?),
            _ => None,
        };
        if let Some(threshold) = threshold {
            if second.by.is_empty() {
                keeps_people(&before, role, threshold)?;
            }
            changes.push(RotationChange::SetThreshold { role, threshold });
        }
    }
    Ok(changes)
}

/// What clients can demand of root's signatures from then on.
pub(super) fn demand(rehearsal: &Rehearsal<'_>, second: &SecondKeys, terms: &RotationTerms) -> Option<PerClass> {
    if second.scheme.class() != Class::PostQuantum || second.then_alone {
        return None;
    }
    let before = quorum(rehearsal, OfflineRole::Root, terms, terms.first).fewest_people();
    let others = u64::try_from(second.by.len()).unwrap_or(u64::MAX);
    // Of those who hold a key of the second class alone, one may be lost.
    let post_quantum = if others == 0 { before } else { before.min(others.saturating_sub(1)).max(1) };
    Some(PerClass { post_quantum, classical: before })
}

fn quorum(rehearsal: &Rehearsal<'_>, role: OfflineRole, terms: &RotationTerms, at: DateTime<Utc>) -> Quorum {
    let authority = rehearsal.state.root.authority(&role.into());
    Quorum::of(String::new(), &authority, rehearsal, terms, at)
}

/// The least threshold that takes as many people as before.
fn both(before: &Quorum, role: OfflineRole) -> Result<u64, RotationRefused> {
    let owners: BTreeSet<&str> = before.seats.iter().map(|seat| seat.owner.as_str()).collect();
    let people = u64::try_from(owners.len()).unwrap_or(u64::MAX);
    let quorum = before.fewest_people();
    let (low, high) = (quorum.saturating_mul(2).saturating_sub(1), people.saturating_sub(1));
    if low <= high {
        return Ok(low);
    }
    let more = quorum.saturating_mul(2).saturating_sub(people);
    let hint = format!(
        "bring {more} {} more first (--add, once for each): {} people serve both with a threshold of {low}; or give the \
         second keys to others, two or more (--hybrid-by, once for each): the threshold stays {}",
        if more == 1 { "person" } else { "people" },
        people.saturating_add(more),
        before.threshold
    );
    Err(RotationRefused::NoThreshold { role: role.into(), people, quorum, low, high, hint })
}

/// A threshold that was asked for takes as many people as before.
fn keeps_people(before: &Quorum, role: OfflineRole, threshold: u64) -> Result<(), RotationRefused> {
    let (expected, found) = (before.fewest_people(), threshold.div_ceil(2));
    if found >= expected {
        return Ok(());
    }
    let low = expected.saturating_mul(2).saturating_sub(1);
    let hint = format!("it takes {low} or more, or second keys in the hands of others (--hybrid-by)");
    let keys = before.seats.len().saturating_mul(2);
    Err(RotationRefused::FewerPeople { role: role.into(), threshold, keys, expected, found, hint })
}

const ROLES: [OfflineRole; 2] = [OfflineRole::Root, OfflineRole::Targets];
