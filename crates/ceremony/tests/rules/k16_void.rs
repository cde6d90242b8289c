//! Late changes, ceremonies given up, two coordinators: what was signed is never forgotten.

use crate::table::{NAMES, drafted, key, now, sitting, text};
use tuffet_ceremony::{Action, Ended, Replay, Voided};
use tuffet_keys::sha256;
use tuffet_metadata::RoleName;

#[test]
fn k16_a_late_change_voids_what_was_signed_only_when_told_to() {
    let laid = drafted();
    laid.carry_out(&["@bob", "@carol"]);
    let (old, signed) = (sha256(&laid.get("payload/root.json")), laid.tree());
    laid.edit("plan.toml", "2027-06-01", "2027-05-01");
    let again = |void| laid.open().draft_for(None, now(), &|_, _| Ok(()), void);
    assert_eq!(
        text(again(false)),
        "the plan has changed since people signed; drafting again voids 4 signatures: root by @bob, root by @carol, \
         targets by @bob, targets by @carol"
    );
    assert!(again(true).unwrap().recorded);
    let transcript = laid.open().transcript().unwrap();
    let last = transcript.entries().last().unwrap();
    let Action::Draft { voids, .. } = &last.action else { panic!() };
    let bob = voids.iter().find(|v| v.owner == "@bob" && v.role == "root").unwrap();
    assert_eq!(bob.payload_sha256, old.to_string());
    // They are kept, with what they sign, and no longer count.
    let void = |name: &str| laid.get(&format!("void/{}/{name}", last.line));
    assert_eq!(sha256(&void("payload/root.json")), old);
    for (name, bytes) in signed.iter().filter(|(name, _)| name.starts_with("signatures/")) {
        assert_eq!(void(name), *bytes);
        assert!(!laid.path().join(name).exists());
    }
    assert!(laid.open().status().unwrap().iter().all(|role| role.seats.iter().all(|seat| !seat.signed)));
    laid.carry_out(&NAMES[..3]);
    laid.close();
    Replay::run(laid.path()).unwrap();
    // Taken out of the record, they are missed.
    std::fs::remove_dir_all(laid.path().join("void")).unwrap();
    assert!(text(Replay::run(laid.path())).starts_with("void/6/"), "{}", text(Replay::run(laid.path())));
}

#[test]
fn k16_a_draft_that_broke_off_between_its_line_and_the_clearing_is_finished() {
    let laid = drafted();
    let signatures = laid.signed_by("@bob");
    laid.assemble(&signatures).unwrap();
    let before = laid.tree();
    laid.edit("plan.toml", "2027-06-01", "2027-05-01");
    laid.open().draft_for(None, now(), &|_, _| Ok(()), true).unwrap();
    let after = laid.tree();
    for (name, bytes) in before.iter().filter(|(name, _)| name.starts_with("signatures/")) {
        laid.put(name, bytes);
    }
    assert!(!laid.open().draft(None, now()).unwrap().recorded);
    assert_eq!(laid.tree(), after);
}

#[test]
fn k16_an_aborted_ceremony_names_every_signature_that_was_given() {
    let laid = drafted();
    laid.carry_out(&["@bob"]);
    // One that no line records yet.
    laid.open().sign(&RoleName::Targets, &key("@carol"), &sitting()).unwrap();
    laid.open().abort("the CA's key was lost", now()).unwrap();
    let replay = Replay::run(laid.path()).unwrap();
    let Ended::Aborted { reason, given } = &replay.ended else { panic!() };
    assert_eq!(reason, "the CA's key was lost");
    let given: Vec<String> = given.iter().map(|Voided { role, owner, .. }| format!("{role} {owner}")).collect();
    assert_eq!(given, ["root @bob", "targets @bob", "targets @carol"]);
    assert!(replay.published.is_empty());
    // Nothing follows: no signature, no publication, no second end.
    let closed = "transcript.jsonl: expected an open ceremony, found `close` on line 5: nothing follows it (K16)";
    assert_eq!(text(laid.open().sign(&RoleName::Root, &key("@erin"), &sitting())), closed);
    assert_eq!(text(laid.assemble(&[])), closed);
    assert_eq!(text(laid.open().record_publication(laid.published(1), now())), closed);
    assert_eq!(text(laid.open().abort("again", now())), closed);
}

