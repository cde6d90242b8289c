//! A repository like another, whose keys are known and worth nothing.

use crate::TwinError;
use chrono::{DateTime, Duration, Utc};
use std::collections::{BTreeMap, BTreeSet};
use tuffet_builder::{MakeKey, Observed, Seen, StandIns, State, assemble};
use tuffet_client::MemoryTransport;
use tuffet_keys::{Fingerprint, PublicKey, Scheme};
use tuffet_metadata::json::{Object, Value, object};
use tuffet_metadata::{
    Authority, Limits, Pinned, Profile, Proposed, Role, RoleName, Root, Snapshot, Targets, Timestamp, Unverified,
    Verified, write_file,
};

/// A twin: the files it serves, and the keys of all its roles. Cheap to copy, to play one thing and then another.
#[derive(Clone)]
pub struct Twin {
    pub(crate) keys: StandIns,
    pub(crate) roots: Vec<Verified<Root>>,
    pub(crate) targets: Verified<Targets>,
    /// The delegated roles by name, bins among them.
    pub(crate) delegated: BTreeMap<String, Verified<Targets>>,
    pub(crate) snapshot: Verified<Snapshot>,
    pub(crate) timestamp: Verified<Timestamp>,
    /// What clients are served. An attacker's files overwrite the owners', as they would.
    pub files: MemoryTransport,
}

impl Twin {
    /// The twin of what was found. Whether clients can use the original is not asked: an expired repository has an expired
    /// twin.
    ///
    /// # Errors
    /// [`TwinError`]: a file is missing, or a role has too few keys that this program knows.
    pub fn of(seen: &Observed, make: &mut MakeKey<'_>) -> Result<Self, TwinError> {
        let missing = |found: String| TwinError::Incomplete { label: seen.label.clone(), found };
        let no = |name: &str| missing(format!("no {name} that reads"));
        let timestamp = seen.timestamp.as_ref().ok_or_else(|| no("timestamp"))?;
        let snapshot = seen.snapshot.as_ref().ok_or_else(|| no("snapshot"))?;
        let targets = seen.targets.as_ref().ok_or_else(|| no("targets"))?;
        let mut keys = StandIns::default();

        let mut roots: Vec<Verified<Root>> = Vec::new();
        for original in &seen.roots {
            let mut signed = members(original.signed.value());
            keys.replace(&mut signed, original.signed.keys().values(), make)?;
            let proposed = Proposed::<Root>::under(signed.into(), &Profile::deployed(), &Limits::default())?;
            roots.push(sign_root(&keys, &proposed, roots.last(), None)?);
        }
        let root = roots.last().cloned().ok_or_else(|| no("root"))?;

        let mut unsigned: Vec<Proposed<Targets>> = vec![targets_of(&mut keys, None, targets, make)?];
        let mut names = BTreeSet::new();
        for delegated in seen.delegated.iter().filter(|delegated| names.insert(&delegated.role)) {
            unsigned.push(targets_of(&mut keys, Some(&delegated.role), &delegated.file, make)?);
        }
        let mut signed: BTreeMap<RoleName, Verified<Targets>> = BTreeMap::new();
        for role in &unsigned {
            let authorities = match role.role() {
                RoleName::Targets => vec![root.authority(&RoleName::Targets)],
                RoleName::Delegated(name) => delegators(unsigned.iter().map(|by| &**by), name),
                _ => Vec::new(),
            };
            signed.insert(role.role().clone(), sign_targets(&keys, role, &authorities)?);
        }
        let targets = signed.remove(&RoleName::Targets).ok_or_else(|| no("targets"))?;
        let by_name = |(role, file): (RoleName, Verified<Targets>)| (role.as_str().to_owned(), file);
        let delegated: BTreeMap<String, Verified<Targets>> = signed.into_iter().map(by_name).collect();

        let mut meta = members(snapshot.signed.value());
        for file in std::iter::once(&targets).chain(delegated.values()) {
            pin_again(&mut meta, &file.role().file_name(), file.common.version, file.bytes());
        }
        let (profile, limits) = (Profile::deployed(), Limits::default());
        let unsigned = Proposed::<Snapshot>::under(meta.into(), &profile, &limits)?;
        let snapshot = sign_online(&keys, &root, &unsigned)?;
        let mut meta = members(timestamp.signed.value());
        pin_again(&mut meta, &RoleName::Snapshot.file_name(), snapshot.common.version, snapshot.bytes());
        let unsigned = Proposed::<Timestamp>::under(meta.into(), &profile, &limits)?;
        let timestamp = sign_online(&keys, &root, &unsigned)?;

        let files = MemoryTransport::default();
        let mut twin = Self { keys, roots, targets, delegated, snapshot, timestamp, files };
        twin.serve();
        Ok(twin)
    }

