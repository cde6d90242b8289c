//! What people see while they sign, and how often they type a secret.

use super::ceremony::{Held, RIGHT, Until};
use crate::person::{Left, Person};
use std::fs;

/// Sits down, answers everything right, and counts the questions by their first words.
fn sits(held: &Held, words: &[&str]) -> (Left, Vec<String>) {
    let mut person = Person::sit(&held.station.command(words));
    let mut questions = Vec::new();
    while let Some(asked) = person.asked() {
        let (_, answer) = RIGHT.iter().find(|(part, _)| asked.contains(part)).unwrap_or_else(|| panic!("{asked}"));
        questions.push(asked);
        person.types(format!("{answer}\n").as_bytes());
    }
    let left = person.leaves();
    assert_eq!((left.code, left.restored), (0, true), "{words:?}\n{}", left.screen);
    (left, questions)
}

fn of_pins(questions: &[String]) -> usize {
    questions.iter().filter(|asked| asked.contains("PIN of")).count()
}

/// Lines that do not fit, but for one whose end is a path: it is copied, and a break would be copied too.
fn too_wide(screen: &str) -> Vec<&str> {
    let is_path =
        |line: &&str| line.split_whitespace().next_back().is_some_and(|word| word.contains('/') && word.len() > 60);
    screen.lines().filter(|line| line.chars().count() > 80 && !is_path(line)).collect()
}

#[test]
fn k7_one_pin_serves_every_role_of_a_sitting() {
    let Some(held) = Held::new(Until::Approved) else { return };
    for more in [&["--rehearsal"][..], &[]] {
        let words = [&["sign", "w/ceremony/c", "--key", &held.alice], more].concat();
        let (left, questions) = sits(&held, &words);
        assert_eq!((of_pins(&questions), questions.len()), (1, 2), "{questions:?}");
        let folder = if more.is_empty() { "signatures" } else { "rehearsal" };
        for role in ["root", "targets"] {
            let place = held.station.folder().join("w/ceremony/c").join(folder).join(role);
            assert_eq!(fs::read_dir(&place).unwrap().count(), 1, "{}\n{}", place.display(), left.screen);
        }
    }
}

#[test]
fn k7_a_witness_types_one_pin_too() {
    let Some(held) = Held::new(Until::Drafted) else { return };
    let (left, questions) = sits(&held, &["approve", "w/ceremony/c", "--key", &held.wendy]);
    assert_eq!((of_pins(&questions), questions.len()), (1, 3), "{questions:?}\n{}", left.screen);
}

#[test]
fn every_screen_of_who_states_what_was_done_fits_80_columns() {
    let Some(held) = Held::new(Until::Published) else { return };
    for key in [&*held.wendy, "file:walt.pem"] {
        let out = key.replace(|c: char| !c.is_ascii_alphanumeric(), "-");
        let words = ["ceremony", "statement", "w/ceremony/c", "--key", key, "--out", &out];
        let (left, questions) = sits(&held, &words);
        assert_eq!(too_wide(&left.screen), [""; 0]);
        assert_eq!(questions.len(), 2, "{questions:?}");
    }
}

#[test]
fn every_screen_of_who_signs_fits_80_columns() {
    let Some(held) = Held::new(Until::Drafted) else { return };
    let ceremony = "w/ceremony/c";
    let commands: [&[&str]; 10] = [
        &["review", ceremony],
        &["sign", ceremony, "--rehearsal", "--key", "file:erin.pem"],
        &["sign", ceremony, "--rehearsal", "--key", &held.alice],
        &["assemble", ceremony],
        &["approve", ceremony, "--key", &held.wendy],
        &["approve", ceremony, "--key", "file:walt.pem"],
        &["sign", ceremony, "--key", &held.alice],
        &["sign", ceremony, "--key", &held.pat],
        &["assemble", ceremony],
        &["status", ceremony],
    ];
    for words in commands {
        let (left, _) = sits(&held, words);
        assert_eq!(too_wide(&left.screen), [""; 0], "{words:?}");
        assert!(left.screen.lines().count() > 2, "{}", left.screen);
    }
}
