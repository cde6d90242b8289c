//! One version, one content: what was seen before, and what else was signed.

use super::Lint;
use super::Severity;
use super::observed::{Observed, Seen};
use super::repository::{Beside, Report};
use super::table::{BYTES_CHANGED, ROLE_REMOVED, TWO_ROOTS_ONE_VERSION, VERSION_DECREASED, VERSION_REUSED};
use crate::Partial;
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use tuffet_keys::{Sha256, sha256};
use tuffet_metadata::{KeyidExceptions, Limits, Profile, Role, RoleName, Root};

/// What is known of one version of a role.
#[derive(Clone)]
struct Fact {
    payload: Sha256,
    bytes: Sha256,
    label: String,
}

#[derive(Default)]
struct Known {
    facts: BTreeMap<(RoleName, u64), Fact>,
    newest: BTreeMap<RoleName, u64>,
}

pub(super) fn check(seen: &Observed, beside: &Beside, at: DateTime<Utc>, report: &mut Report) {
    let mut known = Known::default();
    let mut previous: Option<&Observed> = None;
    for observed in beside.before.iter().chain([seen]) {
        known.take(observed, report);
        if let Some(previous) = previous {
            entries(previous, observed, report);
        }
        previous = Some(observed);
    }
    if let Some(Ok(root)) = seen.pinned.clone().map(|bytes| Seen::<Root>::read("pinned", &RoleName::Root, bytes)) {
        let name = RoleName::Root.versioned_file_name(root.version());
        known.compare(&RoleName::Root, &Seen { name, ..root }, "the pinned root", report);
    }
    for (name, bytes) in &beside.with {
        other(name, bytes, seen, &known, at, report);
    }
}

impl Known {
    fn take(&mut self, observed: &Observed, report: &mut Report) {
        let label = &observed.label;
        for root in &observed.roots {
            self.compare(&RoleName::Root, root, label, report);
        }
        if let Some(root) = observed.roots.last() {
            self.newest(&RoleName::Root, root, label, report);
        }
        if let Some(file) = &observed.timestamp {
            self.current(&RoleName::Timestamp, file, label, report);
        }
        if let Some(file) = &observed.snapshot {
            self.current(&RoleName::Snapshot, file, label, report);
        }
        for (role, file) in observed.targets_roles() {
            self.current(&role, file, label, report);
        }
    }

    fn current<T: Role>(&mut self, role: &RoleName, file: &Seen<T>, label: &str, report: &mut Report) {
        self.compare(role, file, label, report);
        self.newest(role, file, label, report);
    }

    fn compare<T: Role>(&mut self, role: &RoleName, file: &Seen<T>, label: &str, report: &mut Report) {
        let version = file.version();
        let fact = Fact { payload: sha256(file.signed.payload()), bytes: sha256(&file.bytes), label: label.to_owned() };
        // What changed is told once, and then taken as it is now.
        let Some(before) = self.facts.insert((role.clone(), version), fact.clone()) else { return };
        if before.payload != fact.payload {
            let message = format!("expected {role} v{version} as in {}, found other content in {label}", before.label);
            report.say(&VERSION_REUSED, &file.name, message);
        } else if before.bytes != fact.bytes {
            let message = format!(
                "expected the bytes of {role} v{version} as in {}, found others of the same content in {label}",
                before.label
            );
            report.say(&BYTES_CHANGED, &file.name, message);
        }
    }

    fn newest<T: Role>(&mut self, role: &RoleName, file: &Seen<T>, label: &str, report: &mut Report) {
        let version = file.version();
        let newest = self.newest.entry(role.clone()).or_insert(version);
        if version < *newest {
            let message = format!("expected {role} v{newest} or later, found v{version} in {label}");
            report.say(&VERSION_DECREASED, &file.name, message);
        }
        *newest = version;
    }
}

/// R15, C38: what the snapshot lists stays, at no lower version, unless clients threw their snapshot away because its
/// keys were rotated (C18).
fn entries(before: &Observed, now: &Observed, report: &mut Report) {
    let (Some(old), Some(new)) = (&before.snapshot, &now.snapshot) else { return };
    let keys = |observed: &Observed| {
        let root = observed.roots.last()?;
        Some([RoleName::Timestamp, RoleName::Snapshot].map(|role| root.signed.key_set(&role)))
    };
    if keys(before) != keys(now) {
        return;
    }
    for (name, version) in old.signed.meta().versions() {
        let shown = name.escape_debug();
        match new.signed.meta().get(&name) {
            None => {
                let message = format!("expected `{shown}` to stay listed as in {}, found no entry", before.label);
                report.say(&ROLE_REMOVED, &new.name, message);
            }
            Some(pin) if pin.version < version => {
                let message = format!("expected `{shown}` v{version} or later, found v{} listed", pin.version);
                report.say(&VERSION_DECREASED, &new.name, message);
            }
            Some(_) => {}
        }
    }
}

/// A signed file from elsewhere: valid, and another one than that of its version.
fn other(name: &str, bytes: &[u8], seen: &Observed, known: &Known, at: DateTime<Utc>, report: &mut Report) {
    let (profile, limits) = (Profile::Deployed { keyid_exceptions: KeyidExceptions::Opaque }, Limits::default());
    let Ok(file) = Partial::read(bytes, &profile, &limits) else {
        report.say(&super::table::UNDER_SIGNED, name, "expected a signed metadata file, found another".to_owned());
        return;
    };
    let (role, version) = (file.role().clone(), file.common().version);
    let Some(fact) = known.facts.get(&(role.clone(), version)) else { return };
    if fact.payload == sha256(file.payload()) {
        return;
    }
    let by = |root: &Seen<Root>| file.standing(Some(&root.signed)).is_ok_and(|standing| standing.is_complete());
    // A root answers to the one before it and to itself; another role to any root that a client may be at.
    let valid = match &role {
        RoleName::Root => seen.roots.iter().filter(|root| root.version().checked_add(1) == Some(version)).any(by),
        _ => seen.roots.iter().any(by),
    };
    if !valid {
        return;
    }
    let lint: &'static Lint = if role == RoleName::Root { &TWO_ROOTS_ONE_VERSION } else { &VERSION_REUSED };
    let expires = &file.common().expires;
    let (severity, until) = if expires.is_past(at) {
        (Severity::Warning, format!("which expired {expires}"))
    } else {
        (lint.severity, format!("valid until {expires}"))
    };
    let message = format!(
        "expected one {role} v{version}, that of {}, found another with enough signatures, {until}",
        fact.label
    );
    report.say_as(severity, lint, name, message);
}
