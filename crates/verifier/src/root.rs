//! Root: TUF 5.1 to 5.3.

use crate::floors::Floors;
use crate::timestamp::AwaitTimestamp;
use crate::update::Core;
use crate::{KeySets, Memory, Policy, Request, Trusted, Update, UpdateError};
use chrono::{DateTime, Utc};
use tuffet_metadata::{RoleName, Root, Unverified, Verified};

/// Stage: walking the chain of roots.
#[derive(Debug)]
pub struct Roots {
    newest: Verified<Root>,
    started_under: KeySets,
    walked: usize,
}

/// A root to start an update from: one that reached the caller in a way it trusts and meets its own threshold, or the
/// final root of an earlier update. Whoever starts many updates checks it once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anchor(Verified<Root>);

impl Anchor {
    /// Checks a pinned root (TUF 5.2, C4, C5).
    ///
    /// # Errors
    /// [`UpdateError::Metadata`]
    pub fn check(pinned: Unverified<Root>, policy: &Policy) -> Result<Self, UpdateError> {
        let pinned = pinned.counting(policy.counting(&RoleName::Root));
        Ok(Self(pinned.verify_pinned(&policy.profile, &policy.limits)?))
    }

    /// The root.
    #[must_use]
    pub fn root(&self) -> &Verified<Root> {
        &self.0
    }
}

impl From<Trusted<Root>> for Anchor {
    fn from(trusted: Trusted<Root>) -> Self {
        Self(trusted.into_verified())
    }
}

impl Update<Roots> {
    /// Fixes the start time and loads the trusted root (TUF 5.1, 5.2). Its expiry does not matter (C3); it must meet
    /// its own threshold, so that a damaged pin is found before anything is fetched (C4).
    ///
    /// # Errors
    /// [`UpdateError::Metadata`]
    pub fn start(anchor: Unverified<Root>, start: DateTime<Utc>, policy: Policy) -> Result<Self, UpdateError> {
        Ok(Self::resume(Anchor::check(anchor, &policy)?, start, policy))
    }

    /// As [`start`](Self::start), from a root that this process has verified already.
    #[must_use]
    pub fn resume(anchor: Anchor, start: DateTime<Utc>, policy: Policy) -> Self {
        let newest = anchor.0;
        let started_under = KeySets::of(&newest);
        Self { core: Core { start, policy, events: Vec::new() }, stage: Roots { newest, started_under, walked: 0 } }
    }

    /// Takes the next root as [`root`](Self::root) does, from the client's own store: a root that an earlier refresh
    /// walked over, checked again all the same, because a store can be edited (T32). It does not count against the
    /// limit of roots, which bounds what a repository can make a client fetch.
    ///
    /// # Errors
    /// [`UpdateError`]; the update goes on from the root before.
    pub fn replay(&mut self, next: Unverified<Root>) -> Result<(), UpdateError> {
        self.stage.newest = self.next(next)?;
        self.stage.started_under = KeySets::of(&self.stage.newest);
        Ok(())
    }

    /// The next root to ask for (TUF 5.3.3), whatever `consistent_snapshot` says. `None` once this refresh has walked
    /// as many roots as its limit: go on to [`final_root`](Self::final_root), the next refresh resumes (C8).
    #[must_use]
    pub fn request(&self) -> Option<Request> {
        let next = self.stage.newest.common.version.checked_add(1)?;
        self.may_walk().then(|| Request {
            role: RoleName::Root,
            name: RoleName::Root.versioned_file_name(next),
            limit: self.core.policy.limits.root_bytes,
        })
    }

    /// Takes the next root: threshold of the root before it, its own threshold, version plus one (TUF 5.3.4, 5.3.5).
    /// Its expiry does not matter unless it is the last (5.3.6). Store [`newest`](Self::newest) before asking for
    /// another (5.3.8, C16).
    ///
    /// Past the limit of roots the file is not looked at and [`newest`](Self::newest) stays: C8 wants the update to go
    /// on with what it has, so an error would be wrong, and a caller that never asks [`request`](Self::request) must
    /// not walk for ever.
    ///
    /// # Errors
    /// [`UpdateError`]; the root before stays the trusted one.
    pub fn root(mut self, next: Unverified<Root>) -> Result<Self, UpdateError> {
        if !self.may_walk() {
            return Ok(self);
        }
        self.stage.newest = self.next(next)?;
        self.stage.walked = self.stage.walked.saturating_add(1);
        Ok(self)
    }

    fn next(&self, next: Unverified<Root>) -> Result<Verified<Root>, UpdateError> {
        let limits = &self.core.policy.limits;
        self.core.length(&RoleName::Root, next.length(), limits.root_bytes, "TUF 5.3.3")?;
        let next = next.counting(self.core.policy.counting(&RoleName::Root));
        let verified = next.verify_next(&self.stage.newest, &self.core.policy.profile, limits)?;
        let (trusted, found) = (self.stage.newest.common.version, verified.common.version);
        if trusted.checked_add(1) == Some(found) {
            Ok(verified)
        } else {
            Err(UpdateError::RootVersion { expected: trusted.saturating_add(1), found })
        }
    }

    fn may_walk(&self) -> bool {
        self.stage.walked < self.core.policy.limits.roots
    }

    /// The newest root accepted so far.
    #[must_use]
    pub fn newest(&self) -> &Verified<Root> {
        &self.stage.newest
    }

    /// There is no newer root: it must not have expired (TUF 5.3.10), and what is remembered is purged where its
    /// online keys were rotated (5.3.11).
    ///
    /// # Errors
    /// [`UpdateError::Freeze`]; [`UpdateError::FloorLost`] where the policy says so.
    pub fn final_root(mut self, memory: Memory) -> Result<Update<AwaitTimestamp>, UpdateError> {
        let root = self.core.fresh(self.stage.newest, "TUF 5.3.10")?;
        let floors = Floors::load(memory, self.stage.started_under, &root, &mut self.core)?;
        Ok(Update { core: self.core, stage: AwaitTimestamp { root, floors } })
    }
}
