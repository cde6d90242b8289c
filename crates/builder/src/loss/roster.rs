//! Who holds which keys of a repository, and what each role takes.

use crate::Observed;
use std::collections::{BTreeMap, BTreeSet};
use tuffet_keys::{Fingerprint, KeyId, PublicKey};
use tuffet_metadata::{Authority, Expires, Key, RoleName};

/// The keys of the newest root and of the delegations below it, each once however many keyids and roles it has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Roster {
    /// The keys, in the order in which root and delegations list them.
    pub keys: Vec<RosterKey>,
    /// The roles: the four top-level ones in the order of the workflow, then the delegated ones in that of a search.
    pub roles: Vec<RosterRole>,
    /// Whether timestamp pins snapshot's bytes, and not its version alone.
    pub pins_snapshot: bool,
}

/// A key that counts for a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RosterKey {
    /// Which key it is.
    pub fingerprint: Fingerprint,
    /// Its names in the files.
    pub keyids: BTreeSet<KeyId>,
    /// Its owner, as the file says that was read first.
    pub owner: Option<String>,
    /// Where it lies, for one that is online.
    pub online_uri: Option<String>,
}

/// Roles that one delegator gives to the same keys with the same threshold: one role, or the bins of a delegation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RosterRole {
    /// The roles, in order; never empty.
    pub names: Vec<RoleName>,
    /// Whoever names their keys. Root's own is root.
    pub by: RoleName,
    /// Places of their keys in [`Roster::keys`].
    pub keys: BTreeSet<usize>,
    /// How many must sign.
    pub threshold: u64,
    /// The first expiry of them; `None` where no file was found.
    pub expires: Option<Expires>,
    /// Whether snapshot pins the bytes of them all, and not their versions alone.
    pub pinned: bool,
}

/// Keys that are lost or stolen together: a person with all of theirs, or one key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// What people call it.
    pub name: String,
    /// Places in [`Roster::keys`].
    pub keys: BTreeSet<usize>,
}

impl Roster {
    /// Of a repository as it was found. `None` where one of the four top-level roles is missing.
    #[must_use]
    pub fn of(seen: &Observed) -> Option<Self> {
        let (root, timestamp) = (seen.roots.last()?, seen.timestamp.as_ref()?);
        let (snapshot, targets) = (seen.snapshot.as_ref()?, seen.targets.as_ref()?);
        let hashed = |pin: &tuffet_metadata::Pinned| pin.hashes.is_some();
        let pin = |role: &RoleName| snapshot.signed.meta().get(&role.file_name());
        let mut roster =
            Self { keys: Vec::new(), roles: Vec::new(), pins_snapshot: hashed(&timestamp.signed.snapshot) };
        for (role, expires) in [
            (RoleName::Root, &root.signed.common.expires),
            (RoleName::Timestamp, &timestamp.signed.common.expires),
            (RoleName::Snapshot, &snapshot.signed.common.expires),
            (RoleName::Targets, &targets.signed.common.expires),
        ] {
            let pinned = role != RoleName::Targets || pin(&role).as_ref().is_some_and(hashed);
            roster.add(&root.signed.authority(&role), RoleName::Root, Some(expires), pinned);
        }
        let files: BTreeMap<&str, &Expires> =
            seen.delegated.iter().map(|found| (found.role.as_str(), &found.file.signed.common.expires)).collect();
        for (by, file) in seen.targets_roles() {
            let Some(delegations) = &file.signed.delegations else { continue };
            for name in delegations.names_in(&snapshot.signed) {
                let Some(authority) = delegations.authority(&name) else { continue };
                let pinned = pin(authority.role()).as_ref().is_none_or(hashed);
                roster.add(&authority, by.clone(), files.get(name.as_str()).copied(), pinned);
            }
        }
        Some(roster)
    }

    fn add(&mut self, authority: &Authority<'_>, by: RoleName, expires: Option<&Expires>, pinned: bool) {
        let keys: BTreeSet<usize> = authority.keys().filter_map(|key| self.place(key)).collect();
        let (name, threshold) = (authority.role().clone(), authority.threshold());
        let same = |role: &&mut RosterRole| {
            role.by == by && role.keys == keys && role.threshold == threshold && role.pinned == pinned
        };
        let bins = matches!(name, RoleName::Delegated(_));
        match self.roles.iter_mut().find(|role| bins && same(role)) {
            Some(role) => {
                role.names.push(name);
                role.expires = earlier(role.expires.take(), expires.cloned());
            }
            None => {
                let expires = expires.cloned();
                self.roles.push(RosterRole { names: vec![name], by, keys, threshold, expires, pinned });
            }
        }
    }

