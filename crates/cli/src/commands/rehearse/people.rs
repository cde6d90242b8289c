//! The people of the rehearsal: each has a folder, a token, and answers at a terminal.

use crate::arguments::Arguments;
use crate::{CliError, Context, Outcome, Terminal, TerminalError};
use chrono::{DateTime, Utc};
use clap::Parser;
use std::path::{Path, PathBuf};
use tuffet_signers::simulator::Simulator;
use tuffet_signers::{AskError, AskSecret, Secret};

/// Somebody at a keyboard of their own.
pub(super) struct Actor {
    /// The name in the metadata.
    pub(super) name: String,
    /// Their own machine's folder.
    pub(super) folder: PathBuf,
    /// The key's URI, as they type it.
    pub(super) key: String,
    passphrase: String,
    device: Option<Simulator>,
}

impl Actor {
    /// A person with an encrypted key file. The passphrase is random and lives as long as the rehearsal.
    pub(super) fn with_file(scratch: &Path, name: &str) -> Result<Self, CliError> {
        let folder = scratch.join("people").join(name.trim_start_matches('@'));
        std::fs::create_dir_all(&folder).map_err(|e| CliError::io(&folder, &e))?;
        let mut random = [0; 16];
        ring::rand::SecureRandom::fill(&ring::rand::SystemRandom::new(), &mut random)
            .map_err(|_| CliError::new("random", "the system gives no random bytes"))?;
        let key = format!("file:{}", folder.join("key.pem").display());
        Ok(Self { name: name.to_owned(), folder, key, passphrase: hex::encode(random), device: None })
    }

    /// A person with a simulated YubiHSM 2.
    pub(super) fn with_device(scratch: &Path, name: &str) -> Result<Self, CliError> {
        let device = Simulator::start().map_err(|e| CliError::new("io", format!("simulated YubiHSM: {e}")))?;
        let key = device.uri(1)?.to_string();
        let passphrase = Simulator::PASSWORD.to_owned();
        Ok(Self { key, passphrase, device: Some(device), ..Self::with_file(scratch, name)? })
    }

    /// Whether the key lies on a (simulated) device.
    pub(super) fn has_device(&self) -> bool {
        self.device.is_some()
    }

    /// Types a command: exactly what a person would, parsed and run by the same code.
    pub(super) fn types(&self, workspace: &Path, at: DateTime<Utc>, words: &[&str]) -> Result<Outcome, CliError> {
        let words = std::iter::once("tuffet").chain(words.iter().copied());
        let arguments = Arguments::try_parse_from(words).map_err(|e| CliError::usage(e.to_string()))?;
        let mut keyboard = Keyboard { passphrase: &self.passphrase };
        let mut context = Context::scripted(workspace, at, &mut keyboard);
        crate::commands::run(arguments.command, &mut context)
    }

    /// A path in their folder, as text for a command.
    pub(super) fn path(&self, name: &str) -> String {
        self.folder.join(name).display().to_string()
    }
}

/// Answers every question the way a person who agrees does.
struct Keyboard<'a> {
    passphrase: &'a str,
}

impl AskSecret for Keyboard<'_> {
    fn ask(&mut self, _prompt: &str) -> Result<Secret, AskError> {
        Ok(Secret::new(self.passphrase.to_owned()))
    }
}

impl Terminal for Keyboard<'_> {
    fn show(&mut self, _text: &str) -> Result<(), TerminalError> {
        Ok(())
    }

    fn line(&mut self, prompt: &str) -> Result<String, TerminalError> {
        // The word that a question asks for stands in it.
        Ok(prompt.split('`').nth(1).unwrap_or_default().to_owned())
    }
}
