//! What whoever holds stolen keys can make clients believe: the rows of the threat table, by the roles they can sign.

use super::roster::Roster;
use super::verdict::RoleVerdict;
use std::collections::BTreeSet;
use tuffet_metadata::RoleName;

/// What a thief can do, the weakest first. A number is a place in [`Roster::roles`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reach {
    /// Keep clients on what they have, until a role expires that the stolen keys cannot sign; and give versions so high
    /// that the right ones are refused (T8, T10).
    Freeze,
    /// Files of different times together, to clients that have not seen the snapshot's version (T12b).
    MixForNew,
    /// The same to every client, and versions of targets so high that the right ones are refused (T13 to T17).
    Mix,
    /// A false version of this role to clients that have not seen its version (T18b, T19).
    ForgeForNew(usize),
    /// Any target in the paths of this delegated role, to every client (T20).
    TargetsOf(usize),
    /// Any target at all, to every client (T21).
    AnyTarget,
    /// Every role, for every client, until it is given another root (T25, T27).
    Everything,
}

/// What follows from the roles a thief can sign. What another one includes is left out.
pub(super) fn reach(roster: &Roster, verdicts: &[RoleVerdict]) -> BTreeSet<Reach> {
    let held = |place: usize| verdicts.get(place).is_some_and(|verdict| verdict.thief.is_some());
    let place = |role: &RoleName| roster.roles.iter().position(|entry| entry.is(role));
    let top = |role: &RoleName| place(role).is_some_and(held);
    let (timestamp, snapshot) = (top(&RoleName::Timestamp), top(&RoleName::Snapshot));
    let both = timestamp && snapshot;
    if top(&RoleName::Root) {
        return BTreeSet::from([Reach::Everything]);
    }
    if both && top(&RoleName::Targets) {
        return BTreeSet::from([Reach::AnyTarget]);
    }
    let mut found = BTreeSet::new();
    // Where timestamp does not pin the snapshot's bytes, a false snapshot of the same version may pin anything.
    let loose = snapshot && !roster.pins_snapshot;
    for (place, role) in roster.roles.iter().enumerate().filter(|(place, _)| held(*place)) {
        let delegated = matches!(role.names.first(), Some(RoleName::Delegated(_)));
        if both && delegated {
            found.insert(Reach::TargetsOf(place));
        } else if (delegated || role.is(&RoleName::Targets)) && (!role.pinned || loose) {
            found.insert(Reach::ForgeForNew(place));
        }
    }
    match (timestamp, snapshot) {
        (true, true) => drop(found.insert(Reach::Mix)),
        (true, false) => drop(found.insert(Reach::Freeze)),
        (false, true) if loose => drop(found.insert(Reach::MixForNew)),
        (false, _) => {}
    }
    found
}
