//! Round after round, until told to stop.

use super::{OnlineState, Round};
use chrono::{DateTime, Utc};
use std::time::Duration;
use tuffet_client::Rhythm;

/// What a service has to say.
#[derive(Debug)]
pub enum OnlineEvent<'a, E> {
    /// A round ended well.
    Went(&'a Round),
    /// A round failed; it is tried again within the wait.
    Failed(&'a E, Duration),
    /// An online role is overdue, round after round until it is signed.
    Alarm(&'a OnlineState),
}

/// Runs `round` again and again, after waits that [`OnlineState::next_wait`] decides and the rhythm spreads, so that services
/// that were started together do not act together. Told to stop, it ends between two rounds, never within one.
///
/// `on` is told of every round with the state after it, which is what others are to see.
pub fn run_online<E: std::fmt::Display>(
    rhythm: &mut dyn Rhythm,
    every: Duration,
    mut round: impl FnMut(DateTime<Utc>) -> Result<Round, E>,
    mut on: impl FnMut(&OnlineState, OnlineEvent<'_, E>),
) -> OnlineState {
    let mut state = OnlineState::starting(rhythm.now(), every);
    loop {
        let outcome = round(rhythm.now());
        // A round takes its time: a device is slow, a store retries.
        let now = rhythm.now();
        match &outcome {
            Ok(round) => state.went(round, now),
            Err(error) => state.failed(&error.to_string(), now),
        }
        let wait = state.next_wait(now);
        match &outcome {
            Ok(round) => on(&state, OnlineEvent::Went(round)),
            Err(error) => on(&state, OnlineEvent::Failed(error, wait)),
        }
        if state.alarms(now) {
            on(&state, OnlineEvent::Alarm(&state));
        }
        if !rhythm.wait_spread(wait) {
            return state;
        }
    }
}
