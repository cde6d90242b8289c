//! A repository of delegated roles in memory: change a role, and the files above it are signed again when asked for.

use super::repo::{EXPIRES, RootFile, START, at, key, root, sign, signed};
use crate::*;
use std::collections::BTreeMap;
use tuffet_keys::sha256;
use tuffet_metadata::json::{Object, Value, object};
use tuffet_metadata::{Pinned, RoleName};

/// A delegation as its delegator writes it.
#[derive(Clone)]
pub(super) struct Edge {
    pub(super) name: String,
    pub(super) seeds: Vec<u8>,
    pub(super) threshold: u64,
    pub(super) terminating: bool,
    /// `paths` or `path_hash_prefixes`, and the items.
    pub(super) by: (&'static str, Vec<String>),
}

/// A targets role, top-level or delegated.
#[derive(Clone)]
pub(super) struct Node {
    pub(super) version: u64,
    pub(super) expires: String,
    pub(super) signers: Vec<u8>,
    /// The paths it lists; the content of each is the role's own name, so that a test sees whose it found.
    pub(super) lists: Vec<String>,
    pub(super) edges: Vec<Edge>,
    /// TAP 15: bits and name prefix, key 9.
    pub(super) succinct: Option<(u64, String)>,
    /// Further members of `signed`.
    pub(super) extra: Object,
}

#[derive(Clone)]
pub(super) struct Forest {
    pub(super) roles: BTreeMap<String, Node>,
    /// Roles the snapshot does not list.
    pub(super) unlisted: Vec<String>,
    /// What is served, and pinned, in place of a role's file.
    pub(super) files: BTreeMap<String, Vec<u8>>,
    pub(super) consistent: bool,
    pub(super) pinned: bool,
    pub(super) policy: Policy,
}

/// Delegates every path to `name`, key 9.
pub(super) fn to(name: &str) -> Edge {
    over(name, &["*", "*/*", "*/*/*"])
}

/// Delegates these patterns to `name`, key 9.
pub(super) fn over(name: &str, patterns: &[&str]) -> Edge {
    let patterns = patterns.iter().map(|p| (*p).to_owned()).collect();
    Edge { name: name.into(), seeds: vec![9], threshold: 1, terminating: false, by: ("paths", patterns) }
}

impl Edge {
    pub(super) fn terminating(self) -> Self {
        Self { terminating: true, ..self }
    }

    pub(super) fn keys(self, seeds: &[u8], threshold: u64) -> Self {
        Self { seeds: seeds.to_vec(), threshold, ..self }
    }

    fn value(&self) -> Value {
        let keyids: Vec<String> = self.seeds.iter().map(|seed| key(*seed).keyid().to_string()).collect();
        object([
            ("name", self.name.as_str().into()),
            ("keyids", keyids.into()),
            ("threshold", self.threshold.into()),
            ("terminating", self.terminating.into()),
            (self.by.0, self.by.1.clone().into()),
        ])
        .into()
    }
}

/// Roles by name with what they list and delegate; `targets` is the top-level one. Every other is signed by key 9.
pub(super) fn forest<const N: usize>(roles: [(&str, &[&str], Vec<Edge>); N]) -> Forest {
    let mut this = Forest {
        roles: BTreeMap::new(),
        unlisted: Vec::new(),
        files: BTreeMap::new(),
        consistent: true,
        pinned: true,
        policy: Policy::default(),
    };
    for (name, lists, edges) in roles {
        this.add(name, lists, edges);
    }
    this
}

impl Forest {
    pub(super) fn add(&mut self, name: &str, lists: &[&str], edges: Vec<Edge>) {
        let signers = if name == "targets" { vec![6, 7] } else { vec![9] };
        let lists = lists.iter().map(|path| (*path).to_owned()).collect();
        let (succinct, extra) = (None, Object::new());
        let node = Node { version: 5, expires: EXPIRES.into(), signers, lists, edges, succinct, extra };
        self.roles.insert(name.to_owned(), node);
    }

    pub(super) fn with(mut self, change: impl FnOnce(&mut Self)) -> Self {
        change(&mut self);
        self
    }

    pub(super) fn role(&mut self, name: &str) -> &mut Node {
        self.roles.get_mut(name).unwrap()
    }

