//! The simulated repository, to be changed file by file: what is changed is signed again, and pinned again by the
//! files above it, so that a case breaks one rule and no other.

use crate::signer::{Signer, ed25519, file};
use crate::simulator::Simulator;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use tuffet_keys::sha256;
use tuffet_metadata::RoleName::{Root, Snapshot, Targets, Timestamp};

/// When everything expires: late enough for clients that ask this machine for the time.
pub(crate) const FAR: &str = "2100-01-01T00:00:00Z";
/// Past for every clock.
pub(crate) const PAST: &str = "2020-01-01T00:00:00Z";

pub(crate) struct Forge {
    /// By path below the repository.
    pub(crate) files: BTreeMap<String, Vec<u8>>,
    /// Who signs a role when it is signed again.
    pub(crate) signers: BTreeMap<&'static str, Vec<Signer>>,
    /// The targets to ask for, and their content.
    pub(crate) wanted: BTreeMap<String, String>,
    /// The reference time, where a client takes one.
    pub(crate) now: String,
}

impl Forge {
    /// Root keys 1 and 2 of 2, targets 3, snapshot 4, timestamp 5, delegated roles 9; `a.txt` and `b.txt`.
    pub(crate) fn new() -> Self {
        Self::at(1, |_| {})
    }

    /// As the simulator publishes it after `change`, all but root at `version`.
    pub(crate) fn at(version: u64, change: impl FnOnce(&mut Simulator)) -> Self {
        let mut sim = Simulator::new();
        sim.served.files().keys().for_each(|name| sim.served.remove(name));
        sim.expires.values_mut().for_each(|expires| *expires = FAR.into());
        sim.targets = [("a.txt", "first"), ("b.txt", "second")].map(|(n, c)| (n.into(), c.into())).into();
        sim.versions = [(Root, 1), (Targets, version - 1), (Snapshot, version - 1), (Timestamp, version - 1)].into();
        change(&mut sim);
        sim.branches.iter_mut().for_each(|branch| branch.expires = FAR.into());
        sim.write_root();
        sim.publish();
        let signers = sim.keys.iter().map(|(role, (seeds, _))| {
            let role = match role {
                Root => "root",
                Targets => "targets",
                Snapshot => "snapshot",
                _ => "timestamp",
            };
            (role, seeds.iter().map(|seed| ed25519(*seed)).collect())
        });
        let text = |bytes: &Vec<u8>| String::from_utf8(bytes.clone()).unwrap();
        let own = sim.targets.iter();
        let listed = own.chain(sim.branches.iter().flat_map(|branch| &branch.targets));
        // A target in a folder is served where each client asks for it: `a/HASH.x`, and tough `HASH.a/x`.
        let mut files = sim.served.files();
        for (path, bytes) in sim.branches.iter().flat_map(|branch| &branch.targets) {
            files.insert(format!("targets/{}.{path}", sha256(bytes)), bytes.clone());
        }
        Self {
            files,
            signers: signers.collect(),
            wanted: listed.map(|(path, bytes)| (path.clone(), text(bytes))).collect(),
            now: "2026-06-01T00:00:00Z".into(),
        }
    }

    /// The `signed` part of a file.
    pub(crate) fn signed(&self, name: &str) -> Value {
        serde_json::from_slice::<Value>(&self.files[name]).unwrap()["signed"].take()
    }

    /// The role's newest file.
    fn name_of(&self, role: &str) -> String {
        let own = |name: &&String| name.strip_suffix(".json").and_then(|stem| stem.rsplit('.').next()) == Some(role);
        self.files.keys().rfind(own).unwrap().clone()
    }

    /// Changes a top-level role and has its own keys sign it.
    pub(crate) fn edit(&mut self, role: &'static str, change: impl FnOnce(&mut Value)) {
        let signers = self.signers[role].clone();
        self.edit_file(&self.name_of(role), &signers, change);
    }

    /// Changes a file and has these keys sign it.
    pub(crate) fn edit_file(&mut self, name: &str, signers: &[Signer], change: impl FnOnce(&mut Value)) {
        let mut signed = self.signed(name);
        change(&mut signed);
        self.put(name, file(&signed, signers));
    }

