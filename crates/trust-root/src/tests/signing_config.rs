//! Signing configurations: known members strictly, others kept; and what changes between two (K2).

use crate::{LegacyTarget, Selector, SigningConfig};

/// As Sigstore publishes it, with a second log.
pub(super) const CONFIG: &str = r#"{
  "mediaType": "application/vnd.dev.sigstore.signingconfig.v0.2+json",
  "caUrls": [
    {"url": "https://fulcio.sigstore.dev", "majorApiVersion": 1,
     "validFor": {"start": "2022-04-13T20:06:15.000Z"}, "operator": "sigstore.dev"}
  ],
  "oidcUrls": [
    {"url": "https://oauth2.sigstore.dev/auth", "majorApiVersion": 1,
     "validFor": {"start": "2022-04-13T20:06:15.000Z"}, "operator": "sigstore.dev"}
  ],
  "rekorTlogUrls": [
    {"url": "https://log2025-1.rekor.sigstore.dev", "majorApiVersion": 2,
     "validFor": {"start": "2026-01-01T00:00:00Z"}, "operator": "sigstore.dev"},
    {"url": "https://rekor.sigstore.dev", "majorApiVersion": 1,
     "validFor": {"start": "2021-01-12T11:53:27.000Z"}, "operator": "sigstore.dev"}
  ],
  "tsaUrls": [
    {"url": "https://timestamp.sigstore.dev/api/v1/timestamp", "majorApiVersion": 1,
     "validFor": {"start": "2025-07-04T00:00:00Z"}, "operator": "sigstore.dev"}
  ],
  "rekorTlogConfig": {"selector": "ANY"},
  "tsaConfig": {"selector": "ANY"}
}
"#;

fn config(text: &str) -> SigningConfig {
    SigningConfig::parse(text.as_bytes()).unwrap()
}

fn error(text: &str) -> String {
    SigningConfig::parse(text.as_bytes()).unwrap_err().to_string()
}

fn with(from: &str, to: &str) -> String {
    assert!(CONFIG.contains(from), "{from}");
    CONFIG.replacen(from, to, 1)
}

fn changes(old: &str, new: &str) -> Vec<String> {
    config(new).changes_from(Some(&config(old))).iter().map(ToString::to_string).collect()
}

#[test]
fn a_signing_config_says_what_it_says() {
    let config = config(CONFIG);
    let urls = |services: &[crate::Service]| services.iter().map(|s| s.url().to_owned()).collect::<Vec<_>>();
    assert_eq!(urls(config.cas()), ["https://fulcio.sigstore.dev"]);
    assert_eq!(urls(config.identity_providers()), ["https://oauth2.sigstore.dev/auth"]);
    assert_eq!(urls(config.tlogs()), ["https://log2025-1.rekor.sigstore.dev", "https://rekor.sigstore.dev"]);
    assert_eq!(urls(config.tsas()), ["https://timestamp.sigstore.dev/api/v1/timestamp"]);
    let log = &config.tlogs()[0];
    assert_eq!((log.major_api_version(), log.operator()), (2, Some("sigstore.dev")));
    assert_eq!(log.valid_for().to_string(), "from 2026-01-01T00:00:00Z, no end");
    for selection in [config.tlog_selection(), config.tsa_selection()] {
        let selection = selection.unwrap();
        assert_eq!((selection.selector(), selection.count()), (Selector::Any, None));
    }
}

#[test]
fn known_members_are_read_strictly() {
    let media = "application/vnd.dev.sigstore.signingconfig.v0.2+json";
    for (text, message) in [
        ("{}".to_owned(), "mediaType: expected a value, found no such field (TR6)".to_owned()),
        ("[]".to_owned(), "signing config: expected an object, found an array (TR6)".to_owned()),
        (
            with("signingconfig.v0.2", "signingconfig.v0.1"),
            format!("mediaType: expected {media}, found \"{}\" (TR6)", media.replace("v0.2", "v0.1")),
        ),
        (
            with("\"majorApiVersion\": 2", "\"majorApiVersion\": \"2\""),
            "rekorTlogUrls[0].majorApiVersion: expected a number, found a string (TR6)".to_owned(),
        ),
        (
            with("\"majorApiVersion\": 2", "\"majorApiVersion\": 2.5"),
            "rekorTlogUrls[0].majorApiVersion: expected a whole number from 0, found a number (TR6)".to_owned(),
        ),
        (
            with("\"majorApiVersion\": 2", "\"x\": {\"a\": [{\"b\": 1, \"b\": 2}]}, \"majorApiVersion\": 2"),
            "rekorTlogUrls[0].x.a[0].b: expected each field once, found it twice (TR6)".to_owned(),
        ),
        (
            with("\"ANY\"", "\"SOME\""),
            "rekorTlogConfig.selector: expected one of the ServiceSelector names, found \"SOME\" (TR6)".to_owned(),
        ),
        (
            with("\"ANY\"", "\"EXACT\""),
            "rekorTlogConfig: expected a count exactly where the selector is EXACT (TR6)".to_owned(),
        ),
        (
            with("2026-01-01T00:00:00Z", "2026-01-01"),
            "rekorTlogUrls[0].validFor.start: expected a time such as 2026-01-31T00:00:00Z, found \"2026-01-01\" (TR6)"
                .to_owned(),
        ),
    ] {
        assert_eq!(error(&text), message);
    }
    let exact = config(&with("\"ANY\"", "\"EXACT\", \"count\": 2"));
    assert_eq!(exact.tlog_selection().unwrap().count(), Some(2));
}

