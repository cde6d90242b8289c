//! statement.json: what witnesses sign about a closed record, and what a stranger makes of it.

use crate::k5_approval::{WITNESSES, approved_by, drafted, witness};
use crate::table::{Laid, NAMES, hash, key, now, text};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tuffet_ceremony::{Ended, Replay};
use tuffet_keys::{Domain, Sign};

fn closed() -> Laid {
    let laid = drafted();
    laid.assemble(&WITNESSES[..2].iter().map(|name| approved_by(&laid, name)).collect::<Vec<_>>()).unwrap();
    laid.carry_out(&NAMES[..3]);
    laid.close();
    laid
}

/// The statement `name` signs on a copy of the record.
fn stated_by(laid: &Laid, name: &str) -> (String, Vec<u8>) {
    let copy = laid.copy();
    copy.open().sign_statement(&witness(name), None).unwrap();
    (format!("{name}/statement.json"), copy.get("statement.json"))
}

fn envelope(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap()
}

#[test]
fn k3_the_statement_says_what_the_record_says() {
    let laid = closed();
    laid.open().sign_statement(&witness("@walter"), None).unwrap();
    let envelope = envelope(&laid.get("statement.json"));
    assert_eq!(envelope["payloadType"], "application/vnd.in-toto+json");
    let payload = STANDARD.decode(envelope["payload"].as_str().unwrap()).unwrap();
    let statement: Value = serde_json::from_slice(&payload).unwrap();
    let transcript = laid.open().transcript().unwrap();
    assert_eq!(statement["_type"], "https://in-toto.io/Statement/v1");
    let subjects: Vec<_> = statement["subject"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| (s["name"].clone(), s["digest"]["sha256"].clone()))
        .collect();
    let published = laid.published(1);
    assert_eq!(subjects, published.iter().map(|(n, d)| (json!(n), json!(d))).collect::<Vec<_>>());
    let predicate = &statement["predicate"];
    assert_eq!(predicate["plan"], hash(&laid.get("plan.toml")));
    assert_eq!(
        predicate["transcript"],
        json!({"lines": transcript.entries().len(), "head": transcript.head().to_string()})
    );
    assert_eq!(predicate["payloads"]["root"], hash(&laid.get("payload/root.json")));
    assert_eq!(predicate["signers"].as_array().unwrap().len(), 6);
    assert_eq!(predicate["approvals"].as_array().unwrap().len(), 2);
    assert_eq!(
        predicate["devices"][0],
        json!({
            "owner": "@alice", "key": key("@alice").fingerprint(), "attested": false,
            "device": "test: its owner says so, no evidence",
        })
    );
    assert_eq!(predicate["outcome"], json!({"published": true}));
}

#[test]
fn k3_the_envelope_verifies_by_the_dsse_rules_alone() {
    let laid = closed();
    laid.open().sign_statement(&witness("@walter"), None).unwrap();
    let envelope = envelope(&laid.get("statement.json"));
    let payload = STANDARD.decode(envelope["payload"].as_str().unwrap()).unwrap();
    let mut message = format!("DSSEv1 28 application/vnd.in-toto+json {} ", payload.len()).into_bytes();
    message.extend_from_slice(&payload);
    let signature = &envelope["signatures"][0];
    assert_eq!(signature["keyid"], witness("@walter").fingerprint());
    let sig = STANDARD.decode(signature["sig"].as_str().unwrap()).unwrap();
    witness("@walter").public_key().verify(&message, &sig).unwrap();
    // And as nothing else: no domain of ours, no metadata.
    for domain in [Domain::Approve, Domain::ProofOfPossession, Domain::Rehearsal] {
        assert!(!message.starts_with(domain.prefix().as_bytes()));
    }
    assert!(witness("@walter").public_key().verify(&payload, &sig).is_err());
}

#[test]
fn k4_copies_signed_elsewhere_join_in_any_order_to_one_file() {
    let laid = closed();
    let copies: Vec<_> = WITNESSES.iter().map(|name| stated_by(&laid, name)).collect();
    let mut seen = Vec::new();
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        let coordinator = laid.copy();
        for i in order {
            coordinator.open().merge_statements(std::slice::from_ref(&copies[i])).unwrap();
        }
        seen.push(coordinator.get("statement.json"));
    }
    seen.dedup();
    assert_eq!(seen.len(), 1);
    let all = laid.open().merge_statements(&copies).unwrap();
    assert_eq!(all.len(), 3);
    assert_eq!(laid.get("statement.json"), seen[0]);
    let mut signed = Replay::run(laid.path()).unwrap().statement.unwrap();
    signed.sort();
    assert_eq!(signed, WITNESSES);
}

