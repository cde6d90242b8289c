//! TR2: what each certificate of a chain is allowed to do.

use super::certs::{
    CODE_SIGNING, Key, Spec, TIME_STAMPING, ca, cert_sign, digital_signature, extension, purposes, seq,
};
use super::{Pki, authority_error, chain, new_ca, new_tsa};
use crate::Compose;

fn ca_error(specs: &[Spec<'_>]) -> String {
    authority_error(&new_ca(&chain(specs)))
}

fn tsa_error(specs: &[Spec<'_>]) -> String {
    authority_error(&new_tsa(&chain(specs)))
}

fn code_signing() -> Vec<u8> {
    purposes(false, &[CODE_SIGNING])
}

#[test]
fn tr2_no_end_entity_certificate_in_a_ca_chain() {
    let pki = Pki::new();
    let not_ca = "expected certificate 1 to be a CA (CA:TRUE), found an end-entity certificate (TR2)";
    let leaf = pki.bare_issuing().with(&[cert_sign(), code_signing()]);
    assert_eq!(ca_error(&[leaf, pki.anchor()]), format!("ca.pem: {not_ca}"));
    let ca_false = extension("2.5.29.19", true, &seq(&[]));
    let leaf = pki.bare_issuing().with(&[ca_false, cert_sign(), code_signing()]);
    assert_eq!(ca_error(&[leaf, pki.anchor()]), format!("ca.pem: {not_ca}"));
    let anchor = Spec::new("anchor", &pki.anchor, "anchor", &pki.anchor).with(&[cert_sign()]);
    assert_eq!(
        ca_error(&[pki.issuing(), anchor]),
        format!("ca.pem: {}", not_ca.replace("certificate 1", "certificate 2"))
    );
}

#[test]
fn tr2_every_ca_may_sign_certificates() {
    let pki = Pki::new();
    for usage in [vec![], vec![digital_signature()]] {
        let issuing = pki.bare_issuing().with(&[ca(Some(0)), code_signing()]).with(&usage);
        assert_eq!(
            ca_error(&[issuing, pki.anchor()]),
            "ca.pem: expected certificate 1 to allow keyCertSign, found it missing (TR2)"
        );
    }
}

#[test]
fn tr2_path_lengths_are_kept() {
    let pki = Pki::new();
    let anchor = |length| {
        let spec = Spec::new("anchor", &pki.anchor, "anchor", &pki.anchor);
        spec.with(&[ca(Some(length)), cert_sign()])
    };
    assert!(Compose::new().authority(&new_ca(&chain(&[pki.issuing(), anchor(1)]))).is_ok());
    assert_eq!(
        ca_error(&[pki.issuing(), anchor(0)]),
        "ca.pem: expected at most 0 CA certificates below certificate 2, found 1 (TR2)"
    );
    // A TSA's own certificate is not a CA and does not count.
    assert!(Compose::new().authority(&new_tsa(&chain(&[pki.tsa(), anchor(0)]))).is_ok());
    let middle_key = Key::ed25519(7);
    let middle = Spec::new("middle", &middle_key, "anchor", &pki.anchor).with(&[ca(Some(0)), cert_sign()]);
    let low = Spec { issuer: "middle", signer: &middle_key, ..pki.tsa() };
    assert!(Compose::new().authority(&new_tsa(&chain(&[low.clone(), middle.clone(), anchor(1)]))).is_ok());
    assert_eq!(
        tsa_error(&[low, middle, anchor(0)]),
        "tsa.pem: expected at most 0 CA certificates below certificate 3, found 1 (TR2)"
    );
}

#[test]
fn tr2_the_issuing_ca_is_bound_to_code_signing() {
    let pki = Pki::new();
    let purpose = |found: &str| {
        format!("ca.pem: expected certificate 1 to have the extended key usage codeSigning, found {found} (TR2)")
    };
    let issuing = |extra: &[Vec<u8>]| pki.bare_issuing().with(&[ca(Some(0)), cert_sign()]).with(extra);
    assert_eq!(ca_error(&[issuing(&[]), pki.anchor()]), purpose("none"));
    assert_eq!(
        ca_error(&[issuing(&[purposes(false, &[TIME_STAMPING, "1.3.6.1.5.5.7.3.1"])]), pki.anchor()]),
        purpose("timeStamping, 1.3.6.1.5.5.7.3.1 (not critical)")
    );
    // An anchor alone needs no purpose; one that names another is refused.
    assert!(Compose::new().authority(&new_ca(&pki.anchor().pem())).is_ok());
    assert_eq!(ca_error(&[pki.anchor().with(&[purposes(true, &[TIME_STAMPING])])]), purpose("timeStamping (critical)"));
}

#[test]
fn tr2_the_tsa_stamps_and_does_nothing_else() {
    let pki = Pki::new();
    let leaf = |purpose: Vec<u8>| pki.bare_tsa().with(&[digital_signature(), purpose]);
    for (wrong, found) in [
        (purposes(false, &[TIME_STAMPING]), "timeStamping (not critical)"),
        (purposes(true, &[TIME_STAMPING, CODE_SIGNING]), "timeStamping, codeSigning (critical)"),
        (purposes(true, &[CODE_SIGNING]), "codeSigning (critical)"),
    ] {
        assert_eq!(
            tsa_error(&[leaf(wrong), pki.anchor()]),
            format!(
                "tsa.pem: expected certificate 1 to have the extended key usage timeStamping alone and critical, \
                 found {found} (TR2)"
            )
        );
    }
    let cannot_sign = pki.bare_tsa().with(&[cert_sign(), purposes(true, &[TIME_STAMPING])]);
    assert_eq!(
        tsa_error(&[cannot_sign, pki.anchor()]),
        "tsa.pem: expected the TSA's certificate to allow digitalSignature, found it missing (TR2)"
    );
    assert_eq!(
        tsa_error(&[pki.issuing(), pki.anchor()]),
        "tsa.pem: expected the TSA's own certificate first, found a CA (TR2)"
    );
    assert_eq!(
        tsa_error(&[pki.anchor()]),
        "tsa.pem: expected the TSA's own certificate and its trust anchor, found one certificate (TR2)"
    );
    assert_eq!(
        tsa_error(&[pki.tsa(), pki.anchor().with(&[code_signing()])]),
        "tsa.pem: expected certificate 2 to have the extended key usage timeStamping, \
         found codeSigning (not critical) (TR2)"
    );
}

#[test]
fn tr2_extensions_come_once_and_are_known_if_critical() {
    let pki = Pki::new();
    assert_eq!(
        ca_error(&[pki.issuing().with(&[ca(None)]), pki.anchor()]),
        "ca.pem: expected readable extensions, each once, in certificate 1, found: 2.5.29.19 twice (TR2)"
    );
    let broken = extension("2.5.29.14", false, &[0xff]);
    assert_eq!(
        ca_error(&[pki.issuing(), pki.anchor().with(&[broken])]),
        "ca.pem: expected readable extensions, each once, in certificate 2, \
         found: ASN.1 DER message is incomplete: expected 2, actual 1 at DER byte 1 (TR2)"
    );
    let unknown = extension("1.2.3.4", true, &[5, 0]);
    assert_eq!(
        ca_error(&[pki.issuing().with(&[unknown]), pki.anchor()]),
        "ca.pem: expected no unknown critical extension in certificate 1, found 1.2.3.4 (TR2)"
    );
    let harmless = extension("1.2.3.4", false, &[5, 0]);
    let file = chain(&[pki.issuing().with(&[harmless]), pki.anchor()]);
    assert!(Compose::new().authority(&new_ca(&file)).is_ok());
}
