//! A service that runs for months: refresh again and again, keep the last good trust root until it expires, say what
//! changed.

use crate::retry::spread;
use crate::{Rhythm, Trust, TrustError, TrustStore};
use chrono::{DateTime, Utc};
use std::fmt::{self, Debug};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use tuffet_trust_root::Entry;

/// What a watch has to say.
#[derive(Debug)]
pub enum WatchEvent<'a> {
    /// The first trust root, or the first one after none was valid.
    Trusted(&'a Trust),
    /// A newer one, with other entries.
    Changed(&'a Trust, &'a Changes),
    /// A refresh went well, and the entries are those there were.
    Unchanged(&'a Trust),
    /// A refresh failed. What was trusted is trusted until it expires.
    Failed(&'a TrustError),
    /// What was trusted has expired, and nothing is trusted now.
    Expired(DateTime<Utc>),
}

/// The difference of two trust roots.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes {
    /// New entries.
    pub added: Vec<Entry>,
    /// Entries whose window ends earlier than it did, or now has an end.
    pub closed: Vec<Entry>,
    /// Entries that are gone: a trust root should only close them.
    pub removed: Vec<Entry>,
}

impl Changes {
    /// From `old` to `new`. An entry that differs in anything but its window's end is another one.
    #[must_use]
    pub fn between(old: &[Entry], new: &[Entry]) -> Self {
        let open = |entry: &Entry| Entry { end: None, ..entry.clone() };
        let same = |a: &Entry, b: &Entry| open(a) == open(b);
        let mut changes = Self::default();
        for entry in new {
            match old.iter().find(|was| same(was, entry)) {
                None => changes.added.push(entry.clone()),
                Some(was) if was.end == entry.end => {}
                Some(_) => changes.closed.push(entry.clone()),
            }
        }
        changes.removed.extend(old.iter().filter(|was| !new.iter().any(|entry| same(was, entry))).cloned());
        changes
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.closed.is_empty() && self.removed.is_empty()
    }
}

/// The last good trust root, for the threads that use it.
#[derive(Clone, Default)]
pub struct Latest(Arc<RwLock<Option<Arc<Trust>>>>);

impl Latest {
    /// The trust root, unless it has expired by `now`: asked at every use, so that a watch whose refreshes fail, or
    /// that died, serves nothing for longer than its publishers allowed.
    #[must_use]
    pub fn at(&self, now: DateTime<Utc>) -> Option<Arc<Trust>> {
        self.any().filter(|trust| now < trust.valid_until())
    }

    fn any(&self) -> Option<Arc<Trust>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn put(&self, trust: Option<Arc<Trust>>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = trust;
    }
}

impl Debug for Latest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let until = self.any().map(|trust| trust.valid_until());
        f.debug_struct("Latest").field("valid_until", &until).finish()
    }
}

/// Refreshes a [`TrustStore`] again and again.
///
/// ```
/// use std::time::Duration;
/// use tuffet_client::{Rhythm, TrustStore, Watch, WatchEvent};
/// # use chrono::{DateTime, Utc};
/// # let repository = concat!(env!("CARGO_MANIFEST_DIR"), "/../../repository");
/// # let root = std::fs::read(format!("{repository}/1.root.json"))?;
/// # let store = TrustStore::production_like(repository, root)?;
/// # struct Twice(u32);
/// # impl Rhythm for Twice {
/// #     fn now(&mut self) -> DateTime<Utc> { tuffet_metadata::parse_time("2026-12-24T00:00:00Z").unwrap() }
/// #     fn wait(&mut self, _: Duration) -> bool { self.0 -= 1; self.0 > 0 }
/// #     fn jitter(&mut self) -> u32 { 0 }
/// # }
/// # let mut rhythm = Twice(2);
/// // In a service: let (mut rhythm, stop) = SystemRhythm::new(Utc::now);
/// let mut watch = Watch::new(store, Duration::from_secs(3600));
/// let latest = watch.latest();
/// let mut said = Vec::new();
/// watch.run(&mut rhythm, |event| said.push(match event {
///     WatchEvent::Trusted(_) => "trusted",
///     WatchEvent::Unchanged(_) => "unchanged",
///     _ => "something else",
/// }));
/// assert_eq!(said, ["trusted", "unchanged"]);
/// assert!(latest.at(rhythm.now()).is_some());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Watch {
    store: TrustStore,
    every: Duration,
    latest: Latest,
}

impl Watch {
    /// A watch that refreshes at intervals between half of `every` and all of it: services that started together must
    /// not ask together for ever.
    #[must_use]
    pub fn new(store: TrustStore, every: Duration) -> Self {
        Self { store, every, latest: Latest::default() }
    }

    /// What other threads read.
    #[must_use]
    pub fn latest(&self) -> Latest {
        self.latest.clone()
    }

    /// Refreshes until the rhythm says stop, and tells `on` about each refresh.
    pub fn run(&mut self, rhythm: &mut impl Rhythm, mut on: impl FnMut(WatchEvent<'_>)) {
        loop {
            let now = rhythm.now();
            self.once(now, &mut on);
            let mut wait = spread(self.every, rhythm.jitter());
            // Expiry is said when it comes, not at the refresh after.
            if let Some(trust) = self.latest.any() {
                let left = trust.valid_until().signed_duration_since(now).to_std().unwrap_or_default();
                wait = wait.min(left);
            }
            if !rhythm.wait(wait) {
                return;
            }
        }
    }

    /// One refresh at `now`.
    pub fn once(&mut self, now: DateTime<Utc>, on: &mut impl FnMut(WatchEvent<'_>)) {
        let refreshed = self.store.refresh(now);
        let before = self.latest.any();
        let valid = before.as_ref().filter(|trust| now < trust.valid_until());
        if let (Some(before), None) = (&before, valid) {
            self.latest.put(None);
            on(WatchEvent::Expired(before.valid_until()));
        }
        let trust = match refreshed {
            Ok(trust) => Arc::new(trust),
            Err(error) => return on(WatchEvent::Failed(&error)),
        };
        self.latest.put(Some(Arc::clone(&trust)));
        let Some(before) = valid else { return on(WatchEvent::Trusted(&trust)) };
        let changes = Changes::between(&before.trusted_root().entries(), &trust.trusted_root().entries());
        if changes.is_empty() {
            on(WatchEvent::Unchanged(&trust));
        } else {
            on(WatchEvent::Changed(&trust, &changes));
        }
    }
}
