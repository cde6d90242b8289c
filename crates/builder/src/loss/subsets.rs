//! Every subset of the keys, told by the smallest that change anything.
//!
//! No verdict asks which key it is, but how many keys of each role it takes. So units that bring the same to every role
//! are counted, not listed: 5 keyholders of one role are 6 cases, not 32, and each case stands for all its subsets.

use super::choice::{Alike, Choice, alike};
use super::roster::{Roster, Unit, count};
use super::verdict::{Keys, OutOfBand, Outcome, Verdict, of_keys};
use super::{Reach, RoleVerdict};
use std::collections::{BTreeMap, BTreeSet};

/// What every subset comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subsets {
    /// What it comes to where nothing is lost or stolen. Rows are what is worse.
    pub now: Verdict,
    /// The smallest losses that change anything, those of one consequence in one row; the mildest first.
    pub losses: Vec<Row>,
    /// The same for thefts.
    pub thefts: Vec<Row>,
    /// How many subsets lost come to what. `None` beyond the limit.
    pub lost: Option<Tally>,
    /// How many subsets stolen.
    pub stolen: Option<Tally>,
    /// How many ways for each unit to be as it should, lost or stolen.
    pub mixed: Option<Tally>,
}

/// Sets with one consequence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The smallest sets that have it, each with what is less than it harmless or in another row.
    pub sets: Vec<Choice>,
    /// What they come to.
    pub verdict: Verdict,
}

/// How many subsets come to what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// All of them.
    pub all: u128,
    /// Still operable.
    pub operable: u128,
    /// Recoverable by signatures.
    pub recoverable: u128,
    /// Somebody else can sign a role, and signatures can end that.
    pub compromised: u128,
    /// Only out of band, because root's keys are lost.
    pub dead: u128,
    /// Only out of band, because root's keys are stolen.
    pub stolen_root: u128,
}

/// Looks at every subset of `units` lost, stolen, and some of each. Beyond 65,536 cases (16 units of which no two are
/// alike, or very many that are) each role is looked at alone, and nothing is counted.
#[must_use]
pub fn subsets(roster: &Roster, units: &[Unit]) -> Subsets {
    let groups = alike(roster, units);
    let now = of_keys(roster, &vec![Keys::default(); roster.roles.len()]);
    let two: u128 = groups.iter().fold(1, |all: u128, group| all.saturating_mul(pairs(group)));
    let one = groups.iter().fold(1, |all: u128, group| all.saturating_mul(wide(group).saturating_add(1)));
    if one > CASES {
        let (losses, thefts) = (apart(roster, units, true), apart(roster, units, false));
        return Subsets { now, losses, thefts, lost: None, stolen: None, mixed: None };
    }
    let sizes: Vec<u64> = groups.iter().map(|group| count(group.units.len())).collect();
    let (losses, lost) = cases(roster, &groups, &sizes, true);
    let (thefts, stolen) = cases(roster, &groups, &sizes, false);
    let mixed = (two <= CASES).then(|| mixed(roster, &groups, &sizes));
    Subsets { now, losses, thefts, lost: Some(lost), stolen: Some(stolen), mixed }
}

/// Every case of losses, or of thefts.
fn cases(roster: &Roster, groups: &[Alike], sizes: &[u64], is_lost: bool) -> (Vec<Row>, Tally) {
    let (mut rows, mut tally) = (Vec::new(), Tally::default());
    let mut known: Vec<Verdict> = Vec::new();
    for numbers in Numbers::up_to(sizes.to_vec()) {
        let verdict = case(roster, groups, &numbers, is_lost);
        tally.add(&verdict, ways(&numbers, sizes));
        // Numbers count up with the first place fastest, so each case with one unit less is known already.
        let mut stride = 1_usize;
        let mut less = Vec::new();
        for (number, size) in numbers.iter().zip(sizes) {
            let before = known.len().checked_sub(stride).and_then(|place| known.get(place));
            less.extend(before.filter(|_| *number > 0));
            stride = stride.saturating_mul(usize::try_from(size.saturating_add(1)).unwrap_or(usize::MAX));
        }
        if brings_something(&verdict, &less) {
            rows.push((Choice::of(&numbers, groups), verdict.clone()));
        }
        known.push(verdict);
    }
    (grouped(rows), tally)
}

/// Whether something is worse than in each case with one unit less. Where one of those is past mending nothing is.
fn brings_something(verdict: &Verdict, less: &[&Verdict]) -> bool {
    let bad = |verdict: &Verdict| -> BTreeSet<(usize, RoleVerdict)> {
        plain(verdict).roles.into_iter().enumerate().collect()
    };
    let known: BTreeSet<(usize, RoleVerdict)> = less.iter().flat_map(|before| bad(before)).collect();
    let reach: BTreeSet<&Reach> = less.iter().flat_map(|before| &before.reach).collect();
    !less.iter().any(|before| before.out_of_band.is_some())
        && !less.is_empty()
        && (!bad(verdict).is_subset(&known) || verdict.reach.iter().any(|found| !reach.contains(found)))
}

fn mixed(roster: &Roster, groups: &[Alike], sizes: &[u64]) -> Tally {
    let mut tally = Tally::default();
    for lost in Numbers::up_to(sizes.to_vec()) {
        let left: Vec<u64> = sizes.iter().zip(&lost).map(|(size, lost)| size.saturating_sub(*lost)).collect();
        let first = ways(&lost, sizes);
        for stolen in Numbers::up_to(left.clone()) {
            let keys: Vec<Keys> = keys(roster, groups, &lost, &stolen);
            tally.add(&of_keys(roster, &keys), first.saturating_mul(ways(&stolen, &left)));
        }
    }
    tally
}

