//! Delegations: whom a role that lists targets hands parts of its paths to.

use super::keys::{edit, is, keyids_with, known};
use super::{Listing, Work};
use crate::{BinsSpec, Delegate, DelegateTo, DelegatedPaths, DraftError, Holder};
use std::collections::BTreeSet;
use tuffet_keys::{Fingerprint, KeyId};
use tuffet_metadata::json::{Object, Value, object};
use tuffet_metadata::{HashPrefix, Key, PathPattern, RoleName};

impl Work<'_> {
    pub(super) fn set_delegation(
        &mut self,
        by: &RoleName,
        to: &DelegateTo,
        before: Option<&str>,
    ) -> Result<(), DraftError> {
        let role = RoleName::Delegated(to.name.clone());
        let listing = self.listing(by)?;
        let names = listing.seats(&role, &to.keys, to.threshold)?;
        let write = |members: &mut Object| {
            members.insert("name".into(), to.name.as_str().into());
            members.insert("keyids".into(), names.into());
            members.insert("threshold".into(), to.threshold.into());
            members.insert("terminating".into(), to.terminating.into());
            let (name, other, values): (_, _, Vec<&str>) = match &to.paths {
                DelegatedPaths::Patterns(patterns) => {
                    ("paths", "path_hash_prefixes", patterns.iter().map(PathPattern::as_str).collect())
                }
                DelegatedPaths::HashPrefixes(prefixes) => {
                    ("path_hash_prefixes", "paths", prefixes.iter().map(HashPrefix::as_str).collect())
                }
            };
            members.insert(name.into(), values.into());
            // One of the two, never both (F19).
            members.remove(other);
        };
        let place = |roles: &mut Vec<Value>| match roles.iter().position(|role| named(role) == Some(&to.name)) {
            Some(at) => {
                let Some(Value::Object(members)) = roles.get_mut(at) else { return };
                write(members);
            }
            None => {
                let mut members = Object::new();
                write(&mut members);
                let at = roles.iter().position(|role| before.is_some() && named(role) == before);
                roles.insert(at.unwrap_or(roles.len()), members.into());
            }
        };
        if let Some(before) = before.filter(|before| !listing.delegates_to(before)) {
            return Err(DraftError::NoDelegation { by: by.clone(), name: before.to_owned() });
        }
        listing.edit_roles(by, place)
    }

    pub(super) fn remove_delegation(&mut self, by: &RoleName, name: &str) -> Result<(), DraftError> {
        let listing = self.listing(by)?;
        if !listing.delegates_to(name) {
            return Err(DraftError::NoDelegation { by: by.clone(), name: name.to_owned() });
        }
        listing.edit_roles(by, |roles| roles.retain(|role| named(role) != Some(name)))
    }

    pub(super) fn set_bins(&mut self, by: &RoleName, bins: &BinsSpec) -> Result<(), DraftError> {
        let listing = self.listing(by)?;
        if listing.delegated().is_some_and(|d| roles(d).is_some_and(|roles| !roles.is_empty())) {
            return Err(DraftError::BinsOrNames { by: by.clone() });
        }
        let role = RoleName::Delegated(bins.name_prefix.clone());
        let names = listing.seats(&role, &bins.keys, bins.threshold)?;
        listing.edit_delegations(|delegations| {
            delegations.remove("roles");
            edit(delegations, "succinct_roles", |members| {
                members.extend(object([
                    ("bit_length", u64::from(bins.bit_length).into()),
                    ("keyids", names.into()),
                    ("name_prefix", bins.name_prefix.as_str().into()),
                    ("threshold", bins.threshold.into()),
                ]));
            });
        });
        Ok(())
    }

    /// In every delegation that has the outgoing key; how many there were.
    pub(super) fn replace_delegate(&mut self, outgoing: &Fingerprint, incoming: &Holder) -> Result<usize, DraftError> {
        let delegated = self.state.into_iter().flat_map(|state| state.delegated.keys());
        let roles: Vec<RoleName> = delegated.cloned().map(RoleName::Delegated).chain([RoleName::Targets]).collect();
        let mut seats = 0usize;
        for role in roles {
            let there = self.state.and_then(|state| state.targets_of(&role)?.delegations.as_ref());
            // Nothing is opened that has not the key: it would be written anew without a reason.
            if there.is_some_and(|there| there.keys().values().any(|key| is(key, outgoing))) {
                let listing = self.listing(&role)?;
                let gone = keyids_with(&listing.keys, outgoing);
                let key = known(listing.keys.values(), &Delegate::Person(incoming.clone()))?;
                seats = seats.saturating_add(listing.replace(&gone, key));
            }
        }
        Ok(seats)
    }

    /// Whether a role says, after the changes so far, that it delegates to `name`.
    pub(super) fn is_delegated(&self, name: &str) -> bool {
        let untouched = self.state.into_iter().flat_map(|state| &state.delegated);
        let mut untouched =
            untouched.filter(|(role, _)| !self.targets.contains_key(&RoleName::Delegated((*role).clone())));
        self.targets.values().any(|listing| listing.delegates_to(name))
            || untouched.any(|(_, targets)| targets.delegations.as_ref().is_some_and(|d| d.authority(name).is_some()))
    }

    /// The names that a role delegates to and did not before, bins aside: there may be 2^32 of those, and another part
    /// makes them.
    pub(super) fn newly_delegated(&self) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        for (role, listing) in &self.targets {
            let before = self.state.and_then(|state| state.targets_of(role)?.delegations.as_ref());
            let is_new = |name: &&str| before.is_none_or(|before| before.authority(name).is_none());
            let listed = listing.delegated().and_then(roles).into_iter().flatten();
            names.extend(listed.filter_map(named).filter(is_new).map(str::to_owned));
        }
        names
    }
}

