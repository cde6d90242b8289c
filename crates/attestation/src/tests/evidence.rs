//! Evidence as a file.

use super::maker::{Maker, key, public, sound};
use crate::{Evidence, EvidenceError};

#[test]
fn evidence_reads_back_as_written() {
    let (maker, key) = (Maker::yubikeys(), key());
    let evidence = maker.evidence(&sound(), &key);
    assert_eq!(Evidence::from_pem(&evidence.to_pem()), Ok(evidence.clone()));
    assert_eq!(evidence.untrusted_key(), Some(public(&key)));
    assert!(evidence.to_pem().ends_with("-----END CERTIFICATE-----\n"));
}

#[test]
fn a_file_holds_two_to_eight_certificates_and_nothing_else() {
    let block = |tag: &str| format!("-----BEGIN {tag}-----\nMAA=\n-----END {tag}-----\n");
    let certificates = |count| block("CERTIFICATE").repeat(count);
    for count in [0, 1, 9] {
        let refused = Evidence::from_pem(&certificates(count)).unwrap_err();
        assert_eq!(refused, EvidenceError::Count(count));
        assert_eq!(refused.to_string(), format!("expected 2 to 8 certificates, found {count}"));
    }
    assert!(Evidence::from_pem(&certificates(8)).is_ok());
    let key = format!("{}{}", certificates(2), block("PRIVATE KEY"));
    assert_eq!(
        Evidence::from_pem(&key).unwrap_err().to_string(),
        "expected a PEM block CERTIFICATE, found `PRIVATE KEY`"
    );
    let broken = certificates(2).replacen("-----END", "----END", 1);
    assert!(matches!(Evidence::from_pem(&broken), Err(EvidenceError::Armour(_))));
}