    /// The newest root.
    #[must_use]
    pub fn root(&self) -> &Verified<Root> {
        // A twin has at least one root: `of` refuses an original without.
        #[expect(clippy::indexing_slicing, reason = "never empty")]
        &self.roots[self.roots.len().saturating_sub(1)]
    }

    /// Every root, oldest first.
    #[must_use]
    pub fn roots(&self) -> &[Verified<Root>] {
        &self.roots
    }

    /// The top-level targets role.
    #[must_use]
    pub fn targets(&self) -> &Verified<Targets> {
        &self.targets
    }

    /// The delegated roles by name, bins among them.
    #[must_use]
    pub fn delegated(&self) -> &BTreeMap<String, Verified<Targets>> {
        &self.delegated
    }

    /// The snapshot.
    #[must_use]
    pub fn snapshot(&self) -> &Verified<Snapshot> {
        &self.snapshot
    }

    /// The timestamp.
    #[must_use]
    pub fn timestamp(&self) -> &Verified<Timestamp> {
        &self.timestamp
    }

    /// The last moment, `at` or before, at which all of it is valid: until when clients have lived with it.
    #[must_use]
    pub fn lived(&self, at: DateTime<Utc>) -> DateTime<Utc> {
        let ends = [
            self.root().common.expires.time(),
            self.targets.common.expires.time(),
            self.snapshot.common.expires.time(),
            self.timestamp.common.expires.time(),
        ];
        let last = |end: DateTime<Utc>| end.checked_sub_signed(Duration::seconds(1)).unwrap_or(end);
        ends.into_iter().map(last).fold(at, DateTime::min)
    }

    /// What its owners' next change starts from.
    #[must_use]
    pub fn state(&self) -> State {
        State { root: self.root().clone(), targets: self.targets.clone(), delegated: self.delegated.clone() }
    }

    /// The same roles, thresholds, targets and dates as a first root says them, with keys that nobody knows yet: what is
    /// left to do where root is dead, as clients of the old one see it.
    ///
    /// # Errors
    /// [`TwinError`]
    pub fn anew(&self, make: &mut MakeKey<'_>) -> Result<Self, TwinError> {
        let mut files = self.files.files.clone();
        files.retain(|name, _| !name.ends_with(".root.json"));
        let mut root = self.root().value();
        root.insert("version".to_owned(), 1_u64.into());
        files.insert(RoleName::Root.versioned_file_name(1), write_file(&root.into(), &[]));
        let file = |name: &str| Ok::<_, TwinError>(files.get(name).cloned());
        Self::of(&Observed::walk("a new repository", None, None, file)?, make)
    }

    /// What stands for a key of the original.
    #[must_use]
    pub fn stand_in(&self, original: &Fingerprint) -> Option<Fingerprint> {
        self.keys.of(original)
    }

    /// A key nobody has yet, for somebody who comes.
    ///
    /// # Errors
    /// [`TwinError::Key`]
    pub fn new_key(&mut self, name: &str, make: &mut MakeKey<'_>) -> Result<PublicKey, TwinError> {
        Ok(self.keys.add(name, Scheme::Ed25519, None, make)?)
    }

    /// Who may sign a role by what its owners say last. For root those of the newest; for a delegated role those of each
    /// that delegates to it.
    #[must_use]
    pub fn authorities(&self, role: &RoleName) -> Vec<Authority<'_>> {
        match role {
            RoleName::Delegated(name) => {
                delegators(std::iter::once(&*self.targets).chain(self.delegated.values().map(|by| &**by)), name)
            }
            role => vec![self.root().authority(role)],
        }
    }

    /// The keys of a role, whoever delegates to it.
    #[must_use]
    pub fn keys_of(&self, role: &RoleName) -> BTreeSet<Fingerprint> {
        self.authorities(role).iter().flat_map(Authority::fingerprints).collect()
    }

    /// The name a client asks for.
    pub(crate) fn file_name(&self, role: &RoleName, version: u64) -> String {
        match role {
            RoleName::Timestamp => role.file_name(),
            RoleName::Root => role.versioned_file_name(version),
            role => role.request_name(self.root().consistent_snapshot.then_some(version)),
        }
    }

    /// Puts everything its owners signed last where clients look for it.
    pub(crate) fn serve(&mut self) {
        let mut put: Vec<(String, Vec<u8>)> = Vec::new();
        let mut add = |role: &RoleName, version: u64, bytes: &[u8]| {
            put.push((self.file_name(role, version), bytes.to_vec()));
        };
        for root in &self.roots {
            add(&RoleName::Root, root.common.version, root.bytes());
        }
        for targets in std::iter::once(&self.targets).chain(self.delegated.values()) {
            add(targets.role(), targets.common.version, targets.bytes());
        }
        add(&RoleName::Snapshot, self.snapshot.common.version, self.snapshot.bytes());
        add(&RoleName::Timestamp, self.timestamp.common.version, self.timestamp.bytes());
        self.files.files.extend(put);
    }
}

