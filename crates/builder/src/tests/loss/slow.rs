//! Every subset by itself, each role by `Authority::is_met_by` and by words alone.

use super::*;
use std::collections::VecDeque;

/// One delegation: who delegates, to whom, and whether these keys meet it.
struct Delegated<'a> {
    by: RoleName,
    name: RoleName,
    authority: tuffet_metadata::Authority<'a>,
}

fn delegated(seen: &Observed) -> Vec<Delegated<'_>> {
    let root = &seen.roots.last().unwrap().signed;
    let snapshot = &seen.snapshot.as_ref().unwrap().signed;
    let mut all: Vec<Delegated<'_>> = RoleName::TOP_LEVEL
        .map(|name| Delegated { by: RoleName::Root, authority: root.authority(&name), name })
        .into_iter()
        .collect();
    let mut pending = VecDeque::from([(RoleName::Targets, seen.targets.as_ref().unwrap())]);
    let mut visited = BTreeSet::new();
    while let Some((by, file)) = pending.pop_front() {
        if !visited.insert(by.clone()) {
            continue;
        }
        let Some(delegations) = &file.signed.delegations else { continue };
        for name in delegations.names_in(snapshot) {
            let authority = delegations.authority(&name).unwrap();
            all.push(Delegated { by: by.clone(), name: RoleName::Delegated(name.clone()), authority });
            let found = seen.delegated.iter().find(|found| found.role == name).unwrap();
            pending.push_back((RoleName::Delegated(name), &found.file));
        }
    }
    all
}

