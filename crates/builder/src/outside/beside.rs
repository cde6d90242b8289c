//! W4 to W8: what the URLs say beside each other, and beside what was there before.

use super::memory::{Floors, OutsideMemory};
use super::symptom::{BYTES_CHANGED, DIVERGING, ROLLBACK, STALE, TWO_ROOTS};
use super::{Alarms, Level, Sighting, View, files, leading, named};
use crate::{Observed, Partial, Seen};
use chrono::{DateTime, Duration, Utc};
use std::collections::BTreeMap;
use tuffet_keys::{Sha256, sha256};
use tuffet_metadata::{KeyidExceptions, Limits, Profile, Role, RoleName, Root};

/// What one version of a file is known by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Facts {
    pub(super) version: u64,
    /// Of the file.
    pub(super) bytes: Sha256,
    /// Of what is signed in it: signatures may be added to a file.
    pub(super) signed: Sha256,
}

impl Facts {
    pub(super) fn of<T: Role>(file: &Seen<T>) -> Self {
        Self { version: file.version(), bytes: sha256(&file.bytes), signed: sha256(file.signed.payload()) }
    }
}

pub(super) fn check(sightings: &[Sighting], memory: &OutsideMemory, at: DateTime<Utc>, alarms: &mut Alarms) {
    let views = || sightings.iter().filter_map(|sighting| Some((sighting, sighting.found.as_ref().ok()?)));
    // The files by name, as the first URL has them that has them.
    let mut first: BTreeMap<String, (Facts, &str)> = BTreeMap::new();
    for (sighting, view) in views() {
        for (role, facts) in files(&view.seen) {
            let name = role.request_name(Some(facts.version));
            let (seen, url) = (&view.seen, &sighting.url);
            if let Some((known, label)) = first.get(&name) {
                let from = format!("as at {label}");
                compare(&role, &name, (known, &from), &facts, (seen, url), &DIVERGING, alarms);
            } else if let Some(known) = memory.facts(&name) {
                compare(&role, &name, (&known, "as it was before"), &facts, (seen, url), &BYTES_CHANGED, alarms);
            }
            first.entry(name).or_insert((facts, url.as_str()));
        }
        pinned(&view.seen, &sighting.url, alarms);
        if let Some(floors) = memory.floors(&sighting.url) {
            rollback(&sighting.url, &view.seen, floors, alarms);
        }
    }
    let Some((best, newest)) = leading(sightings) else { return };
    for (sighting, view) in views().filter(|(sighting, _)| sighting.url != best.url) {
        stale(sighting, view, (&best.url, newest), memory, at, alarms);
    }
}

/// The served root of the pinned one's version: clients that pin it never ask for it, those that pin an older one do.
fn pinned(seen: &Observed, url: &str, alarms: &mut Alarms) {
    let Some(Ok(pin)) = seen.pinned.clone().map(|bytes| Seen::<Root>::read("pinned", &RoleName::Root, bytes)) else {
        return;
    };
    let Some(served) = seen.roots.iter().find(|root| root.version() == pin.version()) else { return };
    let (known, found) = (Facts::of(&pin), Facts::of(served));
    let name = named(&RoleName::Root, served);
    compare(&RoleName::Root, &name, (&known, "as it is pinned"), &found, (seen, url), &BYTES_CHANGED, alarms);
}

/// Two files of one version. Of roots, whether both are valid makes it another thing altogether.
fn compare(
    role: &RoleName,
    name: &str,
    (known, from): (&Facts, &str),
    found: &Facts,
    (seen, url): (&Observed, &str),
    symptom: &'static super::Symptom,
    alarms: &mut Alarms,
) {
    if known.bytes == found.bytes {
        return;
    }
    let version = found.version;
    let expected = format!("expected {role} v{version} {from}, SHA-256 {}", known.bytes);
    if known.signed == found.signed {
        let message = format!("{expected}, found the same content in other bytes, {}", found.bytes);
        alarms.say(Level::Warning, symptom, url, name, message);
    } else if *role == RoleName::Root && is_valid(seen, version) {
        let message = format!("{expected}, found another with enough signatures, {}", found.bytes);
        alarms.say(Level::Critical, &TWO_ROOTS, url, name, message);
    } else {
        alarms.say(Level::Critical, symptom, url, name, format!("{expected}, found {}", found.bytes));
    }
}

