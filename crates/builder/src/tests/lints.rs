//! Each lint on a made-up repository that breaks it and nothing else; a repository that breaks none.

mod content;
mod delegations;
mod files;
mod history;
mod keys;
mod online;
mod outside;
mod table;
mod times;

use super::*;
use std::collections::BTreeMap;
use tuffet_metadata::Pinned;
use tuffet_metadata::json::{canonical, object, pretty};
use tuffet_metadata::{keyid_of, write_file};

/// A repository in the making: what each file is to say. [`publish`](World::publish) pins, signs and reads it back.
#[derive(Clone)]
struct World {
    roots: Vec<Object>,
    timestamp: Object,
    snapshot: Object,
    targets: Object,
    delegated: Vec<(String, Object)>,
    /// Target files, by target path.
    contents: BTreeMap<String, Vec<u8>>,
    /// Whether timestamp and snapshot pin lengths and hashes.
    pins: bool,
    /// Entries of the snapshot beyond those of roles.
    entries: Vec<(&'static str, u64)>,
}

type Files = BTreeMap<String, Vec<u8>>;

fn role(kind: &str, version: u64, expires: &str) -> Object {
    object([
        ("_type", kind.into()),
        ("spec_version", "1.0.34".into()),
        ("version", version.into()),
        ("expires", expires.into()),
    ])
}

/// Two roots, everything pinned, one target `a`: no lint finds anything.
fn world() -> World {
    let first = state().root.value();
    let mut second = first.clone();
    second.insert("version".into(), 2u64.into());
    let mut world = World {
        roots: vec![first, second],
        timestamp: role("timestamp", 7, "2026-12-08T12:00:00Z"),
        snapshot: role("snapshot", 6, "2026-12-22T12:00:00Z"),
        targets: role("targets", 5, "2027-07-01T00:00:00Z"),
        delegated: Vec::new(),
        contents: BTreeMap::new(),
        pins: true,
        entries: Vec::new(),
    };
    world.targets.insert("targets".into(), Object::new().into());
    world.target("a", b"content");
    world
}

fn seed_of(key: &Object) -> Option<u8> {
    let text = key.get("keyval")?.as_object()?.get("public")?.as_str()?.to_owned();
    (1..=30).find(|seed| public(*seed).to_tuf_public() == text)
}

/// The seeds of the keys that `keys` has for the keyids of `role`, by keyid.
fn seats_of(keys: &Object, role: &Object) -> Vec<(KeyId, u8)> {
    let keyids = role.get("keyids").and_then(Value::as_array).unwrap().to_vec();
    let seat = |keyid: &Value| {
        let text = keyid.as_str()?;
        Some((KeyId::new(text), seed_of(keys.get(text)?.as_object()?)?))
    };
    keyids.iter().filter_map(seat).collect()
}

fn signed_by(signed: &Object, seats: &[(KeyId, u8)]) -> Vec<u8> {
    let value = Value::Object(signed.clone());
    let payload = canonical(&value);
    let mut signatures: Vec<(KeyId, Vec<u8>)> = Vec::new();
    for (keyid, seed) in seats {
        if !signatures.iter().any(|(known, _)| known == keyid) {
            signatures.push((keyid.clone(), signing_key(*seed).sign(&payload).to_bytes().to_vec()));
        }
    }
    write_file(&value, &signatures)
}

impl World {
    /// Adds a target with its file.
    fn target(&mut self, path: &str, content: &[u8]) {
        let hashes = object([("sha256", sha256(content).to_string().into())]);
        let entry = object([("hashes", hashes.into()), ("length", (content.len() as u64).into())]);
        inside(&mut self.targets, &["targets"]).insert(path.into(), entry.into());
        self.contents.insert(path.into(), content.to_vec());
    }

