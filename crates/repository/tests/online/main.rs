//! Snapshot and timestamp signed anew by machines: what is due when, and a thousand days of it.

#[path = "../../../ceremony/tests/rules/people.rs"]
#[allow(dead_code, reason = "other tests use all of it")]
mod people;
#[path = "../rules/site.rs"]
#[allow(dead_code, reason = "other tests use all of it")]
mod site;
#[path = "../../../../tests/support/tree.rs"]
#[allow(dead_code, reason = "other tests use all of it")]
mod tree;

mod due;
mod faulty;
mod race;
mod refuse;
mod service;
mod soak;
mod world;
