//! A key as a file lists it: its name there, its object, and whether it may be used.

use crate::json::{Object, Raw, canonical_object, object};
use crate::reading::{Node, Path, Reading};
use crate::{Finding, Problem};
use std::borrow::Cow;
use tuffet_keys::{Encoding, KeyError, KeyId, PublicKey, Scheme, sha256};

/// A key of a root or of a delegations object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    keyid: KeyId,
    /// The object in canonical form.
    object: Vec<u8>,
    public: Option<PublicKey>,
    owner: Option<String>,
    online_uri: Option<String>,
    scheme: String,
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
        Self {
            keyid: keyid_of(&members),
            object: canonical_object(&members),
            public: Some(public.clone()),
            owner: owner.map(str::to_owned),
            online_uri: online_uri.map(str::to_owned),
            scheme: public.scheme().name().to_owned(),
        }
    }

    /// This key as new metadata writes it, with the `x-` members it has: what tools keep there is theirs. `None` where it
    /// cannot be used.
    #[must_use]
    pub fn rewritten(&self) -> Option<Self> {
        let public = self.public.as_ref()?;
        let new = Self::compose(public, self.owner.as_deref(), self.online_uri.as_deref());
        let mut members = new.object();
        members.extend(self.object().into_iter().filter(|(name, _)| name.starts_with("x-")));
        Some(Self { keyid: keyid_of(&members), object: canonical_object(&members), ..new })
    }

    /// The keyid as written.
    #[must_use]
    pub fn keyid(&self) -> &KeyId {
        &self.keyid
    }

    /// The key object as received.
    #[must_use]
    pub fn object(&self) -> Object {
        Raw::new(&self.object).to_object()
    }

    /// The key, if it may be used: supported, well formed, and under a keyid the profile accepts.
    #[must_use]
    pub fn public(&self) -> Option<&PublicKey> {
        self.public.as_ref()
    }

    /// `x-tuf-on-ci-keyowner`: the person, for people. Nothing is decided by it.
    #[must_use]
    pub fn owner(&self) -> Option<&str> {
        self.owner.as_deref()
    }

    /// `x-tuf-on-ci-online-uri`: where an online key lies.
    #[must_use]
    pub fn online_uri(&self) -> Option<&str> {
        self.online_uri.as_deref()
    }

    /// Whose it is, for people: the owner, or where an online key lies.
    #[must_use]
    pub fn whose(&self) -> &str {
        self.owner().or(self.online_uri()).unwrap_or("a key without a name")
    }

    /// The scheme as written, supported or not.
    #[must_use]
    pub fn scheme_text(&self) -> &str {
        &self.scheme
    }

    pub(crate) fn read(
        keyid: Cow<'_, str>,
        path: Path<'_>,
        raw: Raw<'_>,
        reading: &mut Reading<'_>,
    ) -> Result<Self, Problem> {
        let keyid = KeyId::new(keyid);
        let names = ["keytype", "keyval", "scheme", OWNER, ONLINE_URI];
        let node = Node::new(path, raw, "TUF 4.2.2", names)?;
        let keytype = node.string("keytype", "TUF 4.2.2")?;
        let scheme = node.string("scheme", "TUF 4.2.2")?;
        let keyval = node.object("keyval", "TUF 4.2.2")?;
        // Key types we do not know may have no `public`: the key is unusable, the file is fine.
        let text = keyval.member("public").and_then(Raw::as_str);
        let text = text.as_deref();
        let public = match text.map(|text| PublicKey::from_tuf(&keytype, &scheme, text)) {
            Some(Ok(public)) => Some(public),
            Some(Err(reason)) => {
                reading.note(Finding::UnusableKey { keyid: keyid.clone(), reason })?;
                None
            }
            None => {
                let (keytype, scheme) = (keytype.clone().into_owned(), scheme.clone().into_owned());
                let reason = KeyError::Unsupported { keytype, scheme };
                reading.note(Finding::UnusableKey { keyid: keyid.clone(), reason })?;
                None
            }
        };
        let ecdsa = matches!(public.as_ref().map(PublicKey::scheme), Some(Scheme::EcdsaP256 | Scheme::EcdsaP384));
        if ecdsa && text.is_some_and(|text| Encoding::of(text) == Encoding::Hex) {
            reading.note(Finding::HexPoint { keyid: keyid.clone() })?;
        }
        if ecdsa && keytype == scheme {
            reading.note(Finding::LegacyKeytype { keyid: keyid.clone(), keytype: keytype.clone().into_owned() })?;
        }
        let accepted = keyid_accepted(&keyid, &node, reading)?;
        let words = |name| node.member(name).and_then(Raw::as_str).map(Cow::into_owned);
        Ok(Self {
            public: public.filter(|_| accepted),
            owner: words(OWNER),
            online_uri: words(ONLINE_URI),
            scheme: scheme.into_owned(),
            object: raw.bytes().to_vec(),
            keyid,
        })
    }
}

/// The keyid of a key object: SHA-256 over its canonical form, every field included (F6).
#[must_use]
pub fn keyid_of(key: &Object) -> KeyId {
    keyid_over(&canonical_object(key))
}

fn keyid_over(canonical: &[u8]) -> KeyId {
    KeyId::new(sha256(canonical).to_string())
}

fn keyid_accepted(keyid: &KeyId, key: &Node<'_, '_, 5>, reading: &mut Reading<'_>) -> Result<bool, Problem> {
    let computed = keyid_over(key.raw.bytes());
    if computed == *keyid {
        return Ok(true);
    }
    // The canonical form of the three fields alone: in their order, each value canonical as it stands.
    let mut core = Vec::new();
    for (open, name) in [("{\"keytype\":", "keytype"), (",\"keyval\":", "keyval"), (",\"scheme\":", "scheme")] {
        core.extend_from_slice(open.as_bytes());
        core.extend_from_slice(key.member(name).map_or(&[], Raw::bytes));
    }
    core.push(b'}');
    if keyid_over(&core) == *keyid {
        reading.note(Finding::KeyidOfCore { keyid: keyid.clone() })?;
        return Ok(true);
    }
    let excepted = reading.profile.excepts(reading.file, keyid);
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
