//! Delegated roles, each verified for every role that delegates to it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use tuffet_metadata::{Authority, Limits, MetadataError, Profile, RoleName, Targets, Unverified, Verified};

/// Reads the delegated roles below `targets`, as far as `bring` has files for their names. Each must meet the threshold of
/// every role that delegates to it: clients come by any of them (C51). Bins are not asked for: there may be 2^32.
///
/// # Errors
/// [`MetadataError`] of the first role that does not verify.
pub fn delegated_below(
    targets: &Targets,
    bring: &mut dyn FnMut(&str) -> Option<Vec<u8>>,
) -> Result<BTreeMap<String, Verified<Targets>>, MetadataError> {
    let mut found: BTreeMap<String, Verified<Targets>> = BTreeMap::new();
    let mut waiting = names(targets);
    while let Some(name) = waiting.pop() {
        if found.contains_key(&name) {
            continue;
        }
        let by = authorities(targets, &found, &name);
        // One of those who delegate to it is known, or its name would not be waiting.
        let Some((bytes, first)) = bring(&name).zip(by.first()) else { continue };
        let verified = verify(&name, bytes, first)?;
        waiting.extend(names(&verified));
        found.insert(name, verified);
    }
    for (name, role) in &found {
        for by in authorities(targets, &found, name) {
            verify(name, role.bytes().to_vec(), &by)?;
        }
    }
    Ok(found)
}

fn verify(name: &str, bytes: Vec<u8>, by: &Authority<'_>) -> Result<Verified<Targets>, MetadataError> {
    Unverified::delegated(name, bytes).verify(by, &Profile::deployed(), &Limits::default())
}

fn authorities<'a>(
    targets: &'a Targets,
    found: &'a BTreeMap<String, Verified<Targets>>,
    name: &str,
) -> Vec<Authority<'a>> {
    let all = std::iter::once(targets).chain(found.values().map(|role| &**role));
    all.filter_map(|by| by.delegations.as_ref()?.authority(name)).collect()
}

fn names(targets: &Targets) -> Vec<String> {
    let roles = targets.delegations.iter().flat_map(|delegations| delegations.roles().names());
    roles.map(Cow::into_owned).collect()
}

/// The name of a role where it stands for a file without a version, or for a folder: as clients escape it, and so that no
/// name leaves its folder.
#[must_use]
pub fn file_stem(role: &RoleName) -> String {
    let name = role.request_name(None);
    let stem = name.strip_suffix(".json").unwrap_or(&name);
    if stem.bytes().all(|byte| byte == b'.') { stem.replace('.', "%2E") } else { stem.to_owned() }
}