    /// A delegation to `name`, signed by `seed`, for `paths`, listed after those that are there.
    fn delegate(&mut self, name: &str, seed: u8, paths: &[&str], terminating: bool) {
        let key = Key::compose(&public(seed), Some("@delegate"), None);
        let entry = object([
            ("name", name.into()),
            ("keyids", vec![key.keyid().as_str()].into()),
            ("threshold", 1u64.into()),
            ("terminating", terminating.into()),
            ("paths", paths.to_vec().into()),
        ]);
        let empty = object([("keys", Object::new().into()), ("roles", Value::Array(Vec::new()))]);
        self.targets.entry("delegations".into()).or_insert_with(|| empty.into());
        inside(&mut self.targets, &["delegations", "keys"]).insert(key.keyid().to_string(), key.object().into());
        let delegations = inside(&mut self.targets, &["delegations"]);
        if let Some(Value::Array(roles)) = delegations.get_mut("roles") {
            roles.push(entry.into());
        }
        let mut signed = role("targets", 3, "2027-07-01T00:00:00Z");
        signed.insert("targets".into(), Object::new().into());
        self.delegated.push((name.to_owned(), signed));
    }

    fn newest(&mut self) -> &mut Object {
        self.roots.last_mut().unwrap()
    }

    fn files(&self) -> Files {
        let mut files = Files::new();
        let member = |object: &Object, name: &str| object.get(name).and_then(Value::as_object).cloned().unwrap();
        let seats = |root: &Object, name: &str| seats_of(&member(root, "keys"), &member(&member(root, "roles"), name));
        let mut before: Vec<(KeyId, u8)> = Vec::new();
        for root in &self.roots {
            let own = seats(root, "root");
            let version = root.get("version").and_then(Value::as_u64).unwrap();
            let all: Vec<_> = own.iter().chain(&before).cloned().collect();
            files.insert(format!("{version}.root.json"), signed_by(root, &all));
            before = own;
        }
        let root = self.roots.last().unwrap();
        let consistent = root.get("consistent_snapshot") == Some(&true.into());
        let version = |object: &Object| object.get("version").and_then(Value::as_u64).unwrap();
        let name = |name: &str, v: u64| if consistent { format!("{v}.{name}.json") } else { format!("{name}.json") };
        let pin = |v: u64, bytes: &[u8]| -> Value {
            let pin = Pinned::of(v, bytes);
            let pin = if self.pins { pin } else { Pinned { length: None, hashes: None, ..pin } };
            pin.to_object().into()
        };
        let targets = signed_by(&self.targets, &seats(root, "targets"));
        let mut meta = object([("targets.json", pin(version(&self.targets), &targets))]);
        files.insert(name("targets", version(&self.targets)), targets);
        for (role, signed) in &self.delegated {
            let delegations = self.targets.get("delegations").and_then(Value::as_object).unwrap();
            let listed = delegations.get("roles").and_then(Value::as_array).unwrap();
            let entry =
                listed.iter().filter_map(Value::as_object).find(|e| e.get("name") == Some(&role.as_str().into()));
            let by = entry.map(|entry| seats_of(&member(delegations, "keys"), entry)).unwrap_or_default();
            let bytes = signed_by(signed, &by);
            meta.insert(format!("{role}.json"), pin(version(signed), &bytes));
            files.insert(name(role, version(signed)), bytes);
        }
        for (file, version) in &self.entries {
            meta.insert((*file).to_owned(), object([("version", (*version).into())]).into());
        }
        let mut snapshot = self.snapshot.clone();
        snapshot.insert("meta".into(), meta.into());
        let bytes = signed_by(&snapshot, &seats(root, "snapshot"));
        let mut timestamp = self.timestamp.clone();
        let pinned = pin(version(&snapshot), &bytes);
        files.insert(name("snapshot", version(&snapshot)), bytes);
        timestamp.insert("meta".into(), object([("snapshot.json", pinned)]).into());
        files.insert("timestamp.json".into(), signed_by(&timestamp, &seats(root, "timestamp")));
        files
    }

