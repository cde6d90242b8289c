//! Rules a draft is held to before anyone is asked to sign. Every finding at once.

use crate::{Draft, State};
use chrono::{DateTime, Duration, Utc};
use std::collections::BTreeMap;
use tuffet_keys::{Fingerprint, Scheme};
use tuffet_metadata::{Key, Proposed, Role, RoleName, Root};

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// To be known, and to be waived with a reason or mended.
    Warning,
    /// The draft is refused.
    Error,
}

/// One broken rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule's id in spec.md or ceremony.md.
    pub rule: &'static str,
    /// How bad.
    pub severity: Severity,
    /// Where: a role, or a role and a key.
    pub place: String,
    /// What is wrong, expected before found.
    pub message: String,
    /// What to do about it.
    pub fix: &'static str,
}

/// Checks `draft` as the next step after `state`, for a ceremony held at `at`.
#[must_use]
pub fn check(state: Option<&State>, draft: &Draft, at: DateTime<Utc>) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let Some(root) = &draft.root {
        thresholds(root, &mut findings);
        one_key_one_person(root, &mut findings);
        online_keys(root, &mut findings);
        expiry(root, at, Duration::days(400), &mut findings);
        if let Some(state) = state {
            successor(state, root, &mut findings);
        }
    }
    for targets in draft.targets.iter().chain(draft.delegated.values()) {
        expiry(targets, at, Duration::days(400), &mut findings);
    }
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    findings
}

fn error(rule: &'static str, place: &dyn ToString, message: String, fix: &'static str) -> Finding {
    Finding { rule, severity: Severity::Error, place: place.to_string(), message, fix }
}

fn warning(rule: &'static str, place: &dyn ToString, message: String, fix: &'static str) -> Finding {
    Finding { rule, severity: Severity::Warning, place: place.to_string(), message, fix }
}

/// F10, and thresholds that make a role fragile: one key decides, or one lost key ends it (R16).
fn thresholds(root: &Root, findings: &mut Vec<Finding>) {
    for role in RoleName::TOP_LEVEL {
        let authority = root.authority(&role);
        let keys = authority.fingerprints().len();
        let reach = u64::try_from(keys).unwrap_or(u64::MAX);
        let offline = matches!(role, RoleName::Root | RoleName::Targets);
        if reach < authority.threshold() {
            let message =
                format!("expected a threshold of at most {keys} (its distinct keys), found {}", authority.threshold());
            findings.push(error("F10", &role, message, "lower the threshold or add a keyholder"));
        } else if offline && authority.threshold() == 1 {
            let message = "expected a threshold of at least 2, found 1: one stolen key is enough".to_owned();
            findings.push(warning("R16", &role, message, "raise the threshold"));
        } else if offline && reach == authority.threshold() {
            let message =
                format!("expected more keys than the threshold {reach}, found as many: one lost key ends the role");
            findings.push(warning("R16", &role, message, "add a keyholder or lower the threshold"));
        }
    }
}

/// F8: one key under two names would let one person fill two seats.
fn one_key_one_person(root: &Root, findings: &mut Vec<Finding>) {
    let mut holders: BTreeMap<Fingerprint, Vec<&Key>> = BTreeMap::new();
    for key in root.keys().values() {
        if let Some(public) = key.public() {
            holders.entry(public.fingerprint()).or_default().push(key);
        }
    }
    for (fingerprint, keys) in holders.into_iter().filter(|(_, keys)| keys.len() > 1) {
        let names: Vec<&str> = keys.iter().map(|key| key.owner().or(key.online_uri()).unwrap_or("?")).collect();
        let message =
            format!("expected one holder of key {}, found {}", fingerprint.short(), names.join(" and ").escape_debug());
        findings.push(error("F8", &"root", message, "give each person a key of their own"));
    }
}

/// R1: a key that lies online must not sign what clients ultimately trust. A P-384 online key locks some released
/// clients out (ceremony.md, 2024-01).
fn online_keys(root: &Root, findings: &mut Vec<Finding>) {
    let online: Vec<Fingerprint> =
        [RoleName::Snapshot, RoleName::Timestamp].iter().flat_map(|role| root.authority(role).fingerprints()).collect();
    for role in [RoleName::Root, RoleName::Targets] {
        for fingerprint in root.authority(&role).fingerprints().iter().filter(|f| online.contains(f)) {
            let message = format!("expected an offline key, found the online key {}", fingerprint.short());
            findings.push(error("R1", &role, message, "use another key for the online roles"));
        }
    }
    let p384 =
        |key: &&Key| key.public().is_some_and(|p| p.scheme() == Scheme::EcdsaP384 && online.contains(&p.fingerprint()));
    for key in root.keys().values().filter(p384) {
        let message = format!("expected P-256 or Ed25519 online, found P-384 in key {}", key.keyid().short());
        findings.push(warning("R1", &"timestamp", message, "use a P-256 key online"));
    }
}

/// R18: not expired when signed, and not so far off that a freeze lasts for years.
fn expiry<T: Role>(proposed: &Proposed<T>, at: DateTime<Utc>, horizon: Duration, findings: &mut Vec<Finding>) {
    let expires = &proposed.common().expires;
    if expires.is_past(at) {
        let message = format!("expected an expiry after {}, found {expires}", tuffet_metadata::format_time(at));
        findings.push(error("R18", proposed.role(), message, "set a later expiry in the plan"));
    } else if at.checked_add_signed(horizon).is_some_and(|far| expires.time() > far) {
        let message = format!("expected an expiry within {} days, found {expires}", horizon.num_days());
        findings.push(warning("R18", proposed.role(), message, "set an earlier expiry in the plan"));
    }
}

/// R3, R9, and that the old keyholders can carry the new root at all (R2).
fn successor(state: &State, root: &Proposed<Root>, findings: &mut Vec<Finding>) {
    let (old, new) = (state.root.common.version, root.common.version);
    if old.checked_add(1) != Some(new) {
        let message = format!("expected version {}, found {new}", old.saturating_add(1));
        findings.push(error("R3", &"root", message, "draft again from the newest root"));
    }
    if state.root.consistent_snapshot && !root.consistent_snapshot {
        let message = "expected consistent_snapshot to stay true, found false".to_owned();
        findings.push(error("R9", &"root", message, "leave consistent_snapshot as it is"));
    }
    let before = state.root.authority(&RoleName::Root);
    let kept = before.fingerprints().intersection(&root.authority(&RoleName::Root).fingerprints()).count();
    if u64::try_from(kept).is_ok_and(|kept| kept < before.threshold()) {
        let message = format!(
            "expected at least {} of the old keys to stay, found {kept}: keyholders who leave must sign once more",
            before.threshold()
        );
        findings.push(warning("R2", &"root", message, "replace fewer keys in one ceremony"));
    }
}
