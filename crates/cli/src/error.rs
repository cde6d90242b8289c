//! What a person sees when a command is refused.

use std::fmt;

pub(crate) const REFUSED: u8 = 1;
pub(crate) const USAGE: u8 = 2;
pub(crate) const INTERRUPTED: u8 = 3;

/// A refusal: what happened, and the command that helps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CliError {
    /// What happened, to which role, version or file, by which rule. Lower case, no full stop.
    pub message: String,
    /// What to type or do.
    pub hint: Option<String>,
    /// The stable code, for JSON.
    pub code: &'static str,
    /// The exit code.
    pub exit: u8,
}

impl CliError {
    /// A refusal.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { message: message.into(), hint: None, code, exit: REFUSED }
    }

    /// The arguments contradict each other or do not fit the state.
    pub fn usage(message: impl Into<String>) -> Self {
        Self { exit: USAGE, ..Self::new("usage", message) }
    }

    /// Adds what helps.
    #[must_use]
    pub fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    /// Names the ceremony in a hint that has `DIR` in its place: the crates below do not know what the person typed.
    #[must_use]
    pub(crate) fn with_dir(self, dir: &std::path::Path) -> Self {
        let dir = dir.display().to_string();
        Self { hint: self.hint.map(|hint| hint.replace("DIR", &dir)), ..self }
    }

    /// The person ended it at a question.
    fn interrupted(self, cancelled: bool) -> Self {
        Self { exit: if cancelled { INTERRUPTED } else { self.exit }, ..self }
    }

    fn maybe(self, hint: Option<impl Into<String>>) -> Self {
        Self { hint: hint.map(Into::into), ..self }
    }

    /// A file could not be read or written.
    pub fn io(path: &std::path::Path, cause: &std::io::Error) -> Self {
        Self::new("io", format!("{}: {cause}", path.display()))
    }
}

impl fmt::Display for CliError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for CliError {}

impl From<tuffet_ceremony::CeremonyError> for CliError {
    fn from(error: tuffet_ceremony::CeremonyError) -> Self {
        Self::new("ceremony", error.to_string()).maybe(error.hint())
    }
}

impl From<tuffet_drill::TwinError> for CliError {
    fn from(error: tuffet_drill::TwinError) -> Self {
        Self::new("twin", error.to_string()).hint("`tuffet check REPOSITORY` says what is wrong with what is published")
    }
}

impl From<tuffet_repository::RepositoryError> for CliError {
    fn from(error: tuffet_repository::RepositoryError) -> Self {
        Self::new("repository", error.to_string()).maybe(error.hint())
    }
}

impl From<tuffet_client::ClientError> for CliError {
    fn from(error: tuffet_client::ClientError) -> Self {
        Self::new(error.code(), error.to_string()).maybe(error.hint())
    }
}

impl From<tuffet_signers::OpenError> for CliError {
    fn from(error: tuffet_signers::OpenError) -> Self {
        Self::new("key", error.to_string()).maybe(error.hint()).interrupted(error.is_cancelled())
    }
}

impl From<tuffet_signers::CreateError> for CliError {
    fn from(error: tuffet_signers::CreateError) -> Self {
        let cancelled = matches!(&error, tuffet_signers::CreateError::Open(open) if open.is_cancelled());
        Self::new("key", error.to_string()).maybe(error.hint()).interrupted(cancelled)
    }
}

impl From<tuffet_signers::UriError> for CliError {
    fn from(error: tuffet_signers::UriError) -> Self {
        Self { exit: USAGE, ..Self::new("key-uri", error.to_string()) }.maybe(error.hint())
    }
}

impl From<crate::TerminalError> for CliError {
    fn from(error: crate::TerminalError) -> Self {
        let exit = if error == crate::TerminalError::Interrupted { INTERRUPTED } else { REFUSED };
        Self { exit, ..Self::new("terminal", error.to_string()) }.maybe(error.hint())
    }
}
