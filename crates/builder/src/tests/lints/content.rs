//! L63 to L70: what targets say to other programs, and what a client says of it all.

use super::*;
use tuffet_trust_root::{Compose, ComposeConfig, LogKind, NewLog, NewService, ServiceKind};

/// A trust root of one log, with `more` in its entry.
fn trust_root(key_id: &str, more: &str) -> String {
    format!(
        r#"{{"mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1", "tlogs": [{{
        "baseUrl": "https://log.example", "hashAlgorithm": "SHA2_256", "logId": {{"keyId": "{key_id}"}},
        "publicKey": {{"rawBytes": "AA==", "keyDetails": "PKIX_ED25519",
        "validFor": {{"start": "2026-01-01T00:00:00Z"}}}}{more}}}]}}"#
    )
}

fn with_root(text: &str) -> Observed {
    let mut world = world();
    world.target("trusted_root.json", text.as_bytes());
    world.publish()
}

/// Log ids of two instances, in base64.
fn log_ids() -> [String; 2] {
    use base64::Engine;
    let id = |instance: &KnownInstance| {
        let bytes: Vec<u8> =
            (0..64).step_by(2).map(|i| u8::from_str_radix(&instance.logs[0][i..i + 2], 16).unwrap()).collect();
        base64::engine::general_purpose::STANDARD.encode(bytes)
    };
    [id(&KnownInstance::all()[0]), id(&KnownInstance::all()[1])]
}

#[test]
fn l63_tr9_a_trust_root_is_of_one_instance() {
    let [production, staging] = log_ids();
    let one = with_root(&trust_root(&production, ""));
    assert_eq!(lints(&one), [""; 0]);
    let mut both = parse(&trust_root(&production, ""));
    let second = parse(&trust_root(&staging, ""));
    let logs = |value: &Value| value.as_object().unwrap()["tlogs"].as_array().unwrap().to_vec();
    if let Value::Object(members) = &mut both {
        members.insert("ctlogs".into(), Value::Array(logs(&second)));
    }
    let both = String::from_utf8(pretty(&both)).unwrap();
    let found = lints(&with_root(&both));
    let text = "expected material of Sigstore's production instance alone, found of Sigstore's staging instance entry \
                https://log.example";
    assert_eq!(found, [format!("error L63 targets/trusted_root.json: {text}")]);
    // An instance that nobody knows, by its own trust root.
    let own = with_root(&trust_root("AAAA", ""));
    let foreign = vec![("theirs.json".to_owned(), trust_root("AAAA", "").into_bytes())];
    let found = all(&own, &Beside { foreign, ..Beside::default() });
    let text = "expected no material of theirs.json, found entry https://log.example";
    assert_eq!(found, [format!("error L63 targets/trusted_root.json: {text}")]);
}

