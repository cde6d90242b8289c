//! Throw-away keys in place of the real ones.

use crate::RotationRefused;
use std::collections::BTreeMap;
use std::rc::Rc;
use tuffet_keys::{Fingerprint, PublicKey, Scheme, Sign};
use tuffet_metadata::json::{Object, Value, object};
use tuffet_metadata::{Key, keyid_of};

/// Makes a throw-away Ed25519 key; the argument names whom it stands for. It comes from outside, as this crate has no
/// randomness and no keys.
pub type MakeKey<'a> = dyn FnMut(&str) -> Result<Box<dyn Sign>, String> + 'a;

/// One of them.
#[derive(Clone)]
pub(super) struct StandIn {
    pub(super) sign: Rc<dyn Sign>,
    /// The scheme of the key it stands for. What a client does not know it does not count, so for a client without a
    /// scheme the signatures of its stand-ins are left out.
    pub(super) scheme: Scheme,
    /// The key it stands for; `None` for one that is not enrolled yet.
    pub(super) original: Option<Fingerprint>,
}

/// All of them, by their own fingerprints.
pub(super) struct StandIns<'a> {
    by_own: BTreeMap<Fingerprint, StandIn>,
    make: &'a mut MakeKey<'a>,
}

impl<'a> StandIns<'a> {
    pub(super) fn new(make: &'a mut MakeKey<'a>) -> Self {
        Self { by_own: BTreeMap::new(), make }
    }

    pub(super) fn get(&self, own: &Fingerprint) -> Option<&StandIn> {
        self.by_own.get(own)
    }

    /// What stands for a key that exists.
    pub(super) fn of(&self, original: &Fingerprint) -> Option<Fingerprint> {
        self.by_own.iter().find(|(_, key)| key.original == Some(*original)).map(|(own, _)| *own)
    }

    /// A key that is to come.
    pub(super) fn coming(
        &mut self,
        name: &str,
        scheme: Scheme,
        original: Option<Fingerprint>,
    ) -> Result<PublicKey, RotationRefused> {
        let failed = |reason| RotationRefused::Rehearsal(format!("no throw-away key for {name}: {reason}"));
        let sign: Rc<dyn Sign> = Rc::from((self.make)(name).map_err(failed)?);
        let public = sign.public_key().clone();
        self.by_own.insert(public.fingerprint(), StandIn { sign, scheme, original });
        Ok(public)
    }

    /// Puts stand-ins in the place of `keys` in `holder`, which has them in `keys` and names them wherever `keyids` stand.
    pub(super) fn replace<'k>(
        &mut self,
        holder: &mut Object,
        keys: impl Iterator<Item = &'k Key>,
    ) -> Result<(), RotationRefused> {
        let mut renamed: BTreeMap<String, String> = BTreeMap::new();
        let mut objects = Object::new();
        for key in keys {
            let mut members = key.object();
            let mut keyid = key.keyid().to_string();
            if let Some(public) = key.public() {
                let own = self.for_key(public, key.owner().or(key.online_uri()).unwrap_or("a key without a name"))?;
                members.extend(object([
                    ("keytype", own.scheme().keytype().into()),
                    ("keyval", object([("public", own.to_tuf_public().into())]).into()),
                    ("scheme", own.scheme().name().into()),
                ]));
                keyid = keyid_of(&members).to_string();
            }
            renamed.insert(key.keyid().to_string(), keyid.clone());
            objects.insert(keyid, members.into());
        }
        holder.insert("keys".to_owned(), objects.into());
        for member in ["roles", "succinct_roles"] {
            if let Some(value) = holder.get_mut(member) {
                rename(value, &renamed);
            }
        }
        Ok(())
    }

    fn for_key(&mut self, original: &PublicKey, name: &str) -> Result<PublicKey, RotationRefused> {
        let fingerprint = original.fingerprint();
        if let Some(known) = self.of(&fingerprint).and_then(|own| self.get(&own)) {
            return Ok(known.sign.public_key().clone());
        }
        self.coming(name, original.scheme(), Some(fingerprint))
    }
}

/// Renames every keyid below `value`. Two that become one stay one: they were one key's (F8, F11).
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
