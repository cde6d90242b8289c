use crate::checked::{MadeBy, checked};
use tuffet_keys::{PublicKey, Scheme, SignError};

fn keys() -> Vec<(PublicKey, Vec<u8>)> {
    let ed = ed25519_dalek::SigningKey::from_bytes(&[7; 32]);
    let p256 = p256::ecdsa::SigningKey::from_slice(&[7; 32]).unwrap();
    let signature: p256::ecdsa::Signature = p256::ecdsa::signature::Signer::sign(&p256, b"payload");
    let point = p256::ecdsa::VerifyingKey::from(&p256).to_sec1_point(false);
    vec![
        (
            PublicKey::from_raw(Scheme::Ed25519, ed.verifying_key().as_bytes()).unwrap(),
            ed25519_dalek::Signer::sign(&ed, b"payload").to_bytes().to_vec(),
        ),
        (PublicKey::from_raw(Scheme::EcdsaP256, point.as_bytes()).unwrap(), signature.to_der().as_bytes().to_vec()),
    ]
}

#[test]
fn k11_a_corrupted_signature_is_dropped_whoever_made_it() {
    for (key, good) in keys() {
        for made_by in [MadeBy::Ring, MadeBy::Device] {
            let pass = |message: &[u8], signature: &[u8]| checked("token", made_by, &key, message, signature.to_vec());
            assert_eq!(pass(b"payload", &good), Ok(good.clone()), "{key:?}");
            let wrong = Err(SignError::Wrong { signer: "token".to_owned() });
            for bit in 0..good.len() * 8 {
                let mut bad = good.clone();
                bad[bit / 8] ^= 1 << (bit % 8);
                assert_eq!(pass(b"payload", &bad), wrong, "{key:?} bit {bit}");
            }
            assert_eq!(pass(b"another", &good), wrong);
            assert_eq!(pass(b"payload", &[]), wrong);
            assert_eq!(pass(b"payload", &good[..good.len() - 1]), wrong);
        }
    }
    assert_eq!(
        SignError::Wrong { signer: "token".to_owned() }.to_string(),
        "token: the device returned a signature that does not verify: it was discarded, stop and look at the device (K11)"
    );
}

#[test]
fn k11_the_signature_of_another_key_is_dropped() {
    let keys = keys();
    for made_by in [MadeBy::Ring, MadeBy::Device] {
        assert!(checked("token", made_by, &keys[0].0, b"payload", keys[1].1.clone()).is_err());
        assert!(checked("token", made_by, &keys[1].0, b"payload", keys[0].1.clone()).is_err());
    }
}
