//! Every file that anybody can make, signed beforehand.

use crate::State;
use crate::run::{On, Stage};
use chrono::{DateTime, Utc};
use ed25519_dalek::{Signer, SigningKey};
use tuffet_keys::{KeyId, PublicKey, Scheme};
use tuffet_metadata::json::{Object, Value, canonical, object};
use tuffet_metadata::{Key, Pinned, parse_time, write_file};
use tuffet_verifier::{Anchor, Policy, Unverified};

/// A file by its place in the lists below.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Thing {
    Root(u8),
    Timestamp(u8),
    Snapshot(u8),
    Targets(u8),
}

/// Who can bring a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Maker {
    /// The repository, from this publication on.
    Published(u8),
    /// Whoever has as many of the stolen keys.
    Thief(u8),
}

pub(crate) struct File {
    pub(crate) bytes: Vec<u8>,
    pub(crate) version: u64,
    pub(crate) maker: Maker,
    /// Whether it has expired when the clock is late.
    pub(crate) is_short: bool,
    /// Of a timestamp the snapshot it pins, of a snapshot the targets: by place. Of a root the set of online keys.
    pub(crate) pins: u8,
    /// The set of online keys by which it is signed.
    pub(crate) keys: u8,
    /// Of a snapshot: the versions it lists of targets and of the delegated role, 0 for none.
    pub(crate) lists: (u64, u64),
}

pub(crate) struct Files {
    pub(crate) roots: Vec<File>,
    pub(crate) timestamps: Vec<File>,
    pub(crate) snapshots: Vec<File>,
    pub(crate) targets: Vec<File>,
    /// The pinned root, verified.
    pub(crate) pin: Anchor,
}

/// Publications: the second generation of everything; root 2 with other online keys; root 3.
pub(crate) const PUBLICATIONS: u8 = 3;
/// The timestamp key, the snapshot key.
pub(crate) const KEYS_TO_STEAL: u8 = 2;
/// A pin to what nobody has.
pub(crate) const NOTHING: u8 = u8::MAX;

impl Files {
    pub(crate) fn new() -> Self {
        let root = |version, online: u8, own: &[u8], signers: &[u8], maker, is_short| File {
            bytes: root(version, own, online, signers, is_short),
            version,
            maker,
            is_short,
            pins: online,
            keys: 0,
            lists: (0, 0),
        };
        let roots = vec![
            root(1, 0, &[1, 2], &[1, 2], Maker::Published(0), true),
            // After the theft. It expires early: a client may walk over it, and stop there (C20).
            root(2, 1, &[1, 2], &[1, 2], Maker::Published(2), true),
            root(3, 1, &[1, 2], &[1, 2], Maker::Published(3), false),
            // T22, T26: one of two root keys is stolen, and the thief has as many of his own as he likes.
            root(2, 0, &[91, 92], &[1, 91, 92], Maker::Thief(0), false),
            root(2, 0, &[1, 91], &[1, 91], Maker::Thief(0), false),
        ];
        let targets: Vec<File> = [
            (1, 6, Maker::Published(0)),
            (2, 6, Maker::Published(1)),
            (3, 6, Maker::Published(3)),
            (3, 93, Maker::Thief(0)),
        ]
        .map(|(version, seed, maker)| plain("targets", version, seed, maker, false))
        .into();
        // (version, key, targets by place, what it says of them and of the delegated role, maker)
        let snapshots: Vec<File> = [
            (1, 5, 0, (1, 1), Maker::Published(0)),
            (2, 5, 1, (2, 1), Maker::Published(1)),
            (3, 15, 1, (2, 1), Maker::Published(2)),
            (4, 15, 2, (3, 1), Maker::Published(3)),
            // T13, T14, T16, and targets of a stranger.
            (3, 5, 0, (1, 1), Maker::Thief(2)),
            (3, 5, 1, (2, 0), Maker::Thief(2)),
            (90, 5, NOTHING, (1000, 1), Maker::Thief(2)),
            (3, 5, 3, (3, 1), Maker::Thief(2)),
        ]
        .map(|(version, seed, pins, lists, maker)| {
            let pin = targets.get(usize::from(pins)).map(|file| Pinned::of(file.version, &file.bytes));
            snapshot(version, seed, pins, pin, lists, maker)
        })
        .into();
        // (version, key, snapshot by place, maker, whether it expires early)
        let timestamps = [
            (1, 4, 0, Maker::Published(0), true),
            (2, 4, 1, Maker::Published(1), false),
            (3, 14, 2, Maker::Published(2), false),
            (4, 14, 3, Maker::Published(3), false),
            // T8 to T16: older snapshots again, and those that a thief of both keys has made.
            (3, 4, 0, Maker::Thief(1), false),
            (80, 4, 1, Maker::Thief(1), false),
            (3, 4, 4, Maker::Thief(2), false),
            (3, 4, 5, Maker::Thief(2), false),
            (90, 4, 6, Maker::Thief(2), false),
            (3, 4, 7, Maker::Thief(2), false),
        ]
        .map(|(version, seed, pins, maker, is_short)| {
            let pinned: &File = &snapshots[usize::from(pins)];
            let pin = Pinned::of(pinned.version, &pinned.bytes);
            let file = timestamp(version, seed, &pin, is_short);
            File { bytes: file, version, maker, is_short, pins, keys: u8::from(seed > 10), lists: (0, 0) }
        })
        .into();
        let pin = Unverified::new(roots[0].bytes.clone());
        let pin = Anchor::check(pin, &Policy::default()).unwrap();
        Self { roots, timestamps, snapshots, targets, pin }
    }

