//! T35: the classical algorithms break, and a hybrid root stands or falls with the local demand per class.

use super::repo::*;
use crate::*;
use aws_lc_rs::signature::{KeyPair, ML_DSA_65_SIGNING, PqdsaKeyPair};
use ed25519_dalek::{Signer, SigningKey};
use tuffet_keys::{KeyId, PublicKey, Scheme};
use tuffet_metadata::json::{Object, Value, canonical, object, parse};
use tuffet_metadata::{Key, RoleName, write_file};

fn lattice(seed: u8) -> (PqdsaKeyPair, Key) {
    let pair = PqdsaKeyPair::from_seed(&ML_DSA_65_SIGNING, &[seed; 32]).unwrap();
    let public = PublicKey::from_raw(Scheme::MlDsa65, pair.public_key().as_ref()).unwrap();
    (pair, Key::compose(&public, None, None))
}

/// The members of `signed` of a root of the fixture, with one post-quantum root key more; threshold 2.
fn hybrid(version: u64, seed: u8) -> Object {
    let Ok(Value::Object(mut file)) = parse(&root(version).bytes(), 32) else { panic!() };
    let Some(Value::Object(mut signed)) = file.remove("signed") else { panic!() };
    let key = lattice(seed).1;
    let Some(Value::Object(keys)) = signed.get_mut("keys") else { panic!() };
    keys.insert(key.keyid().to_string(), key.object().into());
    let keyids: Vec<String> = [1, 2].map(|s| super::repo::key(s).keyid().to_string()).into();
    let keyids: Vec<String> = keyids.into_iter().chain([key.keyid().to_string()]).collect();
    let Some(Value::Object(roles)) = signed.get_mut("roles") else { panic!() };
    roles.insert("root".into(), object([("keyids", keyids.into()), ("threshold", 2u64.into())]).into());
    signed
}

fn sign_hybrid(signed: Object, seeds: &[u8], lattices: &[u8]) -> Vec<u8> {
    let signed = Value::from(signed);
    let payload = canonical(&signed);
    let classical = |seed: &u8| {
        let pair = SigningKey::from_bytes(&[*seed; 32]);
        (key(*seed).keyid().clone(), pair.sign(&payload).to_bytes().to_vec())
    };
    let post_quantum = |seed: &u8| {
        let (pair, key) = lattice(*seed);
        let mut signature = vec![0; ML_DSA_65_SIGNING.signature_len()];
        pair.sign(&Scheme::MlDsa65.message(&payload), &mut signature).unwrap();
        (key.keyid().clone(), signature)
    };
    let entries: Vec<(KeyId, Vec<u8>)> = seeds.iter().map(classical).chain(lattices.iter().map(post_quantum)).collect();
    write_file(&signed, &entries)
}

fn policy() -> Policy {
    let demand = PerClass { post_quantum: 1, classical: 1 };
    Policy { at_least: [(RoleName::Root, demand)].into(), ..Policy::default() }
}

fn walk(policy: Policy, next: Vec<u8>) -> Result<Update<Roots>, UpdateError> {
    let anchor = sign_hybrid(hybrid(1, 9), &[1, 2], &[9]);
    Update::start(Unverified::new(anchor), at(START), policy)?.root(Unverified::new(next))
}

#[test]
fn t35_forged_classical_signatures_pass_the_plain_threshold_and_fail_the_class_policy() {
    let forged = sign_hybrid(hybrid(2, 9), &[1, 2], &[]);
    assert_eq!(walk(Policy::default(), forged.clone()).unwrap().newest().common.version, 2);
    let error = walk(policy(), forged).unwrap_err();
    let expected = "root v2: expected signatures by at least 1 post-quantum and 1 classical keys, found 0 post-quantum \
                    and 2 classical by the keys of root v1 (local policy, T35)";
    assert_eq!((error.to_string().as_str(), error.code()), (expected, "signature"));
    let honest = sign_hybrid(hybrid(2, 9), &[1], &[9]);
    assert_eq!(walk(policy(), honest).unwrap().newest().common.version, 2);
}

#[test]
fn t35_the_forger_cannot_bring_a_post_quantum_key_of_his_own() {
    let forged = sign_hybrid(hybrid(2, 66), &[1, 2], &[66]);
    let accepted = walk(Policy::default(), forged.clone()).unwrap();
    assert_eq!(accepted.newest().tallies().len(), 2);
    assert!(walk(policy(), forged).unwrap_err().to_string().ends_with("by the keys of root v1 (local policy, T35)"));
    let handed_over = sign_hybrid(hybrid(2, 66), &[1, 2], &[9, 66]);
    assert_eq!(walk(policy(), handed_over).unwrap().newest().common.version, 2);
}

#[test]
fn t35_a_pinned_root_answers_to_the_policy_too() {
    let classical = sign_hybrid(hybrid(1, 9), &[1, 2], &[]);
    let error = Update::start(Unverified::new(classical), at(START), policy()).unwrap_err().to_string();
    let expected = "root v1: expected signatures by at least 1 post-quantum and 1 classical keys, found 0 post-quantum \
                    and 2 classical (local policy, T35)";
    assert_eq!(error, expected);
}

#[test]
fn t35_the_demand_holds_for_the_role_it_names() {
    let demand = PerClass { post_quantum: 1, classical: 0 };
    let policy = Policy { at_least: [(RoleName::Timestamp, demand)].into(), ..Policy::default() };
    let update = Update::start(root(1).file(), at(START), policy).unwrap().final_root(Memory::default()).unwrap();
    let error = update.timestamp(Unverified::new(repo(5).timestamp())).unwrap_err().to_string();
    let expected = "timestamp v5: expected signatures by at least 1 post-quantum and 0 classical keys, found \
                    0 post-quantum and 1 classical (local policy, T35)";
    assert_eq!(error, expected);
}
