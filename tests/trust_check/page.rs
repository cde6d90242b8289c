//! crates/cli/docs/trust-root-check.md: its table is that of the readers, its commands run.

use crate::{folder, pages, terminal};
use std::fs;
use std::path::Path;
use tuffet_trust_root::Reader;

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/trust-root-check.md");

fn rows() -> String {
    let row = |row: &Reader| {
        let Reader { client, versions, cannot, effect, reference } = row;
        format!("| {client} | {versions} | {} | {effect} | {reference} |\n", cannot.words())
    };
    Reader::all().iter().map(row).collect()
}

#[test]
fn the_page_lists_every_reader() {
    let page = fs::read_to_string(PAGE).unwrap();
    let (text, _) = page.split_once("|---|---|---|---|---|\n").unwrap();
    let expected = format!("{text}|---|---|---|---|---|\n{}", rows());
    // Not where it is right already: the other test of the page reads it meanwhile.
    if std::env::var_os("TUFFET_BLESS").is_some() && page != expected {
        fs::write(PAGE, &expected).unwrap();
    }
    assert!(fs::read_to_string(PAGE).unwrap() == expected, "{PAGE}: TUFFET_BLESS=1 writes the table of readers");
}

#[test]
fn the_page_on_looking_at_a_trust_root_runs() {
    let (scratch, _) = folder();
    let blocks = pages::blocks(&fs::read_to_string(Path::new(PAGE)).unwrap());
    assert_eq!(blocks.len(), 4, "were they all read?");
    for block in &blocks {
        let sitting = terminal::sit(scratch.path(), block.now.as_deref(), &block.script, &[]);
        assert_eq!(sitting.code, 0, "{}: {}\n{}", block.heading, block.script, sitting.screen);
        block.assert_seen(&sitting.screen);
    }
}
