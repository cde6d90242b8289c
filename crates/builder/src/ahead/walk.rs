//! The dates of every file, in order.

use super::event::{Event, EventKind, SignedBy, Window};
use crate::check::MARGIN;
use crate::loss::{RoleState, Roster, RosterRole, Situation, judge};
use crate::periods::{online_days, signing_days};
use crate::{Observed, Seen};
use chrono::{DateTime, Duration, Utc};
use std::collections::BTreeSet;
use tuffet_metadata::{Role, RoleName};

/// What is ahead of a repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ahead {
    /// Seen from then.
    pub at: DateTime<Utc>,
    /// Every date, the first first; those that are over among them.
    pub events: Vec<Event>,
}

/// Walks the dates of a repository, with these people absent and these windows in its targets. `None` where one of the
/// four top-level roles is missing.
#[must_use]
pub fn ahead(seen: &Observed, situation: &Situation, windows: &[Window], at: DateTime<Utc>) -> Option<Ahead> {
    let roster = Roster::of(seen)?;
    let root = seen.roots.last()?;
    let of_root = |role: &RoleName| online_days(&root.signed, role).1;
    let walk = Walk { roster: &roster, situation };
    let mut events = Vec::new();
    walk.role(&RoleName::Root, root, None, &mut events);
    walk.role(&RoleName::Timestamp, seen.timestamp.as_ref()?, of_root(&RoleName::Timestamp), &mut events);
    walk.role(&RoleName::Snapshot, seen.snapshot.as_ref()?, of_root(&RoleName::Snapshot), &mut events);
    for (role, file) in seen.targets_roles() {
        walk.role(&role, file, None, &mut events);
        let targets = file.signed.targets();
        let lists = |window: &&Window| targets.contains_key(&window.target);
        for window in windows.iter().filter(lists) {
            events.push(Event {
                at: window.ends,
                kind: EventKind::WindowEnds,
                role: role.clone(),
                file: window.target.clone(),
                version: file.version(),
                signed_by: walk.signed_by(&role),
                subject: Some(window.subject.clone()),
                waits_until: None,
            });
        }
    }
    events.sort_by(|a, b| (a.at, &a.kind, &a.role).cmp(&(b.at, &b.kind, &b.role)));
    Some(Ahead { at, events })
}

struct Walk<'a> {
    roster: &'a Roster,
    situation: &'a Situation,
}

impl Walk<'_> {
    fn role<T: Role>(&self, role: &RoleName, file: &Seen<T>, days: Option<u64>, events: &mut Vec<Event>) {
        let expires = file.signed.common().expires.time();
        let planned = days.or_else(|| file.signed.value().as_object().and_then(signing_days));
        let signed_by = self.signed_by(role);
        let left = match (planned, signed_by) {
            (Some(days), _) => i64::try_from(days).ok().and_then(Duration::try_days),
            (None, SignedBy::People) => Some(MARGIN),
            // When it is signed anew is the machine's affair.
            (None, SignedBy::Machine) => None,
        };
        let event = |at, kind| Event {
            at,
            kind,
            role: role.clone(),
            file: file.name.clone(),
            version: file.version(),
            signed_by,
            subject: None,
            waits_until: self.waits_until(role, at),
        };
        if let Some((left, due)) = left.and_then(|left| Some((left, expires.checked_sub_signed(left)?))) {
            events.push(event(due, EventKind::Due { left, planned: planned.is_some() }));
        }
        events.push(event(expires, EventKind::Expires));
    }

    /// By where a threshold of its keys lies. Where no key says, snapshot and timestamp are a machine's (R1).
    fn signed_by(&self, role: &RoleName) -> SignedBy {
        let is_online = |key: &usize| self.roster.keys.get(*key).is_some_and(|key| key.online_uri.is_some());
        let nobody_says = !(0..self.roster.keys.len()).any(|key| is_online(&key));
        let online = |entry: &RosterRole| {
            let keys: BTreeSet<&usize> = entry.keys.iter().filter(|key| is_online(key)).collect();
            u64::try_from(keys.len()).is_ok_and(|keys| keys >= entry.threshold)
        };
        let by_default = nobody_says && matches!(role, RoleName::Snapshot | RoleName::Timestamp);
        match by_default || self.entry(role).is_some_and(|(_, entry)| online(entry)) {
            true => SignedBy::Machine,
            false => SignedBy::People,
        }
    }

    fn waits_until(&self, role: &RoleName, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let (place, _) = self.entry(role)?;
        match judge(self.roster, self.situation, at).roles.get(place)?.state {
            RoleState::Waits { until, .. } => Some(until),
            _ => None,
        }
    }

    fn entry(&self, role: &RoleName) -> Option<(usize, &RosterRole)> {
        self.roster.roles.iter().enumerate().find(|(_, entry)| entry.names.contains(role))
    }
}

impl Ahead {
    /// The first date at which every client stops: with the machine running as it should, or with nobody doing anything.
    #[must_use]
    pub fn stops(&self, with_machine: bool) -> Option<&Event> {
        let counts = |event: &&Event| !(with_machine && event.signed_by == SignedBy::Machine);
        self.events.iter().filter(|event| event.stops_every_client()).find(counts)
    }

    /// What is over, or is within `days` from the time it is seen from.
    pub fn within(&self, days: i64) -> impl Iterator<Item = &Event> {
        self.events.iter().filter(move |event| event.days_from(self.at) < days)
    }
}
