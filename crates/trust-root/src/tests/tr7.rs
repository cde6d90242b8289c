//! TR7: signing configurations that every client takes.

use super::utc;
use crate::{ComposeConfig, NewService, ServiceKind, SigningConfig};

/// As the production repository has published it since November 2025.
const PUBLISHED: &str = r#"{
  "mediaType": "application/vnd.dev.sigstore.signingconfig.v0.2+json",
  "caUrls": [
    {
      "url": "https://fulcio.sigstore.dev",
      "majorApiVersion": 1,
      "validFor": {
        "start": "2022-04-13T20:06:15.000Z"
      },
      "operator": "sigstore.dev"
    }
  ],
  "rekorTlogUrls": [
    {
      "url": "https://rekor.sigstore.dev",
      "majorApiVersion": 1,
      "validFor": {
        "start": "2021-01-12T11:53:27.000Z"
      },
      "operator": "sigstore.dev"
    }
  ],
  "rekorTlogConfig": {
    "selector": "ANY"
  }
}
"#;

fn tlog(url: &str, version: u64, start: &'static str) -> (String, u64, &'static str) {
    (url.to_owned(), version, start)
}

fn service<'a>((url, major_api_version, start): &'a (String, u64, &'static str)) -> NewService<'a> {
    NewService {
        kind: ServiceKind::TransparencyLog,
        url,
        major_api_version: *major_api_version,
        operator: "sigstore.dev",
        start: utc(start),
        end: None,
    }
}

fn published() -> ComposeConfig {
    ComposeConfig::from_config(SigningConfig::parse(PUBLISHED.as_bytes()).unwrap())
}

#[test]
fn tr7_a_published_config_comes_back_byte_for_byte() {
    assert_eq!(published().finish().to_json(), PUBLISHED);
}

#[test]
fn tr7_members_nobody_knows_come_back_too() {
    let json = PUBLISHED
        .replace("\"operator\": \"sigstore.dev\"", "\"operator\": \"sigstore.dev\",\n      \"weight\": 3")
        .replace(
            "\"selector\": \"ANY\"",
            "\"selector\": \"EXACT\",\n    \"count\": 2,\n    \"far\": [\n      true,\n      null\n    ]",
        );
    let config = SigningConfig::parse(json.as_bytes()).unwrap();
    assert_eq!(config.to_json(), json);
}

#[test]
fn tr7_one_config_from_nothing() {
    let start = utc("2026-12-01T00:00:00Z");
    let new = |kind, url| NewService { kind, url, major_api_version: 1, operator: "example.org", start, end: None };
    let config = ComposeConfig::new()
        .service(&new(ServiceKind::CertificateAuthority, "https://ca.example.org"))
        .and_then(|c| c.service(&new(ServiceKind::IdentityProvider, "https://id.example.org")))
        .and_then(|c| c.service(&new(ServiceKind::TimestampAuthority, "https://tsa.example.org/api/v1/timestamp")))
        .unwrap()
        .finish();
    let json = config.to_json();
    assert!(json.ends_with("  \"tsaConfig\": {\n    \"selector\": \"ANY\"\n  }\n}\n"), "{json}");
    assert!(!json.contains("rekorTlog"), "a list that is empty is not there, nor its selection: {json}");
    assert_eq!(SigningConfig::parse(json.as_bytes()).unwrap(), config);
}

#[test]
fn tr7_the_newest_service_stands_first_and_the_old_one_ends_a_second_before() {
    let new = tlog("https://rekor-2.sigstore.dev", 1, "2026-12-01T00:00:00Z");
    let (config, ended) = published().hand_over(&service(&new)).unwrap();
    assert_eq!(ended, ["https://rekor.sigstore.dev"]);
    let config = config.finish();
    let windows: Vec<_> = config.tlogs().iter().map(|s| format!("{} {}", s.url(), s.valid_for())).collect();
    assert_eq!(
        windows,
        [
            "https://rekor-2.sigstore.dev from 2026-12-01T00:00:00Z, no end",
            "https://rekor.sigstore.dev from 2021-01-12T11:53:27.000Z to 2026-11-30T23:59:59Z",
        ]
    );
    // Another version of the interface is for other clients: both stay.
    let v2 = tlog("https://log2026-1.rekor.sigstore.dev", 2, "2026-12-01T00:00:00Z");
    let (config, ended) = published().hand_over(&service(&v2)).unwrap();
    assert_eq!((ended.len(), config.finish().tlogs().len()), (0, 2));
}

#[test]
fn tr7_windows_of_one_operator_and_version_do_not_overlap() {
    let add = |url: &str, version, start| {
        published().service(&service(&tlog(url, version, start))).map(drop).map_err(|e| e.to_string())
    };
    assert_eq!(
        add("https://rekor-2.sigstore.dev", 1, "2026-12-01T00:00:00Z").unwrap_err(),
        "https://rekor-2.sigstore.dev: expected windows of one operator and version that do not overlap, found from \
         2026-12-01T00:00:00Z, no end, and https://rekor.sigstore.dev from 2021-01-12T11:53:27.000Z, no end (TR7)"
    );
    assert_eq!(add("https://rekor-2.sigstore.dev", 2, "2026-12-01T00:00:00Z"), Ok(()));
    assert_eq!(
        add("rekor.example.org", 2, "2026-12-01T00:00:00Z").unwrap_err(),
        "rekor.example.org: expected an address such as https://log.example.org, found \"rekor.example.org\" (TR7)"
    );
    assert_eq!(
        add("https://rekor.example.org", 0, "2026-12-01T00:00:00Z").unwrap_err(),
        "https://rekor.example.org: expected a major version of the interface from 1, found 0 (TR7)"
    );
    let nobody = tlog("https://rekor.example.org", 2, "2026-12-01T00:00:00Z");
    let error = published().service(&NewService { operator: "", ..service(&nobody) }).unwrap_err();
    assert_eq!(
        error.to_string(),
        "https://rekor.example.org: expected the name of an operator in visible characters, found none (TR7)"
    );
}

#[test]
fn tr7_a_service_ends_once() {
    let end = utc("2026-12-01T00:00:00Z");
    let url = "https://rekor.sigstore.dev";
    let ended = published().end(ServiceKind::TransparencyLog, url, end).unwrap();
    assert_eq!(ended.clone().finish().tlogs()[0].valid_for().end().unwrap().as_str(), "2026-12-01T00:00:00Z");
    assert_eq!(
        ended.end(ServiceKind::TransparencyLog, url, end).unwrap_err().to_string(),
        "https://rekor.sigstore.dev: expected the address of a service in use, found none so called; there are: \
         https://rekor.sigstore.dev (TR7)"
    );
}
