//! One attack a test; ids are those of spec.md.

use super::*;

mod ml_dsa;
mod vectors;

const POINT: &str = "04cbc5cab2684160323c25cd06c3307178a6b1d1c9b949328453ae473c5ba7527e\
                     35b13f298b41633382241f3fd8526c262d43b45adee5c618fa0642c82b8a9803";

fn p256() -> PublicKey {
    PublicKey::from_tuf("ecdsa", "ecdsa-sha2-nistp256", POINT).unwrap()
}

#[test]
fn f8_every_spelling_of_a_key_has_one_fingerprint() {
    let pem = p256().to_pem();
    let spellings = [
        POINT.to_owned(),
        POINT.to_uppercase(),
        pem.clone(),
        pem.trim_end().to_owned(),
        pem.replace('\n', "\r\n"),
        format!("\n{pem}\n\n"),
    ];
    for text in &spellings {
        for keytype in ["ecdsa", "ecdsa-sha2-nistp256"] {
            let key = PublicKey::from_tuf(keytype, "ecdsa-sha2-nistp256", text).unwrap();
            assert_eq!(key.fingerprint(), p256().fingerprint(), "{keytype} {text:?}");
        }
    }
}

#[test]
fn f8_a_compressed_point_is_not_a_second_spelling() {
    let compressed = format!("02{}", &POINT[2..66]);
    let error = PublicKey::from_tuf("ecdsa", "ecdsa-sha2-nistp256", &compressed).unwrap_err();
    assert_eq!(error.to_string(), "expected an uncompressed point, found a compressed one (F17)");
}

#[test]
fn f17_ed25519_keys_have_32_bytes() {
    for length in [0, 31, 33, 64] {
        let error = PublicKey::from_tuf("ed25519", "ed25519", &"ab".repeat(length)).unwrap_err();
        assert_eq!(error.to_string(), format!("Ed25519: expected 32 bytes of key, found {length} (F17)"));
    }
    assert_eq!(PublicKey::from_tuf("ed25519", "ed25519", "zz").unwrap_err(), KeyError::Hex);
}

#[test]
fn f17_ed25519_keys_of_small_order_are_refused() {
    for (text, sign) in [("00", "00"), ("01", "00"), ("01", "80"), ("ec", "7f"), ("ed", "ff"), ("ee", "7f")] {
        let fill = if sign.ends_with('f') { "ff" } else { "00" };
        let key = format!("{text}{}{sign}", fill.repeat(30));
        assert_eq!(PublicKey::from_tuf("ed25519", "ed25519", &key).unwrap_err(), KeyError::SmallOrder, "{key}");
        let raw: [u8; 32] = hex::decode(&key).unwrap().try_into().unwrap();
        if let Ok(dalek) = ed25519_dalek::VerifyingKey::from_bytes(&raw) {
            assert!(dalek.is_weak(), "another library agrees about {key}");
        }
    }
}

#[test]
fn f18_keytype_and_scheme_must_agree() {
    let error = PublicKey::from_tuf("rsa", "ed25519", POINT).unwrap_err();
    assert_eq!(error.to_string(), "keytype `rsa` with scheme `ed25519` is not supported (F18)");
    let error = PublicKey::from_tuf("rsa", "rsassa-pss-sha256", &p256().to_pem()).unwrap_err();
    assert_eq!(error.to_string(), "expected a key for RSA-PSS SHA-256, found one for ECDSA P-256 (F18)");
    let error = PublicKey::from_tuf("ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", POINT).unwrap_err();
    assert_eq!(
        error.to_string(),
        "keytype `ecdsa-sha2-nistp256` with scheme `ecdsa-sha2-nistp384` is not supported (F18)"
    );
}

#[test]
fn f17_rsa_bounds() {
    let rsa = |bits: usize, e: &[u8]| {
        let mut n = vec![0x80; bits / 8];
        *n.last_mut().unwrap() = 1;
        let integer = |bytes: &[u8]| {
            let pad: &[u8] = if bytes[0] & 0x80 != 0 { &[0] } else { &[] };
            der_tlv(2, &[pad, bytes].concat())
        };
        der_tlv(0x30, &[integer(&n), integer(e)].concat())
    };
    assert!(PublicKey::from_raw(Scheme::RsaPssSha256, &rsa(2048, &[1, 0, 1])).is_ok());
    for bits in [1024, 65_536] {
        let error = PublicKey::from_raw(Scheme::RsaPssSha256, &rsa(bits, &[1, 0, 1])).unwrap_err();
        assert_eq!(error.to_string(), format!("RSA: expected 2048 to 8192 bits, found {bits} (F17)"));
    }
    for e in [&[1][..], &[3], &[1, 0, 0], &[1, 0, 0, 0, 0, 1]] {
        let error = PublicKey::from_raw(Scheme::RsaPssSha256, &rsa(2048, e)).unwrap_err();
        assert_eq!(error, KeyError::RsaExponent, "{e:?}");
    }
}

fn der_tlv(tag: u8, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let mut out = vec![tag];
    match length {
        0..=127 => out.push(length as u8),
        128..=255 => out.extend([0x81, length as u8]),
        _ => out.extend([0x82, (length >> 8) as u8, length as u8]),
    }
    out.extend_from_slice(body);
    out
}

#[test]
fn pem_of_another_type_is_refused_by_name() {
    let other = p256().to_pem().replace("PUBLIC KEY", "PRIVATE KEY");
    let error = PublicKey::from_pem(&other).unwrap_err();
    assert_eq!(error.to_string(), "expected one PEM block PUBLIC KEY, found PRIVATE KEY");
    let error = PublicKey::from_pem(&p256().to_pem().repeat(2)).unwrap_err();
    assert_eq!(error.to_string(), "expected one PEM block PUBLIC KEY, found 2 blocks");
}

#[test]
fn every_bit_flip_of_a_signature_is_refused() {
    let pair = ed25519_dalek::SigningKey::from_bytes(&[7; 32]);
    let key = PublicKey::from_raw(Scheme::Ed25519, pair.verifying_key().as_bytes()).unwrap();
    let message = b"payload";
    let good = ed25519_dalek::Signer::sign(&pair, message).to_bytes();
    assert_eq!(key.verify(message, &good), Ok(()));
    for bit in 0..good.len() * 8 {
        let mut bad = good;
        bad[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(key.verify(message, &bad), Err(SignatureInvalid), "bit {bit}");
    }
    assert_eq!(key.verify(message, &good[..63]), Err(SignatureInvalid));
    assert_eq!(key.verify(b"other", &good), Err(SignatureInvalid));
    assert_eq!(key.verify(message, b""), Err(SignatureInvalid));
}

#[test]
fn domains_never_parse_as_metadata() {
    for domain in [Domain::ProofOfPossession, Domain::Approve, Domain::Rehearsal] {
        let message = domain.message(b"{}");
        assert_eq!(message[domain.prefix().len()], 0);
        assert!(message[0].is_ascii_lowercase());
    }
}

#[test]
fn f27_a_digest_has_one_spelling() {
    let hex = sha256(b"").to_string();
    assert_eq!(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assert_eq!(Sha256::from_hex(&hex), Some(sha256(b"")));
    assert_eq!(Sha256::from_hex(&hex.to_uppercase()), None);
    assert_eq!(Sha256::from_hex(&hex[..62]), None);
    assert_eq!(&sha512(b"").to_string()[..8], "cf83e135");
}
