//! Time that passes when a test waits, and not otherwise.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tuffet_client::Pace;

#[derive(Debug)]
pub(crate) struct TestPace {
    waits: Mutex<Vec<Duration>>,
    jitter: u32,
}

impl TestPace {
    /// No share is taken off a wait.
    pub(crate) fn new() -> Arc<Self> {
        Self::with_jitter(u32::MAX)
    }

    pub(crate) fn with_jitter(jitter: u32) -> Arc<Self> {
        Arc::new(Self { waits: Mutex::default(), jitter })
    }

    /// The waits so far, in milliseconds.
    pub(crate) fn waits(&self) -> Vec<u128> {
        self.waits.lock().unwrap().iter().map(Duration::as_millis).collect()
    }
}

impl Pace for TestPace {
    fn now(&self) -> Instant {
        Instant::now() + self.waits.lock().unwrap().iter().sum::<Duration>()
    }

    fn wait(&self, wait: Duration) {
        self.waits.lock().unwrap().push(wait);
    }

    fn jitter(&self) -> u32 {
        self.jitter
    }
}

#[test]
fn the_machine_waits_as_long_as_asked_and_its_jitter_is_not_constant() {
    let pace = tuffet_client::SystemPace;
    let (before, wait) = (pace.now(), Duration::from_millis(2));
    pace.wait(wait);
    assert!(pace.now() - before >= wait);
    let drawn: std::collections::BTreeSet<u32> = (0..16).map(|_| pace.jitter()).collect();
    assert!(drawn.len() > 1);
}
