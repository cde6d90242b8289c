//! What is trusted is stored, unless another process has got further (X4).

use crate::state::State;
use crate::{Client, ClientError, Event, Store, StoredFile, Transport};
use chrono::{DateTime, Utc};
use tuffet_keys::sha256;
use tuffet_metadata::{Targets, Verified};
use tuffet_verifier::{AwaitTimestamp, FloorVersions, Memory, Roots, Update};

impl<T: Transport, S: Store> Client<T, S> {
    /// Stores a root just accepted: its place in the chain now, before the next one is asked for (C16).
    pub(crate) fn keep_root(&mut self, update: &Update<Roots>) -> Result<(), ClientError> {
        let newest = update.newest();
        let _lock = self.store.lock()?;
        Ok(self.store.write(&StoredFile::ChainRoot(newest.common.version), newest.bytes())?)
    }

    /// Makes the newest root accepted `root.json`, where programs look for it. A crash before this loses nothing.
    pub(crate) fn keep_newest(&mut self, version: u64, root: &[u8]) -> Result<(), ClientError> {
        let _lock = self.store.lock()?;
        // Another process may have walked further meanwhile; its chain is as good as ours.
        let further = self.store.read(&StoredFile::ChainRoot(version.saturating_add(1)))?.is_some();
        if !further && self.store.read(&StoredFile::Root)?.as_deref() != Some(root) {
            self.store.write(&StoredFile::Root, root)?;
        }
        Ok(())
    }

    /// TUF 5.3.10 and 5.3.11. Snapshot and timestamp go before the notes that would keep them: a crash between the
    /// two purges again (C20).
    pub(crate) fn enter_final_root(&mut self, update: Update<Roots>) -> Result<Update<AwaitTimestamp>, ClientError> {
        let _lock = self.store.lock()?;
        let (memory, state) = self.remember()?;
        let found = update.newest().common.version;
        if let Some(remembered) = state.as_ref().map(|state| state.root_version).filter(|version| *version > found) {
            self.events.push(Event::RootOlder { remembered, found });
        }
        let start = update.start_time();
        if let Some(accepted) = state.as_ref().map(|state| state.accepted_at).filter(|accepted| *accepted > start) {
            self.events.push(Event::ClockBack { accepted, now: start });
        }
        let update = update.final_root(memory).map_err(ClientError::FinalRoot)?;
        self.events.extend(update.events().iter().cloned().map(Event::Update));
        if update.purged() {
            self.store.remove(&StoredFile::Snapshot)?;
            self.store.remove(&StoredFile::Timestamp)?;
        }
        let root = update.root();
        let now = State {
            accepted_at: state.as_ref().map_or(start, |state| state.accepted_at),
            root_version: found,
            root_sha256: root.sha256(),
            pin_sha256: self.pin_sha256.unwrap_or(root.sha256()),
            accepted_under: update.key_sets(),
            floors: update.floors(),
        };
        if state.as_ref() != Some(&now) {
            self.store.write(&StoredFile::State, &now.to_bytes())?;
        }
        self.known = Some(root.clone().into());
        self.state = Some(now);
        Ok(update)
    }

    /// Stores a file that raises floors: first the floors, then the file (X1). Does nothing where another process has
    /// accepted something newer, under this root or a later one.
    pub(crate) fn keep<R>(
        &mut self,
        file: &StoredFile,
        trusted: &Verified<R>,
        at: DateTime<Utc>,
        raise: impl Fn(&mut FloorVersions),
        is_behind: impl Fn(&FloorVersions) -> bool,
    ) -> Result<(), ClientError> {
        let _lock = self.store.lock()?;
        let stored = self.store.read(&StoredFile::State)?.and_then(|bytes| State::read(&bytes).ok());
        if stored.as_ref().is_some_and(|stored| self.is_behind(stored) || is_behind(&stored.floors)) {
            return Ok(());
        }
        // Notes of other key sets are about another root: ours count, until the next refresh.
        let same = |stored: &State, ours: &State| stored.accepted_under == ours.accepted_under;
        if let Some(ours) = &self.state {
            let mut now = stored.clone().filter(|stored| same(stored, ours)).unwrap_or_else(|| ours.clone());
            let before = now.floors.clone();
            raise(&mut now.floors);
            if now.floors != before {
                now.accepted_at = at;
            }
            if stored.as_ref() != Some(&now) {
                self.store.write(&StoredFile::State, &now.to_bytes())?;
            }
            self.state = Some(now);
        }
        if self.store.read(file)?.is_none_or(|before| sha256(&before) != trusted.sha256()) {
            self.store.write(file, trusted.bytes())?;
        }
        Ok(())
    }

    /// Whether the store belongs to a later root than this client's.
    fn is_behind(&self, stored: &State) -> bool {
        self.state.as_ref().is_some_and(|ours| stored.root_version > ours.root_version)
    }

    /// Stores a targets role, top-level or delegated.
    pub(crate) fn keep_targets_role(
        &mut self,
        file: &StoredFile,
        trusted: &Verified<Targets>,
    ) -> Result<(), ClientError> {
        let (name, version) = (trusted.role().file_name(), trusted.common.version);
        let is_behind = |floors: &FloorVersions| floors.meta.get(&name).is_some_and(|floor| *floor > version);
        self.keep(file, trusted, DateTime::UNIX_EPOCH, |_| {}, is_behind)
    }

    /// What the store remembers; notes that are damaged or gone are an event.
    fn remember(&mut self) -> Result<(Memory, Option<State>), ClientError> {
        let timestamp = self.store.read(&StoredFile::Timestamp)?;
        let snapshot = self.store.read(&StoredFile::Snapshot)?;
        let targets = self.store.read(&StoredFile::Targets)?;
        let state = match self.store.read(&StoredFile::State)?.map(|bytes| State::read(&bytes)) {
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
        let accepted_under = state.as_ref().map(|state| state.accepted_under);
        let floors = state.as_ref().map(|state| state.floors.clone()).unwrap_or_default();
        Ok((Memory { timestamp, snapshot, targets, accepted_under, floors }, state))
    }
}
