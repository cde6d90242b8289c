//! Asking again: for what may pass by itself, later and later, never for long.

#[cfg(feature = "http")]
use crate::TransportError;
use std::fmt::Debug;
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// When a file that did not come is asked for again. Only what may pass by itself is: a connection refused, reset or cut,
/// a timeout, a status from 500 on, and 429. "Not found" is an answer, and what the verifier refused stays refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retry {
    /// How often to ask in all; 1 is once.
    pub attempts: u32,
    /// The wait before the second attempt. It doubles each time, and a random share of at most half is taken off:
    /// clients that failed together must not come back together.
    pub first_delay: Duration,
    /// The longest wait. A server that asks for more (`Retry-After`, in seconds) is not asked again: coming back
    /// sooner is what it forbade.
    pub longest_delay: Duration,
    /// No attempt begins later than this after the first, nor after the file's overall deadline.
    pub budget: Duration,
}

impl Default for Retry {
    fn default() -> Self {
        Self {
            attempts: 4,
            first_delay: Duration::from_millis(250),
            longest_delay: Duration::from_secs(8),
            budget: Duration::from_secs(30),
        }
    }
}

impl Retry {
    /// Once and never again.
    #[must_use]
    pub fn never() -> Self {
        Self { attempts: 1, ..Self::default() }
    }
}

/// Time, waiting and chance, as a transport needs them. Tests give one that waits for nothing.
pub trait Pace: Debug + Send + Sync {
    /// A clock that never goes back.
    fn now(&self) -> Instant;

    /// Returns after `wait`.
    fn wait(&self, wait: Duration);

    /// Any number, each as likely as the next. It spreads load and keeps no secret.
    fn jitter(&self) -> u32;
}

/// The machine's own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SystemPace;

impl Pace for SystemPace {
    fn now(&self) -> Instant {
        Instant::now()
    }

    fn wait(&self, wait: Duration) {
        // A channel nobody sends on: the sender is held until the wait is over.
        let (_held, silence) = mpsc::channel::<()>();
        let _over = silence.recv_timeout(wait);
    }

    fn jitter(&self) -> u32 {
        system_jitter()
    }
}

/// The seed the standard library draws for each new hash map: random enough to spread load, and no dependency.
pub(crate) fn system_jitter() -> u32 {
    use std::hash::{BuildHasher, RandomState};
    let [a, b, c, d, ..] = RandomState::new().hash_one(0_u8).to_ne_bytes();
    u32::from_ne_bytes([a, b, c, d])
}

/// Between half of `delay` and all of it.
pub(crate) fn spread(delay: Duration, jitter: u32) -> Duration {
    let half = delay.mul_f64(0.5);
    half.saturating_add(half.mul_f64(f64::from(jitter) / f64::from(u32::MAX)))
}

/// One attempt that failed.
#[cfg(feature = "http")]
pub(crate) struct Failed {
    pub(crate) error: TransportError,
    pub(crate) again: Again,
}

/// Whether another attempt may go better.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg(feature = "http")]
pub(crate) enum Again {
    Never,
    Soon,
    /// Not before this wait, says the server.
    After(Duration),
}

#[cfg(feature = "http")]
impl Retry {
    /// Runs `attempt` until it succeeds or must not be run again; the last error is the answer.
    pub(crate) fn run<T>(
        &self,
        pace: &dyn Pace,
        deadline: Instant,
        mut attempt: impl FnMut() -> Result<T, Failed>,
    ) -> Result<T, TransportError> {
        let last_start = pace.now().checked_add(self.budget).map_or(deadline, |end| end.min(deadline));
        let mut delay = self.first_delay.min(self.longest_delay);
        let mut made: u32 = 1;
        loop {
            let Failed { error, again } = match attempt() {
                Ok(done) => return Ok(done),
                Err(failed) => failed,
            };
            let own = spread(delay, pace.jitter());
            let wait = match again {
                Again::Never => return Err(error),
                Again::After(asked) if asked > self.longest_delay => return Err(error),
                Again::After(asked) => asked.max(own),
                Again::Soon => own,
            };
            let start = pace.now().checked_add(wait);
            if made >= self.attempts || start.is_none_or(|start| start >= last_start) {
                return Err(error);
            }
            pace.wait(wait);
            made = made.saturating_add(1);
            delay = delay.saturating_mul(2).min(self.longest_delay);
        }
    }
}
