//! The person at the terminal: secrets without echo, exact words, nothing through stdin.

use crate::paging::pages;
use crate::text::wrap;
use rustix::termios::{LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcgetwinsize, tcsetattr};
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};
use tuffet_signers::{AskError, AskSecret, Secret};

/// What a command may ask of a person.
pub trait Terminal: AskSecret {
    /// Shows text that precedes a question, whole: nobody answers before they could have read it to its end. It goes where
    /// the questions go, never to stdout.
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
        let unavailable = |e: io::Error| AskError::Unavailable(e.to_string());
        let tty = tty().map_err(unavailable)?;
        let silence = Silence::over(&tty).map_err(unavailable)?;
        // Asked when nothing is echoed any more: who types at once is not shown what they type.
        (&tty).write_all(prompt.as_bytes()).map_err(unavailable)?;
        let secret = Secret::read_line(&mut &tty);
        drop(silence);
        // The end of the line was not echoed either.
        let _ = (&tty).write_all(b"\n");
        secret.map_err(unavailable)?.ok_or(AskError::Cancelled)
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
        let size = tcgetwinsize(&tty).map_or((0, 0), |size| (size.ws_row.into(), size.ws_col.into()));
        let lines: Vec<&str> = text.split('\n').collect();
        let mut start = 0;
        for end in pages(text, size.0, size.1) {
            let page = lines.get(start..end).unwrap_or_default().join("\n");
            writeln!(tty, "{page}").map_err(|e| TerminalError::None(e.to_string()))?;
            if end < lines.len() {
                self.go_on(&format!("-- lines {}-{end} of {}", start + 1, lines.len()))?;
            }
            start = end;
        }
        Ok(())
    }

    fn line(&mut self, prompt: &str) -> Result<String, TerminalError> {
        let mut tty = open()?;
        write!(tty, "{prompt}").and_then(|()| tty.flush()).map_err(|e| TerminalError::None(e.to_string()))?;
        // Bytes that are no text are an answer too: not the word that was asked for.
        let mut line = Vec::new();
        match BufReader::new(tty).read_until(b'\n', &mut line) {
            // What was begun and ended with Ctrl-D is no answer, whatever it says.
            Ok(_) if line.last() != Some(&b'\n') => {
                let _ = self.show("");
                Err(TerminalError::Interrupted)
            }
            Ok(_) => Ok(String::from_utf8_lossy(&line).trim().to_owned()),
            Err(e) => Err(TerminalError::None(e.to_string())),
        }
    }
}

impl Tty {
    /// Waits for Enter alone: nothing that is typed, by habit of another pager or ahead of time, passes over what is not
    /// yet shown.
    fn go_on(&mut self, place: &str) -> Result<(), TerminalError> {
        while !self.line(&format!("{place}; Enter for more, Ctrl-C to stop: "))?.is_empty() {}
        Ok(())
    }
}

/// A terminal that echoes nothing, until this is dropped. Ctrl-C ends the line there and sends no signal, which would end
/// the process and leave the terminal silent.
struct Silence<'a> {
    tty: &'a File,
    before: Termios,
}

impl<'a> Silence<'a> {
    fn over(tty: &'a File) -> io::Result<Self> {
        let before = tcgetattr(tty)?;
        let mut silent = before.clone();
        silent.local_modes.remove(LocalModes::ECHO | LocalModes::ECHONL | LocalModes::ISIG);
        silent.local_modes.insert(LocalModes::ICANON);
        silent.special_codes[SpecialCodeIndex::VEOL] = Secret::CTRL_C;
        tcsetattr(tty, OptionalActions::Now, &silent)?;
        Ok(Self { tty, before })
    }
}

impl Drop for Silence<'_> {
    fn drop(&mut self) {
        let _ = tcsetattr(self.tty, OptionalActions::Now, &self.before);
    }
}

fn open() -> Result<File, TerminalError> {
    tty().map_err(|e| TerminalError::None(e.to_string()))
}

fn tty() -> io::Result<File> {
    OpenOptions::new().read(true).write(true).open("/dev/tty")
}
