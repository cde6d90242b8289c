//! The pinned roots.

use crate::Anchors;
use tuffet_certificates::Certificate;

fn read(name: &str) -> Certificate {
    let path = format!("{}/src/anchors/{name}.pem", env!("CARGO_MANIFEST_DIR"));
    Certificate::from_der(pem::parse(std::fs::read_to_string(path).unwrap()).unwrap().contents()).unwrap()
}

/// By SHA-256, as the maker publishes them.
const PINNED: [(&str, &str, &str); 9] = [
    (
        "yubico-piv-root-263751",
        "63ece914e54dd87915f34033c85af4c0696ba1512f8add66ced738331207b546",
        "CN=Yubico PIV Root CA Serial 263751",
    ),
    (
        "yubico-u2f-root-457200631",
        "0fa1386f80eb8713263ae5c1d84deb455bdf08aea50ab05503cefee82b092d42",
        "CN=Yubico U2F Root CA Serial 457200631",
    ),
    (
        "yubico-attestation-root-1",
        "62760c6a6ef91679f454c8902b80fd009825b3f25da90f1fbace2ec6586cd5a8",
        "CN=Yubico Attestation Root 1",
    ),
    ("yubihsm-root", "094a3ac493c2bdcd65a54bdf40190f52bb03f7156397a3fc69d8aa9a392fb724", "CN=Yubico YubiHSM Root CA"),
    (
        "yubico-attestation-intermediate-a-1",
        "4698a1d3389c3ec60016c216250f1d0439922832d65142327436376dc2942b55",
        "CN=Yubico Attestation Intermediate A 1",
    ),
    (
        "yubico-attestation-intermediate-b-1",
        "d4cc3f456fdaf4e7812a21aab1dfe9d8e27d24e2fd2d6f21c9940109f0daa754",
        "CN=Yubico Attestation Intermediate B 1",
    ),
    (
        "yubico-piv-attestation-a-1",
        "6de693f05376f5d8ca29069261e1c8626c75d503bd2edbfd75354cad1f722870",
        "CN=Yubico PIV Attestation A 1",
    ),
    (
        "yubico-piv-attestation-b-1",
        "2d55b7998f4e42569d6d8fa382b6dc77d1dacf07358b19701163892922b17052",
        "CN=Yubico PIV Attestation B 1",
    ),
    (
        "yubihsm-6742036-sub-ca",
        "d7c6d8f45208e2a53996fb5a8f4d631b33ebabb64956b37b2ac151fbdbaf4ae9",
        "CN=Yubico YubiHSM 6742036 Sub-CA",
    ),
];

#[test]
fn at2_the_pinned_certificates_are_the_makers() {
    for (name, sha256, subject) in PINNED {
        let certificate = read(name);
        let found: String = certificate.sha256().iter().map(|b| format!("{b:02x}")).collect();
        assert_eq!((found.as_str(), certificate.subject().as_str()), (sha256, subject));
    }
    let files = std::fs::read_dir(format!("{}/src/anchors", env!("CARGO_MANIFEST_DIR"))).unwrap().count();
    assert_eq!(files, PINNED.len(), "a certificate nobody looks at");
    let roots: Vec<String> = Anchors::yubico().roots().collect();
    assert_eq!(roots, PINNED[..4].iter().map(|(.., subject)| (*subject).to_owned()).collect::<Vec<_>>());
}

#[test]
fn at2_what_lies_between_is_signed_by_the_roots() {
    let root = |name: &str| read(name).is_signed_by(&read(name));
    for (name, ..) in &PINNED[..4] {
        assert_eq!(root(name), Ok(()), "{name}");
    }
    for (name, issuer) in [
        ("yubico-piv-attestation-a-1", "yubico-attestation-intermediate-a-1"),
        ("yubico-piv-attestation-b-1", "yubico-attestation-intermediate-b-1"),
        ("yubico-attestation-intermediate-a-1", "yubico-attestation-root-1"),
        ("yubico-attestation-intermediate-b-1", "yubico-attestation-root-1"),
        ("yubihsm-6742036-sub-ca", "yubihsm-root"),
    ] {
        assert!(read(name).is_issued_by(&read(issuer)), "{name}");
        assert_eq!(read(name).is_signed_by(&read(issuer)), Ok(()), "{name}");
    }
}

#[test]
fn the_roots_are_those_a_package_carries_too() {
    use attestation_validator::yubico::{YUBICO_ATTESTATION_ROOT_1_PEM, piv, yubihsm2};
    for (name, package) in [
        ("yubico-attestation-root-1", YUBICO_ATTESTATION_ROOT_1_PEM),
        ("yubico-piv-root-263751", piv::YUBICO_PIV_ATTESTATION_CA_PEM),
        ("yubihsm-root", yubihsm2::ROOT_CA_PEM),
        ("yubihsm-6742036-sub-ca", yubihsm2::INTERMEDIATE_PEM),
    ] {
        assert_eq!(read(name).der(), pem::parse(package).unwrap().contents(), "{name}");
    }
}

#[test]
fn text_that_is_no_certificate_anchors_nothing() {
    let broken = "-----BEGIN CERTIFICATE-----\nMAA=\n-----END CERTIFICATE-----\n";
    assert!(Anchors::of(broken).is_err());
}

#[test]
fn at2_a_file_without_a_certificate_adds_no_root_in_silence() {
    for text in ["", "no certificate"] {
        assert_eq!(Anchors::yubico().and(text).unwrap_err(), "expected a root certificate in PEM, found none");
    }
}
