//! `tuffet client`: what an application does with `tuffet-client`, by hand.

pub(crate) mod watch;

use super::network::Network;
use super::{evidence, read};
use crate::table::{Column, Table};
use crate::{CliError, Context, Outcome};
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use tuffet_client::{AnyTransport, Cache, Client as TufClient, ClientError, Event, Policy, Refreshed, TargetError};
use tuffet_metadata::{Common, RoleName, Root, Unverified, format_time};

/// Client commands.
#[derive(Debug, Subcommand)]
pub enum Client {
    /// Start a cache from a root.json that reached you in a way you trust
    Init(Init),
    /// Bring the cache up to date
    Refresh(Refresh),
    /// Bring the cache up to date and fetch targets
    Download(Download),
    /// Refresh again and again, and print one line a change of the trust root
    Watch(watch::Watch),
}

/// Arguments of `client init`.
#[derive(Debug, Args)]
pub struct Init {
    /// The directory that keeps what is trusted
    #[arg(long, value_name = "DIR")]
    pub cache: PathBuf,
    /// The root.json to start from
    #[arg(long, value_name = "FILE")]
    pub root: PathBuf,
    /// What speaks for it.
    #[command(flatten)]
    pub evidence: evidence::Arguments,
}

/// The cache and the repository it belongs to.
#[derive(Debug, Args)]
pub struct Repository {
    /// The directory that keeps what is trusted
    #[arg(long, value_name = "DIR")]
    pub cache: PathBuf,
    /// The repository's metadata: a URL or a directory
    #[arg(long, value_name = "LOCATION")]
    pub url: String,
    /// The repository's targets, if they do not lie in targets/ below its metadata
    #[arg(long, value_name = "LOCATION")]
    pub targets: Option<String>,
    /// The network.
    #[command(flatten)]
    pub network: Network,
}

/// Arguments of `client refresh`.
#[derive(Debug, Args)]
pub struct Refresh {
    /// The directory that keeps what is trusted
    #[arg(long, value_name = "DIR")]
    pub cache: PathBuf,
    /// The repository's metadata: a URL or a directory
    #[arg(long, value_name = "LOCATION", required_unless_present = "offline")]
    pub url: Option<String>,
    /// Verify what is in the cache once more, without a request
    #[arg(long, conflicts_with = "url")]
    pub offline: bool,
    /// The network.
    #[command(flatten)]
    pub network: Network,
}

/// Arguments of `client download`.
#[derive(Debug, Args)]
pub struct Download {
    /// The repository.
    #[command(flatten)]
    pub repository: Repository,
    /// The directory to put the targets in
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// The targets' paths, as the repository lists them
    #[arg(required = true, value_name = "NAME")]
    pub names: Vec<String>,
}

/// A client after its refresh.
pub(super) type Refreshing = TufClient<AnyTransport, Cache>;

pub(crate) fn run(command: Client, context: &Context<'_>) -> Result<Outcome, CliError> {
    match command {
        Client::Init(command) => init(&command),
        Client::Refresh(command) => refresh(&command, context),
        Client::Download(command) => download(&command, context),
        Client::Watch(command) => watch::run(&command, context),
    }
}

impl Repository {
    /// Refreshes the cache, first starting it from `pin` where one is given.
    pub(super) fn refresh(
        &self,
        pin: Option<&Path>,
        context: &Context<'_>,
    ) -> Result<(Refreshing, Refreshed), CliError> {
        let transport = self.network.open(&self.url)?;
        let (cache, policy) = (Cache::new(&self.cache), Policy::default());
        let mut client = match pin {
            Some(pin) => TufClient::bootstrap(cache, transport, policy, &read(pin)?)?,
            None => TufClient::open(cache, transport, policy),
        };
        if let Some(targets) = &self.targets {
            client = client.with_targets(self.network.open(targets)?);
        }
        let trusted = client.refresh(context.reading_time()).map_err(|e| explain(e, &self.cache))?;
        Ok((client, trusted))
    }
}

/// The client's error, with the command that makes a cache where there is none.
fn explain(error: ClientError, cache: &Path) -> CliError {
    let no_root = matches!(error, ClientError::NoRoot { .. });
    let error = CliError::from(error);
    if no_root {
        let cache = cache.display();
        error.hint(format!("`tuffet client init --cache {cache} --root root.json`, with a root.json you trust"))
    } else {
        error
    }
}

