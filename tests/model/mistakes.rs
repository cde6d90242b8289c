//! Clients with one mistake each: the model finds every one.

use crate::files::Thing;
use crate::properties::{NEVER_STUCK, NOTHING_OLDER, ROOTS_ARE_STORED};
use crate::{Action, Mistake, World};
use stateright::{Checker, HasDiscoveries, Model};

/// The shortest way to a state in which `property` does not hold.
fn found(mistake: Mistake, property: &'static str) -> Vec<Action> {
    let broken = HasDiscoveries::AnyOf([property].into());
    let checker = World::new(mistake).checker().target_state_count(3_000_000).finish_when(broken).spawn_bfs().join();
    let found = checker.discovery(property);
    found
        .unwrap_or_else(|| panic!("{mistake:?} is not found among {} states", checker.unique_state_count()))
        .into_actions()
}

#[test]
fn c16_the_model_sees_roots_that_are_stored_last() {
    let path = found(Mistake::RootsLast, ROOTS_ARE_STORED);
    let asks_on = [Action::Serve(Thing::Root(1)), Action::Withhold];
    assert_eq!(path[path.len() - 2..], asks_on, "{path:?}");
}

#[test]
fn c20_the_model_sees_key_sets_that_are_not_noted() {
    let path = found(Mistake::KeysNotNoted, NEVER_STUCK);
    assert!(path.contains(&Action::Crash) || path.contains(&Action::Tick), "it takes an interruption: {path:?}");
    assert!(path.contains(&Action::Serve(Thing::Root(1))), "and a rotation: {path:?}");
}

#[test]
fn c39_the_model_sees_a_snapshot_that_is_no_floor_once_it_is_not_pinned() {
    let path = found(Mistake::ForgetsUnpinned, NOTHING_OLDER);
    assert!(
        path.iter().filter(|action| matches!(action, Action::Steal)).count() == 2,
        "by a thief of both keys: {path:?}"
    );
}

#[test]
fn c24_the_model_sees_a_client_that_remembers_nothing() {
    let path = found(Mistake::NoFloors, NOTHING_OLDER);
    assert!(matches!(path.last(), Some(Action::Serve(Thing::Timestamp(_)))), "{path:?}");
}

#[test]
fn c19_the_model_sees_a_client_that_forgets_with_every_root() {
    let path = found(Mistake::AlwaysPurges, NOTHING_OLDER);
    assert!(path.contains(&Action::Serve(Thing::Root(2))), "root 3 rotates nothing: {path:?}");
}
