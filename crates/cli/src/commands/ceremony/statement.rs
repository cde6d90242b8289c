//! `tuffet ceremony statement`: a witness signs what a closed record says, with any signer.

use super::open;
use super::token::require_word;
use crate::commands::read;
use crate::{CliError, Context, Outcome};
use clap::Args;
use serde_json::json;
use std::path::PathBuf;
use tuffet_ceremony::Replay;
use tuffet_signers::KeyUri;

/// Arguments of `ceremony statement`.
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("what").required(true).args(["key", "merge"]))]
pub struct Statement {
    /// The ceremony's directory, or a copy of it
    pub ceremony: PathBuf,
    /// The URI of the witness's key
    #[arg(long)]
    pub key: Option<String>,
    /// Write statement.json below this folder
    #[arg(long, value_name = "DIR", requires = "key")]
    pub out: Option<PathBuf>,
    /// Join these copies of statement.json, each signed elsewhere, with the ceremony's own
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub merge: Vec<PathBuf>,
}

pub(super) fn run(command: &Statement, context: &mut Context<'_>) -> Result<Outcome, CliError> {
    let ceremony = open(&command.ceremony)?;
    let signed = match &command.key {
        Some(key) => {
            let uri: KeyUri = key.parse()?;
            let replay = Replay::run(&command.ceremony)?;
            let shown = format!(
                "ceremony  {}\nplan hash {}\ntranscript {} lines, closed\nhead      {}\noutcome   {}",
                replay.ceremony,
                replay.plan_hash,
                replay.lines,
                replay.head,
                replay.outcome()
            );
            let key = tuffet_signers::open(&uri, &mut *context.terminal)?;
            context.terminal.show(&format!("The record was replayed and holds.\n{shown}"))?;
            require_word(context, "state", "to sign that it does", "not confirmed: nothing was signed")?;
            ceremony.sign_statement(&*key, command.out.as_deref())?
        }
        None => {
            let files = command.merge.iter().map(|path| Ok((path.display().to_string(), read(path)?)));
            ceremony.merge_statements(&files.collect::<Result<Vec<_>, CliError>>()?)?
        }
    };
    let path = command.out.as_ref().unwrap_or(&command.ceremony).join("statement.json");
    let text = format!("{}\nsigned by {}", path.display(), signed.join(", "));
    Ok(Outcome::new(text, "tuffet-statement-report-v1", json!({"file": path, "signed": signed})))
}
