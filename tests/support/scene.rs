//! Commands with their questions, and a person who answers each in every wrong way.

use crate::person::Person;
use crate::station::Station;
use crate::tree::tree;
use crate::typed::{KINDS, Random, line};
use std::collections::BTreeSet;

/// A command and what it asks, each with the right answer.
pub(crate) struct Scene {
    words: Vec<String>,
    right: Vec<&'static str>,
}

impl Scene {
    pub(crate) fn new(words: &str, uris: &[&str], right: &[&'static str]) -> Self {
        let mut uris = uris.iter();
        let word = |word: &str| if word == "_" { (*uris.next().unwrap()).to_owned() } else { word.to_owned() };
        Self { words: words.split(' ').map(word).collect(), right: right.to_vec() }
    }
}

/// Plays each scene twice for each of its questions and kinds of wrong answers, and gives the messages that were seen.
/// Whoever is asked again types an answer of another kind, `steps` further.
pub(crate) fn played(station: &Station, steps: [usize; 2], scenes: &[Scene]) -> BTreeSet<String> {
    let mut random = Random::new(steps[0] as u64);
    let mut seen = BTreeSet::new();
    let before = tree(station.folder());
    for scene in scenes {
        let words: Vec<&str> = scene.words.iter().map(String::as_str).collect();
        for (at, right) in scene.right.iter().enumerate() {
            for (kind, step) in steps.iter().flat_map(|step| (0..KINDS).map(move |kind| (kind, step))) {
                let mut person = Person::sit(&station.command(&words));
                for (earlier, answer) in scene.right[..at].iter().enumerate() {
                    assert!(person.asked().is_some(), "{words:?}, question {earlier}: {}", person.screen());
                    person.types(&line(answer.as_bytes()));
                }
                let mut typed = Vec::new();
                while typed.len() < 6 && person.asked().is_some() {
                    typed.push(line(&random.typed(kind + typed.len() * step, right)));
                    person.types(typed.last().unwrap());
                }
                let left = person.leaves();
                let typed: String = typed.iter().flatten().map(|byte| byte.escape_ascii().to_string()).collect();
                let case = format!("{words:?}, question {at}, {}, typed {typed}:\n{}", left.code, left.screen);
                assert!(!left.screen.contains("panicked"), "{case}");
                assert!(left.restored, "{case}");
                assert!(tree(station.folder()) == before, "{case}");
                // Where a line is echoed, Ctrl-C and Ctrl-\ are signals.
                let signal = ECHOED.contains(right) && [130, 131].contains(&left.code);
                assert!([1, 3].contains(&left.code) || signal, "{case}");
                let errors = left.screen.split("tuffet: error: ").skip(1);
                let errors: Vec<&str> = errors.map(|rest| rest.split('\n').next().unwrap()).collect();
                assert_eq!(errors.len(), usize::from(!signal), "{case}");
                seen.extend(errors.into_iter().map(str::to_owned));
            }
        }
    }
    seen
}

/// The words that are no secret: they are echoed, and the terminal is as a shell leaves it.
const ECHOED: [&str; 5] = ["sign", "rehearse", "right", "approve", "state"];
