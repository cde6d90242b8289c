//! `tuffet client watch`: one line a change, for as long as it runs.

use super::super::network::Network;
use super::super::read;
use crate::context::now;
use crate::{CliError, Context, Outcome, outcome};
use chrono::{DateTime, Utc};
use clap::Args;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::time::Duration;
use tuffet_client::{Rhythm, SystemRhythm, TrustStore, Watch as TrustWatch, WatchEvent};
use tuffet_metadata::format_time;
use tuffet_trust_root::Entry;

/// Arguments of `client watch`.
#[derive(Debug, Args)]
pub struct Watch {
    /// The repository's metadata: a URL or a directory
    pub url: String,
    /// The root.json to start from
    #[arg(long, value_name = "FILE")]
    pub root: PathBuf,
    /// The directory that keeps what is trusted
    #[arg(long, value_name = "DIR")]
    pub cache: PathBuf,
    /// The trusted root's name in the repository
    #[arg(long, value_name = "NAME", default_value = "trusted_root.json")]
    pub target: String,
    /// Seconds between refreshes, at most; at least half of it
    #[arg(long, value_name = "SECONDS", default_value_t = 3600)]
    pub every: u64,
    /// End after one refresh; refused if it failed
    #[arg(long, conflicts_with = "rounds")]
    pub once: bool,
    /// End after so many refreshes
    #[arg(long, value_name = "COUNT")]
    pub rounds: Option<u64>,
    /// The network.
    #[command(flatten)]
    pub network: Network,
}

/// The machine's rhythm, until the last round.
struct Bounded {
    system: SystemRhythm,
    at: Option<DateTime<Utc>>,
    left: Option<u64>,
}

impl Rhythm for Bounded {
    fn now(&mut self) -> DateTime<Utc> {
        self.at.unwrap_or_else(|| self.system.now())
    }
    fn wait(&mut self, wait: Duration) -> bool {
        self.left = self.left.map(|left| left.saturating_sub(1));
        self.left != Some(0) && self.system.wait(wait)
    }
    fn jitter(&mut self) -> u32 {
        self.system.jitter()
    }
}

pub(crate) fn run(command: &Watch, context: &Context<'_>) -> Result<Outcome, CliError> {
    let transport = command.network.open(&command.url)?;
    let store = TrustStore::over(transport, read(&command.root)?).cache(&command.cache).target(&command.target);
    let (system, _stop) = SystemRhythm::new(now);
    let left = if command.once { Some(1) } else { command.rounds };
    let mut rhythm = Bounded { system, at: context.asked_time(), left };
    let mut failed = None;
    TrustWatch::new(store, Duration::from_secs(command.every)).run(&mut rhythm, |event| {
        for (text, data) in lines(&event) {
            outcome::line(&text, &data, context.json);
        }
        failed = match event {
            WatchEvent::Failed(error) => {
                let new = CliError::new(error.code(), error.to_string());
                Some(error.hint().map_or(new.clone(), |hint| new.hint(hint)))
            }
            _ => None,
        };
    });
    failed.filter(|_| command.once).map_or(Ok(Outcome::silent()), Err)
}

/// An event as lines: what changed, or that nothing is trusted any more. No news is no line.
fn lines(event: &WatchEvent<'_>) -> Vec<(String, Value)> {
    let line = |change: &str, text: String, more: Value| {
        (format!("{change}: {text}"), json!({"schema": "tuffet-watch-v1", "change": change, "detail": more}))
    };
    let entry = |change: &str, entry: &Entry| {
        let name = entry.url.as_deref().or(entry.subject.as_deref()).unwrap_or(&entry.id).escape_debug().to_string();
        line(change, format!("{} {name}", entry.kind.words()), json!(entry))
    };
    match event {
        WatchEvent::Trusted(trust) => {
            let (version, until) = (trust.refreshed().targets.common.version, format_time(trust.valid_until()));
            let entries = trust.trusted_root().entries().len();
            let text = format!("targets v{version}, {entries} entries, until {until}");
            vec![line("trusted", text, json!({"targets": version, "entries": entries, "until": until}))]
        }
        WatchEvent::Unchanged(_) => Vec::new(),
        WatchEvent::Changed(_, changes) => {
            let added = changes.added.iter().map(|e| entry("added", e));
            let closed = changes.closed.iter().map(|e| entry("closed", e));
            let removed = changes.removed.iter().map(|e| entry("removed", e));
            added.chain(closed).chain(removed).collect()
        }
        WatchEvent::Failed(error) => {
            vec![line("failed", error.to_string(), json!({"code": error.code(), "error": error.to_string()}))]
        }
        WatchEvent::Expired(when) => {
            vec![line("expired", format_time(*when), json!({"at": format_time(*when)}))]
        }
    }
}
