//! One repository, refreshed: the verifier's requests carried out, and what it trusts stored at once.

use crate::ahead::Ahead;
use crate::event::Event;
use crate::state::State;
use crate::{ClientError, Store, StoredFile, Transport, TransportError};
use chrono::{DateTime, Utc};
use tuffet_metadata::{RoleName, Root, Unverified, Verified};
use tuffet_verifier::{AwaitTimestamp, Memory, Policy, Refreshed, Request, Roots, Update, UpdateError};

/// A client of one repository: where it fetches, where it remembers, how strictly it reads.
#[derive(Debug)]
pub struct Client<T, S> {
    pub(crate) transport: T,
    pub(crate) targets: Option<T>,
    store: S,
    pub(crate) policy: Policy,
    events: Vec<Event>,
    at_start: Vec<Event>,
    fetch_ahead: usize,
}

/// Prepares `store` to start from `pin`, a `root.json` that reached the application in a way it trusts. Written only
/// if it meets its own threshold (C4). A newer root that is already there and verifies stays: it was reached from a
/// pin by way of signatures.
///
/// # Errors
/// [`ClientError::Pin`], [`ClientError::Store`]; the store is then as before.
pub fn init<S: Store>(store: &mut S, pin: &[u8], policy: &Policy) -> Result<Vec<Event>, ClientError> {
    let verify = |bytes: Vec<u8>| Unverified::<Root>::new(bytes).verify_pinned(&policy.profile, &policy.limits);
    let pinned = verify(pin.to_vec()).map_err(ClientError::Pin)?;
    let mut events = Vec::new();
    if let Some(stored) = store.read(StoredFile::Root)? {
        if stored == pin {
            return Ok(events);
        }
        match verify(stored) {
            Ok(stored) if stored.common.version > pinned.common.version => return Ok(events),
            Ok(stored) if stored.common.version == pinned.common.version => {
                events.push(Event::RootReplaced { version: pinned.common.version });
            }
            Ok(_older) => {}
            Err(cause) => events.push(Event::RootLost { cause }),
        }
    }
    store.write(StoredFile::Root, pin)?;
    Ok(events)
}

impl<T: Transport, S: Store> Client<T, S> {
    /// A client that starts from the root in its store. Nothing is read or fetched yet.
    pub fn open(store: S, transport: T, policy: Policy) -> Self {
        Self { transport, targets: None, store, policy, events: Vec::new(), at_start: Vec::new(), fetch_ahead: 0 }
    }

    /// A client that starts from `pin`, or from the newer root its store reached already: [`init`] and then
    /// [`open`](Self::open). What an application with an embedded root calls each time it starts.
    ///
    /// # Errors
    /// [`ClientError::Pin`], [`ClientError::Store`]
    pub fn bootstrap(mut store: S, transport: T, policy: Policy, pin: &[u8]) -> Result<Self, ClientError> {
        let at_start = init(&mut store, pin, &policy)?;
        Ok(Self { at_start, ..Self::open(store, transport, policy) })
    }

    /// Fetches targets from a base of their own rather than from `targets/` below the metadata.
    #[must_use]
    pub fn with_targets(self, targets: T) -> Self {
        Self { targets: Some(targets), ..self }
    }

    /// Asks for up to `roots` new roots at a time, at most 32, where the transport may be used from several threads:
    /// for a client that is many roots behind. Off (0) unless asked for, because up to `roots` answers are held in
    /// memory unverified. They are verified and stored strictly in order as without it.
    #[must_use]
    pub fn with_fetch_ahead(self, roots: usize) -> Self {
        Self { fetch_ahead: roots, ..self }
    }

    /// The client workflow once, at `now` (TUF 5.1 to 5.6): everything trusted, or an error and everything as it was.
    /// What is trusted on the way is stored on the way, so that a refresh that fails half-way is continued by the
    /// next one.
    ///
    /// # Errors
    /// [`ClientError`]
    pub fn refresh(&mut self, now: DateTime<Utc>) -> Result<Refreshed, ClientError> {
        self.events = std::mem::take(&mut self.at_start);
        let update = self.walk_roots(now)?;
        let update = self.enter_final_root(update)?;

        let remembered = self.store.read(StoredFile::Timestamp)?;
        let request = update.request();
        let file = self.fetch(&request)?;
        let update = self.judge(&request, file, |file| update.timestamp(Unverified::new(file)))?;
        self.keep(StoredFile::Timestamp, remembered.as_deref(), update.timestamp())?;

        let update = match update.remembered() {
            Ok(update) => update,
            Err(update) => {
                let request = update.request();
                let file = self.fetch(&request)?;
                let update = self.judge(&request, file, |file| update.snapshot(Unverified::new(file)))?;
                self.store.write(StoredFile::Snapshot, update.snapshot().bytes())?;
                update
            }
        };
        match update.remembered() {
            Ok(refreshed) => Ok(refreshed),
            Err(update) => {
                let request = update.request();
                let file = self.fetch(&request)?;
                let refreshed = self.judge(&request, file, |file| update.targets(Unverified::new(file)))?;
                self.store.write(StoredFile::Targets, refreshed.targets.bytes())?;
                Ok(refreshed)
            }
        }
    }

    /// What the last refresh has to say beside its result, whether it succeeded or not.
    #[must_use]
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// The store.
    #[must_use]
    pub fn store(&self) -> &S {
        &self.store
    }

