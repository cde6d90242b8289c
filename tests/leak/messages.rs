//! What is signed in a rehearsal is no metadata, and its files are no signatures, nor the reverse.

use crate::forged::{From, signatures};
use crate::terminal;
use crate::tree::tree;
use crate::typed::Random;
use crate::world::{AT, RIGHT, WORLD, rehearsed, repository};
use std::fs;
use std::path::Path;
use tuffet_builder::Partial;
use tuffet_keys::Domain;
use tuffet_metadata::{Limits, Profile, RoleName, json, partly_signed};

/// Everything that was signed or could have been: the payloads of both ceremonies, and of what was published.
fn payloads() -> Vec<Vec<u8>> {
    let mut out = Vec::new();
    for id in ["c", "d"] {
        out.extend(tree(&WORLD.path().join(format!("w/ceremony/{id}/payload"))).into_values());
    }
    let published = tree(&repository())
        .into_iter()
        .filter(|(name, _)| name.ends_with(".json") && name != "status.json" && !name.starts_with("targets/"));
    out.extend(published.map(|(_, file)| partly_signed(&RoleName::Root, &file, &Limits::default()).unwrap().0));
    assert!(out.len() > 10, "{}", out.len());
    out
}

fn is_metadata(bytes: &[u8]) -> bool {
    Partial::read(bytes, &Profile::deployed(), &Limits::default()).is_ok()
        || json::parse(bytes, 32).is_ok()
        || serde_json::from_slice::<serde_json::Value>(bytes).is_ok()
}

#[test]
fn no_message_of_a_rehearsal_is_metadata_or_a_payload() {
    let payloads = payloads();
    let mut random = Random::new(23);
    let mut bodies = payloads.clone();
    for kind in 0..2_000 {
        let payload = &payloads[random.below(payloads.len() as u64) as usize];
        let cut = random.below(payload.len() as u64) as usize;
        bodies.push(match kind % 3 {
            0 => random.typed(kind, "sign"),
            1 => payload[cut..].to_vec(),
            _ => payload[..cut].to_vec(),
        });
    }
    for body in &bodies {
        let message = Domain::Rehearsal.message(body);
        assert!(!is_metadata(&message), "{}", message.escape_ascii());
        assert!(!payloads.contains(&message));
        // A prefix that a body could lengthen or shorten would let one domain speak for another.
        let others = [Domain::Approve, Domain::ProofOfPossession].map(|domain| domain.message(body));
        assert!(others.iter().all(|other| !other.starts_with(b"tuffet-rehearsal-v1\0")));
    }
    // The check above can fail.
    let file = fs::read(repository().join("2.root.json")).unwrap();
    assert!(is_metadata(&file));
    assert_eq!(payloads.iter().filter(|payload| payload.starts_with(b"{\"_type\":")).count(), payloads.len());
}

#[test]
fn a_real_signature_is_worth_nothing_in_a_rehearsal_nor_the_reverse() {
    for (id, role) in [("c", "root"), ("c", "targets"), ("d", "root"), ("d", "targets")] {
        let payload = fs::read(WORLD.path().join(format!("w/ceremony/{id}/payload/{role}.json"))).unwrap();
        let message = Domain::Rehearsal.message(&payload);
        let root = fs::read(repository().join(if id == "c" { "1.root.json" } else { "2.root.json" })).unwrap();
        let root = tuffet_metadata::Unverified::<tuffet_metadata::Root>::new(root);
        let root = root.verify_pinned(&Profile::Strict, &Limits::default()).unwrap();
        for (from, right, wrong) in [(From::Ceremony, &payload, &message), (From::Rehearsal, &message, &payload)] {
            for (keyid, signature) in signatures(id, role, from) {
                let key = root.keys()[&tuffet_keys::KeyId::new(keyid)].public().unwrap();
                assert!(key.verify(right, &signature).is_ok());
                assert!(key.verify(wrong, &signature).is_err());
            }
        }
    }
}

/// Runs a command in a copy of the workspace, and gives its exit code and what it said.
fn said(folder: &Path, command: &str) -> (i32, String) {
    let sitting = terminal::sit(folder, Some(AT), &format!("tuffet {command}"), RIGHT);
    (sitting.code, sitting.screen)
}

/// The name of the first file in a folder of `w/ceremony/d`.
fn first(folder: &Path, place: &str) -> String {
    let mut names = tree(&folder.join("w/ceremony/d").join(place)).into_keys();
    format!("{place}/{}", names.next().unwrap())
}

#[test]
fn a_rehearsals_file_among_the_signatures_is_refused_in_a_sentence_and_the_reverse() {
    let copy = rehearsed("d");
    let ceremony = copy.path().join("w/ceremony/d");
    let real = tree(&WORLD.path().join("w/ceremony/d/signatures"));
    let practised = first(copy.path(), "rehearsal/root");
    let there = practised.replace("rehearsal/", "signatures/");
    fs::create_dir_all(ceremony.join("signatures/root")).unwrap();
    fs::copy(ceremony.join(&practised), ceremony.join(&there)).unwrap();
    let message = format!("{there}: expected a signature for a ceremony, found a signature of a rehearsal");
    let before = tree(copy.path());
    for command in ["status w/ceremony/d", "assemble w/ceremony/d", "publish w/ceremony/d --online-key file:online.pem"]
    {
        let (code, screen) = said(copy.path(), command);
        assert_eq!(code, 1, "{command}\n{screen}");
        assert!(screen.contains(&format!("tuffet: error: {message}\n")), "{command}\n{screen}");
    }
    assert!(tree(copy.path()) == before);
    fs::remove_file(ceremony.join(&there)).unwrap();
    // The reverse: a real signature where a rehearsal's belongs.
    let (name, bytes) = real.iter().next().unwrap();
    let there = format!("rehearsal/{name}");
    fs::write(ceremony.join(&there), bytes).unwrap();
    let message = format!("{there}: expected a signature of a rehearsal, found a signature for a ceremony");
    let before = tree(copy.path());
    let (code, screen) = said(copy.path(), "assemble w/ceremony/d");
    assert_eq!(code, 1, "{screen}");
    assert!(screen.contains(&format!("tuffet: error: {message}\n")), "{screen}");
    assert!(tree(copy.path()) == before);
}

#[test]
fn a_rehearsals_file_that_claims_to_be_a_signature_does_not_verify() {
    let copy = rehearsed("d");
    let ceremony = copy.path().join("w/ceremony/d");
    let practised = first(copy.path(), "rehearsal/root");
    let lie = fs::read_to_string(ceremony.join(practised)).unwrap();
    assert!(lie.contains("\"tuffet-rehearsal-signature-v1\""));
    let lie = lie.replace("tuffet-rehearsal-signature-v1", "tuffet-signature-v1");
    fs::write(copy.path().join("lie.json"), lie).unwrap();
    let before = tree(copy.path());
    let (code, screen) = said(copy.path(), "assemble w/ceremony/d lie.json");
    assert_eq!(code, 1, "{screen}");
    assert!(screen.contains("tuffet: error: lie.json: the signature of @"), "{screen}");
    assert!(screen.contains(" does not verify over payload/root.json"), "{screen}");
    assert!(tree(copy.path()) == before);
}