#[test]
fn k3_a_statement_that_was_edited_or_is_about_another_record_is_refused() {
    let laid = closed();
    let (_, good) = stated_by(&laid, "@walter");
    let with = |change: &dyn Fn(&mut Value)| {
        let mut value = envelope(&good);
        change(&mut value);
        laid.put("statement.json", value.to_string().as_bytes());
        text(Replay::run(laid.path()))
    };
    assert_eq!(
        with(&|v| v["payloadType"] = "text/plain".into()),
        "statement.json: payloadType: expected application/vnd.in-toto+json, found text/plain"
    );
    let other = "statement.json: payload: expected the statement this record gives, found another";
    assert_eq!(with(&|v| v["payload"] = STANDARD.encode(b"{}").into()), other);
    assert_eq!(with(&|v| v["signatures"] = json!([])), "statement.json: expected a signature, found none");
    assert_eq!(
        with(&|v| v["signatures"][0]["sig"] = "AAAA".into()),
        "statement.json: the signature of @walter does not verify"
    );
    assert_eq!(
        with(&|v| {
            let twice = v["signatures"][0].clone();
            v["signatures"].as_array_mut().unwrap().push(twice);
        }),
        "statement.json: expected one signature a witness, found two of @walter"
    );
    assert_eq!(
        with(&|v| v["signatures"][0]["keyid"] = key("@bob").fingerprint().into()),
        format!("statement.json: expected signatures of the plan's witnesses, found key {}", key("@bob").fingerprint())
    );
    assert!(
        with(&|v| v["more"] = 1.into()).starts_with("statement.json: expected a DSSE envelope: unknown field `more`")
    );
    // Every byte counts.
    for i in (0..good.len()).step_by(7) {
        let mut bytes = good.clone();
        bytes[i] ^= 1;
        laid.put("statement.json", &bytes);
        let held = Replay::run(laid.path());
        assert!(held.is_err() || envelope(&bytes) == envelope(&good), "byte {i}");
    }
    // Of another record.
    let late = drafted();
    late.assemble(&WITNESSES[1..].iter().map(|name| approved_by(&late, name)).collect::<Vec<_>>()).unwrap();
    late.carry_out(&NAMES[..3]);
    late.close();
    assert_eq!(
        text(late.open().merge_statements(&[("there.json".into(), good.clone())])),
        "there.json: payload: expected the statement this record gives, found another"
    );
}

#[test]
fn k5_keyholders_and_strangers_do_not_state() {
    let laid = closed();
    let before = laid.tree();
    let message = text(laid.open().sign_statement(&key("@bob"), None));
    assert!(message.ends_with("is no witness of the plan: @walter, @xenia, @yusuf may be one (K5)"), "{message}");
    laid.open().sign_statement(&witness("@walter"), None).unwrap();
    assert_eq!(
        text(laid.open().sign_statement(&witness("@walter"), None)),
        "statement.json: @walter has signed it already"
    );
    std::fs::remove_file(laid.path().join("statement.json")).unwrap();
    assert_eq!(laid.tree(), before);
}

#[test]
fn k16_an_open_ceremony_is_not_stated_and_an_aborted_one_is() {
    let laid = drafted();
    assert!(text(laid.open().sign_statement(&witness("@walter"), None)).contains("expected `close` as the last line"));
    laid.open().abort("the CA was not ready", now()).unwrap();
    laid.open().sign_statement(&witness("@walter"), None).unwrap();
    let replay = Replay::run(laid.path()).unwrap();
    assert_eq!(replay.ended, Ended::Aborted { reason: "the CA was not ready".into(), given: Vec::new() });
    let payload = STANDARD.decode(envelope(&laid.get("statement.json"))["payload"].as_str().unwrap()).unwrap();
    let statement: Value = serde_json::from_slice(&payload).unwrap();
    assert_eq!(statement["predicate"]["outcome"], json!({"published": false, "reason": "the CA was not ready"}));
    assert_eq!(statement["subject"][0]["name"], "payload/root.json");
}

#[test]
fn k1_a_record_starts_from_a_root_somebody_trusts() {
    let laid = closed();
    let replay = Replay::run(laid.path()).unwrap();
    replay.starts_from(&laid.get("assembled/root.json")).unwrap();
    assert_eq!(
        text(replay.starts_from(b"another")),
        format!(
            "the record: expected to start from root {}, found that it starts from {} (K1)",
            hash(b"another"),
            hash(&laid.get("assembled/root.json"))
        )
    );
}