fn init(command: &Init) -> Result<Outcome, CliError> {
    let pin = read(&command.root)?;
    let policy = Policy::default();
    command.evidence.check(&pin, &policy)?;
    let mut cache = Cache::new(&command.cache);
    let events = tuffet_client::init(&mut cache, &pin, &policy)?;
    // The cache may hold a newer root than the pin: say which it starts from.
    let stored = read(&command.cache.join("root.json"))?;
    let root = Unverified::<Root>::new(stored)
        .verify_pinned(&policy.profile, &policy.limits)
        .map_err(|e| CliError::from(ClientError::Pin(e)))?;
    let text = format!(
        "cache   {}\nroot    v{}\nsha256  {}\n{}",
        command.cache.display(),
        root.common.version,
        root.sha256(),
        talk(&events)
    );
    let data = json!({
        "cache": command.cache,
        "root": {"version": root.common.version, "sha256": root.sha256().to_string()},
        "events": events.iter().map(event).collect::<Vec<_>>(),
    });
    Ok(Outcome::new(text, "tuffet-client-init-v1", data))
}

fn refresh(command: &Refresh, context: &Context<'_>) -> Result<Outcome, CliError> {
    let (events, trusted) = match &command.url {
        None => {
            let cache = Cache::new(&command.cache);
            let verified = tuffet_client::verify_offline(&cache, context.reading_time(), Policy::default());
            let (trusted, events) = verified.map_err(|e| explain(e, &command.cache))?;
            (events, trusted)
        }
        Some(url) => {
            let (cache, url, network) = (command.cache.clone(), url.clone(), command.network.clone());
            let (client, trusted) = Repository { cache, url, targets: None, network }.refresh(None, context)?;
            (client.events().to_vec(), trusted)
        }
    };
    let text = format!("{}{}", versions(&trusted), talk(&events));
    Ok(Outcome::new(text, "tuffet-client-refresh-v1", refreshed(&events, &trusted)))
}

fn download(command: &Download, context: &Context<'_>) -> Result<Outcome, CliError> {
    let (mut client, trusted) = command.repository.refresh(None, context)?;
    super::make_folder(&command.out)?;
    let mut table = Table::new([("bytes", Column::Number), ("", Column::Text), ("target", Column::Wide)]);
    let mut targets = Vec::new();
    for name in &command.names {
        let done = client.download(&trusted, name, &command.out).map_err(|e| unknown(e, &trusted))?;
        let how = if done.fetched { "fetched" } else { "was there" };
        table.row([done.length.to_string(), how.into(), done.path.display().to_string()]);
        targets.push(json!({"target": name, "path": done.path, "length": done.length, "fetched": done.fetched}));
    }
    let text = format!("{}\n{}{}", versions(&trusted), table.finish(), talk(client.events()));
    let mut data = refreshed(client.events(), &trusted);
    data["targets"] = targets.into();
    Ok(Outcome::new(text, "tuffet-client-download-v1", data))
}

/// The client's error, with the targets there are where the one asked for is not.
pub(super) fn unknown(error: ClientError, trusted: &Refreshed) -> CliError {
    use TargetError::{Unknown, Unlisted};
    let unknown = matches!(error, ClientError::UnknownTarget(Unknown { .. } | Unlisted { .. }));
    let error = CliError::from(error);
    if !unknown {
        return error;
    }
    let listed: Vec<String> = trusted.targets.targets().keys().map(|path| path.escape_debug().to_string()).collect();
    if listed.is_empty() {
        return error.hint("the repository lists no target");
    }
    let more = listed.len().saturating_sub(LISTED);
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    let shown: Vec<_> = listed.into_iter().take(LISTED).collect();
    error.hint(format!("the repository lists {}{more}", shown.join(", ")))
}

/// The versions and expiries, for people.
pub(super) fn versions(trusted: &Refreshed) -> String {
    let mut table = Table::new([
        ("role", Column::Text),
        ("version", Column::Number),
        ("expires", Column::Text),
        ("days left", Column::Number),
    ]);
    for (role, common) in roles(trusted) {
        let left = common.expires.time().signed_duration_since(trusted.start_time()).num_days();
        table.row([role.to_string(), common.version.to_string(), common.expires.to_string(), left.to_string()]);
    }
    format!("trusted at {}\n{}", format_time(trusted.start_time()), table.finish())
}

fn roles(trusted: &Refreshed) -> [(RoleName, &Common); 4] {
    [
        (RoleName::Root, &trusted.root.common),
        (RoleName::Timestamp, &trusted.timestamp.common),
        (RoleName::Snapshot, &trusted.snapshot.common),
        (RoleName::Targets, &trusted.targets.common),
    ]
}

/// What a refresh found, for programs.
pub(super) fn refreshed(events: &[Event], trusted: &Refreshed) -> Value {
    let role = |(role, common): (RoleName, &Common)| json!({"role": role.as_str(), "version": common.version, "expires": common.expires.to_string()});
    json!({
        "at": format_time(trusted.start_time()),
        "roles": roles(trusted).map(role),
        "events": events.iter().map(event).collect::<Vec<_>>(),
    })
}

fn event(event: &Event) -> Value {
    json!({"code": event.code(), "text": event.to_string()})
}

/// The events, one a line.
pub(super) fn talk(events: &[Event]) -> String {
    events.iter().map(|event| format!("note: {event}\n")).collect()
}

const LISTED: usize = 20;
