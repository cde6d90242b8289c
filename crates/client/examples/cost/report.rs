//! The figures as Markdown.

use crate::measure::Measured;
use crate::population::{Outcome, World};
use std::fmt::Write as _;

pub(crate) fn measured(all: &[Measured]) -> String {
    let mut out = String::from("| refresh | requests | answers | bytes up | bytes down |\n|---|---:|---|---:|---:|\n");
    for one in all {
        let mut answers = std::collections::BTreeMap::<u16, usize>::new();
        for exchange in &one.exchanges {
            *answers.entry(exchange.status).or_default() += 1;
        }
        let answers: Vec<String> = answers.iter().map(|(status, count)| format!("{count} × {status}")).collect();
        let total = one.total();
        let (name, requests) = (one.name, one.exchanges.len());
        // Writing to a string does not fail.
        let _ = writeln!(out, "| {name} | {requests} | {} | {} | {} |", answers.join(", "), total.up, total.down);
    }
    out
}

pub(crate) fn simulated(rows: &[(World, Outcome)], price_gb: f64, price_10k: f64) -> String {
    let mut out = format!(
        "Prices are examples: {price_gb} for 10^9 bytes, {price_10k} for 10,000 requests.\n\n\
         | new timestamp every | max-age | requests/s (peak) | GB/day | 304 | origin requests/day | age p50 | p99 | max | \
         behind at most | a month |\n|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n"
    );
    for (world, outcome) in rows {
        let days = f64::from(world.seconds) / 86_400.0;
        let daily = |count: u64| count as f64 / days;
        let gigabytes = daily(outcome.bytes_down) / 1e9;
        let month = 30.0 * (gigabytes * price_gb + daily(outcome.requests) / 10_000.0 * price_10k);
        let [p50, p99, most] = outcome.age.map(span);
        let _ = writeln!(
            out,
            "| {} | {} | {:.0} ({:.0}) | {gigabytes:.2} | {:.0} % | {:.0} | {p50} | {p99} | {most} | {} | {month:.0} |",
            span(world.period),
            span(world.max_age),
            daily(outcome.requests) / 86_400.0,
            outcome.peak,
            100.0 * outcome.not_modified as f64 / outcome.refreshes.max(1) as f64,
            daily(outcome.origin),
            span(outcome.lag),
        );
    }
    out
}

/// Seconds in the unit that people use.
fn span(seconds: u32) -> String {
    match seconds {
        0..=119 => format!("{seconds} s"),
        120..=7_199 => format!("{:.0} min", f64::from(seconds) / 60.0),
        7_200..=172_799 => format!("{:.1} h", f64::from(seconds) / 3_600.0),
        _ => format!("{:.1} d", f64::from(seconds) / 86_400.0),
    }
}
