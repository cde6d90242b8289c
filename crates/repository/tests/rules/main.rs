//! The rules of spec.md for whoever writes a repository, each with the fault it stops.

#[path = "../../../../tests/support/namespace.rs"]
mod namespace;
#[path = "../../../../tests/support/tree.rs"]
mod tree;

mod crash;
mod delegated;
mod disk;
mod mirror;
mod order;
#[path = "../../../ceremony/tests/rules/people.rs"]
mod people;
mod refuse;
mod site;
