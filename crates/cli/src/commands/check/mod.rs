//! `tuffet check`: a repository or a draft, held to every lint. It says all it sees, and goes on where a client stops.

mod data;
pub(crate) mod observe;
mod sarif;
mod text;

use super::network::Network;
use super::read;
use crate::{CliError, Context, Outcome};
use chrono::{DateTime, Utc};
use clap::{Args, ValueEnum};
use std::path::PathBuf;
use tuffet_builder::{
    Beside, Compatibility, Finding, Freshness, Severity, State, check_repository, clients, freshness,
};
use tuffet_ceremony::Ceremony;

/// Arguments of `check`.
#[derive(Debug, Args)]
pub struct Check {
    /// The repository's metadata: a directory or a URL
    #[arg(required_unless_present_any = ["ceremony", "list"])]
    pub location: Option<String>,
    /// The root.json to start from, which reached you in a way you trust
    #[arg(long, value_name = "PINNED", requires = "location")]
    pub root: Option<PathBuf>,
    /// The repository's targets, if they do not lie in targets/ below or beside its metadata
    #[arg(long, value_name = "LOCATION", requires = "location")]
    pub targets: Option<String>,
    /// Check the draft of this ceremony
    #[arg(long, value_name = "DIR", conflicts_with_all = ["location", "list"])]
    pub ceremony: Option<PathBuf>,
    /// The same repository as it was before; may be given again, oldest first
    #[arg(long, value_name = "LOCATION[@TIME]", requires = "location")]
    pub before: Vec<String>,
    /// Another signed metadata file, such as an abandoned ceremony's; may be given again
    #[arg(long, value_name = "FILE", requires = "location")]
    pub with: Vec<PathBuf>,
    /// Another instance: its trusted_root.json, or its repository; may be given again
    #[arg(long, value_name = "FILE|LOCATION", requires = "location")]
    pub foreign: Vec<String>,
    /// Say which released clients cannot read it, from which root on
    #[arg(long)]
    pub clients: bool,
    /// Show the lints: what each holds to, what happened without it, what to do
    #[arg(long, conflicts_with = "location")]
    pub list: bool,
    /// Refuse for warnings too
    #[arg(long, value_enum, value_name = "SEVERITY", default_value_t = Deny::Error)]
    pub deny: Deny,
    /// How the result is written
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Text)]
    pub format: Format,
    /// The network.
    #[command(flatten)]
    pub network: Network,
}

/// From which severity on the exit code is 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Deny {
    /// Errors alone
    Error,
    /// Warnings too
    Warning,
}

/// How the result is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    Text,
    /// SARIF 2.1.0, as code hosts take it
    Sarif,
}

/// What both ways of telling it need.
pub(crate) struct Checked {
    pub(crate) subject: String,
    pub(crate) at: DateTime<Utc>,
    /// What the reader has to know of how it was looked at.
    pub(crate) notes: Vec<String>,
    /// With the reason for which a plan waives it.
    pub(crate) findings: Vec<(Finding, Option<String>)>,
    pub(crate) freshness: Vec<Freshness>,
    pub(crate) clients: Option<Vec<Compatibility>>,
}

pub(crate) fn run(command: &Check, context: &Context<'_>) -> Result<Outcome, CliError> {
    if command.format == Format::Sarif && context.json {
        return Err(CliError::usage("expected --format sarif or --json, found both"));
    }
    if command.list {
        return Ok(Outcome::new(text::list(), "tuffet-lints-v1", data::list()));
    }
    let (checked, stops) = match (&command.ceremony, &command.location) {
        (Some(dir), _) => {
            let ceremony = super::ceremony::open(dir)?;
            let checked = of_ceremony(&ceremony, command.clients, context)?;
            let stops = checked.findings.iter().any(|(finding, _)| ceremony.is_stopped_by(finding));
            (checked, stops)
        }
        (None, Some(location)) => {
            let checked = of_repository(command, location, context)?;
            let stops = checked.findings.iter().any(|(finding, _)| finding.severity == Severity::Error);
            (checked, stops)
        }
        (None, None) => return Err(CliError::usage("expected a LOCATION, --ceremony or --list, found none")),
    };
    let text = match command.format {
        Format::Text => text::render(&checked),
        Format::Sarif => sarif::render(&checked),
    };
    let outcome = Outcome::new(text, "tuffet-check-v1", data::of(&checked));
    let warns = checked.findings.iter().any(|(f, waived)| f.severity == Severity::Warning && waived.is_none());
    Ok(if stops || (command.deny == Deny::Warning && warns) { outcome.refused() } else { outcome })
}

/// The draft of a ceremony.
fn of_ceremony(ceremony: &Ceremony, with_clients: bool, context: &Context<'_>) -> Result<Checked, CliError> {
    let state = state(ceremony, context)?;
    let findings = ceremony.findings(state.clone())?;
    let (subject, at) = (format!("ceremony {}", ceremony.dir().display()), ceremony.plan().at());
    let clients = with_clients.then(|| ceremony.clients(state)).transpose()?;
    Ok(Checked { subject, at, notes: Vec::new(), findings, freshness: Vec::new(), clients })
}

/// What the plan starts from: as `draft` copied it, and before that as the workspace has it.
fn state(ceremony: &Ceremony, context: &Context<'_>) -> Result<Option<State>, CliError> {
    if ceremony.plan().previous_root().is_none() || ceremony.transcript()?.draft().is_some() {
        return Ok(ceremony.previous()?);
    }
    let published = context.workspace(ceremony.dir())?.repository().published()?;
    super::ceremony::require_start(ceremony, published.as_ref())?;
    Ok(published.map(|published| published.state()))
}

fn of_repository(command: &Check, location: &str, context: &Context<'_>) -> Result<Checked, CliError> {
    let at = context.reading_time();
    let pinned = command.root.as_deref().map(read).transpose()?;
    let mut notes = Vec::new();
    let source = observe::Source::open(location, command.targets.as_deref(), &command.network)?;
    let seen = source.observe(pinned, at, Some(at), &mut notes)?;
    let mut beside = Beside::default();
    for text in &command.before {
        let (place, when) = observe::at_time(text);
        let mut own = Vec::new();
        let before = observe::Source::open(place, None, &command.network)?;
        beside.before.push(before.observe(None, at, when, &mut own)?);
    }
    for path in &command.with {
        beside.with.push((path.display().to_string(), read(path)?));
    }
    for text in &command.foreign {
        beside.foreign.extend(observe::foreign(text, at, &command.network)?);
    }
    let findings = check_repository(&seen, &beside, at);
    Ok(Checked {
        subject: location.to_owned(),
        at,
        notes,
        findings: findings.into_iter().map(|finding| (finding, None)).collect(),
        freshness: freshness(&seen),
        clients: command.clients.then(|| clients(&seen)),
    })
}

impl Checked {
    /// How many findings of a severity stand.
    pub(crate) fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|(finding, waived)| finding.severity == severity && waived.is_none()).count()
    }
}
