//! Who sits at the terminal.

use tuffet_signers::{AskError, AskSecret, KeyUri, Secret};

/// Answers in turn, notes what it is asked and told.
#[derive(Default)]
pub(crate) struct Person {
    pub(crate) answers: Vec<String>,
    pub(crate) prompts: Vec<String>,
    pub(crate) questions: Vec<String>,
    pub(crate) told: Vec<String>,
    /// The word typed at a question that cannot be undone.
    pub(crate) word: Option<&'static str>,
    pub(crate) risks: bool,
}

impl Person {
    pub(crate) fn answering(answers: &[&str]) -> Self {
        Self { answers: answers.iter().rev().map(|&answer| answer.to_owned()).collect(), ..Self::default() }
    }
}

impl AskSecret for Person {
    fn ask(&mut self, prompt: &str) -> Result<Secret, AskError> {
        self.prompts.push(prompt.to_owned());
        self.answers.pop().map(Secret::new).ok_or(AskError::Cancelled)
    }

    fn confirm(&mut self, question: &str, word: &str) -> Result<bool, AskError> {
        self.questions.push(format!("{question} [{word}]"));
        Ok(self.word == Some(word))
    }

    fn tell(&mut self, text: &str) {
        self.told.push(text.to_owned());
    }

    fn risks_last_try(&self) -> bool {
        self.risks
    }
}

pub(crate) fn uri(text: &str) -> KeyUri {
    text.parse().unwrap()
}

/// The error of a result whose value is not `Debug`.
pub(crate) fn error<T, E>(result: Result<T, E>) -> E {
    match result {
        Ok(_) => panic!("unexpected success"),
        Err(error) => error,
    }
}
