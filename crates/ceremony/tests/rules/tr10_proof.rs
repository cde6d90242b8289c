//! TR10: what was proved of a trust root enters the record before anybody signs, and a record cannot say more than that.

use crate::people::Key;
use crate::table::{Laid, NAMES, TARGET, Table, closed, drafted, hash, key, now, sitting, text};
use tuffet_ceremony::{Action, CeremonyError, ProvedOutcome, ProvedSample, ProvedTarget, Replay, Transcript};
use tuffet_keys::sha256;
use tuffet_metadata::RoleName;

const PATH: &str = "logs/keys.json";

fn verified() -> ProvedSample {
    let outcome = ProvedOutcome::Verified { by: vec![hash(b"log"), hash(b"ca")] };
    ProvedSample { bundle: hash(b"bundle"), artifact: hash(b"artifact"), outcome }
}

fn refused() -> ProvedSample {
    let outcome = ProvedOutcome::Refused { own_root: Some(hash(b"their root")) };
    ProvedSample { bundle: hash(b"foreign"), artifact: hash(b"artifact"), outcome }
}

fn prove(laid: &Laid, samples: Vec<ProvedSample>) -> Result<bool, CeremonyError> {
    laid.open().record_proof(PATH, ("root.json", TARGET), Some(sha256(b"old")), samples, now())
}

/// The last hint and the text.
fn hinted(result: Result<bool, CeremonyError>) -> (String, Option<String>) {
    let error = result.unwrap_err();
    (error.to_string(), error.hint())
}

fn proved(line: u64) -> ProvedTarget {
    ProvedTarget { line, target: PATH.into(), verified: 1, refused: 1, before: Some(hash(b"old")) }
}

/// The record written anew, with a chain that holds.
fn forged(laid: &Laid, change: impl Fn(&mut Action, &mut std::collections::BTreeMap<String, String>)) {
    let mut transcript = Transcript::empty();
    for entry in laid.open().transcript().unwrap().entries() {
        let (mut action, mut files) = (entry.action.clone(), entry.files.clone());
        change(&mut action, &mut files);
        transcript.push(now(), action, files);
    }
    laid.put("transcript.jsonl", &transcript.to_bytes());
}

#[test]
fn tr10_a_proof_is_recorded_once_and_replays() {
    let laid = drafted();
    assert!(prove(&laid, vec![verified(), refused()]).unwrap());
    let once = laid.get("transcript.jsonl");
    assert!(!prove(&laid, vec![verified(), refused()]).unwrap());
    assert_eq!(laid.get("transcript.jsonl"), once);
    assert_eq!(laid.open().transcript().unwrap().proofs(), [proved(2)]);
    laid.carry_out(&NAMES[..3]);
    // The same, told again after people signed, is still the same; nothing new may come.
    assert!(!prove(&laid, vec![verified(), refused()]).unwrap());
    laid.close();
    assert_eq!(Replay::run(laid.path()).unwrap().proofs, [proved(2)]);
    assert!(Replay::run(closed().path()).unwrap().proofs.is_empty());
}

#[test]
fn tr10_a_proof_comes_before_the_first_signature() {
    let laid = drafted();
    laid.carry_out(&NAMES[..1]);
    assert_eq!(
        hinted(prove(&laid, vec![verified()])),
        (
            "expected the proof of a trust root first, found signatures".to_owned(),
            Some("run `tuffet status DIR` to see where the ceremony stands".to_owned())
        )
    );
    // A signature that no line records yet is one all the same.
    let laid = drafted();
    laid.open().sign(&RoleName::Root, &key("@alice"), &sitting()).unwrap();
    assert_eq!(text(prove(&laid, vec![verified()])), "expected the proof of a trust root first, found signatures");
    assert_eq!(
        text(prove(&closed(), vec![verified()])),
        "transcript.jsonl: expected an open ceremony, found `close` on line 11: nothing follows it (K16)"
    );
    let undrafted = Table::initial().lay();
    assert_eq!(
        text(prove(&undrafted, vec![verified()])),
        "expected `tuffet draft` first, found no draft in the transcript"
    );
}

