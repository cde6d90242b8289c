//! `tuffet trust-root`: what the targets of a repository say about logs and authorities.

mod check;
mod close;
pub(crate) mod compose;
mod diff;
pub(crate) mod entries;
mod export;
mod list;
#[cfg(feature = "prove")]
mod prove;
mod rotate;
mod show;
mod sources;
mod timeline;

use super::client::{Repository, refreshed, talk, unknown, versions};
use super::{read, write_new};
use crate::context::time;
use crate::{CliError, Context, Outcome};
use chrono::{DateTime, Utc};
use clap::{Args, Subcommand};
use serde_json::json;
use std::path::{Path, PathBuf};
use tuffet_trust_root::{Tolerant, TrustedRoot};

/// Trust-root commands.
#[derive(Debug, Subcommand)]
pub enum TrustRoot {
    /// Show the logs and authorities of a trusted_root.json; with --at those valid then
    Show(Show),
    /// Show those that are valid at a time
    At(At),
    /// Refresh a client, fetch its trusted root and show what is valid
    Fetch(Fetch),
    /// Hold a trusted_root.json, and what stands beside it, to the rules
    Check(check::Check),
    /// What changed between two trust roots or two signing configs
    Diff(diff::Diff),
    /// Draw when each log and authority is trusted, as an SVG
    Timeline(timeline::Timeline),
    /// Make a trusted_root.json from keys and certificate chains
    Compose(compose::Compose),
    /// Add logs and authorities; whatever is there stays as it is
    Add(compose::Add),
    /// End the window of a log or an authority
    Close(close::Close),
    /// Plan that a log or an authority takes another's place: what is signed, and when
    Rotate(rotate::Rotate),
    /// Verify real bundles against a trusted_root.json, and that foreign ones are refused
    #[cfg(feature = "prove")]
    Prove(prove::Prove),
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

pub(crate) fn run(command: TrustRoot, context: &Context<'_>) -> Result<Outcome, CliError> {
    match command {
        TrustRoot::Show(Show { file }) => shown(&file, context.asked_time()),
        TrustRoot::At(At { file, time: at }) => shown(&file, Some(time(&at)?)),
        TrustRoot::Fetch(command) => fetch(&command, context),
        TrustRoot::Check(command) => check::run(&command, context),
        TrustRoot::Diff(command) => diff::run(&command, context),
        TrustRoot::Timeline(command) => timeline::run(&command, context),
        TrustRoot::Compose(command) => compose::run(&command),
        TrustRoot::Add(command) => compose::add(&command),
        TrustRoot::Close(command) => close::run(&command),
        TrustRoot::Rotate(command) => rotate::run(&command),
        #[cfg(feature = "prove")]
        TrustRoot::Prove(command) => prove::run(&command, context),
        TrustRoot::Export(command) => export::run(&command, context),
    }
}

fn shown(file: &Path, at: Option<DateTime<Utc>>) -> Result<Outcome, CliError> {
    let root = read_tolerant(file)?;
    let text = format!("{}\n{}", file.display(), show::whole(&root, at));
    Ok(Outcome::new(text, SUMMARY, show::report(&root, at)))
}

/// The trust root in a file, read as a client reads it: what only shows may not stop at an entry of tomorrow.
fn read_tolerant(file: &Path) -> Result<Tolerant, CliError> {
    tolerant(&file.display().to_string(), &read(file)?)
}

fn tolerant(name: &str, bytes: &[u8]) -> Result<Tolerant, CliError> {
    Tolerant::parse(bytes).map_err(|e| CliError::new("trust-root", format!("{name}: {e}")))
}

fn parse(name: &str, bytes: &[u8]) -> Result<TrustedRoot, CliError> {
    TrustedRoot::parse(bytes).map_err(|e| CliError::new("trust-root", format!("{name}: {e}")))
}

fn fetch(command: &Fetch, context: &Context<'_>) -> Result<Outcome, CliError> {
    let (mut client, trusted) = command.repository.refresh(command.root.as_deref(), context)?;
    let bytes = client.target_bytes(&trusted, &command.target).map_err(|e| unknown(e, &trusted))?;
    let root = tolerant(&format!("target `{}`", command.target.escape_debug()), &bytes)?;
    let at = Some(trusted.start_time());
    let text = format!(
        "{}{}\n{} of targets v{}\n{}",
        versions(&trusted),
        talk(client.events()),
        command.target.escape_debug(),
        trusted.targets.common.version,
        show::whole(&root, at)
    );
    let mut data = refreshed(client.events(), &trusted);
    data["target"] = json!(command.target);
    data["trust_root"] = json!(show::report(&root, at));
    Ok(Outcome::new(text, "tuffet-trust-root-fetch-v1", data))
}

/// What a command that makes a trust root tells and writes. What is written is what a client will read, so it is read
/// before anybody is told that it is done.
fn written(out: &Path, root: &TrustedRoot, schema: &'static str, more: &str) -> Result<Outcome, CliError> {
    let json = root.to_json();
    let again = parse(&out.display().to_string(), json.as_bytes())?;
    write_new(out, json.as_bytes())?;
    let text = format!("{} is written\n{more}{}", out.display(), show::render(&again, None));
    let mut data = json!(show::summary(&again, None));
    data["file"] = json!(out);
    data["sha256"] = tuffet_keys::sha256(json.as_bytes()).to_string().into();
    Ok(Outcome::new(text, schema, data))
}

/// The trust root in a file.
fn read_root(file: &Path) -> Result<TrustedRoot, CliError> {
    parse(&file.display().to_string(), &read(file)?)
}

const SUMMARY: &str = "tuffet-trust-root-summary-v1";
