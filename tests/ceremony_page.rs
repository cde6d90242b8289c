//! crates/cli/docs/ceremonies.md, executed; and the paper it prints, as a person and a browser see it.

#[path = "support/pages.rs"]
mod pages;
#[path = "support/terminal.rs"]
mod terminal;
#[path = "support/workspace.rs"]
mod workspace;

use std::fs;
use std::path::Path;

const PAGE: &str = include_str!("../crates/cli/docs/ceremonies.md");
const ANSWERS: &[(&str, &str)] = &[
    ("passphrase", "correct horse"),
    ("Type `sign`", "sign"),
    ("Type `rehearse`", "rehearse"),
    ("Type `right`", "right"),
    ("Type `approve`", "approve"),
    ("Type `abort`", "abort"),
    ("Type `state`", "state"),
];

fn run(folder: &Path, script: &str) -> String {
    let sitting = terminal::sit(folder, Some(workspace::AT), script, ANSWERS);
    assert_eq!(sitting.code, 0, "{script}\n{}", sitting.screen);
    sitting.screen
}

/// A workspace with everybody the page names, as it wants them: their keys and folders beside tuffet.toml.
fn enrolled() -> tempfile::TempDir {
    let scratch = tempfile::tempdir().unwrap();
    let script =
        workspace::enrolled("alice bob carol walter xenia").replace("--ceremony c ", "--ceremony 2026-12-01-first ");
    run(scratch.path(), &format!("{script}\nmv ../*.pem ../alice ../bob ../carol ../walter ../xenia ../online ."));
    fs::write(scratch.path().join("w/readme.txt"), "a target\n").unwrap();
    scratch
}

#[test]
fn the_page_on_ceremonies_runs() {
    let scratch = enrolled();
    let folder = scratch.path().join("w");
    let blocks = pages::blocks(PAGE);
    assert_eq!(blocks.len(), 6, "were they all read?");
    for block in &blocks {
        let sitting = terminal::sit(&folder, block.now.as_deref(), &block.script, ANSWERS);
        assert_eq!(sitting.code, 0, "{}: {}\n{}", block.heading, block.script, sitting.screen);
        block.assert_seen(&sitting.screen);
        // A path or a hash is never broken: people copy them. After a question the answer would end the line.
        let whole = |line: &&str| line.split(' ').any(|word| word.len() > 40) || line.contains("to stop: ");
        for line in sitting.screen.lines().filter(|line| !whole(line) && !line.starts_with("tuffet: ")) {
            assert!(line.chars().count() <= 80, "{}: wider than a terminal: {line}", block.heading);
        }
    }
    let paper = fs::read_to_string(folder.join("first.html")).unwrap();
    assert!(!paper.contains("<script") && !paper.contains("http"), "no script, nothing from outside");
    for told in ["line 1: draft", "aborted: the CA is not ready", "draft; voids 2 signatures"] {
        assert!(paper.contains(told), "expected `{told}` in:\n{paper}");
    }
}
