//! Writes generated repositories for other clients to read: no measurement here.
//!
//! `cargo bench -p tuffet-verifier --bench write -- FOLDER SCHEME LAYOUT ROOTS TARGETS BINS
//! BY`, with SCHEME `ed25519` or
//! `p256`, LAYOUT `canonical` or `pretty`, and BY `prefixes` or `succinct`. Prints the target to ask for.
#![allow(clippy::disallowed_methods, clippy::disallowed_macros, clippy::print_stdout, reason = "a bench writes files")]

mod generate;

use generate::{ASKED, By, Layout, Plan, Repository, path};
use std::path::Path;
use tuffet_keys::Scheme;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    let [folder, scheme, layout, roots, targets, bins, by] = arguments.as_slice() else {
        println!("write: FOLDER ed25519|p256 canonical|pretty ROOTS TARGETS BINS prefixes|succinct");
        return;
    };
    let plan = Plan {
        scheme: if scheme == "ed25519" { Scheme::Ed25519 } else { Scheme::EcdsaP256 },
        layout: if layout == "canonical" { Layout::Canonical } else { Layout::Pretty },
        roots: roots.parse().unwrap(),
        targets: targets.parse().unwrap(),
        bins: bins.parse().unwrap(),
        by: if by == "succinct" { By::Succinct } else { By::Prefixes },
    };
    Repository::generate(&plan).write(Path::new(folder));
    println!("{}", if plan.bins > 0 { ASKED.to_owned() } else { path(plan.targets / 3) });
}
