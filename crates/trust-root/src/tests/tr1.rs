//! TR1: PEM files are read strictly, and keyDetails follow from the key.

use super::certs::{Key, bits, oid, pem, seq, tlv};
use super::{Pki, STAGING, authority_error, log_error, new_ca, new_log, new_tsa};
use crate::{Compose, KeyDetails, LogKind, NewAuthority, TrustedRoot};

const URL: &str = "https://log.example.org";

fn ct_error(pem: &str) -> String {
    log_error(&new_log(LogKind::CtLog, pem, URL))
}

fn details(pem: &str) -> KeyDetails {
    let root = Compose::new().log(&new_log(LogKind::CtLog, pem, URL)).unwrap().finish();
    root.ctlogs()[0].public_key().key_details()
}

/// Of the right length; nobody can sign with it.
fn rsa_pkcs1(bytes: usize, exponent: &[u8]) -> Vec<u8> {
    let modulus = [&[0, 0xc0][..], &vec![1; bytes - 1]].concat();
    seq(&[&tlv(2, &[&modulus]), &tlv(2, &[exponent])])
}

fn point(curve: &str, length: usize) -> String {
    let point = [&[4][..], &vec![7; length - 1]].concat();
    let spki = seq(&[&seq(&[&oid("1.2.840.10045.2.1"), &oid(curve)]), &bits(&point)]);
    pem("PUBLIC KEY", &spki)
}

#[test]
fn tr1_key_details_follow_from_the_key() {
    let rsa = |bytes| pem("RSA PUBLIC KEY", &rsa_pkcs1(bytes, &[1, 0, 1]));
    assert_eq!(details(&Key::ed25519(1).pem()), KeyDetails::Ed25519);
    assert_eq!(details(&Key::p256().pem()), KeyDetails::EcdsaP256);
    assert_eq!(details(&Key::p384().pem()), KeyDetails::EcdsaP384);
    assert_eq!(details(&point("1.3.132.0.35", 133)), KeyDetails::EcdsaP521);
    assert_eq!(details(&rsa(256)), KeyDetails::RsaPkcs1v15_2048);
    assert_eq!(details(&rsa(384)), KeyDetails::RsaPkcs1v15_3072);
    assert_eq!(details(&rsa(512)), KeyDetails::RsaPkcs1v15_4096);
}

#[test]
fn tr1_pkcs1_is_encoded_again_as_spki() {
    let staging = TrustedRoot::parse(STAGING.as_bytes()).unwrap();
    let log = &staging.ctlogs()[0];
    let file = pem("RSA PUBLIC KEY", &log.public_key.raw_bytes);
    let root = Compose::new().log(&new_log(LogKind::CtLog, &file, log.base_url())).unwrap().finish();
    let new = &root.ctlogs()[0];
    // The id of the published log was computed by others, over the SubjectPublicKeyInfo.
    assert_eq!(new.log_id(), log.log_id());
    assert_eq!(new.public_key().key_details(), KeyDetails::RsaPkcs1v15_4096);
    assert_eq!(new.public_key.raw_bytes, log.public_key().spki());
    assert_ne!(new.public_key.raw_bytes, log.public_key.raw_bytes);
}

#[test]
fn tr1_white_space_is_not_junk() {
    let unix = Key::ed25519(1).pem();
    let windows = format!("\r\n  \r\n{}\r\n\r\n", unix.replace('\n', " \r\n"));
    let compose = |pem: &str| Compose::new().log(&new_log(LogKind::CtLog, pem, URL)).unwrap().finish();
    assert_eq!(compose(&windows), compose(&unix));
}

#[test]
fn tr1_private_keys_are_refused_before_all_else() {
    for label in ["PRIVATE KEY", "EC PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "OPENSSH PRIVATE KEY"] {
        let file = format!("{}{}", Key::ed25519(1).pem(), pem(label, b"secret"));
        let expected = "expected public material only, found a private key on line 4; \
                        move it away from shared files (TR1)";
        assert_eq!(ct_error(&file), format!("log.pub: {expected}"));
        assert_eq!(authority_error(&new_ca(&file)), format!("ca.pem: {expected}"));
        assert_eq!(ct_error(&format!("junk\n\n\n{}", pem(label, b"secret"))), format!("log.pub: {expected}"));
    }
}

