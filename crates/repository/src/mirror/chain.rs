//! Roots: those before the pinned one, those the copy has, and whether both places have the same.

use super::MirrorError;
use super::bring::Bring;
use crate::place::Place;
use std::collections::BTreeMap;
use tuffet_builder::Seen;
use tuffet_client::{StoredFile, Transport, TransportError};
use tuffet_metadata::{Limits, Profile, Role, RoleName, Root, Snapshot, Timestamp, Unverified, Verified};

/// The roots from the first that the original has to the pinned one. They prove nothing by themselves: what leads to the
/// pinned root, signed link by link, is what clients that pin an older one will walk.
pub(super) fn older_roots(bring: &Bring<'_>, pinned: &[u8]) -> Result<Vec<Verified<Root>>, MirrorError> {
    let (profile, limits) = (Profile::deployed(), Limits::default());
    let unread = |file: &str, cause| MirrorError::Unread { file: file.to_owned(), cause };
    let pin = Unverified::<Root>::new(pinned.to_vec()).verify_pinned(&profile, &limits);
    let pin = pin.map_err(|cause| unread("the pinned root", cause))?;
    let mut files = Vec::new();
    for version in (1..=pin.common.version).rev() {
        let name = RoleName::Root.versioned_file_name(version);
        match bring.fetch_metadata(&name, limits.root_bytes) {
            Ok(bytes) => files.push((name, bytes)),
            Err(TransportError::NotFound { .. }) if version < pin.common.version => break,
            Err(cause) => return Err(MirrorError::fetch(&RoleName::Root, cause)),
        }
    }
    let mut roots: Vec<Verified<Root>> = Vec::new();
    for (name, bytes) in files.into_iter().rev() {
        let unverified = Unverified::<Root>::new(bytes);
        let root = match roots.last() {
            None => unverified.verify_pinned(&profile, &limits),
            Some(last) => unverified.verify_next(last, &profile, &limits),
        };
        roots.push(root.map_err(|cause| unread(&name, cause))?);
    }
    match roots.last() {
        Some(last) if last.bytes() == pinned => Ok(roots),
        Some(last) => {
            let name = RoleName::Root.versioned_file_name(pin.common.version);
            Err(MirrorError::Pinned { file: name, expected: pin.sha256(), found: last.sha256() })
        }
        None => Ok(roots),
    }
}

/// The roots of the copy, by the version in their names.
pub(super) fn local_roots(to: &dyn Place) -> Result<BTreeMap<u64, Vec<u8>>, MirrorError> {
    let mut roots = BTreeMap::new();
    for name in to.names()? {
        let version = name.strip_suffix(".root.json").and_then(|version| version.parse::<u64>().ok());
        let Some(version) = version.filter(|version| RoleName::Root.versioned_file_name(*version) == name) else {
            continue;
        };
        if let Some(found) = to.read(&name)? {
            roots.insert(version, found.bytes);
        }
    }
    Ok(roots)
}

/// The original has every root of the copy, byte for byte. One that is missing there is an older original.
pub(super) fn same_roots(copy: &BTreeMap<u64, Vec<u8>>, original: &BTreeMap<u64, Vec<u8>>) -> Result<(), MirrorError> {
    let first = original.keys().next().copied().unwrap_or_default();
    for (version, bytes) in copy.range(first..) {
        let file = RoleName::Root.versioned_file_name(*version);
        match original.get(version) {
            Some(found) if found == bytes => {}
            Some(found) => return Err(MirrorError::changed(&file, found, bytes)),
            None => {
                let found = original.keys().next_back().copied().unwrap_or_default();
                return Err(MirrorError::Older { expected: *version, found });
            }
        }
    }
    Ok(())
}

/// The snapshot and the targets role that a timestamp leads to, as a client stores them. Nothing is verified: whatever does
/// not verify under the final root is no floor, says the client.
pub(super) fn pinned_by(timestamp: &[u8], to: &dyn Place) -> Result<Vec<(StoredFile, String)>, MirrorError> {
    let mut out = Vec::new();
    let Ok(timestamp) = seen::<Timestamp>(&RoleName::Timestamp, timestamp) else { return Ok(out) };
    let name = RoleName::Snapshot.versioned_file_name(timestamp.signed.snapshot.version);
    out.push((StoredFile::Snapshot, name.clone()));
    let Some(snapshot) = to.read(&name)? else { return Ok(out) };
    let Ok(snapshot) = seen::<Snapshot>(&RoleName::Snapshot, &snapshot.bytes) else { return Ok(out) };
    if let Some(pin) = snapshot.signed.meta().get(&RoleName::Targets.file_name()) {
        out.push((StoredFile::Targets, RoleName::Targets.versioned_file_name(pin.version)));
    }
    Ok(out)
}

fn seen<T: Role>(role: &RoleName, bytes: &[u8]) -> Result<Seen<T>, tuffet_metadata::MetadataError> {
    Seen::read(&role.file_name(), role, bytes.to_vec())
}

/// The role of a versioned file, by its name. A delegated role's is escaped in it; for messages that is as good.
pub(super) fn role_of(name: &str) -> RoleName {
    let role = name.split_once('.').map_or(name, |(_, role)| role);
    RoleName::named(role.strip_suffix(".json").unwrap_or(role))
}
