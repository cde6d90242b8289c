//! Every byte flip and every truncation of evidence is refused or changes nothing (style.md rule 41).

use super::maker::{Maker, key, public, sound};
use super::today;
use crate::Evidence;

#[test]
fn no_changed_byte_changes_what_is_proved() {
    let (maker, key) = (Maker::yubikeys(), key());
    let (anchors, key) = (maker.anchors(), (public(&key), maker.evidence(&sound(), &key)));
    let (key, evidence) = key;
    let good = evidence.verify(&key, &anchors, today()).unwrap();
    for (which, der) in evidence.certificates().iter().enumerate() {
        for at in 0..der.len() {
            for change in [1, 0x80, 0xff] {
                let mut chain = evidence.certificates().to_vec();
                chain[which][at] ^= change;
                let verdict = Evidence::from_der(chain).unwrap().verify(&key, &anchors, today());
                assert!(verdict.is_err() || verdict == Ok(good.clone()), "certificate {which}, byte {at}: {verdict:?}");
            }
            let mut chain = evidence.certificates().to_vec();
            chain[which].truncate(at);
            assert!(Evidence::from_der(chain).unwrap().verify(&key, &anchors, today()).is_err());
        }
        let mut chain = evidence.certificates().to_vec();
        chain[which].push(0);
        assert!(Evidence::from_der(chain).unwrap().verify(&key, &anchors, today()).is_err(), "bytes behind the end");
    }
}
