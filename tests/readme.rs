//! README.md, executed: the three paths, in the order of their numbers, at a terminal.

#[path = "support/pages.rs"]
mod pages;
#[path = "support/terminal.rs"]
mod terminal;

use std::fs;
use std::path::Path;

const README: &str = include_str!("../README.md");

#[test]
fn the_three_paths_of_the_readme_run() {
    let scratch = tempfile::tempdir().unwrap();
    let real = sigstore_trust_root::SIGSTORE_PRODUCTION_TRUSTED_ROOT;
    fs::write(scratch.path().join("trusted_root.json"), real).unwrap();
    let mut blocks = pages::blocks(README);
    assert_eq!(blocks.len(), 7, "a block without its turn, or one the test does not know");
    blocks.sort_by_key(|block| block.turn);
    let answers = [("passphrase", "correct horse battery staple"), ("Type `sign`", "sign")];
    for (block, turn) in blocks.iter().zip(1..) {
        assert_eq!(block.turn, turn, "turns are numbered from 1 without a gap");
        let sitting = terminal::sit(scratch.path(), Some("2026-12-01T10:00:00Z"), &block.script, &answers);
        assert_eq!(sitting.code, 0, "{}: {}\n{}", block.heading, block.script, sitting.screen);
        block.assert_seen(&sitting.screen);
    }
}

#[test]
fn the_two_commands_exist_and_can_be_run() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    for script in ["scripts/rehearse", "scripts/test"] {
        assert!(README.contains(&format!("$ {script} ")), "README does not name {script}");
        let mode = std::os::unix::fs::PermissionsExt::mode(&fs::metadata(root.join(script)).unwrap().permissions());
        assert_ne!(mode & 0o100, 0, "{script} has no run bit");
    }
}

#[test]
fn every_file_the_readme_points_to_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    for link in README.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
        if !link.starts_with("http") {
            assert!(root.join(link).exists(), "README points to {link}");
        }
    }
}