#[test]
fn k2_a_service_is_added_and_removed() {
    let old = with(
        "{\"url\": \"https://log2025-1.rekor.sigstore.dev\", \"majorApiVersion\": 2,\n     \"validFor\": {\"start\": \
         \"2026-01-01T00:00:00Z\"}, \"operator\": \"sigstore.dev\"},",
        "",
    );
    let added = "adds Rekor v2 https://log2025-1.rekor.sigstore.dev, operator sigstore.dev, from \
                 2026-01-01T00:00:00Z, no end";
    assert_eq!(changes(&old, CONFIG), [added, "removes nothing"]);
    assert_eq!(changes(CONFIG, &old), ["removes Rekor v2 https://log2025-1.rekor.sigstore.dev"]);
    assert_eq!(changes(CONFIG, CONFIG), [""; 0]);
}

#[test]
fn k2_the_first_config_is_shown_whole() {
    let found: Vec<String> = config(CONFIG).changes_from(None).iter().map(ToString::to_string).collect();
    assert_eq!(
        found,
        [
            "adds CA v1 https://fulcio.sigstore.dev, operator sigstore.dev, from 2022-04-13T20:06:15.000Z, no end",
            "adds OIDC v1 https://oauth2.sigstore.dev/auth, operator sigstore.dev, from 2022-04-13T20:06:15.000Z, no end",
            "adds Rekor v2 https://log2025-1.rekor.sigstore.dev, operator sigstore.dev, from 2026-01-01T00:00:00Z, no \
             end",
            "adds Rekor v1 https://rekor.sigstore.dev, operator sigstore.dev, from 2021-01-12T11:53:27.000Z, no end",
            "adds TSA v1 https://timestamp.sigstore.dev/api/v1/timestamp, operator sigstore.dev, from \
             2025-07-04T00:00:00Z, no end",
            "sets `rekorTlogConfig` to ANY",
            "sets `tsaConfig` to ANY",
        ]
    );
}

#[test]
fn k2_every_field_is_said() {
    let log = "Rekor v2 https://log2025-1.rekor.sigstore.dev";
    for (from, to, sentence) in [
        (
            "2026-01-01T00:00:00Z\"",
            "2026-02-01T00:00:00Z\"",
            format!("changes the start of {log} from 2026-01-01T00:00:00Z to 2026-02-01T00:00:00Z"),
        ),
        (
            "\"2026-01-01T00:00:00Z\"",
            "\"2026-01-01T00:00:00Z\", \"end\": \"2027-01-01T00:00:00Z\"",
            format!("sets the end of {log} to 2027-01-01T00:00:00Z"),
        ),
        ("\"ANY\"", "\"EXACT\", \"count\": 2", "changes `rekorTlogConfig` from ANY to EXACT 2".to_owned()),
        (",\n  \"tsaConfig\": {\"selector\": \"ANY\"}", "", "removes `tsaConfig`, which was ANY".to_owned()),
    ] {
        assert_eq!(changes(CONFIG, &with(from, to)), [&sentence, "removes nothing"]);
    }
    let operated = "\"start\": \"2026-01-01T00:00:00Z\"}, \"operator\": \"sigstore.dev\"";
    assert_eq!(
        changes(CONFIG, &with(operated, &operated.replace("sigstore.dev", "example.org")))[0],
        format!("changes the operator of {log} from sigstore.dev to example.org")
    );
    // The same address with another interface is another service.
    assert_eq!(
        changes(CONFIG, &with("\"majorApiVersion\": 2", "\"majorApiVersion\": 3")),
        [
            format!("removes {log}"),
            format!("adds {}, operator sigstore.dev, from 2026-01-01T00:00:00Z, no end", log.replace("v2", "v3")),
        ]
    );
}

#[test]
fn k2_another_order_is_said_because_clients_take_the_first() {
    let mut value: serde_json::Value = serde_json::from_str(CONFIG).unwrap();
    value["rekorTlogUrls"].as_array_mut().unwrap().reverse();
    let swapped = value.to_string();
    assert_eq!(
        changes(CONFIG, &swapped),
        [
            "changes the order of `rekorTlogUrls`: now Rekor v1 https://rekor.sigstore.dev; Rekor v2 \
             https://log2025-1.rekor.sigstore.dev",
            "removes nothing"
        ]
    );
}

