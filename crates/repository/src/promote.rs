//! A repository copied from one place to another as it is: what was looked at there is what is published here (T31).

use crate::published::Current;
use crate::stage::{delegate_to_bins, target_names};
use crate::{Place, Published, Repository, RepositoryError, Staged};
use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet};
use tuffet_keys::sha256;
use tuffet_metadata::RoleName;

/// Stages what is published at `from` for `to`: the same bytes, nothing signed. `None` where it is published there already.
/// With `digest`, the SHA-256 of the timestamp that was looked at, nothing else is taken.
///
/// The source must be further than the destination in everything. Where the destination's timestamps are signed for
/// themselves, ceremonies are published to it, and it is nobody's copy.
///
/// # Errors
/// [`RepositoryError`]
pub fn promote<A: Place, B: Place>(
    from: &Repository<A>,
    to: &Repository<B>,
    digest: Option<&str>,
) -> Result<Option<Staged>, RepositoryError> {
    let place = from.place().describe();
    let source = from.published()?.ok_or(RepositoryError::NothingThere { place: place.clone() })?;
    let found = sha256(source.timestamp.bytes()).to_string();
    if let Some(expected) = digest.filter(|digest| !digest.eq_ignore_ascii_case(&found)) {
        return Err(RepositoryError::Digest { place, expected: expected.to_owned(), found });
    }
    let current = to.current()?;
    let there = to.place().describe();
    if let Some(before) = &current.published
        && !comes_after(&source, before, &there)?
    {
        return Ok(None);
    }
    copy(from, &source, &current).map(Some)
}

/// Whether `source` is to be published over `before`; false where it is published.
fn comes_after(source: &Published, before: &Published, place: &str) -> Result<bool, RepositoryError> {
    for (ours, theirs) in source.roots.iter().zip(&before.roots) {
        if ours.bytes() != theirs.bytes() {
            return Err(RepositoryError::Diverged { place: place.to_owned(), version: theirs.common.version });
        }
    }
    let (new, old) = (source.timestamp.common.version, before.timestamp.common.version);
    if new == old && source.timestamp.bytes() == before.timestamp.bytes() && source.roots.len() >= before.roots.len() {
        return Ok(false);
    }
    if new <= old {
        return Err(RepositoryError::SignedThere { place: place.to_owned(), expected: old, found: new });
    }
    let versions = |published: &Published| {
        let mut versions = BTreeMap::from([
            (RoleName::Root.to_string(), published.root().common.version),
            (RoleName::Snapshot.to_string(), published.snapshot.common.version),
            (RoleName::Targets.to_string(), published.targets.common.version),
        ]);
        versions.extend(published.delegated.iter().map(|(name, role)| (name.clone(), role.common.version)));
        versions
    };
    let (new, old) = (versions(source), versions(before));
    for (role, expected) in old {
        let found = new.get(&role).copied();
        if let Some(found) = found.filter(|found| *found < expected) {
            return Err(RepositoryError::Older { place: place.to_owned(), role, expected, found });
        }
    }
    Ok(true)
}

/// When each role of it expires that is not the timestamp.
fn expiries(published: &Published) -> impl Iterator<Item = DateTime<Utc>> {
    let others = [&published.root().common, &published.snapshot.common];
    let listings = published.listings().map(|role| &role.common);
    others.into_iter().chain(listings).map(|common| common.expires.time())
}

fn copy<A: Place>(from: &Repository<A>, source: &Published, current: &Current) -> Result<Staged, RepositoryError> {
    let before = current.published.as_ref();
    let newest = before.map_or(0, |before| before.root().common.version);
    let mut staged = Staged {
        tree: BTreeMap::new(),
        new: Vec::new(),
        paths: BTreeSet::new(),
        starts: if newest > 1 { vec![1, newest] } else { vec![1] },
        has_bins: delegate_to_bins(source.listings()),
        seen: before.map(|before| before.tag.clone()),
        copied: true,
        // Nothing is signed: what it has left is no fault of the copy.
        stays_until: expiries(source).min(),
    };
    for role in source.listings() {
        let old = before.and_then(|before| before.listings().find(|old| old.role() == role.role()));
        for (path, listed) in role.targets().iter() {
            staged.paths.insert(path.clone().into_owned());
            if old.and_then(|old| old.targets().get(&path)).as_ref() == Some(&listed) {
                continue;
            }
            for name in target_names(&path, &listed) {
                let missing = || RepositoryError::Missing { file: name.clone(), rule: "R7" };
                let bytes = from.read(&name)?.ok_or_else(missing)?;
                staged.add(name.clone(), &bytes);
            }
        }
    }
    if let Some(before) = before {
        staged.hold(before);
    }
    for role in source.delegated.values() {
        staged.add(role.role().request_name(Some(role.common.version)), role.bytes());
    }
    // Bins, and roles that nobody delegates to any more, whose files may be gone.
    for (file, pin) in source.snapshot.meta().iter() {
        let name = file.strip_suffix(".json").unwrap_or(&file);
        if *file == RoleName::Targets.file_name() || source.delegated.contains_key(name) {
            continue;
        }
        let file = RoleName::Delegated(name.to_owned()).request_name(Some(pin.version));
        if let Some(bytes) = from.read(&file)? {
            staged.add(file, &bytes);
        }
    }
    let targets = RoleName::Targets.versioned_file_name(source.targets.common.version);
    staged.add(targets, source.targets.bytes());
    let snapshot = RoleName::Snapshot.versioned_file_name(source.snapshot.common.version);
    staged.add(snapshot, source.snapshot.bytes());
    for root in &source.roots {
        let file = RoleName::Root.versioned_file_name(root.common.version);
        if root.common.version <= newest {
            staged.tree.insert(file, root.bytes().to_vec());
        } else {
            staged.add(file, root.bytes());
        }
    }
    staged.add(RoleName::Timestamp.file_name(), source.timestamp.bytes());
    Ok(staged)
}
