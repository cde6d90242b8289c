//! A folder of targets, from the plan to a client.

#[path = "support/terminal.rs"]
mod terminal;

#[path = "support/workspace.rs"]
mod workspace;

use std::fs;
use workspace::{AT, RIGHT, enrolled};

/// Plans, signs and publishes `site/` with one keyholder, and lets a client fetch it.
const STORY: &str = "
    tuffet plan new c --approvals 0 --waive K5=test --allow-software-keys --date 2026-12-01T10:00:00Z --threshold 1 \
        --keyholder ../alice --online ../online --target ../site --target docs=../site/a
    tuffet draft ceremony/c
    tuffet sign ceremony/c --key file:../alice.pem
    tuffet assemble ceremony/c
    tuffet publish ceremony/c --online-key file:../online.pem
    tuffet client init --cache ../cache --root repository/1.root.json
    tuffet client download --cache ../cache --url repository --out ../out a/one.txt two.txt docs/one.txt";

#[test]
fn c60_a_folder_of_targets_reaches_a_client_under_its_paths() {
    let scratch = tempfile::tempdir().unwrap();
    fs::create_dir_all(scratch.path().join("site/a")).unwrap();
    fs::write(scratch.path().join("site/a/one.txt"), "one").unwrap();
    fs::write(scratch.path().join("site/two.txt"), "two").unwrap();
    let sitting = terminal::sit(scratch.path(), Some(AT), &(enrolled("alice") + STORY), RIGHT);
    assert_eq!(sitting.code, 0, "{}", sitting.screen);
    for (path, content) in [("a/one.txt", "one"), ("docs/one.txt", "one"), ("two.txt", "two")] {
        assert_eq!(fs::read_to_string(scratch.path().join("out").join(path)).unwrap(), content);
    }
    let one = "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed";
    assert!(scratch.path().join(format!("w/repository/targets/a/{one}.one.txt")).exists(), "hash before the base name");
}

#[test]
fn a_link_among_targets_is_refused_before_anything_is_written() {
    let scratch = tempfile::tempdir().unwrap();
    fs::create_dir_all(scratch.path().join("site/a")).unwrap();
    std::os::unix::fs::symlink("/etc/hostname", scratch.path().join("site/a/link")).unwrap();
    let sitting = terminal::sit(scratch.path(), Some(AT), &(enrolled("alice") + STORY), RIGHT);
    assert_eq!(sitting.code, 1);
    let error = "tuffet: error: 1 of 1 files cannot be targets\n  `a/link`: expected a regular file, found a symbolic link (C62)\n\
                 tuffet: hint: move them away or rename them, then run the same command again\n";
    assert!(sitting.screen.ends_with(error), "{}", sitting.screen);
    assert!(!scratch.path().join("w/ceremony/c").exists());
}
