//! What owners do in a row: publish, and after a theft name other keys.

use super::stage::{Stage, dates};
use crate::{Dates, MakeKey, Twin, TwinError};
use std::collections::BTreeSet;
use tuffet_builder::{
    Change, Delegate, DelegateTo, DelegatedPaths, Expiries, Holder, OnlineKey, OnlineRole, TargetPin,
};
use tuffet_keys::{Fingerprint, sha256, sha512};
use tuffet_metadata::RoleName;

/// The owners of a twin, at work.
pub(super) struct Owners<'a> {
    pub(super) twin: Twin,
    stage: &'a Stage,
}

impl<'a> Owners<'a> {
    pub(super) fn of(stage: &'a Stage) -> Self {
        Self { twin: stage.now.clone(), stage }
    }

    /// Signs the online roles anew.
    pub(super) fn online(&mut self) -> Result<(), TwinError> {
        self.publish(&[], false)
    }

    /// Signs these roles anew; until later than anything lives, where asked.
    pub(super) fn renew(&mut self, words: &[&str]) -> Result<(), TwinError> {
        let mut changes = Vec::new();
        for word in words {
            match *word {
                "far" => {}
                "delegated" => {
                    let delegated = self.stage.delegated.as_ref();
                    changes.extend(delegated.map(|delegated| Change::Renew { role: delegated.role.clone() }));
                }
                name => changes.push(Change::Renew { role: RoleName::named(name) }),
            }
        }
        self.publish(&changes, words.contains(&"far"))
    }

    /// Lists `path` with other bytes than the thief's; or with the SHA-256 of the thief's and the SHA-512 of the others.
    pub(super) fn list(&mut self, path: &str, bytes: &[u8], two_hashes: bool) -> Result<(), TwinError> {
        let own = b"the owners' file";
        let pin = match two_hashes {
            false => TargetPin::of(path, own),
            true => TargetPin { sha256: sha256(bytes), sha512: Some(sha512(own)), ..TargetPin::of(path, bytes) },
        };
        self.publish(&[Change::SetTarget { role: RoleName::Targets, pin }], false)
    }

    /// Names other keys for what a thief has keys of, as far as `words` say, and publishes.
    pub(super) fn rotate(
        &mut self,
        words: &[&str],
        held: &BTreeSet<Fingerprint>,
        make: &mut MakeKey<'_>,
    ) -> Result<(), TwinError> {
        let root = self.twin.root();
        let of = |role: &RoleName| root.authority(role);
        let hit = |role: &RoleName| !of(role).fingerprints().is_disjoint(held);
        let mut roles: BTreeSet<OnlineRole> = BTreeSet::new();
        for word in words {
            match *word {
                "snapshot" => drop(roles.insert(OnlineRole::Snapshot)),
                // One key for both is stolen for both.
                "timestamp" if !hit(&RoleName::Snapshot) => drop(roles.insert(OnlineRole::Timestamp)),
                "timestamp" | "online" => roles.extend([OnlineRole::Snapshot, OnlineRole::Timestamp]),
                _ => {}
            }
        }
        let thresholds: Vec<(OnlineRole, u64)> =
            roles.into_iter().map(|role| (role, of(&RoleName::from(role)).threshold())).collect();
        let mut keys = Vec::new();
        for _ in 0..thresholds.iter().map(|(_, threshold)| *threshold).max().unwrap_or(0) {
            keys.push(OnlineKey { uri: "file:drill.pem".to_owned(), public: self.twin.new_key("online", make)? });
        }
        let mut changes: Vec<Change> = Vec::new();
        for (role, threshold) in thresholds {
            let keys = keys.iter().take(usize::try_from(threshold).unwrap_or(usize::MAX)).cloned().collect();
            changes.push(Change::SetOnlineKeys { role, keys, threshold });
        }
        if words.contains(&"delegated") {
            changes.extend(self.other_delegate(make)?);
        }
        self.publish(&changes, false)
    }

    /// Replaces every stolen key of root, targets and the online roles, and signs targets anew.
    pub(super) fn replace(&mut self, held: &BTreeSet<Fingerprint>, make: &mut MakeKey<'_>) -> Result<(), TwinError> {
        let root = self.twin.root();
        let people: BTreeSet<Fingerprint> = [RoleName::Root, RoleName::Targets]
            .iter()
            .flat_map(|role| root.authority(role).fingerprints())
            .filter(|key| held.contains(key))
            .collect();
        let online = [RoleName::Snapshot, RoleName::Timestamp].iter().any(|role| root.authority(role).is_met_by(held));
        let mut changes = Vec::new();
        for (number, outgoing) in people.into_iter().enumerate() {
            let owner = format!("@drill-{number}");
            let public = self.twin.new_key(&owner, make)?;
            changes.push(Change::ReplaceKeyholder { outgoing, incoming: Holder { owner, public } });
        }
        changes.push(Change::Renew { role: RoleName::Targets });
        self.publish(&changes, false)?;
        if online { self.rotate(&["online"], held, make) } else { Ok(()) }
    }

    /// The delegation as it is, to a key nobody has yet.
    fn other_delegate(&mut self, make: &mut MakeKey<'_>) -> Result<Option<Change>, TwinError> {
        let Some(delegated) = &self.stage.delegated else { return Ok(None) };
        let roles = self.twin.targets().delegations.clone();
        let Some(role) = roles.iter().flat_map(|all| all.roles().iter()).find(|r| r.name == delegated.role.as_str())
        else {
            return Ok(None);
        };
        let mut keys = Vec::new();
        for number in 0..role.keys.threshold {
            let owner = format!("@drill-delegate-{number}");
            keys.push(Delegate::Person(Holder { public: self.twin.new_key(&owner, make)?, owner }));
        }
        let paths = match role.path_hash_prefixes.is_empty() {
            true => DelegatedPaths::Patterns(role.paths),
            false => DelegatedPaths::HashPrefixes(role.path_hash_prefixes),
        };
        let (name, threshold, terminating) = (role.name, role.keys.threshold, role.terminating);
        let to = DelegateTo { name, keys, threshold, paths, terminating };
        Ok(Some(Change::SetDelegation { by: RoleName::Targets, to, before: None }))
    }

    fn publish(&mut self, changes: &[Change], far: bool) -> Result<(), TwinError> {
        let (now, far_off) = (dates(&self.stage.now), self.stage.far());
        let dates = match far {
            true => Dates { offline: Expiries { root: far_off, ..now.offline }, snapshot: far_off, timestamp: far_off },
            false => now,
        };
        self.twin.publish(changes, &dates)
    }
}
