//! Throw-away keys in place of the real ones: in a root, and in what a role delegates.
//!
//! What is drafted or attacked with them is what would be with the real keys, and nobody who trusts those trusts it.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use tuffet_keys::{Fingerprint, KeyId, PublicKey, Scheme, Sign, SignError};
use tuffet_metadata::json::{Object, Value, object};
use tuffet_metadata::{Authority, Key, keyid_of};

use crate::Given;

/// Makes a throw-away Ed25519 key; the argument names whom it stands for. It comes from outside, as this crate has no
/// randomness and no keys.
pub type MakeKey<'a> = dyn FnMut(&str) -> Result<Box<dyn Sign>, String> + 'a;

/// No throw-away key could be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no throw-away key for {name}: {reason}")]
pub struct NoStandIn {
    /// Whose key it was to stand for.
    pub name: String,
    /// Why.
    pub reason: String,
}

/// A throw-away key.
#[derive(Clone)]
pub struct StandIn {
    sign: Rc<dyn Sign>,
    /// The scheme of the key it stands for. What a client does not know it does not count, so for a client without a
    /// scheme the signatures of its stand-ins are left out.
    pub scheme: Scheme,
    /// The key it stands for; `None` for one that is not enrolled yet.
    pub original: Option<Fingerprint>,
}

/// Throw-away keys, by their own fingerprints. Cheap to copy.
#[derive(Clone, Default)]
pub struct StandIns {
    by_own: BTreeMap<Fingerprint, StandIn>,
}

impl StandIns {
    /// The key with this fingerprint.
    #[must_use]
    pub fn get(&self, own: &Fingerprint) -> Option<&StandIn> {
        self.by_own.get(own)
    }

    /// What stands for a key that exists.
    #[must_use]
    pub fn of(&self, original: &Fingerprint) -> Option<Fingerprint> {
        self.by_own.iter().find(|(_, key)| key.original == Some(*original)).map(|(own, _)| *own)
    }

    /// A new key, for one that exists or that is to come.
    ///
    /// # Errors
    /// [`NoStandIn`]
    pub fn add(
        &mut self,
        name: &str,
        scheme: Scheme,
        original: Option<Fingerprint>,
        make: &mut MakeKey<'_>,
    ) -> Result<PublicKey, NoStandIn> {
        let sign = make(name).map_err(|reason| NoStandIn { name: name.to_owned(), reason })?;
        let public = sign.public_key().clone();
        self.by_own.insert(public.fingerprint(), StandIn { sign: Rc::from(sign), scheme, original });
        Ok(public)
    }

    /// What stands for a key, made if there is nothing yet.
    ///
    /// # Errors
    /// [`NoStandIn`]
    pub fn for_key(
        &mut self,
        original: &PublicKey,
        name: &str,
        make: &mut MakeKey<'_>,
    ) -> Result<PublicKey, NoStandIn> {
        let fingerprint = original.fingerprint();
        if let Some(known) = self.of(&fingerprint).and_then(|own| self.get(&own)) {
            return Ok(known.sign.public_key().clone());
        }
        self.add(name, original.scheme(), Some(fingerprint), make)
    }

    /// Puts stand-ins in the place of `keys` in `holder`, which has them in `keys` and names them wherever `keyids` stand:
    /// in a root's roles, in a delegations object's roles or bins. A key nobody can use stays.
    ///
    /// # Errors
    /// [`NoStandIn`]
    pub fn replace<'k>(
        &mut self,
        holder: &mut Object,
        keys: impl IntoIterator<Item = &'k Key>,
        make: &mut MakeKey<'_>,
    ) -> Result<(), NoStandIn> {
        let mut renamed: BTreeMap<&KeyId, KeyId> = BTreeMap::new();
        let mut objects = Object::new();
        for key in keys {
            let mut members = key.object();
            let mut keyid = key.keyid().clone();
            if let Some(public) = key.public() {
                let own = self.for_key(public, key.whose(), make)?;
                members.extend(object([
                    ("keytype", own.scheme().keytype().into()),
                    ("keyval", object([("public", own.to_tuf_public().into())]).into()),
                    ("scheme", own.scheme().name().into()),
                ]));
                keyid = keyid_of(&members);
            }
            objects.insert(keyid.to_string(), members.into());
            renamed.insert(key.keyid(), keyid);
        }
        holder.insert("keys".to_owned(), objects.into());
        let renamed = renamed.into_iter().map(|(old, new)| (old.as_str(), new)).collect();
        for member in ["roles", "succinct_roles"] {
            if let Some(value) = holder.get_mut(member) {
                rename(value, &renamed);
            }
        }
        Ok(())
    }

    /// The signatures over `payload` of those keys of `authorities` that are among `held`; of all with `None`.
    ///
    /// # Errors
    /// [`SignError`]
    pub fn sign(
        &self,
        payload: &[u8],
        authorities: &[Authority<'_>],
        held: Option<&BTreeSet<Fingerprint>>,
    ) -> Result<Vec<Given>, SignError> {
        let all: BTreeSet<Fingerprint> = authorities.iter().flat_map(Authority::fingerprints).collect();
        let keys = all.into_iter().filter(|key| held.is_none_or(|held| held.contains(key)));
        let keys = keys.filter_map(|by| Some((by, self.get(&by)?)));
        keys.map(|(by, key)| Ok(Given { by, signature: key.sign.sign(payload)? })).collect()
    }
}

/// Renames every keyid below `value`. Two that become one stay one: they were one key's (F8, F11).
fn rename(value: &mut Value, renamed: &BTreeMap<&str, KeyId>) {
    match value {
        Value::Object(members) => {
            if let Some(Value::Array(keyids)) = members.get_mut("keyids") {
                let mut names: Vec<Value> = Vec::new();
                for keyid in keyids.iter() {
                    let name = keyid.as_str().and_then(|keyid| renamed.get(keyid));
                    let name = name.map_or_else(|| keyid.clone(), |name| name.as_str().into());
                    if !names.contains(&name) {
                        names.push(name);
                    }
                }
                *keyids = names;
            }
            members.values_mut().for_each(|member| rename(member, renamed));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| rename(item, renamed)),
        _ => {}
    }
}