#[test]
fn tr1_nothing_stands_around_the_blocks() {
    let key = Key::ed25519(1).pem();
    let junk = |line| {
        format!("log.pub: expected nothing but PEM blocks and blank lines, found other text on line {line} (TR1)")
    };
    assert_eq!(ct_error(&format!("subject=x\n{key}")), junk(1));
    assert_eq!(ct_error(&format!("{key}\ntrailing")), junk(5));
    assert_eq!(ct_error(&format!("{key}\0")), junk(4));
    assert_eq!(ct_error("-----END PUBLIC KEY-----"), junk(1));
    assert_eq!(ct_error(&format!("\u{feff}{key}")), junk(1));
}

#[test]
fn tr1_only_the_expected_types() {
    let pki = Pki::new();
    assert_eq!(
        ct_error(&pki.anchor().pem()),
        "log.pub: expected a PEM block PUBLIC KEY or RSA PUBLIC KEY, found \"CERTIFICATE\" on line 1 (TR1)"
    );
    let chain = pki.ca_chain();
    let line = chain.lines().count() + 2;
    assert_eq!(
        authority_error(&new_ca(&format!("{chain}\n{}", Key::ed25519(1).pem()))),
        format!("ca.pem: expected a PEM block CERTIFICATE, found \"PUBLIC KEY\" on line {line} (TR1)")
    );
}

#[test]
fn tr1_one_key_a_file_and_at_least_one_certificate() {
    let key = Key::ed25519(1).pem();
    assert_eq!(ct_error(""), "log.pub: expected one public key, found 0 (TR1)");
    assert_eq!(ct_error(&key.repeat(2)), "log.pub: expected one public key, found 2 (TR1)");
    assert_eq!(authority_error(&new_ca("\n")), "ca.pem: expected at least one certificate, found 0 (TR1)");
}

#[test]
fn tr1_damaged_blocks() {
    let key = Key::ed25519(1).pem();
    let damaged =
        |reason: &str| format!("log.pub: expected a whole PEM block of base64 from line 1, found: {reason} (TR1)");
    let two_dashes = damaged("more than a BEGIN line and an END line");
    assert_eq!(
        ct_error(key.trim_end().strip_suffix("-----END PUBLIC KEY-----").unwrap().trim_end()),
        damaged("no END line")
    );
    assert_eq!(ct_error(&key.replacen('\n', "\n\n", 1)), damaged("a header or blank line on line 2"));
    assert_eq!(
        ct_error(&key.replacen('\n', "\nProc-Type: 4,ENCRYPTED\n", 1)),
        damaged("a header or blank line on line 2")
    );
    assert_eq!(ct_error(&key.replacen('\n', "\n-----BEGIN PUBLIC KEY-----\n", 1)), two_dashes);
    assert_eq!(ct_error(&key.replacen("KEY-----\n", "KEY----- x\n", 1)), two_dashes);
    assert_eq!(ct_error(&format!("{} x", key.trim_end())), two_dashes);
    assert_eq!(
        ct_error(&key.replace("END PUBLIC", "END RSA PUBLIC")),
        damaged("mismatching BEGIN (\"PUBLIC KEY\") and END (\"RSA PUBLIC KEY\") tags")
    );
    for blank in [" ", "\u{b}", "\0"] {
        assert_eq!(
            ct_error(&key.replacen("MCow", &format!("MC{blank}ow"), 1)),
            damaged("a blank or control character within a line")
        );
    }
    assert_eq!(ct_error(&key.replacen("MCow", "M!ow", 1)), damaged("invalid data: Invalid symbol 33, offset 1."));
}

