//! One repository, refreshed: the verifier's requests carried out, and what it trusts stored at once.

use crate::ahead::Ahead;
use crate::event::Event;
use crate::state::State;
use crate::{CacheTrust, ClientError, Store, StoredFile, Transport, TransportError, chain::check_pin};
use chrono::{DateTime, Utc};
use tuffet_keys::Sha256;
use tuffet_metadata::Unverified;
use tuffet_verifier::{Anchor, FloorVersions, Policy, Refreshed, Request, Roots, Update, UpdateError};

/// A client of one repository: where it fetches, where it remembers, how strictly it reads.
#[derive(Debug)]
pub struct Client<T, S> {
    pub(crate) transport: T,
    pub(crate) targets: Option<T>,
    pub(crate) store: S,
    pub(crate) policy: Policy,
    pub(crate) cache_trust: CacheTrust,
    pub(crate) pin: Option<Anchor>,
    pub(crate) pin_sha256: Option<Sha256>,
    /// The final root of the last refresh of this process, which need not be proved again.
    pub(crate) known: Option<Anchor>,
    pub(crate) state: Option<State>,
    pub(crate) events: Vec<Event>,
    pub(crate) fetch_ahead: usize,
}

impl<T: Transport, S: Store> Client<T, S> {
    /// A client that starts from the root its store was prepared with by [`init`](crate::init). Nothing is read or
    /// fetched yet.
    pub fn open(store: S, transport: T, policy: Policy) -> Self {
        Self {
            transport,
            targets: None,
            store,
            policy,
            cache_trust: CacheTrust::default(),
            pin: None,
            pin_sha256: None,
            known: None,
            state: None,
            events: Vec::new(),
            fetch_ahead: 0,
        }
    }

    /// A client that starts from `pin`, and goes on with the newer roots its store has where they lead back to it. What
    /// an application with an embedded root calls each time it starts. Nothing is read or fetched yet.
    ///
    /// # Errors
    /// [`ClientError::Pin`]: it does not meet its own threshold (C4).
    pub fn bootstrap(store: S, transport: T, policy: Policy, pin: &[u8]) -> Result<Self, ClientError> {
        let pin = check_pin(pin, &policy)?;
        let pin_sha256 = Some(pin.root().sha256());
        Ok(Self { pin: Some(pin), pin_sha256, ..Self::open(store, transport, policy) })
    }

    /// Believes its cache more than it does by default.
    #[must_use]
    pub fn with_cache_trust(self, cache_trust: CacheTrust) -> Self {
        Self { cache_trust, ..self }
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
        self.events.clear();
        let update = self.walk_roots(now)?;
        let update = self.enter_final_root(update)?;

        let request = update.request();
        let file = self.fetch(&request)?;
        let update = self.judge(&request, file, |file| update.timestamp(Unverified::new(file)))?;
        let timestamp = update.timestamp();
        let raise = |floors: &mut FloorVersions| floors.raise_to_timestamp(timestamp);
        let is_behind = |floors: &FloorVersions| floors.timestamp > timestamp.common.version;
        self.keep(&StoredFile::Timestamp, timestamp, now, raise, is_behind)?;

        let update = match update.remembered() {
            Ok(update) => update,
            Err(update) => {
                let request = update.request();
                let file = self.fetch(&request)?;
                let update = self.judge(&request, file, |file| update.snapshot(Unverified::new(file)))?;
                let snapshot = update.snapshot();
                let raise = |floors: &mut FloorVersions| floors.raise_to_snapshot(snapshot);
                let is_behind = |floors: &FloorVersions| floors.snapshot > snapshot.common.version;
                self.keep(&StoredFile::Snapshot, snapshot, now, raise, is_behind)?;
                update
            }
        };
        match update.remembered() {
            Ok(refreshed) => Ok(refreshed),
            Err(update) => {
                let request = update.request();
                let file = self.fetch(&request)?;
                let refreshed = self.judge(&request, file, |file| update.targets(Unverified::new(file)))?;
                self.keep_targets_role(&StoredFile::Targets, &refreshed.targets)?;
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

    /// TUF 5.2 and 5.3: from the newest root proved to the newest there is, each stored before the next is asked for
    /// (C16). The end is "there is no such file" and nothing else (C9).
    fn walk_roots(&mut self, now: DateTime<Utc>) -> Result<Update<Roots>, ClientError> {
        let mut update = self.start(now)?;
        let mut ahead = Ahead::new(self.fetch_ahead);
        let mut walked = None;
        let ended = loop {
            let Some(request) = update.request() else { break Ok(update) };
            let next = update.newest().common.version.saturating_add(1);
            let file = match ahead.fetch(&self.transport, &request, next) {
                Ok(file) => file,
                Err(TransportError::NotFound { .. }) => break Ok(update),
                Err(cause) => break Err(ClientError::Fetch { role: request.role, cause }),
            };
            update = match self.judge(&request, file, |file| update.root(Unverified::new(file))) {
                Ok(update) => update,
                Err(error) => break Err(error),
            };
            self.keep_root(&update)?;
            walked = Some((update.newest().common.version, update.newest().bytes().to_vec()));
        };
        if let Some((version, root)) = walked {
            self.keep_newest(version, &root)?;
        }
        ended
    }

    pub(crate) fn fetch(&self, request: &Request) -> Result<Vec<u8>, ClientError> {
        let fetched = self.transport.fetch_metadata(&request.name, request.limit);
        fetched.map_err(|cause| ClientError::Fetch { role: request.role.clone(), cause })
    }

    /// Has the verifier `take` the file; a refusal names where it came from, and whether it is no metadata at all.
    pub(crate) fn judge<N>(
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
}

/// Whether it looks like HTML, as a web server's front page, a log-in page or a "not found" page with status 200.
fn is_web_page(bytes: &[u8]) -> bool {
    bytes.trim_ascii_start().starts_with(b"<")
}
