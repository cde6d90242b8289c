//! A metadata file that is still collecting signatures, whoever made it: where it stands, entry by entry.

use std::collections::BTreeMap;
use tuffet_keys::{Fingerprint, KeyId, PublicKey, Sha256, sha256};
use tuffet_metadata::json::{self, JsonError, Value};
use tuffet_metadata::{
    Authority, Common, Key, Limits, MetadataError, Problem, Profile, Proposed, RoleName, Root, Signature, Snapshot,
    Tally, Targets, Timestamp, partly_signed,
};

/// A file of a top-level role with as many signatures as there are by now. Nothing in it is trusted.
#[derive(Debug, Clone)]
pub struct Partial {
    role: RoleName,
    common: Common,
    value: Value,
    payload: Vec<u8>,
    signatures: Vec<Signature>,
    /// The root that the file proposes: a root answers to its own keys too.
    proposed: Option<Proposed<Root>>,
}

/// Why a file cannot be read, or not be counted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PartialError {
    /// Not strict JSON, or not the outer shape of a metadata file.
    #[error("{0}")]
    File(Problem),
    /// `signed` is not a role that this reads.
    #[error("{0}")]
    Role(#[from] MetadataError),
    /// `_type` names none of the four roles.
    #[error("signed._type: expected root, timestamp, snapshot or targets, found {found} (F16)")]
    Type {
        /// What stands there.
        found: String,
    },
    /// The old root's signatures are asked for, and this is another root.
    #[error("root v{version}: expected root v{expected} as the root before, found root v{found} (TUF 5.3.5)")]
    Previous {
        /// The version proposed.
        version: u64,
        /// The one before it.
        expected: u64,
        /// What was given.
        found: u64,
    },
    /// A role that is no root answers to a root, and none was given.
    #[error("{role} v{version}: expected the root in force, whose keys may sign {role}, found none")]
    NoRoot {
        /// The role.
        role: RoleName,
        /// Its version.
        version: u64,
    },
}

impl From<JsonError> for PartialError {
    fn from(error: JsonError) -> Self {
        Self::File(error.into())
    }
}

/// Where a file stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// One count a root that has a say: of a root its own keys' first, then the root's before it.
    pub counts: Vec<Count>,
    /// Every entry of `signatures`, in the order of the file.
    pub entries: Vec<Entry>,
}

/// The signatures that one root asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    /// The version of the root whose keys are counted.
    pub root: u64,
    /// Whether that is the root the file proposes.
    pub is_own: bool,
    /// What was counted.
    pub tally: Tally,
    /// The distinct keys that signed, in the order of the file.
    pub signed: Vec<Who>,
    /// The distinct keys that have not, in the order of the role.
    pub missing: Vec<Who>,
}

/// One key of a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Who {
    /// Its keyids that matter here.
    pub keyids: Vec<KeyId>,
    /// The person, as the root says.
    pub owner: Option<String>,
    /// The key; `None` where it is not usable, so that nobody can sign with it.
    pub fingerprint: Option<Fingerprint>,
}

/// One entry of `signatures`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Whose it claims to be.
    pub keyid: KeyId,
    /// The person, as one of the roots says.
    pub owner: Option<String>,
    /// What it is worth.
    pub kind: EntryKind,
}

/// What an entry is worth. None of it is an error: readers pass over what does not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntryKind {
    /// Valid, by a key of a root that has a say.
    Valid,
    /// Valid, by the key that signed under this earlier keyid too: it counts once a root (F8).
    SecondKeyid(KeyId),
    /// Empty: a place kept for somebody (F5).
    Placeholder,
    /// By a key of the role, and wrong (F4).
    Wrong,
    /// Under a keyid that no root has for the role: nobody here can check it.
    Stranger,
    /// Under a keyid of the role whose key is not usable.
    Unusable,
}

impl Partial {
    /// Reads a file. The signatures may be few, wrong or none.
    ///
    /// # Errors
    /// [`PartialError`]: it is not a metadata file of one of the four top-level roles.
    pub fn read(bytes: &[u8], profile: &Profile, limits: &Limits) -> Result<Self, PartialError> {
        // Which role it is stands inside; the name is for messages, and those of the outer shape go without.
        let (payload, signatures) =
            partly_signed(&RoleName::Root, bytes, limits).map_err(|error| PartialError::File(error.problem))?;
        // The payload is no JSON: canonical form leaves the line ends of a PEM key raw.
        let file = json::parse(bytes, limits.depth)?;
        let value = file.as_object().and_then(|file| file.get("signed")).cloned().unwrap_or(Value::Null);
        let found = value.as_object().and_then(|signed| signed.get("_type"));
        let role = found.and_then(Value::as_str).and_then(RoleName::top_level);
        let Some(role) = role else {
            return Err(PartialError::Type { found: found.map_or_else(|| "nothing".to_owned(), Value::kind) });
        };
        let mut proposed = None;
        let common = match role {
            RoleName::Root => {
                let root = Proposed::<Root>::under(value.clone(), profile, limits)?;
                proposed.insert(root).common.clone()
            }
            RoleName::Timestamp => Proposed::<Timestamp>::under(value.clone(), profile, limits)?.common.clone(),
            RoleName::Snapshot => Proposed::<Snapshot>::under(value.clone(), profile, limits)?.common.clone(),
            _ => Proposed::<Targets>::under(value.clone(), profile, limits)?.common.clone(),
        };
        Ok(Self { role, common, value, payload, signatures, proposed })
    }