#[test]
fn l64_a_format_gets_no_new_field() {
    let text = trust_root("AAAA", r#", "operator": "example.org""#);
    let found = lints(&with_root(&text));
    let message = "expected the fields of the format, found other tlogs.operator";
    assert_eq!(found, [format!("error L64 targets/trusted_root.json: {message}")]);
    // Whether it is new is told where there is an observation before.
    let before = Observed { label: "yesterday".into(), ..with_root(&trust_root("AAAA", "")) };
    let mut now = with_root(&text);
    now.targets = None;
    let found = all(&now, &Beside { before: vec![before], ..Beside::default() });
    let message = format!("{message}, new since the observation before");
    assert_eq!(of("L64", &found), [format!("error targets/trusted_root.json: {message}")]);
    let second = text.replace("trustedroot+json;version=0.1", "trustedroot.v0.2+json");
    assert_eq!(lints(&with_root(&second)), [""; 0], "a field of the second version, in a file of that version");
}

#[test]
fn l65_every_time_can_be_read() {
    let text = trust_root("AAAA", "").replace(
        r#"{"start": "2026-01-01T00:00:00Z"}"#,
        r#"{"start": "2026-01-01T00:00:00Z", "end": "2025-09-04:00:00Z"}"#,
    );
    let mut seen = with_root(&text);
    seen.refused_contents.insert("trusted_root.json".into(), "the same, in other words".into());
    let message = "tlogs[0].publicKey.validFor.end: expected an RFC 3339 time, found `2025-09-04:00:00Z`";
    assert_eq!(lints(&seen), [format!("error L65 targets/trusted_root.json: {message}")]);
}

#[test]
fn l66_a_trust_root_reads() {
    let mut seen = with_root(&trust_root("AAAA", ""));
    seen.refused_contents.insert("trusted_root.json".into(), "tlogs[0]: not a key".into());
    let message = "expected a file that reads, found: tlogs[0]: not a key";
    assert_eq!(lints(&seen), [format!("error L66 targets/trusted_root.json: {message}")]);
    let found = lints(&with_root("no JSON"));
    assert!(found[0].starts_with("error L66 targets/trusted_root.json: expected JSON, found: "), "{found:?}");
}

/// A trust root of one log whose key reads.
fn one_log() -> Compose {
    let pem = "-----BEGIN PUBLIC KEY-----\n\
               MCowBQYDK2VwAyEAt8rlp1knGwjfbcXAYPYAkn0XiLz1x8O4t0YkEhie244=\n\
               -----END PUBLIC KEY-----\n";
    let new = NewLog {
        label: "log.pem",
        kind: LogKind::RekorV2,
        pem: pem.as_bytes(),
        base_url: "https://log.example",
        start: "2026-01-01T00:00:00Z".parse().unwrap(),
        end: None,
    };
    Compose::new().log(&new).unwrap()
}

#[test]
fn l69_tr4_what_was_trusted_stays_as_it_was() {
    let one = one_log();
    let end = "2026-06-01T00:00:00Z".parse().unwrap();
    let closed = one.clone().close(None, "https://log.example", end).unwrap().finish().to_json();
    let one = one.finish().to_json();
    let found = |old: &str, new: &str| {
        let before = Observed { label: "yesterday".into(), ..with_root(old) };
        let mut now = with_root(new);
        now.targets = None;
        of("L69", &all(&now, &Beside { before: vec![before], ..Beside::default() }))
    };
    assert_eq!(found(&one, &closed), [""; 0]);
    let entry = "transparency log https://log.example (id 03bcc898 f6f7a953)";
    let head = "error targets/trusted_root.json: expected what was trusted to stay as it was, found a change that";
    assert_eq!(
        found(&closed, &one),
        [format!("{head} reopens {entry}: no end any more, which was 2026-06-01T00:00:00Z")]
    );
    let none = Compose::new().finish().to_json();
    assert_eq!(found(&one, &none), [format!("{head} removes {entry}: what it vouched for is trusted no more")]);
}

#[test]
fn l70_tr7_a_service_that_signs_has_a_trust_entry() {
    let config = |url, start: &str| {
        let new = NewService {
            kind: ServiceKind::TransparencyLog,
            url,
            major_api_version: 2,
            operator: "example",
            start: start.parse().unwrap(),
            end: None,
        };
        ComposeConfig::new().service(&new).unwrap().finish().to_json()
    };
    let root = one_log().finish().to_json();
    let with = |root: Option<&str>, config: Option<&str>| {
        let mut world = world();
        root.into_iter().for_each(|text| world.target("trusted_root.json", text.as_bytes()));
        config.into_iter().for_each(|text| world.target("signing_config.v0.2.json", text.as_bytes()));
        world.publish()
    };
    let good = config("https://log.example", "2026-01-01T00:00:00Z");
    let other = config("https://other.example", "2026-01-01T00:00:00Z");
    let early = config("https://log.example", "2025-12-31T23:59:59Z");
    assert_eq!(lints(&with(Some(&root), Some(&good))), [""; 0]);
    let place =
        "error L70 targets/signing_config.v0.2.json: signing config rekorTlogUrls[0]: expected a transparency log";
    assert_eq!(
        lints(&with(Some(&root), Some(&other))),
        [format!("{place} at \"https://other.example\" in the trusted root, found none")]
    );
    assert_eq!(
        lints(&with(Some(&root), Some(&early))),
        [format!(
            "{place} at \"https://log.example\" valid at the service's start 2025-12-31T23:59:59Z, found one valid from \
             2026-01-01T00:00:00Z, no end"
        )]
    );
    // Of the two that go together, one is as it was.
    let found = check_contents(&with(None, Some(&other)), &with(Some(&root), None));
    assert_eq!(found.iter().map(|finding| finding.lint.unwrap().id).collect::<Vec<_>>(), ["L70"]);
    assert_eq!(check_contents(&with(None, None), &with(Some(&root), Some(&other))), []);
}

#[test]
fn l67_a_client_accepts_the_repository() {
    let seen = Observed { refused: Some("timestamp v7: too old".into()), ..world().publish() };
    let message = "expected a repository that clients accept, found: timestamp v7: too old";
    assert_eq!(lints(&seen), [format!("error L67 repository: {message}")]);
}

#[test]
fn a_change_is_told_to_lock_out_whom_it_locks_out() {
    let draft = next(&[set("b/c", b"x")]);
    let found: Vec<String> = clients_of_draft(Some(&state()), &draft).iter().map(ToString::to_string).collect();
    let text = "cosign, and what uses sigstore/sigstore before October 2022 does not store targets in folders: targets \
                (https://github.com/sigstore/sigstore/pull/729)";
    assert_eq!(found, [text]);
    assert_eq!(clients_of_draft(Some(&state()), &next(&[set("b", b"x")])), []);
}

#[test]
fn the_chain_is_replayed_under_each_row() {
    let mut world = world();
    world.roots[0].insert("spec_version".into(), "1.0".into());
    world.pins = false;
    let found: Vec<String> = clients(&world.publish()).iter().map(ToString::to_string).collect();
    let has = |text: &str| assert!(found.iter().any(|line| line == text), "{text}: {found:?}");
    has("a strict reader (F15) refuses a spec_version of two numbers: root 1; if it pins root 1 (TUF 4.3)");
    has("tough, and sigstore-rs before August 2024 does not parse timestamp and snapshot without length and hashes: \
         6.snapshot.json, timestamp.json; whatever root it pins (https://github.com/awslabs/tough/issues/771)");
}
