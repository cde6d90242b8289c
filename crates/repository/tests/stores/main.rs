//! Publication to object stores, as their own programs answer: moto's S3, Azurite, fake-gcs-server. What is asked of every
//! place is in tests/places.
//!
//! Each server is started by the test that needs it, on a port of its own, and stopped with it.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "figures, and what is skipped")]

mod azure;
#[path = "../places/conformance.rs"]
mod conformance;
#[path = "../places/crash.rs"]
mod crash;
mod google;
mod http;
#[path = "../../../ceremony/tests/rules/people.rs"]
#[allow(dead_code, reason = "shared with tests/rules")]
mod people;
#[path = "../places/promote.rs"]
mod promote;
#[path = "../places/race.rs"]
mod race;
mod s3;
mod server;
mod shim;
#[path = "../rules/site.rs"]
#[allow(dead_code, reason = "shared with tests/rules")]
mod site;
mod store;
#[path = "../../../../tests/support/tree.rs"]
#[allow(dead_code, reason = "shared with tests/rules")]
mod tree;
#[path = "../places/witness.rs"]
#[allow(dead_code, reason = "shared with tests/places")]
mod witness;
#[path = "../places/world.rs"]
#[allow(dead_code, reason = "shared with tests/places")]
mod world;