    /// Changes the signatures of a role and nothing under them.
    pub(crate) fn signatures(&mut self, role: &str, change: impl FnOnce(&mut Vec<Value>)) {
        let name = self.name_of(role);
        let mut whole: Value = serde_json::from_slice(&self.files[&name]).unwrap();
        change(whole["signatures"].as_array_mut().unwrap());
        self.put(&name, serde_json::to_vec_pretty(&whole).unwrap());
    }

    /// Changes the bytes of a role's file, and signs nothing again.
    pub(crate) fn bytes(&mut self, role: &str, change: impl FnOnce(&mut Vec<u8>)) {
        let name = self.name_of(role);
        let mut bytes = self.files[&name].clone();
        change(&mut bytes);
        self.put(&name, bytes);
    }

    /// Puts `to` where the file of the role has `from`, and signs nothing again.
    pub(crate) fn text(&mut self, role: &str, from: &str, to: &str) {
        self.bytes(role, |bytes| {
            let text = String::from_utf8(bytes.clone()).unwrap();
            assert!(text.contains(from), "{text} has no {from}");
            *bytes = text.replacen(from, to, 1).into_bytes();
        });
    }

    /// Has `signers` be the role's keys in root 1 and sign the role.
    pub(crate) fn assign(&mut self, role: &'static str, signers: Vec<Signer>, threshold: u64) {
        self.edit("root", |root| assign(root, role, &signers, threshold));
        self.signers.insert(role, signers);
        self.edit(role, |_| {});
    }

    /// Root N+1: root N changed, signed by these.
    pub(crate) fn next_root(&mut self, signers: &[Signer], change: impl FnOnce(&mut Value)) {
        let mut root = self.signed(&self.name_of("root"));
        let version = root["version"].as_u64().unwrap() + 1;
        root["version"] = version.into();
        change(&mut root);
        self.files.insert(format!("{version}.root.json"), file(&root, signers));
    }

    /// Lists a target of `targets`, and serves it.
    pub(crate) fn add_target(&mut self, path: &str, content: &str) {
        let hash = sha256(content.as_bytes()).to_string();
        let listed = json!({ "length": content.len(), "hashes": { "sha256": hash } });
        self.edit("targets", |targets| targets["targets"][path] = listed);
        let served = match path.rsplit_once('/') {
            Some((folder, name)) => format!("targets/{folder}/{hash}.{name}"),
            None => format!("targets/{hash}.{path}"),
        };
        self.files.insert(served, content.into());
        self.wanted.insert(path.into(), content.into());
    }

    fn put(&mut self, name: &str, bytes: Vec<u8>) {
        self.files.insert(name.to_owned(), bytes);
        let is = |role: &str| name.ends_with(&format!("{role}.json"));
        if is("root") || is("timestamp") {
            return;
        }
        if !is("snapshot") {
            self.pin_again("snapshot");
        }
        self.pin_again("timestamp");
    }

    /// Lengths and hashes of what the role lists, where it has them, as served now.
    pub(crate) fn pin_again(&mut self, role: &'static str) {
        let name = self.name_of(role);
        let mut signed = self.signed(&name);
        let none = &mut Map::new();
        for (listed, pin) in signed["meta"].as_object_mut().unwrap_or(none) {
            let versioned = format!("{}.{listed}", pin["version"]);
            let Some(bytes) = self.files.get(&versioned).or_else(|| self.files.get(listed)) else { continue };
            if pin.get("length").is_some() {
                pin["length"] = bytes.len().into();
            }
            if pin.get("hashes").is_some() {
                pin["hashes"] = json!({ "sha256": sha256(bytes).to_string() });
            }
        }
        self.files.insert(name, file(&signed, &self.signers[role]));
    }
}

/// Lists `signers` as the keys of a role of root, beside the keys there are.
pub(crate) fn assign(root: &mut Value, role: &str, signers: &[Signer], threshold: u64) {
    for signer in signers {
        root["keys"][&signer.keyid] = signer.object.clone();
    }
    let keyids: Vec<&str> = signers.iter().map(|signer| &*signer.keyid).collect();
    root["roles"][role] = json!({ "keyids": keyids, "threshold": threshold });
}
