//! `tuffet publish`: from an assembled ceremony, or from another place where it was looked at, to a repository.

mod ceremony;
mod copy;

use crate::{CliError, Context, Outcome};
use clap::Args;
use std::path::PathBuf;
use tuffet_repository::Receipt;

/// Arguments of `publish`.
#[derive(Debug, Args)]
pub struct Publish {
    /// The ceremony's directory
    #[arg(requires = "online_key", required_unless_present = "to")]
    pub ceremony: Option<PathBuf>,
    /// The online key, which signs snapshot and timestamp
    #[arg(long, value_name = "KEY", requires = "ceremony")]
    pub online_key: Option<String>,
    /// The online key so far, where the ceremony brings another: for the moment between the new root and
    /// its timestamp, both keys sign what is published now
    #[arg(long, value_name = "KEY", requires = "ceremony")]
    pub bridge_key: Option<String>,
    /// Publish there: a destination of tuffet.toml, or a location (a folder, s3://BUCKET/PREFIX,
    /// gs://…, az://…, git+https://REMOTE#BRANCH). Without a ceremony, what is published elsewhere
    #[arg(long, value_name = "DESTINATION")]
    pub to: Option<String>,
    /// Copy what is published there [default: the workspace's repository]
    #[arg(long, value_name = "DESTINATION", requires = "to", conflicts_with = "ceremony")]
    pub from: Option<String>,
    /// SHA-256 of the timestamp.json that was looked at: nothing else is copied
    #[arg(long, value_name = "HEX", requires = "to", conflicts_with = "ceremony")]
    pub digest: Option<String>,
    /// Pin files in snapshot and timestamp by version alone: smaller, and whoever steals the online
    /// key can swap a file for another of its version
    #[arg(long, requires = "ceremony")]
    pub version_only_pins: bool,
    /// Days until the snapshot expires, counted from now and not from the plan: for a ceremony
    /// that took long
    #[arg(long, value_name = "DAYS", requires_all = ["timestamp_days", "ceremony"])]
    pub snapshot_days: Option<u32>,
    /// The same for the timestamp
    #[arg(long, value_name = "DAYS", requires = "snapshot_days")]
    pub timestamp_days: Option<u32>,
    /// Leave the page as it is: index.html and status.json
    #[arg(long)]
    pub no_page: bool,
}

pub(crate) fn publish(command: &Publish, context: &mut Context<'_>) -> Result<Outcome, CliError> {
    match (&command.ceremony, &command.online_key, &command.to) {
        (Some(ceremony), Some(key), _) => {
            ceremony::publish(command, ceremony, key, context).map_err(|error| error.with_dir(ceremony))
        }
        (_, _, Some(to)) => copy::publish(command, to, context),
        // clap asks for one of them.
        _ => Err(CliError::usage("expected a ceremony and its --online-key, or --to")),
    }
}

/// What is published now.
fn told(receipt: &Receipt) -> String {
    let Receipt { root, targets, snapshot, timestamp, .. } = receipt;
    format!("root {root}, targets {targets}, snapshot {snapshot}, timestamp {timestamp}")
}
