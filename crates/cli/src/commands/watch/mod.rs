//! `tuffet watch`: a repository as clients meet it, looked at by somebody who operates nothing of it.

mod data;
mod files;
mod look;
mod prometheus;
mod tell;
mod text;

use super::network::Network;
use super::read;
use crate::context::now;
use crate::{CliError, Context, Outcome, outcome};
use chrono::{DateTime, Duration, Utc};
use clap::{Args, ValueEnum};
use look::Place;
use std::path::PathBuf;
use tuffet_builder::outside::{Alarm, Level, OutsideMemory, Sighting, Thresholds, judge};
use tuffet_client::{Rhythm, SystemRhythm};

/// Arguments of `watch`.
#[derive(Debug, Args)]
pub struct Watch {
    /// The repository's metadata: a URL or a directory; may be given again
    #[arg(required = true, value_name = "URL")]
    pub urls: Vec<String>,
    /// The root.json to start from, which reached you in a way you trust
    #[arg(long, value_name = "FILE")]
    pub root: PathBuf,
    /// What was seen before; made at the first look, replaced at each
    #[arg(long, value_name = "FILE")]
    pub memory: PathBuf,
    /// A copy of it, which may lag a day; may be given again
    #[arg(long, value_name = "URL")]
    pub mirror: Vec<String>,
    /// Look again after so many seconds, at most; at least half of it
    #[arg(long, value_name = "SECONDS", conflicts_with = "once")]
    pub every: Option<u64>,
    /// Look once [default]
    #[arg(long)]
    pub once: bool,
    /// End after so many looks
    #[arg(long, value_name = "COUNT", requires = "every")]
    pub rounds: Option<u64>,
    /// Warn so many days before a role expires [default: by the role's period]
    #[arg(long, value_name = "DAYS")]
    pub warn: Option<u32>,
    /// Critical so many days before a role expires [default: by its period]
    #[arg(long, value_name = "DAYS")]
    pub critical: Option<u32>,
    /// From which severity on the exit code is 1
    #[arg(long, value_enum, value_name = "SEVERITY", default_value_t = FailOn::Critical)]
    pub fail_on: FailOn,
    /// Look at metadata alone
    #[arg(long)]
    pub no_targets: bool,
    /// Write metrics as Prometheus reads them, to - or to a file that is replaced
    #[arg(long, value_name = "FILE|-")]
    pub prometheus: Option<PathBuf>,
    /// Write the next ceremonies and who is needed as iCalendar; replaced
    #[arg(long, value_name = "FILE")]
    pub calendar: Option<PathBuf>,
    /// Tell what is new to the URL in this file, by POST
    #[arg(long, value_name = "FILE")]
    pub webhook_file: Option<PathBuf>,
    /// The network.
    #[command(flatten)]
    pub network: Network,
}

/// From which severity on the exit code is 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    /// What is critical alone
    Critical,
    /// Warnings too
    Warn,
    /// Nothing: the report is all
    Never,
}

/// One look, judged.
struct Round {
    at: DateTime<Utc>,
    sightings: Vec<Sighting>,
    alarms: Vec<Alarm>,
    /// Of the alarms, by place: whether it was told at the last look.
    told: Vec<bool>,
    /// What was told then, and is over.
    settled: Vec<String>,
    thresholds: Thresholds,
    notes: Vec<String>,
}

