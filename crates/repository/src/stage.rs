//! Staging: the online roles over what a ceremony signed, all in memory.

use crate::delegated::next;
use crate::online_roles::{Signers, next_snapshot, require_online_key, sign};
use crate::{Current, Published, RepositoryError, Tag};
use chrono::{DateTime, Utc};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use tuffet_builder::{Online, Pins, State, timestamp};
use tuffet_keys::{Sign, sha256};
use tuffet_metadata::{Limits, MetadataError, Profile, RoleName, Root, TargetFile, Targets, Unverified, Verified};

/// What a ceremony brings.
#[derive(Debug, Clone, Default)]
pub struct Signed {
    /// The next root, if it changes.
    pub root: Option<Vec<u8>>,
    /// The next targets, if they change.
    pub targets: Option<Vec<u8>>,
    /// The next delegated roles, by name: those that change.
    pub delegated: BTreeMap<String, Vec<u8>>,
    /// Target files that are new, by path in the metadata.
    pub files: BTreeMap<String, Vec<u8>>,
}

/// Expiry and pins of the online roles.
#[derive(Debug, Clone, Copy)]
pub struct OnlineExpiries {
    /// Snapshot.
    pub snapshot: DateTime<Utc>,
    /// Timestamp.
    pub timestamp: DateTime<Utc>,
    /// How they pin what they list.
    pub pins: Pins,
}

impl OnlineExpiries {
    pub(crate) fn online(&self, expires: DateTime<Utc>) -> Online {
        Online { pins: self.pins, ..Online::until(expires) }
    }
}

/// A repository as it would be, not yet verified as a whole.
#[derive(Debug, Clone)]
pub struct Staged {
    /// Every metadata file a client may ask for, old and new, and the new target files, by path.
    pub(crate) tree: BTreeMap<String, Vec<u8>>,
    /// The new files, in the order of publication; the timestamp is the last.
    pub(crate) new: Vec<String>,
    /// Every target that clients are to find: those of the top-level role, and of the delegated ones that change.
    pub(crate) paths: BTreeSet<String>,
    /// The first root and the newest one before this publication.
    pub(crate) starts: Vec<u64>,
    /// Whether a role delegates to succinct bins.
    #[cfg_attr(not(feature = "second-client"), expect(dead_code, reason = "the second client alone cannot read bins"))]
    pub(crate) has_bins: bool,
    /// When the first of the roles expires that this publication leaves as they are.
    pub(crate) stays_until: Option<DateTime<Utc>>,
    /// What its place called the timestamp it was staged from; `None` where there was none.
    pub(crate) seen: Option<Tag>,
    /// Whether every byte was published elsewhere before, so that none can be signed anew.
    pub(crate) copied: bool,
}

/// Stages the next state of a repository: verifies what a ceremony signed, and signs snapshot and timestamp over it
/// with the online key. A snapshot that an earlier run left and that says the same is taken as it is; where it says
/// something else its version is passed over, as clients accept.
///
/// # Errors
/// [`RepositoryError`]
pub fn stage(
    current: impl Into<Current>,
    signed: Signed,
    online: &dyn Sign,
    expires: &OnlineExpiries,
) -> Result<Staged, RepositoryError> {
    if signed.root.is_none() && signed.targets.is_none() && signed.delegated.is_empty() {
        return Err(RepositoryError::NothingNew);
    }
    stage_over(current.into(), signed, Over::NewSnapshot, &online.into(), expires)
}

/// Stages the online roles anew over what is published, for when they expire before anything else changes.
///
/// # Errors
/// [`RepositoryError`]
pub fn stage_online(
    current: Published,
    online: &dyn Sign,
    expires: &OnlineExpiries,
) -> Result<Staged, RepositoryError> {
    stage_over(current.into(), Signed::default(), Over::NewSnapshot, &online.into(), expires)
}

/// Stages the timestamp anew over the published snapshot, which is one file less for clients to fetch and for places to keep
/// for ever.
///
/// # Errors
/// [`RepositoryError`]
pub fn stage_timestamp(
    current: Published,
    online: &dyn Sign,
    expires: &OnlineExpiries,
) -> Result<Staged, RepositoryError> {
    stage_over(current.into(), Signed::default(), Over::OldSnapshot, &online.into(), expires)
}

/// Stages the online roles over what is published, signed by its online key and by that of `root`, which is published next:
/// while clients find that root, and not yet the timestamp that comes with it, they trust the one from before.
///
/// # Errors
/// [`RepositoryError`]
pub fn stage_bridge(
    current: Published,
    root: &[u8],
    today: &dyn Sign,
    then: &dyn Sign,
    expires: &OnlineExpiries,
) -> Result<Staged, RepositoryError> {
    let root = next_root(Some(&current.state()), Some(root.to_vec()))?;
    require_online_key(&root, then)?;
    // Nor is a bridge any good where what lies beyond it does not hold.
    next_targets(Some(current.state()), &root, None)?;
    next(&current.delegated, &current.targets, BTreeMap::new())?;
    let by = Signers { online: today, then: Some((&root, then)) };
    stage_over(current.into(), Signed::default(), Over::NewSnapshot, &by, expires)
}

