//! How long a client can be kept in the past (D7).

use crate::Refreshed;
use chrono::{DateTime, Utc};
use tuffet_metadata::{Expires, RoleName};

/// How old what a client believes can become before it notices. An expiry date counts only against those who cannot
/// write a later one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Freshness {
    /// Against whoever serves the files, or stands between, and holds no key: the first expiry of all four roles.
    pub without_keys: Bound,
    /// Against whoever holds the timestamp role's keys: the first expiry of the roles those keys cannot sign. `None`
    /// where they can sign every role.
    pub with_timestamp_keys: Option<Bound>,
    /// The other roles whose threshold the timestamp role's keys meet by themselves.
    pub timestamp_keys_also_sign: Vec<RoleName>,
}

/// The role whose expiry ends a freeze.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bound {
    /// The role.
    pub role: RoleName,
    /// When it expires.
    pub expires: Expires,
}

impl Bound {
    /// Whole days from `at` until then.
    #[must_use]
    pub fn days_left(&self, at: DateTime<Utc>) -> i64 {
        days_between(at, self.expires.time())
    }
}

impl Freshness {
    pub(super) fn of(trusted: &Refreshed) -> Self {
        let timestamp = trusted.root.authority(&RoleName::Timestamp).fingerprints();
        let bound = |role: RoleName, expires: &Expires| Bound { role, expires: expires.clone() };
        let others = [
            bound(RoleName::Root, &trusted.root.common.expires),
            bound(RoleName::Snapshot, &trusted.snapshot.common.expires),
            bound(RoleName::Targets, &trusted.targets.common.expires),
        ];
        let (also, held): (Vec<Bound>, Vec<Bound>) =
            others.iter().cloned().partition(|other| trusted.root.authority(&other.role).is_met_by(&timestamp));
        let own = bound(RoleName::Timestamp, &trusted.timestamp.common.expires);
        let first = |bounds: Vec<Bound>| bounds.into_iter().min_by_key(|bound| bound.expires.time());
        Self {
            without_keys: first(others.to_vec()).filter(|b| b.expires.time() < own.expires.time()).unwrap_or(own),
            with_timestamp_keys: first(held),
            timestamp_keys_also_sign: also.into_iter().map(|bound| bound.role).collect(),
        }
    }
}

/// Whole days, towards zero.
pub(super) fn days_between(from: DateTime<Utc>, to: DateTime<Utc>) -> i64 {
    to.signed_duration_since(from).num_days()
}
