//! What changes from one trust root to another, entry by entry (ceremony.md K2).
//!
//! Logs are known by their id and authorities by their first certificate, for that is by what clients know them: a URL
//! that stays while the key behind it is another is not the same log.

mod authorities;
mod change;
mod logs;

pub use change::{Edge, Named, TrustChange};

use crate::entries::EntryKind;
use crate::error::ParseError;
use crate::json::Json;
use crate::rest;
use crate::time::Window;
use crate::trusted_root::TrustedRoot;

/// Every change from `old` to `new`, and none where they are equal. Without an old one all is new.
#[must_use]
pub fn compare(old: Option<&TrustedRoot>, new: &TrustedRoot) -> Vec<TrustChange> {
    let TrustedRoot { media_type, tlogs, certificate_authorities, ctlogs, timestamp_authorities } = new;
    let mut changes = Vec::new();
    let was = old.map(|old| old.media_type);
    if was != Some(*media_type) {
        changes.push(TrustChange::MediaType { from: was, to: *media_type });
    }
    let before = |list: fn(&TrustedRoot) -> &[_]| old.map(list).unwrap_or_default();
    logs::compare(EntryKind::TransparencyLog, before(TrustedRoot::tlogs), tlogs, &mut changes);
    let before = |list: fn(&TrustedRoot) -> &[_]| old.map(list).unwrap_or_default();
    let (ca, tsa) = (EntryKind::CertificateAuthority, EntryKind::TimestampAuthority);
    let certifying = before(TrustedRoot::certificate_authorities);
    authorities::compare(ca, certifying, certificate_authorities, &mut changes);
    let logged = old.map(TrustedRoot::ctlogs).unwrap_or_default();
    logs::compare(EntryKind::CtLog, logged, ctlogs, &mut changes);
    authorities::compare(tsa, before(TrustedRoot::timestamp_authorities), timestamp_authorities, &mut changes);
    finish(old.is_some(), changes)
}

/// As [`compare`], for files: also what two files of one meaning differ in, such as an empty list and none.
///
/// # Errors
/// [`ParseError`] of the first of the two files that is no trust root.
pub fn compare_files(old: Option<&[u8]>, new: &[u8]) -> Result<Vec<TrustChange>, ParseError> {
    let was = old.map(TrustedRoot::parse).transpose()?;
    let is = TrustedRoot::parse(new)?;
    let mut changes = compare(was.as_ref(), &is);
    let Some(old) = old else { return Ok(changes) };
    let tree = |bytes| Json::parse(bytes).unwrap_or(Json::Null);
    let (old, new) = (tree(old), tree(new));
    let mut others = Vec::new();
    let mut say = |path, text| others.push(TrustChange::Other { path, text });
    if changes.is_empty() {
        // Whatever the comparison of entries has no words for must not read as "no change".
        rest::differences("", Some(&old), Some(&new), &mut say);
    } else if let (Json::Map(old), Json::Map(new)) = (&old, &new) {
        for name in LISTS {
            let empty = |list: Option<&Json>| list.is_none_or(|list| *list == Json::List(Vec::new()));
            let (old, new) = (rest::member(old, name), rest::member(new, name));
            if empty(old) && empty(new) {
                rest::differences(name, old, new, &mut say);
            }
        }
    }
    changes.retain(|change| *change != TrustChange::NothingRemoved);
    changes.append(&mut others);
    Ok(finish(true, changes))
}

fn finish(had_old: bool, mut changes: Vec<TrustChange>) -> Vec<TrustChange> {
    let removed = changes.iter().any(|change| matches!(change, TrustChange::Removed(_)));
    if had_old && !removed && !changes.is_empty() {
        changes.push(TrustChange::NothingRemoved);
    }
    changes
}

/// The start and the end of a window that both entries have.
fn windows(entry: &Named, old: &Window, new: &Window, changes: &mut Vec<TrustChange>) {
    if old.start() != new.start() {
        let (from, to) = (old.start().cloned(), new.start().cloned());
        changes.push(TrustChange::Moved { entry: entry.clone(), edge: Edge::Start, from, to });
    }
    let entry = entry.clone();
    match (old.end(), new.end()) {
        (from, to) if from == to => {}
        (None, Some(end)) => changes.push(TrustChange::Closed { entry, end: end.clone() }),
        (Some(was), None) => changes.push(TrustChange::Reopened { entry, was: was.clone() }),
        (from, to) => {
            let (from, to) = (from.cloned(), to.cloned());
            changes.push(TrustChange::Moved { entry, edge: Edge::End, from, to });
        }
    }
}

/// A field's two values, where they differ.
fn field(entry: &Named, field: &'static str, from: Option<String>, to: Option<String>, changes: &mut Vec<TrustChange>) {
    if from != to {
        changes.push(TrustChange::Field { entry: entry.clone(), field, from, to });
    }
}

pub(crate) const LISTS: [&str; 4] = ["tlogs", "certificateAuthorities", "ctlogs", "timestampAuthorities"];