pub(crate) fn run(command: &Watch, context: &Context<'_>) -> Result<Outcome, CliError> {
    let to_stdout = command.prometheus.as_deref().is_some_and(|path| path == std::path::Path::new("-"));
    if to_stdout && context.json {
        return Err(CliError::usage("expected --prometheus - or --json, found both"));
    }
    let pinned = read(&command.root)?;
    let webhook =
        command.webhook_file.as_deref().map(|path| tell::Webhook::open(path, &command.network)).transpose()?;
    let mut places = Vec::new();
    for (url, is_mirror) in command.urls.iter().map(|url| (url, false)).chain(command.mirror.iter().map(|u| (u, true)))
    {
        places.push(Place::open(url, is_mirror, &command.network)?);
    }
    let (mut system, _stop) = SystemRhythm::new(now);
    let mut left = command.rounds;
    loop {
        let at = context.asked_time().unwrap_or_else(|| system.now());
        let (round, memory) = one(command, &places, &pinned, at)?;
        let told = match &webhook {
            Some(webhook) => webhook.tell(&round),
            None => true,
        };
        files::replace(&command.memory, &memory.after(told).to_json())?;
        if let Some(path) = command.prometheus.as_ref().filter(|_| !to_stdout) {
            files::replace(path, prometheus::render(&round).as_bytes())?;
        }
        if let Some(path) = &command.calendar {
            files::replace(path, tell::calendar(&round).as_bytes())?;
        }
        let text = if to_stdout { prometheus::render(&round) } else { text::render(&round) };
        let fails = round.fails(command.fail_on);
        left = left.map(|left| left.saturating_sub(1));
        let Some(every) = command.every else {
            let outcome = Outcome::new(text, "tuffet-outside-v1", data::of(&round));
            return Ok(if fails { outcome.refused() } else { outcome });
        };
        if context.json || to_stdout || round.is_news() || left == command.rounds.map(|all| all.saturating_sub(1)) {
            outcome::line(text.trim_end(), &data::line(&round), context.json);
        }
        if left == Some(0) || !system.wait_spread(std::time::Duration::from_secs(every)) {
            return Ok(if fails { Outcome::silent().refused() } else { Outcome::silent() });
        }
    }
}

/// The memory as it was and as it is after a look.
struct Memories {
    before: OutsideMemory,
    after: OutsideMemory,
}

impl Memories {
    /// What nobody heard is told again.
    fn after(mut self, told: bool) -> OutsideMemory {
        if !told {
            self.after.tell_again(&self.before);
        }
        self.after
    }
}

fn one(command: &Watch, places: &[Place], pinned: &[u8], at: DateTime<Utc>) -> Result<(Round, Memories), CliError> {
    // Read at each look: another observer may share it, and a damaged one is told before anything is written over it.
    let before = files::memory(&command.memory, pinned)?;
    let mut notes = Vec::new();
    let sightings: Vec<Sighting> =
        places.iter().map(|place| place.look(pinned, !command.no_targets, at, &mut notes)).collect();
    let days = |days: Option<u32>| days.map(|days| Duration::days(i64::from(days)));
    let thresholds = Thresholds { warning: days(command.warn), critical: days(command.critical) };
    let alarms = judge(&sightings, &before, &thresholds, at);
    let told = alarms.iter().map(|alarm| before.was_told(alarm)).collect();
    let settled = before.settled(&alarms);
    let mut after = before.clone();
    after.remember(&sightings, &alarms, at);
    Ok((Round { at, sightings, alarms, told, settled, thresholds, notes }, Memories { before, after }))
}

impl Round {
    /// The worst level; `None` where all is well.
    fn worst(&self) -> Option<Level> {
        self.alarms.iter().map(|alarm| alarm.level).max().filter(|level| *level > Level::Note)
    }

    fn count(&self, level: Level) -> usize {
        self.alarms.iter().filter(|alarm| alarm.level == level).count()
    }

    /// The alarms that were not told before.
    fn new_alarms(&self) -> impl Iterator<Item = &Alarm> {
        let alarms = self.alarms.iter().zip(&self.told);
        alarms.filter(|(alarm, told)| !**told && alarm.level > Level::Note).map(|(alarm, _)| alarm)
    }

    fn is_news(&self) -> bool {
        self.new_alarms().next().is_some() || !self.settled.is_empty()
    }

    fn fails(&self, on: FailOn) -> bool {
        match on {
            FailOn::Critical => self.worst() == Some(Level::Critical),
            FailOn::Warn => self.worst().is_some(),
            FailOn::Never => false,
        }
    }
}

/// The level in a word.
fn word(level: Level) -> &'static str {
    match level {
        Level::Note => "note",
        Level::Warning => "warning",
        Level::Critical => "critical",
    }
}
