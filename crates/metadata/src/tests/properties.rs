//! Changes that must not change a decision, and one that must.

use super::*;
use crate::{Tally, Targets};
use proptest::prelude::*;

/// The decision of a strict client on targets: who signed, or why not.
fn decision(signed: &Value, signatures: &[Value]) -> Result<Vec<tuffet_keys::Fingerprint>, String> {
    let read = verified::<Targets>(file(signed, signatures), &Profile::Strict).map_err(|e| e.to_string())?;
    let mut signers: Vec<_> =
        read.tallies().iter().flat_map(|tally: &Tally| &tally.valid).map(|s| s.fingerprint).collect();
    signers.sort();
    Ok(signers)
}

fn json_values() -> impl Strategy<Value = Value> {
    writer::values().prop_map(|value| serde_json::from_slice(&crate::json::pretty(&value)).unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn f1_an_unknown_field_signed_again_changes_no_decision(
        value in json_values(), name in "x-\\PC{0,8}", seeds in prop::collection::btree_set(1u8..9, 0..6)
    ) {
        let mut more = targets();
        more[&name] = value.clone();
        let sign = |signed: &Value| -> Vec<Value> { seeds.iter().map(|seed| entry(signed, *seed)).collect() };
        let before = decision(&targets(), &sign(&targets()));
        prop_assert_eq!(&decision(&more, &sign(&more)), &before);
        // And with the signatures of the file without it, nothing holds.
        if before.is_ok() {
            prop_assert!(decision(&more, &sign(&targets())).is_err());
        }
    }

    #[test]
    fn f4_permuting_signatures_changes_no_decision(
        seeds in prop::collection::btree_set(1u8..12, 0..11).prop_flat_map(|set| {
            let seeds: Vec<u8> = set.into_iter().collect();
            (Just(seeds.clone()), Just(seeds).prop_shuffle())
        }), broken in 0u8..12
    ) {
        let sign = |seeds: &[u8]| -> Vec<Value> {
            let wrong = |seed: u8| json!({ "keyid": keyid(seed), "sig": "00" });
            seeds.iter().map(|seed| if *seed == broken { wrong(*seed) } else { entry(&targets(), *seed) }).collect()
        };
        let (sorted, shuffled) = seeds;
        prop_assert_eq!(decision(&targets(), &sign(&sorted)), decision(&targets(), &sign(&shuffled)));
    }

    #[test]
    fn f8_removing_a_signature_at_the_threshold_flips_the_decision(threshold in 1usize..7, extra in 0usize..3, drop in 0usize..6) {
        let holders: Vec<u8> = (10..17 + u8::try_from(extra).unwrap()).collect();
        let mut signed = root(1);
        signed["keys"] = keys(&[&[1, 2, 3, 4], &holders[..]].concat());
        signed["roles"]["targets"] = json!({ "keyids": keyids(&holders), "threshold": threshold });
        let root = pinned(signed_by(&signed, &[1, 2]), &Profile::Strict).unwrap();
        let read = |seeds: &[u8]| Unverified::<Targets>::new(signed_by(&targets(), seeds))
            .verify(&root.authority(&RoleName::Targets), &Profile::Strict, &Limits::default());
        let mut seeds = holders[..threshold].to_vec();
        prop_assert!(read(&seeds).is_ok());
        seeds.remove(drop % threshold);
        let expected = format!("targets v7: {} of {threshold} required signatures are valid (TUF 5.6.3)", threshold - 1);
        prop_assert_eq!(read(&seeds).unwrap_err().to_string(), expected);
    }
}