    /// The role.
    #[must_use]
    pub fn role(&self) -> &RoleName {
        &self.role
    }

    /// Version, expiry, specification.
    #[must_use]
    pub fn common(&self) -> &Common {
        &self.common
    }

    /// The bytes that are signed.
    #[must_use]
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// SHA-256 of the bytes that are signed.
    #[must_use]
    pub fn digest(&self) -> Sha256 {
        sha256(&self.payload)
    }

    /// The entries as they stand.
    #[must_use]
    pub fn signatures(&self) -> &[Signature] {
        &self.signatures
    }

    pub(crate) fn value(&self) -> &Value {
        &self.value
    }

    /// Where the file stands. `root` is the root before, for a root, and the root in force for any other role; a root
    /// without one is counted for itself alone.
    ///
    /// # Errors
    /// [`PartialError`]: `root` is not the root before, or is missing where nobody else could be asked.
    pub fn standing(&self, root: Option<&Root>) -> Result<Standing, PartialError> {
        let asked = self.asked(root)?;
        let counts: Vec<Count> = asked.iter().map(|asked| self.count(asked)).collect();
        let entries = self.entries(&asked, &counts);
        Ok(Standing { counts, entries })
    }

    /// The roots that have a say, in the order in which their keys sign.
    pub(crate) fn asked<'a>(&'a self, root: Option<&'a Root>) -> Result<Vec<Asked<'a>>, PartialError> {
        let version = self.common.version;
        let asked = |root: &'a Root, is_own| Asked {
            version: root.common.version,
            is_own,
            authority: root.authority(&self.role),
        };
        match (&self.proposed, root) {
            (Some(own), None) => Ok(vec![asked(own, true)]),
            (Some(own), Some(before)) => {
                let (expected, found) = (version.saturating_sub(1), before.common.version);
                if found != expected {
                    return Err(PartialError::Previous { version, expected, found });
                }
                Ok(vec![asked(own, true), asked(before, false)])
            }
            (None, Some(root)) => Ok(vec![asked(root, false)]),
            (None, None) => Err(PartialError::NoRoot { role: self.role.clone(), version }),
        }
    }

    fn count(&self, asked: &Asked<'_>) -> Count {
        let tally = asked.authority.tally(&self.payload, &self.signatures);
        let key = |keyid: &KeyId| asked.authority.keys().find(|key| key.keyid() == keyid);
        let who = |keyids: &[KeyId]| {
            let first = keyids.first().and_then(key);
            let owner = first.and_then(Key::owner).map(str::to_owned);
            let fingerprint = first.and_then(Key::public).map(PublicKey::fingerprint);
            Who { keyids: keyids.to_vec(), owner, fingerprint }
        };
        let signed = tally.valid.iter().map(|signer| who(&signer.keyids)).collect();
        let mut missing: Vec<Who> = Vec::new();
        for one in tally.missing.iter().map(|keyid| who(std::slice::from_ref(keyid))) {
            // A key under two keyids is one person to ask.
            let same = |other: &&mut Who| one.fingerprint.is_some() && other.fingerprint == one.fingerprint;
            match missing.iter_mut().find(same) {
                Some(other) => other.keyids.extend(one.keyids),
                None => missing.push(one),
            }
        }
        Count { root: asked.version, is_own: asked.is_own, tally, signed, missing }
    }

    fn entries(&self, asked: &[Asked<'_>], counts: &[Count]) -> Vec<Entry> {
        let mut first: BTreeMap<Fingerprint, &KeyId> = BTreeMap::new();
        let mut entries = Vec::with_capacity(self.signatures.len());
        for Signature { keyid, bytes } in &self.signatures {
            let valid = |count: &Count| {
                let mut signers = count.tally.valid.iter();
                signers.find(|signer| signer.keyids.contains(keyid)).map(|signer| signer.fingerprint)
            };
            let listed = asked.iter().any(|asked| asked.authority.keyids().contains(keyid));
            let kind = if bytes.as_deref() == Some(&[]) {
                EntryKind::Placeholder
            } else if let Some(fingerprint) = counts.iter().find_map(valid) {
                let earlier = *first.entry(fingerprint).or_insert(keyid);
                if earlier == keyid { EntryKind::Valid } else { EntryKind::SecondKeyid(earlier.clone()) }
            } else if counts.iter().any(|count| count.tally.invalid.contains(keyid)) {
                EntryKind::Wrong
            } else if listed {
                EntryKind::Unusable
            } else {
                EntryKind::Stranger
            };
            entries.push(Entry { keyid: keyid.clone(), owner: owner(asked, keyid), kind });
        }
        entries
    }
}

/// A root with a say, and whom it lets sign.
pub(crate) struct Asked<'a> {
    version: u64,
    is_own: bool,
    pub(crate) authority: Authority<'a>,
}

/// The person behind a keyid, as the first root says that names one.
pub(crate) fn owner(asked: &[Asked<'_>], keyid: &KeyId) -> Option<String> {
    let mut keys = asked.iter().flat_map(|asked| asked.authority.keys()).filter(|key| key.keyid() == keyid);
    keys.find_map(Key::owner).map(str::to_owned)
}

impl Standing {
    /// Whether every root that was asked has its threshold.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.counts.iter().all(|count| count.tally.is_met())
    }
}