impl Listing {
    /// The keyids of a delegated role's keys, which come in where they are new.
    fn seats(&mut self, role: &RoleName, keys: &[Delegate], threshold: u64) -> Result<Vec<String>, DraftError> {
        let distinct: BTreeSet<Fingerprint> = keys.iter().map(|key| key.public().fingerprint()).collect();
        if threshold == 0 || u64::try_from(distinct.len()).is_ok_and(|keys| keys < threshold) {
            return Err(DraftError::Threshold { role: role.clone(), threshold, keys: distinct.len() });
        }
        let mut names: Vec<String> = Vec::new();
        for delegate in keys {
            let key = known(self.keys.values(), delegate)?;
            let keyid = key.keyid().to_string();
            // F11: unique.
            if !names.contains(&keyid) {
                names.push(keyid);
            }
            self.keys.insert(key.keyid().clone(), key);
        }
        Ok(names)
    }

    fn delegates_to(&self, name: &str) -> bool {
        self.delegated().and_then(roles).is_some_and(|roles| roles.iter().any(|role| named(role) == Some(name)))
    }

    /// Changes the list of named roles.
    fn edit_roles(&mut self, by: &RoleName, change: impl FnOnce(&mut Vec<Value>)) -> Result<(), DraftError> {
        if self.delegated().is_some_and(|delegations| delegations.contains_key("succinct_roles")) {
            return Err(DraftError::BinsOrNames { by: by.clone() });
        }
        self.edit_delegations(|delegations| {
            let mut roles = match delegations.remove("roles") {
                Some(Value::Array(roles)) => roles,
                _ => Vec::new(),
            };
            change(&mut roles);
            delegations.insert("roles".into(), Value::Array(roles));
        });
        Ok(())
    }

    /// Changes the delegations, and keeps of the keys what a role still uses.
    fn edit_delegations(&mut self, change: impl FnOnce(&mut Object)) {
        let keys = &self.keys;
        edit(&mut self.value, "delegations", |delegations| {
            change(delegations);
            let used = used_keyids(delegations);
            let kept = keys.values().filter(|key| used.contains(key.keyid().as_str()));
            let kept: Object = kept.map(|key| (key.keyid().to_string(), key.object().into())).collect();
            delegations.insert("keys".into(), kept.into());
        });
    }

    /// Gives the seats of `gone` to `key`; how many there were.
    fn replace(&mut self, gone: &[KeyId], key: Key) -> usize {
        let mut seats = 0usize;
        let new = key.keyid().to_string();
        self.keys.insert(key.keyid().clone(), key);
        let is_gone = |keyid: &Value| gone.iter().any(|gone| keyid.as_str() == Some(gone.as_str()));
        let mut in_role = |role: &mut Value| {
            let Value::Object(members) = role else { return };
            let Some(Value::Array(keyids)) = members.get_mut("keyids") else { return };
            if let Some(seat) = keyids.iter_mut().find(|keyid| is_gone(keyid)) {
                *seat = new.as_str().into();
                seats = seats.saturating_add(1);
            }
            keyids.retain(|keyid| !is_gone(keyid));
        };
        self.edit_delegations(|delegations| {
            if let Some(Value::Array(roles)) = delegations.get_mut("roles") {
                roles.iter_mut().for_each(&mut in_role);
            }
            if let Some(bins) = delegations.get_mut("succinct_roles") {
                in_role(bins);
            }
        });
        seats
    }
}

/// The keyids that delegations give to roles.
pub(super) fn used_keyids(delegations: &Object) -> BTreeSet<&str> {
    let listed = roles(delegations).into_iter().flatten().chain(delegations.get("succinct_roles"));
    listed.filter_map(keyids).flatten().filter_map(Value::as_str).collect()
}

fn roles(delegations: &Object) -> Option<&[Value]> {
    delegations.get("roles").and_then(Value::as_array)
}

fn named(role: &Value) -> Option<&str> {
    role.as_object()?.get("name")?.as_str()
}

fn keyids(role: &Value) -> Option<&[Value]> {
    role.as_object()?.get("keyids")?.as_array()
}
