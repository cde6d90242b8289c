//! TR6: the JSON has one form. And the rows and the report made of it.

use super::certs::Key;
use super::{PRODUCTION, Pki, authority_error, composed, new_ca, new_log, utc};
use crate::{Compose, ExistingEntry, LogKind, NewAuthority, NewLog, TrustedRoot};

#[test]
fn tr6_the_form_of_a_composed_root() {
    let pki = Pki::new();
    let root = composed(&pki);
    let json = root.to_json();
    assert_eq!(TrustedRoot::parse(json.as_bytes()), Ok(root));
    assert_eq!(json, composed(&pki).to_json());
    let outline: Vec<&str> = json
        .lines()
        .map(|line| line.split_inclusive("\": ").next().unwrap())
        .map(str::trim)
        .filter(|line| line.starts_with('"'))
        .map(|line| line.trim_end_matches([' ', ':']).trim_matches('"'))
        .collect();
    let log = "baseUrl hashAlgorithm publicKey rawBytes keyDetails validFor start logId keyId";
    let authority = "subject organization commonName uri certChain certificates rawBytes rawBytes validFor start";
    assert_eq!(
        outline.join(" "),
        format!(
            "mediaType tlogs {log} certificateAuthorities {authority} ctlogs {log} timestampAuthorities {authority}"
        )
    );
    assert!(json.starts_with(
        "{\n  \"mediaType\": \"application/vnd.dev.sigstore.trustedroot+json;version=0.1\",\n  \"tlogs\": [\n    {\n      \
         \"baseUrl\": \"https://log.example.org\",\n      \"hashAlgorithm\": \"SHA2_256\",\n"
    ));
    assert!(
        json.ends_with(
            "\n      \"validFor\": {\n        \"start\": \"2026-01-01T00:00:00Z\"\n      }\n    }\n  ]\n}\n"
        )
    );
    assert!(!json.contains("null") && !json.contains("checkpointKeyId"));
}

#[test]
fn tr6_the_foreign_reader_agrees() {
    let pki = Pki::new();
    let json = composed(&pki).to_json();
    let theirs = sigstore_trust_root::TrustedRoot::from_json(&json).unwrap();
    assert_eq!(theirs.tlogs.len(), 1);
    assert_eq!(theirs.ctlogs[0].base_url, "https://ct.example.org/2026");
    assert_eq!(theirs.certificate_authorities.len(), 1);
    assert_eq!(theirs.timestamp_authorities.len(), 1);
}

#[test]
fn tr6_entries_ascend_by_start_and_ties_keep_their_order() {
    let keys: Vec<String> = (1..=4).map(|seed| Key::ed25519(seed).pem()).collect();
    let mut compose = Compose::default();
    for (key, (url, start)) in keys.iter().zip([
        ("https://c.example.org", "2027-01-01T00:00:00Z"),
        ("https://b.example.org", "2026-01-01T00:00:00Z"),
        ("https://d.example.org", "2027-01-01T00:00:00Z"),
        ("https://a.example.org", "2025-01-01T00:00:00Z"),
    ]) {
        let new = NewLog { start: utc(start), ..new_log(LogKind::CtLog, key, url) };
        compose = compose.log(&new).unwrap();
    }
    let root = compose.finish();
    let urls: Vec<_> = root.ctlogs().iter().map(crate::TransparencyLog::origin).collect();
    assert_eq!(urls, ["a.example.org", "b.example.org", "c.example.org", "d.example.org"]);
}

#[test]
fn tr6_strings_are_escaped_as_json() {
    let json = PRODUCTION.replacen("\"sigstore.dev\"", r#""a \"b\" \\ é \u00e9 /""#, 1);
    let root = TrustedRoot::parse(json.as_bytes()).unwrap();
    let organization = root.certificate_authorities()[0].subject().organization();
    assert_eq!(organization, Some("a \"b\" \\ é é /"));
    assert!(root.to_json().contains(r#""organization": "a \"b\" \\ é é /","#));
    assert_eq!(TrustedRoot::parse(root.to_json().as_bytes()), Ok(root));
}

#[test]
fn tr6_a_uri_is_printable_ascii() {
    let pki = Pki::new();
    let file = pki.ca_chain();
    for uri in ["", "https://ca example.org", "https://cä.example.org"] {
        assert_eq!(
            authority_error(&NewAuthority { uri, ..new_ca(&file) }),
            format!("ca.pem: expected a URI of printable ASCII without blanks, found \"{uri}\" (TR6)")
        );
    }
}

#[test]
fn tr6_an_operator_does_not_enter_a_v01_root() {
    let v02 = PRODUCTION.replace("trustedroot+json;version=0.1", "trustedroot.v0.2+json").replacen(
        "\"subject\"",
        "\"operator\": \"us\", \"subject\"",
        1,
    );
    let root = TrustedRoot::parse(v02.as_bytes()).unwrap();
    let ca = root.certificate_authorities()[0].clone();
    assert_eq!(ca.operator(), Some("us"));
    let entry = ExistingEntry::CertificateAuthority(ca);
    let error = Compose::new().append("v0.2 root", entry).unwrap_err();
    assert_eq!(error.to_string(), "v0.2 root: expected no operator in a trusted root v0.1, found \"us\" (TR6)");
}

#[test]
fn tr6_a_root_composed_from_a_published_one_keeps_it() {
    let root = TrustedRoot::parse(PRODUCTION.as_bytes()).unwrap();
    assert_eq!(Compose::from_trusted_root(root.clone()).finish().to_json(), PRODUCTION);
    let key = Key::ed25519(1).pem();
    let more = Compose::from_trusted_root(root.clone())
        .log(&new_log(LogKind::RekorV2, &key, "https://log2026.example.org"))
        .unwrap()
        .finish();
    assert_eq!(more.tlogs()[..2], *root.tlogs());
    assert_eq!(more.tlogs()[2].origin(), "log2026.example.org");
    assert_eq!(more.certificate_authorities(), root.certificate_authorities());
}