/// Whether one of these roles delegates to succinct bins.
pub(crate) fn delegate_to_bins<'a>(mut listed: impl Iterator<Item = &'a Verified<Targets>>) -> bool {
    listed.any(|role| role.delegations.as_ref().is_some_and(|d| d.succinct_roles().is_some()))
}

/// What the new timestamp lists.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Over {
    NewSnapshot,
    OldSnapshot,
}

#[expect(clippy::needless_pass_by_value, reason = "what was published is out of date once something is staged over it")]
fn stage_over(
    current: Current,
    signed: Signed,
    over: Over,
    by: &Signers<'_>,
    expires: &OnlineExpiries,
) -> Result<Staged, RepositoryError> {
    let left = current.left();
    let current = current.published.as_ref();
    let state = current.map(Published::state);
    let brings_root = signed.root.is_some();
    let root = next_root(state.as_ref(), signed.root)?;
    let delegated = state.as_ref().map(|state| state.delegated.clone()).unwrap_or_default();
    let targets = next_targets(state, &root, signed.targets)?;
    let delegated = next(&delegated, &targets, signed.delegated)?;
    require_online_key(&root, by.online)?;

    let (old_snapshot, old_timestamp) = match current {
        Some(published) => (Some(&published.snapshot), Some(&published.timestamp)),
        None => (None, None),
    };
    let listed: Vec<&Verified<Targets>> = std::iter::once(&targets).chain(delegated.values()).collect();
    let new_snapshot = match old_snapshot.filter(|_| over == Over::OldSnapshot) {
        Some(old) => old.clone(),
        None => next_snapshot(&root, old_snapshot, &listed, left, by, expires)?,
    };
    let proposed = timestamp(old_timestamp, &new_snapshot, &expires.online(expires.timestamp))?;
    let new_timestamp = sign(&root, &proposed, &RoleName::Timestamp, by)?;

    let seen = current.map(|published| published.tag.clone());
    let mut staged = Staged {
        tree: BTreeMap::new(),
        new: Vec::new(),
        paths: BTreeSet::new(),
        starts: vec![1],
        has_bins: delegate_to_bins(listed.iter().copied()),
        stays_until: None,
        seen,
        copied: false,
    };
    for old in current.into_iter().flat_map(|published| &published.roots) {
        let version = old.common.version;
        staged.tree.insert(RoleName::Root.versioned_file_name(version), old.bytes().to_vec());
        staged.starts = if version == 1 { vec![1] } else { vec![1, version] };
    }
    // Where names have had no versions so far, nothing lies under those that clients ask for from now on (R9).
    let versioned = current.filter(|published| published.root().consistent_snapshot);
    if let Some(published) = versioned {
        staged.hold(published);
    }
    if brings_root {
        // Also where an interrupted publication left it: this one is to answer for it.
        staged.tree.remove(&RoleName::Root.versioned_file_name(root.common.version));
    }
    let before: Vec<&Verified<Targets>> = current.into_iter().flat_map(Published::listings).collect();
    for role in &listed {
        let before = before.iter().find(|before| before.role() == role.role()).copied();
        staged.add_targets(role, before, &signed.files)?;
        // What an older delegated file lists outside its paths is not this publication's affair.
        if *role.role() == RoleName::Targets || before.is_none_or(|before| before.bytes() != role.bytes()) {
            staged.paths.extend(role.targets().keys().map(Cow::into_owned));
        }
    }
    for role in delegated.values() {
        staged.add(role.role().request_name(Some(role.common.version)), role.bytes());
    }
    let mut add = |role: RoleName, version: u64, bytes: &[u8]| staged.add(role.versioned_file_name(version), bytes);
    // Clients follow a root as soon as it is there, so it comes as late as it can: only the timestamp needs it.
    add(RoleName::Targets, targets.common.version, targets.bytes());
    add(RoleName::Snapshot, new_snapshot.common.version, new_snapshot.bytes());
    add(RoleName::Root, root.common.version, root.bytes());
    staged.add(RoleName::Timestamp.file_name(), new_timestamp.bytes());
    let stays = [
        (RoleName::Root, &root.common),
        (RoleName::Targets, &targets.common),
        (RoleName::Snapshot, &new_snapshot.common),
    ];
    let stays =
        stays.into_iter().filter(|(role, common)| !staged.new.contains(&role.versioned_file_name(common.version)));
    staged.stays_until = stays.map(|(_, common)| common.expires.time()).min();
    Ok(staged)
}

