//! The person at the terminal: secrets without echo, exact words, nothing through stdin.

use crate::text::wrap;
use std::fs::OpenOptions;
use std::io::{BufRead, BufReader, Write};
use tuffet_signers::{AskError, AskSecret, Secret};

/// What a command may ask of a person.
pub trait Terminal: AskSecret {
    /// Shows text that precedes a question. It goes where the questions go, never to stdout.
    ///
    /// # Errors
    /// [`TerminalError`]
    fn show(&mut self, text: &str) -> Result<(), TerminalError>;

    /// Asks for a line.
    ///
    /// # Errors
    /// [`TerminalError`]
    fn line(&mut self, prompt: &str) -> Result<String, TerminalError>;
}

/// Why nobody answered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TerminalError {
    /// There is no terminal.
    #[error("expected a terminal to ask at, found none: {0}")]
    None(String),
    /// The person ended it.
    #[error("interrupted: nothing was signed or written by this step")]
    Interrupted,
}

impl TerminalError {
    /// What helps.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::None(_) => Some("run the command in a terminal; secrets and confirmations never come from a pipe"),
            Self::Interrupted => None,
        }
    }
}

/// The controlling terminal of this process.
#[derive(Debug)]
pub(crate) struct Tty {
    /// Whether the person asked to send a PIN although it may be the last try (K7).
    pub(crate) risks_last_try: bool,
}

impl AskSecret for Tty {
    fn ask(&mut self, prompt: &str) -> Result<Secret, AskError> {
        match rpassword::prompt_password(prompt) {
            Ok(secret) => Ok(Secret::new(secret)),
            Err(e) if matches!(e.kind(), std::io::ErrorKind::UnexpectedEof | std::io::ErrorKind::Interrupted) => {
                // The error is to begin a line of its own.
                let _ = self.show("");
                Err(AskError::Cancelled)
            }
            Err(e) => Err(AskError::Unavailable(e.to_string())),
        }
    }

    fn confirm(&mut self, question: &str, word: &str) -> Result<bool, AskError> {
        let asked =
            self.show(question).and_then(|()| self.line(&format!("Type `{word}` to go on, anything else to stop: ")));
        match asked {
            Ok(answer) => Ok(answer == word),
            Err(TerminalError::Interrupted) => Err(AskError::Cancelled),
            Err(TerminalError::None(reason)) => Err(AskError::Unavailable(reason)),
        }
    }

    fn tell(&mut self, text: &str) {
        // Who has no terminal sees the token blink.
        let _ = self.show(&wrap("", "", text));
    }

    fn risks_last_try(&self) -> bool {
        self.risks_last_try
    }
}

impl Terminal for Tty {
    fn show(&mut self, text: &str) -> Result<(), TerminalError> {
        let mut tty = open()?;
        writeln!(tty, "{text}").map_err(|e| TerminalError::None(e.to_string()))
    }

    fn line(&mut self, prompt: &str) -> Result<String, TerminalError> {
        let mut tty = open()?;
        write!(tty, "{prompt}").and_then(|()| tty.flush()).map_err(|e| TerminalError::None(e.to_string()))?;
        let mut line = String::new();
        match BufReader::new(tty).read_line(&mut line) {
            Ok(0) => {
                let _ = self.show("");
                Err(TerminalError::Interrupted)
            }
            Ok(_) => Ok(line.trim().to_owned()),
            Err(e) => Err(TerminalError::None(e.to_string())),
        }
    }
}

fn open() -> Result<std::fs::File, TerminalError> {
    OpenOptions::new().read(true).write(true).open("/dev/tty").map_err(|e| TerminalError::None(e.to_string()))
}