    /// The transport of the metadata.
    #[must_use]
    pub fn transport(&self) -> &T {
        &self.transport
    }

    /// TUF 5.2 and 5.3: from the stored root to the newest, each stored before the next is asked for (C16). The end
    /// is "there is no such file" and nothing else (C9).
    fn walk_roots(&mut self, now: DateTime<Utc>) -> Result<Update<Roots>, ClientError> {
        let place = || self.store.describe();
        let stored = self.store.read(StoredFile::Root)?.ok_or_else(|| ClientError::NoRoot { place: place() })?;
        let mut update = Update::start(Unverified::new(stored), now, self.policy.clone())
            .map_err(|cause| ClientError::StoredRoot { place: place(), cause })?;
        let mut ahead = Ahead::new(self.fetch_ahead);
        while let Some(request) = update.request() {
            let next = update.newest().common.version.saturating_add(1);
            let fetched = ahead.fetch(&self.transport, &request, next);
            let file = match fetched.map_err(|cause| ClientError::Fetch { role: request.role.clone(), cause }) {
                Err(ClientError::Fetch { cause: TransportError::NotFound { .. }, .. }) => break,
                other => other?,
            };
            update = self.judge(&request, file, |file| update.root(Unverified::new(file)))?;
            self.store.write(StoredFile::Root, update.newest().bytes())?;
        }
        Ok(update)
    }

    /// TUF 5.3.10 and 5.3.11. Snapshot and timestamp go before the notes that would keep them: a crash between the
    /// two purges again (C20).
    fn enter_final_root(&mut self, update: Update<Roots>) -> Result<Update<AwaitTimestamp>, ClientError> {
        let (memory, state) = self.remember()?;
        let found = update.newest().common.version;
        if let Some(remembered) = state.map(|state| state.root_version).filter(|version| *version > found) {
            self.events.push(Event::RootOlder { remembered, found });
        }
        let update = update.final_root(memory).map_err(ClientError::FinalRoot)?;
        self.events.extend(update.events().iter().map(Event::from));
        if update.purged() {
            self.store.remove(StoredFile::Snapshot)?;
            self.store.remove(StoredFile::Timestamp)?;
        }
        let now = State { root_version: found, accepted_under: update.key_sets() };
        if state != Some(now) {
            self.store.write(StoredFile::State, &now.to_bytes())?;
        }
        Ok(update)
    }

    /// What the store remembers; whatever of it is damaged or gone is an event.
    fn remember(&mut self) -> Result<(Memory, Option<State>), ClientError> {
        let timestamp = self.store.read(StoredFile::Timestamp)?;
        let snapshot = self.store.read(StoredFile::Snapshot)?;
        let targets = self.store.read(StoredFile::Targets)?;
        // Timestamp, snapshot and targets are stored in this order, and a purge leaves the targets: what is missing
        // before one that is there was lost, or purged by a refresh that did not finish. Either way no floor is left.
        if timestamp.is_none() && (snapshot.is_some() || targets.is_some()) {
            self.events.push(Event::FloorMissing { role: RoleName::Timestamp });
        }
        if snapshot.is_none() && targets.is_some() {
            self.events.push(Event::FloorMissing { role: RoleName::Snapshot });
        }
        let state = match self.store.read(StoredFile::State)?.map(|bytes| State::read(&bytes)) {
            Some(Ok(state)) => Some(state),
            Some(Err(problem)) => {
                self.events.push(Event::StateLost { problem });
                None
            }
            None if timestamp.is_some() || snapshot.is_some() => {
                let problem = "expected it beside a cached timestamp or snapshot, found none".to_owned();
                self.events.push(Event::StateLost { problem });
                None
            }
            None => None,
        };
        let accepted_under = state.map(|state| state.accepted_under);
        Ok((Memory { timestamp, snapshot, targets, accepted_under }, state))
    }

    fn fetch(&self, request: &Request) -> Result<Vec<u8>, ClientError> {
        let fetched = self.transport.fetch(&request.name, request.limit);
        fetched.map_err(|cause| ClientError::Fetch { role: request.role.clone(), cause })
    }

    /// Has the verifier `take` the file; a refusal names where it came from, and whether it is no metadata at all.
    fn judge<N>(
        &self,
        request: &Request,
        file: Vec<u8>,
        take: impl FnOnce(Vec<u8>) -> Result<N, UpdateError>,
    ) -> Result<N, ClientError> {
        let web_page = is_web_page(&file);
        take(file).map_err(|cause| {
            self.transport.refused(&request.name);
            ClientError::Refused { url: self.transport.locate(&request.name), cause, web_page }
        })
    }

    /// Stores what is trusted, unless that is what was there (an equal version keeps the old file, C25).
    fn keep<R>(&mut self, file: StoredFile, before: Option<&[u8]>, now: &Verified<R>) -> Result<(), ClientError> {
        if before == Some(now.bytes()) {
            return Ok(());
        }
        Ok(self.store.write(file, now.bytes())?)
    }
}

/// Whether it looks like HTML, as a web server's front page, a log-in page or a "not found" page with status 200.
fn is_web_page(bytes: &[u8]) -> bool {
    bytes.trim_ascii_start().starts_with(b"<")
}
