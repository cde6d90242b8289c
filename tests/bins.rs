//! `tuffet bins` as a release engineer types it, from targets that a ceremony made delegate to bins, to a client.

#[path = "support/terminal.rs"]
mod terminal;

#[path = "support/workspace.rs"]
mod workspace;

use std::fs;
use tempfile::TempDir;
use workspace::{AT, RIGHT, enrolled};

/// One keyholder, a repository with one target, and a second ceremony that delegates the rest to bins of the online key.
const PUBLISHED: &str = "
    plan='--approvals 0 --waive K5=test --allow-software-keys --date 2026-12-01T10:00:00Z'
    tuffet plan new c $plan --threshold 1 --keyholder ../alice --online ../online --target ../two.txt
    tuffet draft ceremony/c
    tuffet sign ceremony/c --key file:../alice.pem
    tuffet assemble ceremony/c
    tuffet publish ceremony/c --online-key file:../online.pem
    tuffet plan change d $plan --changes ../bins.toml
    tuffet draft ceremony/d
    tuffet sign ceremony/d --key file:../alice.pem
    tuffet assemble ceremony/d
    cp ceremony/d/assembled/targets.json ../2.targets.json";

const BINS: &str = "[[changes]]
change = \"set-bins\"
name_prefix = \"bin\"
bit_length = 3
keys = [\"file:online.pem\"]
";

/// What each publication of bins is given.
const GIVEN: &str = "--bins-key file:online.pem --bins-expire 2027-03-01T00:00:00Z \
    --snapshot-expires 2026-12-22T00:00:00Z --timestamp-expires 2026-12-08T00:00:00Z";

fn published() -> TempDir {
    let scratch = tempfile::tempdir().unwrap();
    fs::write(scratch.path().join("two.txt"), "two").unwrap();
    fs::write(scratch.path().join("bins.toml"), BINS).unwrap();
    let sitting = terminal::sit(scratch.path(), Some(AT), &(enrolled("alice") + PUBLISHED), RIGHT);
    assert_eq!(sitting.code, 0, "{}", sitting.screen);
    for (path, content) in [("site/a/one.txt", "one"), ("site/three.txt", "three"), ("more/four.txt", "four")] {
        let path = scratch.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    scratch
}

fn sit(scratch: &TempDir, script: &str) -> (i32, String) {
    let sitting = terminal::sit(scratch.path(), Some(AT), script, RIGHT);
    (sitting.code, sitting.screen)
}

#[test]
fn r10_bins_are_made_updated_and_read_by_a_client() {
    let scratch = published();
    let (code, screen) = sit(
        &scratch,
        &format!(
            "tuffet bins make w/repository --from site --targets 2.targets.json {GIVEN} --journal journal
             tuffet publish w/ceremony/d --online-key file:online.pem
             tuffet bins show w/repository
             tuffet bins show w/repository three.txt
             tuffet bins update w/repository --add more --remove a/one.txt {GIVEN}
             tuffet bins update w/repository --add more --remove a/one.txt {GIVEN}
             tuffet client init --cache cache --root w/repository/1.root.json
             tuffet client download --cache cache --url w/repository --out out three.txt four.txt two.txt
             tuffet client download --cache cache --url w/repository --out out a/one.txt"
        ),
    );
    assert_eq!(code, 1, "{screen}");
    for expected in [
        "published 8 bins: bin-0 v1, bin-1 v1, bin-2 v1, bin-3 v1, bin-4 v1, bin-5 v1, bin-6 v1, bin-7 v1\nsnapshot 2, timestamp 2, ",
        "published by an earlier run\ntranscript closed, 5 lines",
        "bins 8, of which the snapshot lists 8\nsnapshot 2, timestamp 2\n",
        " v1, 1 targets, expires 2027-03-01T00:00:00Z\nthree.txt: 5 bytes, ",
        "published 2 bins: ",
        "snapshot 3, timestamp 3, ",
        "nothing changes: nothing was signed (R11)\n",
        "a/one.txt",
    ] {
        assert!(screen.contains(expected), "{expected}\n{screen}");
    }
    for (path, content) in [("three.txt", "three"), ("four.txt", "four"), ("two.txt", "two")] {
        assert_eq!(fs::read_to_string(scratch.path().join("out").join(path)).unwrap(), content);
    }
    assert!(!scratch.path().join("out/a/one.txt").exists());
    assert!(fs::read_to_string(scratch.path().join("journal")).unwrap().starts_with("tuffet-scan-v1\n"));
}

#[test]
fn c62_a_folder_with_what_is_no_target_changes_nothing() {
    let scratch = published();
    std::os::unix::fs::symlink("/etc/hostname", scratch.path().join("site/link")).unwrap();
    let make = format!("tuffet bins make w/repository --from site --targets 2.targets.json {GIVEN}");
    let (code, screen) = sit(&scratch, &make);
    assert_eq!(code, 1);
    let error = "tuffet: error: 1 of 3 files cannot be targets\n  \
                 `link`: expected a regular file, found a symbolic link (C62)\n\
                 tuffet: hint: move them away or rename them, then run the same command again\n";
    assert!(screen.ends_with(error), "{screen}");
    assert!(!scratch.path().join("w/repository/2.snapshot.json").exists());
    let (code, screen) = sit(&scratch, &format!("tuffet bins update w/repository {GIVEN}"));
    let error = "tuffet: error: expected --add, --remove or --renew-before, found none: nothing to change\n";
    assert_eq!(code, 2);
    assert!(screen.ends_with(error), "{screen}");
    let (code, screen) = sit(&scratch, "tuffet bins show w/repository");
    assert_eq!(code, 1);
    let error = "tuffet: error: targets v1: expected delegations to bins, found none (TUF 4.5)\n";
    assert!(screen.ends_with(error), "{screen}");
}

#[test]
fn f25_bins_are_published_with_what_delegates_to_them() {
    let scratch = published();
    let (code, screen) = sit(&scratch, "tuffet publish w/ceremony/d --online-key file:online.pem");
    assert_eq!(code, 1);
    let error = "tuffet: error: bin-0: expected an entry in the previous snapshot, as targets delegates to it, found none \
                 (F25)\ntuffet: hint: bins are published with what delegates to them: `tuffet bins make REPOSITORY --targets \
                 w/ceremony/d/assembled/targets.json`\n";
    assert!(screen.ends_with(error), "{screen}");
    assert!(!scratch.path().join("w/repository/2.targets.json").exists());
}
