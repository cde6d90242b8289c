//! `Examination` of what stands beside a trust root: signing config (TR7), legacy targets (TR8), and the table of readers.

use super::certs::pem;
use super::signing_config::CONFIG;
use super::{PRODUCTION, utc};
use crate::{Examination, Finding, LegacyFile, Reader, SigningConfig, Tolerant, TrustedRoot, readers};

fn examined(config: Option<&str>, legacy: &[LegacyFile<'_>]) -> Vec<String> {
    let examination = Examination {
        trusted_root: PRODUCTION.as_bytes(),
        signing_config: config.map(str::as_bytes),
        previous: None,
        legacy,
        instances: &["production"],
        at: utc("2026-08-22T00:00:00Z"),
    };
    examination.run().iter().map(Finding::to_string).collect()
}

fn told(from: &str, to: &str) -> Vec<String> {
    assert!(CONFIG.contains(from), "{from}");
    examined(Some(&CONFIG.replacen(from, to, 1)), &[])
}

#[test]
fn tr7_the_published_services_all_have_their_trust_entry() {
    assert_eq!(examined(Some(CONFIG), &[]), [""; 0]);
}

#[test]
fn tr7_a_service_that_signs_has_a_trust_entry() {
    assert_eq!(
        told("https://log2025-1.rekor.sigstore.dev", "https://log2026-1.rekor.sigstore.dev"),
        ["error TR7 signing config rekorTlogUrls[0]: expected a transparency log at \
          \"https://log2026-1.rekor.sigstore.dev\" in the trusted root, found none"]
    );
    assert_eq!(
        told("https://fulcio.sigstore.dev", "https://fulcio.example.org"),
        ["error TR7 signing config caUrls[0]: expected a certificate authority at \"https://fulcio.example.org\" \
          in the trusted root, found none"]
    );
    assert_eq!(
        told("https://timestamp.sigstore.dev/", "https://tsa.example.org/"),
        ["error TR7 signing config tsaUrls[0]: expected a timestamp authority at \
          \"https://tsa.example.org/api/v1/timestamp\" in the trusted root, found none"]
    );
    assert_eq!(
        told("/api/v1/timestamp", "/api/v2/timestamp"),
        [""; 0],
        "an authority is known by its host; the path is the service's"
    );
}

#[test]
fn tr7_trust_is_there_when_the_service_starts_and_until_it_ends() {
    assert_eq!(
        told("2026-01-01T00:00:00Z", "2025-09-22T00:00:00Z"),
        ["error TR7 signing config rekorTlogUrls[0]: expected a transparency log at \
          \"https://log2025-1.rekor.sigstore.dev\" valid at the service's start 2025-09-22T00:00:00Z, \
          found one valid from 2025-09-23T00:00:00Z, no end"]
    );
    let root = PRODUCTION.replace(
        "\"start\": \"2025-09-23T00:00:00Z\"",
        "\"start\": \"2025-09-23T00:00:00Z\",\n          \"end\": \"2026-12-31T00:00:00Z\"",
    );
    let examination = |config: &str| -> Vec<String> {
        let examination = Examination {
            trusted_root: root.as_bytes(),
            signing_config: Some(config.as_bytes()),
            previous: None,
            legacy: &[],
            instances: &[],
            at: utc("2026-08-22T00:00:00Z"),
        };
        examination.run().iter().map(Finding::to_string).collect()
    };
    let place = "error TR7 signing config rekorTlogUrls[0]: expected a transparency log at \
                 \"https://log2025-1.rekor.sigstore.dev\"";
    let found = "found one valid from 2025-09-23T00:00:00Z to 2026-12-31T00:00:00Z";
    assert_eq!(examination(CONFIG), [format!("{place} without an end, as the service has none, {found}")]);
    let start = "\"start\": \"2026-01-01T00:00:00Z\"";
    let ends = |end: &str| CONFIG.replacen(start, &format!("{start}, \"end\": \"{end}\""), 1);
    assert_eq!(examination(&ends("2026-12-31T00:00:00Z")), [""; 0]);
    assert_eq!(
        examination(&ends("2027-01-01T00:00:00Z")),
        [format!("{place} valid at the service's end 2027-01-01T00:00:00Z, {found}")]
    );
}

#[test]
fn tr7_what_not_every_client_follows_is_told() {
    let tlog = "\"rekorTlogConfig\": {\"selector\": \"ANY\"}";
    assert_eq!(
        told(tlog, "\"rekorTlogConfig\": {\"selector\": \"ALL\"}"),
        ["warning TR7 signing config rekorTlogConfig: expected ANY, the selector that every client follows, found ALL"]
    );
    assert_eq!(
        told(&format!("{tlog},"), ""),
        ["error TR7 signing config rekorTlogConfig: expected a selector, as there are services, found none"]
    );
    let tsas = &CONFIG[CONFIG.find("\"tsaUrls\"").unwrap()..CONFIG.find("\"rekorTlogConfig\"").unwrap()];
    assert_eq!(
        told(tsas, "\"tsaUrls\": [],"),
        ["error TR7 signing config tsaConfig: expected no selector, as there is no service, found one"]
    );
    assert_eq!(
        told(", \"operator\": \"sigstore.dev\"}\n  ],\n  \"oidc", "}\n  ],\n  \"oidc"),
        ["warning TR7 signing config caUrls[0].operator: expected an operator, by whom clients tell services apart, \
          found none"]
    );
    assert_eq!(
        told("\"url\": \"https://oauth2", "\"url\": \"http://oauth2"),
        ["warning TR7 signing config oidcUrls[0].url: expected an address with https://, \
          found \"http://oauth2.sigstore.dev/auth\""]
    );
    assert_eq!(
        told("{\"start\": \"2025-07-04T00:00:00Z\"}", "{}"),
        ["error TR7 signing config tsaUrls[0].validFor: expected a start, found none: the service is never used"]
    );
    assert_eq!(
        told("\"majorApiVersion\": 2", "\"majorApiVersion\": 1"),
        ["warning TR7 signing config rekorTlogUrls[1].validFor: expected windows of one operator and version that do \
          not overlap, found from 2021-01-12T11:53:27.000Z, no end and from 2026-01-01T00:00:00Z, no end of \
          rekorTlogUrls[0]"]
    );
    let (from, to) = ("2021-01-12T11:53:27.000Z", "2026-02-01T00:00:00Z");
    assert_eq!(
        told(from, to),
        [
            "warning TR7 signing config rekorTlogUrls[1]: expected the newest service first, since clients take the first \
          that fits, found \"https://rekor.sigstore.dev\" after \"https://log2025-1.rekor.sigstore.dev\""
        ]
    );
}

fn file<'a>(path: &'a str, bytes: &'a str, usage: &'a str, status: &'a str) -> LegacyFile<'a> {
    let (bytes, uri) = (bytes.as_bytes(), None);
    LegacyFile { path, bytes, usage: Some(usage), status: Some(status), uri }
}

#[test]
fn tr8_legacy_targets_agree_with_the_trust_root() {
    let root = TrustedRoot::parse(PRODUCTION.as_bytes()).unwrap();
    let key = |log: &crate::TransparencyLog| pem("PUBLIC KEY", log.public_key().spki());
    let (rekor, ct) = (key(&root.tlogs()[0]), key(&root.ctlogs()[0]));
    let ca: String = root.certificate_authorities()[1].chain().iter().map(|c| pem("CERTIFICATE", c.der())).collect();
    let missing = "expected a legacy target with it, found none: clients that read those alone do not know it";
    let rest = [
        format!("note TR8 tlogs[1]: {missing}, nor Rekor v2"),
        format!("note TR8 ctlogs[1]: {missing}"),
        format!("note TR8 timestampAuthorities[0]: {missing}"),
    ];
    let files = [
        file("rekor.pub", &rekor, "Rekor", "Active"),
        file("ctfe.pub", &ct, "CTFE", "Expired"),
        file("fulcio_v1.crt.pem", &ca, "Fulcio", "Active"),
        file("artifact.pub", "anything", "Unknown", "Active"),
    ];
    assert_eq!(examined(None, &files), rest);
    let judged = |file: LegacyFile<'_>| {
        let told = examined(None, &[file]);
        told.into_iter().find(|text| text.contains(file.path)).unwrap_or_default()
    };
    assert_eq!(
        judged(file("ctfe.pub", &rekor, "CTFE", "Active")),
        "error TR8 ctfe.pub: expected the key in the trusted root among the entries for \"CTFE\", found it nowhere"
    );
    assert_eq!(
        judged(file("ctfe.pub", &ct, "CTFE", "Active")),
        "note TR8 ctfe.pub: expected status Expired, as no entry with the key is valid now, found Active"
    );
    assert_eq!(
        judged(file("rekor.pub", &rekor, "Rekor", "Expired")),
        "warning TR8 rekor.pub: expected status Active, as an entry with the key is valid now, found Expired"
    );
    let other = pem("PUBLIC KEY", &super::certs::Key::ed25519(5).spki);
    assert_eq!(
        judged(LegacyFile { usage: None, status: None, ..file("other.pub", &other, "", "") }),
        "error TR8 other.pub: expected the key in the trusted root, found it nowhere"
    );
    assert_eq!(
        judged(LegacyFile { uri: Some("https://rekor.example.org"), ..file("rekor.pub", &rekor, "Rekor", "Active") }),
        "warning TR8 rekor.pub: expected the address of the trusted root, \"https://rekor.sigstore.dev\", \
         found \"https://rekor.example.org\""
    );
    assert_eq!(
        judged(file("fulcio.crt.pem", "junk", "Fulcio", "Active")),
        "error TR8 fulcio.crt.pem: expected certificates or one public key in PEM, found neither"
    );
}