    pub(crate) fn get(&self, thing: Thing) -> &File {
        match thing {
            Thing::Root(place) => &self.roots[usize::from(place)],
            Thing::Timestamp(place) => &self.timestamps[usize::from(place)],
            Thing::Snapshot(place) => &self.snapshots[usize::from(place)],
            Thing::Targets(place) => &self.targets[usize::from(place)],
        }
    }

    /// Whether somebody can bring the file now.
    pub(crate) fn exists(&self, thing: Thing, state: &State) -> bool {
        match self.get(thing).maker {
            Maker::Published(from) => state.published >= from,
            Maker::Thief(keys) => state.stolen >= keys,
        }
    }

    /// What can be brought where the client asks for a name: every file that is called so, and some that are not.
    pub(crate) fn candidates(&self, on: &On) -> Vec<Thing> {
        let all = |files: &[File], thing: fn(u8) -> Thing| -> Vec<Thing> {
            (0..files.len()).map(|place| thing(u8::try_from(place).unwrap())).collect()
        };
        match on.stage {
            Stage::Roots => all(&self.roots, Thing::Root),
            Stage::Timestamp => all(&self.timestamps, Thing::Timestamp),
            Stage::Snapshot => all(&self.snapshots, Thing::Snapshot),
            Stage::Targets => all(&self.targets, Thing::Targets),
        }
    }
}

/// Before and after the early expiries.
pub(crate) fn time(is_late: bool) -> DateTime<Utc> {
    parse_time(if is_late { "2026-09-01T00:00:00Z" } else { "2026-06-01T00:00:00Z" }).unwrap()
}

fn expires(is_short: bool) -> &'static str {
    if is_short { "2026-07-01T00:00:00Z" } else { "2030-01-01T00:00:00Z" }
}

fn pair(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

fn key(seed: u8) -> Key {
    let public = PublicKey::from_raw(Scheme::Ed25519, pair(seed).verifying_key().as_bytes()).unwrap();
    Key::compose(&public, None, None)
}

fn sign(signed: Object, seeds: &[u8]) -> Vec<u8> {
    let signed = Value::from(signed);
    let payload = canonical(&signed);
    let one = |seed: &u8| (key(*seed).keyid().clone(), pair(*seed).sign(&payload).to_bytes().to_vec());
    write_file(&signed, &seeds.iter().map(one).collect::<Vec<(KeyId, Vec<u8>)>>())
}

fn head(role: &str, version: u64, is_short: bool) -> Object {
    object([
        ("_type", role.into()),
        ("expires", expires(is_short).into()),
        ("spec_version", "1.0.34".into()),
        ("version", version.into()),
    ])
}

/// A root whose own keys are all needed; online keys 4 and 5, or 14 and 15.
fn root(version: u64, own: &[u8], online: u8, signers: &[u8], is_short: bool) -> Vec<u8> {
    let online = if online == 0 { [4, 5] } else { [14, 15] };
    let roles = [("root", own), ("timestamp", &online[..1]), ("snapshot", &online[1..]), ("targets", &[6])];
    let (mut keys, mut objects) = (Object::new(), Object::new());
    for (role, seeds) in roles {
        let mut keyids = Vec::new();
        for key in seeds.iter().map(|seed| key(*seed)) {
            keyids.push(key.keyid().to_string());
            keys.insert(key.keyid().to_string(), key.object().into());
        }
        let threshold = u64::try_from(seeds.len()).unwrap();
        objects.insert(role.to_owned(), object([("keyids", keyids.into()), ("threshold", threshold.into())]).into());
    }
    let mut root = head("root", version, is_short);
    root.insert("consistent_snapshot".into(), true.into());
    root.insert("keys".into(), keys.into());
    root.insert("roles".into(), objects.into());
    sign(root, signers)
}

fn plain(role: &str, version: u64, seed: u8, maker: Maker, is_short: bool) -> File {
    let mut signed = head(role, version, is_short);
    signed.insert("targets".into(), Object::new().into());
    File { bytes: sign(signed, &[seed]), version, maker, is_short, pins: NOTHING, keys: 0, lists: (0, 0) }
}

fn snapshot(version: u64, seed: u8, pins: u8, pin: Option<Pinned>, lists: (u64, u64), maker: Maker) -> File {
    let pin = pin.unwrap_or(Pinned { version: lists.0, length: None, hashes: None });
    let mut meta = object([("targets.json", pin.to_object().into())]);
    if lists.1 > 0 {
        meta.insert("d.json".into(), object([("version", lists.1.into())]).into());
    }
    let mut signed = head("snapshot", version, false);
    signed.insert("meta".into(), meta.into());
    File { bytes: sign(signed, &[seed]), version, maker, is_short: false, pins, keys: u8::from(seed > 10), lists }
}

fn timestamp(version: u64, seed: u8, pin: &Pinned, is_short: bool) -> Vec<u8> {
    let mut signed = head("timestamp", version, is_short);
    signed.insert("meta".into(), object([("snapshot.json", pin.to_object().into())]).into());
    sign(signed, &[seed])
}
