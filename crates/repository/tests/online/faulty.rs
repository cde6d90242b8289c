//! A place that fails as real ones do, by a seed: before a write, after one, for hours, and by killing whoever writes.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use tuffet_keys::sha256;
use tuffet_repository::{Created, Found, MemoryPlace, Place, PlaceError, PlaceErrorKind, Replaced, Tag};

/// Numbers by a seed (SplitMix64): the same faults in each run.
#[derive(Clone)]
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// Once in `n` times.
    pub(crate) fn once_in(&mut self, n: u64) -> bool {
        self.next().is_multiple_of(n)
    }

    pub(crate) fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }
}

/// What was done to a place, and everything that lay there.
#[derive(Default)]
pub(crate) struct History {
    /// Digests by file: more than one says that a file was overwritten.
    pub(crate) contents: BTreeMap<String, BTreeSet<String>>,
    /// Each timestamp in the order of writing.
    pub(crate) timestamps: Vec<Vec<u8>>,
    pub(crate) writes: u64,
    pub(crate) faults: u64,
    pub(crate) kills: u64,
    pub(crate) lost_races: u64,
}

/// What may happen at a call; 0 is never.
#[derive(Clone, Copy)]
pub(crate) struct Odds {
    pub(crate) fault: u64,
    pub(crate) kill: u64,
    pub(crate) visit: u64,
}

type Visit = Box<dyn FnMut() + Send>;

/// The place as one publisher sees it.
pub(crate) struct Faulty {
    inner: MemoryPlace,
    chance: Mutex<Chance>,
    odds: Odds,
    history: Arc<Mutex<History>>,
    /// Whoever acts between two calls of this publisher.
    visit: Mutex<Option<Visit>>,
    dead: Arc<AtomicBool>,
}

impl Faulty {
    pub(crate) fn new(
        inner: &MemoryPlace,
        seed: u64,
        odds: Odds,
        history: &Arc<Mutex<History>>,
        dead: &Arc<AtomicBool>,
    ) -> Self {
        Self {
            inner: inner.clone(),
            chance: Mutex::new(Chance::new(seed)),
            odds,
            history: Arc::clone(history),
            visit: Mutex::new(None),
            dead: Arc::clone(dead),
        }
    }

    pub(crate) fn visited_by(self, visit: impl FnMut() + Send + 'static) -> Self {
        *self.visit.lock().unwrap() = Some(Box::new(visit));
        self
    }

    fn happens(&self, odds: u64) -> bool {
        odds > 0 && self.chance.lock().unwrap().once_in(odds)
    }

    fn error(&self, file: &str, reason: &str) -> PlaceError {
        self.history.lock().unwrap().faults += 1;
        PlaceError {
            place: self.describe(),
            file: file.to_owned(),
            reason: reason.to_owned(),
            kind: PlaceErrorKind::Passing,
        }
    }

    fn before(&self, file: &str) -> Result<(), PlaceError> {
        if self.happens(self.odds.visit) {
            // Taken out, so that a visit has no visitors.
            let visit = self.visit.lock().unwrap().take();
            if let Some(mut visit) = visit {
                visit();
                *self.visit.lock().unwrap() = Some(visit);
            }
        }
        if self.dead.load(Ordering::Relaxed) {
            return Err(self.error(file, "the process was killed"));
        }
        if self.happens(self.odds.fault) { Err(self.error(file, "connection reset")) } else { Ok(()) }
    }

    /// What happens once a write is done.
    fn after(&self, file: &str, bytes: &[u8], written: bool) -> Result<(), PlaceError> {
        let mut history = self.history.lock().unwrap();
        if written {
            history.writes += 1;
            history.contents.entry(file.to_owned()).or_default().insert(sha256(bytes).to_string());
            if file == "timestamp.json" {
                history.timestamps.push(bytes.to_vec());
            }
        } else if file == "timestamp.json" {
            history.lost_races += 1;
        }
        if self.happens(self.odds.kill) {
            history.kills += 1;
            self.dead.store(true, Ordering::Relaxed);
        }
        drop(history);
        if self.happens(self.odds.fault) { Err(self.error(file, "timed out waiting for the answer")) } else { Ok(()) }
    }
}

impl Place for Faulty {
    fn read(&self, file: &str) -> Result<Option<Found>, PlaceError> {
        self.before(file)?;
        self.inner.read(file)
    }

    fn names(&self) -> Result<Vec<String>, PlaceError> {
        self.before(".")?;
        self.inner.names()
    }

    fn create(&self, file: &str, bytes: &[u8]) -> Result<Created, PlaceError> {
        self.before(file)?;
        let created = self.inner.create(file, bytes)?;
        self.after(file, bytes, created == Created::New)?;
        Ok(created)
    }

    fn replace(&self, file: &str, bytes: &[u8], seen: Option<&Tag>) -> Result<Replaced, PlaceError> {
        self.before(file)?;
        let replaced = self.inner.replace(file, bytes, seen)?;
        self.after(file, bytes, replaced == Replaced::Done)?;
        Ok(replaced)
    }

    fn describe(&self) -> String {
        "a place that fails".to_owned()
    }
}