    /// The repository, observed.
    fn publish(&self) -> Observed {
        self.publish_with(|_| ())
    }

    /// The same with files changed after they were signed.
    fn publish_with(&self, change: impl FnOnce(&mut Files)) -> Observed {
        let mut files = self.files();
        change(&mut files);
        let mut seen = observe("repository", &files);
        let mut served = BTreeMap::new();
        for (path, names) in seen.target_names() {
            if let Some(content) = self.contents.get(&path) {
                served.extend(names.into_iter().map(|name| (name, Served::of(content))));
            }
        }
        seen.served = Some(served);
        let trust = self.contents.iter().filter(|(path, _)| says_whom_to_trust(path));
        seen.contents = trust.map(|(path, content)| (path.clone(), content.clone())).collect();
        seen
    }
}

fn observe(label: &str, files: &Files) -> Observed {
    let fetch = |name: &str| Ok::<_, std::convert::Infallible>(files.get(name).cloned());
    Observed::walk(label, Some(at(CEREMONY)), None, fetch).unwrap()
}

/// Every finding, as `severity id place: message`.
fn all(seen: &Observed, beside: &Beside) -> Vec<String> {
    let show = |f: Finding| {
        let lint = f.lint.unwrap();
        assert_eq!((f.rule, f.fix), (lint.rule, lint.fix));
        format!("{} {} {}: {}", f.severity.as_str(), lint.id, f.place, f.message)
    };
    check_repository(seen, beside, at(CEREMONY)).into_iter().map(show).collect()
}

/// Of a repository with nothing beside it.
fn lints(seen: &Observed) -> Vec<String> {
    all(seen, &Beside::default())
}

/// Those of one lint, without its id.
fn of(id: &str, found: &[String]) -> Vec<String> {
    let marked = format!(" {id} ");
    found.iter().filter(|line| line.contains(&marked)).map(|line| line.replacen(&marked, " ", 1)).collect()
}

#[test]
fn a_good_repository_has_no_findings() {
    assert_eq!(lints(&world().publish()), [""; 0]);
    let mut delegating = world();
    delegating.delegate("team", 11, &["team/*"], true);
    let note = "note L15 5.targets.json: team: expected a threshold of at least 2, found 1: one stolen key is enough";
    assert_eq!(lints(&delegating.publish()), [note]);
}

#[test]
fn what_was_superseded_counts_one_less() {
    let mut chain = world();
    let loose = |root: &mut Object| drop(root.insert("consistent_snapshot".into(), false.into()));
    loose(&mut chain.roots[0]);
    let message = "1.root.json: expected consistent_snapshot to be true, found false";
    assert_eq!(lints(&chain.publish()), [format!("note L26 {message}")]);
    let mut alone = world();
    alone.roots.truncate(1);
    loose(&mut alone.roots[0]);
    assert_eq!(lints(&alone.publish()), [format!("warning L26 {message}")]);
}

#[test]
fn freshness_is_what_is_left_where_keys_are_stolen_d7() {
    let mut world = world();
    world.delegate("team", 11, &["team/*"], true);
    world.delegated[0].1.insert("expires".into(), "2027-01-01T00:00:00Z".into());
    let show = |fresh: Freshness| {
        let bound = |bound: &tuffet_verifier::Bound| format!("{} {}", bound.role, bound.days_left(at(CEREMONY)));
        let with = fresh.with_timestamp_keys.as_ref().map_or("for ever".to_owned(), bound);
        format!("{}: {}; {with}", fresh.role, bound(&fresh.without_keys))
    };
    let found: Vec<String> = freshness(&world.publish()).into_iter().map(show).collect();
    assert_eq!(
        found,
        [
            "root: timestamp 7; root 181",
            "timestamp: timestamp 7; root 181",
            "snapshot: timestamp 7; root 181",
            "targets: timestamp 7; root 181",
            "team: timestamp 7; team 30",
        ]
    );
    assert_eq!(freshness(&Observed::default()), []);
}