#[test]
fn tr10_what_is_proved_is_what_is_signed_for() {
    let laid = drafted();
    let before = laid.tree();
    let other = laid.open().record_proof(PATH, ("root.json", b"other"), None, vec![verified()], now());
    assert_eq!(
        hinted(other),
        (
            format!("root.json: expected SHA-256 {}, found {} (TR10)", hash(TARGET), hash(b"other")),
            Some("prove the file that is to be signed for: the one below `targets/` in DIR".to_owned())
        )
    );
    let absent = laid.open().record_proof("root.json", ("root.json", TARGET), None, vec![verified()], now());
    assert_eq!(
        text(absent),
        "plan.toml: expected a target that the plan brings, found root.json (TR10); it brings logs/keys.json"
    );
    assert_eq!(
        text(prove(&laid, vec![refused()])),
        "transcript.jsonl line 2: expected a bundle that verifies among the samples, found none (K3)"
    );
    let word = ProvedSample { bundle: "b.json".into(), ..verified() };
    assert_eq!(
        text(prove(&laid, vec![word])),
        "transcript.jsonl line 2: expected SHA-256 of samples and ids of entries, found another word (K3)"
    );
    assert_eq!(laid.tree(), before, "nothing is recorded");
}

#[test]
fn tr10_another_draft_is_proved_anew() {
    let laid = drafted();
    prove(&laid, vec![verified(), refused()]).unwrap();
    laid.edit("plan.toml", "2027-06-01", "2027-06-02");
    laid.draft();
    assert!(laid.open().transcript().unwrap().proofs().is_empty());
    assert!(prove(&laid, vec![verified(), refused()]).unwrap());
    assert_eq!(laid.open().transcript().unwrap().proofs(), [proved(4)]);
}

#[test]
fn tr10_a_record_that_says_more_than_was_proved_is_refused() {
    let laid = drafted();
    prove(&laid, vec![verified(), refused()]).unwrap();
    laid.carry_out(&NAMES[..3]);
    laid.close();
    let whole = laid.copy();
    laid.edit("transcript.jsonl", &hash(b"bundle"), &hash(b"another"));
    let said = text(Replay::run(laid.path()));
    assert!(said.starts_with("transcript.jsonl line 2: expected hash "), "{said}");

    let laid = whole.copy();
    forged(&laid, |action, _| {
        if let Action::Prove { target, .. } = action {
            "logs/other.json".clone_into(target);
        }
    });
    assert_eq!(
        text(Replay::run(laid.path())),
        "plan.toml: expected a target that the plan brings, found logs/other.json (TR10); it brings logs/keys.json"
    );

    let laid = whole.copy();
    forged(&laid, |action, files| {
        if let Action::Prove { .. } = action {
            files.clear();
        }
    });
    assert_eq!(
        text(Replay::run(laid.path())),
        "transcript.jsonl line 2: expected the line to name targets/logs/keys.json, found another file (K3)"
    );

    let laid = whole.copy();
    forged(&laid, |action, _| {
        if let Action::Prove { samples, .. } = action {
            samples.remove(0);
        }
    });
    assert_eq!(
        text(Replay::run(laid.path())),
        "transcript.jsonl line 2: expected a bundle that verifies among the samples, found none (K3)"
    );

    // The line moved behind the signatures, in a chain that holds.
    let laid = whole.copy();
    let mut entries = laid.open().transcript().unwrap().entries().to_vec();
    let proof = entries.remove(1);
    entries.insert(2, proof);
    let mut moved = Transcript::empty();
    entries.into_iter().for_each(|entry| moved.push(now(), entry.action, entry.files));
    laid.put("transcript.jsonl", &moved.to_bytes());
    assert_eq!(
        text(Replay::run(laid.path())),
        "transcript.jsonl line 3: expected a step that may follow signature, found `prove` (K3)"
    );
}

#[test]
fn tr10_the_statement_says_what_was_proved() {
    let mut table = Table::initial();
    let witness = Key::ed25519(77);
    table.witness("@wanda", &witness);
    let laid = table.lay();
    laid.draft();
    prove(&laid, vec![verified(), refused()]).unwrap();
    laid.carry_out(&NAMES[..3]);
    laid.close();
    laid.open().sign_statement(&witness, None).unwrap();
    let envelope: serde_json::Value = serde_json::from_slice(&laid.get("statement.json")).unwrap();
    let payload =
        base64::Engine::decode(&base64::engine::general_purpose::STANDARD, envelope["payload"].as_str().unwrap());
    let statement: serde_json::Value = serde_json::from_slice(&payload.unwrap()).unwrap();
    assert_eq!(
        statement["predicate"]["proofs"],
        serde_json::json!([{"line": 2, "refused": 1, "target": PATH, "verified": 1}])
    );
    Replay::run(laid.path()).unwrap();
}
