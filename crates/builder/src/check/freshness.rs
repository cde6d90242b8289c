//! D7: how old what a client believes of each role can become before it notices.

use super::observed::Observed;
use tuffet_metadata::{Expires, RoleName};
use tuffet_verifier::Bound;

/// How fresh a role really is. An expiry counts only against those who cannot write a later one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Freshness {
    /// The role.
    pub role: RoleName,
    /// Its own expiry: what the file says.
    pub expires: Expires,
    /// What ends a freeze by whoever serves the files and holds no key: the first expiry on a client's way to the role.
    pub without_keys: Bound,
    /// What ends it where the timestamp's keys are stolen: the first expiry of a role that they cannot sign. `None`
    /// where they sign every role on the way.
    pub with_timestamp_keys: Option<Bound>,
}

/// For every role that was found, in the order of the workflow. Empty where one of the four top-level roles is missing.
#[must_use]
pub fn freshness(seen: &Observed) -> Vec<Freshness> {
    let (Some(root), Some(timestamp), Some(snapshot), Some(targets)) =
        (seen.roots.last(), &seen.timestamp, &seen.snapshot, &seen.targets)
    else {
        return Vec::new();
    };
    let online = root.signed.authority(&RoleName::Timestamp).fingerprints();
    let bound = |role: RoleName, expires: &Expires| Bound { role, expires: expires.clone() };
    let top = [
        bound(RoleName::Timestamp, &timestamp.signed.common.expires),
        bound(RoleName::Snapshot, &snapshot.signed.common.expires),
        bound(RoleName::Root, &root.signed.common.expires),
        bound(RoleName::Targets, &targets.signed.common.expires),
    ];
    let first = |bounds: &[Bound]| bounds.iter().min_by_key(|bound| bound.expires.time()).cloned();
    let unheld: Vec<Bound> =
        top.iter().filter(|bound| !root.signed.authority(&bound.role).is_met_by(&online)).cloned().collect();
    let mut out = Vec::new();
    for role in [RoleName::Root, RoleName::Timestamp, RoleName::Snapshot, RoleName::Targets] {
        let own = top.iter().find(|bound| bound.role == role);
        if let (Some(own), Some(without_keys)) = (own, first(&top)) {
            out.push(Freshness {
                role,
                expires: own.expires.clone(),
                without_keys,
                with_timestamp_keys: first(&unheld),
            });
        }
    }
    for (role, file) in seen.targets_roles().skip(1) {
        let own = bound(role.clone(), &file.signed.common.expires);
        let delegator = seen.delegated.iter().find(|delegated| delegated.role == role.as_str());
        let by = delegator.and_then(|found| seen.targets_roles().find(|(role, _)| *role == found.by));
        let delegations = by.and_then(|(_, file)| file.signed.delegations.as_ref());
        let own_held =
            delegations.and_then(|d| d.authority(role.as_str())).is_some_and(|authority| authority.is_met_by(&online));
        let with = |bounds: &[Bound], also: bool| {
            first(&bounds.iter().cloned().chain(also.then(|| own.clone())).collect::<Vec<_>>())
        };
        if let Some(without_keys) = with(&top, true) {
            let with_timestamp_keys = with(&unheld, !own_held);
            out.push(Freshness { role, expires: own.expires.clone(), without_keys, with_timestamp_keys });
        }
    }
    out
}
