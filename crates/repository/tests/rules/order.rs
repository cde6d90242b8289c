//! What a publication writes, under which names, and what is in it.

use crate::site::{Site, first, second, text};
use tuffet_keys::sha256;
use tuffet_repository::Signed;

#[test]
fn r6_r7_r8_d8_files_have_the_names_clients_ask_for() {
    let dir = tempfile::tempdir().unwrap();
    let site = Site::at(&dir.path().join("new"));
    let receipt = site.publish(first()).unwrap();
    let keys = format!("targets/logs/{}.keys.json", sha256(b"{}"));
    let mut names = vec!["1.root.json", "1.snapshot.json", "1.targets.json", &keys, "timestamp.json"];
    names.sort_unstable();
    assert_eq!(site.names(), names);
    assert_eq!((receipt.root, receipt.targets, receipt.snapshot, receipt.timestamp), (1, 1, 1, 1));
    for (name, bytes) in site.tree() {
        assert_eq!(receipt.files[&name], sha256(&bytes).to_string());
    }
    let published = site.repository.published().unwrap().unwrap();
    assert_eq!(published.snapshot.meta().keys().collect::<Vec<_>>(), ["targets.json"]);
    assert!(published.root().consistent_snapshot);
}

#[test]
fn r12_r13_snapshot_and_timestamp_pin_version_length_and_hash() {
    let dir = tempfile::tempdir().unwrap();
    let site = Site::at(dir.path());
    site.publish(first()).unwrap();
    site.publish(second(&site.state())).unwrap();
    let (tree, published) = (site.tree(), site.repository.published().unwrap().unwrap());
    let pin = published.snapshot.meta().get("targets.json").unwrap();
    assert_eq!((pin.version, pin.length), (2, Some(tree["2.targets.json"].len() as u64)));
    assert!(pin.hashes.as_ref().unwrap().match_bytes(&tree["2.targets.json"]));
    let pin = &published.timestamp.snapshot;
    assert_eq!((pin.version, pin.length), (2, Some(tree["2.snapshot.json"].len() as u64)));
    assert!(pin.hashes.as_ref().unwrap().match_bytes(&tree["2.snapshot.json"]));
    let text = String::from_utf8(tree["timestamp.json"].clone()).unwrap();
    assert_eq!((text.matches(".json\"").count(), text.matches("\"snapshot.json\"").count()), (1, 1));
}

#[test]
fn r10_the_timestamp_is_last_and_the_root_just_before_it() {
    let dir = tempfile::tempdir().unwrap();
    let site = Site::at(dir.path());
    site.publish(first()).unwrap();
    let verified = site.stage(second(&site.state())).unwrap().verify(crate::site::at()).unwrap();
    let new = format!("targets/{}.new.json", sha256(b"new"));
    assert_eq!(verified.files(), [&new, "2.targets.json", "2.snapshot.json", "2.root.json", "timestamp.json"]);
}

#[test]
fn r11_nothing_new_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let site = Site::at(dir.path());
    let refused = "expected a new root or targets, found neither: nothing to publish (R11)";
    assert_eq!(text(site.stage(Signed::default())), refused);
    site.publish(first()).unwrap();
    assert_eq!(text(site.stage(Signed::default())), refused);
}

#[test]
fn r5_a_root_alone_leaves_the_targets_where_they_are() {
    let dir = tempfile::tempdir().unwrap();
    let site = Site::at(dir.path());
    site.publish(first()).unwrap();
    let outgoing = tuffet_keys::Sign::public_key(&crate::site::key("@carol")).fingerprint();
    let replace = tuffet_builder::Change::ReplaceKeyholder { outgoing, incoming: crate::site::holder("@dave") };
    let signed = crate::site::signed(Some(&site.state()), &[replace], &["@alice", "@bob"]);
    assert!(signed.targets.is_none());
    let receipt = site.publish(signed).unwrap();
    assert_eq!((receipt.root, receipt.targets, receipt.snapshot, receipt.timestamp), (2, 1, 2, 2));
    assert_eq!(receipt.files.keys().collect::<Vec<_>>(), ["2.root.json", "2.snapshot.json", "timestamp.json"]);
}