    /// The place of a key, which may be new. A key nobody can use counts for nothing.
    fn place(&mut self, key: &Key) -> Option<usize> {
        let fingerprint = key.public().map(PublicKey::fingerprint)?;
        let known = self.keys.iter().position(|known| known.fingerprint == fingerprint);
        let place = known.unwrap_or(self.keys.len());
        if known.is_none() {
            let (keyids, owner, online_uri) = (BTreeSet::new(), None, None);
            self.keys.push(RosterKey { fingerprint, keyids, owner, online_uri });
        }
        let entry = self.keys.get_mut(place)?;
        entry.keyids.insert(key.keyid().clone());
        entry.owner = entry.owner.take().or_else(|| key.owner().map(str::to_owned));
        entry.online_uri = entry.online_uri.take().or_else(|| key.online_uri().map(str::to_owned));
        Some(place)
    }

    /// Each key by itself.
    #[must_use]
    pub fn each_key(&self) -> Vec<Unit> {
        let unit = |(place, key): (usize, &RosterKey)| Unit { name: key.name(), keys: BTreeSet::from([place]) };
        self.keys.iter().enumerate().map(unit).collect()
    }

    /// People with all their keys; a key that names no owner stands by itself.
    #[must_use]
    pub fn each_person(&self) -> Vec<Unit> {
        let mut units: Vec<Unit> = Vec::new();
        for (place, key) in self.keys.iter().enumerate() {
            let owner = key.owner.as_ref();
            match units.iter_mut().find(|unit| owner == Some(&unit.name)) {
                Some(unit) => drop(unit.keys.insert(place)),
                None => units.push(Unit { name: key.name(), keys: BTreeSet::from([place]) }),
            }
        }
        units
    }

    /// The keys that `text` means: an owner's, or the one whose fingerprint, keyid or online URI begins so (six
    /// characters at least). Empty where it means none, or several keys of nobody in common.
    #[must_use]
    pub fn meant_by(&self, text: &str) -> BTreeSet<usize> {
        let places = |is: &dyn Fn(&RosterKey) -> bool| -> BTreeSet<usize> {
            self.keys.iter().enumerate().filter(|(_, key)| is(key)).map(|(place, _)| place).collect()
        };
        let owned = places(&|key| key.owner.as_deref() == Some(text));
        if !owned.is_empty() || text.len() < 6 {
            return owned;
        }
        let found = places(&|key| {
            let online = key.online_uri.as_deref().is_some_and(|uri| uri.starts_with(text));
            let keyid = key.keyids.iter().any(|keyid| keyid.as_str().starts_with(text));
            online || keyid || key.fingerprint.to_string().starts_with(text)
        });
        if found.len() == 1 { found } else { BTreeSet::new() }
    }

    /// The places of the roles whose keys the role at `place` names.
    pub(super) fn delegators(&self, place: usize) -> impl Iterator<Item = usize> {
        let by = self.roles.get(place).map(|role| &role.by);
        let names = move |role: &RosterRole| by.is_some_and(|by| role.names.contains(by));
        self.roles.iter().enumerate().filter(move |(_, role)| names(role)).map(|(place, _)| place)
    }
}

impl RosterKey {
    /// What people call it: its owner, or where it lies, or the start of its fingerprint.
    #[must_use]
    pub fn name(&self) -> String {
        let online = self.online_uri.as_ref().map(|_| format!("online key {}", self.fingerprint.short()));
        self.owner.clone().or(online).unwrap_or_else(|| format!("key {}", self.fingerprint.short()))
    }
}

impl RosterRole {
    /// `targets`, or `256 roles from bins-00 on`.
    #[must_use]
    pub fn label(&self) -> String {
        match self.names.as_slice() {
            [one] => one.to_string(),
            [first, ..] => format!("{} roles from {first} on", self.names.len()),
            [] => String::new(),
        }
    }

    /// Whether it is this top-level role.
    #[must_use]
    pub fn is(&self, role: &RoleName) -> bool {
        self.names.first() == Some(role)
    }

    /// How many keys may be lost before it cannot be signed any more.
    #[must_use]
    pub fn spare(&self) -> u64 {
        count(self.keys.len()).saturating_sub(self.threshold)
    }
}

fn earlier(one: Option<Expires>, other: Option<Expires>) -> Option<Expires> {
    [one, other].into_iter().flatten().min_by_key(Expires::time)
}

pub(super) fn count(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}
