//! F17, F18 and the signed message of ML-DSA keys (TAP 21).

use crate::{Class, KeyError, PublicKey, Scheme, sha512};

const ALL: [(Scheme, &str, usize); 3] = [
    (Scheme::MlDsa44, "ml-dsa-44/1", 1312),
    (Scheme::MlDsa65, "ml-dsa-65/1", 1952),
    (Scheme::MlDsa87, "ml-dsa-87/1", 2592),
];

#[test]
fn f18_ml_dsa_names_are_those_of_tap_21() {
    for (scheme, name, _) in ALL {
        assert_eq!((scheme.name(), scheme.keytype(), scheme.class()), (name, "ml-dsa", Class::PostQuantum));
        assert_eq!(Scheme::from_tuf("ml-dsa", name), Some(scheme));
        let without_version = name.trim_end_matches("/1");
        for (keytype, scheme) in [
            ("ml-dsa", without_version),
            ("mldsa", name),
            (name, name),
            ("rsa", name),
            ("ml-dsa", "ed25519"),
            ("ml-dsa", &format!("{without_version}/2")),
            ("ml-dsa", &format!("{without_version}/01")),
        ] {
            assert_eq!(Scheme::from_tuf(keytype, scheme), None, "{keytype} {scheme}");
        }
    }
    assert_eq!(Scheme::Ed25519.class(), Class::Classical);
    assert_eq!(Scheme::MlDsa65.to_string(), "ML-DSA-65");
}

#[test]
fn f2_ml_dsa_signs_the_prefixed_digest_of_the_payload() {
    let message = Scheme::MlDsa44.message(b"payload");
    assert_eq!(message[..4], *b"tuf\x01");
    assert_eq!(message[4..], *sha512(b"payload").as_bytes());
    assert_eq!(*Scheme::EcdsaP256.message(b"payload"), *b"payload");
}

#[test]
#[cfg(not(feature = "post-quantum"))]
fn f17_without_the_feature_an_ml_dsa_key_is_unusable() {
    let error = PublicKey::from_raw(Scheme::MlDsa44, &[7; 1312]).unwrap_err();
    assert_eq!(error, KeyError::NotBuilt { scheme: Scheme::MlDsa44 });
    let text = "ML-DSA-44: this build has no post-quantum signatures (feature `post-quantum`)";
    assert_eq!(error.to_string(), text);
}

#[cfg(feature = "post-quantum")]
mod built {
    use super::*;
    use aws_lc_rs::signature::{
        KeyPair, ML_DSA_44_SIGNING, ML_DSA_65_SIGNING, ML_DSA_87_SIGNING, PqdsaKeyPair, PqdsaSigningAlgorithm,
    };

    fn signing(scheme: Scheme) -> &'static PqdsaSigningAlgorithm {
        match scheme {
            Scheme::MlDsa44 => &ML_DSA_44_SIGNING,
            Scheme::MlDsa65 => &ML_DSA_65_SIGNING,
            _ => &ML_DSA_87_SIGNING,
        }
    }

    fn pair(scheme: Scheme) -> (PqdsaKeyPair, PublicKey) {
        let pair = PqdsaKeyPair::from_seed(signing(scheme), &[7; 32]).unwrap();
        let public = PublicKey::from_raw(scheme, pair.public_key().as_ref()).unwrap();
        (pair, public)
    }

    fn sign(pair: &PqdsaKeyPair, message: &[u8]) -> Vec<u8> {
        let mut signature = vec![0; pair.algorithm().signature_len()];
        pair.sign(message, &mut signature).unwrap();
        signature
    }

    #[test]
    fn f17_ml_dsa_keys_have_one_length() {
        for (scheme, name, length) in ALL {
            for found in [0, length - 1, length + 1, 32] {
                let error = PublicKey::from_raw(scheme, &vec![7; found]).unwrap_err();
                assert_eq!(error, KeyError::Length { scheme, want: length, found });
            }
            let key = PublicKey::from_raw(scheme, &vec![7; length]).unwrap();
            assert_eq!(PublicKey::from_tuf("ml-dsa", name, &key.to_pem()), Ok(key.clone()));
            assert_eq!(key.to_tuf_public(), key.to_pem());
            let hex = PublicKey::from_tuf("ml-dsa", name, &"07".repeat(length)).unwrap_err();
            assert_eq!(hex.to_string(), "expected one PEM block PUBLIC KEY, found 0 blocks");
        }
    }

    #[test]
    fn f18_the_parameter_set_is_that_of_the_scheme() {
        let key = pair(Scheme::MlDsa44).1;
        let error = PublicKey::from_tuf("ml-dsa", "ml-dsa-65/1", &key.to_pem()).unwrap_err();
        assert_eq!(error.to_string(), "expected a key for ML-DSA-65, found one for ML-DSA-44 (F18)");
    }

    #[test]
    fn f2_a_signature_is_over_prefix_version_and_digest_and_nothing_else() {
        for (scheme, ..) in ALL {
            let (pair, public) = pair(scheme);
            let right = scheme.message(b"payload").into_owned();
            assert_eq!(public.verify(b"payload", &sign(&pair, &right)), Ok(()));
            let mut wrong_version = right.clone();
            wrong_version[3] = 2;
            let mut wrong_prefix = right.clone();
            wrong_prefix[0] = b'T';
            let wrong =
                [wrong_version, wrong_prefix, b"payload".to_vec(), right[4..].to_vec(), [&right[..], b"\0"].concat()];
            for message in wrong {
                assert!(public.verify(b"payload", &sign(&pair, &message)).is_err());
            }
            assert!(public.verify(b"payloae", &sign(&pair, &right)).is_err());
        }
    }

    #[test]
    fn f2_every_flipped_byte_of_a_signature_is_refused() {
        for (scheme, ..) in ALL {
            let (pair, public) = pair(scheme);
            let good = sign(&pair, &scheme.message(b"payload"));
            for at in 0..good.len() {
                let mut bad = good.clone();
                bad[at] ^= 1 << (at % 8);
                assert!(public.verify(b"payload", &bad).is_err(), "{scheme} byte {at}");
            }
            for bad in [&good[1..], &good[..good.len() - 1], &[], &[&good[..], b"\0"].concat()] {
                assert!(public.verify(b"payload", bad).is_err(), "{scheme} {} bytes", bad.len());
            }
        }
    }

    /// Key and signature made by Python's securesystemslib 1.6.0, which signs through OpenSSL.
    #[test]
    fn f2_a_signature_of_another_implementation_verifies() {
        let vector: serde_json::Value = serde_json::from_str(include_str!("ml-dsa-44.json")).unwrap();
        let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
        let key = &vector["key"];
        let public =
            PublicKey::from_tuf(&text(&key["keytype"]), &text(&key["scheme"]), &text(&key["keyval"]["public"]))
                .unwrap();
        let good = hex::decode(text(&vector["sig"])).unwrap();
        let payload = text(&vector["payload"]);
        assert_eq!(public.verify(payload.as_bytes(), &good), Ok(()));
        for bit in 0..good.len() * 8 {
            let mut bad = good.clone();
            bad[bit / 8] ^= 1 << (bit % 8);
            assert!(public.verify(payload.as_bytes(), &bad).is_err(), "bit {bit}");
        }
    }
}
