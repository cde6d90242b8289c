//! The least that an application has to write: what `scripts/bench` measures the size of.
//!
//! `embed URL ROOT CACHE` prints how many logs may be trusted now.

#![allow(clippy::disallowed_methods, clippy::print_stdout, reason = "an application has a clock and prints")]

use chrono::{DateTime, Utc};
use std::error::Error;
use std::time::SystemTime;
use tuffet_client::TrustStore;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [url, root, cache] = arguments.as_slice() else { return Err("expected URL ROOT CACHE".into()) };
    let now: DateTime<Utc> = SystemTime::now().into();
    let mut store = TrustStore::production_like(url, std::fs::read(root)?)?.cache(cache);
    println!("{}", store.refresh(now)?.logs_at(now).len());
    Ok(())
}
