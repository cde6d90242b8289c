//! What clients cost: real refreshes against a server that counts, and a population simulated with what they came to.
//!
//! `scripts/cost` runs it. It prints Markdown: crates/cli/docs/operations.md has its tables.
#![allow(clippy::print_stdout, reason = "a program that prints tables")]

mod measure;
mod population;
mod report;
mod server;

use clap::Parser;
use population::World;
use std::path::PathBuf;

/// What clients cost.
#[derive(Debug, Parser)]
struct Arguments {
    /// The repository's metadata: a directory
    #[arg(long, default_value = concat!(env!("CARGO_MANIFEST_DIR"), "/../../repository"))]
    metadata: PathBuf,
    /// Its targets, if they do not lie in targets/ below it
    #[arg(long)]
    targets: Option<PathBuf>,
    /// A time when it is in force
    #[arg(long, default_value = "2026-12-24T00:00:00Z")]
    at: String,
    /// Clients
    #[arg(long, default_value_t = 1_000_000)]
    clients: u32,
    /// Days simulated
    #[arg(long, default_value_t = 3)]
    days: u32,
    /// Starts of each client a day
    #[arg(long, default_value_t = 2.0)]
    starts: f64,
    /// Share of the clients that keep a cache
    #[arg(long, default_value_t = 0.5)]
    cached: f64,
    /// Share of the clients that run on and refresh
    #[arg(long, default_value_t = 0.1)]
    services: f64,
    /// Seconds between their refreshes
    #[arg(long, default_value_t = 3_600)]
    interval: u32,
    /// Points of presence of the CDN
    #[arg(long, default_value_t = 100)]
    pops: u16,
    /// Seconds for which the CDN keeps the answer that there is no newer root
    #[arg(long, default_value_t = 60)]
    absence: u32,
    /// An example of a price: of 10^9 bytes from the CDN
    #[arg(long, default_value_t = 0.05)]
    price_gb: f64,
    /// An example of a price: of 10,000 requests at the CDN
    #[arg(long, default_value_t = 0.01)]
    price_10k: f64,
    /// The same seed, the same figures
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

fn main() {
    let given = Arguments::parse();
    let at = tuffet_metadata::parse_time(&given.at).expect("--at: a time YYYY-MM-DDTHH:MM:SSZ");
    let measured = measure::refreshes(&given.metadata, given.targets.as_deref(), at);
    println!("{}", report::measured(&measured));
    let sizes = measure::sizes(&measured);
    let mut rows = Vec::new();
    for period in [86_400, 7 * 86_400] {
        for max_age in [60, 3_600, 86_400] {
            let world = World {
                clients: given.clients,
                // A period of a week shows in no fewer than two.
                seconds: given.days.saturating_mul(86_400).max(2 * period),
                starts: given.starts,
                cached: given.cached,
                services: given.services,
                interval: given.interval,
                pops: given.pops,
                period,
                max_age,
                absence: given.absence,
                seed: given.seed,
            };
            let outcome = world.run(&sizes);
            rows.push((world, outcome));
        }
    }
    println!("{}", report::simulated(&rows, given.price_gb, given.price_10k));
}
