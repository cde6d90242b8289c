//! The cases. A name begins with the id of the rule it is about.

mod delegations;
mod form;
mod json;
mod keys;
mod pins;
mod roots;
mod states;
mod targets;
mod valid;

use crate::case::{Case, Expect};
use crate::forge::Forge;

pub(crate) fn all() -> Vec<Case> {
    let groups = [
        valid::cases(),
        keys::cases(),
        roots::cases(),
        pins::cases(),
        form::cases(),
        json::cases(),
        delegations::cases(),
        targets::cases(),
        states::cases(),
    ];
    groups.into_iter().flatten().collect()
}

fn accepted(name: &str, change: impl FnOnce(&mut Forge)) -> Case {
    changed(name, Expect::Accepted, change)
}

fn refused(name: &str, code: &'static str, change: impl FnOnce(&mut Forge)) -> Case {
    changed(name, Expect::Refused(code), change)
}

/// The refresh succeeds; these targets are refused, with these codes.
fn without(name: &str, targets: &'static [(&str, &str)], change: impl FnOnce(&mut Forge)) -> Case {
    changed(name, Expect::Without(targets), change)
}

fn changed(name: &str, expect: Expect, change: impl FnOnce(&mut Forge)) -> Case {
    let mut forge = Forge::new();
    change(&mut forge);
    Case::of(name, vec![(forge, expect)])
}
