//! Publication to a place of any kind: memory, a folder, a branch. Object stores: tests/stores, which shares these modules.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "figures, and what is skipped")]

#[path = "../../../../tests/support/tree.rs"]
mod tree;

mod adopt;
mod bridge;
mod conformance;
mod crash;
mod git;
mod local;
#[path = "../../../ceremony/tests/rules/people.rs"]
#[allow(dead_code, reason = "shared with tests/rules")]
mod people;
mod promote;
mod public;
mod race;
mod refuse;
#[path = "../rules/site.rs"]
#[allow(dead_code, reason = "shared with tests/rules")]
mod site;
mod witness;
mod world;
