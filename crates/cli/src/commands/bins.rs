//! `tuffet bins`: repositories of very many targets, whose bins an online key signs.

use super::read;
use crate::{CliError, Context, Outcome, context, progress};
use clap::{Args, Subcommand};
use serde_json::json;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use tuffet_builder::{Bins as Names, Pins, TargetChanges};
use tuffet_keys::Sign;
use tuffet_metadata::{Hashes, TargetFile};
use tuffet_repository::scan::{ScannedFile, copy_content};
use tuffet_repository::{BinKeys, BinReceipt, BinSettings, BinsRepository, Durability, Repository};
use tuffet_signers::KeyUri;

/// What to do with bins.
#[derive(Debug, Subcommand)]
pub enum Bins {
    /// Make every bin for the first time, from a folder of targets
    Make(Make),
    /// Add, replace and remove targets, and renew what expires
    Update(Update),
    /// Show the bins, or the bin and the entry of one target
    Show(Show),
}

/// What every publication needs.
#[derive(Debug, Args)]
pub struct Publication {
    /// The repository's folder
    pub repository: PathBuf,
    /// The key that signs bins
    #[arg(long, value_name = "KEY")]
    pub bins_key: String,
    /// The key that signs snapshot and timestamp, where it is another
    #[arg(long, value_name = "KEY")]
    pub online_key: Option<String>,
    /// When the bins that are signed now expire
    #[arg(long, value_name = "TIME")]
    pub bins_expire: String,
    /// When the snapshot expires
    #[arg(long, value_name = "TIME")]
    pub snapshot_expires: String,
    /// When the timestamp expires
    #[arg(long, value_name = "TIME")]
    pub timestamp_expires: String,
    /// Have the snapshot say only the versions of bins: a quarter of the bytes, and an online key
    /// alone can then exchange a bin
    #[arg(long)]
    pub version_only_pins: bool,
    /// The target files are served from elsewhere: copy none into the repository
    #[arg(long)]
    pub no_content: bool,
    /// Note digests in this file, and go on from there after an interruption
    #[arg(long, value_name = "FILE")]
    pub journal: Option<PathBuf>,
}

/// Arguments of `bins make`.
#[derive(Debug, Args)]
pub struct Make {
    /// Keys, expiries, pins
    #[command(flatten)]
    pub publication: Publication,
    /// The folder of targets
    #[arg(long, value_name = "FOLDER")]
    pub from: PathBuf,
    /// The targets role that delegates to the bins, as a ceremony assembled it, where it is not
    /// published yet
    #[arg(long, value_name = "FILE")]
    pub targets: Option<PathBuf>,
}

/// Arguments of `bins update`.
#[derive(Debug, Args)]
pub struct Update {
    /// Keys, expiries, pins
    #[command(flatten)]
    pub publication: Publication,
    /// Add every file of this folder, or replace the target of its path
    #[arg(long, value_name = "FOLDER")]
    pub add: Option<PathBuf>,
    /// Remove the target of this path; may be given again
    #[arg(long, value_name = "PATH")]
    pub remove: Vec<String>,
    /// Sign bins again that expire before this time
    #[arg(long, value_name = "TIME", conflicts_with_all = ["add", "remove"])]
    pub renew_before: Option<String>,
}

/// Arguments of `bins show`.
#[derive(Debug, Args)]
pub struct Show {
    /// The repository's folder
    pub repository: PathBuf,
    /// A target's path
    pub path: Option<String>,
}

pub(crate) fn run(command: &Bins, context: &mut Context<'_>) -> Result<Outcome, CliError> {
    match command {
        Bins::Make(command) => make(command, context),
        Bins::Update(command) => update(command, context),
        Bins::Show(command) => show(command),
    }
}

fn make(command: &Make, context: &mut Context<'_>) -> Result<Outcome, CliError> {
    let publication = &command.publication;
    let (settings, now) = (publication.settings()?, context.writing_time()?);
    let targets = command.targets.as_deref().map(read).transpose()?;
    let mut bins = open(&publication.repository)?;
    let files = progress::scan(&command.from, publication.journal.as_deref())?.files;
    let keys = publication.keys(context)?;
    publication.copy(&command.from, &files)?;
    let receipt = bins.make(targets, &files, &keys.both(), &settings, now)?;
    Ok(done(Some(receipt)))
}

fn update(command: &Update, context: &mut Context<'_>) -> Result<Outcome, CliError> {
    let publication = &command.publication;
    let (settings, now) = (publication.settings()?, context.writing_time()?);
    if command.add.is_none() && command.remove.is_empty() && command.renew_before.is_none() {
        return Err(CliError::usage("expected --add, --remove or --renew-before, found none: nothing to change"));
    }
    let mut bins = open(&publication.repository)?;
    if let Some(until) = &command.renew_before {
        let until = context::time(until)?;
        let keys = publication.keys(context)?;
        return Ok(done(bins.renew(until, &keys.both(), &settings, now)?));
    }
    let mut changes: TargetChanges = command.remove.iter().map(|path| (path.clone(), None)).collect();
    if let Some(folder) = &command.add {
        let files = progress::scan(folder, publication.journal.as_deref())?.files;
        if let Some(both) = files.iter().find(|file| changes.contains_key(&file.path)) {
            let path = both.path.escape_debug();
            return Err(CliError::usage(format!("target `{path}`: expected --remove or a file to add, found both")));
        }
        publication.copy(folder, &files)?;
        changes.extend(files.into_iter().map(entry));
    }
    let keys = publication.keys(context)?;
    Ok(done(bins.update(changes, &keys.both(), &settings, now)?))
}

