//! What a signature would change, as a person reads it before they give one (K2), as a program does, and as a pull
//! request shows it.

mod markdown;
mod text;

use super::ceremony::open;
use super::key::attestation;
use crate::{CliError, Context, Outcome, TerminalError};
use clap::Args;
use serde_json::{Value, json};
use std::io::IsTerminal;
use std::path::PathBuf;
use tuffet_builder::Finding;
use tuffet_ceremony::{ContentReview, KeyReview, RoleReview};
use tuffet_metadata::format_time;

/// Arguments of `review`.
#[derive(Debug, Args)]
pub struct Review {
    /// The ceremony's directory
    pub ceremony: PathBuf,
    /// Write it in Markdown, for a pull request
    #[arg(long)]
    pub markdown: bool,
}

/// What the person is shown before they sign; its hash goes into their signature file.
pub(crate) fn text(review: &tuffet_ceremony::Review) -> String {
    text::render(review)
}

pub(crate) fn run(command: &Review, context: &mut Context<'_>) -> Result<Outcome, CliError> {
    if command.markdown && context.json {
        return Err(CliError::usage("expected --markdown or --json, found both"));
    }
    let review = open(&command.ceremony)?.review()?;
    if command.markdown {
        return Ok(Outcome::new(markdown::render(&review), SCHEMA, data(&review)));
    }
    let text = text::render(&review);
    if !context.json && std::io::stdout().is_terminal() {
        // Page by page where there is a terminal to page at; a stdout without one is printed to as it is.
        match context.terminal.show(text.trim_end()) {
            Ok(()) => return Ok(Outcome::silent()),
            Err(TerminalError::None(_)) => {}
            Err(interrupted) => return Err(interrupted.into()),
        }
    }
    Ok(Outcome::new(text, SCHEMA, data(&review)))
}

fn data(review: &tuffet_ceremony::Review) -> Value {
    json!({
        "ceremony": review.ceremony,
        "plan_hash": review.plan_hash.to_string(),
        "plan_words": review.plan_words(),
        "at": format_time(review.at),
        "previous_root": review.previous_root.map(|(version, sha256)| json!({
            "version": version, "sha256": sha256.to_string(),
        })),
        "payloads": review.roles.iter().map(payload).collect::<Vec<_>>(),
        "differences": review.roles.iter().flat_map(differences).collect::<Vec<_>>(),
        "contents": review.contents.iter().map(content).collect::<Vec<_>>(),
        "keys": review.keys.iter().map(key).collect::<Vec<_>>(),
        "findings": review.findings.iter().map(finding).collect::<Vec<_>>(),
    })
}

fn payload(role: &RoleReview) -> Value {
    json!({
        "role": role.role.as_str(), "version": role.version, "sha256": role.digest.to_string(),
        "words": role.words(), "length": role.length,
    })
}

fn differences(role: &RoleReview) -> Vec<Value> {
    role.changes.iter().map(|text| json!({"role": role.role.as_str(), "text": text})).collect()
}

fn content(content: &ContentReview) -> Value {
    json!({"path": content.path, "kind": content.kind.name(), "changes": content.changes, "diff": content.diff})
}

fn key(reviewed: &KeyReview) -> Value {
    let record = &reviewed.key.folder.record;
    json!({
        "owner": reviewed.key.name, "part": reviewed.part, "fingerprint": record.fingerprint, "token": record.token,
        "serial": record.serial, "attested": reviewed.key.attested().map(attestation),
        "findings": reviewed.findings.iter().map(finding).collect::<Vec<_>>(),
    })
}

fn finding((finding, reason): &(Finding, Option<String>)) -> Value {
    json!({"rule": finding.rule, "place": finding.place, "message": finding.message, "waived": reason})
}

/// How a rule that is fallen short of is said: by its reason, where the plan waives it.
fn word(reason: Option<&String>) -> String {
    reason.map_or_else(|| "warning".to_owned(), |reason| format!("waived: {reason}"))
}

/// What the review starts from.
fn start(review: &tuffet_ceremony::Review) -> String {
    match review.previous_root {
        None => "nothing: this is the first root".to_owned(),
        Some((version, sha256)) => format!("root v{version}, verified, SHA-256 {sha256}"),
    }
}

const SCHEMA: &str = "tuffet-review-v1";
