//! Repositories of ours: by the example, by the builder, by hand where it is about the format, and with bins.

use crate::people::Key;
use crate::site::{NAMES, Site, at, first, key, online, second, time};
use crate::world::{By, World, bins_key, set};
use crate::{Wanted, put};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use tuffet_builder::{Given, Pins, TargetChanges, assemble, bins_snapshot, timestamp};
use tuffet_keys::{Sign, sha256, sha512};
use tuffet_metadata::json::{Object, Value, object, parse};
use tuffet_metadata::{Limits, Pinned, Profile, Proposed, Role, RoleName, Targets, Unverified, Verified};
use tuffet_repository::BinSettings;

pub(crate) fn write(corpus: &Path) {
    let dir = tempfile::tempdir().unwrap();
    crate::example::make(dir.path(), at()).unwrap();
    take(corpus, "ours-example", dir.path(), &[("hello.txt", "hello\n")]);

    let dir = tempfile::tempdir().unwrap();
    let site = Site::at(dir.path());
    site.publish(first()).unwrap();
    site.publish(second(&site.state())).unwrap();
    take(corpus, "ours-rotated", dir.path(), &[("logs/keys.json", "{}"), ("new.json", "new")]);

    for (name, hashes) in [("ours-sha512", &["sha512"][..]), ("ours-two-hashes", &["sha256", "sha512"])] {
        let world = World::before(By::Succinct);
        let entries = [("a.txt", "a"), ("deep/er/b.txt", "b"), ("empty", "")];
        let entries = entries.map(|(path, content)| (path.to_owned(), entry(&world, path, content, hashes)));
        publish(&world, Object::from_iter(entries), None, &[]);
        take(corpus, name, world.dir.path(), &[("a.txt", "a"), ("deep/er/b.txt", "b"), ("empty", "")]);
    }

    delegated(corpus);

    for (by, name) in [(By::Succinct, "ours-succinct"), (By::Prefixes, "ours-prefixes")] {
        for (pins, name) in [(Pins::Full, name.to_owned()), (Pins::VersionOnly, format!("{name}-by-version"))] {
            let world = World::new(by);
            let settings = BinSettings { pins, ..crate::world::settings() };
            let files = [("a", "new"), ("b", "2"), ("packages/c.tar.gz", "c"), ("packages/d.tar.gz", "d")];
            let changes: TargetChanges = files.iter().flat_map(|(path, text)| set(path, text.as_bytes())).collect();
            world.update_as(changes, &settings).unwrap();
            files.iter().for_each(|(path, content)| drop(entry(&world, path, content, &["sha256"])));
            take(corpus, &name, world.dir.path(), &files);
        }
    }
}