    pub(super) fn file(&self, name: &str) -> Vec<u8> {
        if let Some(file) = self.files.get(name) {
            return file.clone();
        }
        let role = &self.roles[name];
        let entry = || {
            let hashes = object([("sha256", sha256(name.as_bytes()).to_string().into())]);
            Value::from(object([("hashes", hashes.into()), ("length", (name.len() as u64).into())]))
        };
        let mut body = signed("targets", role.version, &role.expires);
        body.insert("targets".into(), role.lists.iter().map(|path| (path.clone(), entry())).collect::<Object>().into());
        let keys = |seeds: &mut dyn Iterator<Item = u8>| -> Value {
            seeds.map(key).map(|k| (k.keyid().to_string(), k.object().clone().into())).collect::<Object>().into()
        };
        if let Some((bits, prefix)) = &role.succinct {
            let keyids: Vec<String> = vec![key(9).keyid().to_string()];
            let succinct = object([
                ("keyids", keyids.into()),
                ("threshold", 1.into()),
                ("bit_length", (*bits).into()),
                ("name_prefix", prefix.as_str().into()),
            ]);
            let by = object([("keys", keys(&mut [9].into_iter())), ("succinct_roles", succinct.into())]);
            body.insert("delegations".into(), by.into());
        } else if !role.edges.is_empty() {
            let roles: Vec<Value> = role.edges.iter().map(Edge::value).collect();
            let seeds = &mut role.edges.iter().flat_map(|edge| edge.seeds.clone());
            body.insert("delegations".into(), object([("keys", keys(seeds)), ("roles", Value::Array(roles))]).into());
        }
        body.extend(role.extra.clone());
        sign(body, &role.signers)
    }

    fn pin(&self, version: u64, bytes: &[u8]) -> Value {
        let full = Pinned::of(version, bytes);
        let pin = if self.pinned { full } else { Pinned { version, length: None, hashes: None } };
        pin.to_object().into()
    }

    pub(super) fn root(&self) -> RootFile {
        root(1).with(|r| r.consistent = self.consistent)
    }

    pub(super) fn snapshot(&self) -> Vec<u8> {
        let mut snapshot = signed("snapshot", 5, EXPIRES);
        let listed = self.roles.keys().filter(|name| !self.unlisted.contains(name));
        let meta = listed.map(|name| (format!("{name}.json"), self.pin(self.pinned_version(name), &self.file(name))));
        snapshot.insert("meta".into(), meta.collect::<Object>().into());
        sign(snapshot, &[5])
    }

    pub(super) fn timestamp(&self) -> Vec<u8> {
        let mut timestamp = signed("timestamp", 5, EXPIRES);
        timestamp.insert("meta".into(), object([("snapshot.json", self.pin(5, &self.snapshot()))]).into());
        sign(timestamp, &[4])
    }

    pub(super) fn refreshed(&self) -> Refreshed {
        let update = Update::start(self.root().file(), at(START), self.policy.clone()).unwrap();
        let update = update.final_root(Memory::default()).unwrap();
        let update = update.timestamp(Unverified::new(self.timestamp())).unwrap();
        let update = update.snapshot(Unverified::new(self.snapshot())).unwrap();
        update.targets(Unverified::new(self.file("targets"))).unwrap()
    }

    /// Version 5, whatever the file says: a test that changes a role's version means it to differ from the pin.
    fn pinned_version(&self, name: &str) -> u64 {
        if name == "targets" { self.roles[name].version } else { 5 }
    }

    /// A search from a fresh start: the roles asked for, and how it ended.
    pub(super) fn search(&self, path: &str) -> (Vec<String>, Result<String, String>) {
        self.search_in(&self.refreshed(), path)
    }

    /// A search in `refreshed`, which fetches each role asked for: `Ok` is the role that lists the target.
    pub(super) fn search_in(&self, refreshed: &Refreshed, path: &str) -> (Vec<String>, Result<String, String>) {
        let mut asked = Vec::new();
        let mut search = refreshed.search(path);
        loop {
            search = match search.step() {
                Step::Fetch(request) => {
                    let RoleName::Delegated(name) = request.role else { panic!("a delegated role") };
                    asked.push(name.clone());
                    match search.take(self.file(&name)) {
                        Ok(search) => search,
                        Err(cause) => return (asked, Err(cause.to_string())),
                    }
                }
                Step::Found(target) => {
                    assert_eq!(target.path, path);
                    assert!(target.check(target.role.as_str().as_bytes()).is_ok(), "the content it lists");
                    return (asked, Ok(target.role.to_string()));
                }
                Step::Absent(reason) => return (asked, Err(reason.to_string())),
            };
        }
    }
}

/// An outcome in short.
pub(super) fn found(asked: &[&str], role: &str) -> (Vec<String>, Result<String, String>) {
    (names(asked), Ok(role.to_owned()))
}

/// An outcome in short.
pub(super) fn absent(asked: &[&str], text: &str) -> (Vec<String>, Result<String, String>) {
    (names(asked), Err(text.to_owned()))
}

fn names(asked: &[&str]) -> Vec<String> {
    asked.iter().map(|name| (*name).to_owned()).collect()
}
