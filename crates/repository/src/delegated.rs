//! Delegated roles of a repository: read below those that delegate to them, and staged with them.

use crate::{Place, Repository, RepositoryError};
use std::collections::BTreeMap;
use tuffet_builder::delegated_below;
use tuffet_metadata::{MetadataError, RoleName, Root, Snapshot, Targets, Verified};

/// Delegated roles by name.
pub(crate) type Delegated = BTreeMap<String, Verified<Targets>>;

impl<P: Place> Repository<P> {
    /// The delegated roles that the snapshot lists. Bins are not read: a change reads those it needs.
    pub(crate) fn delegated(
        &self,
        root: &Root,
        snapshot: &Snapshot,
        targets: &Targets,
    ) -> Result<Delegated, RepositoryError> {
        let mut failed = None;
        let mut bring = |name: &str| {
            let role = RoleName::Delegated(name.to_owned());
            // A role that no snapshot lists has not been published (C53).
            let version = snapshot.meta().get(&role.file_name())?.version;
            let file = role.request_name(root.consistent_snapshot.then_some(version));
            let bytes = self.read(&file).and_then(|bytes| bytes.ok_or(RepositoryError::Missing { file, rule: "R6" }));
            bytes.map_err(|error| failed.get_or_insert(error).hint()).ok()
        };
        let found = delegated_below(targets, &mut bring).map_err(refused);
        if let Some(error) = failed {
            return Err(error);
        }
        let found = found?;
        for role in found.values() {
            let file = role.role().file_name();
            let expected = snapshot.meta().get(&file).map_or(0, |listed| listed.version);
            let found = role.common.version;
            if found != expected {
                return Err(RepositoryError::Version { file, expected, found });
            }
        }
        Ok(found)
    }
}

/// The delegated roles once `new` ones are published: each has the next version, and each, new or not, holds for all that
/// delegate to it (R20). One that nobody delegates to any more is not among them: its file and its entry in the snapshot
/// stay, and no client looks for it.
pub(crate) fn next(
    before: &Delegated,
    targets: &Targets,
    mut new: BTreeMap<String, Vec<u8>>,
) -> Result<Delegated, RepositoryError> {
    let old = |name: &str| before.get(name).map(|before| before.bytes().to_vec());
    let mut fresh = Vec::new();
    let mut bring = |name: &str| match new.remove(name) {
        Some(bytes) => {
            fresh.push(name.to_owned());
            Some(bytes)
        }
        None => old(name),
    };
    let after = delegated_below(targets, &mut bring).map_err(refused)?;
    if let Some((role, _)) = new.pop_first() {
        return Err(RepositoryError::NotDelegated { role });
    }
    for (name, role) in after.iter().filter(|(name, _)| fresh.contains(name)) {
        // A publication that was interrupted left it there: this run finishes it.
        if before.get(name).is_some_and(|before| before.bytes() == role.bytes()) {
            continue;
        }
        let expected = before.get(name).map_or(0, |before| before.common.version).saturating_add(1);
        let found = role.common.version;
        if found != expected {
            return Err(RepositoryError::Version { file: role.role().file_name(), expected, found });
        }
    }
    Ok(after)
}

fn refused(cause: MetadataError) -> RepositoryError {
    RepositoryError::metadata(cause.role.file_name(), cause)
}