/// Whether the root of this version has the signatures of the root before it and its own.
fn is_valid(seen: &Observed, version: u64) -> bool {
    let of_version = |version: u64| seen.roots.iter().find(|root| root.version() == version);
    let Some(root) = of_version(version) else { return false };
    let (profile, limits) = (Profile::Deployed { keyid_exceptions: KeyidExceptions::Opaque }, Limits::default());
    let before = version.checked_sub(1).and_then(of_version);
    Partial::read(&root.bytes, &profile, &limits)
        .is_ok_and(|file| file.standing(before.map(|root| &*root.signed)).is_ok_and(|standing| standing.is_complete()))
}

fn rollback(url: &str, seen: &Observed, floors: &Floors, alarms: &mut Alarms) {
    // Keys of the online roles that are new: clients threw away what the old ones had signed, and so do we (C18).
    let rotated = floors.online != online_keys(seen);
    for (role, version) in newest(seen) {
        let online = role != "root.json";
        let Some(floor) = floors.versions.get(&role).filter(|_| !(online && rotated)) else { continue };
        if version < *floor {
            let shown = role.escape_debug();
            let message = format!("expected {shown} v{floor} or later, as it was here before, found v{version}");
            alarms.say(Level::Critical, &ROLLBACK, url, &shown.to_string(), message);
        }
    }
    let listed = newest(seen);
    if seen.snapshot.is_none() || rotated {
        return;
    }
    for role in floors.versions.keys().filter(|role| !listed.contains_key(*role)) {
        let shown = role.escape_debug().to_string();
        let message = format!("expected {shown} to stay listed in the snapshot, found no entry");
        alarms.say(Level::Critical, &ROLLBACK, url, &shown, message);
    }
}

/// The newest version of each role by the name metadata gives it: root and timestamp as found, the others as the snapshot
/// lists them.
pub(super) fn newest(seen: &Observed) -> BTreeMap<String, u64> {
    let mut out = BTreeMap::new();
    let top = [
        (RoleName::Root, seen.roots.iter().map(Seen::version).max()),
        (RoleName::Timestamp, seen.timestamp.as_ref().map(Seen::version)),
        (RoleName::Snapshot, seen.snapshot.as_ref().map(Seen::version)),
    ];
    out.extend(top.into_iter().filter_map(|(role, version)| Some((role.file_name(), version?))));
    if let Some(snapshot) = &seen.snapshot {
        out.extend(snapshot.signed.meta().versions().map(|(name, version)| (name.into_owned(), version)));
    }
    out
}

/// Which keys sign timestamp and snapshot: what a client's floors of them hang on.
pub(super) fn online_keys(seen: &Observed) -> Option<Sha256> {
    let root = seen.roots.last()?;
    let sets = [RoleName::Timestamp, RoleName::Snapshot].map(|role| root.signed.key_set(&role));
    Some(sha256(&sets.iter().flat_map(|set| set.as_bytes().to_vec()).collect::<Vec<u8>>()))
}

/// A URL that is behind the newest. Copies are made now and then: a day is what they have.
fn stale(
    sighting: &Sighting,
    view: &View,
    (url, newest_view): (&str, &View),
    memory: &OutsideMemory,
    at: DateTime<Utc>,
    alarms: &mut Alarms,
) {
    let (here, there) = (newest(&view.seen), newest(&newest_view.seen));
    for role in [RoleName::Root, RoleName::Timestamp] {
        let file = role.file_name();
        let (Some(version), Some(newer)) = (here.get(&file), there.get(&file)) else { continue };
        if version >= newer {
            continue;
        }
        let since = memory.first_seen(&role.request_name(Some(*newer))).unwrap_or(at);
        let hours = at.signed_duration_since(since).num_hours();
        let old = at.signed_duration_since(since) >= Duration::days(1);
        let level = match (old, sighting.is_mirror) {
            (false, _) => Level::Note,
            (true, true) => Level::Warning,
            (true, false) => Level::Critical,
        };
        let known = if hours > 0 { format!(" for {hours} h") } else { String::new() };
        let message = format!("expected {role} v{newer}, which {url} has{known}, found v{version}");
        alarms.say(level, &STALE, &sighting.url, role.as_str(), message);
    }
}
