//! A watch: the last good trust root until it expires, what changed, and an end.

use crate::simulator::{EXPIRES, at, now};
use crate::trust::{OPEN, repository, trusted_root};
use chrono::{DateTime, TimeDelta, Utc};
use std::time::Duration;
use tuffet_client::{Rhythm, SystemRhythm, TransportError, TrustStore, Watch, WatchEvent};

/// A clock that a wait moves on, and that stops after so many waits.
struct TestRhythm {
    now: DateTime<Utc>,
    waits: Vec<Duration>,
    left: usize,
}

impl Rhythm for TestRhythm {
    fn now(&mut self) -> DateTime<Utc> {
        self.now
    }
    fn wait(&mut self, wait: Duration) -> bool {
        self.now += TimeDelta::from_std(wait).unwrap();
        self.waits.push(wait);
        self.waits.len() < self.left
    }
    fn jitter(&mut self) -> u32 {
        0
    }
}

fn rhythm(start: &str, left: usize) -> TestRhythm {
    TestRhythm { now: at(start), waits: Vec::new(), left }
}

/// An event in a word or two.
fn word(event: &WatchEvent<'_>) -> String {
    match event {
        WatchEvent::Trusted(trust) => format!("trusted v{}", trust.refreshed().targets.common.version),
        WatchEvent::Unchanged(_) => "unchanged".into(),
        WatchEvent::Failed(error) => format!("failed: {}", error.code()),
        WatchEvent::Expired(when) => format!("expired {when}"),
        WatchEvent::Changed(_, changes) => {
            let urls = |entries: &[tuffet_trust_root::Entry]| {
                entries.iter().map(|e| e.url.clone().unwrap()).collect::<Vec<_>>().join(",")
            };
            format!("+{} ~{} -{}", urls(&changes.added), urls(&changes.closed), urls(&changes.removed))
        }
    }
}

const HOUR: Duration = Duration::from_secs(3600);

#[test]
fn a_watch_says_what_was_added_closed_and_removed() {
    let mut sim = repository(&[OPEN, OPEN]);
    let store = TrustStore::over(Box::new(sim.served.clone()), sim.pin_v1());
    let mut watch = Watch::new(store, HOUR);
    let mut said = Vec::new();
    let closed = (OPEN.0, Some("2026-05-01T00:00:00Z"));
    for logs in [vec![], vec![closed, OPEN, OPEN], vec![closed, OPEN]] {
        if !logs.is_empty() {
            sim.targets.insert("trusted_root.json".into(), trusted_root(&logs));
            sim.publish();
        }
        watch.once(now(), &mut |event| said.push(word(&event)));
    }
    assert_eq!(
        said,
        ["trusted v2", "+https://log2.example.org ~https://log0.example.org -", "+ ~ -https://log2.example.org"]
    );
    let latest = watch.latest();
    assert_eq!(latest.at(now()).unwrap().trusted_root().tlogs().len(), 2);
}

#[test]
fn the_last_good_trust_root_outlives_failures_and_not_its_expiry() {
    let mut sim = repository(&[OPEN]);
    let store = TrustStore::over(Box::new(sim.served.clone()), sim.pin_v1());
    let mut watch = Watch::new(store, HOUR * 4);
    let (latest, mut said, mut serves) = (watch.latest(), Vec::new(), Vec::new());
    assert!(latest.at(now()).is_none());
    // Five hours before everything expires, and no server any more after the first answer.
    let mut rhythm = rhythm("2026-12-31T19:00:00Z", 5);
    let served = sim.served.clone();
    let seen = latest.clone();
    watch.run(&mut rhythm, |event| {
        said.push(word(&event));
        served.break_file("2.root.json", TransportError::Status { url: "x".into(), status: 500 });
        serves.push(seen.at(at("2026-12-31T23:59:59Z")).is_some());
    });
    assert_eq!(
        said,
        [
            "trusted v2",
            "failed: http-status",
            "failed: http-status",
            "expired 2027-01-01 00:00:00 UTC",
            "failed: http-status",
            "failed: http-status"
        ]
    );
    assert_eq!(serves, [true, true, true, false, false, false]);
    // Half of four hours (no jitter), twice; then to the second of expiry; then as before.
    assert_eq!(rhythm.waits, [HOUR * 2, HOUR * 2, HOUR, HOUR * 2, HOUR * 2]);
    assert!(latest.at(at(EXPIRES)).is_none());

    sim.served.heal();
    sim.expires.values_mut().for_each(|expires| *expires = "2028-01-01T00:00:00Z".into());
    sim.publish_root();
    sim.publish();
    let mut said = Vec::new();
    watch.once(at(EXPIRES), &mut |event| said.push(word(&event)));
    assert_eq!(said, ["trusted v3"]);
    assert!(latest.at(at(EXPIRES)).is_some());
}

#[test]
fn readers_are_refused_at_expiry_whether_or_not_the_watch_lives() {
    let sim = repository(&[OPEN]);
    let store = TrustStore::over(Box::new(sim.served.clone()), sim.pin_v1());
    let mut watch = Watch::new(store, HOUR);
    watch.once(now(), &mut |_| {});
    let latest = watch.latest();
    drop(watch);
    assert!(latest.at(at("2026-12-31T23:59:59Z")).is_some());
    assert!(latest.at(at(EXPIRES)).is_none());
}

#[test]
fn a_watch_ends_when_told() {
    let (mut rhythm, stop) = SystemRhythm::new(now);
    assert_eq!(rhythm.now(), now());
    assert!(rhythm.wait(Duration::from_millis(1)));
    drop(stop);
    assert!(!rhythm.wait(HOUR));
    let sim = repository(&[OPEN]);
    let mut watch = Watch::new(TrustStore::over(Box::new(sim.served.clone()), sim.pin_v1()), HOUR);
    let mut events = 0;
    watch.run(&mut rhythm, |_| events += 1);
    assert_eq!(events, 1);
}
