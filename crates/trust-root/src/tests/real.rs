//! The published roots: they are read as they are, and every rule of composing holds on what they contain.

use super::{GITHUB, PRODUCTION, STAGING, utc};
use crate::{
    AuthorityKind, Compose, EntryKind, ExistingEntry, KeyAlgorithm, KeyDetails, KeyIdRule, LogKind, MediaType,
    NewAuthority, NewLog, TrustedRoot, chain,
};

fn production() -> TrustedRoot {
    TrustedRoot::parse(PRODUCTION.as_bytes()).unwrap()
}

#[test]
fn production_says_what_it_says() {
    let root = production();
    assert_eq!(root.media_type(), MediaType::V01);
    let rows: Vec<_> = root
        .entries()
        .into_iter()
        .map(|e| {
            let text = |time: &Option<crate::WrittenTime>| time.as_ref().map(ToString::to_string).unwrap_or_default();
            let window = format!("{}..{}", text(&e.start), text(&e.end));
            (e.kind, e.id, e.algorithm, e.subject, window)
        })
        .collect();
    let row = |kind, id: &str, algorithm: &str, subject: Option<&str>, window: &str| {
        (kind, id.to_owned(), algorithm.to_owned(), subject.map(str::to_owned), window.to_owned())
    };
    let (log, ca, ct, tsa) =
        (EntryKind::TransparencyLog, EntryKind::CertificateAuthority, EntryKind::CtLog, EntryKind::TimestampAuthority);
    let sigstore = Some("O=sigstore.dev, CN=sigstore");
    assert_eq!(
        rows,
        [
            row(log, REKOR_V1, "ECDSA P-256", None, "2021-01-12T11:53:27Z.."),
            row(log, REKOR_V2, "Ed25519", None, "2025-09-23T00:00:00Z.."),
            row(ca, CA_1, "ECDSA P-384", sigstore, "2021-03-07T03:20:29Z..2022-12-31T23:59:59.999Z"),
            row(ca, CA_2, "ECDSA P-384", sigstore, "2022-04-13T20:06:15Z.."),
            row(ct, CT_1, "ECDSA P-256", None, "2021-03-14T00:00:00Z..2022-10-31T23:59:59.999Z"),
            row(ct, CT_2, "ECDSA P-256", None, "2022-10-20T00:00:00Z.."),
            row(tsa, TSA, "ECDSA P-384", Some("O=sigstore.dev, CN=sigstore-tsa-selfsigned"), "2025-07-04T00:00:00Z..",),
        ]
    );
    let fulcio = &root.certificate_authorities()[1];
    assert_eq!(fulcio.subject().common_name(), Some("sigstore"));
    assert_eq!(fulcio.subject().organization(), Some("sigstore.dev"));
    assert_eq!(fulcio.uri(), Some("https://fulcio.sigstore.dev"));
    assert_eq!(fulcio.chain()[0].subject(), "CN=sigstore-intermediate,O=sigstore.dev");
    assert_eq!(fulcio.chain()[0].issuer(), "CN=sigstore,O=sigstore.dev");
    assert_eq!(fulcio.chain()[1].not_after(), utc("2031-10-05T13:56:58Z"));
    assert_eq!(root.ctlogs()[1].base_url(), "https://ctfe.sigstore.dev/2022");
    assert_eq!(root.entries()[0].id_base64, "wNI9atQGlz+VWfO6LRygH4QUfY/8W4RFwiT5i5WRgB0=");
}

#[test]
fn production_at_a_time() {
    let root = production();
    let ids = |time: &str| -> Vec<String> {
        let entries = root.entries_at(utc(time));
        entries.into_iter().map(|e| e.id).collect()
    };
    assert_eq!(ids("2021-01-12T11:53:26Z"), [""; 0]);
    assert_eq!(ids("2021-01-12T11:53:27Z"), [REKOR_V1]);
    // Both CAs and both CT logs overlapped.
    assert_eq!(ids("2022-10-25T00:00:00Z"), [REKOR_V1, CA_1, CA_2, CT_1, CT_2]);
    // The end belongs to the window, the millisecond after does not.
    assert_eq!(ids("2022-12-31T23:59:59.999Z"), [REKOR_V1, CA_1, CA_2, CT_2]);
    assert_eq!(ids("2023-01-01T00:00:00Z"), [REKOR_V1, CA_2, CT_2]);
    assert_eq!(ids("2026-11-22T00:00:00Z"), [REKOR_V1, REKOR_V2, CA_2, CT_2, TSA]);
    // The window of the second CA is open, but its certificates have expired.
    assert_eq!(ids("2031-10-05T13:56:59Z"), [REKOR_V1, REKOR_V2, CT_2, TSA]);

    let valid = root.at(utc("2026-11-22T00:00:00Z"));
    assert_eq!(valid.time, utc("2026-11-22T00:00:00Z"));
    assert_eq!(valid.tlogs, root.tlogs().iter().collect::<Vec<_>>());
    assert_eq!(valid.certificate_authorities, [&root.certificate_authorities()[1]]);
    assert_eq!(valid.ctlogs, [&root.ctlogs()[1]]);
    assert_eq!(valid.timestamp_authorities, [&root.timestamp_authorities()[0]]);
}

#[test]
fn tr6_production_comes_back_byte_for_byte() {
    assert_eq!(production().to_json(), PRODUCTION);
}

