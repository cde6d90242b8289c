//! `tuffet bins` as a release engineer types it, from targets that a ceremony made delegate to bins, to a client.

#[path = "support/terminal.rs"]
mod terminal;

#[path = "support/workspace.rs"]
mod workspace;

use std::fs;
use std::path::Path;
use tempfile::TempDir;
use tuffet_builder::{Given, assemble};
use tuffet_keys::Sign;
use tuffet_metadata::json::{Value, object};
use tuffet_metadata::{Key, Limits, Proposed, RoleName, Targets};
use tuffet_repository::Repository;
use tuffet_signers::{AskError, KeyUri, Secret};
use workspace::{AT, RIGHT, enrolled};

/// One keyholder, and a repository with one target.
const PUBLISHED: &str = "
    tuffet plan new c --approvals 0 --waive K5=test --allow-software-keys --date 2026-12-01T10:00:00Z --threshold 1 \
        --keyholder ../alice --online ../online --target ../two.txt
    tuffet draft ceremony/c
    tuffet sign ceremony/c --key file:../alice.pem
    tuffet assemble ceremony/c
    tuffet publish ceremony/c --online-key file:../online.pem";

/// What each publication of bins is given.
const GIVEN: &str = "--bins-key file:online.pem --bins-expire 2027-03-01T00:00:00Z \
    --snapshot-expires 2026-12-22T00:00:00Z --timestamp-expires 2026-12-08T00:00:00Z";

fn published() -> TempDir {
    let scratch = tempfile::tempdir().unwrap();
    fs::write(scratch.path().join("two.txt"), "two").unwrap();
    let sitting = terminal::sit(scratch.path(), Some(AT), &(enrolled("alice") + PUBLISHED), RIGHT);
    assert_eq!(sitting.code, 0, "{}", sitting.screen);
    fs::write(scratch.path().join("2.targets.json"), delegating(scratch.path())).unwrap();
    for (path, content) in [("site/a/one.txt", "one"), ("site/three.txt", "three"), ("more/four.txt", "four")] {
        let path = scratch.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    scratch
}

fn open(scratch: &Path, key: &str) -> Box<dyn Sign> {
    let uri: KeyUri = format!("file:{}", scratch.join(key).display()).parse().unwrap();
    tuffet_signers::open(&uri, &mut |_: &str| Ok::<_, AskError>(Secret::new("correct horse".to_owned()))).unwrap()
}

/// Targets v2: eight bins that the online key signs, signed by Alice.
fn delegating(scratch: &Path) -> Vec<u8> {
    let published = Repository::open(&scratch.join("w/repository")).published().unwrap().unwrap();
    let key = Key::compose(open(scratch, "online.pem").public_key(), None, None);
    let keyid = key.keyid().as_str();
    let bins = object([
        ("bit_length", 3u64.into()),
        ("keyids", Value::Array(vec![keyid.into()])),
        ("name_prefix", "bin".into()),
        ("threshold", 1u64.into()),
    ]);
    let keys = object([(keyid, key.object().clone().into())]);
    let mut signed = published.targets.value();
    signed.insert("delegations".into(), object([("keys", keys.into()), ("succinct_roles", bins.into())]).into());
    signed.insert("version".into(), 2u64.into());
    let proposed = Proposed::<Targets>::new(signed.into(), &Limits::default()).unwrap();
    let alice = open(scratch, "alice.pem");
    let given = Given { by: alice.public_key().fingerprint(), signature: alice.sign(proposed.payload()).unwrap() };
    assemble(&proposed, &[published.root().authority(&RoleName::Targets)], &[given])
}

fn sit(scratch: &TempDir, script: &str) -> (i32, String) {
    let sitting = terminal::sit(scratch.path(), Some(AT), script, RIGHT);
    (sitting.code.into(), sitting.screen)
}

#[test]
fn r10_bins_are_made_updated_and_read_by_a_client() {
    let scratch = published();
    let (code, screen) = sit(
        &scratch,
        &format!(
            "tuffet bins make w/repository --from site --targets 2.targets.json {GIVEN} --journal journal
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
