//! R19: how many failed runs of the job that signs online an online role outlives.

use crate::periods::online_days;
use tuffet_metadata::{RoleName, Root};

/// For snapshot and timestamp, by the periods that root gives them in days. A job that runs once a day signs anew as soon
/// as no more than the signing period is left, so that many runs may fail before the role expires.
pub(super) fn of_root(root: &Root) -> Vec<(RoleName, String)> {
    let mut found = Vec::new();
    for role in [RoleName::Timestamp, RoleName::Snapshot] {
        let (Some(expiry), Some(signing)) = online_days(root, &role) else { continue };
        let outlived = signing.min(expiry.saturating_sub(1));
        if outlived < AT_LEAST {
            let message = format!(
                "expected to outlive {AT_LEAST} failed daily runs, found {outlived}: \
                 it lives {expiry} days and is signed anew {signing} before the end"
            );
            found.push((role, message));
        }
    }
    found
}

/// A long weekend.
const AT_LEAST: u64 = 3;
