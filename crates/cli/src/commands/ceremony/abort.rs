//! `tuffet abort`: a ceremony is given up, and its record says what was signed (K16).

use super::open_to_write;
use super::token::require_word;
use crate::text::wrap;
use crate::{CliError, Context, Outcome};
use clap::Args;
use serde_json::json;
use std::path::PathBuf;
use tuffet_ceremony::{Action, Plan};

/// Arguments of `abort`.
#[derive(Debug, Args)]
pub struct Abort {
    /// The ceremony's directory
    pub ceremony: PathBuf,
    /// Why: it enters the transcript
    #[arg(long)]
    pub reason: String,
}

pub(crate) fn run(command: &Abort, context: &mut Context<'_>) -> Result<Outcome, CliError> {
    if !Plan::is_name(&command.reason) {
        let found = command.reason.escape_debug();
        return Err(CliError::usage(format!("--reason: expected text on one line, found `{found}`")));
    }
    let ceremony = open_to_write(&command.ceremony, context)?;
    ceremony.transcript()?.require_open()?;
    let now = context.writing_time()?;
    context.terminal.show("An aborted ceremony is never taken up again.")?;
    require_word(context, "abort", "to go on", "not confirmed: nothing was aborted")?;
    let transcript = ceremony.abort(&command.reason, now)?;
    let given = transcript.entries().iter().find_map(|entry| match &entry.action {
        Action::Abort { given, .. } => Some(given.clone()),
        _ => None,
    });
    let given = given.unwrap_or_default();
    let mut text = format!(
        "ceremony  {}\naborted, transcript closed, {} lines\n",
        ceremony.plan().ceremony,
        transcript.entries().len()
    );
    for signature in &given {
        text += &format!("given: {} by {}, valid until what it signs expires\n", signature.role, signature.owner);
    }
    text += &format!("head      {}\n", transcript.head());
    let statement =
        format!("witnesses sign the record with `tuffet ceremony statement {} --key KEY`", command.ceremony.display());
    text += &wrap("next: ", "      ", &statement);
    let given: Vec<_> = given
        .iter()
        .map(|g| json!({"role": g.role, "owner": g.owner, "keyid": g.keyid, "payload_sha256": g.payload_sha256}))
        .collect();
    Ok(Outcome::new(
        text,
        "tuffet-abort-v1",
        json!({"reason": command.reason, "given": given, "transcript_head": transcript.head().to_string()}),
    ))
}
