//! The 34 scenarios in one table.

use crate::run::{PAGE, played, root};
use std::fmt::Write as _;
use std::io::Write as _;

#[test]
fn the_table_of_the_34_scenarios_is_complete() {
    let numbers: Vec<usize> = PAGE.entries.iter().map(|entry| entry.number).collect();
    assert_eq!(numbers, (1..=34).collect::<Vec<_>>(), "one entry for each scenario, in order");
    let (mut table, mut failed) = (String::new(), Vec::new());
    writeln!(
        table,
        "\n{:>2}  {:<58} {:<6} {:>8} {:>8}  clients at the end",
        "", "scenario", "result", "seconds", "commands"
    )
    .unwrap();
    for entry in &PAGE.entries {
        let (number, title) = (entry.number, &entry.title);
        match played(number) {
            Ok(played) => {
                let (seconds, commands) = (played.took.as_secs_f64(), played.commands);
                writeln!(table, "{number:>2}  {title:<58} ok     {seconds:>8.1} {commands:>8}  {}", played.clients)
                    .unwrap();
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

/// What an entry is called where another points to it: as code hosts make anchors of headings.
fn anchor(number: usize, title: &str) -> String {
    let heading = format!("{number}. {title}").to_lowercase();
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c));
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

#[test]
fn every_entry_is_in_the_index_and_in_the_contents() {
    let page = std::fs::read_to_string(root().join("PLAYBOOK.md")).unwrap();
    let (_, index) = page.split_once("\n## What happened to you\n").unwrap();
    let (index, contents) = index.split_once("\n## The entries\n").unwrap();
    let (contents, _) = contents.split_once("\n## ").unwrap();
    for entry in &PAGE.entries {
        let (number, anchor) = (entry.number, anchor(entry.number, &entry.title));
        assert!(index.contains(&format!("[{number}]")), "{number} is not in the index");
        let line = format!("{number}. [{}](#{anchor})", entry.title);
        assert!(contents.lines().any(|found| found == line), "expected in the contents: {line}");
        let target = format!("[{number}]: #{anchor}");
        assert!(page.lines().any(|found| found == target), "expected at the end: {target}");
    }
}