/// What rows are told apart by. Where nothing can be mended, the other roles do not matter any more.
fn told_by(verdict: &Verdict) -> Verdict {
    let mut told = plain(verdict);
    if told.out_of_band.is_some() {
        told.roles.clear();
    }
    told
}

/// The verdict without the numbers of keys to spare.
fn plain(verdict: &Verdict) -> Verdict {
    let mut verdict = verdict.clone();
    for role in &mut verdict.roles {
        if let super::RoleState::Operable { spare } = &mut role.state {
            *spare = 0;
        }
    }
    verdict
}

fn case(roster: &Roster, groups: &[Alike], numbers: &[u64], is_lost: bool) -> Verdict {
    let none = vec![0; numbers.len()];
    let (lost, stolen) = if is_lost { (numbers, none.as_slice()) } else { (none.as_slice(), numbers) };
    of_keys(roster, &keys(roster, groups, lost, stolen))
}

fn keys(roster: &Roster, groups: &[Alike], lost: &[u64], stolen: &[u64]) -> Vec<Keys> {
    let sum = |numbers: &[u64], place: usize| {
        let each = numbers
            .iter()
            .zip(groups)
            .map(|(number, group)| number.saturating_mul(group.weights.get(place).copied().unwrap_or(0)));
        each.fold(0, u64::saturating_add)
    };
    let of = |place: usize| Keys { lost: sum(lost, place), stolen: sum(stolen, place), absent: Vec::new() };
    (0..roster.roles.len()).map(of).collect()
}

/// Each role alone: so many of its units, whichever, as if no other role had them.
fn apart(roster: &Roster, units: &[Unit], is_lost: bool) -> Vec<Row> {
    let mut rows = Vec::new();
    for (place, role) in roster.roles.iter().enumerate() {
        let spare = role.spare().saturating_add(1);
        let needed = if is_lost { spare } else { role.threshold };
        let among: Vec<usize> = units
            .iter()
            .enumerate()
            .filter(|(_, unit)| !unit.keys.is_disjoint(&role.keys))
            .map(|(place, _)| place)
            .collect();
        let mut keys = vec![Keys::default(); roster.roles.len()];
        if let Some(keys) = keys.get_mut(place) {
            *(if is_lost { &mut keys.lost } else { &mut keys.stolen }) = needed;
        }
        rows.push((Choice { parts: vec![(needed, among)] }, of_keys(roster, &keys)));
    }
    grouped(rows)
}

fn grouped(found: Vec<(Choice, Verdict)>) -> Vec<Row> {
    let mut rows: BTreeMap<Verdict, (Verdict, Vec<Choice>)> = BTreeMap::new();
    for (choice, verdict) in found {
        rows.entry(told_by(&verdict)).or_insert_with(|| (verdict, Vec::new())).1.push(choice);
    }
    let mut rows: Vec<Row> = rows.into_values().map(|(verdict, sets)| Row { sets, verdict }).collect();
    for row in &mut rows {
        row.sets.sort_by_key(Choice::size);
    }
    rows
}

impl Tally {
    fn add(&mut self, verdict: &Verdict, ways: u128) {
        let kind = match (verdict.out_of_band, verdict.outcome) {
            (Some(OutOfBand::RootStolen), _) => &mut self.stolen_root,
            (Some(OutOfBand::RootLost), _) | (None, Outcome::Dead) => &mut self.dead,
            (None, Outcome::Compromised) => &mut self.compromised,
            (None, Outcome::Recoverable | Outcome::Waits) => &mut self.recoverable,
            (None, Outcome::Operable) => &mut self.operable,
        };
        *kind = kind.saturating_add(ways);
        self.all = self.all.saturating_add(ways);
    }
}

/// In how many ways so many can be taken of each.
fn ways(numbers: &[u64], sizes: &[u64]) -> u128 {
    let each = numbers.iter().zip(sizes).map(|(number, size)| binomial(*size, *number));
    each.fold(1, u128::saturating_mul)
}

/// Each step divides evenly: it is the binomial of what was multiplied so far.
fn binomial(size: u64, number: u64) -> u128 {
    (0..number.min(size)).fold(1, |ways: u128, i| {
        let times = ways.saturating_mul(u128::from(size.saturating_sub(i)));
        times.checked_div(u128::from(i.saturating_add(1))).unwrap_or(0)
    })
}

fn wide(group: &Alike) -> u128 {
    u128::from(count(group.units.len()))
}

/// Cases of a group whose units are as they should, lost or stolen.
fn pairs(group: &Alike) -> u128 {
    let n = wide(group).saturating_add(1);
    n.saturating_mul(n.saturating_add(1)).checked_div(2).unwrap_or(u128::MAX)
}

/// Every row of numbers, each from 0 to its size.
struct Numbers {
    sizes: Vec<u64>,
    next: Option<Vec<u64>>,
}

impl Numbers {
    fn up_to(sizes: Vec<u64>) -> Self {
        Self { next: Some(vec![0; sizes.len()]), sizes }
    }
}

impl Iterator for Numbers {
    type Item = Vec<u64>;

    fn next(&mut self) -> Option<Vec<u64>> {
        let found = self.next.take()?;
        let mut next = found.clone();
        for (number, size) in next.iter_mut().zip(&self.sizes) {
            if *number < *size {
                *number = number.saturating_add(1);
                self.next = Some(next);
                break;
            }
            *number = 0;
        }
        Some(found)
    }
}

/// Cases looked at.
const CASES: u128 = 65_536;
