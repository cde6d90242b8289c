//! Which signatures are checked, how often, and what is demanded per class (T35).

use super::*;
use crate::counting::Checks;
use crate::{Check, Counting, PerClass, Signature, Targets};
use aws_lc_rs::signature::{KeyPair, ML_DSA_44_SIGNING, PqdsaKeyPair};
use tuffet_keys::{Class, KeyId};

fn lattice() -> (PqdsaKeyPair, Key) {
    let pair = PqdsaKeyPair::from_seed(&ML_DSA_44_SIGNING, &[7; 32]).unwrap();
    let public = PublicKey::from_raw(Scheme::MlDsa44, pair.public_key().as_ref()).unwrap();
    let key = Key::compose(&public, None, None);
    (pair, key)
}

fn lattice_entry(signed: &Value) -> Value {
    let (pair, key) = lattice();
    let mut signature = vec![0; ML_DSA_44_SIGNING.signature_len()];
    let payload = crate::json::canonical(&strict(signed));
    pair.sign(&Scheme::MlDsa44.message(&payload), &mut signature).unwrap();
    json!({ "keyid": key.keyid().as_str(), "sig": hex::encode(signature) })
}

/// Root keys 1, 2, 3 and one of ML-DSA-44, threshold 2.
fn hybrid(version: u64) -> Value {
    let (_, key) = lattice();
    let mut signed = root(version);
    let object = crate::json::pretty(&key.object().into());
    signed["keys"][key.keyid().as_str()] = serde_json::from_slice(&object).unwrap();
    signed["roles"]["root"]["keyids"].as_array_mut().unwrap().push(json!(key.keyid().as_str()));
    signed
}

fn demand(post_quantum: u64, classical: u64) -> Counting {
    Counting { check: Check::Every, at_least: PerClass { post_quantum, classical } }
}

fn pinned_as(bytes: &[u8], counting: Counting) -> Result<Verified<Root>, String> {
    let file = Unverified::<Root>::new(bytes.to_vec()).counting(counting);
    file.verify_pinned(&Profile::Strict, &Limits::default()).map_err(|e| e.to_string())
}

#[test]
fn t35_forged_classical_signatures_meet_the_threshold_and_not_the_demand_per_class() {
    let signed = hybrid(1);
    let forged = signed_by(&signed, &[1, 2, 3]);
    let root = pinned_as(&forged, demand(0, 3)).unwrap();
    assert_eq!(root.tallies()[0].per_class(), PerClass { post_quantum: 0, classical: 3 });
    let expected = "root v1: expected signatures by at least 1 post-quantum and 2 classical keys, found 0 post-quantum \
                    and 3 classical (local policy, T35)";
    assert_eq!(pinned_as(&forged, demand(1, 2)).unwrap_err(), expected);
    let entries = |seeds: &[u8]| -> Vec<Value> {
        seeds.iter().map(|seed| entry(&signed, *seed)).chain([lattice_entry(&signed)]).collect()
    };
    let both = pinned_as(&file(&signed, &entries(&[1, 2])), demand(1, 2)).unwrap();
    assert_eq!(both.tallies()[0].per_class(), PerClass { post_quantum: 1, classical: 2 });
    let expected = "root v1: expected signatures by at least 1 post-quantum and 2 classical keys, found 1 post-quantum \
                    and 1 classical (local policy, T35)";
    assert_eq!(pinned_as(&file(&signed, &entries(&[1])), demand(1, 2)).unwrap_err(), expected);
    // The threshold is not replaced: one of each meets the demand and not the 2 of the file.
    let expected = "root v1: 1 of 2 required signatures are valid (TUF 5.3.4)";
    assert_eq!(pinned_as(&file(&signed, &entries(&[])), demand(1, 0)).unwrap_err(), expected);
}

