//! Sets of keys that are alike, told in one line: any so many of these, and any so many of those.

use super::roster::{Roster, Unit, count};
use std::collections::BTreeMap;

/// Sets of units: so many of each group, whichever.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Choice {
    /// How many, and of which: places among the units asked about.
    pub parts: Vec<(u64, Vec<usize>)>,
}

/// Units that no role tells apart.
#[derive(Debug, Clone)]
pub(super) struct Alike {
    /// Places of the units.
    pub(super) units: Vec<usize>,
    /// How many keys each brings to each role.
    pub(super) weights: Vec<u64>,
}

/// The units by what they bring; those that bring nothing are left out.
pub(super) fn alike(roster: &Roster, units: &[Unit]) -> Vec<Alike> {
    let mut groups: Vec<Alike> = Vec::new();
    let mut known: BTreeMap<Vec<u64>, usize> = BTreeMap::new();
    for (place, unit) in units.iter().enumerate() {
        let weights: Vec<u64> =
            roster.roles.iter().map(|role| count(role.keys.intersection(&unit.keys).count())).collect();
        if weights.iter().all(|weight| *weight == 0) {
            continue;
        }
        let at = *known.entry(weights.clone()).or_insert(groups.len());
        match groups.get_mut(at) {
            Some(group) => group.units.push(place),
            None => groups.push(Alike { units: vec![place], weights }),
        }
    }
    groups
}

impl Choice {
    /// So many of each group; groups of which none is meant are left out.
    pub(super) fn of(numbers: &[u64], groups: &[Alike]) -> Self {
        let part = |(number, group): (&u64, &Alike)| (*number > 0).then(|| (*number, group.units.clone()));
        Self { parts: numbers.iter().zip(groups).filter_map(part).collect() }
    }

    /// How many units it takes.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.parts.iter().fold(0, |sum, (number, _)| sum.saturating_add(*number))
    }
}
