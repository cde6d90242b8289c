//! From the pinned root to the newest the store knows: TUF 5.2, and what 5.3 left there.
//!
//! A cached root is worth what leads to it. Its own signatures prove nothing, since whoever can write the cache can
//! sign a root with keys of their own; so the roots between are kept, and walked again from the pin (T32).

use crate::state::State;
use crate::{Client, ClientError, Event, Store, StoredFile, Transport};
use chrono::{DateTime, Utc};
use tuffet_keys::{Sha256, sha256};
use tuffet_metadata::{Root, Unverified};
use tuffet_verifier::{Anchor, Policy, Roots, Update, UpdateError};

/// How far a client believes its cache about roots it walked over in an earlier run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum CacheTrust {
    /// Not at all: the cached chain is verified again from the pinned root, once a process. About 0.2 ms a root.
    #[default]
    Nothing,
    /// Its notes: a root that they say was reached from this very pin is where the refresh starts, however many roots
    /// lie between. Safe where nobody else can write the cache directory.
    Notes,
}

/// Prepares `store` to start from `pin`, a `root.json` that reached the application in a way it trusts. Written only
/// if it meets its own threshold (C4). Newer roots that the store has, and that lead back to the pin, stay.
///
/// # Errors
/// [`ClientError::Pin`], [`ClientError::Store`]; the store is then as before.
pub fn init<S: Store>(store: &mut S, pin: &[u8], policy: &Policy) -> Result<Vec<Event>, ClientError> {
    let anchor = check_pin(pin, policy)?;
    let _lock = store.lock()?;
    let mut events = Vec::new();
    keep_pin(store, &anchor)?;
    // The chain does not depend on the time.
    let mut update = Update::resume(anchor, DateTime::UNIX_EPOCH, policy.clone());
    replay(store, &mut update, &mut events)?;
    settle(store, &update, policy, &mut events)?;
    Ok(events)
}

/// The pin, if it meets its own threshold.
pub(crate) fn check_pin(pin: &[u8], policy: &Policy) -> Result<Anchor, ClientError> {
    Anchor::check(Unverified::new(pin.to_vec()), policy).map_err(|cause| match cause {
        UpdateError::Metadata(cause) => ClientError::Pin(cause),
        cause => ClientError::FinalRoot(cause),
    })
}

impl<T: Transport, S: Store> Client<T, S> {
    /// The update at the newest root this client can prove without the network.
    pub(crate) fn start(&mut self, now: DateTime<Utc>) -> Result<Update<Roots>, ClientError> {
        if let Some(known) = &self.known {
            let mut update = Update::resume(known.clone(), now, self.policy.clone());
            // Another process may have walked further.
            replay(&self.store, &mut update, &mut self.events)?;
            return Ok(update);
        }
        let anchor = match &self.pin {
            Some(pin) => pin.clone(),
            None => self.stored_anchor()?,
        };
        let _lock = self.store.lock()?;
        let pin_sha256 = anchor.root().sha256();
        self.pin_sha256 = Some(pin_sha256);
        if self.cache_trust == CacheTrust::Notes
            && let Some(root) = self.noted_root(pin_sha256)?
            && let Ok(update) = Update::start(Unverified::new(root), now, self.policy.clone())
        {
            return Ok(update);
        }
        if self.pin.is_some() {
            keep_pin(&mut self.store, &anchor)?;
        }
        let mut update = Update::resume(anchor, now, self.policy.clone());
        replay(&self.store, &mut update, &mut self.events)?;
        settle(&mut self.store, &update, &self.policy, &mut self.events)?;
        Ok(update)
    }

    /// The pin stored, or the root of a cache that another program made.
    fn stored_anchor(&self) -> Result<Anchor, ClientError> {
        let place = self.store.describe();
        for file in [StoredFile::Pin, StoredFile::Root] {
            if let Some(bytes) = self.store.read(&file)? {
                return Anchor::check(Unverified::new(bytes), &self.policy)
                    .map_err(|cause| ClientError::StoredRoot { place, cause });
            }
        }
        Err(ClientError::NoRoot { place })
    }

    /// The cached root, if the notes say that it was reached from this pin.
    fn noted_root(&self, pin_sha256: Sha256) -> Result<Option<Vec<u8>>, ClientError> {
        let state = self.store.read(&StoredFile::State)?.and_then(|bytes| State::read(&bytes).ok());
        let Some(state) = state.filter(|state| state.pin_sha256 == pin_sha256) else { return Ok(None) };
        Ok(self.store.read(&StoredFile::Root)?.filter(|root| sha256(root) == state.root_sha256))
    }
}

/// Walks the roots the store has, as far as they verify. What does not is said, and asked for anew.
fn replay<S: Store>(store: &S, update: &mut Update<Roots>, events: &mut Vec<Event>) -> Result<(), ClientError> {
    while let Some(next) = update.newest().common.version.checked_add(1) {
        let Some(bytes) = store.read(&StoredFile::ChainRoot(next))? else { break };
        if let Err(cause) = update.replay(Unverified::new(bytes)) {
            events.push(Event::ChainBroken { version: next, cause });
            break;
        }
    }
    Ok(())
}

/// Stores the pin, in the chain as well, for an application that goes back to an older one.
fn keep_pin<S: Store>(store: &mut S, anchor: &Anchor) -> Result<(), ClientError> {
    let pin = anchor.root();
    for file in [StoredFile::Pin, StoredFile::ChainRoot(pin.common.version)] {
        if store.read(&file)?.as_deref() != Some(pin.bytes()) {
            store.write(&file, pin.bytes())?;
        }
    }
    Ok(())
}

/// Makes `root.json` the newest root proved; says so where another one lay there.
fn settle<S: Store>(
    store: &mut S,
    update: &Update<Roots>,
    policy: &Policy,
    events: &mut Vec<Event>,
) -> Result<(), ClientError> {
    let newest = update.newest();
    if let Some(stored) = store.read(&StoredFile::Root)? {
        if stored == newest.bytes() {
            return Ok(());
        }
        match Unverified::<Root>::new(stored).verify_pinned(&policy.profile, &policy.limits) {
            Ok(stored) if stored.common.version > newest.common.version => {
                let (found, proved) = (stored.common.version, newest.common.version);
                events.push(Event::RootUnproved { found, proved });
            }
            Ok(stored) if stored.common.version == newest.common.version => {
                events.push(Event::RootReplaced { version: newest.common.version });
            }
            Ok(_older) => {}
            Err(cause) => events.push(Event::RootLost { cause }),
        }
    }
    Ok(store.write(&StoredFile::Root, newest.bytes())?)
}
