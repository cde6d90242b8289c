//! The 34 scenarios in one table.

use crate::run::{PAGE, played};
use std::fmt::Write as _;
use std::io::Write as _;

#[test]
fn the_table_of_the_34_scenarios_is_complete() {
    let numbers: Vec<usize> = PAGE.entries.iter().map(|entry| entry.number).collect();
    assert_eq!(numbers, (1..=34).collect::<Vec<_>>(), "one entry for each scenario, in order");
    let (mut table, mut failed) = (String::new(), Vec::new());
    writeln!(table, "\n{:>2}  {:<58} {:<6} {:>8} {:>8}  clients at the end", "", "scenario", "result", "seconds", "commands")
        .unwrap();
    for entry in &PAGE.entries {
        let (number, title) = (entry.number, &entry.title);
        match played(number) {
            Ok(played) => {
                let (seconds, commands) = (played.took.as_secs_f64(), played.commands);
                writeln!(table, "{number:>2}  {title:<58} ok     {seconds:>8.1} {commands:>8}  {}", played.clients).unwrap();
                if commands == 0 && !played.clients.starts_with("skipped") {
                    failed.push(format!("{number}: no command"));
                }
            }
            Err(why) => {
                writeln!(table, "{number:>2}  {title:<58} FAILED").unwrap();
                failed.push(format!("{number}: {why}"));
            }
        }
    }
    // Not `println!`: of a test that passes cargo shows nothing, and this is what the run is for.
    std::io::stdout().write_all(table.as_bytes()).unwrap();
    assert!(failed.is_empty(), "{}", failed.join("\n\n"));
}
