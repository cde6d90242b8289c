//! R3, R11, R19 and the property of updates: whatever the order, what clients find is what was said last.

use crate::site::{at, time};
use crate::world::{By, World, file, find, set, settings};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use tuffet_builder::{Pins, TargetChanges};
use tuffet_repository::{BinSettings, Durability};

fn new_files(before: &BTreeMap<String, Vec<u8>>, after: &BTreeMap<String, Vec<u8>>) -> Vec<String> {
    after.keys().filter(|name| !before.contains_key(*name)).cloned().collect()
}

#[test]
fn r10_bins_are_made_with_the_targets_that_delegate_to_them() {
    for by in [By::Succinct, By::Prefixes] {
        let world = World::before(by);
        let receipt = world.make(&[("a", b"1"), ("b", b"2")]).unwrap();
        let count = if by == By::Succinct { 8 } else { 4 };
        assert_eq!(receipt.bins.len(), count);
        assert!(receipt.bins.values().all(|version| *version == 1));
        assert_eq!((receipt.snapshot, receipt.timestamp), (2, 2));
        let found = find(world.dir.path(), &["a", "b", "c"]);
        assert_eq!(found["a"], Some(file(b"1")));
        assert_eq!(found["b"], Some(file(b"2")));
        assert_eq!(found["c"], None);
    }
}

#[test]
fn r3_an_update_writes_the_bin_the_snapshot_and_the_timestamp_and_nothing_else() {
    for (by, bin) in [(By::Succinct, "bin-6"), (By::Prefixes, "part-3")] {
        let world = World::new(by);
        let before = world.tree();
        let receipt = world.update(set("a", b"new")).unwrap().unwrap();
        assert_eq!(receipt.bins, BTreeMap::from([(bin.to_owned(), 2)]));
        let after = world.tree();
        assert_eq!(new_files(&before, &after), [format!("2.{bin}.json"), "3.snapshot.json".to_owned()]);
        let changed: Vec<&String> = before.keys().filter(|name| before[*name] != after[*name]).collect();
        assert_eq!(changed, ["timestamp.json"]);
        let written = [&*format!("2.{bin}.json"), "3.snapshot.json", "timestamp.json"];
        assert_eq!(receipt.bytes, written.iter().map(|name| after[*name].len() as u64).sum::<u64>());
        assert_eq!(find(world.dir.path(), &["a"])["a"], Some(file(b"new")));
        let bin = world.open().bin(bin).unwrap();
        assert_eq!((bin.common.version, bin.common.expires.time()), (2, time("2027-03-01")));
    }
}

#[test]
fn r11_an_update_that_changes_nothing_writes_nothing() {
    let world = World::new(By::Succinct);
    let before = world.tree();
    let same = [set("a", b"1"), TargetChanges::from([("gone".into(), None)])].into_iter().flatten().collect();
    assert_eq!(world.update(same).unwrap(), None);
    assert_eq!(world.update(TargetChanges::new()).unwrap(), None);
    assert_eq!(world.tree(), before);
}

#[test]
fn r12_pins_are_full_unless_asked_otherwise() {
    let world = World::new(By::Succinct);
    let pin = |world: &World| world.open().published().snapshot.meta().get("bin-6.json").unwrap();
    assert_eq!(pin(&world).length, Some(world.tree()["1.bin-6.json"].len() as u64));
    let settings = BinSettings { pins: Pins::VersionOnly, ..settings() };
    world.update_as(set("a", b"new"), &settings).unwrap();
    let pin = pin(&world);
    assert_eq!((pin.version, pin.length, pin.hashes), (2, None, None));
    assert_eq!(find(world.dir.path(), &["a"])["a"], Some(file(b"new")));
}

#[test]
fn r19_bins_that_expire_soon_are_renewed_and_others_stay() {
    let world = World::new(By::Succinct);
    let later = BinSettings { bins: time("2027-05-01"), ..settings() };
    world.update_as(set("a", b"new"), &later).unwrap();
    let renew = |until| world.with_keys(|keys| world.open().renew(time(until), keys, &later, at())).unwrap();
    assert_eq!(renew("2027-02-28"), None);
    let renewed = renew("2027-03-02").unwrap();
    assert_eq!(renewed.bins.len(), 7);
    assert!(!renewed.bins.contains_key("bin-6"));
    assert_eq!(find(world.dir.path(), &["b"])["b"], Some(file(b"2")));
    let bin = world.open().bin("bin-1").unwrap();
    assert_eq!((bin.common.version, bin.common.expires.time()), (2, time("2027-05-01")));
}

#[test]
fn two_threads_and_synced_files_give_the_same_repository() {
    let (one, other) = (World::new(By::Succinct), World::new(By::Succinct));
    let changes = || (0..40u8).flat_map(|at| set(&format!("path/{at}"), &[at])).collect::<TargetChanges>();
    one.update(changes()).unwrap();
    let threads = NonZeroUsize::new(2).unwrap();
    let receipt = other.update_as(changes(), &BinSettings { threads, durability: Durability::Synced, ..settings() });
    assert_eq!(receipt.unwrap().unwrap().bins.len(), 8);
    assert_eq!(one.tree(), other.tree());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn clients_find_every_target_said_and_none_removed(
        runs in prop::collection::vec(
            prop::collection::btree_map("[a-c]/[a-d]", prop::option::of(0u8..3), 1..8), 1..5),
        by_prefix in any::<bool>(),
    ) {
        let world = World::new(if by_prefix { By::Prefixes } else { By::Succinct });
        let mut expected = BTreeMap::from([("a".to_owned(), Some(file(b"1"))), ("b".to_owned(), Some(file(b"2")))]);
        let mut bins = world.open();
        for run in &runs {
            let changes: TargetChanges =
                run.iter().map(|(path, content)| (path.clone(), content.map(|byte| file(&[byte])))).collect();
            expected.extend(changes.clone());
            world.with_keys(|keys| bins.update(changes, keys, &settings(), at())).unwrap();
        }
        let paths: BTreeSet<&str> = expected.keys().map(|path| &**path).chain(["never"]).collect();
        let paths: Vec<&str> = paths.into_iter().collect();
        let found = find(world.dir.path(), &paths);
        prop_assert_eq!(&found["never"], &None);
        for (path, file) in &expected {
            prop_assert_eq!(&found[path], file, "{}", path);
        }
    }
}
