//! K16: every step runs twice, and goes on where a crash stopped it.

use crate::table::{NAMES, drafted, key, now, sitting, text};
use tuffet_ceremony::Replay;
use tuffet_keys::KeyId;
use tuffet_metadata::RoleName;

#[test]
fn k16_drafting_twice_changes_nothing() {
    let laid = drafted();
    let before = laid.tree();
    assert!(!laid.open().draft(None, now()).unwrap().recorded);
    assert_eq!(laid.tree(), before);
    laid.carry_out(&NAMES[..3]);
    let before = laid.tree();
    assert!(!laid.open().draft(None, now()).unwrap().recorded);
    assert_eq!(laid.tree(), before);
}

#[test]
fn k16_assembling_twice_changes_nothing() {
    let laid = drafted();
    let files = laid.signed_by("@bob");
    laid.assemble(&files).unwrap();
    let before = laid.tree();
    for again in [&files[..], &[]] {
        let outcome = laid.assemble(again).unwrap();
        assert!(outcome.recorded.is_empty());
        assert_eq!(outcome.status[0].counts, [("new root".to_owned(), 1, 3)]);
        assert_eq!(laid.tree(), before);
    }
}

#[test]
fn k16_signing_twice_is_refused_before_the_token_is_asked() {
    let laid = drafted();
    let key = key("@bob");
    let file = laid.open().sign(&RoleName::Root, &key, &sitting()).unwrap();
    assert_eq!(
        text(laid.open().sign(&RoleName::Root, &key, &sitting())),
        format!(
            "root: @bob has signed already with key {}: one signature a key is counted (F8)",
            KeyId::new(file.keyid).short()
        )
    );
    assert_eq!(key.asked.get(), 1);
}

#[test]
fn f8_a_signature_sent_twice_is_refused_once_in_one_run_and_when_it_is_another() {
    let laid = drafted();
    let files = laid.signed_by("@bob");
    let keyid = serde_json::from_slice::<tuffet_ceremony::SignatureFile>(&files[0].1).unwrap().keyid;
    let refused = format!(
        "root: @bob has signed already with key {}: one signature a key is counted (F8)",
        KeyId::new(keyid).short()
    );
    let before = laid.tree();
    assert_eq!(text(laid.assemble(&[files[0].clone(), files[0].clone()])), refused);
    assert_eq!(laid.tree(), before);
    laid.assemble(&files).unwrap();
    let mut other = files[0].clone();
    other.1.push(b'\n');
    assert_eq!(text(laid.assemble(&[other])), refused);
}

#[test]
fn k16_a_crash_between_file_and_line_is_mended_by_the_next_run() {
    let laid = drafted();
    let (bob, files) = (laid.signed_by("@bob"), laid.signed_by("@alice"));
    laid.assemble(&bob).unwrap();
    let line_before = laid.get("transcript.jsonl");
    laid.assemble(&files).unwrap();
    let whole = laid.tree();
    // The same command again, and one without files: each records what lies there.
    for again in [&files[..], &[]] {
        laid.put("transcript.jsonl", &line_before);
        assert_eq!(laid.assemble(again).unwrap().recorded.len(), 2);
        assert_eq!(laid.tree(), whole);
    }
    // And between the assembled file and its line.
    let before = laid.get("transcript.jsonl");
    laid.carry_out(&["@carol"]);
    let whole = laid.tree();
    laid.put("transcript.jsonl", &before);
    laid.assemble(&[]).unwrap();
    assert_eq!(laid.tree(), whole);
    // And between payload and the draft's line.
    let fresh = drafted();
    let whole = fresh.tree();
    std::fs::remove_file(fresh.path().join("transcript.jsonl")).unwrap();
    fresh.draft();
    assert_eq!(fresh.tree(), whole);
}

#[test]
fn k16_what_a_killed_writer_leaves_is_no_signature() {
    let laid = drafted();
    laid.carry_out(&NAMES[..3]);
    laid.put("signatures/root/.tuffet-Ab12", b"{\"schema\": \"tuf");
    laid.put("assembled/.tuffet-Ab13", b"");
    laid.put(".tuffet-Ab14", b"{\"entry\"");
    laid.close();
    Replay::run(laid.path()).unwrap();
}

#[test]
fn k16_a_late_signature_gives_a_longer_file_and_a_line() {
    let laid = drafted();
    laid.carry_out(&NAMES[..3]);
    let outcome = laid.carry_out(&["@dave"]);
    assert_eq!(outcome.status[0].counts, [("new root".to_owned(), 4, 3)]);
    laid.close();
    assert_eq!(Replay::run(laid.path()).unwrap().lines, 1 + 8 + 4 + 2);
}

#[test]
fn k16_nothing_follows_the_end() {
    let laid = crate::table::closed();
    let before = laid.tree();
    let line = laid.open().transcript().unwrap().entries().len();
    let refused =
        format!("transcript.jsonl: expected an open ceremony, found `close` on line {line}: nothing follows it (K16)");
    assert_eq!(text(laid.open().record_publication(laid.published(1), now())), refused);
    assert_eq!(text(laid.assemble(&[])), refused);
    assert_eq!(text(laid.open().sign(&RoleName::Root, &key("@erin"), &sitting())), refused);
    assert!(!laid.open().draft(None, now()).unwrap().recorded);
    assert_eq!(laid.tree(), before);
}

#[test]
fn k16_steps_out_of_order_are_refused() {
    let laid = crate::table::Table::initial().lay();
    let refused = "expected `tuffet draft` first, found no draft in the transcript";
    assert_eq!(text(laid.open().payloads()), refused);
    assert_eq!(text(laid.open().status()), refused);
    assert_eq!(text(laid.assemble(&[])), refused);
    assert_eq!(text(laid.open().sign(&RoleName::Root, &key("@bob"), &sitting())), refused);
    assert_eq!(text(laid.open().record_publication([].into(), now())), refused);
    laid.draft();
    assert_eq!(
        text(laid.open().sign(&RoleName::Snapshot, &key("@bob"), &sitting())),
        "expected a role that this ceremony drafts first, found one that stays as it is"
    );
    assert_eq!(
        text(laid.open().record_publication([].into(), now())),
        "expected every drafted role assembled by `tuffet assemble` first, found one whose thresholds are not met"
    );
}

#[test]
fn k16_a_recorded_signature_that_vanished_is_noticed() {
    let laid = drafted();
    laid.carry_out(&["@bob"]);
    let gone = laid.tree().into_keys().find(|name| name.starts_with("signatures/root/")).unwrap();
    std::fs::remove_file(laid.path().join(&gone)).unwrap();
    assert_eq!(text(laid.assemble(&[])), format!("{gone}: No such file or directory (os error 2)"));
}
