//! Thresholds that can never be met, and those that make a role fragile: one key decides, or one lost key ends it.

use super::Lint;
use super::table::{THRESHOLD_ALL, THRESHOLD_ONE, THRESHOLD_UNREACHABLE};
use tuffet_metadata::{Authority, RoleName, Root};

/// F10 and R16, for the four top-level roles.
pub(super) fn of_root(root: &Root) -> Vec<(&'static Lint, RoleName, String)> {
    let judged = RoleName::TOP_LEVEL.into_iter().map(|role| {
        let offline = matches!(role, RoleName::Root | RoleName::Targets);
        (of(&root.authority(&role), offline), role)
    });
    judged.filter_map(|(found, role)| found.map(|(lint, message)| (lint, role, message))).collect()
}

/// The same for one role. An online role has one key, and is none the worse for it.
pub(super) fn of(authority: &Authority<'_>, offline: bool) -> Option<(&'static Lint, String)> {
    let keys = authority.fingerprints().len();
    let reach = u64::try_from(keys).unwrap_or(u64::MAX);
    if reach < authority.threshold() {
        let message =
            format!("expected a threshold of at most {keys} (its distinct keys), found {}", authority.threshold());
        Some((&THRESHOLD_UNREACHABLE, message))
    } else if offline && authority.threshold() == 1 {
        Some((&THRESHOLD_ONE, "expected a threshold of at least 2, found 1: one stolen key is enough".to_owned()))
    } else if offline && reach == authority.threshold() {
        let message =
            format!("expected more keys than the threshold {reach}, found as many: one lost key ends the role");
        Some((&THRESHOLD_ALL, message))
    } else {
        None
    }
}