#[test]
fn every_reader_has_a_public_reference_or_no_name() {
    for row in Reader::all() {
        let neutral = row.client.starts_with("a strict reader (TR");
        assert_eq!(neutral, row.versions.is_empty(), "{row}");
        assert!(neutral || row.reference.starts_with("https://github.com/sigstore/"), "{row}");
    }
}

#[test]
fn readers_are_told_by_what_the_files_have() {
    let told = |root: &str, config: Option<&str>| -> Vec<String> {
        let root = Tolerant::parse(root.as_bytes()).unwrap();
        let config = config.map(|config| SigningConfig::parse(config.as_bytes()).unwrap());
        readers(&root, config.as_ref()).iter().map(ToString::to_string).collect()
    };
    let production = told(PRODUCTION, None);
    assert_eq!(production.len(), 5, "{production:#?}");
    assert_eq!(
        production[1],
        "sigstore-ruby (0.2.1 and before) verifies nothing: a log with an Ed25519 key \
         (https://github.com/sigstore/sigstore-ruby/issues/263)"
    );
    let cosign = "cosign (before 3.0.5) does not verify what is signed with it, without more options: \
                  Rekor v2 in the signing config (https://github.com/sigstore/cosign/issues/4738)";
    assert!(told(PRODUCTION, Some(CONFIG)).contains(&cosign.to_owned()));
    let bare = told(&PRODUCTION.replace("https://rekor.sigstore.dev", "rekor.sigstore.dev"), None);
    let origin = "a strict reader (TR5) finds no origin to verify checkpoints by: a baseUrl that is no URL \
                  (https://github.com/sigstore/protobuf-specs/pull/629)";
    assert!(bare.contains(&origin.to_owned()), "{bare:#?}");
    // Every trait of the table is met by some file.
    let all = PRODUCTION
        .replace("trustedroot+json;version=0.1", "trustedroot.v0.2+json")
        .replacen("SHA2_256", "SHA2_384", 1)
        .replace("\"start\": \"2025-09-23T00:00:00Z\"", "\"end\": \"2030-01-01T00:00:00Z\"");
    let config = CONFIG.replacen("ANY", "ALL", 1).replacen(", \"operator\": \"sigstore.dev\"", "", 1);
    let met = told(&all, Some(&config));
    for words in ["another tree hash", "another media type", "without start", "other than ANY", "without an operator"] {
        assert!(met.iter().any(|text| text.contains(words)), "{words}: {met:#?}");
    }
}
