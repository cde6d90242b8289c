//! crates/cli/docs/check.md: its table is that of the lints, its commands run.

use crate::{own, pages, root, terminal};
use std::fs;
use tuffet_builder::Lint;

const PAGE: &str = "crates/cli/docs/check.md";

/// The rows of the page's table.
fn rows() -> String {
    let cell = |text: &str| text.replace('|', "\\|");
    Lint::all()
        .iter()
        .map(|lint| {
            let incident = lint.incident.map(cell).unwrap_or_default();
            let (id, name, severity, rule) = (lint.id, lint.name, lint.severity.as_str(), lint.rule);
            format!(
                "| {id} | `{name}` | {severity} | {} | {rule} | {incident} | {} |\n",
                cell(lint.holds),
                cell(lint.fix)
            )
        })
        .collect()
}

#[test]
fn the_page_lists_every_lint() {
    let path = root().join(PAGE);
    let page = fs::read_to_string(&path).unwrap();
    let (text, _) = page.split_once("|---|---|---|---|---|---|---|\n").unwrap();
    let expected = format!("{text}|---|---|---|---|---|---|---|\n{}", rows());
    // Not where it is right already: the other test of the page reads it meanwhile.
    if std::env::var_os("TUFFET_BLESS").is_some() && page != expected {
        fs::write(&path, &expected).unwrap();
    }
    assert!(fs::read_to_string(&path).unwrap() == expected, "{PAGE}: TUFFET_BLESS=1 writes the table of lints");
}

#[test]
fn the_page_on_checking_runs() {
    let scratch = own();
    let page = fs::read_to_string(root().join(PAGE)).unwrap();
    let blocks = pages::blocks(&page);
    assert_eq!(blocks.len(), 4, "were they all read?");
    for block in &blocks {
        let sitting = terminal::sit(scratch.path(), block.now.as_deref(), &block.script, &[]);
        assert_eq!(sitting.code, 0, "{}: {}\n{}", block.heading, block.script, sitting.screen);
        block.assert_seen(&sitting.screen);
    }
    let list = fs::read_to_string(scratch.path().join("lints.txt")).unwrap();
    assert!(Lint::all().iter().all(|lint| list.contains(lint.name)), "{list}");
    assert!(list.lines().all(|line| line.chars().count() <= 80), "{list}");
}
