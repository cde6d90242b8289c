//! A log, a CA, a CT log and a time stamp authority of the test's own, as PEM files.

use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose,
};
use std::fs;
use std::path::Path;

fn params(name: &str) -> CertificateParams {
    let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
    params.distinguished_name.push(DnType::OrganizationName, "example.org");
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = rcgen::date_time_ymd(2026, 1, 1);
    params.not_after = rcgen::date_time_ymd(2036, 1, 1);
    params.use_authority_key_identifier_extension = true;
    params
}

fn authority(name: &str, path_length: u8) -> CertificateParams {
    let mut params = params(name);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(path_length));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

/// Writes `rekor.pub`, `ctfe.pub`, `fulcio.pem` (intermediate, anchor), `anchor.pem` and `tsa.pem` into `dir`.
pub(crate) fn write(dir: &Path) {
    let put = |name: &str, text: String| fs::write(dir.join(name), text).unwrap();
    for name in ["rekor.pub", "ctfe.pub"] {
        put(name, KeyPair::generate().unwrap().public_key_pem());
    }
    let anchor_key = KeyPair::generate().unwrap();
    let anchor = authority("anchor", 1);
    let anchor_pem = anchor.self_signed(&anchor_key).unwrap().pem();
    let issuer = Issuer::new(anchor, anchor_key);
    let mut intermediate = authority("intermediate", 0);
    intermediate.extended_key_usages = vec![ExtendedKeyUsagePurpose::CodeSigning];
    let intermediate = intermediate.signed_by(&KeyPair::generate().unwrap(), &issuer).unwrap().pem();
    let mut stamper = params("stamper");
    stamper.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    // Time stamping, critical, which the maker's own list would not be.
    let purpose = vec![0x30, 0x0a, 0x06, 0x08, 0x2b, 6, 1, 5, 5, 7, 3, 8];
    let mut extension = CustomExtension::from_oid_content(&[2, 5, 29, 37], purpose);
    extension.set_criticality(true);
    stamper.custom_extensions.push(extension);
    let stamper = stamper.signed_by(&KeyPair::generate().unwrap(), &issuer).unwrap().pem();
    put("fulcio.pem", format!("{intermediate}{anchor_pem}"));
    put("tsa.pem", format!("{stamper}{anchor_pem}"));
    put("anchor.pem", anchor_pem);
}
