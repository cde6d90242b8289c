//! Every question of every command that signs, answered in every wrong way: never a panic, never a file, and the terminal
//! as it was. Without the exact word nobody signs.

use super::ceremony::{Held, Until};
use crate::scene::{Scene, played};
use crate::softhsm::PIN;
use crate::station::PASSPHRASE;
use std::collections::BTreeSet;

/// All that may be said, each once: what is not in the list is a message nobody thought of.
fn said(expected: &[&str]) -> BTreeSet<String> {
    expected.iter().map(|message| (*message).to_owned()).collect()
}

const INTERRUPTED: &str = "interrupted: nothing was signed or written by this step";
const NOT_SIGNED: &str = "not confirmed: nothing was signed";

#[test]
fn k5_random_bytes_at_the_questions_of_a_witness() {
    let Some(held) = Held::new(Until::Drafted) else { return };
    let questions = ["right", "approve", PASSPHRASE];
    let seen =
        played(&held.station, [1, 3], &[Scene::new("approve w/ceremony/c --key file:walt.pem", &[], &questions)]);
    let expected = [
        INTERRUPTED,
        "the clock was not confirmed: nothing was approved (K15)",
        "not confirmed: nothing was approved",
        "key file walt.pem: wrong passphrase, 3 times: nothing was changed",
        "passphrase for key file walt.pem: cancelled",
    ];
    assert_eq!(seen, said(&expected));
}

#[test]
fn random_bytes_at_the_questions_of_a_rehearsal() {
    let Some(held) = Held::new(Until::Drafted) else { return };
    let file = Scene::new("sign w/ceremony/c --rehearsal --key file:erin.pem", &[], &["rehearse", PASSPHRASE]);
    let seen = played(&held.station, [1, 3], &[file]);
    let expected = [
        INTERRUPTED,
        NOT_SIGNED,
        "key file erin.pem: wrong passphrase, 3 times: nothing was changed",
        "passphrase for key file erin.pem: cancelled",
    ];
    assert_eq!(seen, said(&expected));
    let seen = played(
        &held.station,
        [0, 3],
        &[Scene::new("sign w/ceremony/c --rehearsal --key _", &[&held.alice], &[PIN, "rehearse"])],
    );
    assert!(seen.contains(NOT_SIGNED) && seen.contains(INTERRUPTED), "{seen:?}");
}

#[test]
fn random_bytes_at_the_questions_of_who_signs_without_a_secret() {
    let Some(held) = Held::new(Until::Approved) else { return };
    let scene = |more: &str, word| Scene::new(&format!("sign w/ceremony/c{more} --key _"), &[&held.pat], &[word]);
    let seen = played(&held.station, [2, 5], &[scene("", "sign")]);
    assert_eq!(seen, said(&[INTERRUPTED, NOT_SIGNED]));
}

#[test]
fn k3_random_bytes_at_the_questions_of_who_states_what_was_done() {
    let Some(held) = Held::new(Until::Published) else { return };
    let scene = Scene::new("ceremony statement w/ceremony/c --key file:walt.pem", &[], &[PASSPHRASE, "state"]);
    let seen = played(&held.station, [1, 3], &[scene]);
    let expected = [
        INTERRUPTED,
        "not confirmed: nothing was signed",
        "key file walt.pem: wrong passphrase, 3 times: nothing was changed",
        "passphrase for key file walt.pem: cancelled",
    ];
    assert_eq!(seen, said(&expected));
}

#[test]
fn the_word_of_one_question_answers_no_other() {
    let Some(held) = Held::new(Until::Approved) else { return };
    let rehearsal = ["sign", "Sign", "rehearse now", "y", "yes", "rehears\u{435}"];
    let ceremony = ["rehearse", "SIGN", "sign.", "si gn", "y", "s\u{131}gn"];
    for (more, words) in [(" --rehearsal", rehearsal), ("", ceremony)] {
        for word in words {
            let command = format!("tuffet sign w/ceremony/c{more} --key '{}'", held.pat);
            let sitting = held.station.answer(None, &command, &[("to stop", word)]);
            assert_eq!(sitting.code, 3, "{word}\n{}", sitting.screen);
            assert!(
                sitting.screen.ends_with("tuffet: error: not confirmed: nothing was signed\n"),
                "{}",
                sitting.screen
            );
        }
    }
    assert!(!held.station.folder().join("w/ceremony/c/signatures").exists());
    assert!(!held.station.folder().join("w/ceremony/c/rehearsal").exists());
}
