//! Time, waiting and chance, handed to whatever runs on: a test gives one that waits for nothing.

use crate::retry::{spread, system_jitter};
use chrono::{DateTime, Utc};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::Duration;

/// Time, waiting and chance for what runs for months.
pub trait Rhythm {
    /// The time.
    fn now(&mut self) -> DateTime<Utc>;

    /// Returns after `wait` with `true`, or at once with `false` when told to stop.
    fn wait(&mut self, wait: Duration) -> bool;

    /// Any number, each as likely as the next.
    fn jitter(&mut self) -> u32;

    /// Waits between half of `longest` and all of it, as [`wait`](Self::wait): what started together must not act together
    /// for ever.
    fn wait_spread(&mut self, longest: Duration) -> bool {
        let wait = spread(longest, self.jitter());
        self.wait(wait)
    }
}

/// The machine's own, but for the clock, which this crate has not.
#[derive(Debug)]
pub struct SystemRhythm {
    clock: fn() -> DateTime<Utc>,
    stopped: Receiver<()>,
}

impl SystemRhythm {
    /// A rhythm, and what stops it.
    pub fn new(clock: fn() -> DateTime<Utc>) -> (Self, Stop) {
        let (stop, stopped) = mpsc::channel();
        (Self { clock, stopped }, Stop { _stop: stop })
    }
}

impl Rhythm for SystemRhythm {
    fn now(&mut self) -> DateTime<Utc> {
        (self.clock)()
    }

    fn wait(&mut self, wait: Duration) -> bool {
        self.stopped.recv_timeout(wait) == Err(RecvTimeoutError::Timeout)
    }

    fn jitter(&mut self) -> u32 {
        system_jitter()
    }
}

/// Stops what runs by the rhythm when dropped: it does not outlive who started it.
#[derive(Debug)]
pub struct Stop {
    _stop: Sender<()>,
}
