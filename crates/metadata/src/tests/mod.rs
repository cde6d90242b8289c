//! One attack a test; ids are those of spec.md. Keys are seeds, files are JSON values signed on the spot.

mod canonical;
mod counting;
mod delegations;
mod edit;
mod files;
mod form;
mod json;
mod keys;
mod listed;
mod patterns;
mod profile;
mod properties;
mod proposed;
mod roots;
mod shape;
mod signatures;
mod succinct;
mod target_files;
mod targets;
mod time;
mod writer;

use crate::{Key, KeyidExceptions, Limits, MetadataError, Profile, Role, RoleName, Root, Unverified, Verified};
use ed25519_dalek::{Signer, SigningKey};
use serde_json::{Value, json};
use tuffet_keys::{PublicKey, Scheme};

/// Root keys 1, 2 and 3 (threshold 2); timestamp and snapshot key 4; targets keys 5 and 6 (threshold 2).
pub(super) fn root(version: u64) -> Value {
    let role = |seeds: &[u8], threshold: u64| json!({ "keyids": keyids(seeds), "threshold": threshold });
    json!({
        "_type": "root",
        "consistent_snapshot": true,
        "expires": "2030-01-01T00:00:00Z",
        "keys": keys(&[1, 2, 3, 4, 5, 6]),
        "roles": {
            "root": role(&[1, 2, 3], 2),
            "snapshot": role(&[4], 1),
            "targets": role(&[5, 6], 2),
            "timestamp": role(&[4], 1),
        },
        "spec_version": "1.0.34",
        "version": version,
    })
}

pub(super) fn timestamp() -> Value {
    role("timestamp", json!({ "meta": { "snapshot.json": { "version": 7 } } }))
}

pub(super) fn snapshot() -> Value {
    role("snapshot", json!({ "meta": { "targets.json": { "version": 7 } } }))
}

pub(super) fn targets() -> Value {
    role("targets", json!({ "targets": {} }))
}

fn role(name: &str, mut body: Value) -> Value {
    let members = [("_type", json!(name)), ("expires", json!("2030-01-01T00:00:00Z")), ("version", json!(7))];
    for (name, value) in members.into_iter().chain([("spec_version", json!("1.0.34"))]) {
        body[name] = value;
    }
    body
}

pub(super) fn signing_key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

pub(super) fn public(seed: u8) -> PublicKey {
    PublicKey::from_raw(Scheme::Ed25519, signing_key(seed).verifying_key().as_bytes()).unwrap()
}

pub(super) fn key(seed: u8) -> Value {
    let public = hex::encode(signing_key(seed).verifying_key().as_bytes());
    json!({ "keytype": "ed25519", "keyval": { "public": public }, "scheme": "ed25519" })
}

/// The keyid of a key object.
pub(super) fn hash(key: &Value) -> String {
    let crate::json::Value::Object(object) = strict(key) else { panic!("a key is an object") };
    crate::keyid_of(&object).to_string()
}

pub(super) fn keyid(seed: u8) -> String {
    Key::compose(&public(seed), None, None).keyid().to_string()
}

pub(super) fn keyids(seeds: &[u8]) -> Vec<String> {
    seeds.iter().map(|seed| keyid(*seed)).collect()
}

pub(super) fn keys(seeds: &[u8]) -> Value {
    seeds.iter().map(|seed| (keyid(*seed), key(*seed))).collect::<serde_json::Map<_, _>>().into()
}

pub(super) fn strict(value: &Value) -> crate::json::Value {
    crate::json::parse(value.to_string().as_bytes(), 64).unwrap()
}

/// The signature entry of `seed` under its own keyid, over the canonical form of `signed`.
pub(super) fn entry(signed: &Value, seed: u8) -> Value {
    entry_as(signed, seed, &keyid(seed))
}

pub(super) fn entry_as(signed: &Value, seed: u8, keyid: &str) -> Value {
    let signature = signing_key(seed).sign(&crate::json::canonical(&strict(signed)));
    json!({ "keyid": keyid, "sig": hex::encode(signature.to_bytes()) })
}

pub(super) fn file(signed: &Value, signatures: &[Value]) -> Vec<u8> {
    json!({ "signatures": signatures, "signed": signed }).to_string().into_bytes()
}

pub(super) fn signed_by(signed: &Value, seeds: &[u8]) -> Vec<u8> {
    let entries: Vec<Value> = seeds.iter().map(|seed| entry(signed, *seed)).collect();
    file(signed, &entries)
}

pub(super) fn opaque() -> Profile {
    Profile::Deployed { keyid_exceptions: KeyidExceptions::Opaque }
}

pub(super) fn pinned(bytes: Vec<u8>, profile: &Profile) -> Result<Verified<Root>, MetadataError> {
    Unverified::<Root>::new(bytes).verify_pinned(profile, &Limits::default())
}

/// A root of the fixture's keys, verified.
pub(super) fn trusted() -> Verified<Root> {
    pinned(signed_by(&root(1), &[1, 2]), &Profile::Strict).unwrap()
}

/// Reads a file of a role under the fixture's root.
pub(super) fn verified<T: Role>(bytes: Vec<u8>, profile: &Profile) -> Result<Verified<T>, MetadataError> {
    Unverified::<T>::new(bytes).verify(&trusted().authority(&T::TYPE), profile, &Limits::default())
}

/// Signs `signed` with enough keys and reads it as what it should be, in both profiles: strict, deployed.
pub(super) fn both<T: Role>(signed: &Value) -> [Result<Vec<String>, String>; 2] {
    let bytes = signed_by(signed, &[1, 2, 4, 5, 6]);
    [Profile::Strict, Profile::deployed()].map(|profile| {
        let bytes = bytes.clone();
        let findings = if T::TYPE == RoleName::Root {
            pinned(bytes, &profile).map(|root| root.findings().to_vec())
        } else {
            verified::<T>(bytes, &profile).map(|role| role.findings().to_vec())
        };
        findings.map(|all| all.iter().map(ToString::to_string).collect()).map_err(|e| e.to_string())
    })
}

/// The text with which both profiles refuse `signed`.
pub(super) fn refused<T: Role>(signed: &Value) -> String {
    let [strict, deployed] = both::<T>(signed);
    assert_eq!(strict, deployed, "the profiles agree");
    strict.unwrap_err()
}

/// Both profiles read `signed` and find nothing to say.
pub(super) fn accepted<T: Role>(signed: &Value) {
    assert_eq!(both::<T>(signed), [Ok(vec![]), Ok(vec![])]);
}
