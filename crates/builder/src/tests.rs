//! One rule a test; ids are those of spec.md. Keys are seeds; a state is made by the crate itself, signed and read back.

mod assemble;
mod bins;
mod changes;
mod check;
mod compare;
mod delegated;
mod draft;
mod lints;
mod loss;
mod merge;
mod online;
mod partial;
mod payload;
mod rotate;
mod rotation;

use crate::*;
use chrono::{DateTime, Utc};
use ed25519_dalek::{Signer, SigningKey};
use tuffet_keys::{Fingerprint, KeyId, PublicKey, Scheme, sha256};
use tuffet_metadata::json::{Object, Value};
use tuffet_metadata::{Key, Limits, Profile, Proposed, Role, RoleName, Root, Targets, Unverified, parse_time};

const CEREMONY: &str = "2026-12-01T12:00:00Z";

fn at(text: &str) -> DateTime<Utc> {
    parse_time(text).unwrap()
}

fn expiries() -> Expiries {
    Expiries::new(at("2027-06-01T00:00:00Z"), at("2027-07-01T00:00:00Z"))
}

fn signing_key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

fn public(seed: u8) -> PublicKey {
    PublicKey::from_raw(Scheme::Ed25519, signing_key(seed).verifying_key().as_bytes()).unwrap()
}

fn fingerprint(seed: u8) -> Fingerprint {
    public(seed).fingerprint()
}

fn holder(owner: &str, seed: u8) -> Holder {
    Holder { owner: owner.into(), public: public(seed) }
}

fn keyid(owner: &str, seed: u8) -> KeyId {
    Key::compose(&public(seed), Some(owner), None).keyid().clone()
}

fn seats(threshold: u64, holders: &[(&str, u8)]) -> Seats {
    Seats { holders: holders.iter().map(|(owner, seed)| holder(owner, *seed)).collect(), threshold }
}

fn online(seed: u8) -> OnlineKey {
    OnlineKey { uri: "gcpkms:online".into(), public: public(seed) }
}

const ALL: [(&str, u8); 3] = [("@carol", 3), ("@alice", 1), ("@bob", 2)];

/// Carol, Alice and Bob, two of three for root and for targets; key 4 online.
fn establish() -> Change {
    Change::Establish { root: seats(2, &ALL), targets: seats(2, &ALL), online: online(4) }
}

fn pin(path: &str, content: &[u8]) -> TargetPin {
    TargetPin { path: path.into(), length: content.len() as u64, sha256: sha256(content), sha512: None, custom: None }
}

fn set(path: &str, content: &[u8]) -> Change {
    Change::SetTarget { role: RoleName::Targets, pin: pin(path, content) }
}

fn given<T: Role>(proposed: &Proposed<T>, seed: u8) -> Given {
    Given { by: fingerprint(seed), signature: signing_key(seed).sign(proposed.payload()).to_bytes().to_vec() }
}

/// The state after every key holder signed root and targets of these values.
fn signed(root: Value, targets: Value) -> State {
    let root = Proposed::<Root>::new(root, &Limits::default()).unwrap();
    let targets = Proposed::<Targets>::new(targets, &Limits::default()).unwrap();
    let sign = |seeds: [u8; 3]| (seeds.map(|seed| given(&root, seed)), seeds.map(|seed| given(&targets, seed)));
    let (by_root, by_targets) = sign([1, 2, 3]);
    let bytes = assemble(&root, &[root.authority(&RoleName::Root)], &by_root);
    let (profile, limits) = (Profile::Strict, Limits::default());
    let authority = root.authority(&RoleName::Targets);
    let targets = Unverified::new(assemble(&targets, std::slice::from_ref(&authority), &by_targets));
    State::new(
        Unverified::<Root>::new(bytes).verify_pinned(&profile, &limits).unwrap(),
        targets.verify(&authority, &profile, &limits).unwrap(),
    )
}

/// The repository of [`establish`], with a target `a`.
fn state() -> State {
    let first = draft(None, &[establish(), set("a", b"first")], &expiries()).unwrap();
    signed(first.root.unwrap().value().clone(), first.targets.unwrap().value().clone())
}

/// [`state`] with its root and targets changed before they were signed.
fn state_with(root: impl FnOnce(&mut Object), targets: impl FnOnce(&mut Object)) -> State {
    let state = state();
    let (mut new_root, mut new_targets) = (state.root.value(), state.targets.value());
    root(&mut new_root);
    targets(&mut new_targets);
    signed(new_root.into(), new_targets.into())
}

fn parse(text: &str) -> Value {
    tuffet_metadata::json::parse(text.as_bytes(), 32).unwrap()
}

fn inside<'a>(object: &'a mut Object, path: &[&str]) -> &'a mut Object {
    path.iter().fold(object, |object, name| match object.get_mut(*name) {
        Some(Value::Object(inner)) => inner,
        other => panic!("{name}: {other:?}"),
    })
}

fn next(changes: &[Change]) -> Draft {
    draft(Some(&state()), changes, &expiries()).unwrap()
}

fn replace(outgoing: u8, owner: &str, incoming: u8) -> Change {
    Change::ReplaceKeyholder { outgoing: fingerprint(outgoing), incoming: holder(owner, incoming) }
}
