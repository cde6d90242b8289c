//! The first publication after a takeover: what nobody asked to change is what it was.

use crate::maker::{AT, Maker, Scratch, delegation, key, targets};
use crate::tree::tree;
use serde_json::Value;
use tuffet_builder::{Change, Expiries, Given, Holder, Pins, TargetPin, assemble, draft, payload};
use tuffet_keys::{Sign, sha256};
use tuffet_metadata::{RoleName, parse_time};
use tuffet_repository::{OnlineExpiries, Repository, Signed, stage};

#[test]
fn d3_c38_the_next_version_keeps_spec_version_keys_and_dead_entries() {
    let mut maker = Maker::new(&[("old.txt", b"old")]);
    maker.delegate(&["@dora"], &[delegation("d", "@dora")]);
    maker.add("d", targets(4, &[("d.txt", b"d")]), "@dora");
    maker.contents.insert("d.txt".into(), b"d".to_vec());
    maker.listed.insert("rekor.json".into(), 3);
    maker.root["x-tuf-on-ci-expiry-period"] = 197.into();
    let scratch = Scratch::of(&maker.working());
    scratch.take().unwrap();
    let before = tree(&scratch.made());
    let repository = Repository::open(&scratch.made());
    let published = repository.published().unwrap().unwrap();
    let state = published.state();

    let outgoing = key("@alice").public_key().fingerprint();
    let incoming = Holder { owner: "@anna".into(), public: key("@anna").public_key().clone() };
    let pin = TargetPin { path: "new.txt".into(), length: 3, sha256: sha256(b"new"), sha512: None, custom: None };
    let changes = [Change::ReplaceKeyholder { outgoing, incoming }, Change::SetTarget { role: RoleName::Targets, pin }];
    let day = |day: &str| parse_time(&format!("2026-12-{day}T00:00:00Z")).unwrap();
    let draft = draft(Some(&state), &changes, &Expiries::new(day("30"), day("30"))).unwrap();
    let (root, targets) = (draft.root.unwrap(), draft.targets.unwrap());
    let give = |bytes: &[u8], names: &[&str]| -> Vec<Given> {
        let one =
            |name: &&str| Given { by: key(name).public_key().fingerprint(), signature: key(name).sign(bytes).unwrap() };
        names.iter().map(one).collect()
    };
    let by = [root.authority(&RoleName::Root), state.root.authority(&RoleName::Root)];
    let signed_root = assemble(&root, &by, &give(&payload(&root).unwrap(), &["@alice", "@anna"]));
    let signed_targets =
        assemble(&targets, &[root.authority(&RoleName::Targets)], &give(&payload(&targets).unwrap(), &["@anna"]));
    let signed = Signed {
        root: Some(signed_root),
        targets: Some(signed_targets),
        files: [("new.txt".to_owned(), b"new".to_vec())].into(),
        ..Signed::default()
    };
    let expires = OnlineExpiries { snapshot: day("22"), timestamp: day("08"), pins: Pins::Full };
    let staged = stage(Some(published), signed, &key("@olga"), &expires).unwrap();
    let receipt = staged.verify(parse_time(AT).unwrap()).unwrap().publish(&repository).unwrap();
    assert_eq!((receipt.root, receipt.targets, receipt.snapshot, receipt.timestamp), (2, 2, 4, 4));

    let after = tree(&scratch.made());
    for (name, bytes) in before.iter().filter(|(name, _)| *name != "timestamp.json") {
        assert_eq!(after.get(name), Some(bytes), "{name}");
    }
    let signed = |name: &str| serde_json::from_slice::<Value>(&after[name]).unwrap()["signed"].clone();
    for name in ["2.root.json", "2.targets.json", "4.snapshot.json", "timestamp.json"] {
        assert_eq!(signed(name)["spec_version"], "1.0", "{name}");
    }
    assert_eq!(signed("2.root.json")["x-tuf-on-ci-expiry-period"], 197);
    let meta = signed("4.snapshot.json")["meta"].clone();
    assert_eq!(meta["rekor.json"], serde_json::json!({"version": 3}), "dead, and kept as it was (D6)");
    assert_eq!(meta["d.json"]["version"], 4, "not signed again");
    assert_eq!(
        meta["d.json"]["hashes"]["sha256"],
        sha256(&after["4.d.json"]).to_string(),
        "and pinned by hash from now on (R12)"
    );
    assert_eq!(signed("2.targets.json")["delegations"], signed("1.targets.json")["delegations"]);
    // And handed back, it is the tree that the other tool works on.
    let out = scratch.0.path().join("out");
    crate::maker::copy(&scratch.made(), &out, tuffet_repository::Layout::TufOnCi).unwrap();
    let out = tree(&out);
    assert_eq!(out["metadata/root.json"], after["2.root.json"]);
    assert_eq!(out["metadata/d.json"], after["4.d.json"]);
    assert_eq!((&*out["targets/new.txt"], &*out["targets/d.txt"]), (&b"new"[..], &b"d"[..]));
}

