//! What an update refuses, and that it leaves everything as it was.

use crate::people::Key;
use crate::site::{at, online, time};
use crate::world::{By, World, bins_key, set, settings};
use std::fs;
use tuffet_builder::TargetChanges;
use tuffet_keys::Sign;
use tuffet_repository::{BinKeys, BinSettings, RepositoryError};

/// The words of the refusal.
fn refused(world: &World, result: impl FnOnce() -> Result<(), RepositoryError>) -> String {
    let before = world.tree();
    let text = result().err().expect("expected a refusal").to_string();
    assert_eq!(world.tree(), before, "{text}");
    text
}

fn update(world: &World, changes: TargetChanges) -> String {
    refused(world, || world.update(changes).map(|_| ()))
}

#[test]
fn c38_a_bin_that_was_rolled_back_is_no_base() {
    let world = World::new(By::Succinct);
    let old = fs::read(world.dir.path().join("1.bin-6.json")).unwrap();
    world.update(set("a", b"2")).unwrap();
    fs::write(world.dir.path().join("2.bin-6.json"), old).unwrap();
    let text = update(&world, set("a", b"3"));
    assert_eq!(text, "bin-6: expected version 2 as the snapshot lists it, found 1 (C38)");
}

#[test]
fn r12_a_bin_of_the_listed_version_with_other_bytes_is_no_base() {
    let (world, other) = (World::new(By::Succinct), World::before(By::Succinct));
    other.make(&[("a", b"other")]).unwrap();
    fs::write(world.dir.path().join("1.bin-6.json"), &other.tree()["1.bin-6.json"]).unwrap();
    let text = update(&world, set("a", b"3"));
    assert_eq!(text, "bin-6: expected the file the snapshot lists as version 1, found another (R12)");
}

#[test]
fn r6_a_bin_that_is_gone_or_damaged_is_told() {
    let world = World::new(By::Succinct);
    let place = world.dir.path().join("1.bin-6.json");
    let bytes = fs::read(&place).unwrap();
    fs::remove_file(&place).unwrap();
    let expected = "1.bin-6.json: expected the file, found none: every released version stays (R6)";
    assert_eq!(update(&world, set("a", b"3")), expected);
    let at = bytes.len() - 10;
    let flipped: Vec<u8> = bytes.iter().enumerate().map(|(i, byte)| if i == at { byte ^ 1 } else { *byte }).collect();
    fs::write(&place, flipped).unwrap();
    assert!(update(&world, set("a", b"3")).starts_with("1.bin-6.json: bin-6"), "the bytes are not those signed");
    // Others are not read, so nothing is wrong with them.
    assert!(world.update(set("b", b"3")).unwrap().is_some());
}

#[test]
fn c62_a_target_no_client_can_store_is_refused() {
    let world = World::new(By::Succinct);
    for (path, problem) in [
        ("../x", "expected names, found `.` or `..`"),
        ("/x", "expected names separated by single slashes, found an empty name"),
        ("a/nul", "expected a file's name, found one that Windows reserves for a device"),
    ] {
        assert_eq!(update(&world, set(path, b"")), format!("target `{path}`: {problem} (C62)"));
    }
    // To remove one that came from elsewhere is right.
    assert_eq!(world.update(TargetChanges::from([("../x".into(), None)])).unwrap(), None);
}

#[test]
fn another_key_than_the_roles_is_refused_before_it_signs() {
    let world = World::new(By::Succinct);
    let other = Key::ed25519(78);
    let run = |bins: &dyn Sign, online: &dyn Sign| {
        let keys = BinKeys { bins, online };
        refused(&world, || world.open().update(set("a", b"3"), &keys, &settings(), at()).map(|_| ()))
    };
    let text = |role: &str, expected: &Key| {
        let (expected, found) = (expected.fingerprint(), other.fingerprint());
        format!("{role}: expected the online key {expected}, found {found} (test key)")
    };
    assert_eq!(run(&other, &online()), text("bin-6", &bins_key()));
    assert_eq!(run(&bins_key(), &other), text("snapshot", &online()));
    assert_eq!(other.asked.get(), 0);
}

#[test]
fn k11_a_key_that_signs_wrongly_publishes_nothing() {
    let world = World::new(By::Succinct);
    let mut faulty = bins_key();
    faulty.faulty = true;
    let keys = BinKeys { bins: &faulty, online: &online() };
    let text = refused(&world, || world.open().update(set("a", b"3"), &keys, &settings(), at()).map(|_| ()));
    assert_eq!(text, "bin-6.json: bin-6 v2: 0 of 1 required signatures are valid (TUF 5.6.3)");
}

#[test]
fn r21_what_clients_would_refuse_is_not_published() {
    let world = World::new(By::Succinct);
    let past = BinSettings { snapshot: time("2026-11-01"), ..settings() };
    let text = refused(&world, || world.update_as(set("a", b"3"), &past).map(|_| ()));
    assert!(text.starts_with("a client that starts from root v1 refuses the staged repository: "), "{text}");
    assert!(text.contains("snapshot v3") && text.ends_with("(R21)"), "{text}");
    let past = BinSettings { bins: time("2026-11-01"), ..settings() };
    let text = refused(&world, || world.update_as(set("a", b"3"), &past).map(|_| ()));
    assert!(text.contains("bin-6 v2"), "{text}");
}

#[test]
fn r5_bins_are_made_once() {
    let world = World::new(By::Succinct);
    let targets = world.delegating(3);
    let make = |targets| {
        refused(&world, || world.with_keys(|keys| world.open().make(targets, &[], keys, &settings(), at()).map(|_| ())))
    };
    let expected = "bin-0: expected no entry in the snapshot, found version 1: the bins were made already (R5)";
    assert_eq!(make(Some(targets)), expected);
    assert_eq!(make(None), expected);
    assert_eq!(make(Some(world.delegating(5))), "targets.json: expected version 3, found 5 (TUF 5.3.5)");
}

#[test]
fn a_repository_without_bins_has_none_to_update() {
    let world = World::before(By::Succinct);
    assert_eq!(update(&world, set("a", b"")), "targets v1: expected delegations to bins, found none (TUF 4.5)");
}
