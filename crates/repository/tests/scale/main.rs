//! Repositories of very many targets: bins made, updated, interrupted and raced for.

#[path = "../../../ceremony/tests/rules/people.rs"]
#[allow(dead_code, reason = "other tests use all of it")]
mod people;
#[path = "../rules/site.rs"]
#[allow(dead_code, reason = "other tests use all of it")]
mod site;
#[path = "../../../../tests/support/tree.rs"]
#[allow(dead_code, reason = "other tests use all of it")]
mod tree;

mod crash;
mod mirror;
mod race;
mod refuse;
mod update;
mod world;
