//! What a signature would change, in words, against the last verified state (ceremony.md K2).
//!
//! Every difference has a sentence: what this crate has words for, keys by person first, and then whatever members are
//! left, by path and value. Nothing is passed over for being unknown.

mod delegations;
mod keys;
mod members;
mod root;
mod seats;
mod targets;

use crate::{Draft, State};
use chrono::{DateTime, Utc};
use members::{Place, unknown};
use seats::Names;
use std::fmt;
use tuffet_metadata::json::{Object, Value};
use tuffet_metadata::{Common, Expires, RoleName, Root, Targets};

/// One difference between the trusted state and the draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The role it is in.
    pub role: RoleName,
    /// What changes, one line.
    pub text: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.role, self.text)
    }
}

/// Every difference, root first and delegated roles last, for a ceremony held at `at`.
#[must_use]
pub fn compare(state: Option<&State>, draft: &Draft, at: DateTime<Utc>) -> Vec<Difference> {
    let mut names = Names::default();
    let mut out = Vec::new();
    let mut add = |role: RoleName, lines: Vec<String>| {
        out.extend(lines.into_iter().map(|text| Difference { role: role.clone(), text }));
    };
    if let Some(root) = &draft.root {
        add(RoleName::Root, roots(state.map(|s| &*s.root), root, Some(at), &mut names));
    }
    if let Some(targets) = &draft.targets {
        add(RoleName::Targets, targets_roles(state.map(|s| &*s.targets), targets, Some(at), &mut names));
    }
    for (name, targets) in &draft.delegated {
        let before = state.and_then(|state| state.delegated.get(name)).map(|before| &**before);
        add(RoleName::Delegated(name.clone()), targets_roles(before, targets, Some(at), &mut names));
    }
    out
}

/// What changes from one root to another, one sentence a line: two published ones, or a published one and what is
/// proposed. Expiries are counted from `at`, and without it from the old root's.
#[must_use]
pub fn compare_roots(old: Option<&Root>, new: &Root, at: Option<DateTime<Utc>>) -> Vec<String> {
    roots(old, new, at, &mut Names::default())
}

/// As [`compare_roots`], for targets roles, top-level or delegated.
#[must_use]
pub fn compare_targets(old: Option<&Targets>, new: &Targets, at: Option<DateTime<Utc>>) -> Vec<String> {
    targets_roles(old, new, at, &mut Names::default())
}

fn roots(old: Option<&Root>, new: &Root, at: Option<DateTime<Utc>>, names: &mut Names) -> Vec<String> {
    let mut lines = head(old.map(|old| &old.common), &new.common, at);
    let mut changes = Vec::new();
    root::compare(old, new, names, &mut |line| changes.push(line));
    if let (true, Some(old)) = (changes.is_empty(), old) {
        other(&old.value(), &new.value(), &mut changes);
    }
    lines.append(&mut changes);
    lines
}

fn targets_roles(old: Option<&Targets>, new: &Targets, at: Option<DateTime<Utc>>, names: &mut Names) -> Vec<String> {
    let mut lines = head(old.map(|old| &old.common), &new.common, at);
    let mut changes = Vec::new();
    targets::compare(old, new, names, &mut |line| changes.push(line));
    if let (true, Some(old)) = (changes.is_empty(), old) {
        other(&old.value(), &new.value(), &mut changes);
    }
    lines.append(&mut changes);
    lines
}

/// What none of the sentences is about: it must not read as "no change".
fn other(old: &Object, new: &Object, changes: &mut Vec<String>) {
    let place = Place { path: "", known: &["expires", "spec_version", "version"] };
    members::members(&place, Some(old), Some(new), &mut |path, what| changes.push(format!("`{path}`: {what}")));
}

/// Where sentences go.
type Say<'a> = &'a mut dyn FnMut(String);

/// Version, expiry, specification.
fn head(old: Option<&Common>, new: &Common, at: Option<DateTime<Utc>>) -> Vec<String> {
    let Common { version, expires, spec_version } = new;
    let mut lines = vec![
        old.map_or_else(
            || format!("version {version}, the first"),
            |old| format!("version {} -> {version}", old.version),
        ),
        expiry(old.map(|old| &old.expires), expires, at),
    ];
    match old.map(|old| old.spec_version.as_str()) {
        None => lines.push(format!("specification {spec_version}")),
        Some(was) if was != spec_version => lines.push(format!("specification {was} -> {spec_version}")),
        Some(_) => {}
    }
    lines
}

fn expiry(old: Option<&Expires>, new: &Expires, at: Option<DateTime<Utc>>) -> String {
    let days = |from: DateTime<Utc>| {
        let days = new.time().signed_duration_since(from).num_days();
        let word = if days.unsigned_abs() == 1 { "day" } else { "days" };
        (days, format!("{} {word}", days.unsigned_abs()))
    };
    let counted = at.map(|at| match days(at) {
        (1.., days) => format!(", {days} after the ceremony"),
        (0, _) if new.time() > at => ", on the day of the ceremony".to_owned(),
        (_, days) => format!(", which is {days} before the ceremony"),
    });
    let was = match old {
        None => String::new(),
        Some(old) if old == new => ", as before".to_owned(),
        Some(old) if at.is_some() => format!(", was {old}"),
        Some(old) => match days(old.time()) {
            (later @ 0.., days) if later > 0 || new.time() >= old.time() => format!(", {days} later than {old}"),
            (_, days) => format!(", {days} earlier than {old}"),
        },
    };
    format!("expires {new}{}{was}", counted.unwrap_or_default())
}

fn inner<'a>(object: Option<&'a Object>, name: &str) -> Option<&'a Object> {
    object.and_then(|object| object.get(name)).and_then(Value::as_object)
}
