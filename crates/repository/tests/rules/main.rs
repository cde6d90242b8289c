//! The rules of spec.md for whoever writes a repository, each with the fault it stops.

mod crash;
mod disk;
mod order;
#[path = "../../../ceremony/tests/rules/people.rs"]
mod people;
mod refuse;
mod site;
