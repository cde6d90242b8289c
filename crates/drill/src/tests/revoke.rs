//! K19: emergency rotations, counted.

use super::original::*;
use crate::{TwinError, revoke};
use std::collections::BTreeSet;
use tuffet_builder::Pins;
use tuffet_metadata::RoleName;

fn of(seeds: &[u8]) -> Result<crate::Revocation, TwinError> {
    let (twin, mut make) = twin(Pins::Full);
    let keys: BTreeSet<_> = seeds.iter().map(|seed| holder(*seed).public.fingerprint()).collect();
    revoke(&twin, &keys, at(NOW), &mut *make)
}

fn follow(names: [&str; 4]) -> Vec<(String, Option<usize>)> {
    names.map(|name| (name.to_owned(), Some(1))).to_vec()
}

const CLIENTS: [&str; 4] = [
    "shipped with root 1, new",
    "shipped with root 1, in use",
    "shipped with root 3, new",
    "shipped with root 3, in use",
];

#[test]
fn k19_a_keyholders_key_goes_in_nine_commands_of_three_signers() {
    let found = of(&[1]).unwrap();
    assert_eq!(found.roles, [RoleName::Root, RoleName::Targets]);
    assert_eq!((found.new_keys, found.people), (0, 7));
    assert_eq!(found.signed, [(RoleName::Root, 3), (RoleName::Targets, 3)]);
    let steps: Vec<String> = found.steps.iter().map(|(who, what)| format!("{who}: {what}")).collect();
    assert_eq!(
        steps,
        [
            "coordinator: tuffet recover stolen-key",
            "coordinator: tuffet draft",
            "witness 1: tuffet approve",
            "witness 2: tuffet approve",
            "keyholder 1: tuffet sign",
            "keyholder 2: tuffet sign",
            "keyholder 3: tuffet sign",
            "coordinator: tuffet assemble",
            "operator: tuffet publish",
        ]
    );
    assert_eq!(found.clients, follow(CLIENTS));
    assert_eq!(found.differs, [""; 0]);
}

#[test]
fn k19_an_online_key_goes_and_another_comes() {
    let found = of(&[ONLINE]).unwrap();
    assert_eq!(found.roles, [RoleName::Timestamp, RoleName::Snapshot]);
    assert_eq!((found.new_keys, found.steps.len()), (1, 12));
    assert_eq!(found.signed, [(RoleName::Root, 3)]);
    assert_eq!(found.clients, follow(CLIENTS));
    assert_eq!(found.differs, [""; 0]);
}

#[test]
fn k19_a_delegates_key_is_for_targets_to_replace() {
    let found = of(&[DELEGATE]).unwrap();
    assert_eq!(found.roles, [RoleName::Delegated("team".into())]);
    assert_eq!(found.new_keys, 1);
    assert_eq!(found.signed, [(RoleName::Targets, 3)]);
    assert_eq!(found.clients, follow(CLIENTS));
    assert_eq!(found.differs, [""; 0]);
}

#[test]
fn k19_where_none_can_be_spared_others_come_and_two_of_five_at_once_are_as_quick() {
    // Of five, three must stay: two go without others.
    let found = of(&[1, 2]).unwrap();
    assert_eq!((found.new_keys, found.steps.len()), (0, 9));
    assert_eq!(found.signed, [(RoleName::Root, 3), (RoleName::Targets, 3)]);
    assert_eq!(found.clients, follow(CLIENTS));
}
