//! Passphrases and passwords, and how they arrive.

use crate::{CreateError, OpenError};
use std::io::{self, ErrorKind, Read};
use std::path::Path;
use zeroize::Zeroizing;

/// A passphrase or password. Its memory is wiped when it is dropped, and nothing can print, copy or store it.
///
/// It is not `Debug` (nor `Display`):
/// ```
/// fn needs<T: std::fmt::Debug>() {}
/// needs::<String>();
/// ```
/// ```compile_fail,E0277
/// fn needs<T: std::fmt::Debug>() {}
/// needs::<tuffet_signers::Secret>();
/// ```
/// ```
/// fn needs<T: std::fmt::Display>() {}
/// needs::<String>();
/// ```
/// ```compile_fail,E0277
/// fn needs<T: std::fmt::Display>() {}
/// needs::<tuffet_signers::Secret>();
/// ```
/// It is not `Clone`:
/// ```
/// fn needs<T: Clone>() {}
/// needs::<String>();
/// ```
/// ```compile_fail,E0277
/// fn needs<T: Clone>() {}
/// needs::<tuffet_signers::Secret>();
/// ```
/// And it is not `Serialize`:
/// ```
/// fn needs<T: serde::Serialize>() {}
/// needs::<String>();
/// ```
/// ```compile_fail,E0277
/// fn needs<T: serde::Serialize>() {}
/// needs::<tuffet_signers::Secret>();
/// ```
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// Takes the text over: its buffer is the one that is wiped later.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text.into_bytes()))
    }

    /// Reads a line, as it stands and without its end, through no memory that is not wiped. `None` where the input ends
    /// or Ctrl-C comes before the line's end.
    ///
    /// # Errors
    /// Those of `input`, and a line longer than a terminal has.
    pub fn read_line(input: &mut impl Read) -> io::Result<Option<Self>> {
        // A buffer that grows leaves what it held behind.
        let mut line = Zeroizing::new(Vec::with_capacity(LONGEST));
        let mut byte = Zeroizing::new([0]);
        loop {
            match input.read(&mut *byte) {
                Ok(0) => return Ok(None),
                Ok(_) if *byte == *b"\n" => return Ok(Some(Self(line))),
                Ok(_) if *byte == [Self::CTRL_C] => return Ok(None),
                Ok(_) if line.len() == LONGEST => {
                    let limit = format!("expected a line of at most {LONGEST} bytes, found a longer one");
                    return Err(io::Error::new(ErrorKind::InvalidData, limit));
                }
                Ok(_) => line.extend_from_slice(&*byte),
                Err(e) if e.kind() == ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
    }

    /// Asks twice for the passphrase of a key file that is to be at `path`.
    pub(crate) fn new_for(path: &Path, ask: &mut dyn AskSecret) -> Result<Self, CreateError> {
        let what = format!("new passphrase for key file {}", path.display());
        let mut answer =
            |prompt: String| ask.ask(&prompt).map_err(|source| OpenError::NotGiven { what: what.clone(), source });
        let first = answer(format!("{what}: "))?;
        let second = answer(format!("{what}, again: "))?;
        if first.same_as(&second) { Ok(first) } else { Err(CreateError::NotTheSame { path: path.into() }) }
    }

    /// What a terminal that sends no signals makes of Ctrl-C.
    pub const CTRL_C: u8 = 3;

    /// True of no text at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// True when both hold the same text, as when a new passphrase is typed twice.
    #[must_use]
    pub fn same_as(&self, other: &Self) -> bool {
        *self.0 == *other.0
    }

    pub(crate) fn expose(&self) -> &[u8] {
        &self.0
    }
}

/// Where secrets come from: the CLI implements it with the terminal, tests with a closure.
pub trait AskSecret {
    /// Asks a person for the secret that `prompt` names, without echo.
    ///
    /// # Errors
    /// [`AskError`] when there will be no answer.
    fn ask(&mut self, prompt: &str) -> Result<Secret, AskError>;

    /// Asks whether to go on with something that cannot be undone: only the exact word `word` means yes.
    ///
    /// # Errors
    /// [`AskError`] when there will be no answer.
    fn confirm(&mut self, question: &str, word: &str) -> Result<bool, AskError> {
        let _ = (question, word);
        Err(AskError::Unavailable("nobody is there to confirm it".to_owned()))
    }

    /// Tells the person what to do at the token: touch it, type the PIN on its pad.
    fn tell(&mut self, text: &str) {
        let _ = text;
    }

    /// Whether the person asked to send a PIN although it may be the last try (K7).
    fn risks_last_try(&self) -> bool {
        false
    }
}

impl<F: FnMut(&str) -> Result<Secret, AskError>> AskSecret for F {
    fn ask(&mut self, prompt: &str) -> Result<Secret, AskError> {
        self(prompt)
    }
}

/// Why a person gave no secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AskError {
    /// They pressed Ctrl-C or Ctrl-D.
    #[error("cancelled")]
    Cancelled,
    /// There is nobody to ask, and why.
    #[error("cannot ask: {0}")]
    Unavailable(String),
}

/// Asks up to [`TRIES`] times, until `attempt` gives something; `None` when every answer was wrong.
pub(crate) fn ask_until<T>(
    ask: &mut dyn AskSecret,
    what: &str,
    mut attempt: impl FnMut(&Secret) -> Result<Option<T>, OpenError>,
) -> Result<Option<T>, OpenError> {
    for left in (1..=TRIES).rev() {
        let prompt = match left {
            TRIES => format!("{what}: "),
            1 => format!("wrong, last try; {what}: "),
            _ => format!("wrong, {left} tries left; {what}: "),
        };
        let secret = ask.ask(&prompt).map_err(|source| OpenError::NotGiven { what: what.to_owned(), source })?;
        if let Some(done) = attempt(&secret)? {
            return Ok(Some(done));
        }
    }
    Ok(None)
}

pub(crate) const TRIES: u32 = 3;

/// Of a line at a terminal, in bytes.
const LONGEST: usize = 4096;
