//! TR2: chains are complete, in order and signed.

use super::certs::{Key, Spec, ca, cert_sign, issuer_key_id, key_id, pem};
use super::{Pki, authority_error, chain, new_ca, new_tsa, utc};
use crate::{Compose, ExistingEntry, KeyAlgorithm, NewAuthority};

fn ca_error(specs: &[Spec<'_>]) -> String {
    authority_error(&new_ca(&chain(specs)))
}

#[test]
fn tr2_chains_of_every_usual_key() {
    for (anchor, issuing) in
        [(Key::ed25519(1), Key::p256()), (Key::p256(), Key::p384()), (Key::p384(), Key::ed25519(2))]
    {
        let pki = Pki { anchor, issuing, tsa: Key::p256() };
        let root = Compose::new()
            .authority(&new_ca(&pki.ca_chain()))
            .and_then(|c| c.authority(&new_tsa(&pki.tsa_chain())))
            .unwrap()
            .finish();
        let authority = &root.certificate_authorities()[0];
        assert_eq!(authority.chain().len(), 2);
        assert_eq!(authority.subject().to_string(), "O=example.org, CN=anchor");
    }
    let rsa = NewAuthority { start: utc("2027-01-01T00:00:00Z"), ..new_ca(RSA_ROOT) };
    let root = Compose::new().authority(&rsa).unwrap().finish();
    let anchor = &root.certificate_authorities()[0].chain()[0];
    assert_eq!(*anchor.key_algorithm(), KeyAlgorithm::Rsa { bits: 2048 });
}

#[test]
fn tr2_a_flipped_byte_never_makes_another_chain() {
    let pki = Pki::new();
    let whole = [pki.issuing().der(), pki.anchor().der()];
    for (which, der) in whole.iter().enumerate() {
        for at in 0..der.len() {
            let mut wrong = whole.clone();
            wrong[which][at] ^= 1;
            let file: String = wrong.iter().map(|der| pem("CERTIFICATE", der)).collect();
            assert!(Compose::new().authority(&new_ca(&file)).is_err(), "{which} {at}");
        }
    }
}

#[test]
fn tr2_order_is_issuing_first_anchor_last() {
    let pki = Pki::new();
    assert_eq!(
        ca_error(&[pki.anchor(), pki.issuing()]),
        "ca.pem: expected the trust anchor last, found a self-issued certificate at position 1 (TR2)"
    );
    let middle = Spec::new("middle", &pki.tsa, "anchor", &pki.anchor).with(&[ca(None), cert_sign()]);
    assert_eq!(
        ca_error(&[pki.issuing(), middle, pki.anchor()]),
        "ca.pem: expected certificate 1 to be issued by the next, CN=middle,O=example.org, \
         found issuer CN=anchor,O=example.org: order is issuing certificate first, trust anchor last (TR2)"
    );
}

#[test]
fn tr2_the_anchor_is_self_signed_and_there() {
    let pki = Pki::new();
    assert_eq!(
        ca_error(&[pki.issuing()]),
        "ca.pem: expected a self-signed trust anchor last, \
         found CN=issuing,O=example.org issued by CN=anchor,O=example.org (TR2)"
    );
    let not_by_itself = Spec { signer: &pki.tsa, ..pki.anchor() };
    assert_eq!(
        ca_error(&[pki.issuing(), not_by_itself]),
        "ca.pem: expected certificate 2 to be signed by CN=anchor,O=example.org, \
         found a signature that does not verify (TR2)"
    );
}

#[test]
fn tr2_every_signature_is_checked() {
    let pki = Pki::new();
    let forged = Spec { signer: &pki.tsa, ..pki.issuing() };
    assert_eq!(
        ca_error(&[forged, pki.anchor()]),
        "ca.pem: expected certificate 1 to be signed by CN=anchor,O=example.org, \
         found a signature that does not verify (TR2)"
    );
    let sha1 = Spec { inner_algorithm: Some("1.2.840.113549.1.1.5"), ..pki.issuing() };
    assert_eq!(
        ca_error(&[sha1, pki.anchor()]),
        "ca.pem: expected certificate 1 signed with ECDSA (P-256, P-384), RSA PKCS#1 v1.5 with SHA-2 or Ed25519, \
         found 1.2.840.113549.1.1.5 with an issuer's key Ed25519 (TR2)"
    );
    let two = Spec { outer_algorithm: Some("1.2.840.10045.4.3.2"), ..pki.issuing() };
    assert_eq!(
        ca_error(&[two, pki.anchor()]),
        "ca.pem: expected certificate 1 to name one signature algorithm, \
         found 1.3.101.112 signed and 1.2.840.10045.4.3.2 outside (TR2)"
    );
}

#[test]
fn tr2_chains_end_at_eight_certificates() {
    let pki = Pki::new();
    assert_eq!(ca_error(&vec![pki.anchor(); 9]), "ca.pem: expected at most 8 certificates, found 9 (TR2)");
}

#[test]
fn tr2_key_identifiers_meet() {
    let pki = Pki::new();
    let with_ids = |issuer: &[u8], subject: &[u8]| {
        let issuing = pki.issuing().with(&[issuer_key_id(issuer)]);
        chain(&[issuing, pki.anchor().with(&[key_id(subject)])])
    };
    assert!(Compose::new().authority(&new_ca(&with_ids(&[1, 2], &[1, 2]))).is_ok());
    assert_eq!(
        authority_error(&new_ca(&with_ids(&[1, 2], &[1, 3]))),
        "ca.pem: expected the authority key identifier of certificate 1 to be 0103, found 0102 (TR2)"
    );
}

#[test]
fn tr2_the_anchor_has_a_name() {
    let pki = Pki::new();
    let mut anchor = Spec::new("", &pki.anchor, "", &pki.anchor).with(&[ca(None), cert_sign()]);
    anchor.organization = None;
    assert_eq!(
        ca_error(&[anchor]),
        "ca.pem: expected an organisation or a common name in the trust anchor's subject, found neither (TR2)"
    );
}

#[test]
fn tr2_one_entry_an_issuing_certificate() {
    let pki = Pki::new();
    let file = pki.ca_chain();
    let once = Compose::new().authority(&new_ca(&file)).unwrap();
    let later = NewAuthority { start: utc("2027-01-01T00:00:00Z"), ..new_ca(&file) };
    let expected = "expected one entry per issuing certificate, \
                    found CN=issuing,O=example.org in the trust root already (TR2)";
    assert_eq!(once.clone().authority(&later).unwrap_err().to_string(), format!("ca.pem: {expected}"));
    let entry = once.clone().finish().certificate_authorities()[0].clone();
    let existing = ExistingEntry::CertificateAuthority(entry);
    let error = once.append("old root", existing).unwrap_err();
    assert_eq!(error.to_string(), format!("old root: {expected}"));
}

// Made with openssl req -x509 -newkey rsa:2048; the private key was deleted. ring makes no RSA keys.
const RSA_ROOT: &str = "-----BEGIN CERTIFICATE-----
MIIDQzCCAiugAwIBAgIUPmMZzr39o0QsBs4VramIdL/IOJAwDQYJKoZIhvcNAQEL
BQAwKTEUMBIGA1UECgwLZXhhbXBsZS5vcmcxETAPBgNVBAMMCHJzYSByb290MB4X
DTI2MTEyMjE0MTY1M1oXDTQ2MTExNzE0MTY1M1owKTEUMBIGA1UECgwLZXhhbXBs
ZS5vcmcxETAPBgNVBAMMCHJzYSByb290MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A
MIIBCgKCAQEA4gf5LjdOUf+ffPzl3bRUOwfkyLJSca0tMObk9OV7PEyVBftsJV5z
pfNSN+faD+8FWyXcyt/OBMPLZIwTKTnbJM3548gqbiYkGy/tGu3RFv/Ib14xCFOY
4n+et852znlsPKdfeqhnUNR3uEDryg/P54JYqwq6WBPw49Ke4yicWcu2JmnoavOC
3mVWP0PnsLEpxdWUR+qG9WfJy7gc7PmwBYANmz7keKzgpe1EDkmkOVqlQe0Z2anj
JWMZ5g6Ej7BvI/T9Eyu71hb5x5zQHHixlduu2zLsVXD4yGj+Etyz3fOHwbnEivRw
soqqtWDoZs/Dg/bRo3gpT1EeH1la6LrG6QIDAQABo2MwYTAdBgNVHQ4EFgQUYRKa
8QjuQeAmBF7KpotcjTqWB/EwHwYDVR0jBBgwFoAUYRKa8QjuQeAmBF7KpotcjTqW
B/EwDgYDVR0PAQH/BAQDAgIEMA8GA1UdEwEB/wQFMAMBAf8wDQYJKoZIhvcNAQEL
BQADggEBACqus6z5fcNXdFcU0iwYQnDSU+rpBPlR1ZYdZj9OSKkPfiDXQXoC9Q5x
wIPnK7GixWSDxoHcZcpg8q4Lv3J/wzMuqPQQFlgOHm1ZRit4v9BOO6SUZWu7TOwH
0XOtIybrxPitz/xcJypdswbbvNvDuhzajL7zx1nPrFfYZLXOSygBsHHJ4Gnw8F8g
XjtkEHJpEKp3Z118WXN2kqt1TS5FST3EacHbHvv+o5WXcm1N/70OXJpjFD6Qw0Gh
6me2554c0ksyHBZnVLbaexxTR8dGT0XHCK1zM3C02sJ2NG9T68TP46VH8PDXPDX/
Rasy7CWstPU0MHmnZ1LOQeIJntCpjns=
-----END CERTIFICATE-----
";
