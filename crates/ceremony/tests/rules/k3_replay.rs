//! K3: a replay notices what changed in the directory, whatever the file.

use crate::table::{NAMES, closed, drafted, hash, now, text};
use tuffet_ceremony::Replay;

#[test]
fn k3_every_recorded_file_removed_or_edited_is_noticed() {
    let laid = closed();
    for (name, bytes) in laid.tree() {
        if name == "transcript.jsonl" {
            continue;
        }
        let path = laid.path().join(&name);
        std::fs::remove_file(&path).unwrap();
        let message = text(Replay::run(laid.path()));
        assert!(message.contains(&name), "{name}: {message}");
        let mut edited = bytes.clone();
        edited.push(b' ');
        laid.put(&name, &edited);
        let message = text(Replay::run(laid.path()));
        assert!(message.contains(&name), "{name}: {message}");
        laid.put(&name, &bytes);
    }
    Replay::run(laid.path()).unwrap();
}

#[test]
fn k3_a_signature_without_a_line_is_noticed() {
    let laid = closed();
    let copy = drafted();
    let (_, bytes) = copy.signed_by("@erin").remove(0);
    let path = tuffet_ceremony::SignatureFile::path(&serde_json::from_slice(&bytes).unwrap());
    laid.put(&path, &bytes);
    assert_eq!(
        text(Replay::run(laid.path())),
        format!("{path}: expected a line in the transcript for it, found none (K3)")
    );
}

#[test]
fn k3_an_open_ceremony_does_not_replay() {
    let laid = drafted();
    laid.carry_out(&NAMES[..3]);
    assert_eq!(
        text(Replay::run(laid.path())),
        "transcript.jsonl: expected `close` as the last line, found `assemble` on line 9: the ceremony is unfinished, \
         or lines were cut off (K3)"
    );
}

#[test]
fn r22_what_was_published_must_be_what_was_assembled() {
    let laid = drafted();
    laid.carry_out(&NAMES[..3]);
    let root = hash(&laid.get("assembled/root.json"));
    let mut published = laid.published(1);
    published.insert("1.root.json".into(), hash(b"other"));
    assert_eq!(
        text(laid.open().record_publication(published.clone(), now())),
        format!("published 1.root.json: expected SHA-256 {root}, found {} (R22)", hash(b"other"))
    );
    published.remove("1.root.json");
    assert_eq!(
        text(laid.open().record_publication(published, now())),
        format!("published 1.root.json: expected SHA-256 {root}, found nothing (R22)")
    );
    laid.close();
    Replay::run(laid.path()).unwrap();
}
