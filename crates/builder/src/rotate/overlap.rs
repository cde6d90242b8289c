//! Wishes that contradict each other or what is there.

use super::goal::{RotationGoal, RotationTerms};
use super::rehearsal::known;
use crate::{OfflineRole, RotationRefused, State};
use std::collections::BTreeSet;
use tuffet_metadata::{Key, RoleName};

/// Everybody who goes is there, everybody who comes is not, and nobody is named twice.
pub(super) fn check(state: &State, goal: &RotationGoal, terms: &RotationTerms) -> Result<(), RotationRefused> {
    let goes: Vec<&String> = goal.replace.iter().map(|r| &r.outgoing).chain(&goal.remove).collect();
    let second = goal.second.iter().flat_map(|second| &second.by);
    let comes: Vec<&String> = goal.replace.iter().map(|r| &r.incoming).chain(&goal.add).chain(second).collect();
    for who in &goes {
        require_holder(state, who)?;
    }
    for (names, what) in [(&goes, "go"), (&comes, "come")] {
        let mut seen = BTreeSet::new();
        if let Some(who) = names.iter().find(|name| !seen.insert(name.as_str())) {
            let found = names.iter().filter(|name| name == &who).count();
            return Err(RotationRefused::Twice { who: (*who).clone(), what, found });
        }
    }
    let overlap = |who: &str, role: &str| RotationRefused::Overlap { who: who.to_owned(), role: role.to_owned() };
    for replacement in goal.replace.iter().filter(|r| r.incoming != r.outgoing) {
        if let Some(role) = role_of(state, &replacement.incoming) {
            return Err(overlap(&replacement.incoming, &role));
        }
    }
    for who in &goal.add {
        if goal.roles().iter().all(|role| holds(state, *role, who)) {
            return Err(overlap(who, "each role in question"));
        }
    }
    for who in goal.second.iter().flat_map(|second| &second.by) {
        if let Some(role) = role_of(state, who) {
            return Err(overlap(who, &role));
        }
    }
    enrolled(state, terms)
}

/// A key that has enrolled is nobody's yet, and one person's.
fn enrolled(state: &State, terms: &RotationTerms) -> Result<(), RotationRefused> {
    let mut seen: Vec<(&str, tuffet_keys::Fingerprint)> = known(state)
        .filter_map(|key| Some((key.owner().or(key.online_uri()).unwrap_or("?"), key.public()?.fingerprint())))
        .collect();
    for (who, public) in &terms.enrolled {
        let key = public.fingerprint();
        if let Some((holder, _)) = seen.iter().find(|(_, other)| *other == key) {
            return Err(RotationRefused::SameKey { who: who.clone(), key, holder: (*holder).to_owned() });
        }
        seen.push((who, key));
    }
    Ok(())
}

fn require_holder(state: &State, who: &str) -> Result<(), RotationRefused> {
    if known(state).any(|key| key.owner() == Some(who)) {
        return Ok(());
    }
    let there: BTreeSet<String> = known(state).filter_map(Key::owner).map(|o| o.escape_debug().to_string()).collect();
    let there = if there.is_empty() { vec!["nobody by name".to_owned()] } else { there.into_iter().collect() };
    Err(RotationRefused::NotAKeyholder { who: who.to_owned(), version: state.root.common.version, there })
}

/// Whether `who` holds a key of the role.
pub(super) fn holds(state: &State, role: OfflineRole, who: &str) -> bool {
    state.root.authority(&role.into()).keys().any(|key| key.owner() == Some(who))
}

/// A role or delegation in which `who` has a key.
fn role_of(state: &State, who: &str) -> Option<String> {
    let offline = [OfflineRole::Root, OfflineRole::Targets].into_iter().find(|role| holds(state, *role, who));
    let offline = offline.map(|role| RoleName::from(role).to_string());
    offline.or_else(|| known(state).any(|key| key.owner() == Some(who)).then(|| "a delegation".to_owned()))
}
