//! `tuffet trust-pack`: trust in one file, for places without a network.

use super::client::{refreshed, talk, versions};
use super::network::Network;
use super::{make_folder, read, refuse_existing, write_new};
use crate::{CliError, Context, Outcome};
use clap::{Args, Subcommand};
use serde_json::json;
use std::path::PathBuf;
use tuffet_client::{Floors, PackError, PackLimits, PackSource, PackTrust, Policy, TrustPack};
use tuffet_keys::Sha256;

/// Trust-pack commands.
#[derive(Debug, Subcommand)]
pub enum Pack {
    /// Refresh from a root you trust and pack everything that took
    Make(Make),
    /// Verify a pack without a network and put its targets into a folder
    Open(Open),
}

/// Arguments of `trust-pack make`.
#[derive(Debug, Args)]
pub struct Make {
    /// The repository's metadata: a URL or a directory
    #[arg(long, value_name = "LOCATION")]
    pub url: String,
    /// The repository's targets, if they do not lie in targets/ below its metadata
    #[arg(long, value_name = "LOCATION")]
    pub targets: Option<String>,
    /// The root.json to start from
    #[arg(long, value_name = "FILE")]
    pub root: PathBuf,
    /// The pack to write
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// The targets to pack
    #[arg(value_name = "NAME", default_value = "trusted_root.json")]
    pub names: Vec<String>,
    /// The network.
    #[command(flatten)]
    pub network: Network,
}

/// Arguments of `trust-pack open`.
#[derive(Debug, Args)]
#[command(group = clap::ArgGroup::new("trust").required(true).args(["root", "sha256"]))]
pub struct Open {
    /// The pack
    pub pack: PathBuf,
    /// The root.json you trust
    #[arg(long, value_name = "FILE")]
    pub root: Option<PathBuf>,
    /// The pack's SHA-256, as its maker announced it: then the pack's own root will do
    #[arg(long, value_name = "HEX")]
    pub sha256: Option<String>,
    /// The lowest versions to take: root,timestamp,snapshot,targets
    #[arg(long, value_name = "N,N,N,N")]
    pub floors: Option<String>,
    /// The folder to put the targets in
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// The targets to put there
    #[arg(value_name = "NAME", default_value = "trusted_root.json")]
    pub names: Vec<String>,
}

pub(crate) fn run(command: Pack, context: &Context<'_>) -> Result<Outcome, CliError> {
    match command {
        Pack::Make(command) => make(&command, context),
        Pack::Open(command) => open(&command, context),
    }
}

fn make(command: &Make, context: &Context<'_>) -> Result<Outcome, CliError> {
    refuse_existing(&command.out)?;
    let metadata = command.network.open(&command.url)?;
    let targets = command.targets.as_deref().map(|location| command.network.open(location)).transpose()?;
    let source = PackSource {
        metadata: &*metadata,
        targets: targets.as_deref().map(|transport| transport as &dyn tuffet_client::Transport),
    };
    let (pin, policy) = (read(&command.root)?, Policy::default());
    let pack = TrustPack::make(source, &pin, &command.names, context.reading_time(), &policy)?;
    let bytes = pack.to_bytes();
    // What is carried away is read back before anybody is told it is done.
    let again = TrustPack::read(&bytes, PackLimits::default())?;
    again.open(PackTrust::Root(&pin), Floors::default(), context.reading_time(), &policy)?;
    write_new(&command.out, &bytes)?;
    let (sha256, floors) = (pack.sha256(), pack.floors());
    let text = format!(
        "{} is written: {} bytes, {} files\nfloors  root v{}, timestamp v{}, snapshot v{}, targets v{}\nsha256  {sha256}\n",
        command.out.display(),
        bytes.len(),
        pack.paths().count(),
        floors.root,
        floors.timestamp,
        floors.snapshot,
        floors.targets,
    );
    let data = json!({
        "file": command.out,
        "sha256": sha256.to_string(),
        "length": bytes.len(),
        "floors": data(floors),
        "paths": pack.paths().collect::<Vec<_>>(),
    });
    Ok(Outcome::new(text, "tuffet-trust-pack-make-v1", data))
}

fn open(command: &Open, context: &Context<'_>) -> Result<Outcome, CliError> {
    let floors = command.floors.as_deref().map_or(Ok(Floors::default()), read_floors)?;
    let pack = TrustPack::read(&read(&command.pack)?, PackLimits::default())?;
    let pin = command.root.as_deref().map(read).transpose()?;
    let trust = match (&pin, &command.sha256) {
        (Some(pin), _) => PackTrust::Root(pin),
        (None, Some(text)) => PackTrust::Digest(digest(text)?),
        (None, None) => return Err(CliError::usage("expected --root or --sha256")),
    };
    let mut opened = pack.open(trust, floors, context.reading_time(), &Policy::default())?;
    let mut text = format!("{}{}", versions(&opened.trusted), talk(opened.events()));
    let mut data = refreshed(opened.events(), &opened.trusted);
    let mut targets = Vec::new();
    // All are there before the first is written.
    for name in &command.names {
        targets.push((name, opened.target_bytes(name).map_err(|e| super::client::unknown(e, &opened.trusted))?));
    }
    if let Some(out) = &command.out {
        make_folder(out)?;
        for (name, _) in &targets {
            let done = opened.download(name, out)?;
            text += &format!("{} bytes  {}\n", done.length, done.path.display());
        }
    }
    data["targets"] = targets
        .iter()
        .map(|(name, bytes)| {
            json!({"target": name, "length": bytes.len(), "sha256": tuffet_keys::sha256(bytes).to_string()})
        })
        .collect();
    Ok(Outcome::new(text, "tuffet-trust-pack-open-v1", data))
}

fn data(floors: Floors) -> serde_json::Value {
    let Floors { root, timestamp, snapshot, targets } = floors;
    json!({"root": root, "timestamp": timestamp, "snapshot": snapshot, "targets": targets})
}

fn read_floors(text: &str) -> Result<Floors, CliError> {
    let refuse = || CliError::usage(format!("expected four versions N,N,N,N, found `{}`", text.escape_debug()));
    let versions: Vec<u64> = text.split(',').map(str::parse).collect::<Result<_, _>>().map_err(|_| refuse())?;
    match versions[..] {
        [root, timestamp, snapshot, targets] => Ok(Floors { root, timestamp, snapshot, targets }),
        _ => Err(refuse()),
    }
}

/// A SHA-256 as a person types it.
pub(super) fn digest(text: &str) -> Result<Sha256, CliError> {
    Sha256::from_hex(&text.to_ascii_lowercase()).ok_or_else(|| {
        CliError::usage(format!("expected a SHA-256 as 64 characters of hex, found `{}`", text.escape_debug()))
    })
}

impl From<PackError> for CliError {
    fn from(error: PackError) -> Self {
        let new = Self::new(error.code(), error.to_string());
        error.hint().map_or(new.clone(), |hint| new.hint(hint))
    }
}
