//! `tuffet trust-root`: what the targets of a repository say about logs and authorities.

mod compose;
mod export;
mod show;

use super::client::{Repository, refreshed, talk, unknown, versions};
use super::{read, refuse_existing, write_new};
use crate::context::time;
use crate::{CliError, Context, Outcome};
use chrono::{DateTime, Utc};
use clap::{Args, Subcommand};
use serde_json::json;
use std::path::{Path, PathBuf};
use tuffet_trust_root::TrustedRoot;

/// Trust-root commands.
#[derive(Debug, Subcommand)]
pub enum TrustRoot {
    /// Show the logs and authorities of a trusted_root.json; with --at those valid then
    Show(Show),
    /// Show those that are valid at a time
    At(At),
    /// Refresh a client, fetch its trusted root and show what is valid
    Fetch(Fetch),
    /// Make a trusted_root.json from keys and certificate chains
    Compose(Compose),
    /// Give it to other programs: gh, policy-controller, PEM files, ClientTrustConfig
    Export(Box<export::Export>),
}

/// Arguments of `trust-root show`.
#[derive(Debug, Args)]
pub struct Show {
    /// The trusted_root.json
    pub file: PathBuf,
}

/// Arguments of `trust-root at`.
#[derive(Debug, Args)]
pub struct At {
    /// The trusted_root.json
    pub file: PathBuf,
    /// The time, YYYY-MM-DDTHH:MM:SSZ
    pub time: String,
}

/// Arguments of `trust-root fetch`.
#[derive(Debug, Args)]
pub struct Fetch {
    /// The repository.
    #[command(flatten)]
    pub repository: Repository,
    /// The root.json to start from, if the cache is new
    #[arg(long, value_name = "FILE")]
    pub root: Option<PathBuf>,
    /// The trusted root's name in the repository
    #[arg(long, value_name = "NAME", default_value = "trusted_root.json")]
    pub target: String,
}

/// Arguments of `trust-root compose`. Entries are given as lists such as
/// `kind=rekor-v2,key=log.pem,url=https://log.example.org,start=2026-01-01T00:00:00Z`.
#[derive(Debug, Args)]
pub struct Compose {
    /// The file to write
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// A trusted_root.json whose entries all stay
    #[arg(long, value_name = "FILE")]
    pub from: Option<PathBuf>,
    /// A log: kind=rekor-v1|rekor-v2,key=PEM,url=URL,start=TIME[,end=TIME]
    #[arg(long = "log", value_name = "LIST")]
    pub logs: Vec<String>,
    /// A certificate authority: chain=PEM,uri=URL,start=TIME[,end=TIME]
    #[arg(long = "ca", value_name = "LIST")]
    pub cas: Vec<String>,
    /// A certificate transparency log: key=PEM,url=URL,start=TIME[,end=TIME]
    #[arg(long = "ct", value_name = "LIST")]
    pub cts: Vec<String>,
    /// A timestamp authority: chain=PEM,uri=URL,start=TIME[,end=TIME]
    #[arg(long = "tsa", value_name = "LIST")]
    pub tsas: Vec<String>,
}

pub(crate) fn run(command: TrustRoot, context: &Context<'_>) -> Result<Outcome, CliError> {
    match command {
        TrustRoot::Show(Show { file }) => shown(&file, context.asked_time()),
        TrustRoot::At(At { file, time: at }) => shown(&file, Some(time(&at)?)),
        TrustRoot::Fetch(command) => fetch(&command, context),
        TrustRoot::Compose(command) => composed(&command),
        TrustRoot::Export(command) => export::run(&command, context),
    }
}

fn shown(file: &Path, at: Option<DateTime<Utc>>) -> Result<Outcome, CliError> {
    let root = parse(&file.display().to_string(), &read(file)?)?;
    let text = format!("{}\n{}", file.display(), show::render(&root, at));
    Ok(Outcome::new(text, SUMMARY, show::summary(&root, at)))
}

fn parse(name: &str, bytes: &[u8]) -> Result<TrustedRoot, CliError> {
    TrustedRoot::parse(bytes).map_err(|e| CliError::new("trust-root", format!("{name}: {e}")))
}

fn fetch(command: &Fetch, context: &Context<'_>) -> Result<Outcome, CliError> {
    let (mut client, trusted) = command.repository.refresh(command.root.as_deref(), context)?;
    let bytes = client.target_bytes(&trusted, &command.target).map_err(|e| unknown(e, &trusted))?;
    let root = parse(&format!("target `{}`", command.target.escape_debug()), &bytes)?;
    let at = Some(trusted.start_time());
    let text = format!(
        "{}{}\n{} of targets v{}\n{}",
        versions(&trusted),
        talk(client.events()),
        command.target.escape_debug(),
        trusted.targets.common.version,
        show::render(&root, at)
    );
    let mut data = refreshed(client.events(), &trusted);
    data["target"] = json!(command.target);
    data["trust_root"] = json!(show::summary(&root, at));
    Ok(Outcome::new(text, "tuffet-trust-root-fetch-v1", data))
}

fn composed(command: &Compose) -> Result<Outcome, CliError> {
    refuse_existing(&command.out)?;
    let start = match &command.from {
        Some(file) => tuffet_trust_root::Compose::from_trusted_root(parse(&file.display().to_string(), &read(file)?)?),
        None => tuffet_trust_root::Compose::new(),
    };
    let root = compose::compose(start, command)?;
    let json = root.to_json();
    // What is written is what a client will read: read it before anybody is told it is done.
    let again = parse(&command.out.display().to_string(), json.as_bytes())?;
    write_new(&command.out, json.as_bytes())?;
    let text = format!("{} is written\n{}", command.out.display(), show::render(&again, None));
    let mut data = json!(show::summary(&again, None));
    data["file"] = json!(command.out);
    data["sha256"] = tuffet_keys::sha256(json.as_bytes()).to_string().into();
    Ok(Outcome::new(text, "tuffet-trust-root-compose-v1", data))
}

/// The trust root of such lists, for commands that make one on their way.
pub(crate) fn from_lists(lists: &Compose) -> Result<TrustedRoot, CliError> {
    compose::compose(tuffet_trust_root::Compose::new(), lists)
}

const SUMMARY: &str = "tuffet-trust-root-summary-v1";
