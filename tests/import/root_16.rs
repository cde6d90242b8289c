//! The first ceremony after a takeover: a keyholder is replaced, and everything else is what it was.

use crate::production::{NOW, published};
use crate::real::{data, tuffet};
use crate::terminal::sit;
use crate::tree::tree;
use crate::working::{AT, Scratch, golden, put};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Who goes, who comes, and when, in the workspace `w` of `scratch`; drafted, and signed by nobody.
fn draft(scratch: &Scratch, outgoing: &str, date: &str) {
    let script = format!(
        "
        cd w
        tuffet plan invite --ceremony next --owner @newcomer --out ../newcomer.invite
        tuffet key generate file:../newcomer.pem --scheme p256
        tuffet key enroll --key file:../newcomer.pem --invite ../newcomer.invite --out ../newcomer
        tuffet plan replace next --outgoing {outgoing} --incoming ../newcomer --date {date} \\
            --approvals 0 --waive K5=test --allow-software-keys
        tuffet draft ceremony/next"
    );
    let sitting = sit(scratch.0.path(), Some(date), &script, &[("passphrase", "correct horse")]);
    assert_eq!(sitting.code, 0, "{}", sitting.screen);
}

/// The places at which two values differ.
fn differences(at: &str, old: &Value, new: &Value, out: &mut BTreeSet<String>) {
    match (old, new) {
        (Value::Object(old), Value::Object(new)) => {
            for name in old.keys().chain(new.keys()).collect::<BTreeSet<_>>() {
                let value = |all: &serde_json::Map<String, Value>| all.get(name).cloned().unwrap_or(Value::Null);
                differences(&format!("{at}/{name}"), &value(old), &value(new), out);
            }
        }
        _ if old != new => {
            out.insert(at.to_owned());
        }
        _ => {}
    }
}

fn json(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap()
}

fn keyid_of(root: &Value, owner: &str) -> String {
    let keys = root["keys"].as_object().unwrap();
    keys.iter().find(|(_, key)| key["x-tuf-on-ci-keyowner"] == owner).unwrap().0.clone()
}

/// What the draft changes, and nothing else: asserted as places in the JSON.
fn assert_only_the_key_changed(w: &Path, old: &Value, outgoing: &str, version: u64) -> Value {
    // Canonical form leaves line feeds raw, which no JSON reader takes.
    let payload = fs::read_to_string(w.join("ceremony/next/payload/root.json")).unwrap();
    let new: Value = json(payload.replace('\n', "\\n").as_bytes());
    let (gone, come) = (keyid_of(old, outgoing), keyid_of(&new, "@newcomer"));
    let mut found = BTreeSet::new();
    differences("", old, &new, &mut found);
    let expected = [
        "/expires".to_owned(),
        format!("/keys/{come}"),
        format!("/keys/{gone}"),
        "/roles/root/keyids".to_owned(),
        "/roles/targets/keyids".to_owned(),
        "/version".to_owned(),
    ];
    assert_eq!(found, expected.into());
    assert_eq!(new["version"], version);
    for role in ["root", "targets"] {
        // In the place of who goes: the order of the others stays.
        let replaced = |keyid: &Value| if *keyid == *gone { come.clone().into() } else { keyid.clone() };
        let expected: Vec<Value> = old["roles"][role]["keyids"].as_array().unwrap().iter().map(replaced).collect();
        assert_eq!(new["roles"][role]["keyids"], Value::Array(expected), "{role}");
    }
    new
}

#[test]
fn root_16_replaces_a_keyholder_and_every_other_byte_stays() {
    let Some(data) = data("root 16") else { return };
    let scratch = Scratch::new();
    put(&scratch.path("source"), &published(&data));
    tuffet(&["import", &scratch.at("source"), &scratch.at("w"), "--at", NOW]).done();
    let w = scratch.path("w");
    draft(&scratch, "@lance", "2026-09-01T10:00:00Z");
    assert_eq!(tree(&w.join("repository")), published(&data), "nothing is published, and no byte has moved");
    let old = json(&published(&data)["15.root.json"])["signed"].clone();
    let new = assert_only_the_key_changed(&w, &old, "@lance", 16);
    for field in ["spec_version", "consistent_snapshot", "x-tuf-on-ci-expiry-period", "x-tuf-on-ci-signing-period"] {
        assert!(!old[field].is_null() && old[field] == new[field], "{field}");
    }
    // Of those who signed targets 14 enough stay: nobody is asked to sign it again (R20).
    let targets = json(&published(&data)["14.targets.json"]);
    let stay: BTreeSet<&str> =
        new["roles"]["targets"]["keyids"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    let signed =
        targets["signatures"].as_array().unwrap().iter().filter(|entry| {
            !entry["sig"].as_str().unwrap().is_empty() && stay.contains(entry["keyid"].as_str().unwrap())
        });
    assert!(signed.count() >= 3);
    let payloads: BTreeSet<String> = tree(&w.join("ceremony/next/payload")).into_keys().collect();
    assert_eq!(payloads, ["root.json".to_owned()].into());
    assert!(!w.join("ceremony/next/signatures").exists() || tree(&w.join("ceremony/next/signatures")).is_empty());
    let kept = tree(&w.join("ceremony/next/previous"));
    assert_eq!(kept["root.json"], published(&data)["15.root.json"]);
    assert_eq!(kept["targets.json"], published(&data)["14.targets.json"]);
}

#[test]
fn the_root_after_a_takeover_replaces_a_keyholder_and_every_other_byte_stays() {
    let scratch = Scratch::golden(crate::working::working_tree);
    tuffet(&["import", &scratch.at("source"), &scratch.at("w"), "--at", AT]).done();
    let before = tree(&scratch.path("w/repository"));
    draft(&scratch, "@dave", "2027-03-03T10:00:00Z");
    assert_eq!(tree(&scratch.path("w/repository")), before);
    let old = json(&golden()["2.root.json"])["signed"].clone();
    assert_only_the_key_changed(&scratch.path("w"), &old, "@dave", 3);
}