/// `apps` may say what lies below `apps/`, and hands the text files there to `texts`; nobody after them is asked.
fn delegated(corpus: &Path) {
    let world = World::before(By::Succinct);
    let key = tuffet_metadata::Key::compose(bins_key().public_key(), None, None);
    let role = |name: &str, paths: &str, terminating: bool| {
        let keyid = key.keyid();
        let members = r#""keyids":["KEYID"],"name":"NAME","paths":[PATHS],"terminating":END,"threshold":1"#;
        let members = members.replace("KEYID", keyid.as_str()).replace("NAME", name).replace("PATHS", paths);
        format!("{{{}}}", members.replace("END", &terminating.to_string()))
    };
    let to = |roles: &[String]| {
        let keys = object([(key.keyid().as_str(), Value::from(key.object().clone()))]);
        let roles = parse(format!("[{}]", roles.join(",")).as_bytes(), 32).unwrap();
        Value::from(object([("keys", keys.into()), ("roles", roles)]))
    };
    let one = |path: &str, content: &str| Object::from([(path.to_owned(), entry(&world, path, content, &["sha256"]))]);
    let top = to(&[role("apps", r#""apps/*","apps/*/*""#, true), role("rest", r#""*","*/*""#, false)]);
    let roles = [
        ("apps", one("apps/tool.bin", "tool"), Some(to(&[role("texts", r#""apps/*.txt""#, false)]))),
        ("texts", one("apps/read.txt", "text"), None),
        ("rest", one("other.txt", "other"), None),
    ];
    publish(&world, one("top.txt", "top"), Some(top), &roles);
    let wanted = [("top.txt", "top"), ("apps/tool.bin", "tool"), ("apps/read.txt", "text"), ("other.txt", "other")];
    take(corpus, "ours-delegated", world.dir.path(), &wanted);
}

/// The metadata of a target, whose file is written under each of its hashes.
fn entry(world: &World, path: &str, content: &str, hashes: &[&str]) -> Value {
    let hex = |algorithm: &str| match algorithm {
        "sha256" => sha256(content.as_bytes()).to_string(),
        _ => sha512(content.as_bytes()).to_string(),
    };
    for algorithm in hashes {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let folder = world.dir.path().join("targets").join(folder);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join(format!("{}.{name}", hex(algorithm))), content).unwrap();
    }
    let hashes: Object = hashes.iter().map(|name| ((*name).to_owned(), hex(name).into())).collect();
    object([("hashes", hashes.into()), ("length", (content.len() as u64).into())]).into()
}

fn targets(version: u64, entries: Object, delegations: Option<Value>) -> Proposed<Targets> {
    let mut signed = object([
        ("_type", "targets".into()),
        ("expires", "2027-06-01T00:00:00Z".into()),
        ("spec_version", "1.0.34".into()),
        ("targets", entries.into()),
        ("version", version.into()),
    ]);
    signed.extend(delegations.map(|value| ("delegations".to_owned(), value)));
    Proposed::new(signed.into(), &Limits::default()).unwrap()
}

/// Version 2 of targets with these roles below it, all by hand: no rule of the builder is in the way.
fn publish(world: &World, entries: Object, to: Option<Value>, roles: &[(&str, Object, Option<Value>)]) {
    let published = Site::at(world.dir.path()).repository.published().unwrap().unwrap();
    let write = |name: String, bytes: &[u8]| fs::write(world.dir.path().join(name), bytes).unwrap();
    let mut pins = BTreeMap::new();
    let top = targets(2, entries, to);
    let people: Vec<Key> = NAMES.iter().map(|name| key(name)).collect();
    let file = by(&top, &published.root().authority(&RoleName::Targets), &people.iter().collect::<Vec<_>>());
    write("2.targets.json".into(), &file);
    pins.insert(RoleName::Targets, Pinned::of(2, &file));
    for (name, entries, to) in roles {
        let role = RoleName::Delegated((*name).to_owned());
        let proposed = targets(1, entries.clone(), to.clone());
        let keyid = tuffet_metadata::Key::compose(bins_key().public_key(), None, None).keyid().clone();
        let file = proposed.assemble(&[(keyid, bins_key().sign(proposed.payload()).unwrap())]);
        write(role.versioned_file_name(1), &file);
        pins.insert(role, Pinned::of(1, &file));
    }
    let snapshot = bins_snapshot(&published.snapshot, &pins, time("2026-12-22"), Pins::Full, true).unwrap();
    let snapshot = verified(&published, &snapshot);
    write("2.snapshot.json".into(), snapshot.bytes());
    let timestamp =
        timestamp(Some(&published.timestamp), &snapshot, &tuffet_builder::Online::until(time("2026-12-08"))).unwrap();
    write("timestamp.json".into(), verified(&published, &timestamp).bytes());
}

fn by<T: Role>(proposed: &Proposed<T>, authority: &tuffet_metadata::Authority<'_>, keys: &[&Key]) -> Vec<u8> {
    let give =
        |key: &&Key| Given { by: key.public_key().fingerprint(), signature: key.sign(proposed.payload()).unwrap() };
    assemble(proposed, std::slice::from_ref(authority), &keys.iter().map(give).collect::<Vec<_>>())
}

fn verified<T: Role>(published: &tuffet_repository::Published, proposed: &Proposed<T>) -> Verified<T> {
    let authority = published.root().authority(proposed.role());
    let file = by(proposed, &authority, &[&online()]);
    Unverified::new(file).verify(&authority, &Profile::Strict, &Limits::default()).unwrap()
}

fn take(corpus: &Path, name: &str, dir: &Path, wanted: &[(&str, &str)]) {
    let wanted: Wanted = wanted.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
    put(corpus, name, crate::tree::tree(dir), &wanted);
}