#[test]
fn k2_unknown_members_are_shown_with_their_value() {
    let warning =
        |place: &str, text: &str| format!("WARNING: unknown member `{place}`, which some clients refuse: {text}");
    for (from, to, place, text) in [
        (
            "\"tsaConfig\"",
            "\"note\": {\"b\": 1, \"a\": [true, null]}, \"tsaConfig\"",
            "note",
            r#"adds {"b":1,"a":[true,null]}"#,
        ),
        (
            "\"majorApiVersion\": 2",
            "\"majorApiVersion\": 2, \"region\": \"eu\"",
            "rekorTlogUrls: https://log2025-1.rekor.sigstore.dev: region",
            "adds \"eu\"",
        ),
        (
            "{\"start\": \"2026-01-01T00:00:00Z\"",
            "{\"zone\": 1, \"start\": \"2026-01-01T00:00:00Z\"",
            "rekorTlogUrls: https://log2025-1.rekor.sigstore.dev: validFor",
            "adds {\"zone\":1}",
        ),
        ("{\"selector\": \"ANY\"", "{\"weight\": 0.5, \"selector\": \"ANY\"", "rekorTlogConfig.weight", "adds 0.5"),
    ] {
        let more = with(from, to);
        assert_eq!(changes(CONFIG, &more), [&warning(place, text), "removes nothing"]);
        assert_eq!(changes(&more, CONFIG)[0], warning(place, &text.replace("adds", "removes")));
    }
    let (one, two) = (
        with("\"tsaConfig\"", "\"x\": {\"y\": 1}, \"tsaConfig\""),
        with("\"tsaConfig\"", "\"x\": {\"y\": 2}, \"tsaConfig\""),
    );
    assert_eq!(changes(&one, &two)[0], warning("x.y", "changes from 1 to 2"));
}

#[test]
fn k2_no_flipped_byte_of_a_config_reads_as_no_change_unless_the_json_is_equal() {
    let value = |bytes: &[u8]| serde_json::from_slice::<serde_json::Value>(bytes).unwrap();
    let (old, mut said) = (config(CONFIG), 0);
    for at in 0..CONFIG.len() {
        for bit in [1, 2, 16, 0x2a] {
            let mut bytes = CONFIG.as_bytes().to_vec();
            bytes[at] ^= bit;
            let Ok(new) = SigningConfig::parse(&bytes) else { continue };
            let changes = new.changes_from(Some(&old));
            assert_eq!(changes.is_empty(), value(&bytes) == value(CONFIG.as_bytes()), "byte {at} ^ {bit}: {changes:?}");
            said += usize::from(!changes.is_empty());
        }
    }
    assert!(said > 500, "{said}");
    for name in ["caUrls", "oidcUrls", "rekorTlogUrls", "tsaUrls", "rekorTlogConfig", "tsaConfig"] {
        let mut less = value(CONFIG.as_bytes());
        less.as_object_mut().unwrap().remove(name);
        assert!(!changes(CONFIG, &less.to_string()).is_empty(), "{name}");
    }
    let empty = with("  \"tsaConfig\"", "  \"xUrls\": [],\n  \"tsaConfig\"");
    assert_ne!(changes(CONFIG, &empty), [""; 0]);
}

#[test]
fn k2_an_empty_list_and_none_are_two_configs() {
    let media = "\"mediaType\": \"application/vnd.dev.sigstore.signingconfig.v0.2+json\"";
    let (none, empty) = (format!("{{{media}}}"), format!("{{{media}, \"tsaUrls\": []}}"));
    assert_eq!(changes(&none, &empty), ["sets `tsaUrls` to an empty list", "removes nothing"]);
    assert_eq!(changes(&empty, &none), ["removes `tsaUrls`, which was an empty list", "removes nothing"]);
}

#[test]
fn legacy_targets_are_a_key_or_certificates() {
    let pki = super::Pki::new();
    let chain = LegacyTarget::parse(pki.ca_chain().as_bytes()).unwrap();
    assert_eq!(chain.words(), "certificates");
    let text = chain.to_string();
    assert!(text.starts_with("CN=issuing,O=example.org (Ed25519, SHA-256 "), "{text}");
    assert!(text.contains("; CN=anchor,O=example.org (Ed25519, SHA-256 "), "{text}");
    assert!(text.contains(", valid 2025-01-01T00:00:00Z to 2035-01-01T00:00:00Z), key SHA-256 "), "{text}");
    let key = super::Key::ed25519(1);
    let found = LegacyTarget::parse(key.pem().as_bytes()).unwrap();
    let sha256 = hex::encode(ring::digest::digest(&ring::digest::SHA256, &key.spki));
    assert_eq!((found.words(), found.to_string()), ("a public key", format!("Ed25519, SHA-256 {sha256}")));
    for other in ["", "text", "-----BEGIN X-----\nAAAA\n-----END X-----\n"] {
        assert_eq!(LegacyTarget::parse(other.as_bytes()), None);
    }
}