impl Staged {
    /// What is published and stays: it is asked of the place, and not made again.
    pub(crate) fn hold(&mut self, published: &Published) {
        for role in published.listings() {
            self.tree.insert(role.role().request_name(Some(role.common.version)), role.bytes().to_vec());
        }
        let snapshot = &published.snapshot;
        let file = RoleName::Snapshot.versioned_file_name(snapshot.common.version);
        self.tree.insert(file, snapshot.bytes().to_vec());
    }

    /// The version of the newest root in it.
    #[cfg(feature = "second-client")]
    pub(crate) fn newest_root(&self) -> u64 {
        let versions = self.tree.keys().filter_map(|name| name.strip_suffix(".root.json")?.parse().ok());
        versions.max().unwrap_or(1)
    }

    pub(crate) fn add(&mut self, file: String, bytes: &[u8]) {
        if self.tree.get(&file).map(Vec::as_slice) != Some(bytes) {
            self.tree.insert(file.clone(), bytes.to_vec());
            self.new.push(file);
        }
    }

    /// The new target files, one copy for each listed hash (R7). A file that the metadata lists and nobody brings
    /// must be published already.
    fn add_targets(
        &mut self,
        targets: &Verified<Targets>,
        before: Option<&Verified<Targets>>,
        files: &BTreeMap<String, Vec<u8>>,
    ) -> Result<(), RepositoryError> {
        let (role, version) = (targets.role(), targets.common.version);
        for (path, listed) in targets.targets().iter() {
            let path = &*path;
            let refuse =
                |found: String| RepositoryError::Target { path: path.to_owned(), role: role.clone(), version, found };
            let Some(bytes) = files.get(path) else {
                if before.and_then(|targets| targets.targets().get(path)).as_ref() == Some(&listed) {
                    continue;
                }
                return Err(refuse("none".into()));
            };
            let length = bytes.len() as u64;
            if !listed.hashes.match_bytes(bytes) || listed.length.is_some_and(|want| want != length) {
                return Err(refuse(format!("another one ({length} bytes, SHA-256 {})", sha256(bytes))));
            }
            for name in target_names(path, &listed) {
                self.add(name, bytes);
            }
        }
        Ok(())
    }
}

/// The names of a target file under consistent snapshots.
pub(crate) fn target_names(path: &str, file: &TargetFile) -> Vec<String> {
    file.hashed_names(path).map(|name| format!("targets/{name}")).collect()
}

fn next_root(state: Option<&State>, new: Option<Vec<u8>>) -> Result<Verified<Root>, RepositoryError> {
    let (profile, limits) = (Profile::deployed(), Limits::default());
    let root = match (new, state) {
        (None, None) => return Err(RepositoryError::NothingNew),
        (None, Some(state)) => return Ok(state.root.clone()),
        // It is there already: a publication was interrupted after it, and this run finishes it.
        (Some(bytes), Some(state)) if bytes == state.root.bytes() => return Ok(state.root.clone()),
        (Some(bytes), None) => Unverified::<Root>::new(bytes).verify_pinned(&profile, &limits),
        (Some(bytes), Some(state)) => Unverified::<Root>::new(bytes).verify_next(&state.root, &profile, &limits),
    };
    let root = root.map_err(|cause| metadata(&RoleName::Root, cause))?;
    let expected = state.map_or(0, |state| state.root.common.version) + 1;
    let found = root.common.version;
    if found == expected {
        Ok(root)
    } else {
        Err(RepositoryError::Version { file: "root.json".into(), expected, found })
    }
}

fn next_targets(state: Option<State>, root: &Root, new: Option<Vec<u8>>) -> Result<Verified<Targets>, RepositoryError> {
    let before = state.as_ref().map_or(0, |state| state.targets.common.version);
    let is_new = new.is_some();
    let Some(bytes) = new.or_else(|| state.map(|state| state.targets.bytes().to_vec())) else {
        return Err(RepositoryError::NothingNew);
    };
    // Also where targets stay: they must hold under the new root's keys (R20).
    let targets = Unverified::<Targets>::new(bytes)
        .verify(&root.authority(&RoleName::Targets), &Profile::deployed(), &Limits::default())
        .map_err(|cause| metadata(&RoleName::Targets, cause))?;
    let (expected, found) = (before + u64::from(is_new), targets.common.version);
    if found == expected {
        return Ok(targets);
    }
    Err(RepositoryError::Version { file: "targets.json".into(), expected, found })
}

pub(crate) fn metadata(role: &RoleName, cause: MetadataError) -> RepositoryError {
    RepositoryError::metadata(role.file_name(), cause)
}
