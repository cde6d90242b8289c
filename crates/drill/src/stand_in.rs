//! Keys in place of keys: in a root, and in a delegations object.

use crate::TwinError;
use std::collections::BTreeMap;
use std::rc::Rc;
use tuffet_keys::{Fingerprint, KeyId, Sign};
use tuffet_metadata::json::{Object, Value, object};
use tuffet_metadata::{Key, keyid_of};

/// Makes a throw-away Ed25519 key; the argument names whom it is to stand for. It comes from outside, as this crate has no
/// randomness.
pub type MakeKey<'a> = dyn FnMut(&str) -> Result<Box<dyn Sign>, String> + 'a;

/// The throw-away keys of a twin.
#[derive(Clone, Default)]
pub(crate) struct StandIns {
    /// By the fingerprint of the key each stands for.
    by_original: BTreeMap<Fingerprint, Fingerprint>,
    keys: BTreeMap<Fingerprint, Rc<dyn Sign>>,
}

impl StandIns {
    /// The key with this fingerprint.
    pub(crate) fn key(&self, own: &Fingerprint) -> Option<&Rc<dyn Sign>> {
        self.keys.get(own)
    }

    /// What stands for a key of the original.
    pub(crate) fn of(&self, original: &Fingerprint) -> Option<Fingerprint> {
        self.by_original.get(original).copied()
    }

    /// A key that stands for none.
    pub(crate) fn add(&mut self, name: &str, make: &mut MakeKey<'_>) -> Result<Rc<dyn Sign>, TwinError> {
        let key = make(name).map_err(|reason| TwinError::Key { name: name.to_owned(), reason })?;
        let key: Rc<dyn Sign> = Rc::from(key);
        self.keys.insert(key.public_key().fingerprint(), Rc::clone(&key));
        Ok(key)
    }

    /// The same keys in their places in `signed`, which holds them in `keys` and names them wherever `keyids` stand: in a
    /// root's roles, in a delegations object's roles or bins.
    pub(crate) fn replace(
        &mut self,
        holder: &mut Object,
        keys: &BTreeMap<KeyId, Key>,
        make: &mut MakeKey<'_>,
    ) -> Result<(), TwinError> {
        let mut renamed: BTreeMap<String, String> = BTreeMap::new();
        let mut objects = Object::new();
        for (keyid, key) in keys {
            let mut members = key.object();
            let mut name = keyid.to_string();
            if let Some(public) = key.public() {
                let own = self.for_key(&public.fingerprint(), owner(key), make)?;
                members.extend(object([
                    ("keytype", own.public_key().scheme().keytype().into()),
                    ("keyval", object([("public", own.public_key().to_tuf_public().into())]).into()),
                    ("scheme", own.public_key().scheme().name().into()),
                ]));
                name = keyid_of(&members).to_string();
            }
            objects.insert(name.clone(), members.into());
            renamed.insert(keyid.to_string(), name);
        }
        holder.insert("keys".to_owned(), objects.into());
        for member in ["roles", "succinct_roles"] {
            if let Some(value) = holder.get_mut(member) {
                rename(value, &renamed);
            }
        }
        Ok(())
    }

    /// What stands for a key of the original, made if there is none yet.
    pub(crate) fn for_key(
        &mut self,
        original: &Fingerprint,
        name: &str,
        make: &mut MakeKey<'_>,
    ) -> Result<Rc<dyn Sign>, TwinError> {
        if let Some(known) = self.of(original).and_then(|own| self.keys.get(&own)) {
            return Ok(Rc::clone(known));
        }
        let key = self.add(name, make)?;
        self.by_original.insert(*original, key.public_key().fingerprint());
        Ok(key)
    }
}

/// Whom or what a key object names.
pub(crate) fn owner(key: &Key) -> &str {
    key.owner().or(key.online_uri()).unwrap_or("a key without a name")
}

/// Renames every keyid below `value`. Two keyids that become one stay one: the key is the same (F8, F11).
fn rename(value: &mut Value, renamed: &BTreeMap<String, String>) {
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
