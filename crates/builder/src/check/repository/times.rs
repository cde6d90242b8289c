//! Expiries: what has ended, what ends soon, and what ends nothing for years.

use super::Report;
use crate::check::draft::HORIZON;
use crate::check::observed::{Observed, Seen};
use crate::check::table::{DELEGATION_EXPIRES_FIRST, EXPIRED, EXPIRES_SOON, EXPIRY_TOO_FAR, EXPIRY_WITHOUT_OVERLAP};
use crate::periods::signing_days;
use chrono::{DateTime, Duration, Utc};
use tuffet_metadata::{Expires, Role, format_time};

pub(super) fn check(seen: &Observed, before: &[Observed], at: DateTime<Utc>, report: &mut Report) {
    if let Some(file) = seen.roots.last() {
        one(file, true, at, report);
    }
    if let Some(file) = &seen.timestamp {
        one(file, false, at, report);
    }
    if let Some(file) = &seen.snapshot {
        one(file, false, at, report);
    }
    for (_, file) in seen.targets_roles() {
        one(file, true, at, report);
    }
    delegated(seen, report);
    overlap(seen, before, at, report);
}

fn one<T: Role>(file: &Seen<T>, offline: bool, at: DateTime<Utc>, report: &mut Report) {
    let expires = &file.signed.common().expires;
    let within = |duration: Duration| at.checked_add_signed(duration).is_none_or(|end| expires.time() <= end);
    if expires.is_past(at) {
        let message = format!("expected an expiry after {}, found {expires}", format_time(at));
        report.say(&EXPIRED, &file.name, message);
    } else if !within(HORIZON) {
        let message = format!("expected an expiry within {} days, found {expires}", HORIZON.num_days());
        report.say(&EXPIRY_TOO_FAR, &file.name, message);
    } else if offline && within(MARGIN) {
        let message = format!("expected more than {} days, found {} left", MARGIN.num_days(), left(at, expires));
        report.say(&EXPIRES_SOON, &file.name, message);
    }
}

/// A delegated role that nobody is reminded of, and that ends before its delegator is due.
fn delegated(seen: &Observed, report: &mut Report) {
    for delegated in &seen.delegated {
        let Some((_, by)) = seen.targets_roles().find(|(role, _)| *role == delegated.by) else { continue };
        if delegated.file.signed.value().as_object().and_then(signing_days).is_some() {
            continue;
        }
        let margin = by
            .signed
            .value()
            .as_object()
            .and_then(signing_days)
            .and_then(|days| Duration::try_days(i64::try_from(days).ok()?));
        let due = by.signed.common.expires.time().checked_sub_signed(margin.unwrap_or_else(Duration::zero));
        let expires = &delegated.file.signed.common.expires;
        if due.is_some_and(|due| expires.time() < due) {
            let message = format!(
                "expected an expiry no earlier than {}, when {} is due, found {expires}",
                due.map(format_time).unwrap_or_default(),
                by.name
            );
            report.say(&DELEGATION_EXPIRES_FIRST, &delegated.file.name, message);
        }
    }
}

/// When each root's successor was first seen, by the observations.
fn overlap(seen: &Observed, before: &[Observed], at: DateTime<Utc>, report: &mut Report) {
    let newest = |observed: &Observed| observed.roots.last().map(Seen::version);
    let mut known = before.first().and_then(newest);
    if before.is_empty() {
        return;
    }
    let later = before.iter().skip(1).map(|b| (b, b.at)).chain([(seen, Some(seen.at.unwrap_or(at)))]);
    for (observed, when) in later {
        let version = newest(observed);
        if let (Some(when), true) = (when, version > known)
            && let [.., old, new] = observed.roots.as_slice()
        {
            let expires = &old.signed.common.expires;
            let end = when.checked_add_signed(MARGIN).unwrap_or(when);
            if expires.time() < end {
                let found = left(when, expires);
                let message = format!(
                    "expected it {} days before {} expires, found it first seen {found} before: {}",
                    MARGIN.num_days(),
                    old.name,
                    format_time(when)
                );
                report.say_as(EXPIRY_WITHOUT_OVERLAP.severity, &EXPIRY_WITHOUT_OVERLAP, &new.name, message);
            }
        }
        known = known.max(version);
    }
}

/// `6.5 days`, also negative.
fn left(from: DateTime<Utc>, to: &Expires) -> String {
    let hours = to.time().signed_duration_since(from).num_hours();
    let tenths = hours.saturating_mul(10).saturating_div(24);
    let sign = if tenths < 0 { "-" } else { "" };
    let tenths = tenths.unsigned_abs();
    format!("{sign}{}.{} days", tenths.saturating_div(10), tenths.checked_rem(10).unwrap_or(0))
}

/// What a ceremony takes: ten to seventeen days went by in each that Sigstore held in the open.
pub(crate) const MARGIN: Duration = Duration::days(14);