/// A targets role with other keys in its delegations.
fn targets_of(
    keys: &mut StandIns,
    name: Option<&str>,
    original: &Seen<Targets>,
    make: &mut MakeKey<'_>,
) -> Result<Proposed<Targets>, TwinError> {
    let mut signed = members(original.signed.value());
    if let (Some(delegations), Some(Value::Object(members))) =
        (&original.signed.delegations, signed.get_mut("delegations"))
    {
        keys.replace(members, delegations.keys().values(), make)?;
    }
    let limits = Limits { targets_bytes: u64::MAX, ..Limits::default() };
    let role = name.map_or(RoleName::Targets, |name| RoleName::Delegated(name.to_owned()));
    // What the original deviates in, its twin does too.
    Ok(Proposed::next(role, signed.into(), original.signed.findings(), &limits)?)
}

/// The next root, signed by all of its keys and of the one before, or by those of them that are `held`.
pub(crate) fn sign_root(
    keys: &StandIns,
    proposed: &Proposed<Root>,
    before: Option<&Verified<Root>>,
    held: Option<&BTreeSet<Fingerprint>>,
) -> Result<Verified<Root>, TwinError> {
    let authorities: Vec<Authority<'_>> =
        std::iter::once(&**proposed).chain(before.map(|root| &**root)).map(|r| r.authority(&RoleName::Root)).collect();
    let given = keys.sign(proposed.payload(), &authorities, held)?;
    let file = Unverified::<Root>::new(assemble(proposed, &authorities, &given));
    let (profile, limits) = (Profile::deployed(), Limits::default());
    Ok(match before {
        Some(before) => file.verify_next(before, &profile, &limits)?,
        None => file.verify_pinned(&profile, &limits)?,
    })
}

/// A role that lists targets, verified for the first of its delegators; [`StandIns::sign`] has signed for all.
pub(crate) fn sign_targets(
    keys: &StandIns,
    proposed: &Proposed<Targets>,
    authorities: &[Authority<'_>],
) -> Result<Verified<Targets>, TwinError> {
    let given = keys.sign(proposed.payload(), authorities, None)?;
    let bytes = assemble(proposed, authorities, &given);
    let file = match proposed.role() {
        RoleName::Delegated(name) => Unverified::delegated(name, bytes),
        _ => Unverified::new(bytes),
    };
    let Some(by) = authorities.first() else {
        let found = format!("{}, to which no role delegates", proposed.role());
        return Err(TwinError::Incomplete { label: "the twin".to_owned(), found });
    };
    Ok(file.verify(by, &Profile::deployed(), &Limits { targets_bytes: u64::MAX, ..Limits::default() })?)
}

/// The next file of an online role.
pub(crate) fn sign_online<T: Role>(
    keys: &StandIns,
    root: &Root,
    proposed: &Proposed<T>,
) -> Result<Verified<T>, TwinError> {
    let by = [root.authority(proposed.role())];
    let given = keys.sign(proposed.payload(), &by, None)?;
    let file = Unverified::<T>::new(assemble(proposed, &by, &given));
    let [by] = by;
    Ok(file.verify(&by, &Profile::deployed(), &Limits::default())?)
}

/// Pins a file anew in the `meta` of `signed`, with what its entry pins now: a hash, a length, or the version alone, which
/// decides what a thief can do (threats.md T12, T18). A file without an entry gets a full one.
pub(crate) fn pin_again(signed: &mut Object, file: &str, version: u64, bytes: &[u8]) {
    let mut full = Pinned::of(version, bytes).to_object();
    let Some(Value::Object(meta)) = signed.get_mut("meta") else { return };
    if let Some(entry) = meta.get(file).and_then(Value::as_object) {
        full.retain(|member, _| member == "version" || entry.contains_key(member));
    }
    meta.insert(file.to_owned(), full.into());
}

fn delegators<'a>(all: impl Iterator<Item = &'a Targets>, name: &str) -> Vec<Authority<'a>> {
    all.filter_map(|by| by.delegations.as_ref()?.authority(name)).collect()
}

pub(crate) fn members(value: &Value) -> Object {
    value.as_object().cloned().unwrap_or_else(|| object([]))
}
