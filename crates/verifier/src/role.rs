//! The one check of a role that another file pins, and the proof it gives.

use crate::UpdateError;
use crate::update::Core;
use std::ops::Deref;
use tuffet_metadata::{Authority, Hashes, Pinned, Role, RoleName, Unverified, Verified};

/// Metadata to act on: its threshold met, not rolled back, not expired at the update's start time.
///
/// Only this crate makes one; an application cannot:
///
/// ```compile_fail
/// use tuffet_verifier::{Root, Trusted, Verified};
/// # fn f(root: Verified<Root>) -> Trusted<Root> {
/// Trusted(root)
/// # }
/// ```
///
/// ```
/// use tuffet_verifier::{Root, Trusted, Verified};
/// # fn f(root: Trusted<Root>) -> u64 {
/// root.common.version
/// # }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trusted<T>(Verified<T>);

impl<T> Trusted<T> {
    pub(crate) fn into_verified(self) -> Verified<T> {
        self.0
    }
}

impl<T> Deref for Trusted<T> {
    type Target = Verified<T>;
    fn deref(&self) -> &Verified<T> {
        &self.0
    }
}

/// Where a role stands in the workflow: its sections and who pins it.
pub(crate) struct Place {
    pub(crate) pinned_by: RoleName,
    pub(crate) fetch: &'static str,
    pub(crate) hash: &'static str,
    pub(crate) version: &'static str,
    pub(crate) expiry: &'static str,
}

pub(crate) const SNAPSHOT: Place = Place {
    pinned_by: RoleName::Timestamp,
    fetch: "TUF 5.5.1",
    hash: "TUF 5.5.2",
    version: "TUF 5.5.4",
    expiry: "TUF 5.5.6",
};

pub(crate) const TARGETS: Place = Place {
    pinned_by: RoleName::Snapshot,
    fetch: "TUF 5.6.1",
    hash: "TUF 5.6.2",
    version: "TUF 5.6.4",
    expiry: "TUF 5.6.5",
};

impl Core {
    /// Takes a file pinned by another through length, hash (before anything parses it, C35), signatures, version and
    /// expiry. `floor` runs between version and expiry, where the specification compares with the trusted file.
    pub(crate) fn pinned<T: Role>(
        &self,
        file: Unverified<T>,
        by: &Authority<'_>,
        pin: &Pinned,
        default_limit: u64,
        place: &Place,
        floor: impl FnOnce(&Verified<T>) -> Result<(), UpdateError>,
    ) -> Result<Trusted<T>, UpdateError> {
        let role = by.role();
        self.pinned_bytes(role, file.length(), |hashes| file.matches(hashes), pin, default_limit, place)?;
        let file = file.counting(self.policy.counting(role));
        let verified = file.verify(by, &self.policy.profile, &self.policy.limits)?;
        self.pinned_version(&verified, pin, place)?;
        floor(&verified)?;
        self.fresh(verified, place.expiry)
    }

    /// As [`pinned`](Self::pinned), for a floor that was verified in this update, by the same authority.
    pub(crate) fn pinned_again<T: Role>(
        &self,
        verified: Verified<T>,
        pin: &Pinned,
        default_limit: u64,
        place: &Place,
        floor: impl FnOnce(&Verified<T>) -> Result<(), UpdateError>,
    ) -> Result<Trusted<T>, UpdateError> {
        let (role, length) = (verified.role(), verified.bytes().len());
        self.pinned_bytes(role, length, |hashes| verified.matches(hashes), pin, default_limit, place)?;
        self.pinned_version(&verified, pin, place)?;
        floor(&verified)?;
        self.fresh(verified, place.expiry)
    }

    /// Length and hash.
    fn pinned_bytes(
        &self,
        role: &RoleName,
        length: usize,
        matches: impl FnOnce(&Hashes) -> bool,
        pin: &Pinned,
        default_limit: u64,
        place: &Place,
    ) -> Result<(), UpdateError> {
        self.length(role, length, self.pinned_limit(pin, default_limit), place.fetch)?;
        let what = if pin.length.is_some_and(|want| u64::try_from(length) != Ok(want)) {
            "length"
        } else if pin.hashes.as_ref().is_some_and(|hashes| !matches(hashes)) {
            "hash"
        } else {
            return Ok(());
        };
        let (role, by) = (role.clone(), place.pinned_by.clone());
        Err(UpdateError::Pin { role, by, what, section: place.hash })
    }

    fn pinned_version<T: Role>(&self, verified: &Verified<T>, pin: &Pinned, place: &Place) -> Result<(), UpdateError> {
        let found = verified.common().version;
        if found != pin.version {
            let (role, by) = (verified.role().clone(), place.pinned_by.clone());
            let (expected, section) = (pin.version, place.version);
            return Err(UpdateError::PinnedVersion { role, by, expected, found, section });
        }
        Ok(())
    }

    /// Bytes to take of a pinned file: the pinned length, but never more than the ceiling; `default` without one.
    pub(crate) fn pinned_limit(&self, pin: &Pinned, default: u64) -> u64 {
        pin.length.map_or(default, |length| length.min(self.policy.limits.pinned_bytes))
    }

    pub(crate) fn length(
        &self,
        role: &RoleName,
        length: usize,
        limit: u64,
        section: &'static str,
    ) -> Result<(), UpdateError> {
        let found = u64::try_from(length).unwrap_or(u64::MAX);
        if found > limit { Err(UpdateError::EndlessData { role: role.clone(), limit, found, section }) } else { Ok(()) }
    }

    /// The last step to trust: not expired at the start time.
    pub(crate) fn fresh<T: Role>(
        &self,
        verified: Verified<T>,
        section: &'static str,
    ) -> Result<Trusted<T>, UpdateError> {
        let common = verified.common();
        if common.expires.is_past(self.start) {
            return Err(UpdateError::Freeze {
                role: verified.role().clone(),
                version: common.version,
                expires: common.expires.to_string(),
                at: self.start,
                section,
            });
        }
        Ok(Trusted(verified))
    }
}
