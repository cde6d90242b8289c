//! The snapshot over changed bins.

use super::{BinError, agree};
use crate::Pins;
use crate::draft::SPEC_VERSION;
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use tuffet_metadata::json::{Edit, Edits};
use tuffet_metadata::{Limits, Pinned, Proposed, RoleName, Snapshot, Verified, format_time};

/// The next snapshot: the bytes of `previous` with the entries of the roles in `new`, each of which must be the version
/// after the one listed. A role that is not listed is refused, unless `adding` says that it may be new: an entry can
/// never be removed again (D6).
///
/// # Errors
/// [`BinError`]
pub fn bins_snapshot(
    previous: &Verified<Snapshot>,
    new: &BTreeMap<RoleName, Pinned>,
    expires: DateTime<Utc>,
    pins: Pins,
    adding: bool,
) -> Result<Proposed<Snapshot>, BinError> {
    let mut meta = Edits::new();
    let mut added = false;
    for (role, pin) in new {
        let name = role.file_name();
        let listed = previous.meta().get(&name);
        if listed.is_none() && !adding {
            return Err(BinError::Unlisted { role: role.clone() });
        }
        added = added || listed.is_none();
        let before = listed.map_or(0, |listed| listed.version);
        let expected = before.checked_add(1).ok_or_else(|| BinError::LastVersion(role.clone()))?;
        if pin.version != expected {
            return Err(BinError::NotNext { role: role.clone(), expected, found: pin.version });
        }
        let bins_only = pins == Pins::VersionOnly && matches!(role, RoleName::Delegated(_));
        let pin = if bins_only { Pinned { version: pin.version, length: None, hashes: None } } else { pin.clone() };
        meta.insert(name, Edit::Put(pin.to_object().into()));
    }
    let version = previous.common.version.checked_add(1).ok_or(BinError::LastVersion(RoleName::Snapshot))?;
    let mut edits = Edits::from([
        ("expires".into(), Edit::Put(format_time(expires).into())),
        ("meta".into(), Edit::Within(meta)),
        ("version".into(), Edit::Put(version.into())),
    ]);
    if previous.common.spec_version.matches('.').count() != 2 {
        edits.insert("spec_version".into(), Edit::Put(SPEC_VERSION.into()));
    }
    let next = previous.edited(&edits, &Limits::default())?;
    if added {
        // Pins are ASCII; names that were there before stand as they stood.
        agree::names(&RoleName::Snapshot, "signed.meta", || next.meta().keys())?;
    }
    Ok(next)
}
