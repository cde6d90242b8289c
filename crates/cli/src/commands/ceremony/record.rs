//! `tuffet ceremony`: records, replayed by anybody.

use super::status::{proofs_json, proofs_text, status_json, status_text};
use super::{list, script, statement};
use crate::commands::{no_ceremony, read};
use crate::{CliError, Context, Outcome};
use clap::{Args, Subcommand};
use serde_json::json;
use std::path::PathBuf;
use tuffet_ceremony::{Ended, Replay};

/// Commands on records.
#[derive(Debug, Subcommand)]
pub enum Record {
    /// Replay a record: everything in it follows from its plan and its signatures
    Verify(Verify),
    /// As a witness, sign the statement of a closed ceremony; or join the copies others
    /// signed
    Statement(statement::Statement),
    /// The history of a repository, ceremony by ceremony
    List(list::List),
    /// The ceremony on paper: every step with a place for initials, time and evidence
    Script(script::Script),
}

/// Arguments of `ceremony verify`.
#[derive(Debug, Args)]
pub struct Verify {
    /// The ceremony's directory
    pub ceremony: PathBuf,
    /// Compare what was published with this repository
    #[arg(long, value_name = "DIR")]
    pub repository: Option<PathBuf>,
    /// The root.json you trust: the record must start from it, or lead to it from nothing
    #[arg(long, value_name = "FILE")]
    pub root: Option<PathBuf>,
}

pub(crate) fn run(command: &Record, context: &mut Context<'_>) -> Result<Outcome, CliError> {
    match command {
        Record::Verify(command) => verify(command).map_err(|e| e.with_dir(&command.ceremony)),
        Record::Statement(command) => statement::run(command, context).map_err(|e| e.with_dir(&command.ceremony)),
        Record::List(command) => list::run(command, context),
        Record::Script(command) => script::run(command).map_err(|e| e.with_dir(&command.ceremony)),
    }
}

fn verify(command: &Verify) -> Result<Outcome, CliError> {
    let replay = Replay::run(&command.ceremony).map_err(|e| no_ceremony(&command.ceremony, e))?;
    let mut text = format!(
        "ceremony  {}\nplan hash {}\ntranscript {} lines, closed\nhead      {}\n",
        replay.ceremony, replay.plan_hash, replay.lines, replay.head
    );
    text += &proofs_text(&replay.proofs);
    for (witness, clock) in &replay.approvals {
        text += &format!("approved  {witness}, at {clock} by their clock\n");
    }
    text += &status_text(&replay.roles);
    if let Ended::Aborted { reason, given } = &replay.ended {
        text += &crate::text::wrap("aborted   ", "          ", reason);
        text +=
            &format!("\n          {} signatures were given and stay valid until what they sign expires\n", given.len());
    }
    let compared = match &command.repository {
        Some(repository) => Some(replay.matches_repository(repository)?),
        None => None,
    };
    if let (Some(compared), Some(repository)) = (compared, &command.repository) {
        text += &format!("{compared} published files are in {} as recorded\n", repository.display());
    }
    text += &match &replay.statement {
        Some(witnesses) => format!("statement {}: signed by {}\n", replay.outcome(), witnesses.join(", ")),
        None if replay.witnesses == 0 => "statement none: the plan names no witness\n".to_owned(),
        None => "statement none yet: witnesses sign it with `tuffet ceremony statement`\n".to_owned(),
    };
    if let Some(root) = &command.root {
        replay.starts_from(&read(root)?).map_err(CliError::from)?;
        text += &format!("pinned    it starts from {}\n", root.display());
    }
    text += "the record holds";
    let data = json!({
        "ceremony": replay.ceremony, "plan_hash": replay.plan_hash.to_string(), "lines": replay.lines,
        "head": replay.head.to_string(), "roles": status_json(&replay.roles), "published": replay.published,
        "approvals": replay.approvals.iter().map(|(witness, clock)| json!({"witness": witness, "clock": clock})).collect::<Vec<_>>(),
        "aborted": match &replay.ended { Ended::Aborted { reason, .. } => Some(reason), Ended::Published => None },
        "proofs": proofs_json(&replay.proofs), "compared": compared, "statement": replay.statement,
    });
    Ok(Outcome::new(text, "tuffet-replay-v1", data))
}
