//! What tokens answer in more than one spelling, and where modules lie. What needs a token is in tests/pkcs11.

use crate::TokenProblem;
use crate::pkcs11::{der, folders, named_in, of_certificate, of_point, of_rsa, pcscd_at, said};
use cryptoki::context::Function;
use cryptoki::error::RvError;
use std::fs;
use std::path::Path;
use tuffet_keys::{PublicKey, Scheme};

const P256: &[u8] = &[0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
const ED25519: &[u8] = &[0x06, 0x03, 0x2b, 0x65, 0x70];

fn p256() -> (Vec<u8>, PublicKey) {
    let key = p256::ecdsa::SigningKey::from_slice(&[7; 32]).unwrap();
    let point = p256::ecdsa::VerifyingKey::from(&key).to_sec1_point(false).as_bytes().to_vec();
    let public = PublicKey::from_raw(Scheme::EcdsaP256, &point).unwrap();
    (point, public)
}

fn wrapped(bytes: &[u8]) -> Vec<u8> {
    [&[4, u8::try_from(bytes.len()).unwrap()], bytes].concat()
}

#[test]
fn a_point_is_read_in_an_octet_string_and_bare() {
    let (point, public) = p256();
    assert_eq!(of_point(false, P256, &wrapped(&point)), Ok(public.clone()));
    assert_eq!(of_point(false, P256, &point), Ok(public));
    let ed = ed25519_dalek::SigningKey::from_bytes(&[7; 32]).verifying_key();
    let public = PublicKey::from_raw(Scheme::Ed25519, ed.as_bytes()).unwrap();
    for curve in [ED25519, b"\x13\x0cedwards25519", b"\x06\x09\x2b\x06\x01\x04\x01\xda\x47\x0f\x01"] {
        assert_eq!(of_point(true, curve, &wrapped(ed.as_bytes())), Ok(public.clone()), "{curve:?}");
        assert_eq!(of_point(true, curve, ed.as_bytes()), Ok(public.clone()), "{curve:?}");
    }
}

#[test]
fn x22_a_point_that_is_none_is_refused() {
    let (point, _) = p256();
    let expected = "expected an Ed25519, ECDSA P-256, P-384 or RSA key, found one on the curve";
    for (edwards, curve, point, message) in [
        (true, P256, point.clone(), format!("{expected} 1.2.840.10045.3.1.7")),
        (false, ED25519, point.clone(), format!("{expected} 1.3.101.112")),
        (true, b"\x13\x0aedwards448", point.clone(), format!("{expected} edwards448")),
        (false, b"garbage", point.clone(), format!("{expected} without a name")),
        (
            false,
            P256,
            Vec::new(),
            "the token shows no public half of it, neither beside it nor in a certificate".into(),
        ),
        (false, P256, wrapped(&point[..33]), "ECDSA P-256: expected 65 bytes of key, found 33 (F17)".into()),
    ] {
        assert_eq!(of_point(edwards, curve, &point), Err(message));
    }
    for length in 1..point.len() {
        assert!(of_point(false, P256, &wrapped(&point)[..length]).is_err(), "{length}");
    }
    let mut off_curve = point;
    off_curve[64] ^= 1;
    let key = of_point(false, P256, &wrapped(&off_curve));
    assert!(key.is_err() || key.unwrap().verify(b"payload", b"").is_err());
}

#[test]
fn an_rsa_key_is_read_from_its_numbers_for_the_digest_that_is_asked_for() {
    let modulus = [&[0xc5], [0x5a; 254].as_slice(), &[0x01]].concat();
    for (asked, scheme) in [(None, Scheme::RsaPssSha256), (Some(Scheme::RsaPssSha512), Scheme::RsaPssSha512)] {
        let key = of_rsa(&modulus, &[1, 0, 1], asked).unwrap();
        assert_eq!(key.scheme(), scheme);
        // A zero before it, as some tokens send it, changes nothing.
        assert_eq!(of_rsa(&[&[0], modulus.as_slice()].concat(), &[0, 1, 0, 1], asked).unwrap(), key);
    }
    assert_eq!(
        of_rsa(&modulus[..128], &[1, 0, 1], None),
        Err("RSA: expected 2048 to 8192 bits, found 1024 (F17)".to_owned())
    );
    assert!(of_rsa(&modulus, &[], None).is_err());
    assert!(of_rsa(&[], &[1, 0, 1], None).is_err());
}

#[test]
fn x22_a_certificate_that_is_none_is_refused() {
    for der in [&b""[..], b"\x30\x00", b"not a certificate", &[0x30, 0x82, 0xff, 0xff]] {
        let refused = of_certificate(der, None).unwrap_err();
        assert!(refused.starts_with("the certificate beside it: "), "{refused}");
    }
}

#[test]
fn halves_of_a_signature_become_der() {
    let der = |halves: &[u8]| der(halves);
    assert_eq!(der(&[1, 2]), Ok(vec![0x30, 6, 2, 1, 1, 2, 1, 2]));
    // No zero too many, and one where the first bit would be a sign.
    assert_eq!(der(&[0, 1, 0x80, 0]), Ok(vec![0x30, 8, 2, 1, 1, 2, 3, 0, 0x80, 0]));
    let p384 = der(&[0xff; 96]).unwrap();
    assert_eq!((p384.len(), &p384[..4]), (104, &[0x30, 102, 2, 49][..]));
    for (halves, found) in [(&[][..], 0), (&[1], 1), (&[1; 65], 65)] {
        let reason = format!("expected an ECDSA signature of two equal halves, found {found} bytes");
        assert_eq!(der(halves), Err(TokenProblem::Garbage { reason }));
    }
}

#[test]
fn return_values_have_the_names_of_the_standard() {
    assert_eq!(said(RvError::DeviceError, Function::GetSlotList), "C_GetSlotList says CKR_DEVICE_ERROR");
    assert_eq!(said(RvError::VendorDefined(0x8000_0001), Function::Sign), "C_Sign says CKR_VENDOR_DEFINED 2147483649");
}

#[test]
fn modules_are_found_where_distributions_put_them() {
    let root = tempfile::tempdir().unwrap();
    let put = |path: &str| {
        let path = root.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, "").unwrap();
        path
    };
    let opensc = put("usr/lib/x86_64-linux-gnu/pkcs11/opensc-pkcs11.so");
    let found = |names: &[&str]| named_in(&folders(root.path()), names);
    assert_eq!(found(&["ykcs11", "opensc-pkcs11"]), std::slice::from_ref(&opensc));
    let local = put("usr/local/lib/libykcs11.so.2");
    assert_eq!(found(&["ykcs11", "opensc-pkcs11"]), [local, opensc.clone()]);
    let system = put("usr/lib/aarch64-linux-gnu/libykcs11.so");
    put("usr/lib/x86_64-linux-gnu/ykcs11.so");
    assert_eq!(found(&["ykcs11", "opensc-pkcs11"]), [system, opensc]);
    assert_eq!(found(&["softhsm2"]), [] as [&Path; 0]);
    let softhsm = put("usr/lib/softhsm/libsofthsm2.so");
    assert_eq!(found(&["softhsm2"]), [softhsm]);
    assert_eq!(named_in(&folders(&root.path().join("nowhere")), &["ykcs11"]), [] as [&Path; 0]);
}

#[test]
fn x22_pcscd_is_asked_at_its_socket() {
    let dir = tempfile::tempdir().unwrap();
    let socket = dir.path().join("pcscd.comm");
    let problem = |text: &str| {
        let reason = format!("{}: {text}", socket.display());
        Some(TokenProblem::Service { service: "pcscd".to_owned(), reason })
    };
    assert_eq!(pcscd_at(&socket), problem("No such file or directory (os error 2)"));
    let listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    assert_eq!(pcscd_at(&socket), None);
    drop(listener);
    assert_eq!(pcscd_at(&socket), problem("Connection refused (os error 111)"));
}
