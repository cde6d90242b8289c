//! Repositories that other tools make, and that nobody should make: taken over, or refused with place and rule.

#[path = "../../../../tests/support/tree.rs"]
mod tree;

mod layouts;
mod maker;
mod names;
mod next;
#[allow(dead_code, reason = "Ed25519 keys are enough here")]
#[path = "../../../ceremony/tests/rules/people.rs"]
mod people;
mod roles;