#[test]
fn t35_a_flipped_byte_of_the_post_quantum_signature_takes_it_from_the_count() {
    let signed = hybrid(1);
    let mut lattice = lattice_entry(&signed);
    let text = lattice["sig"].as_str().unwrap();
    let flipped = if text.starts_with('0') { "1" } else { "0" };
    lattice["sig"] = json!(format!("{flipped}{}", &text[1..]));
    let bytes = file(&signed, &[entry(&signed, 1), entry(&signed, 2), lattice]);
    assert!(
        pinned_as(&bytes, demand(1, 2))
            .unwrap_err()
            .ends_with("found 0 post-quantum and 2 classical (local policy, T35)")
    );
}

#[test]
fn t35_the_next_root_answers_to_the_demand_by_the_keys_of_both() {
    let one = file(&hybrid(1), &[entry(&hybrid(1), 1), lattice_entry(&hybrid(1))]);
    let one = pinned_as(&one, demand(1, 1)).unwrap();
    let step = |bytes: Vec<u8>| {
        let next = Unverified::<Root>::new(bytes).counting(demand(1, 1));
        next.verify_next(&one, &Profile::Strict, &Limits::default()).map_err(|e| e.to_string())
    };
    let two = hybrid(2);
    assert!(step(file(&two, &[entry(&two, 1), lattice_entry(&two)])).is_ok());
    let expected = "root v2: expected signatures by at least 1 post-quantum and 1 classical keys, found 0 post-quantum \
                    and 2 classical by the keys of root v1 (local policy, T35)";
    assert_eq!(step(signed_by(&two, &[1, 2])).unwrap_err(), expected);
    // Keys of its own do not help whoever lacks those of the root before, and losing the class is refused too.
    let expected = "root v2: expected signatures by at least 1 post-quantum and 1 classical keys, found 0 post-quantum \
                    and 2 classical by the keys of root v2 (local policy, T35)";
    let plain = root(2);
    let bytes = file(&plain, &[entry(&plain, 1), entry(&plain, 2), lattice_entry(&plain)]);
    assert_eq!(step(bytes).unwrap_err(), expected);
}

#[test]
fn x9_enough_stops_at_the_threshold_and_decides_alike() {
    let signed = root(1);
    for seeds in [&[1, 2, 3][..], &[3, 2, 1], &[9, 1, 2], &[1], &[], &[1, 9, 3]] {
        let bytes = signed_by(&signed, seeds);
        let enough = Counting { check: Check::Enough, ..Counting::default() };
        let [every, enough] = [Counting::default(), enough].map(|counting| pinned_as(&bytes, counting));
        assert_eq!(every.as_ref().err(), enough.as_ref().err(), "{seeds:?}");
        if let (Ok(every), Ok(enough)) = (every, enough) {
            assert_eq!(enough.tallies()[0].valid, every.tallies()[0].valid[..2]);
            assert_eq!(enough.tallies()[0].missing.len(), 1, "one was not asked");
        }
    }
}

#[test]
fn x9_a_check_is_made_once_whoever_asks() {
    let root = trusted();
    let payload = crate::json::canonical(&strict(&targets()));
    let signature = |seed: u8, keyid: String| {
        let text = entry(&targets(), seed)["sig"].as_str().unwrap().to_owned();
        Signature { keyid: KeyId::new(keyid), bytes: hex::decode(text).ok() }
    };
    let signatures = [signature(5, keyid(5)), signature(6, keyid(6)), signature(9, keyid(9)), signature(5, keyid(9))];
    let authority = root.authority(&RoleName::Targets);
    let mut checks = Checks::over(&payload);
    let first = authority.count(&mut checks, &signatures, Counting::default());
    assert_eq!(checks.made(), 2, "nobody else's signatures are checked");
    assert_eq!(authority.count(&mut checks, &signatures, Counting::default()), first);
    assert_eq!(checks.made(), 2, "the second authority asks what is known");
    let mut checks = Checks::over(&payload);
    let other = root.authority(&RoleName::Root);
    other.count(&mut checks, &signatures, Counting::default());
    assert_eq!(checks.made(), 0);
}

