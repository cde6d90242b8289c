//! Rehearsals: signatures of the real people over the real payload that count for nothing.

use crate::table::{Laid, NAMES, drafted, key, now, sitting, text};
use tuffet_ceremony::{Action, Purpose, Replay, Sitting};
use tuffet_keys::{Domain, Sign};
use tuffet_metadata::{RoleName, json};

fn rehearse() -> Sitting<'static> {
    Sitting { purpose: Purpose::Rehearsal, ..sitting() }
}

/// What `name` makes in a rehearsal on a copy of the directory.
fn rehearsed_by(laid: &Laid, name: &str) -> Vec<(String, Vec<u8>)> {
    let copy = laid.copy();
    let roles = copy.open().roles_to_sign(&key(name).public_key().fingerprint(), Purpose::Rehearsal).unwrap();
    let sign = |role: &RoleName| {
        let file = copy.open().sign(role, &key(name), &rehearse()).unwrap();
        (format!("{name}/{role}.json"), copy.get(&file.path()))
    };
    roles.iter().map(sign).collect()
}

#[test]
fn k4_a_ceremony_is_rehearsed_and_held_over_the_same_bytes() {
    let laid = drafted();
    for name in &NAMES[..3] {
        let outcome = laid.assemble(&rehearsed_by(&laid, name)).unwrap();
        assert_eq!(outcome.rehearsed.len(), 2);
        assert!(outcome.recorded.is_empty() && outcome.complete.is_empty());
    }
    laid.carry_out(&NAMES[..3]);
    laid.close();
    Replay::run(laid.path()).unwrap();
    let transcript = laid.open().transcript().unwrap();
    for payload in laid.open().payloads().unwrap() {
        let over = transcript.entries().iter().filter_map(|entry| match &entry.action {
            Action::Rehearse { role, payload_sha256, .. } if *role == payload.role.as_str() => Some(payload_sha256),
            _ => None,
        });
        assert_eq!(over.collect::<Vec<_>>(), [&payload.digest.to_string(); 3]);
    }
}

#[test]
fn k4_what_is_signed_in_a_rehearsal_is_no_metadata_and_no_other_message() {
    let laid = drafted();
    for payload in laid.open().payloads().unwrap() {
        let message = Purpose::Rehearsal.message(&payload.bytes);
        assert!(message.starts_with(b"tuffet-rehearsal-v1\0") && message.ends_with(&payload.bytes));
        assert!(json::parse(&message, 32).is_err());
        for other in [Domain::Approve, Domain::ProofOfPossession] {
            assert_ne!(*message, other.message(&payload.bytes));
        }
    }
    for (_, bytes) in rehearsed_by(&laid, "@bob") {
        let file: tuffet_ceremony::SignatureFile = serde_json::from_slice(&bytes).unwrap();
        let payload = laid.get(&format!("payload/{}.json", file.role));
        let signature = hex::decode(&file.sig).unwrap();
        assert!(key("@bob").public_key().verify(&payload, &signature).is_err());
    }
}

#[test]
fn k4_a_rehearsal_in_a_ceremony_and_the_reverse_are_refused() {
    let laid = drafted();
    let (practice, real) = (rehearsed_by(&laid, "@bob"), laid.signed_by("@bob"));
    let before = laid.tree();
    let path = |bytes: &[u8], folder: &str| {
        let file: tuffet_ceremony::SignatureFile = serde_json::from_slice(bytes).unwrap();
        format!("{folder}/{}/{}.json", file.role, file.keyid)
    };
    let (there, here) = (path(&practice[0].1, "signatures"), path(&real[0].1, "rehearsal"));
    laid.put(&there, &practice[0].1);
    assert_eq!(
        text(laid.assemble(&[])),
        format!("{there}: expected a signature for a ceremony, found a signature of a rehearsal")
    );
    std::fs::remove_file(laid.path().join(&there)).unwrap();
    laid.put(&here, &real[0].1);
    assert_eq!(
        text(laid.assemble(&[])),
        format!("{here}: expected a signature of a rehearsal, found a signature for a ceremony")
    );
    std::fs::remove_file(laid.path().join(&here)).unwrap();
    // Renamed, so that its schema lies: it does not verify.
    let lie = String::from_utf8(practice[0].1.clone())
        .unwrap()
        .replace("tuffet-rehearsal-signature-v1", "tuffet-signature-v1");
    assert_eq!(
        text(laid.assemble(&[("lie.json".into(), lie.into_bytes())])),
        "lie.json: the signature of @bob does not verify over payload/root.json"
    );
    assert_eq!(laid.tree(), before);
}

#[test]
fn k16_a_rehearsal_of_what_is_being_signed_comes_too_late() {
    let laid = drafted();
    let practice = rehearsed_by(&laid, "@carol");
    laid.carry_out(&["@bob"]);
    let before = laid.tree();
    assert_eq!(
        text(laid.assemble(&practice)),
        "transcript.jsonl line 4: expected a step that may follow signature, found `rehearse` (K3)"
    );
    assert_eq!(laid.tree(), before, "and is not kept either");
}

#[test]
fn k14_a_signature_goes_where_it_can_be_written() {
    let laid = drafted();
    let out = tempfile::tempdir().unwrap();
    let file =
        laid.open().sign(&RoleName::Root, &key("@bob"), &Sitting { out: Some(out.path()), ..sitting() }).unwrap();
    assert!(out.path().join(file.path()).exists());
    assert!(!laid.path().join("signatures").exists());
    // Where it cannot, the token is not asked.
    let blocked = out.path().join("file");
    std::fs::write(&blocked, b"").unwrap();
    let carol = key("@carol");
    let refused = laid.open().sign(&RoleName::Root, &carol, &Sitting { out: Some(&blocked), ..sitting() });
    assert!(text(refused).contains("signatures/root/"));
    assert_eq!((carol.asked.get(), now()), (0, now()));
}
