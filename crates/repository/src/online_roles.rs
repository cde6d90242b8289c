//! Snapshot and timestamp, signed over what is staged.

use crate::published::LeftOver;
use crate::stage::metadata;
use crate::{OnlineExpiries, RepositoryError};
use chrono::TimeDelta;
use tuffet_builder::{Given, Online, assemble, snapshot};
use tuffet_keys::Sign;
use tuffet_metadata::json::Value;
use tuffet_metadata::{
    Authority, Limits, Profile, Proposed, Role, RoleName, Root, Snapshot, Targets, Unverified, Verified,
};

/// The snapshot to publish: one that an earlier run left, if it is what would be made now, or a new one at the first version
/// that nothing lies under.
pub(crate) fn next_snapshot(
    root: &Root,
    old: Option<&Verified<Snapshot>>,
    listed: &[&Verified<Targets>],
    left: &LeftOver,
    online: &dyn Sign,
    expires: &OnlineExpiries,
) -> Result<Verified<Snapshot>, RepositoryError> {
    let ask = expires.online(expires.snapshot);
    for (&version, bytes) in &left.files {
        if let Some(found) = adopted(root, old, listed, (version, bytes), &ask)? {
            return Ok(found);
        }
    }
    let current = old.map_or(0, |old| old.common.version);
    let mut free = current.saturating_add(1);
    while left.taken.contains(&free) {
        free = free.saturating_add(1);
    }
    if old.is_none() && free > 1 {
        // A second snapshot without a timestamp is how a repository that lost its timestamp is told from a new one.
        return Err(RepositoryError::LeftOver { file: RoleName::Snapshot.versioned_file_name(1) });
    }
    let proposed = snapshot(old, listed, &Online { at_least: free, ..ask })?;
    sign(root, &proposed, &RoleName::Snapshot, online)
}

/// The file left under `version`, where it is ours: signed for this root, with the very contents we would sign, and an expiry
/// so near that nobody would plan otherwise for it.
fn adopted(
    root: &Root,
    old: Option<&Verified<Snapshot>>,
    listed: &[&Verified<Targets>],
    (version, bytes): (u64, &[u8]),
    ask: &Online,
) -> Result<Option<Verified<Snapshot>>, RepositoryError> {
    let by = root.authority(&RoleName::Snapshot);
    let unverified = Unverified::<Snapshot>::new(bytes.to_vec());
    let Ok(found) = unverified.verify(&by, &Profile::deployed(), &Limits::default()) else { return Ok(None) };
    let expires = found.common.expires.time();
    let apart = expires.signed_duration_since(ask.expires).abs();
    if found.common.version != version || apart > TimeDelta::days(1) {
        return Ok(None);
    }
    let same = snapshot(old, listed, &Online { expires, at_least: version, ..ask.clone() })?;
    Ok((*same.value() == Value::from(found.value())).then_some(found))
}

pub(crate) fn require_online_key(root: &Root, online: &dyn Sign) -> Result<(), RepositoryError> {
    let found = online.public_key().fingerprint();
    for role in [RoleName::Snapshot, RoleName::Timestamp] {
        let allowed = root.authority(&role).fingerprints();
        if !allowed.contains(&found) {
            let expected: Vec<String> = allowed.iter().map(ToString::to_string).collect();
            return Err(RepositoryError::OnlineKey {
                role: role.to_string(),
                expected: expected.join(" or "),
                found: found.to_string(),
                signer: online.describe(),
            });
        }
    }
    Ok(())
}

/// Signs an online role and reads it back before anything else is built on it.
pub(crate) fn sign<T: Role>(
    root: &Root,
    proposed: &Proposed<T>,
    role: &RoleName,
    online: &dyn Sign,
) -> Result<Verified<T>, RepositoryError> {
    let signature = online.sign(proposed.payload())?;
    let authority: Authority<'_> = root.authority(role);
    let given = [Given { by: online.public_key().fingerprint(), signature }];
    let file = assemble(proposed, std::slice::from_ref(&authority), &given);
    Unverified::new(file)
        // What it may deviate in was judged when it was proposed: a repository taken over keeps its spec_version.
        .verify(&authority, &Profile::deployed(), &Limits::default())
        .map_err(|cause| metadata(role, cause))
}