#[test]
fn f4_a_wrong_signature_before_a_right_one_of_the_same_key_does_no_harm() {
    let mut noted = key(5);
    noted["x-note"] = json!("a second name");
    let mut signed = root(1);
    signed["keys"][hash(&noted)] = noted.clone();
    signed["roles"]["targets"] = json!({ "keyids": [keyid(5), hash(&noted)], "threshold": 1 });
    let root = pinned(signed_by(&signed, &[1, 2]), &Profile::Strict).unwrap();
    let wrong = json!({ "keyid": hash(&noted), "sig": "00" });
    for entries in [[wrong.clone(), entry(&targets(), 5)], [entry(&targets(), 5), wrong]] {
        for check in [Check::Every, Check::Enough] {
            let read = Unverified::<Targets>::new(file(&targets(), &entries))
                .counting(Counting { check, ..Counting::default() })
                .verify(&root.authority(&RoleName::Targets), &Profile::Strict, &Limits::default());
            assert_eq!(read.unwrap().tallies()[0].have(), 1);
        }
    }
}

#[test]
fn f18_a_class_is_told_by_the_scheme() {
    assert_eq!([Scheme::Ed25519, Scheme::MlDsa87].map(Scheme::class), [Class::Classical, Class::PostQuantum]);
    let some = PerClass { post_quantum: 1, classical: 2 };
    assert!(some.meets(some) && some.meets(PerClass::default()) && !PerClass::default().meets(some));
    assert!(
        !some.meets(PerClass { post_quantum: 2, classical: 0 })
            && !some.meets(PerClass { post_quantum: 0, classical: 3 })
    );
}

#[test]
fn f8_under_every_a_key_is_listed_with_all_keyids_it_signed_under() {
    let mut noted = key(5);
    noted["x-note"] = json!("a second name");
    let mut signed = root(1);
    signed["keys"][hash(&noted)] = noted.clone();
    signed["roles"]["targets"] = json!({ "keyids": [keyid(5), hash(&noted), keyid(6)], "threshold": 2 });
    let root = pinned(signed_by(&signed, &[1, 2]), &Profile::Strict).unwrap();
    // Nobody has signed under the two names yet: the root's reader is told of them all the same.
    let [finding] = root.findings() else { panic!("{:?}", root.findings()) };
    let text = format!("key {} stands under keyids ", public(5).fingerprint().short());
    assert!(finding.to_string().starts_with(&text), "{finding}");
    let payload = crate::json::canonical(&strict(&targets()));
    let entries = [entry(&targets(), 5), entry_as(&targets(), 5, &hash(&noted)), entry(&targets(), 6)];
    let signatures = entries.map(|entry| Signature {
        keyid: KeyId::new(entry["keyid"].as_str().unwrap()),
        bytes: hex::decode(entry["sig"].as_str().unwrap()).ok(),
    });
    let authority = root.authority(&RoleName::Targets);
    for (check, keyids, made) in [(Check::Every, vec![keyid(5), hash(&noted)], 2), (Check::Enough, vec![keyid(5)], 2)] {
        let mut checks = Checks::over(&payload);
        let tally = authority.count(&mut checks, &signatures, Counting { check, ..Counting::default() });
        assert_eq!(tally.valid[0].keyids, keyids.into_iter().map(KeyId::new).collect::<Vec<_>>(), "{check:?}");
        assert_eq!((tally.have(), tally.keys, checks.made()), (2, 2, made), "{check:?}");
    }
}

#[test]
fn f9_a_threshold_of_0_is_never_met() {
    let at_least = PerClass::default();
    let tally =
        |threshold| crate::Tally { threshold, at_least, keys: 0, valid: vec![], invalid: vec![], missing: vec![] };
    assert!(!tally(0).is_met());
    let problem = tally(0).require(&RoleName::Root, None).unwrap_err();
    assert_eq!(
        problem,
        crate::Problem::Signature { have: 0, need: 0, missing: vec![], by: None, section: "TUF 5.3.4" }
    );
}
