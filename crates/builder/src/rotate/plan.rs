//! The plan: in how many ceremonies, and why.

use super::change::RotationChange;
use super::goal::{Pace, RotationGoal, RotationTerms};
use super::rehearsal::Rehearsal;
use super::stage::{Batch, batches, leaving, spare};
use super::step::{Holding, RotationStep};
use super::{hybrid, overlap, time};
use crate::{MakeKey, RotationRefused, State};
use std::collections::BTreeSet;
use tuffet_keys::PublicKey;
use tuffet_metadata::{PerClass, RoleName};

/// What is published.
#[derive(Debug, Clone)]
pub struct RotationStart {
    /// The newest of everything.
    pub state: State,
    /// The oldest root from which verified ones lead to the newest.
    pub oldest: u64,
}

/// The way to a goal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RotationPlan {
    /// The ceremonies, in order.
    pub steps: Vec<RotationStep>,
    /// Why so many, and what the other way would be; sentences.
    pub why: Vec<String>,
    /// What clients can demand of root's signatures from the first root with second keys on, if there are any.
    pub demand: Option<PerClass>,
}

/// Plans `goal` from `start`. `make` makes the throw-away keys of the rehearsal.
///
/// # Errors
/// [`RotationRefused`]: there is no way, or none that keeps every client.
pub fn plan_rotation(
    start: &RotationStart,
    goal: &RotationGoal,
    terms: &RotationTerms,
    make: &mut MakeKey<'_>,
) -> Result<RotationPlan, RotationRefused> {
    let state = &start.state;
    overlap::check(state, goal, terms)?;
    let (spare, leaving) = (spare(state), leaving(state, goal));
    let people = batches(state, goal, terms, usize::MAX);
    if people.is_empty() {
        return Err(RotationRefused::Reached);
    }
    if goal.second.as_ref().is_some_and(|second| second.then_alone) && people.len() > 2 {
        return Err(RotationRefused::SchemeAlone);
    }
    time::first(state, terms)?;
    let whole = |make: &mut MakeKey<'_>| attempt(state, goal, terms, people.clone(), make);
    let staged = |make: &mut MakeKey<'_>| match spare {
        0 => Err(no_spare(state, terms)),
        spare => attempt(state, goal, terms, batches(state, goal, terms, spare), make),
    };
    let numbers = || {
        let authority = state.root.authority(&RoleName::Root);
        (authority.threshold(), authority.fingerprints().len())
    };
    if leaving <= spare {
        let (steps, demand) = whole(make)?;
        let why = match leaving {
            0 => Vec::new(),
            n => vec![format!(
                "one ceremony for {n} of {} keys: at least {} of the old ones stay, so those who stay can carry the new root by themselves (L17)",
                numbers().1,
                numbers().0
            )],
        };
        return Ok(RotationPlan { steps, why, demand });
    }
    let once = match terms.pace {
        Pace::Staged => None,
        Pace::Auto | Pace::Once => Some(whole(make)),
    };
    let several = match terms.pace {
        Pace::Once => None,
        Pace::Auto | Pace::Staged => Some(staged(make)),
    };
    let (threshold, keys) = numbers();
    let stay = keys.saturating_sub(leaving);
    let problem = format!(
        "{leaving} of {keys} keys leave, so {stay} would stay where the old root needs {threshold} signatures (L17)"
    );
    match (once, several) {
        (once, Some(Ok((steps, demand)))) => {
            let mut why = vec![format!(
                "{} ceremonies: {problem}; with at most {spare} leaving at a time, {threshold} familiar keys remain at every step",
                steps.len()
            )];
            why.push(match once {
                Some(Ok(_)) if goal.replace.iter().all(|replacement| replacement.incoming == replacement.outgoing) => format!(
                    "the other way, in one ceremony (--at-once): the same people sign with the old device and the new one, {threshold} \
                     of them at least; if a device fails on the day there is no other key that old and new root both know"
                ),
                Some(Ok(_)) => format!(
                    "the other way, in one ceremony (--at-once): {threshold} of those who leave sign once more, with as many of \
                     those who come as the new root needs; no key would be known to both roots, so nobody could stand in on both sides"
                ),
                Some(Err(error)) => format!("in one ceremony it could not be done: {error}"),
                None => "asked for with --staged".to_owned(),
            });
            Ok(RotationPlan { steps, why, demand })
        }
        (Some(Ok((steps, demand))), several) => {
            let mut why = vec![format!(
                "in one: {problem}, so those who leave sign once more, for the old root, beside those who come, for the new one"
            )];
            why.push(match several {
                Some(Err(error)) => format!("staged, which would be better, it could not be done: {error}"),
                _ => "asked for with --at-once; staged, familiar keys would remain at every step".to_owned(),
            });
            Ok(RotationPlan { steps, why, demand })
        }
        // In one it is simplest, so its reason is the one to mend.
        (Some(Err(error)), _) | (None, Some(Err(error))) => Err(error),
        (None, None) => Err(RotationRefused::Reached),
    }
}

/// No key can leave without a waiver.
fn no_spare(state: &State, terms: &RotationTerms) -> RotationRefused {
    let authority = state.root.authority(&RoleName::Root);
    let by = format!("root v{}", state.root.common.version);
    let threshold = authority.threshold();
    RotationRefused::TooFew {
        ceremony: 1,
        role: RoleName::Root,
        by,
        threshold,
        found: threshold.saturating_sub(1),
        at: terms.first,
        absent: Vec::new(),
        rule: "R16",
        hint: "the role has as many keys as it needs: add somebody first (--add), or do it at once (--at-once)"
            .to_owned(),
    }
}

type Attempt = (Vec<RotationStep>, Option<PerClass>);

fn attempt(
    real: &State,
    goal: &RotationGoal,
    terms: &RotationTerms,
    batches: Vec<Batch>,
    make: &mut MakeKey<'_>,
) -> Result<Attempt, RotationRefused> {
    time::deadline(batches.len(), terms)?;
    let mut rehearsal = Rehearsal::of(real, make)?;
    let mut steps = Vec::new();
    let mut demand = None;
    for (number, batch) in batches.into_iter().enumerate() {
        let at = terms.date(number).ok_or(RotationRefused::Dates)?;
        let mut second = None;
        let changes = match (batch, &goal.second) {
            (Batch::People(changes), _) => changes,
            (Batch::Second, Some(keys)) => {
                demand = hybrid::demand(&rehearsal, keys, terms);
                second = Some(keys);
                hybrid::begin(&rehearsal, goal, keys, terms, at)?
            }
            (Batch::Alone, _) => vec![first_keys(real)],
            (Batch::Second, None) => continue,
        };
        let number = number.saturating_add(1);
        let holding = Holding { number, at, changes, second, demand, real, terms };
        steps.push(RotationStep::hold(&mut rehearsal, holding)?);
    }
    Ok((steps, demand))
}

/// The end of a migration: whatever key is there now goes.
fn first_keys(real: &State) -> RotationChange {
    let of = |role: RoleName| real.root.authority(&role).keys().collect::<Vec<_>>();
    let keys: BTreeSet<_> = of(RoleName::Root)
        .into_iter()
        .chain(of(RoleName::Targets))
        .filter_map(|key| key.public().map(PublicKey::fingerprint))
        .collect();
    RotationChange::EndMigration { keys: keys.into_iter().collect() }
}
