//! D11: what "rotated" means.

use super::repo::*;
use crate::KeySets;

#[test]
fn d11_rotated_means_another_set_of_keys_or_another_threshold() {
    let of = |timestamp: &[u8], threshold: u64, snapshot: &[u8]| {
        let file = root(1).with(|r| {
            r.timestamp = Keys(timestamp.to_vec(), threshold);
            r.snapshot = Keys(snapshot.to_vec(), 1);
        });
        KeySets::of(&file.verified())
    };
    let before = of(&[4, 8], 1, &[5]);
    assert_eq!(of(&[8, 4], 1, &[5]), before, "the order says nothing");
    for (case, after) in [
        ("a key more", of(&[4, 8, 9], 1, &[5])),
        ("a key less", of(&[4], 1, &[5])),
        ("another key", of(&[4, 9], 1, &[5])),
        ("another threshold", of(&[4, 8], 2, &[5])),
    ] {
        assert_ne!(after.timestamp, before.timestamp, "{case}");
        assert_eq!(after.snapshot, before.snapshot, "{case}: each role by itself");
    }
    let snapshot = of(&[4, 8], 1, &[9]);
    assert!(snapshot.timestamp == before.timestamp && snapshot.snapshot != before.snapshot);
    // A new root that changes neither role's keys rotates nothing, whatever else it changes.
    let other = root(2).with(|r| {
        (r.timestamp, r.snapshot) = (Keys(vec![4, 8], 1), Keys(vec![5], 1));
        (r.targets, r.root, r.signers) = (Keys(vec![11], 1), Keys(vec![12], 1), vec![12]);
    });
    assert_eq!(KeySets::of(&other.verified()), before);
}
