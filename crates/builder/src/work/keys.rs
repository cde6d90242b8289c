//! Keys by whose they are, and members of objects.

use super::Work;
use crate::{Delegate, DraftError};
use std::collections::BTreeMap;
use tuffet_keys::{Fingerprint, KeyId};
use tuffet_metadata::Key;
use tuffet_metadata::json::{Object, Value};

impl Work<'_> {
    pub(super) fn add(&mut self, key: Key) -> KeyId {
        let keyid = key.keyid().clone();
        self.keys.insert(keyid.clone(), key);
        keyid
    }

    /// The keyid of somebody's key in root. A key object that is there already is used as it stands: a second one for the
    /// same key would give one person two names (F8).
    pub(super) fn keyid_of(&mut self, who: &Delegate) -> Result<KeyId, DraftError> {
        let key = known(self.in_use(), who)?;
        Ok(self.add(key))
    }

    /// Every usable key under the object that new metadata writes. Two objects of one key become one.
    pub(super) fn rewrite_keys(&mut self) {
        let rewritten: BTreeMap<KeyId, Key> =
            self.keys.iter().filter_map(|(keyid, key)| Some((keyid.clone(), key.rewritten()?))).collect();
        for (keyid, key) in &rewritten {
            self.keys.remove(keyid);
            self.keys.insert(key.keyid().clone(), key.clone());
        }
        for (keyids, _) in self.roles.values_mut() {
            let mut names: Vec<KeyId> = Vec::new();
            for keyid in keyids.iter() {
                let name = rewritten.get(keyid).map_or(keyid, Key::keyid);
                if !names.contains(name) {
                    names.push(name.clone());
                }
            }
            *keyids = names;
        }
    }

    /// The keys of the four roles. Root may have others, which are nobody's.
    pub(super) fn in_use(&self) -> impl Iterator<Item = &Key> {
        let in_use = |key: &&Key| self.roles.values().any(|(keyids, _)| keyids.contains(key.keyid()));
        self.keys.values().filter(in_use)
    }

    /// The keyids under which root has the key.
    pub(super) fn keyids_with(&self, fingerprint: &Fingerprint) -> Vec<KeyId> {
        keyids_with(&self.keys, fingerprint)
    }
}

/// The key as `keys`, those in use, have it, or a new object for it.
pub(super) fn known<'a>(mut keys: impl Iterator<Item = &'a Key>, who: &Delegate) -> Result<Key, DraftError> {
    let fingerprint = who.public().fingerprint();
    match keys.find(|key| is(key, &fingerprint)) {
        None => Ok(who.key()),
        Some(key) if name(key) == who.name() => Ok(key.clone()),
        Some(key) => {
            Err(DraftError::AlreadyHeld { owner: who.name().to_owned(), fingerprint, holder: name(key).to_owned() })
        }
    }
}

pub(super) fn keyids_with(keys: &BTreeMap<KeyId, Key>, fingerprint: &Fingerprint) -> Vec<KeyId> {
    keys.iter().filter(|(_, key)| is(key, fingerprint)).map(|(keyid, _)| keyid.clone()).collect()
}

pub(super) fn is(key: &Key, fingerprint: &Fingerprint) -> bool {
    key.public().is_some_and(|public| public.fingerprint() == *fingerprint)
}

/// Whose key it is, for people.
pub(super) fn name(key: &Key) -> &str {
    key.owner().or(key.online_uri()).unwrap_or("another role")
}

/// Changes the object under `name`; an empty one takes the place of nothing, of `null` and of what is no object.
pub(super) fn edit<T>(object: &mut Object, name: &str, change: impl FnOnce(&mut Object) -> T) -> T {
    let mut inner = match object.remove(name) {
        Some(Value::Object(inner)) => inner,
        _ => Object::new(),
    };
    let result = change(&mut inner);
    object.insert(name.to_owned(), inner.into());
    result
}
