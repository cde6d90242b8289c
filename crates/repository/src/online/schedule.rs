//! What is due, decided from published metadata and a time alone.

use crate::Published;
use chrono::{DateTime, Duration, Utc};
use std::collections::BTreeSet;
use tuffet_builder::Periods;
use tuffet_metadata::{Common, RoleName, Root, format_time};

/// How long snapshot and timestamp are signed for, and how many days before their end they are signed anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schedule {
    /// Of the snapshot.
    pub snapshot: Periods,
    /// Of the timestamp.
    pub timestamp: Periods,
}

impl Schedule {
    /// As the root says it, in the members that tuf-on-ci gives online roles; else three weeks for a snapshot, signed anew
    /// after one, and seven days for a timestamp, signed anew each day, so that six days of failures pass unseen by clients.
    #[must_use]
    pub fn of(root: &Root) -> Self {
        let of = |role, expiry, signing| Periods::of_online(root, &role).unwrap_or(Periods { expiry, signing });
        Self { snapshot: of(RoleName::Snapshot, 21, 14), timestamp: of(RoleName::Timestamp, 7, 6) }
    }

    /// The same with other lives, in days, where they are given: a snapshot of `n` days is signed anew when a third of them
    /// has gone, a timestamp when one day has. `None` where that leaves no day.
    #[must_use]
    pub fn lasting(self, snapshot: Option<u32>, timestamp: Option<u32>) -> Option<Self> {
        let third = |days: u32| Periods { expiry: days, signing: days.saturating_sub((days / 3).max(1)) };
        let daily = |days: u32| Periods { expiry: days, signing: days.saturating_sub(1) };
        let this = Self {
            snapshot: snapshot.map_or(self.snapshot, third),
            timestamp: timestamp.map_or(self.timestamp, daily),
        };
        let holds = |periods: Periods| periods.signing >= 1 && periods.signing < periods.expiry;
        (holds(this.snapshot) && holds(this.timestamp)).then_some(this)
    }
}

/// Which online roles are to be signed now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// None.
    Nothing,
    /// The timestamp, over the snapshot that is published.
    Timestamp,
    /// Both.
    Both,
}

/// What a look at a repository at a time says about its online roles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agenda {
    /// What to sign now.
    pub due: Due,
    /// When the first online role is due: in the past where something is due now.
    pub due_from: DateTime<Utc>,
    /// When the first online role expires: clients fail from then on.
    pub expires: DateTime<Utc>,
    /// When to wake somebody: half of the days in which the role should have been signed anew have gone.
    pub alarm_from: DateTime<Utc>,
    /// What only people can sign, the first to expire first.
    pub people: Vec<Horizon>,
}

/// Until when a role that people sign holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Horizon {
    /// The role.
    pub role: RoleName,
    /// Its version.
    pub version: u64,
    /// When it expires.
    pub expires: DateTime<Utc>,
}

impl Agenda {
    /// Looks at `published` at `now`. Times of day drift: a job that runs once a day finds due what will be within the hour.
    ///
    /// A snapshot is due as well when it would expire before a timestamp signed now: clients would be told of it for longer
    /// than they may use it.
    #[must_use]
    pub fn of(published: &Published, schedule: &Schedule, now: DateTime<Utc>) -> Self {
        let snapshot = published.snapshot.common.expires.time();
        let timestamp = published.timestamp.common.expires.time();
        let next_timestamp = after(now, schedule.timestamp.expiry);
        let snapshot_from = before(snapshot, schedule.snapshot.signing).min(before(snapshot, schedule.timestamp.expiry));
        let timestamp_from = before(timestamp, schedule.timestamp.signing);
        let slack = now.checked_add_signed(Duration::hours(1)).unwrap_or(now);
        let due = if snapshot_from <= slack || snapshot <= next_timestamp {
            Due::Both
        } else if timestamp_from <= slack {
            Due::Timestamp
        } else {
            Due::Nothing
        };
        let mut people: Vec<Horizon> = std::iter::once((RoleName::Root, &published.root().common))
            .chain(published.listings().map(|role| (role.role().clone(), &role.common)))
            .map(|(role, common)| Horizon::of(role, common))
            .collect();
        people.sort_by_key(|horizon| horizon.expires);
        let alarm = |end, periods: Periods| before_hours(end, i64::from(periods.signing) * 12);
        Self {
            due,
            due_from: snapshot_from.min(timestamp_from),
            expires: snapshot.min(timestamp),
            alarm_from: alarm(snapshot, schedule.snapshot).min(alarm(timestamp, schedule.timestamp)),
            people,
        }
    }

    /// Whether somebody is to be woken at `now`.
    #[must_use]
    pub fn alarms(&self, now: DateTime<Utc>) -> bool {
        self.alarm_from <= now
    }

    /// Refuses to sign over what people have let expire (R20): a fresh timestamp would say that somebody looks after it.
    /// Root and targets stop everything. A delegated role stops a new snapshot alone, unless it is one of `passed_over`:
    /// who holds one delegation could else stop the whole repository by doing nothing.
    ///
    /// # Errors
    /// The role that expired first.
    pub fn require_people(&self, passed_over: &BTreeSet<RoleName>, now: DateTime<Utc>) -> Result<(), Expired> {
        let expired = |horizon: &&Horizon| {
            let stops = match &horizon.role {
                RoleName::Delegated(_) => self.due == Due::Both && !passed_over.contains(&horizon.role),
                _ => true,
            };
            stops && horizon.expires <= now
        };
        self.people.iter().find(expired).map_or(Ok(()), |horizon| Err(Expired(horizon.clone())))
    }
}

impl Horizon {
    fn of(role: RoleName, common: &Common) -> Self {
        Self { role, version: common.version, expires: common.expires.time() }
    }
}

/// People have let a role expire.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} v{} expired at {}: no {} is signed over it (R20)", .0.role, .0.version, format_time(.0.expires), over(&.0.role))]
pub struct Expired(pub Horizon);

impl Expired {
    /// What helps.
    #[must_use]
    pub fn hint(&self) -> String {
        match &self.0.role {
            RoleName::Delegated(_) => format!(
                "its keyholders sign it anew: `tuffet plan change … --renew {role}`; \
                 --pass-over {role} leaves it to its delegator's clients meanwhile",
                role = self.0.role
            ),
            _ => "`tuffet recover expired-root CEREMONY` plans the ceremony that renews it".to_owned(),
        }
    }
}

fn over(role: &RoleName) -> &'static str {
    if matches!(role, RoleName::Delegated(_)) { "snapshot" } else { "timestamp" }
}

fn before(end: DateTime<Utc>, days: u32) -> DateTime<Utc> {
    before_hours(end, i64::from(days) * 24)
}

fn before_hours(end: DateTime<Utc>, hours: i64) -> DateTime<Utc> {
    end.checked_sub_signed(Duration::hours(hours)).unwrap_or(DateTime::<Utc>::MIN_UTC)
}

fn after(now: DateTime<Utc>, days: u32) -> DateTime<Utc> {
    now.checked_add_signed(Duration::days(days.into())).unwrap_or(DateTime::<Utc>::MAX_UTC)
}
