//! The chain of roots: what changed from each to the next, and what each says of keys and thresholds.

use super::{Report, signatures};
use crate::check::observed::{Observed, Seen};
use crate::check::table::{
    CONSISTENT_SNAPSHOT, FAILED_RUNS, KMS_URI, MISSING_ROOT, NOT_CONSISTENT, ONE_KEY_TWO_HOLDERS,
    ONLINE_KEY_OFFLINE_ROLE, P384_ONLINE, ROOT_VERSION, ROOTS_BEHIND,
};
use crate::check::{Lint, keys, runs, thresholds};
use tuffet_metadata::{RoleName, Root};

pub(super) fn check(seen: &Observed, report: &mut Report) {
    let mut before: Option<&Seen<Root>> = None;
    for root in &seen.roots {
        report.of_root(root, seen);
        one(root, report);
        if let Some(before) = before {
            successor(before, root, report);
        }
        signatures::of_root(root, before, report);
        before = Some(root);
    }
    report.past = false;
    for (name, _) in seen.absent.iter().filter(|(name, _)| name.ends_with(".root.json")) {
        report.say(&MISSING_ROOT, name, "expected every root from 1 on, found none here".to_owned());
    }
    let (oldest, newest) = (seen.roots.first(), seen.roots.last());
    if let (Some(oldest), Some(newest)) = (oldest, newest) {
        let behind = newest.version().saturating_sub(oldest.version());
        if behind > LIMIT {
            let message = format!("expected at most {LIMIT} roots after root {}, found {behind}", oldest.version());
            report.say(&ROOTS_BEHIND, &newest.name, message);
        }
    }
}

fn one(root: &Seen<Root>, report: &mut Report) {
    let place = root.name.as_str();
    for (lint, role, message) in thresholds::of_root(&root.signed) {
        // A first root whose keyholders sign all four roles says one thing four times.
        report.say(lint, place, format!("{role}: {message}"));
    }
    let mut each = |lint: &'static Lint, found: Vec<String>| {
        for message in found {
            report.say(lint, place, message);
        }
    };
    each(&ONE_KEY_TWO_HOLDERS, keys::two_holders(root.signed.keys()));
    each(&P384_ONLINE, keys::p384_online(&root.signed));
    each(&KMS_URI, keys::kms_uris(root.signed.keys()));
    let with_role = |(role, message): (RoleName, String)| format!("{role}: {message}");
    each(&FAILED_RUNS, runs::of_root(&root.signed).into_iter().map(with_role).collect());
    for role in [RoleName::Root, RoleName::Targets] {
        let online = keys::online_of(&root.signed, &role);
        if !online.is_empty() {
            let names: Vec<&str> = online.iter().map(String::as_str).collect();
            let message = format!("{role}: expected keys that are not online, found {}", keys::list("key", &names));
            report.say(&ONLINE_KEY_OFFLINE_ROLE, place, message);
        }
    }
    if !root.signed.consistent_snapshot {
        report.say(&NOT_CONSISTENT, place, "expected consistent_snapshot to be true, found false".to_owned());
    }
}

fn successor(before: &Seen<Root>, root: &Seen<Root>, report: &mut Report) {
    let place = root.name.as_str();
    // Its name promises the version; a gap of the chain is told of by itself.
    if RoleName::Root.versioned_file_name(root.version()) != root.name {
        report.say(&ROOT_VERSION, place, format!("expected the version of its name, found {}", root.version()));
    }
    if before.signed.consistent_snapshot && !root.signed.consistent_snapshot {
        let message = "expected consistent_snapshot to stay true, found false".to_owned();
        report.say(&CONSISTENT_SNAPSHOT, place, message);
    }
    report.all(place, keys::changed(before.signed.keys(), root.signed.keys()));
}

/// Roots that the most careful client walks in one run.
const LIMIT: u64 = 32;
