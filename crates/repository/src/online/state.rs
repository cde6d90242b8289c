//! What a service that signs online knows of itself, for whoever asks whether it lives and works.

use super::{Agenda, Round};
use chrono::{DateTime, Utc};
use std::time::Duration;

/// How many rounds ended in which way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rounds {
    /// Nothing was due.
    pub not_due: u64,
    /// Signed and published.
    pub signed: u64,
    /// Another publisher was faster.
    pub by_another: u64,
    /// Failed.
    pub failed: u64,
}

/// The state of one service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OnlineState {
    /// When it started.
    pub started: DateTime<Utc>,
    /// The longest wait between two rounds.
    pub every: Duration,
    /// How its rounds ended.
    pub rounds: Rounds,
    /// When the last round ended.
    pub last_round: Option<DateTime<Utc>>,
    /// When the last round that did not fail ended.
    pub last_success: Option<DateTime<Utc>>,
    /// Failures since.
    pub failures_in_a_row: u32,
    /// What the last round failed for; `None` after one that did not.
    pub last_error: Option<String>,
    /// What the last round that could read the repository saw, or left.
    pub agenda: Option<Agenda>,
}

impl OnlineState {
    /// Before the first round.
    #[must_use]
    pub fn starting(started: DateTime<Utc>, every: Duration) -> Self {
        Self {
            started,
            every,
            rounds: Rounds::default(),
            last_round: None,
            last_success: None,
            failures_in_a_row: 0,
            last_error: None,
            agenda: None,
        }
    }

    /// After a round that did not fail.
    pub fn went(&mut self, round: &Round, now: DateTime<Utc>) {
        match round {
            Round::NotDue(_) => self.rounds.not_due += 1,
            Round::Signed(..) => self.rounds.signed += 1,
            Round::ByAnother(_) => self.rounds.by_another += 1,
        }
        self.agenda = Some(round.agenda().clone());
        self.last_round = Some(now);
        self.last_success = Some(now);
        self.failures_in_a_row = 0;
        self.last_error = None;
    }

    /// After a round that failed. What was seen before still says when the repository expires.
    pub fn failed(&mut self, error: &str, now: DateTime<Utc>) {
        self.rounds.failed += 1;
        self.last_round = Some(now);
        self.failures_in_a_row = self.failures_in_a_row.saturating_add(1);
        self.last_error = Some(error.to_owned());
    }

    /// The longest wait until the next round: until something is due, and `every` at most. A failed round is tried again after
    /// half a minute, later and later. What is due and stays so is held back by people: to look for it again and again brings
    /// nothing.
    #[must_use]
    pub fn next_wait(&self, now: DateTime<Utc>) -> Duration {
        let wait = match (self.failures_in_a_row, &self.agenda) {
            (0, Some(agenda)) => agenda.due_from.signed_duration_since(now).to_std().unwrap_or(self.every),
            (0, None) => self.every,
            (failures, _) => FIRST_RETRY.saturating_mul(1 << failures.saturating_sub(1).min(16)),
        };
        wait.max(FIRST_RETRY).min(self.every)
    }

    /// Whether the service still goes round: else whoever watches over it should start it anew. A device that never answers
    /// holds a round for ever.
    #[must_use]
    pub fn is_alive(&self, now: DateTime<Utc>) -> bool {
        let silent = now.signed_duration_since(self.last_round.unwrap_or(self.started)).to_std().unwrap_or_default();
        silent <= self.every.saturating_mul(2).saturating_add(GRACE)
    }

    /// Whether it does what it is for: the repository was read lately, and nothing is overdue.
    ///
    /// # Errors
    /// What is wrong, in one line.
    pub fn is_ready(&self, now: DateTime<Utc>) -> Result<(), String> {
        if !self.is_alive(now) {
            return Err("no round has ended for too long".to_owned());
        }
        if self.alarms(now) {
            return Err(self.last_error.clone().unwrap_or_else(|| "an online role is overdue".to_owned()));
        }
        match (&self.agenda, &self.last_error) {
            (Some(_), _) => Ok(()),
            (None, Some(error)) => Err(error.clone()),
            (None, None) => Err("no round has ended yet".to_owned()),
        }
    }

    /// Whether somebody is to be woken: an online role is overdue. That is well before it expires.
    #[must_use]
    pub fn alarms(&self, now: DateTime<Utc>) -> bool {
        self.agenda.as_ref().is_some_and(|agenda| agenda.alarms(now))
    }
}

const FIRST_RETRY: Duration = Duration::from_secs(30);
/// What a round may take beside the wait.
const GRACE: Duration = Duration::from_secs(600);