#[test]
fn k16_a_complete_ceremony_that_was_given_up_is_not_published() {
    let laid = drafted();
    laid.carry_out(&NAMES[..3]);
    laid.open().abort("wrong CA", now()).unwrap();
    assert!(text(laid.open().record_publication(laid.published(1), now())).contains("nothing follows it (K16)"));
    assert_eq!(Replay::run(laid.path()).unwrap().ended.clone(), {
        let transcript = laid.open().transcript().unwrap();
        let Some(Action::Abort { reason, given }) = transcript.entries().iter().rev().nth(1).map(|e| e.action.clone())
        else {
            panic!()
        };
        Ended::Aborted { reason, given }
    });
}

#[test]
fn k16_there_is_nothing_to_give_up_before_the_draft() {
    let laid = crate::table::Table::initial().lay();
    assert_eq!(text(laid.open().abort("no", now())), "expected a draft first, found nothing to give up");
}

#[test]
fn k3_two_coordinators_at_once_do_not_both_write() {
    let laid = drafted();
    let files = laid.signed_by("@bob");
    let other = std::fs::File::open(laid.path()).unwrap();
    other.lock().unwrap();
    let before = laid.tree();
    let busy = "another tuffet is writing to this ceremony: only one coordinator appends to a transcript (K3)";
    assert_eq!(text(laid.assemble(&files)), busy);
    assert_eq!(text(laid.open().draft(None, now())), busy);
    assert_eq!(text(laid.open().abort("x", now())), busy);
    assert_eq!(text(laid.open().record_publication([].into(), now())), busy);
    assert_eq!(laid.tree(), before);
    drop(other);
    laid.assemble(&files).unwrap();
}

/// Everything but the end of it, and the transcript cut after `lines` lines.
fn killed_after(whole: &crate::table::Laid, lines: usize, rest: &str) -> crate::table::Laid {
    let laid = whole.copy();
    let transcript = String::from_utf8(laid.get("transcript.jsonl")).unwrap();
    let kept: String = transcript.split_inclusive('\n').take(lines).collect();
    laid.put("transcript.jsonl", (kept + rest).as_bytes());
    laid
}

#[test]
fn x21_k16_killed_at_every_line_the_next_run_goes_on() {
    let whole = crate::k5_approval::drafted();
    let approvals: Vec<_> =
        crate::k5_approval::WITNESSES.iter().map(|name| crate::k5_approval::approved_by(&whole, name)).collect();
    whole.assemble(&approvals).unwrap();
    whole.carry_out(&NAMES[..3]);
    whole.close();
    let told = |laid: &crate::table::Laid| -> Vec<(Action, std::collections::BTreeMap<String, String>)> {
        let transcript = laid.open().transcript().unwrap();
        transcript.entries().iter().map(|entry| (entry.action.clone(), entry.files.clone())).collect()
    };
    let (expected, lines) = (told(&whole), whole.open().transcript().unwrap().entries().len());
    for cut in 1..lines {
        for rest in ["", "{\"entry\":{\"action\""] {
            let laid = killed_after(&whole, cut, rest);
            let transcript = laid.open().transcript().unwrap();
            assert_eq!(transcript.entries().len(), cut);
            assert_eq!(transcript.broken(), (!rest.is_empty()).then_some(cut as u64 + 1), "flagged, not fatal");
            assert!(Replay::run(laid.path()).is_err(), "an open record is no whole one");
            laid.open().draft(None, now()).unwrap();
            laid.assemble(&[]).unwrap();
            laid.close();
            let (mut told, mut expected) = (told(&laid), expected.clone());
            let key = |line: &(Action, std::collections::BTreeMap<String, String>)| format!("{line:?}");
            told.sort_by_key(key);
            expected.sort_by_key(key);
            assert_eq!(told, expected, "cut after line {cut}");
            Replay::run(laid.path()).unwrap();
        }
    }
}
