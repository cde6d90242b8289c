//! What lies there already when an entry begins, because somebody else has made it.

use crate::run::PASSPHRASE;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::process::Command;
use tuffet_keys::{Sign as _, sha256};
use tuffet_metadata::json::{canonical, parse};
use tuffet_signers::{AskError, AskSecret, FileKey, Secret};

/// Lays it beside the workspace.
pub(crate) fn put(entry: usize, folder: &Path) {
    match entry {
        12 => fast_forward(folder),
        29 => core_keyids(folder),
        30 => flat(folder),
        _ => {}
    }
}

/// Entry 12: what a thief of the online key serves, `thief/`: snapshot and timestamp as far ahead as they can be.
fn fast_forward(folder: &Path) {
    let thief = folder.join("thief");
    let copied =
        Command::new("cp").arg("-a").arg(folder.join("root-of-trust/repository")).arg(&thief).status().unwrap();
    assert!(copied.success());
    let read = |name: &str| -> Value { serde_json::from_slice(&fs::read(thief.join(name)).unwrap()).unwrap() };
    let mut snapshot = read("2.snapshot.json")["signed"].clone();
    snapshot["version"] = FAR.into();
    let snapshot = signed(&snapshot, &read("2.root.json"), "snapshot", folder, &["online/online.pem"]);
    let mut timestamp = read("timestamp.json")["signed"].clone();
    timestamp["version"] = FAR.into();
    timestamp["meta"]["snapshot.json"] =
        json!({ "version": FAR, "length": snapshot.len(), "hashes": { "sha256": sha256(&snapshot).to_string() } });
    let timestamp = signed(&timestamp, &read("2.root.json"), "timestamp", folder, &["online/online.pem"]);
    fs::write(thief.join(format!("{FAR}.snapshot.json")), snapshot).unwrap();
    fs::write(thief.join("timestamp.json"), timestamp).unwrap();
}

/// Where some clients' numbers end.
const FAR: u64 = (1 << 31) - 1;

/// Entry 29: a repository whose keyids leave out whose key it is, as some tools made them, `theirs/`: that of entry 1.
fn core_keyids(folder: &Path) {
    let (from, to) = (folder.join("root-of-trust/repository"), folder.join("theirs"));
    fs::create_dir_all(&to).unwrap();
    assert!(Command::new("cp").arg("-a").arg(from.join("targets")).arg(&to).status().unwrap().success());
    let read = |name: &str| fs::read_to_string(from.join(name)).unwrap();
    let (mut root, mut targets, mut snapshot) = (read("1.root.json"), read("1.targets.json"), read("1.snapshot.json"));
    let keys = serde_json::from_str::<Value>(&root).unwrap()["signed"]["keys"].clone();
    for (keyid, key) in keys.as_object().unwrap() {
        let core = json!({ "keytype": key["keytype"], "scheme": key["scheme"], "keyval": key["keyval"] });
        let new = sha256(&canonical(&parse(core.to_string().as_bytes(), 100).unwrap())).to_string();
        for file in [&mut root, &mut targets, &mut snapshot] {
            *file = file.replace(keyid, &new);
        }
    }
    let pin = |version: u64, bytes: &[u8]| json!({ "version": version, "length": bytes.len(), "hashes": { "sha256": sha256(bytes).to_string() } });
    let root: Value = serde_json::from_str(&root).unwrap();
    let mut online: Value = serde_json::from_str(&snapshot).unwrap();
    online["signed"]["expires"] = "2027-06-01T10:00:00Z".into();
    online["signed"]["meta"]["targets.json"] = pin(1, targets.as_bytes());
    let snapshot = signed(&online["signed"], &root, "snapshot", folder, &["online/online.pem"]);
    online["signed"]["_type"] = "timestamp".into();
    online["signed"]["meta"] = json!({ "snapshot.json": pin(1, &snapshot) });
    let timestamp = signed(&online["signed"], &root, "timestamp", folder, &["online/online.pem"]);
    let keys = ["alice/alice.pem", "bob/bob.pem", "carol/carol.pem"];
    fs::write(to.join("1.root.json"), signed(&root["signed"], &root, "root", folder, &keys)).unwrap();
    fs::write(to.join("1.targets.json"), targets).unwrap();
    fs::write(to.join("1.snapshot.json"), snapshot).unwrap();
    fs::write(to.join("timestamp.json"), timestamp).unwrap();
}

/// Entry 30: a repository from before consistent snapshots, `flat/`: that of entry 1, without versions and hashes in
/// names, and its root signed anew to say so.
fn flat(folder: &Path) {
    let (from, to) = (folder.join("root-of-trust/repository"), folder.join("flat"));
    fs::create_dir_all(to.join("targets")).unwrap();
    for (old, new) in
        [("1.targets.json", "targets.json"), ("1.snapshot.json", "snapshot.json"), ("timestamp.json", "timestamp.json")]
    {
        fs::copy(from.join(old), to.join(new)).unwrap();
    }
    fs::copy(folder.join("trusted_root.json"), to.join("targets/trusted_root.json")).unwrap();
    let root: Value = serde_json::from_slice(&fs::read(from.join("1.root.json")).unwrap()).unwrap();
    let mut unsigned = root["signed"].clone();
    unsigned["consistent_snapshot"] = false.into();
    let keys = ["alice/alice.pem", "bob/bob.pem", "carol/carol.pem"];
    fs::write(to.join("1.root.json"), signed(&unsigned, &root, "root", folder, &keys)).unwrap();
}

/// The file: what is to be signed, and signatures by these key files, each of which is one of the role's keys.
fn signed(unsigned: &Value, root: &Value, role: &str, folder: &Path, keys: &[&str]) -> Vec<u8> {
    let payload = canonical(&parse(unsigned.to_string().as_bytes(), 100).unwrap());
    let keyids = root["signed"]["roles"][role]["keyids"].as_array().unwrap();
    let mut signatures = Vec::new();
    for key in keys {
        let key = FileKey::open(&folder.join(key), &mut Typed).unwrap();
        // Of Ed25519: the key is what comes last.
        let public = hex::encode(&key.public_key().spki_der()[12..]);
        let own = |keyid: &&Value| {
            let object = &root["signed"]["keys"][keyid.as_str().unwrap()];
            object["keyval"]["public"].as_str().unwrap() == public
        };
        let keyid = keyids.iter().find(own).unwrap_or_else(|| panic!("{public}: in {role}"));
        signatures.push(json!({ "keyid": keyid, "sig": hex::encode(key.sign(&payload).unwrap()) }));
    }
    serde_json::to_vec_pretty(&json!({ "signatures": signatures, "signed": unsigned })).unwrap()
}

struct Typed;

impl AskSecret for Typed {
    fn ask(&mut self, _: &str) -> Result<Secret, AskError> {
        Ok(Secret::new(PASSPHRASE.to_owned()))
    }
}
