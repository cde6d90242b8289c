//! `tuffet key import-go-tuf`: the single key of a repository that scaffolding made, so that it can sign once more.

use super::outcome;
use crate::{CliError, Context, Outcome};
use clap::Args;
use std::path::PathBuf;
use tuffet_keys::Sign;
use tuffet_signers::{FileKey, KeyUri};

/// Arguments of `key import-go-tuf`.
#[derive(Debug, Args)]
pub struct ImportGoTuf {
    /// go-tuf's file of a role, such as keys/root.json
    #[arg(value_name = "FILE")]
    pub from: PathBuf,
    /// The key file to make: file:PATH
    #[arg(value_name = "KEY")]
    pub to: String,
    /// Which key of the file, where it has several
    #[arg(long, value_name = "N")]
    pub number: Option<usize>,
}

pub(super) fn run(command: &ImportGoTuf, context: &mut Context<'_>) -> Result<Outcome, CliError> {
    let uri: KeyUri = command.to.parse()?;
    let KeyUri::File(to) = &uri else {
        return Err(CliError::usage(format!("expected file:PATH, found `{uri}`"))
            .hint("a device makes its own keys: `tuffet key generate` there, and plan to replace this one"));
    };
    let key = FileKey::import_go_tuf(&command.from, command.number, to, &mut *context.terminal)?;
    let from = command.from.display();
    crate::outcome::warn(&format!(
        "{from} still holds the key without encryption: take it for known to others, replace it, and delete the file"
    ));
    Ok(outcome("imported", key.public_key(), &key.describe()))
}
