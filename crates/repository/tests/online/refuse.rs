//! R20: what is never signed over.

use crate::people::Key;
use crate::site::{online, signed_until, target};
use crate::world::{World, day};
use std::collections::BTreeSet;
use tuffet_builder::{Change, Delegate, DelegateTo, DelegatedPaths, Expiries, Given, Holder, assemble, draft, payload};
use tuffet_keys::Sign;
use tuffet_metadata::{PathPattern, RoleName};
use tuffet_repository::{OnlineRoles, Place, Repository, RepositoryError, Round};

fn round<P: Place>(repository: &Repository<P>, on: i64) -> Result<Round, RepositoryError> {
    OnlineRoles::default().round(repository, &online(), day(on))
}

#[test]
fn r20_nothing_is_signed_over_an_expired_root_or_targets() {
    let world = World::at(day(0), 20);
    let before = world.place.files();
    let error = round(&world.calm(), 20).unwrap_err();
    assert_eq!(error.to_string(), "root v1 expired at 2026-12-21T00:00:00Z: no timestamp is signed over it (R20)");
    assert_eq!(error.hint(), Some("`tuffet recover expired-root CEREMONY` plans the ceremony that renews it"));
    let error = OnlineRoles::default()
        .sign_both(&world.calm(), &online(), day(20), |accepted| accepted.publish(&world.calm()))
        .unwrap_err();
    assert!(matches!(error, RepositoryError::Expired(_)), "{error}");
    assert_eq!(world.place.files(), before);
    assert!(matches!(round(&world.calm(), 19), Ok(Round::Signed(..))));
}

#[test]
fn r20_a_root_below_its_threshold_stops_everything() {
    let world = World::at(day(0), 200);
    let signed = {
        let state = world.calm().published().unwrap().unwrap().state();
        signed_until(Some(&state), &[Change::Renew { role: RoleName::Root }], &["@alice"], day(300))
    };
    world.place.create("2.root.json", &signed.root.unwrap()).unwrap();
    let before = world.place.files();
    let error = round(&world.calm(), 2).unwrap_err();
    let expected = "2.root.json: root v2: 1 of 2 required signatures are valid by the keys of root v1 (TUF 5.3.4)";
    assert_eq!(error.to_string(), expected);
    assert_eq!(world.place.files(), before);
}

#[test]
fn t31_targets_that_the_snapshot_does_not_list_are_not_published_by_a_job() {
    let world = World::at(day(0), 200);
    let state = world.calm().published().unwrap().unwrap().state();
    let under = signed_until(Some(&state), &[target("evil.json", b"!")], &["@alice"], day(300));
    world.place.create("2.targets.json", &under.targets.unwrap()).unwrap();
    let Ok(Round::Signed(_, receipt)) = round(&world.calm(), 7) else { panic!("both were due") };
    assert_eq!((receipt.targets, receipt.snapshot, receipt.timestamp), (1, 2, 2));
    assert_eq!(world.client().read(day(8)).unwrap(), [1, 1, 2]);
}

#[test]
fn a_repository_that_is_not_there_is_not_signed() {
    let nothing = Repository::at(tuffet_repository::MemoryPlace::default());
    let error = round(&nothing, 1).unwrap_err();
    assert_eq!(error.to_string(), "expected a published repository, found none: there is nothing to sign anew (R11)");
    let days = OnlineRoles { timestamp_days: Some(1), ..OnlineRoles::default() };
    let error = days.round(&World::at(day(0), 200).calm(), &online(), day(1)).unwrap_err();
    assert_eq!(error.to_string(), "expected from 2 days to the end of year 9999, found none such (R18)");
}

/// Gives the repository a delegated role that holds for five days.
fn with_delegation(world: &World) -> RoleName {
    let (key, role) = (Key::ed25519(77), RoleName::Delegated("eve".into()));
    let holder = Holder { owner: "@eve".into(), public: key.public_key().clone() };
    let to = DelegateTo {
        name: "eve".into(),
        keys: vec![Delegate::Person(holder)],
        threshold: 1,
        paths: DelegatedPaths::Patterns(vec![PathPattern::new("eve/*")]),
        terminating: false,
    };
    let state = world.calm().published().unwrap().unwrap().state();
    let change = [Change::SetDelegation { by: RoleName::Targets, to, before: None }];
    let mut signed = signed_until(Some(&state), &change, &["@alice", "@bob"], day(200));
    let short = draft(Some(&state), &change, &Expiries::new(day(5), day(5))).unwrap();
    let proposed = &short.delegated["eve"];
    let signature = key.sign(&payload(proposed).unwrap()).unwrap();
    let given = [Given { by: key.public_key().fingerprint(), signature }];
    signed.delegated.insert("eve".into(), assemble(proposed, &short.authorities(Some(&state), &role), &given));
    world.publish(&world.calm(), &signed, day(0)).unwrap();
    role
}

#[test]
fn r20_an_expired_delegation_holds_a_new_snapshot_back_and_nothing_else() {
    let world = World::at(day(0), 200);
    let role = with_delegation(&world);
    let Ok(Round::Signed(agenda, receipt)) = round(&world.calm(), 8) else { panic!("the timestamp was due") };
    assert_eq!(receipt.files.keys().collect::<Vec<_>>(), ["timestamp.json"]);
    let held = agenda.held_back.unwrap();
    assert_eq!(held.to_string(), "eve v1 expired at 2026-12-06T00:00:00Z: no snapshot is signed over it (R20)");
    // Day by day, until the snapshot ends before the next timestamp does.
    for on in 9..=14 {
        assert!(matches!(round(&world.calm(), on), Ok(Round::Signed(..))), "day {on}");
    }
    let error = round(&world.calm(), 15).unwrap_err();
    assert_eq!(error.to_string(), "eve v1 expired at 2026-12-06T00:00:00Z: no snapshot is signed over it (R20)");
    let without = OnlineRoles { passed_over: BTreeSet::from([role]), ..OnlineRoles::default() };
    let Ok(Round::Signed(_, receipt)) = without.round(&world.calm(), &online(), day(15)) else {
        panic!("both were due")
    };
    assert_eq!((receipt.snapshot, receipt.timestamp), (3, 10));
}
