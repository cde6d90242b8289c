//! C4, C10, C11: the two thresholds of a root, and what "rotated" means (C18).

use super::*;

/// Root keys 3, 7 and 8, threshold 2: key 3 stays, 1 and 2 go, 7 and 8 come.
fn next() -> Value {
    let mut signed = root(2);
    signed["keys"] = keys(&[3, 4, 5, 6, 7, 8]);
    signed["roles"]["root"] = json!({ "keyids": keyids(&[3, 7, 8]), "threshold": 2 });
    signed
}

fn step(bytes: &[u8]) -> Result<Verified<Root>, String> {
    let [strict, deployed] = [Profile::Strict, Profile::deployed()].map(|profile| {
        let next = Unverified::<Root>::new(bytes.to_vec()).verify_next(&trusted(), &profile, &Limits::default());
        next.map_err(|e| e.to_string())
    });
    assert_eq!(strict, deployed, "the profiles agree");
    strict
}

fn short(have: usize, version: u64) -> Option<String> {
    Some(format!("root v2: {have} of 2 required signatures are valid by the keys of root v{version} (TUF 5.3.4)"))
}

#[test]
fn c10_c11_the_eight_signature_matrices() {
    for (who, seeds, refusal) in [
        ("nobody", &[][..], short(0, 1)),
        ("the old keys alone", &[1, 2], short(0, 2)),
        ("the new keys alone", &[7, 8], short(0, 1)),
        ("one old key and one new", &[1, 7], short(1, 1)),
        ("the old threshold, one new", &[1, 2, 7], short(1, 2)),
        ("one old key, the new threshold", &[1, 7, 8], short(1, 1)),
        ("the key in both, once in each", &[3, 1, 7], None),
        ("both thresholds apart", &[1, 2, 7, 8], None),
    ] {
        assert_eq!(step(&signed_by(&next(), seeds)).err(), refusal, "{who}");
    }
}

#[test]
fn c10_c11_every_set_of_signers() {
    let all = [1u8, 2, 3, 7, 8];
    for mask in 0..32u32 {
        let seeds: Vec<u8> = (0..5).filter(|i| mask & (1 << i) != 0).map(|i| all[i]).collect();
        let count = |of: [u8; 3]| seeds.iter().filter(|seed| of.contains(seed)).count();
        let (old, new) = (count([1, 2, 3]), count([3, 7, 8]));
        let expected = if old < 2 {
            short(old, 1)
        } else if new < 2 {
            short(new, 2)
        } else {
            None
        };
        let outcome = step(&signed_by(&next(), &seeds));
        if let Ok(root) = &outcome {
            assert_eq!(root.tallies().iter().map(crate::Tally::have).collect::<Vec<_>>(), [old, new]);
        }
        assert_eq!(outcome.err(), expected, "{seeds:?}");
    }
}

#[test]
fn c10_thresholds_may_differ() {
    let mut signed = next();
    signed["roles"]["root"] = json!({ "keyids": keyids(&[3, 7, 8]), "threshold": 3 });
    let expected = "root v2: 2 of 3 required signatures are valid by the keys of root v2 (TUF 5.3.4)";
    assert_eq!(step(&signed_by(&signed, &[1, 2, 7, 8])).unwrap_err(), expected);
    assert!(step(&signed_by(&signed, &[1, 3, 7, 8])).is_ok());
    signed["roles"]["root"] = json!({ "keyids": keyids(&[7]), "threshold": 1 });
    assert!(step(&signed_by(&signed, &[1, 2, 7])).is_ok());
    assert_eq!(step(&signed_by(&signed, &[1, 7])).err(), short(1, 1));
}

#[test]
fn c12_one_key_under_other_names_in_the_two_roots_counts_once_in_each() {
    let mut renamed = key(3);
    renamed["x-name"] = json!("new");
    let mut signed = next();
    signed["keys"][hash(&renamed)] = renamed.clone();
    signed["roles"]["root"]["keyids"] = json!([hash(&renamed), keyid(7), keyid(8)]);
    let [old_name, new_name] = [entry(&signed, 3), entry_as(&signed, 3, &hash(&renamed))];
    let [one, seven] = [entry(&signed, 1), entry(&signed, 7)];
    let root = step(&file(&signed, &[old_name.clone(), new_name.clone(), one, seven.clone()])).unwrap();
    let finding = root.findings().iter().map(ToString::to_string).collect::<Vec<_>>();
    assert!(finding[0].starts_with(&format!("key {} stands under keyids ", public(3).fingerprint().short())));
    assert_eq!(finding.len(), 1);
    assert_eq!(step(&file(&signed, &[old_name, new_name, seven])).err(), short(1, 1));
}

#[test]
fn c4_a_pinned_root_meets_its_own_threshold() {
    let expected = "root v1: 1 of 2 required signatures are valid (TUF 5.3.4)";
    assert_eq!(pinned(signed_by(&root(1), &[1, 5]), &Profile::deployed()).unwrap_err().to_string(), expected);
    assert!(pinned(signed_by(&root(1), &[1, 3]), &Profile::deployed()).is_ok());
}

#[test]
fn c18_the_key_set_is_keys_and_threshold_not_names() {
    let of = |signed: &Value| {
        let root = pinned(signed_by(signed, &[1, 2]), &Profile::deployed()).unwrap();
        [RoleName::Timestamp, RoleName::Snapshot].map(|role| root.key_set(&role))
    };
    let with = |role: &str, seeds: &[u8], threshold: u64| {
        let mut signed = root(1);
        signed["keys"] = keys(&[1, 2, 3, 4, 5, 6, 9]);
        signed["roles"][role] = json!({ "keyids": keyids(seeds), "threshold": threshold });
        signed
    };
    let before = of(&root(1));
    assert_eq!(before[0], before[1], "one key, one threshold: one set");
    for (seeds, threshold) in [(&[9][..], 1), (&[4, 9], 1), (&[4], 2), (&[], 1)] {
        let changed = of(&with("timestamp", seeds, threshold));
        assert!(changed[0] != before[0] && changed[1] == before[1], "{seeds:?} {threshold}");
    }
    assert_eq!(of(&with("timestamp", &[4, 9], 2)), of(&with("timestamp", &[9, 4], 2)).map(|set| set), "order");
    let mut renamed = key(4);
    renamed["x-name"] = json!("new");
    let mut signed = root(2);
    signed["keys"][hash(&renamed)] = renamed.clone();
    signed["roles"]["timestamp"]["keyids"] = json!([hash(&renamed)]);
    assert_eq!(of(&signed), before, "another keyid of the same key is no rotation");
    signed["roles"]["timestamp"]["keyids"] = json!([hash(&renamed), keyid(4)]);
    assert_eq!(of(&signed), before, "twice the same key is no rotation");
}

#[test]
fn every_byte_of_a_root_counts() {
    let bytes = signed_by(&root(1), &[1, 2]);
    let good = pinned(bytes.clone(), &Profile::deployed()).unwrap();
    for at in 0..bytes.len() {
        let mut bad = bytes.clone();
        bad[at] ^= 1;
        if let Ok(root) = pinned(bad, &Profile::deployed()) {
            assert_eq!(root.value(), good.value(), "byte {at}");
        }
        assert!(pinned(bytes[..at].to_vec(), &Profile::deployed()).is_err(), "{at} bytes");
    }
}