/// Whether a delegation can be met, or mended by a delegator one of whose delegations can. `open` are the delegations in
/// question: none mends itself.
fn mendable(all: &[Delegated<'_>], left: &BTreeSet<Fingerprint>, one: usize, open: &[usize]) -> bool {
    let deeper: Vec<usize> = open.iter().copied().chain([one]).collect();
    let mut above = (0..all.len()).filter(|place| all[*place].name == all[one].by);
    all[one].authority.is_met_by(left)
        || all[one].name != RoleName::Root && above.any(|by| !deeper.contains(&by) && mendable(all, left, by, &deeper))
}

/// Whether a thief meets it, or one of its delegator's.
fn taken(all: &[Delegated<'_>], held: &BTreeSet<Fingerprint>, one: usize, open: &[usize]) -> bool {
    let deeper: Vec<usize> = open.iter().copied().chain([one]).collect();
    let mut above = (0..all.len()).filter(|place| all[*place].name == all[one].by);
    all[one].authority.is_met_by(held)
        || all[one].name != RoleName::Root && above.any(|by| !deeper.contains(&by) && taken(all, held, by, &deeper))
}

fn subset(keys: &[Fingerprint], mask: usize) -> BTreeSet<Fingerprint> {
    keys.iter().enumerate().filter(|(i, _)| mask >> i & 1 == 1).map(|(_, key)| *key).collect()
}

/// Compares every pair of a lost and a stolen subset, and counts.
fn compared(keys: &Keys) -> (Roster, SubsetTally, SubsetTally, SubsetTally) {
    let seen = keys.observed(true);
    let all = delegated(&seen);
    let roster = Roster::of(&seen).unwrap();
    assert_eq!(roster.roles.len(), all.len(), "one entry a delegation, where no two are alike");
    let fingerprints: Vec<Fingerprint> = roster.keys.iter().map(|key| key.fingerprint).collect();
    let n = fingerprints.len();
    let mut tallies = [SubsetTally::default(); 3];
    for lost in 0..1 << n {
        for stolen in 0..1 << n {
            let (gone, held) = (subset(&fingerprints, lost), subset(&fingerprints, stolen));
            let left: BTreeSet<Fingerprint> = fingerprints.iter().filter(|key| !gone.contains(key)).copied().collect();
            let places = |mask: usize| (0..n).filter(|i| mask >> i & 1 == 1).collect::<BTreeSet<usize>>();
            let situation = Situation { lost: places(lost), stolen: places(stolen), absent: BTreeMap::new() };
            let found = judge(&roster, &situation, at(CEREMONY));
            for (place, (one, found)) in all.iter().zip(&found.roles).enumerate() {
                let expected = match (one.authority.is_met_by(&left), mendable(&all, &left, place, &[])) {
                    (true, _) => "operable",
                    (false, true) => "recoverable",
                    (false, false) => "dead",
                };
                let state = match found.state {
                    RoleState::Operable { .. } => "operable",
                    RoleState::Recoverable => "recoverable",
                    RoleState::Dead => "dead",
                    RoleState::Waits { .. } => "waits",
                };
                assert_eq!(state, expected, "{}: lost {gone:?}", one.name);
                let thief = match (one.authority.is_met_by(&held), taken(&all, &held, place, &[])) {
                    (true, _) => Some(Thief::Own),
                    (false, true) => Some(Thief::Above),
                    (false, false) => None,
                };
                assert_eq!(found.thief, thief, "{}: stolen {held:?}", one.name);
            }
            let root = &all[0].authority;
            let out = (root.is_met_by(&held), !root.is_met_by(&left));
            assert_eq!(found.out_of_band.is_some(), out.0 || out.1);
            let kind = |tally: &mut SubsetTally| {
                let operable = all.iter().all(|one| one.authority.is_met_by(&left));
                let compromised = (0..all.len()).any(|place| taken(&all, &held, place, &[]));
                *match (out, compromised, operable) {
                    ((true, _), ..) => &mut tally.stolen_root,
                    ((_, true), ..) => &mut tally.dead,
                    (_, true, _) => &mut tally.compromised,
                    (_, _, true) => &mut tally.operable,
                    (_, _, false) => &mut tally.recoverable,
                } += 1;
                tally.all += 1;
            };
            let counted = [stolen == 0, lost == 0, lost & stolen == 0];
            counted.iter().zip(&mut tallies).filter(|(is, _)| **is).for_each(|(_, tally)| kind(tally));
        }
    }
    let [lost, stolen, mixed] = tallies;
    (roster, lost, stolen, mixed)
}

/// A set is bad for a role exactly if it contains one that a row names, or root is past mending.
fn rows_are_the_smallest(roster: &Roster, now: &Verdict, rows: &[Row], units: &[Unit], is_lost: bool) {
    let n = roster.keys.len();
    let bad = |verdict: &Verdict| -> BTreeSet<(usize, RoleState, Option<Thief>)> {
        let worse = verdict.roles.iter().enumerate().map(|(place, role)| (place, role.state, role.thief));
        worse
            .filter(|(_, state, thief)| !matches!(state, RoleState::Operable { .. }) || thief.is_some())
            .map(|(p, s, t)| {
                (p, if let RoleState::Operable { .. } = s { RoleState::Operable { spare: 0 } } else { s }, t)
            })
            .collect()
    };
    for mask in 0..1_usize << n {
        let places: BTreeSet<usize> = (0..n).filter(|i| mask >> i & 1 == 1).collect();
        let situation = match is_lost {
            true => Situation { lost: places.clone(), ..Situation::default() },
            false => Situation { stolen: places.clone(), ..Situation::default() },
        };
        let verdict = judge(roster, &situation, at(CEREMONY));
        let inside = |choice: &Choice| {
            choice.parts.iter().all(|(number, of)| {
                let taken = of.iter().filter(|unit| units[**unit].keys.is_subset(&places)).count();
                taken as u64 >= *number
            })
        };
        let held: Vec<&Row> = rows.iter().filter(|row| row.sets.iter().any(inside)).collect();
        if now.out_of_band.is_none() {
            let (bad, before) = (bad(&verdict), bad(now));
            assert_eq!(held.is_empty(), bad == before, "{places:?}");
            assert_eq!(held.iter().any(|row| row.verdict.out_of_band.is_some()), verdict.out_of_band.is_some());
        } else {
            assert_eq!(held, [] as [&Row; 0], "nothing is worse");
        }
        if verdict.out_of_band.is_none() {
            let union: BTreeSet<_> = held.iter().map(|row| &row.verdict).chain([now]).flat_map(bad).collect();
            assert!(bad(&verdict).is_subset(&union), "{places:?}: {verdict:?} {held:?}");
            let reach: BTreeSet<Reach> = held.iter().flat_map(|row| row.verdict.reach.iter().copied()).collect();
            assert!(verdict.reach.is_subset(&reach), "{places:?}");
        }
    }
}

fn agrees(keys: &Keys) {
    let (roster, lost, stolen, mixed) = compared(keys);
    let units = roster.each_key();
    let found = subsets(&roster, &units);
    assert_eq!((found.lost, found.stolen, found.mixed), (Some(lost), Some(stolen), Some(mixed)));
    rows_are_the_smallest(&roster, &found.now, &found.losses, &units, true);
    rows_are_the_smallest(&roster, &found.now, &found.thefts, &units, false);
}

#[test]
fn k18_every_subset_of_sigstores_shape() {
    agrees(&sigstore());
}

#[test]
fn k18_every_subset_where_nothing_is_alike() {
    // Root and targets by other people, who share one; snapshot's and timestamp's keys apart, and one of them root's,
    // too; a role of two delegators, and one below it, which delegates to its own delegator.
    agrees(&Keys(vec![
        ("root", 2, vec![1, 2, 3]),
        ("timestamp", 1, vec![6, 3]),
        ("snapshot", 2, vec![6, 4]),
        ("targets", 2, vec![2, 4, 5]),
        ("team", 1, vec![1]),
        ("team/inner", 1, vec![5, 6]),
        ("inner/deep", 2, vec![2, 6]),
        ("deep/inner", 1, vec![3]),
    ]));
}

#[test]
fn k18_every_subset_where_a_threshold_cannot_be_met() {
    agrees(&Keys(vec![
        ("root", 2, vec![1, 2]),
        ("timestamp", 1, vec![6]),
        ("snapshot", 1, vec![6, 1]),
        ("targets", 3, vec![1, 2]),
        ("team", 1, vec![5]),
    ]));
}

proptest::proptest! {
    #![proptest_config(proptest::test_runner::Config { cases: 16, ..Default::default() })]

    #[test]
    fn k18_every_subset_of_any_shape(masks in proptest::collection::vec((1_u8..32, 1_u64..4), 6)) {
        let names = ["root", "timestamp", "snapshot", "targets", "team", "team/inner"];
        let role = |(name, (mask, threshold)): (&'static str, &(u8, u64))| {
            let seeds: Vec<u8> = (0..5).filter(|i| mask >> i & 1 == 1).map(|i| i + 1).collect();
            (name, *threshold, seeds)
        };
        let keys = Keys(names.into_iter().zip(&masks).map(role).collect());
        agrees(&keys);
    }
}
