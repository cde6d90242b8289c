//! Keys on PKCS#11 tokens: on SoftHSM, and through a module that lies where SoftHSM cannot be made to (X22).

#[path = "../../../../tests/support/card.rs"]
mod card;
mod generation;
mod lies;
mod listing;
mod lying;
mod modules;
mod pin;
mod public;
mod signing;
#[path = "../../../../tests/support/softhsm.rs"]
mod softhsm;
mod tokens;
mod yubikey;

use softhsm::PIN;
use tuffet_keys::Scheme;
use tuffet_signers::{AskError, AskSecret, Key, KeyUri, NewKey, Secret, generate};

/// Answers in turn, and keeps what was said to the person.
#[derive(Default)]
struct Person {
    answers: Vec<&'static str>,
    heard: Vec<String>,
    risks: bool,
}

impl Person {
    /// Who answers with these, one after the other, and then cancels.
    fn with(answers: &[&'static str]) -> Self {
        Self { answers: answers.iter().rev().copied().collect(), ..Self::default() }
    }
}

impl AskSecret for Person {
    fn ask(&mut self, prompt: &str) -> Result<Secret, AskError> {
        self.heard.push(prompt.to_owned());
        self.answers.pop().map(|answer| Secret::new(answer.to_owned())).ok_or(AskError::Cancelled)
    }

    fn tell(&mut self, text: &str) {
        self.heard.push(text.to_owned());
    }

    fn risks_last_try(&self) -> bool {
        self.risks
    }
}

/// Knows the PIN.
fn knows(_prompt: &str) -> Result<Secret, AskError> {
    Ok(Secret::new(PIN.to_owned()))
}

/// Nobody should be asked.
fn never(prompt: &str) -> Result<Secret, AskError> {
    panic!("asked: {prompt}")
}

fn uri(text: &str) -> KeyUri {
    text.parse().unwrap_or_else(|e| panic!("{text}: {e}"))
}

fn new_key(text: &str, scheme: Scheme) -> Box<dyn Key> {
    generate(&uri(text), &NewKey::new(scheme, ""), &mut knows).unwrap_or_else(|e| panic!("{text}: {e}"))
}

/// The error of a result whose value is not `Debug`.
fn error<T, E>(result: Result<T, E>) -> E {
    match result {
        Ok(_) => panic!("unexpected success"),
        Err(error) => error,
    }
}