#[test]
fn tr1_keys_are_der_and_nothing_behind_it() {
    let spki = Key::ed25519(1).spki;
    let trailing = pem("PUBLIC KEY", &[&spki[..], &[0]].concat());
    let key = |reason: &str| format!("log.pub: expected a public key in DER, found: {reason} (TR1)");
    assert_eq!(
        ct_error(&trailing),
        key("trailing data at end of DER message: decoded 44 bytes, 1 bytes remaining at DER byte 44")
    );
    let p256 = "1.2.840.10045.3.1.7";
    let not_uncompressed = key("a point that is not the 65 bytes of an uncompressed one");
    assert_eq!(ct_error(&point(p256, 33)), not_uncompressed);
    let short = seq(&[&seq(&[&oid("1.3.101.112")]), &bits(&[1; 31])]);
    assert_eq!(ct_error(&pem("PUBLIC KEY", &short)), key("an Ed25519 key that is not 32 bytes without parameters"));
    let no_curve = seq(&[&seq(&[&oid("1.2.840.10045.2.1")]), &bits(&[4; 65])]);
    assert_eq!(ct_error(&pem("PUBLIC KEY", &no_curve)), key("an elliptic curve key without a named curve"));
    let no_null = seq(&[&seq(&[&oid("1.2.840.113549.1.1.1")]), &bits(&rsa_pkcs1(256, &[1, 0, 1]))]);
    assert_eq!(ct_error(&pem("PUBLIC KEY", &no_null)), key("an RSA key without the parameters NULL"));
    for exponent in [&[1][..], &[2], &[1, 0, 0, 0, 1]] {
        assert_eq!(
            ct_error(&pem("RSA PUBLIC KEY", &rsa_pkcs1(256, exponent))),
            key("an RSA key with an impossible modulus or exponent")
        );
    }
}

#[test]
fn tr1_keys_that_some_client_cannot_use() {
    let found = |found: &str| {
        format!("log.pub: expected a P-256, P-384, P-521, Ed25519 or RSA 2048, 3072 or 4096 key, found {found} (TR1)")
    };
    assert_eq!(ct_error(&pem("RSA PUBLIC KEY", &rsa_pkcs1(128, &[3]))), found("RSA 1024 bits"));
    assert_eq!(ct_error(&point("1.3.132.0.10", 65)), found("algorithm 1.2.840.10045.2.1 on curve 1.3.132.0.10"));
    let ml_dsa = seq(&[&seq(&[&oid("2.16.840.1.101.3.4.3.18")]), &bits(&[1; 32])]);
    assert_eq!(ct_error(&pem("PUBLIC KEY", &ml_dsa)), found("algorithm 2.16.840.1.101.3.4.3.18"));
    let mut foreign = Key::ed25519(9);
    foreign.spki = ml_dsa;
    let pki = Pki { issuing: foreign, ..Pki::new() };
    assert_eq!(
        authority_error(&new_ca(&pki.ca_chain())),
        found("algorithm 2.16.840.1.101.3.4.3.18").replace("log.pub", "ca.pem")
    );
}

#[test]
fn tr1_certificates_are_der_and_nothing_behind_it() {
    let pki = Pki::new();
    let length = pki.anchor().der().len();
    let second = [pki.anchor().der(), vec![0]].concat();
    let file = format!("{}{}", pki.issuing().pem(), pem("CERTIFICATE", &second));
    assert_eq!(
        authority_error(&new_ca(&file)),
        format!(
            "ca.pem: expected an X.509 certificate in DER at position 2, found: trailing data at end of DER message: \
         decoded {length} bytes, 1 bytes remaining at DER byte {length} (TR1)"
        )
    );
}

#[test]
fn tr1_a_flipped_byte_or_a_cut_never_makes_another_entry() {
    let pki = Pki::new();
    let file = pki.tsa_chain();
    let whole = Compose::new().authority(&new_tsa(&file)).unwrap().finish();
    let read = |pem: &[u8]| {
        let new = NewAuthority { pem, ..new_tsa("") };
        Compose::new().authority(&new).map(Compose::finish)
    };
    for at in 0..file.len() {
        let mut wrong = file.as_bytes().to_vec();
        wrong[at] ^= 1;
        assert!(read(&wrong).is_err(), "{at}");
        match read(&file.as_bytes()[..at]) {
            // Only the final newline may go.
            Ok(root) => assert_eq!((root, at), (whole.clone(), file.len() - 1)),
            Err(error) => assert_eq!(error.label(), "tsa.pem"),
        }
    }
}