#[test]
fn tr6_staging_comes_back_but_for_one_missing_blank() {
    let root = TrustedRoot::parse(STAGING.as_bytes()).unwrap();
    let published = STAGING.replace("\"hashAlgorithm\":\"SHA2_256\"", "\"hashAlgorithm\": \"SHA2_256\"");
    assert_ne!(published, STAGING);
    assert_eq!(root.to_json(), published);
    let rsa = root.ctlogs()[0].public_key();
    assert_eq!(rsa.key_details(), KeyDetails::Pkcs1RsaPkcs1v5);
    assert_eq!(*rsa.algorithm(), KeyAlgorithm::Rsa { bits: 4096 });
}

#[test]
fn tr6_github_comes_back_with_the_two_arrays_it_leaves_out() {
    let root = TrustedRoot::parse(GITHUB.as_bytes()).unwrap();
    let written = root.to_json();
    assert_eq!(written.replace("  \"tlogs\": [],\n", "").replace("  \"ctlogs\": [],\n", ""), GITHUB);
    assert_eq!(root.certificate_authorities()[5].uri(), Some("fulcio.githubapp.com"));
    assert_eq!(root.entries_at(utc("2024-05-20T00:00:00Z")).len(), 4, "two CAs and two TSAs overlap");
}

#[test]
fn tr2_every_published_chain_holds() {
    for json in [PRODUCTION, STAGING, GITHUB] {
        let root = TrustedRoot::parse(json.as_bytes()).unwrap();
        for ca in root.certificate_authorities() {
            assert_eq!(chain::check(ca.chain(), AuthorityKind::CertificateAuthority), Ok(()));
        }
        for tsa in root.timestamp_authorities() {
            assert_eq!(chain::check(tsa.chain(), AuthorityKind::TimestampAuthority), Ok(()));
        }
    }
}

#[test]
fn tr5_every_published_id_follows_from_its_key() {
    for (json, notes) in [(PRODUCTION, 1), (STAGING, 4)] {
        let root = TrustedRoot::parse(json.as_bytes()).unwrap();
        let rules =
            |logs: &[crate::TransparencyLog]| -> Vec<_> { logs.iter().map(|l| l.key_id_rule().unwrap()).collect() };
        let tlogs = rules(root.tlogs());
        assert_eq!(tlogs[0], KeyIdRule::SpkiSha256);
        assert_eq!(tlogs[1..], vec![KeyIdRule::SignedNote; notes]);
        assert!(rules(root.ctlogs()).iter().all(|rule| *rule == KeyIdRule::SpkiSha256));
    }
}

/// Production made anew: keys and chains from PEM, except the two entries whose ends carry milliseconds.
#[test]
fn tr6_production_composed_from_pem_is_the_published_file() {
    let root = production();
    let mut compose = Compose::new();
    for (kind, log) in [
        (LogKind::RekorV2, &root.tlogs()[1]),
        (LogKind::RekorV1, &root.tlogs()[0]),
        (LogKind::CtLog, &root.ctlogs()[1]),
    ] {
        let pem = super::certs::pem("PUBLIC KEY", log.public_key().spki());
        let new =
            NewLog { start: log.valid_for().start().unwrap().time(), ..super::new_log(kind, &pem, log.base_url()) };
        compose = compose.log(&new).unwrap();
    }
    for (kind, authority) in [
        (AuthorityKind::CertificateAuthority, &root.certificate_authorities()[1]),
        (AuthorityKind::TimestampAuthority, &root.timestamp_authorities()[0]),
    ] {
        let pem: String = authority.chain().iter().map(|c| super::certs::pem("CERTIFICATE", c.der())).collect();
        let new = NewAuthority {
            kind,
            uri: authority.uri().unwrap(),
            start: authority.valid_for().start().unwrap().time(),
            ..super::new_ca(&pem)
        };
        compose = compose.authority(&new).unwrap();
    }
    let old_ca = ExistingEntry::CertificateAuthority(root.certificate_authorities()[0].clone());
    let old_ct = ExistingEntry::CtLog(root.ctlogs()[0].clone());
    let composed = compose
        .append("production CA 1", old_ca)
        .and_then(|c| c.append("production CT log 1", old_ct))
        .unwrap()
        .finish();
    assert_eq!(composed.to_json(), PRODUCTION);
}

const REKOR_V1: &str = "c0d23d6ad406973f9559f3ba2d1ca01f84147d8ffc5b8445c224f98b9591801d";
const REKOR_V2: &str = "cf1199155bddd051268d1f16ac5c0c75c009f6fb5a63f4177f8e18d7051e3fa0";
const CT_1: &str = "086092f02852ff6845d1d16b27849c456718ac163dc338d26de6bc2206366f72";
const CT_2: &str = "dd3d306ac6c7113263191e1c99673702a24a5eb8de3cadff878a72802f29ee8e";
const CA_1: &str = "03a38ffb1f450100c2596d1d10b900ac4d504058006dda58199576bbeb9c73d0";
const CA_2: &str = "15d795348226b4649f750f5802592c393bee7cc53c3b86982175b7ad087efe47";
const TSA: &str = "85f927bc07ab62cac3b44356c10efc81b2c6883fda7ab9e6d870d9d13acd05b7";