#[test]
fn r9_the_root_that_switches_consistent_snapshots_on_brings_the_names_clients_then_ask_for() {
    let mut maker = Maker::new(&[("old.txt", b"old")]);
    maker.delegate(&["@dora"], &[delegation("d", "@dora")]);
    maker.add("d", targets(4, &[]), "@dora");
    maker.root["consistent_snapshot"] = false.into();
    let scratch = Scratch::of(&maker.published());
    scratch.take().unwrap();
    let before = tree(&scratch.made());
    let repository = Repository::open(&scratch.made());
    let published = repository.published().unwrap().unwrap();
    let state = published.state();
    let day = |day: &str| parse_time(&format!("2026-12-{day}T00:00:00Z")).unwrap();
    let draft = draft(Some(&state), &[Change::SetConsistentSnapshot], &Expiries::new(day("30"), day("30"))).unwrap();
    let root = draft.root.unwrap();
    let signature = key("@alice").sign(&payload(&root).unwrap()).unwrap();
    let given = [Given { by: key("@alice").public_key().fingerprint(), signature }];
    let by = [root.authority(&RoleName::Root), state.root.authority(&RoleName::Root)];
    let signed = Signed { root: Some(assemble(&root, &by, &given)), ..Signed::default() };
    let expires = OnlineExpiries { snapshot: day("22"), timestamp: day("08"), pins: Pins::Full };
    let staged = stage(Some(published), signed, &key("@olga"), &expires).unwrap();
    // Publishing reads it back by a client from the first root and from the newest.
    staged.verify(parse_time(AT).unwrap()).unwrap().publish(&repository).unwrap();
    let after = tree(&scratch.made());
    for (old, new) in [("targets.json", "1.targets.json"), ("d.json", "4.d.json")] {
        assert_eq!(after.get(new), before.get(old), "{new} is {old}, byte for byte");
        assert!(!before.contains_key(new) && after.contains_key(old), "{old} stays for whoever comes to it");
    }
}

/// tough takes no root in which a keyid is not the hash of its whole key; that is what a rewriting of keys mends.
#[cfg(feature = "second-client")]
#[test]
fn r21_a_root_that_the_second_client_cannot_parse_keeps_nobody_from_rewriting_its_keys() {
    let mut maker = Maker::new(&[("old.txt", b"old")]);
    // A keyid that covers keytype, scheme and keyval alone, as some tools made them.
    let object = crate::maker::key_object("@spare").1;
    let mut core = object.clone();
    core.as_object_mut().unwrap().retain(|name, _| ["keytype", "scheme", "keyval"].contains(&name.as_str()));
    let core = tuffet_metadata::json::parse(core.to_string().as_bytes(), 32).unwrap();
    let keyid = sha256(&tuffet_metadata::json::canonical(&core)).to_string();
    maker.root["roles"]["root"]["keyids"].as_array_mut().unwrap().push(keyid.clone().into());
    maker.root["keys"][keyid] = object;
    let scratch = Scratch::of(&maker.published());
    scratch.take().unwrap();
    let repository = Repository::open(&scratch.made());
    let day = |day: &str| parse_time(&format!("2026-12-{day}T00:00:00Z")).unwrap();
    let staged = |change: Change| {
        let published = repository.published().unwrap().unwrap();
        let state = published.state();
        let root = draft(Some(&state), &[change], &Expiries::new(day("30"), day("30"))).unwrap().root.unwrap();
        let signature = key("@alice").sign(&payload(&root).unwrap()).unwrap();
        let given = [Given { by: key("@alice").public_key().fingerprint(), signature }];
        let by = [root.authority(&RoleName::Root), state.root.authority(&RoleName::Root)];
        let signed = Signed { root: Some(assemble(&root, &by, &given)), ..Signed::default() };
        let expires = OnlineExpiries { snapshot: day("22"), timestamp: day("08"), pins: Pins::Full };
        stage(Some(published), signed, &key("@olga"), &expires).unwrap().verify(parse_time(AT).unwrap())
    };
    let refused = staged(Change::Renew { role: RoleName::Root }).unwrap_err().to_string();
    assert!(refused.contains("the second client (tough) refuses the staged repository"), "{refused}");
    let accepted = staged(Change::RewriteKeys).unwrap();
    let told = accepted.second_client().unwrap();
    let begins =
        "the second client (tough) starts from root v2; from v1 it says: Failed to parse trusted root metadata";
    assert!(told.starts_with(begins), "{told}");
}
