//! A key as a file lists it: its name there, its object, and whether it may be used.

use crate::json::{Object, Value, canonical_object, object};
use crate::reading::{Node, Reading};
use crate::{Finding, Problem};
use tuffet_keys::{Encoding, KeyError, KeyId, PublicKey, Scheme, sha256};

/// A key of a root or of a delegations object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    keyid: KeyId,
    object: Object,
    public: Option<PublicKey>,
}

impl Key {
    /// The key object new metadata writes for `public`, named by the hash of the whole object. `owner` and
    /// `online_uri` are the fields Sigstore's and GitHub's repositories carry.
    #[must_use]
    pub fn compose(public: &PublicKey, owner: Option<&str>, online_uri: Option<&str>) -> Self {
        let keyval = object([("public", public.to_tuf_public().into())]);
        let mut members = object([
            ("keytype", public.scheme().keytype().into()),
            ("keyval", keyval.into()),
            ("scheme", public.scheme().name().into()),
        ]);
        for (name, value) in [(OWNER, owner), (ONLINE_URI, online_uri)] {
            if let Some(value) = value {
                members.insert(name.to_owned(), value.into());
            }
        }
        Self { keyid: keyid_of(&members), object: members, public: Some(public.clone()) }
    }

    /// The keyid as written.
    #[must_use]
    pub fn keyid(&self) -> &KeyId {
        &self.keyid
    }

    /// The key object as received.
    #[must_use]
    pub fn object(&self) -> &Object {
        &self.object
    }

    /// The key, if it may be used: supported, well formed, and under a keyid the profile accepts.
    #[must_use]
    pub fn public(&self) -> Option<&PublicKey> {
        self.public.as_ref()
    }

    /// `x-tuf-on-ci-keyowner`: the person, for people. Nothing is decided by it.
    #[must_use]
    pub fn owner(&self) -> Option<&str> {
        self.object.get(OWNER).and_then(Value::as_str)
    }

    /// `x-tuf-on-ci-online-uri`: where an online key lies.
    #[must_use]
    pub fn online_uri(&self) -> Option<&str> {
        self.object.get(ONLINE_URI).and_then(Value::as_str)
    }

    /// The scheme as written, supported or not.
    #[must_use]
    pub fn scheme_text(&self) -> &str {
        self.object.get("scheme").and_then(Value::as_str).unwrap_or("")
    }

    pub(crate) fn read(keyid: &str, node: &Node<'_>, reading: &mut Reading<'_>) -> Result<Self, Problem> {
        let keyid = KeyId::new(keyid);
        let keytype = node.string("keytype", "TUF 4.2.2")?;
        let scheme = node.string("scheme", "TUF 4.2.2")?;
        let keyval = node.node("keyval", "TUF 4.2.2")?;
        // Key types we do not know may have no `public`: the key is unusable, the file is fine.
        let text = keyval.object.get("public").and_then(Value::as_str);
        let public = match text.map(|text| PublicKey::from_tuf(keytype, scheme, text)) {
            Some(Ok(public)) => Some(public),
            Some(Err(reason)) => {
                reading.note(Finding::UnusableKey { keyid: keyid.clone(), reason })?;
                None
            }
            None => {
                let reason = KeyError::Unsupported { keytype: keytype.into(), scheme: scheme.into() };
                reading.note(Finding::UnusableKey { keyid: keyid.clone(), reason })?;
                None
            }
        };
        let ecdsa = matches!(public.as_ref().map(PublicKey::scheme), Some(Scheme::EcdsaP256 | Scheme::EcdsaP384));
        if ecdsa && text.is_some_and(|text| Encoding::of(text) == Encoding::Hex) {
            reading.note(Finding::HexPoint { keyid: keyid.clone() })?;
        }
        if ecdsa && keytype == scheme {
            reading.note(Finding::LegacyKeytype { keyid: keyid.clone(), keytype: keytype.into() })?;
        }
        let accepted = keyid_accepted(&keyid, node.object, reading)?;
        Ok(Self { keyid, object: node.object.clone(), public: public.filter(|_| accepted) })
    }
}

/// The keyid of a key object: SHA-256 over its canonical form, every field included (F6).
#[must_use]
pub fn keyid_of(key: &Object) -> KeyId {
    KeyId::new(sha256(&canonical_object(key)).to_string())
}

fn keyid_accepted(keyid: &KeyId, key: &Object, reading: &mut Reading<'_>) -> Result<bool, Problem> {
    let computed = keyid_of(key);
    if computed == *keyid {
        return Ok(true);
    }
    let core = key.iter().filter(|(name, _)| matches!(name.as_str(), "keytype" | "scheme" | "keyval"));
    if keyid_of(&core.map(|(name, value)| (name.clone(), value.clone())).collect()) == *keyid {
        reading.note(Finding::KeyidOfCore { keyid: keyid.clone() })?;
        return Ok(true);
    }
    let excepted = reading.profile.excepts(&reading.file, keyid);
    let keyid = keyid.clone();
    reading.note(if excepted {
        Finding::KeyidExcepted { keyid, computed }
    } else {
        Finding::KeyidMismatch { keyid, computed }
    })?;
    Ok(excepted)
}

const OWNER: &str = "x-tuf-on-ci-keyowner";
const ONLINE_URI: &str = "x-tuf-on-ci-online-uri";
