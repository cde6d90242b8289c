//! Whether the dates can be.

use super::goal::RotationTerms;
use crate::periods::expiry_days;
use crate::{RotationRefused, State};
use chrono::{DateTime, Duration, Utc};
use tuffet_metadata::json::Object;
use tuffet_metadata::{Expires, RoleName};

/// The first ceremony lies after now and after what is published was made, and before it expires.
pub(super) fn first(state: &State, terms: &RotationTerms) -> Result<(), RotationRefused> {
    // A file that says for how long it is signed says when it was: a ceremony held before would be out of order (K15).
    let root = made(&state.root.value(), &state.root.common.expires);
    let targets = made(&state.targets.value(), &state.targets.common.expires);
    let now = [root, targets].into_iter().flatten().fold(terms.now, DateTime::max);
    if terms.first < now {
        return Err(RotationRefused::Past { now, first: terms.first });
    }
    let files = [
        (RoleName::Root, state.root.common.version, &state.root.common.expires),
        (RoleName::Targets, state.targets.common.version, &state.targets.common.expires),
    ];
    for (role, version, expires) in files {
        // One that has expired already stops clients now, and is mended by the ceremony.
        if !expires.is_past(terms.now) {
            lasts(1, role, version, expires.time(), terms.first)?;
        }
    }
    Ok(())
}

/// `role` lasts until the ceremony of this number, from 1.
pub(super) fn lasts(
    ceremony: usize,
    role: RoleName,
    version: u64,
    expires: DateTime<Utc>,
    at: DateTime<Utc>,
) -> Result<(), RotationRefused> {
    if expires <= at {
        return Err(RotationRefused::Expires { ceremony, role, version, at, expires });
    }
    Ok(())
}

/// Before the deadline, if there is one.
pub(super) fn deadline(ceremonies: usize, terms: &RotationTerms) -> Result<(), RotationRefused> {
    let last = terms.date(ceremonies.saturating_sub(1)).ok_or(RotationRefused::Dates)?;
    let Some(before) = terms.before.filter(|before| last >= *before) else { return Ok(()) };
    let left = before.signed_duration_since(terms.first).num_days();
    let gaps = i64::try_from(ceremonies.saturating_sub(1)).unwrap_or(i64::MAX);
    let fits = left.saturating_sub(1).checked_div(gaps).filter(|days| *days > 0);
    let later = last.checked_add_signed(Duration::days(1)).unwrap_or(last);
    let later = format!("a deadline of {} or later", later.format("%Y-%m-%d"));
    let hint = match fits {
        Some(days) => format!("give --every {days}, or an earlier --date, or {later}"),
        None => format!("give an earlier --date, or {later}"),
    };
    let days = terms.every.num_days();
    Err(RotationRefused::Deadline { ceremonies, before, last, days, hint })
}

fn made(value: &Object, expires: &Expires) -> Option<DateTime<Utc>> {
    let days = expiry_days(value)?;
    let days = Duration::try_days(i64::try_from(days).ok()?)?;
    expires.time().checked_sub_signed(days)
}
