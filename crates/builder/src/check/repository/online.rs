//! Timestamp, snapshot and targets: who signed them, and what one says of the other.

use super::{Report, form, signatures};
use crate::check::keys::list;
use crate::check::observed::{Observed, Seen};
use crate::check::table::{DEAD_SNAPSHOT_ENTRY, MISSING_METADATA, NO_SHA256, PIN_DIFFERS, UNPINNED};
use crate::check::targets;
use std::collections::BTreeSet;
use tuffet_metadata::{Limits, Pinned, Role, RoleName};

pub(super) fn check(seen: &Observed, report: &mut Report) {
    let limits = Limits::default();
    for (name, asked_by) in seen.absent.iter().filter(|(name, _)| !name.ends_with(".root.json")) {
        report.say(&MISSING_METADATA, name, format!("expected the file that {asked_by} asks for, found none"));
    }
    if let Some(file) = &seen.timestamp {
        form(file, limits.timestamp_bytes, report);
        signed(file, &RoleName::Timestamp, seen, report);
        pins(&file.name, &[("snapshot.json".to_owned(), file.signed.snapshot.clone())], report);
        if let Some(snapshot) = &seen.snapshot {
            pinned(snapshot, &file.signed.snapshot, &file.name, report);
        }
    }
    if let Some(file) = &seen.snapshot {
        form(file, limits.snapshot_bytes, report);
        signed(file, &RoleName::Snapshot, seen, report);
        let live: BTreeSet<String> = seen.live_files();
        let (alive, dead): (Vec<_>, Vec<_>) = file
            .signed
            .meta()
            .iter()
            .map(|(name, pin)| (name.into_owned(), pin))
            .partition(|(name, _)| live.contains(name));
        pins(&file.name, &alive, report);
        if !dead.is_empty() && seen.targets.is_some() {
            let names: Vec<&str> = dead.iter().map(|(name, _)| name.as_str()).collect();
            report.say(
                &DEAD_SNAPSHOT_ENTRY,
                &file.name,
                format!("expected files of roles, found {}", list("other", &names)),
            );
        }
        for (role, targets) in seen.targets_roles() {
            if let Some(pin) = file.signed.meta().get(&role.file_name()) {
                pinned(targets, &pin, &file.name, report);
            }
        }
    }
    if let Some(file) = &seen.targets {
        signed(file, &RoleName::Targets, seen, report);
    }
    for (_, file) in seen.targets_roles() {
        form(file, limits.targets_bytes, report);
        report.all(&file.name, targets::listed(&file.signed, |_| true));
    }
}

fn signed<T: Role>(file: &Seen<T>, role: &RoleName, seen: &Observed, report: &mut Report) {
    if let Some(root) = seen.roots.last() {
        let by = (root.signed.authority(role), format!("root {}", root.version()));
        signatures::check(file, &[by], report);
    }
}

/// How `name` pins other files.
fn pins(place: &str, pins: &[(String, Pinned)], report: &mut Report) {
    let names = |loose: &dyn Fn(&Pinned) -> bool| -> Vec<&str> {
        pins.iter().filter(|(_, pin)| loose(pin)).map(|(name, _)| name.as_str()).collect()
    };
    let unpinned = names(&|pin| pin.hashes.is_none() || pin.length.is_none());
    if !unpinned.is_empty() {
        let message = format!("expected length and hashes, found a version alone for {}", list("file", &unpinned));
        report.say(&UNPINNED, place, message);
    }
    let no_sha256 = names(&|pin| pin.hashes.as_ref().is_some_and(|hashes| hashes.sha256.is_none()));
    if !no_sha256.is_empty() {
        report.say(&NO_SHA256, place, format!("expected sha256, found sha512 alone for {}", list("file", &no_sha256)));
    }
}

/// Whether a file is the one that is pinned (C33, C34, C37, C43, C44, C46).
fn pinned<T: Role>(file: &Seen<T>, pin: &Pinned, by: &str, report: &mut Report) {
    let length = u64::try_from(file.bytes.len()).unwrap_or(u64::MAX);
    let mut differ = |what: &str, expected: String, found: String| {
        report.say(&PIN_DIFFERS, &file.name, format!("expected {what} {expected} as {by} says, found {found}"));
    };
    if pin.version != file.version() {
        differ("version", pin.version.to_string(), file.version().to_string());
    }
    if let Some(expected) = pin.length.filter(|expected| *expected != length) {
        differ("length", expected.to_string(), length.to_string());
    } else if pin.hashes.as_ref().is_some_and(|hashes| !hashes.match_bytes(&file.bytes)) {
        differ("the bytes", "that hash".to_owned(), "others".to_owned());
    }
}
