//! R10: the publisher is killed between any two writes.

use crate::site::{Site, at, expires, first, online, second, time};
use std::collections::BTreeMap;
use tuffet_client::{Client, MemoryStore, MemoryTransport, Policy};
use tuffet_repository::{OnlineExpiries, stage};

type Tree = BTreeMap<String, Vec<u8>>;

/// The targets version a client is at that starts from root 1, having read every target.
fn seen(tree: &Tree) -> u64 {
    let transport: MemoryTransport = tree.iter().map(|(name, bytes)| (name.as_str(), bytes.clone())).collect();
    let pin = &tree["1.root.json"];
    let mut client = Client::bootstrap(MemoryStore::default(), transport, Policy::default(), pin).unwrap();
    let refreshed = client.refresh(at()).unwrap();
    for path in refreshed.targets.targets().keys() {
        client.target_bytes(&refreshed, &path).unwrap();
    }
    refreshed.targets.common.version
}

/// A repository at version 1, its tree, and the tree and order of the publication of version 2.
fn step() -> (Tree, Tree, Vec<String>) {
    let dir = tempfile::tempdir().unwrap();
    let site = Site::at(dir.path());
    site.publish(first()).unwrap();
    let before = site.tree();
    let verified = site.stage(second(&site.state())).unwrap().verify(at()).unwrap();
    let order = verified.files().to_vec();
    verified.publish(&site.repository).unwrap();
    (before, site.tree(), order)
}

fn prefix(before: &Tree, after: &Tree, order: &[String]) -> Tree {
    let mut tree = before.clone();
    tree.extend(order.iter().map(|name| (name.clone(), after[name].clone())));
    tree
}

#[test]
fn r10_at_every_prefix_a_client_sees_the_old_state_or_the_new_one() {
    let (before, after, order) = step();
    assert_eq!(seen(&before), 1);
    for written in 0..=order.len() {
        let expected = if written == order.len() { 2 } else { 1 };
        assert_eq!(seen(&prefix(&before, &after, &order[..written])), expected, "{written}");
    }
}

#[test]
fn x19_after_a_crash_at_any_prefix_the_same_command_finishes() {
    let (before, after, order) = step();
    for written in 0..order.len() {
        // A day later what was left is still what would be made; with another expiry it is another file, which stays, and its
        // version is passed over.
        for (snapshot, version) in [("2026-12-22", 2), ("2026-12-23", 2), ("2026-12-24", 3)] {
            let left = order[..written].iter().any(|name| name == "2.snapshot.json");
            let version = if left { version } else { 2 };
            let dir = tempfile::tempdir().unwrap();
            let site = Site::at(dir.path());
            for (name, bytes) in prefix(&before, &after, &order[..written]) {
                site.put(&name, &bytes);
            }
            let ceremony = after["2.root.json"].clone();
            let mut signed = second(&state_of(&before));
            assert_eq!(signed.root, Some(ceremony));
            signed.files.insert("new.json".into(), b"new".to_vec());
            let expires = OnlineExpiries { snapshot: time(snapshot), ..expires() };
            let staged = stage(site.repository.published().unwrap(), signed, &online(), &expires).unwrap();
            let receipt = staged.verify(at()).unwrap().publish(&site.repository).unwrap();
            assert_eq!(receipt.files.len(), order.len(), "{written}");
            assert_eq!(seen(&site.tree()), 2, "{written}");
            assert_eq!(receipt.snapshot, version, "{written}");
            if snapshot == "2026-12-22" {
                assert_eq!(site.tree(), after);
            } else if left {
                assert_eq!(site.tree()["2.snapshot.json"], after["2.snapshot.json"]);
            }
        }
    }
}

fn state_of(tree: &Tree) -> tuffet_builder::State {
    let dir = tempfile::tempdir().unwrap();
    let site = Site::at(dir.path());
    for (name, bytes) in tree {
        site.put(name, bytes);
    }
    site.state()
}

#[test]
fn x19_an_interrupted_first_publication_finishes() {
    let dir = tempfile::tempdir().unwrap();
    let site = Site::at(dir.path());
    site.publish(first()).unwrap();
    let after = site.tree();
    std::fs::remove_file(site.repository.dir().join("timestamp.json")).unwrap();
    assert!(site.repository.published().unwrap().is_none());
    site.publish(first()).unwrap();
    assert_eq!(site.tree(), after);
}
