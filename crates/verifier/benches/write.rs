//! Writes generated repositories for other clients to read: no measurement here.
//!
//! `cargo bench -p tuffet-verifier --bench write -- FOLDER SCHEME LAYOUT ROOTS TARGETS BINS`, with SCHEME `ed25519` or
//! `p256` and LAYOUT `canonical` or `pretty`.
#![allow(clippy::disallowed_methods, clippy::disallowed_macros, clippy::print_stdout, reason = "a bench writes files")]

mod generate;

use generate::{Layout, Plan, Repository};
use std::path::Path;
use tuffet_keys::Scheme;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    let [folder, scheme, layout, roots, targets, bins] = arguments.as_slice() else {
        println!("write: FOLDER ed25519|p256 canonical|pretty ROOTS TARGETS BINS");
        return;
    };
    let plan = Plan {
        scheme: if scheme == "ed25519" { Scheme::Ed25519 } else { Scheme::EcdsaP256 },
        layout: if layout == "canonical" { Layout::Canonical } else { Layout::Pretty },
        roots: roots.parse().unwrap(),
        targets: targets.parse().unwrap(),
        bins: bins.parse().unwrap(),
    };
    Repository::generate(&plan).write(Path::new(folder));
}
