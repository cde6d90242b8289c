//! What is due, decided from published metadata and a time alone.

use crate::Published;
use chrono::{DateTime, Duration, Utc};
use std::collections::BTreeSet;
use tuffet_builder::Periods;
use tuffet_metadata::{Common, Limits, Profile, Role, RoleName, Root, Unverified, Verified, format_time};

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
    /// Snapshot and timestamp.
    pub online: [Horizon; 2],
    /// When the timestamp is due.
    pub timestamp_from: DateTime<Utc>,
    /// When to wake somebody: half of the days in which the role should have been signed anew have gone.
    pub alarm_from: DateTime<Utc>,
    /// What only people can sign, the first to expire first.
    pub people: Vec<Horizon>,
    /// The delegated role that holds a new snapshot back ([`Agenda::heeding_people`]).
    pub held_back: Option<Expired>,
}

/// Until when a role holds.
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
    /// Looks at `published` at `now`. What will be due within the hour is due.
    ///
    /// A snapshot is due as well when it would expire before a timestamp signed now, since clients would be told of it for longer
    /// than they may use it; and both are when they do not answer to the newest root.
    #[must_use]
    pub fn of(published: &Published, schedule: &Schedule, now: DateTime<Utc>) -> Self {
        let snapshot = published.snapshot.common.expires.time();
        let timestamp = published.timestamp.common.expires.time();
        let next_timestamp = after(now, schedule.timestamp.expiry);
        let snapshot_from =
            before(snapshot, schedule.snapshot.signing).min(before(snapshot, schedule.timestamp.expiry));
        let timestamp_from = before(timestamp, schedule.timestamp.signing);
        let slack = slack(now);
        let due = if snapshot_from <= slack || snapshot <= next_timestamp || !answer_to_root(published) {
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
            timestamp_from,
            online: [
                Horizon::of(RoleName::Snapshot, &published.snapshot.common),
                Horizon::of(RoleName::Timestamp, &published.timestamp.common),
            ],
            alarm_from: alarm(snapshot, schedule.snapshot).min(alarm(timestamp, schedule.timestamp)),
            people,
            held_back: None,
        }
    }

    /// When the first online role expires: clients fail from then on.
    #[must_use]
    pub fn expires(&self) -> DateTime<Utc> {
        let [snapshot, timestamp] = &self.online;
        snapshot.expires.min(timestamp.expires)
    }

    /// Whether somebody is to be woken at `now`.
    #[must_use]
    pub fn alarms(&self, now: DateTime<Utc>) -> bool {
        self.alarm_from <= now
    }

    /// The same without what must not be signed while people have let a role expire (R20): a fresh timestamp would say that
    /// somebody looks after it. Root and targets stop everything. A delegated role that is not `passed_over` stops a new
    /// snapshot alone, for as long as the old one serves: who holds one delegation could else stop the whole repository by
    /// doing nothing, and once did (2022-02).
    ///
    /// # Errors
    /// The role that stops everything.
    pub fn heeding_people(self, passed_over: &BTreeSet<RoleName>, now: DateTime<Utc>) -> Result<Self, Expired> {
        let mut expired = self.people.iter().filter(|horizon| horizon.expires <= now);
        if let Some(top) = expired.clone().find(|horizon| !horizon.is_delegated()) {
            return Err(Expired(top.clone()));
        }
        let Some(delegated) = expired.find(|horizon| !passed_over.contains(&horizon.role)) else { return Ok(self) };
        let held_back = Expired(delegated.clone());
        let [snapshot, timestamp] = &self.online;
        let due = match self.due {
            Due::Both if snapshot.expires <= now || timestamp.expires >= snapshot.expires => return Err(held_back),
            Due::Both if self.timestamp_from <= slack(now) => Due::Timestamp,
            Due::Both | Due::Nothing => Due::Nothing,
            Due::Timestamp => Due::Timestamp,
        };
        Ok(Self { due, held_back: Some(held_back), ..self })
    }
}

impl Horizon {
    fn is_delegated(&self) -> bool {
        matches!(self.role, RoleName::Delegated(_))
    }

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
    pub fn hint(&self) -> &'static str {
        match &self.0.role {
            RoleName::Delegated(_) => {
                "its keyholders sign it anew by `tuffet plan change … --renew ROLE`; --pass-over ROLE goes on without it \
                 meanwhile"
            }
            _ => "`tuffet recover expired-root CEREMONY` plans the ceremony that renews it",
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

/// Whether clients of the newest root accept the online roles as they are: not where a publication was interrupted between a
/// root with another online key and the timestamp that needs it.
fn answer_to_root(published: &Published) -> bool {
    fn answers<T: Role>(role: &Verified<T>, root: &Root) -> bool {
        let by = root.authority(role.role());
        Unverified::<T>::new(role.bytes().to_vec()).verify(&by, &Profile::deployed(), &Limits::default()).is_ok()
    }
    let root = published.root();
    answers(&published.snapshot, root) && answers(&published.timestamp, root)
}

/// Times of day drift: a job that runs once a day is not to find each second day that nothing is due yet.
fn slack(now: DateTime<Utc>) -> DateTime<Utc> {
    now.checked_add_signed(Duration::hours(1)).unwrap_or(now)
}

fn after(now: DateTime<Utc>, days: u32) -> DateTime<Utc> {
    now.checked_add_signed(Duration::days(days.into())).unwrap_or(DateTime::<Utc>::MAX_UTC)
}
