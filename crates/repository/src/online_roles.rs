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

/// Who signs the online roles.
pub(crate) struct Signers<'a> {
    /// The online key of the root that answers for them.
    pub(crate) online: &'a dyn Sign,
    /// The root that is to come, and its online key, where what is signed must hold under both.
    pub(crate) then: Option<(&'a Root, &'a dyn Sign)>,
}

impl<'a> From<&'a dyn Sign> for Signers<'a> {
    fn from(online: &'a dyn Sign) -> Self {
        Self { online, then: None }
    }
}

impl Signers<'_> {
    /// Under whom a file of the role must hold.
    fn authorities<'r>(&'r self, root: &'r Root, role: &'r RoleName) -> Vec<Authority<'r>> {
        let then = self.then.map(|(then, _)| then.authority(role));
        [root.authority(role)].into_iter().chain(then).collect()
    }
}

/// The snapshot to publish: one that an earlier run left, if it is what would be made now, or a new one at the first version
/// that nothing lies under.
pub(crate) fn next_snapshot(
    root: &Root,
    old: Option<&Verified<Snapshot>>,
    listed: &[&Verified<Targets>],
    left: &LeftOver,
    by: &Signers<'_>,
    expires: &OnlineExpiries,
) -> Result<Verified<Snapshot>, RepositoryError> {
    let ask = expires.online(expires.snapshot);
    for (&version, bytes) in &left.files {
        if let Some(found) = adopted(&by.authorities(root, &RoleName::Snapshot), old, listed, (version, bytes), &ask)? {
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
    sign(root, &proposed, &RoleName::Snapshot, by)
}

/// The file left under `version`, where it is ours: signed for this root, with the very contents we would sign, and an expiry
/// so near that nobody would plan otherwise for it.
fn adopted(
    authorities: &[Authority<'_>],
    old: Option<&Verified<Snapshot>>,
    listed: &[&Verified<Targets>],
    (version, bytes): (u64, &[u8]),
    ask: &Online,
) -> Result<Option<Verified<Snapshot>>, RepositoryError> {
    let mut found = None;
    for by in authorities {
        let unverified = Unverified::<Snapshot>::new(bytes.to_vec());
        let Ok(verified) = unverified.verify(by, &Profile::deployed(), &Limits::default()) else { return Ok(None) };
        found = Some(verified);
    }
    let Some(found) = found else { return Ok(None) };
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
    by: &Signers<'_>,
) -> Result<Verified<T>, RepositoryError> {
    let authorities = by.authorities(root, role);
    let mut given = Vec::new();
    for key in std::iter::once(by.online).chain(by.then.map(|(_, key)| key)) {
        given.push(Given { by: key.public_key().fingerprint(), signature: key.sign(proposed.payload())? });
    }
    let file = assemble(proposed, &authorities, &given);
    // What it may deviate in was judged when it was proposed: a repository taken over keeps its spec_version.
    let verify = |by: &Authority<'_>| {
        let unverified = Unverified::<T>::new(file.clone());
        unverified.verify(by, &Profile::deployed(), &Limits::default()).map_err(|cause| metadata(role, cause))
    };
    authorities.iter().skip(1).try_for_each(|then| verify(then).map(drop))?;
    verify(&root.authority(role))
}
