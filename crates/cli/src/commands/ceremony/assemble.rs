//! `tuffet assemble`: what people sent is verified and recorded, and what is complete is assembled.

use super::open_to_write;
use super::status::{approvals_json, approvals_text, status_json, status_text};
use crate::commands::read;
use crate::{CliError, Context, Outcome};
use clap::Args;
use serde_json::json;
use std::path::PathBuf;

/// Arguments of `assemble`.
#[derive(Debug, Args)]
pub struct Assemble {
    /// The ceremony's directory
    pub ceremony: PathBuf,
    /// Files that arrived from other machines: approvals, signatures, those of a rehearsal
    pub files: Vec<PathBuf>,
}

pub(crate) fn run(command: &Assemble, context: &mut Context<'_>) -> Result<Outcome, CliError> {
    let ceremony = open_to_write(&command.ceremony, context)?;
    let now = context.writing_time()?;
    let mut incoming = Vec::new();
    for path in &command.files {
        incoming.push((path.display().to_string(), read(path)?));
    }
    let outcome = ceremony.assemble(&incoming, now)?;
    let mut text = String::new();
    for witness in &outcome.approved {
        text += &format!("recorded: approval by {witness}\n");
    }
    for (role, owner) in &outcome.rehearsed {
        text += &format!("recorded: rehearsal of {role} by {owner}\n");
    }
    for (role, owner) in &outcome.recorded {
        text += &format!("recorded: {role} by {owner}\n");
    }
    if text.is_empty() {
        text += "nothing new\n";
    }
    text += &approvals_text(&ceremony)?;
    text += &status_text(&outcome.status);
    text += &if outcome.complete.len() == outcome.status.len() {
        format!("next: `tuffet publish {} --online-key KEY`", command.ceremony.display())
    } else {
        "next: the people missing sign".to_owned()
    };
    let recorded = outcome.recorded.iter().map(|(role, owner)| json!({"role": role.as_str(), "owner": owner}));
    let rehearsed = outcome.rehearsed.iter().map(|(role, owner)| json!({"role": role.as_str(), "owner": owner}));
    let data = json!({
        "approved": outcome.approved, "approvals": approvals_json(&ceremony)?,
        "rehearsed": rehearsed.collect::<Vec<_>>(), "recorded": recorded.collect::<Vec<_>>(), "roles": status_json(&outcome.status),
    });
    Ok(Outcome::new(text, "tuffet-assemble-v1", data))
}
