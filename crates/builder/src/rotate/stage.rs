//! Which changes go into which ceremony.

use super::change::RotationChange;
use super::goal::{RotationGoal, RotationTerms};
use super::overlap::holds;
use crate::{OfflineRole, State};
use tuffet_metadata::RoleName;

/// One ceremony to be. What second keys need is known when the people are there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Batch {
    /// People and thresholds.
    People(Vec<RotationChange>),
    /// Keys of another scheme come.
    Second,
    /// The keys that were there first go.
    Alone,
}

/// How many keys may leave root in one ceremony so that those who stay carry the new root by themselves (L17).
pub(super) fn spare(state: &State) -> usize {
    let authority = state.root.authority(&RoleName::Root);
    let threshold = usize::try_from(authority.threshold()).unwrap_or(usize::MAX);
    authority.fingerprints().len().saturating_sub(threshold)
}

/// How many keys leave root in all.
pub(super) fn leaving(state: &State, goal: &RotationGoal) -> usize {
    let replaced = goal.replace.iter().map(|replacement| &replacement.outgoing);
    let removed = goal.remove.iter().filter(|_| goal.roles().contains(&OfflineRole::Root));
    replaced.chain(removed).filter(|who| holds(state, OfflineRole::Root, who)).count()
}

/// The ceremonies, with at most `most` people leaving in each.
pub(super) fn batches(state: &State, goal: &RotationGoal, terms: &RotationTerms, most: usize) -> Vec<Batch> {
    let mut leave: Vec<Vec<RotationChange>> = Vec::new();
    let mut replace = goal.replace.clone();
    // Who cannot sign any more goes first: until then their seat is one spare less.
    replace.sort_by_key(|replacement| terms.can_sign(&replacement.outgoing, terms.first));
    for replacement in replace {
        let (outgoing, incoming) = (replacement.outgoing, replacement.incoming);
        leave.push(vec![RotationChange::ReplaceKeyholder { outgoing, incoming }]);
    }
    for who in &goal.remove {
        let roles = goal.roles().into_iter().filter(|role| holds(state, *role, who));
        leave.push(roles.map(|role| RotationChange::RemoveKeyholder { role, outgoing: who.clone() }).collect());
    }
    let mut people: Vec<Vec<RotationChange>> = leave.chunks(most.max(1)).map(<[_]>::concat).collect();
    let mut add = Vec::new();
    for who in &goal.add {
        let roles = goal.roles().into_iter().filter(|role| !holds(state, *role, who));
        add.extend(roles.map(|role| RotationChange::AddKeyholder { role, incoming: who.clone() }));
    }
    let (mut lower, mut raise) = (Vec::new(), Vec::new());
    for role in [OfflineRole::Root, OfflineRole::Targets].into_iter().filter(|_| goal.second.is_none()) {
        let now = state.root.authority(&role.into()).threshold();
        let Some(threshold) = goal.threshold(role).filter(|threshold| *threshold != now) else { continue };
        let list = if threshold < now { &mut lower } else { &mut raise };
        list.push(RotationChange::SetThreshold { role, threshold });
    }
    // Who comes, comes first, and a threshold rises last: at no step is it higher than those who are there can meet.
    if people.is_empty() && !(add.is_empty() && lower.is_empty() && raise.is_empty()) {
        people.push(Vec::new());
    }
    if let Some(first) = people.first_mut() {
        add.extend(lower);
        add.append(first);
        *first = add;
    }
    if let Some(last) = people.last_mut() {
        last.extend(raise);
    }
    let mut out: Vec<Batch> = people.into_iter().map(Batch::People).collect();
    if let Some(second) = &goal.second {
        out.push(Batch::Second);
        if second.then_alone {
            out.push(Batch::Alone);
        }
    }
    out
}
