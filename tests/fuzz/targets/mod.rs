//! What is fuzzed, and what must hold. The numbers are those of the list of targets in the design.

mod attestation;
mod ceremony;
mod client;
mod formats;
mod paths;
#[path = "../../../crates/client/tests/simulator/mod.rs"]
#[expect(dead_code, unused_imports, reason = "the client's tests use all of it")]
mod simulator;
mod trust_root;
#[path = "../../../crates/client/tests/rules/x1_disk.rs"]
#[expect(dead_code, reason = "the client's tests use all of it")]
mod x1_disk;

/// What takes any bytes, and panics where something does not hold.
type Target = fn(&[u8]);

/// The targets by name.
pub(crate) const TARGETS: [(&str, Target); 15] = [
    ("metadata", formats::metadata),
    ("canonical", formats::canonical),
    ("key", formats::key),
    ("pattern", paths::pattern),
    ("destination", paths::destination),
    ("url", paths::url),
    ("client", client::client),
    ("transcript", ceremony::transcript),
    ("checkpoint", trust_root::checkpoint),
    ("attestation", attestation::attestation),
    ("plan", ceremony::plan),
    ("expires", formats::expires),
    ("trusted-root", trust_root::trusted_root),
    ("signing-config", trust_root::signing_config),
    ("legacy", trust_root::legacy),
];
