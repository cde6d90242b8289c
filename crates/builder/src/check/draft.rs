//! Rules a draft is held to before anyone is asked to sign.

use super::table::{
    CONSISTENT_SNAPSHOT, EXPIRED, EXPIRY_TOO_FAR, KMS_URI, ONE_KEY_TWO_HOLDERS, ONLINE_KEY_OFFLINE_ROLE, P384_ONLINE,
    ROOT_VERSION, TOO_FEW_OLD_KEYS,
};
use super::{Finding, Lint, keys, runs, targets, thresholds};
use crate::{Draft, State};
use chrono::{DateTime, Duration, Utc};
use tuffet_metadata::{Proposed, Role, RoleName, Root, Targets};

/// Checks `draft` as the next step after `state`, for a ceremony held at `at`.
#[must_use]
pub fn check(state: Option<&State>, draft: &Draft, at: DateTime<Utc>) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some(root) = &draft.root {
        new_root(root, &mut findings);
        expiry(root, at, &mut findings);
        if let Some(state) = state {
            successor(state, root, &mut findings);
        }
    }
    for targets in draft.targets.iter().chain(draft.delegated.values()) {
        expiry(targets, at, &mut findings);
        new_targets(state, targets, &mut findings);
    }
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    findings
}

fn new_root(root: &Proposed<Root>, findings: &mut Vec<Finding>) {
    findings.extend(thresholds::of_root(root).into_iter().map(|(lint, role, message)| lint.finding(role, message)));
    let say = |lint: &'static Lint, place: RoleName| move |message| lint.finding(place.clone(), message);
    findings.extend(keys::two_holders(root.keys()).into_iter().map(say(&ONE_KEY_TWO_HOLDERS, RoleName::Root)));
    for (role, message) in keys::online_in_offline_roles(root) {
        findings.push(ONLINE_KEY_OFFLINE_ROLE.finding(role, message));
    }
    findings.extend(keys::p384_online(root).into_iter().map(say(&P384_ONLINE, RoleName::Timestamp)));
    findings.extend(keys::kms_uris(root.keys()).into_iter().map(say(&KMS_URI, RoleName::Root)));
    findings.extend(
        runs::of_root(root).into_iter().map(|(role, message)| super::table::FAILED_RUNS.finding(role, message)),
    );
}

/// R18: not expired when signed, and not so far off that a freeze lasts for years.
fn expiry<T: Role>(proposed: &Proposed<T>, at: DateTime<Utc>, findings: &mut Vec<Finding>) {
    let expires = &proposed.common().expires;
    if expires.is_past(at) {
        let message = format!("expected an expiry after {}, found {expires}", tuffet_metadata::format_time(at));
        findings.push(EXPIRED.finding(proposed.role(), message));
    } else if at.checked_add_signed(HORIZON).is_some_and(|far| expires.time() > far) {
        let message = format!("expected an expiry within {} days, found {expires}", HORIZON.num_days());
        findings.push(EXPIRY_TOO_FAR.finding(proposed.role(), message));
    }
}

/// R3, R9, that the old keyholders can carry the new root at all (R2), and that no key changed under its name (F7).
fn successor(state: &State, root: &Proposed<Root>, findings: &mut Vec<Finding>) {
    let (old, new) = (state.root.common.version, root.common.version);
    if old.checked_add(1) != Some(new) {
        let message = format!("expected version {}, found {new}", old.saturating_add(1));
        findings.push(ROOT_VERSION.finding(RoleName::Root, message));
    }
    if state.root.consistent_snapshot && !root.consistent_snapshot {
        let message = "expected consistent_snapshot to stay true, found false".to_owned();
        findings.push(CONSISTENT_SNAPSHOT.finding(RoleName::Root, message));
    }
    let before = state.root.authority(&RoleName::Root);
    let kept = before.fingerprints().intersection(&root.authority(&RoleName::Root).fingerprints()).count();
    if u64::try_from(kept).is_ok_and(|kept| kept < before.threshold()) {
        let message = format!(
            "expected at least {} of the old keys to stay, found {kept}: keyholders who leave must sign once more",
            before.threshold()
        );
        findings.push(TOO_FEW_OLD_KEYS.finding(RoleName::Root, message));
    }
    for (lint, message) in keys::changed(state.root.keys(), root.keys()) {
        findings.push(lint.finding(RoleName::Root, message));
    }
}

/// Names and lengths of targets that are new: those that are there have been read by every client.
fn new_targets(state: Option<&State>, draft: &Proposed<Targets>, findings: &mut Vec<Finding>) {
    let before = state.and_then(|state| state.targets_of(draft.role()));
    let known = |path: &str| before.is_some_and(|before| before.targets().contains_key(path));
    for (lint, message) in targets::listed(draft, |path| !known(path)) {
        findings.push(lint.finding(draft.role(), message));
    }
}

/// How far off an expiry may be.
pub(super) const HORIZON: Duration = Duration::days(400);
