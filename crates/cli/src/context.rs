//! What every command is given: the time, the terminal, the workspace asked for.

use crate::arguments::Arguments;
use crate::workspace::Workspace;
use crate::{CliError, Terminal};
use chrono::{DateTime, Utc};
use std::path::{Path, PathBuf};
use tuffet_metadata::parse_time;

/// The surroundings of a command.
pub struct Context<'a> {
    at: Option<DateTime<Utc>>,
    workspace: Option<PathBuf>,
    /// Whether what is printed on the way is data, too.
    pub(crate) json: bool,
    pub(crate) terminal: &'a mut dyn Terminal,
    /// Throw-away keys are derived from this text and each key's name.
    #[cfg(feature = "rehearsal")]
    pub(crate) seed: Option<String>,
}

impl<'a> Context<'a> {
    /// From the global arguments.
    ///
    /// # Errors
    /// [`CliError`]: `--at` is no time.
    pub fn new(arguments: &Arguments, terminal: &'a mut dyn Terminal) -> Result<Self, CliError> {
        let at = arguments.at.as_deref().map(time).transpose()?;
        Ok(Self {
            at,
            workspace: arguments.workspace.clone(),
            json: arguments.json,
            terminal,
            #[cfg(feature = "rehearsal")]
            seed: arguments.seed.clone(),
        })
    }

    /// The same surroundings for another person, place and time: how the rehearsal plays all of them.
    #[cfg(feature = "rehearsal")]
    pub(crate) fn scripted(workspace: &Path, at: DateTime<Utc>, terminal: &'a mut dyn Terminal) -> Self {
        Self { at: Some(at), workspace: Some(workspace.to_owned()), json: false, terminal, seed: None }
    }

    /// `--at`, for a command that without it looks at no time at all.
    #[must_use]
    pub fn asked_time(&self) -> Option<DateTime<Utc>> {
        self.at
    }

    /// The reference time of a command that only reads: `--at`, or now.
    #[must_use]
    pub fn reading_time(&self) -> DateTime<Utc> {
        self.at.unwrap_or_else(now)
    }

    /// The station's time, for records. A fixed one is for rehearsals only.
    ///
    /// # Errors
    /// [`CliError`]: `--at` was given in a build that is not for rehearsals.
    pub fn writing_time(&self) -> Result<DateTime<Utc>, CliError> {
        match self.at {
            None => Ok(now()),
            Some(at) if cfg!(feature = "rehearsal") => Ok(at),
            Some(_) => Err(CliError::usage("--at is for commands that read: this one takes its times from the plan")),
        }
    }

    /// The workspace: the argument, or the nearest parent of `start` that holds `tuffet.toml`.
    ///
    /// # Errors
    /// [`CliError`]: there is none.
    pub fn workspace(&self, start: &Path) -> Result<Workspace, CliError> {
        Workspace::find(self.workspace.as_deref(), start)
    }
}

/// The machine's clock.
pub(crate) fn now() -> DateTime<Utc> {
    DateTime::<Utc>::from(std::time::SystemTime::now())
}

/// Reads a time as the command line writes it.
pub(crate) fn time(text: &str) -> Result<DateTime<Utc>, CliError> {
    parse_time(text).ok_or_else(|| {
        CliError::usage(format!("expected a time YYYY-MM-DDTHH:MM:SSZ, found `{}`", text.escape_debug()))
    })
}
