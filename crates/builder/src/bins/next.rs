//! One bin.

use super::{BinError, TargetChanges, agree};
use crate::draft::SPEC_VERSION;
use chrono::{DateTime, Utc};
use tuffet_metadata::json::{Edit, Edits, Object, Value, object};
use tuffet_metadata::{Limits, Pinned, Proposed, RoleName, TargetFile, Targets, Verified, format_time};

/// The next version of `old`, which must be the file that the snapshot lists as `listed`: its bytes, with `changes`.
/// `None` where it says all of that already and `renew` does not ask for a new expiry (R11). To set what is set and to
/// remove what is gone is no change, so that whoever was interrupted can do everything again.
///
/// # Errors
/// [`BinError`]
pub fn next_bin(
    old: &Verified<Targets>,
    listed: &Pinned,
    changes: &TargetChanges,
    expires: DateTime<Utc>,
    renew: bool,
) -> Result<Option<Proposed<Targets>>, BinError> {
    let (role, found) = (old.role().clone(), old.common.version);
    if found != listed.version {
        let rule = if found < listed.version { "C38" } else { "C46" };
        return Err(BinError::Version { role, listed: listed.version, found, rule });
    }
    if !is_pinned(old, listed) {
        return Err(BinError::SameVersion { role, version: found });
    }
    let mut targets = Edits::new();
    for (path, change) in changes {
        if old.targets().get(path) != *change {
            let edit = change.as_ref().map_or(Edit::Remove, |file| Edit::Put(entry(file).into()));
            targets.insert(path.clone(), edit);
        }
    }
    if targets.is_empty() && !renew {
        return Ok(None);
    }
    let version = found.checked_add(1).ok_or_else(|| BinError::LastVersion(role.clone()))?;
    let put = |value: Value| Edit::Put(value);
    let mut edits = Edits::new();
    if old.common.spec_version.matches('.').count() != 2 {
        edits.insert("spec_version".into(), put(SPEC_VERSION.into()));
    }
    edits.insert("expires".into(), put(format_time(expires).into()));
    edits.insert("version".into(), put(version.into()));
    agree::entries(&role, &targets)?;
    edits.insert("targets".into(), Edit::Within(targets));
    let next = old.edited(&role, &edits, &Limits::default())?;
    agree::names(&role, "signed.targets", || next.targets().keys())?;
    Ok(Some(next))
}

/// Version 1 of the bin `name`: with no targets too, since clients that find none in it must be told so by it.
///
/// # Errors
/// [`BinError`]
pub fn first_bin(name: &str, targets: &TargetChanges, expires: DateTime<Utc>) -> Result<Proposed<Targets>, BinError> {
    let role = RoleName::Delegated(name.to_owned());
    let present = targets.iter().filter_map(|(path, file)| Some((path, file.as_ref()?)));
    let entries: Object = present.map(|(path, file)| (path.clone(), entry(file).into())).collect();
    let signed = object([
        ("_type", "targets".into()),
        ("expires", format_time(expires).into()),
        ("spec_version", SPEC_VERSION.into()),
        ("targets", entries.into()),
        ("version", 1u64.into()),
    ]);
    let proposed = Proposed::delegated(name, signed.into(), &Limits::default())?;
    agree::whole(&role, &proposed)?;
    Ok(proposed)
}

/// By what the snapshot pins, and the version alone is all that some do.
fn is_pinned(file: &Verified<Targets>, listed: &Pinned) -> bool {
    let length = listed.length.is_none_or(|length| u64::try_from(file.bytes().len()) == Ok(length));
    length && listed.hashes.as_ref().is_none_or(|hashes| file.matches(hashes))
}

fn entry(file: &TargetFile) -> Object {
    let mut entry = object([("hashes", file.hashes.to_object().into())]);
    if let Some(length) = file.length {
        entry.insert("length".into(), length.into());
    }
    if let Some(custom) = &file.custom {
        entry.insert("custom".into(), custom.clone());
    }
    entry
}
