//! W3: how far each role's expiry is away, and who has to do something by when.

use super::symptom::EXPIRES;
use super::{Alarms, Level};
use crate::loss::{Roster, RosterRole, Situation};
use crate::{EventKind, Observed, SignedBy, ahead};
use chrono::{DateTime, Duration, Utc};
use tuffet_metadata::{RoleName, format_time};

/// When an expiry becomes an alarm. What is `None` follows from each role's own signing period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Thresholds {
    /// A warning from so long before it on.
    pub warning: Option<Duration>,
    /// Critical from so long before it on.
    pub critical: Option<Duration>,
}

/// A role's expiry, and what is needed to put it off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Horizon {
    /// The role.
    pub role: RoleName,
    /// Its version.
    pub version: u64,
    /// When it expires.
    pub expires: DateTime<Utc>,
    /// Who signs it anew.
    pub signed_by: SignedBy,
    /// How many signatures it needs.
    pub threshold: u64,
    /// Whose: owners, or keys where no owner is written.
    pub owners: Vec<String>,
    /// A warning from then on.
    pub warning_from: DateTime<Utc>,
    /// Critical from then on.
    pub critical_from: DateTime<Utc>,
}

impl Horizon {
    /// How bad it is at `at`; `None` while there is time.
    #[must_use]
    pub fn level(&self, at: DateTime<Utc>) -> Option<Level> {
        if at >= self.critical_from || at >= self.expires {
            Some(Level::Critical)
        } else {
            (at >= self.warning_from).then_some(Level::Warning)
        }
    }

    /// Whole days left, negative where it is over.
    #[must_use]
    pub fn days_left(&self, at: DateTime<Utc>) -> i64 {
        self.expires.signed_duration_since(at).num_seconds().div_euclid(86_400)
    }

    /// `2 of @alice, @bob, @carol`.
    #[must_use]
    pub fn who(&self) -> String {
        let owners: Vec<String> = self.owners.iter().map(|owner| owner.escape_debug().to_string()).collect();
        format!("{} of {}", self.threshold, owners.join(", "))
    }
}

/// Every role's horizon, the nearest first. Empty where one of the four top-level roles is missing.
#[must_use]
pub fn horizon(seen: &Observed, thresholds: &Thresholds, at: DateTime<Utc>) -> Vec<Horizon> {
    let (Some(ahead), Some(roster)) = (ahead(seen, &Situation::default(), &[], at), Roster::of(seen)) else {
        return Vec::new();
    };
    let expiries = ahead.events.iter().filter(|event| event.kind == EventKind::Expires);
    let one = |event: &crate::Event| {
        let due = ahead.events.iter().find_map(|other| match other.kind {
            EventKind::Due { left, .. } if other.role == event.role => Some(left),
            _ => None,
        });
        let (warning, critical) = usual(event.signed_by, due);
        let before = |time: Option<Duration>, usual: Duration| {
            event.at.checked_sub_signed(time.unwrap_or(usual)).unwrap_or(event.at)
        };
        let entry = roster.roles.iter().find(|entry| entry.names.contains(&event.role));
        Horizon {
            role: event.role.clone(),
            version: event.version,
            expires: event.at,
            signed_by: event.signed_by,
            threshold: entry.map_or(0, |entry| entry.threshold),
            owners: entry.map(|entry| owners(&roster, entry)).unwrap_or_default(),
            warning_from: before(thresholds.warning, warning),
            critical_from: before(thresholds.critical, critical),
        }
    };
    expiries.map(one).collect()
}

/// People are asked when they are due, and pressed when half of the time is over. A machine that runs signs as soon as a
/// role is due: when half of the time that was left then is over, it has failed for days.
fn usual(by: SignedBy, due: Option<Duration>) -> (Duration, Duration) {
    let part = |of: Duration, parts: i32| of.checked_div(parts).unwrap_or(of);
    match (by, due) {
        (SignedBy::People, due) => {
            let due = due.unwrap_or(crate::check::MARGIN);
            (due, part(due, 2))
        }
        (SignedBy::Machine, Some(due)) => (part(due, 2), part(due, 4)),
        (SignedBy::Machine, None) => (Duration::days(2), Duration::days(1)),
    }
}

fn owners(roster: &Roster, entry: &RosterRole) -> Vec<String> {
    entry.keys.iter().filter_map(|key| roster.keys.get(*key)).map(crate::RosterKey::name).collect()
}

pub(super) fn check(url: &str, seen: &Observed, thresholds: &Thresholds, at: DateTime<Utc>, alarms: &mut Alarms) {
    for horizon in horizon(seen, thresholds, at) {
        let Some(level) = horizon.level(at) else { continue };
        let role = horizon.role.to_string();
        let expires = format_time(horizon.expires);
        let message = if horizon.expires <= at {
            format!("expected {role} v{} to be in force, found it expired {expires}", horizon.version)
        } else {
            let from = match level {
                Level::Critical => horizon.critical_from,
                _ => horizon.warning_from,
            };
            let left = horizon.days_left(at);
            let days = if left == 1 { "1 day".to_owned() } else { format!("{left} days") };
            format!(
                "expected {role} v{} to be signed anew by {}, found it expires {expires}, in {days}; needs {}",
                horizon.version,
                format_time(from),
                horizon.who()
            )
        };
        alarms.say(level, &EXPIRES, url, &role, message);
    }
}
