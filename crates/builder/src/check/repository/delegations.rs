//! Delegations: whom a role hands its paths to, and whether anybody is ever asked.

use super::{Report, signatures};
use crate::check::keys::{self, list};
use crate::check::observed::Observed;
use crate::check::table::{
    HIDDEN_DELEGATION, KMS_URI, NO_PATHS, NOT_IN_SNAPSHOT, ONE_KEY_TWO_HOLDERS, OVERLAPPING_DELEGATIONS, THRESHOLD_ONE,
};
use crate::check::{Lint, Severity, thresholds};
use tuffet_metadata::{DelegatedRole, Delegations, PathPattern};

pub(super) fn check(seen: &Observed, report: &mut Report) {
    for (role, by) in &seen.unlisted {
        let message = format!("expected an entry in the snapshot for role {}, found none", role.escape_debug());
        report.say(&NOT_IN_SNAPSHOT, by, message);
    }
    for (_, file) in seen.targets_roles() {
        let Some(delegations) = &file.signed.delegations else { continue };
        for (severity, lint, message) in of(delegations) {
            report.say_as(severity, lint, &file.name, message);
        }
    }
    for delegated in &seen.delegated {
        let by = seen.targets_roles().find(|(role, _)| *role == delegated.by);
        let delegations = by.and_then(|(_, file)| file.signed.delegations.as_ref());
        if let Some(authority) = delegations.and_then(|delegations| delegations.authority(&delegated.role)) {
            signatures::check(&delegated.file, &[(authority, delegated.by.to_string())], report);
        }
    }
}

/// What there is to say of a delegations object by itself.
pub(in crate::check) fn of(delegations: &Delegations) -> Vec<(Severity, &'static Lint, String)> {
    let mut found = Vec::new();
    let mut say = |lint: &'static Lint, message: String| found.push((lint.severity, lint, message));
    for message in keys::two_holders(delegations.keys()) {
        say(&ONE_KEY_TWO_HOLDERS, message);
    }
    for message in keys::kms_uris(delegations.keys()) {
        say(&KMS_URI, message);
    }
    // Prefixes of hashes are bins, thousands of them, and hold each other's paths only where one begins another.
    let roles: Vec<DelegatedRole> =
        delegations.roles().iter().filter(|role| role.path_hash_prefixes.is_empty()).collect();
    let mut no_paths = Vec::new();
    for (i, role) in roles.iter().enumerate() {
        if role.paths.is_empty() {
            no_paths.push(role.name.as_str());
            continue;
        }
        let earlier = roles.get(..i).unwrap_or_default();
        let covers_all =
            |other: &&DelegatedRole| role.paths.iter().all(|path| other.paths.iter().any(|p| covers(p, path)));
        let overlaps = |other: &&DelegatedRole| {
            role.paths.iter().any(|path| other.paths.iter().any(|p| covers(p, path) || covers(path, p)))
        };
        let (name, quoted) = (role.name.escape_debug(), |other: &DelegatedRole| other.name.escape_debug().to_string());
        if let Some(other) = earlier.iter().filter(|other| other.terminating).find(covers_all) {
            let other = quoted(other);
            say(&HIDDEN_DELEGATION, format!("expected a path that reaches {name}, found all of them end at {other}"));
        } else if let Some(other) = earlier.iter().find(overlaps) {
            let other = quoted(other);
            say(
                &OVERLAPPING_DELEGATIONS,
                format!("expected one role a path, found {other} and then {name} for the same"),
            );
        }
    }
    if !no_paths.is_empty() {
        say(&NO_PATHS, format!("expected paths, found none for {}", list("role", &no_paths)));
    }
    for role in delegations.roles().names() {
        let Some(authority) = delegations.authority(&role) else { continue };
        // One key for a part of the paths is a choice its delegator makes.
        if let Some((lint, message)) = thresholds::of(&authority, true) {
            let severity = if lint == &THRESHOLD_ONE { Severity::Note } else { lint.severity };
            let severity = if delegations.roles().len() > FEW { continue } else { severity };
            found.push((severity, lint, format!("{}: {message}", role.escape_debug())));
        }
    }
    found
}

/// Whether every path that `inner` covers is one that `outer` covers. Says no in doubt: `?` stands for one character,
/// and a `*` of the other pattern may stand for several.
fn covers(outer: &PathPattern, inner: &PathPattern) -> bool {
    let (o, i) = (outer.as_str(), inner.as_str());
    o == i || (!(o.contains('?') && i.contains('*')) && outer.matches(i))
}

/// More delegations than this are bins, whose keys are said once elsewhere.
const FEW: usize = 64;