fn show(command: &Show) -> Result<Outcome, CliError> {
    let bins = open(&command.repository)?;
    let published = bins.published();
    let names = Names::of(&published.targets).map_err(tuffet_repository::RepositoryError::from)?;
    let Some(path) = &command.path else {
        let meta = published.snapshot.meta();
        let listed = names.names().filter(|name| meta.contains_key(&format!("{name}.json"))).count();
        let all = names.names().count();
        let (snapshot, timestamp) = (published.snapshot.common.version, published.timestamp.common.version);
        let text =
            format!("bins {all}, of which the snapshot lists {listed}\nsnapshot {snapshot}, timestamp {timestamp}");
        let data = json!({ "bins": all, "listed": listed, "snapshot": snapshot, "timestamp": timestamp });
        return Ok(Outcome::new(text, "tuffet-bins-v1", data));
    };
    let name = names.bin_of(path).map_err(tuffet_repository::RepositoryError::from)?;
    let bin = bins.bin(&name)?;
    let found = bin.targets().get(path);
    let (version, expires, targets) = (bin.common.version, bin.common.expires.to_string(), bin.targets().len());
    let what = found.as_ref().map_or("not listed".to_owned(), |file| {
        let hashes: Vec<String> = file.hashes.prefixes().collect();
        format!("{} bytes, {}", file.length.unwrap_or(0), hashes.join(", "))
    });
    let text = format!("{name} v{version}, {targets} targets, expires {expires}\n{}: {what}", path.escape_debug());
    let file = found.map(|file| json!({ "length": file.length, "hashes": file.hashes.prefixes().collect::<Vec<_>>() }));
    let data = json!({ "bin": name, "version": version, "expires": expires, "targets": targets, "target": file });
    Ok(Outcome::new(text, "tuffet-bin-v1", data))
}

fn open(folder: &std::path::Path) -> Result<BinsRepository, CliError> {
    Ok(BinsRepository::open(Repository::open(folder))?)
}

fn entry(file: ScannedFile) -> (String, Option<TargetFile>) {
    let hashes = Hashes { sha256: Some(file.sha256), sha512: None, unknown: Vec::new() };
    (file.path, Some(TargetFile { length: Some(file.length), hashes, custom: None }))
}

fn done(receipt: Option<BinReceipt>) -> Outcome {
    let Some(receipt) = receipt else {
        let data = json!({ "bins": {}, "bytes": 0, "snapshot": null, "timestamp": null });
        return Outcome::new("nothing changes: nothing was signed (R11)", "tuffet-bins-update-v1", data);
    };
    let BinReceipt { bins, bytes, snapshot, timestamp } = receipt;
    let first: Vec<String> = bins.iter().take(8).map(|(name, version)| format!("{name} v{version}")).collect();
    let more = bins.len().checked_sub(first.len()).filter(|more| *more > 0);
    let more = more.map_or(String::new(), |more| format!(" and {more} more"));
    let text = format!(
        "published {} bins: {}{more}\nsnapshot {snapshot}, timestamp {timestamp}, {bytes} bytes",
        bins.len(),
        first.join(", ")
    );
    let data = json!({ "bins": bins, "bytes": bytes, "snapshot": snapshot, "timestamp": timestamp });
    Outcome::new(text, "tuffet-bins-update-v1", data)
}

/// The keys, opened once each.
struct Opened {
    bins: Box<dyn Sign>,
    online: Option<Box<dyn Sign>>,
}

impl Opened {
    fn both(&self) -> BinKeys<'_> {
        BinKeys { bins: &*self.bins, online: self.online.as_deref().unwrap_or(&*self.bins) }
    }
}

impl Publication {
    fn settings(&self) -> Result<BinSettings, CliError> {
        Ok(BinSettings {
            bins: context::time(&self.bins_expire)?,
            snapshot: context::time(&self.snapshot_expires)?,
            timestamp: context::time(&self.timestamp_expires)?,
            pins: if self.version_only_pins { Pins::VersionOnly } else { Pins::Full },
            threads: std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN),
            durability: Durability::Synced,
        })
    }

    fn keys(&self, context: &mut Context<'_>) -> Result<Opened, CliError> {
        let mut open = |uri: &String| -> Result<Box<dyn Sign>, CliError> {
            let uri: KeyUri = uri.parse()?;
            Ok(tuffet_signers::open(&uri, &mut *context.terminal)?)
        };
        let bins = open(&self.bins_key)?;
        let other = self.online_key.as_ref().filter(|uri| **uri != self.bins_key);
        Ok(Opened { bins, online: other.map(open).transpose()? })
    }

    /// Target files before the metadata that lists them (R10).
    fn copy(&self, folder: &std::path::Path, files: &[ScannedFile]) -> Result<(), CliError> {
        if !self.no_content {
            copy_content(folder, files, &Repository::open(&self.repository), Durability::Synced)??;
        }
        Ok(())
    }
}
