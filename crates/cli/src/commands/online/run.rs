//! `tuffet online run`: the service.

use super::super::plan::published_at;
use super::once::{data, said};
use super::state::StateServer;
use super::{Anew, PassOver, Where, warnings};
use crate::context::now;
use crate::error::INTERRUPTED;
use crate::{CliError, Context, Outcome, outcome};
use chrono::{DateTime, Utc};
use clap::Args;
use serde_json::json;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tuffet_client::{Rhythm, Stop, SystemRhythm};
use tuffet_metadata::format_time;
use tuffet_repository::{OnlineEvent, OnlineState, RepositoryError, run_online};

/// Arguments of `online run`.
#[derive(Debug, Args)]
pub struct Run {
    /// Key and days.
    #[command(flatten)]
    pub anew: Anew,
    /// The place.
    #[command(flatten)]
    pub place: Where,
    /// Seconds between two looks at the repository, at most; at least half of it
    #[arg(long, value_name = "SECONDS", default_value_t = 3600, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub every: u64,
    /// Tell whether it lives (/healthz), whether it does its work (/readyz), and Prometheus (/metrics)
    /// under this address, such as 127.0.0.1:9464
    #[arg(long, value_name = "ADDRESS")]
    pub listen: Option<SocketAddr>,
    /// Expired delegations.
    #[command(flatten)]
    pub pass_over: PassOver,
}

pub(super) fn run(command: &Run, context: &mut Context<'_>) -> Result<Outcome, CliError> {
    let clock = clock(context)?;
    let workspace = context.workspace(Path::new("."))?;
    let (repository, through) = command.place.open(&workspace)?;
    let place = repository.place().describe();
    let roles = command.anew.roles(command.pass_over.names()?);
    // A service that cannot work says so when it is started, not at the first night.
    roles.agenda(&published_at(&repository, &place)?, clock())?;
    let key = command.anew.open_key(context)?;
    let every = Duration::from_secs(command.every);
    let (system, stop) = SystemRhythm::new(now);
    let mut rhythm = Clocked { system, clock: Arc::clone(&clock) };
    let shared = Arc::new(Mutex::new(OnlineState::starting(rhythm.now(), every)));
    let _server = command.listen.map(|address| StateServer::start(address, Arc::clone(&shared), clock)).transpose()?;
    stop_on_signal(stop)?;
    let json = context.json;
    outcome::line(
        &format!("{place}, {}, a look every {} s", key.describe(), command.every),
        &json!({"schema": EVENT, "event": "started", "place": place,
            "key": key.describe(), "every_seconds": command.every}),
        json,
    );
    let last = run_online(
        &mut rhythm,
        every,
        |now| {
            let round =
                roles.round_through(&repository, &*key, now, |accepted| through.publish(accepted, &repository))?;
            command.place.write_page(&workspace, &repository, &round, now);
            Ok(round)
        },
        |state, event| {
            shared.lock().unwrap_or_else(PoisonError::into_inner).clone_from(state);
            tell(state, &event, json);
        },
    );
    let rounds = last.rounds;
    outcome::line(
        &format!("stopped after {} rounds, {} signed", total(&last), rounds.signed),
        &json!({"schema": EVENT, "event": "stopped", "rounds": total(&last), "signed": rounds.signed,
            "failed": rounds.failed}),
        json,
    );
    Ok(Outcome::silent())
}

fn total(state: &OnlineState) -> u64 {
    let rounds = state.rounds;
    rounds.not_due + rounds.signed + rounds.by_another + rounds.failed
}

const EVENT: &str = "tuffet-online-event-v1";

/// One line an event, with the time first, as logs are read.
fn tell(state: &OnlineState, event: &OnlineEvent<'_, RepositoryError>, json: bool) {
    let at = state.last_round.unwrap_or(state.started);
    let when = format_time(at);
    match event {
        OnlineEvent::Went(round) => {
            let mut line = data(round);
            if let Some(line) = line.as_object_mut() {
                line.insert("schema".into(), EVENT.into());
                line.insert("event".into(), "round".into());
                line.insert("at".into(), when.clone().into());
            }
            outcome::line(&format!("{when} {}", said(round).replace('\n', ", ")), &line, json);
            warnings(round.agenda(), at).iter().for_each(|warning| outcome::warn(warning));
        }
        OnlineEvent::Failed(error, wait) => {
            let seconds = wait.as_secs();
            outcome::line(
                &format!("{when} failed: {error}; again within {seconds} s"),
                &json!({"schema": EVENT, "event": "failed", "at": when, "error": error.to_string(),
                    "again_within_seconds": seconds}),
                json,
            );
        }
        OnlineEvent::Alarm(state) => {
            let Some(agenda) = &state.agenda else { return };
            let expires = format_time(agenda.expires());
            outcome::line(
                &format!("{when} alarm: an online role is overdue; clients fail from {expires} on"),
                &json!({"schema": EVENT, "event": "alarm", "at": when, "clients_fail_from": expires}),
                json,
            );
        }
    }
}

/// The machine's waits, by the clock that the command was given.
struct Clocked {
    system: SystemRhythm,
    clock: Clock,
}

type Clock = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

impl Rhythm for Clocked {
    fn now(&mut self) -> DateTime<Utc> {
        (self.clock)()
    }
    fn wait(&mut self, wait: Duration) -> bool {
        self.system.wait(wait)
    }
    fn jitter(&mut self) -> u32 {
        self.system.jitter()
    }
}

/// The machine's clock; in a rehearsal it starts at `--at`, and goes on from there.
fn clock(context: &Context<'_>) -> Result<Clock, CliError> {
    let start = context.writing_time()?;
    let fixed = context.asked_time().map(|_| std::time::Instant::now());
    Ok(Arc::new(move || match fixed {
        None => now(),
        Some(since) => chrono::Duration::from_std(since.elapsed())
            .ok()
            .and_then(|gone| start.checked_add_signed(gone))
            .unwrap_or(start),
    }))
}

/// The first signal ends the service between two rounds. A second one ends it at once, which loses nothing either: what a
/// round has not finished, the next one does.
fn stop_on_signal(stop: Stop) -> Result<(), CliError> {
    let failed = |e: std::io::Error| CliError::new("io", format!("signals: {e}"));
    let mut signals = Signals::new([SIGINT, SIGTERM]).map_err(failed)?;
    std::thread::spawn(move || {
        let mut stop = Some(stop);
        for _ in &mut signals {
            if stop.take().is_none() {
                std::process::exit(INTERRUPTED.into());
            }
        }
    });
    Ok(())
}
