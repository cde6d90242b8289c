//! 10: certificates of devices. Nobody here holds a key of Yubico's, so nothing ever verifies under its roots.

use chrono::DateTime;
use tuffet_attestation::{Anchors, Evidence, Requirements};
use tuffet_keys::{PublicKey, Scheme};

/// Certificates, each after its length in two bytes; the last one is also tried as the root.
pub(crate) fn attestation(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    if let Ok(evidence) = Evidence::from_pem(&text) {
        assert_eq!(Evidence::from_pem(&evidence.to_pem()), Ok(evidence));
    }
    let Ok(evidence) = Evidence::from_der(certificates(data)) else { return };
    assert_eq!(Evidence::from_pem(&evidence.to_pem()).as_ref(), Ok(&evidence));
    if let Ok(statement) = evidence.untrusted_statement() {
        assert_eq!(evidence.untrusted_statement(), Ok(statement));
    }
    let key = evidence.untrusted_key().unwrap_or_else(|| PublicKey::from_raw(Scheme::Ed25519, &[9; 32]).unwrap());
    let at = DateTime::from_timestamp(1_790_000_000, 0).unwrap();
    let pinned = evidence.verify(&key, yubico(), at);
    assert!(pinned.is_err(), "forged: {pinned:?}");
    assert!(!pinned.unwrap_err().to_string().chars().any(char::is_control), "a message steers no terminal");
    let complete = yubico().complete(&evidence);
    assert!(complete.certificates().starts_with(evidence.certificates()));
    let root = evidence.certificates().last().map(|der| pem(der)).unwrap_or_default();
    let Ok(anchors) = Anchors::of(&root) else { return };
    if let Ok(proof) = evidence.verify(&key, &anchors, at) {
        assert_eq!(proof.key(), key.fingerprint());
        assert_eq!(evidence.untrusted_statement().as_ref(), Ok(proof.statement()));
        for short in Requirements::default().judge(&proof) {
            assert!(!short.text.is_empty());
        }
        let other = PublicKey::from_raw(Scheme::Ed25519, &[9; 32]).unwrap();
        assert!(evidence.verify(&other, &anchors, at).is_err() || key == other, "a proof for another key");
    }
}

fn certificates(mut data: &[u8]) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    while let [high, low, rest @ ..] = data {
        let (certificate, rest) = rest.split_at(rest.len().min(usize::from(*high) << 8 | usize::from(*low)));
        found.push(certificate.to_vec());
        data = rest;
    }
    found
}

fn pem(der: &[u8]) -> String {
    // Evidence of two certificates, of which the second is asked for.
    let two = Evidence::from_der(vec![der.to_vec(), der.to_vec()]).map(|two| two.to_pem()).unwrap_or_default();
    two.split_inclusive("-----END CERTIFICATE-----\n").next().unwrap_or_default().to_owned()
}

fn yubico() -> &'static Anchors {
    static ANCHORS: std::sync::OnceLock<Anchors> = std::sync::OnceLock::new();
    ANCHORS.get_or_init(Anchors::yubico)
}
