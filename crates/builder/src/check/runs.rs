//! R19: how many failed runs of the job that signs online an online role outlives.

use tuffet_metadata::json::{Object, Value};
use tuffet_metadata::{RoleName, Root};

/// For snapshot and timestamp, by the periods that root gives them in days. A job that runs once a day signs anew as soon
/// as no more than the signing period is left, so that many runs may fail before the role expires.
pub(super) fn of_root(root: &Root) -> Vec<(RoleName, String)> {
    let value = root.value();
    let roles = value.get("roles").and_then(Value::as_object);
    let mut found = Vec::new();
    for role in [RoleName::Timestamp, RoleName::Snapshot] {
        let members = roles.and_then(|roles| roles.get(role.as_str())).and_then(Value::as_object);
        let days = |name: &str| members.and_then(|members| members.get(name)).and_then(Value::as_u64);
        let (Some(expiry), Some(signing)) = (days(EXPIRY), days(SIGNING)) else { continue };
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

/// Days before its end at which a role is to be signed anew, by the members of its file or of its entry in root.
pub(crate) fn signing_days(members: &Object) -> Option<u64> {
    members.get(SIGNING).and_then(Value::as_u64)
}

/// Days a role lives.
const EXPIRY: &str = "x-tuf-on-ci-expiry-period";
/// Days before its end at which it is signed anew.
pub(super) const SIGNING: &str = "x-tuf-on-ci-signing-period";
/// A long weekend.
const AT_LEAST: u64 = 3;
