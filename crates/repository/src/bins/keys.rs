//! The keys of an update, and what they sign.

use crate::RepositoryError;
use tuffet_keys::{KeyId, Sign};
use tuffet_metadata::{Authority, Limits, Profile, Proposed, Role, RoleName, Root, Targets, Unverified, Verified};

/// The keys that sign without people. They may be one.
#[derive(Clone, Copy)]
pub struct BinKeys<'a> {
    /// Of the bins.
    pub bins: &'a dyn Sign,
    /// Of snapshot and timestamp.
    pub online: &'a dyn Sign,
}

/// Before anything is signed: each key is one its role has, and alone meets the threshold.
pub(super) fn require(authority: &Authority<'_>, key: &dyn Sign) -> Result<(), RepositoryError> {
    let found = key.public_key().fingerprint();
    let allowed = authority.fingerprints();
    let refuse = |expected: String| RepositoryError::OnlineKey {
        role: authority.role().to_string(),
        expected,
        found: found.to_string(),
        signer: key.describe(),
    };
    if !allowed.contains(&found) {
        let allowed: Vec<String> = allowed.iter().map(ToString::to_string).collect();
        return Err(refuse(allowed.join(" or ")));
    }
    match authority.threshold() {
        1 => Ok(()),
        threshold => Err(refuse(format!("and {} more to sign with it", threshold - 1))),
    }
}

pub(super) fn require_online(root: &Root, key: &dyn Sign) -> Result<(), RepositoryError> {
    require(&root.authority(&RoleName::Snapshot), key)?;
    require(&root.authority(&RoleName::Timestamp), key)
}

/// The keyid under which the role lists the key.
pub(super) fn keyid(authority: &Authority<'_>, key: &dyn Sign) -> Option<KeyId> {
    let found = key.public_key().fingerprint();
    let mut keys = authority.keys();
    let key = keys.find(|key| key.public().is_some_and(|public| public.fingerprint() == found))?;
    Some(key.keyid().clone())
}

/// The bin's file in canonical form, read back before anything lists it.
pub(super) fn finish(
    authority: &Authority<'_>,
    keyid: Option<&KeyId>,
    signed: (Proposed<Targets>, Vec<u8>),
) -> Result<Verified<Targets>, RepositoryError> {
    let (proposed, signature) = signed;
    let signatures: Vec<(KeyId, Vec<u8>)> = keyid.map(|keyid| (keyid.clone(), signature)).into_iter().collect();
    let role = authority.role();
    Unverified::delegated(role.as_str(), proposed.assemble_canonical(&signatures))
        .verify(authority, &Profile::Strict, &Limits::default())
        .map_err(|cause| RepositoryError::metadata(role.file_name(), cause))
}

/// Signs snapshot or timestamp and reads it back. The snapshot is the large one: it is written in canonical form.
pub(super) fn sign_online<T: Role>(
    root: &Root,
    proposed: &Proposed<T>,
    role: &RoleName,
    key: &dyn Sign,
) -> Result<Verified<T>, RepositoryError> {
    let authority = root.authority(role);
    let signature = key.sign(proposed.payload())?;
    let signatures: Vec<(KeyId, Vec<u8>)> =
        keyid(&authority, key).map(|keyid| (keyid, signature)).into_iter().collect();
    let large = *role == RoleName::Snapshot;
    let file = if large { proposed.assemble_canonical(&signatures) } else { proposed.assemble(&signatures) };
    Unverified::new(file)
        .verify(&authority, &Profile::Strict, &Limits::default())
        .map_err(|cause| RepositoryError::metadata(role.file_name(), cause))
}
