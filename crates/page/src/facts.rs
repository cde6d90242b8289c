//! What the page says, as plain values; status.json is these and nothing else.

use crate::Time;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use tuffet_trust_root::Tolerant;

/// Everything that is said of a repository.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// The form of status.json.
    pub schema: SchemaName,
    /// When page and status.json were made. Every "days" on the page counts from here.
    pub made: Time,
    /// What its owners call it.
    pub name: Option<String>,
    /// Where clients fetch it.
    pub url: Option<String>,
    /// Every key that has or had a seat, by its `id`.
    pub keys: Vec<KeyFacts>,
    /// The four top-level roles as they are now: root, targets, snapshot, timestamp.
    pub roles: Vec<RoleFacts>,
    /// Every root, from the oldest.
    pub roots: Vec<RootFacts>,
    /// Every delegation, each delegator's in its order.
    pub delegations: Vec<DelegationFacts>,
    /// Whom clients of Sigstore are to trust; null where the repository distributes no trusted_root.json.
    pub trust_root: Option<TrustFacts>,
    /// Where keys lie, as far as records tell.
    pub devices: Vec<DeviceFacts>,
    /// Every recorded ceremony, the newest first.
    pub ceremonies: Vec<CeremonyFacts>,
    /// What was there and could not be read or does not hold.
    pub unread: Vec<UnreadFacts>,
}

/// `tuffet-status-v1`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SchemaName;

/// A key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyFacts {
    /// SHA-256 of its SubjectPublicKeyInfo in hex; the keyid of one that cannot be used. What names it in this file.
    pub id: String,
    /// The keyid under which the newest file lists it.
    pub keyid: String,
    /// The person, as the newest file that names one says. Nothing is decided by it.
    pub owner: Option<String>,
    /// The signature scheme, as TUF names it.
    pub scheme: String,
    /// Whether metadata says that a machine signs with it.
    pub online: bool,
}

/// A top-level role as it is now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoleFacts {
    /// Its name.
    pub role: String,
    /// Its file.
    pub file: SignedFacts,
    /// Who may sign it.
    pub seats: SeatsFacts,
    /// Who did: `id`s of keys, in the order of the file.
    pub signed: Vec<String>,
}

/// A file of metadata.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignedFacts {
    /// Its name in the repository.
    pub name: String,
    /// Its version.
    pub version: u64,
    /// SHA-256 in hex.
    pub sha256: String,
    /// Bytes.
    pub length: u64,
    /// When it expires.
    pub expires: Time,
}

/// Who may sign a role.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SeatsFacts {
    /// The role.
    pub role: String,
    /// How many of the keys must sign.
    pub threshold: u64,
    /// `id`s of keys, in the order of the file, each key once.
    pub keys: Vec<String>,
}

/// One root.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RootFacts {
    /// Its file.
    pub file: SignedFacts,
    /// Whom it lets sign: root, targets, snapshot, timestamp.
    pub seats: Vec<SeatsFacts>,
    /// The count against the keys of the root before; null for the first.
    pub previous: Option<CountFacts>,
    /// The count against its own keys.
    pub own: CountFacts,
    /// Who signed, in the order of the file.
    pub signers: Vec<SignerFacts>,
    /// The ceremony that made it, where there is its record.
    pub ceremony: Option<String>,
}

/// Signatures counted against a threshold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CountFacts {
    /// Distinct keys that signed validly.
    pub have: u64,
    /// The threshold.
    pub need: u64,
    /// Distinct keys that may sign.
    pub keys: u64,
}

/// Who signed a root.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignerFacts {
    /// The key's `id`.
    pub key: String,
    /// Whether it counted for the root before.
    pub for_previous: bool,
    /// Whether it counted for this root.
    pub for_own: bool,
}

/// One delegation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DelegationFacts {
    /// The role delegated to; of succinct bins what their names begin with.
    pub role: String,
    /// The role that delegates.
    pub by: String,
    /// How many succinct bins there are; null for a role by name.
    pub bins: Option<u64>,
    /// Who may sign it.
    pub seats: SeatsFacts,
    /// The paths it may list, as patterns; first ones, where there are very many.
    pub paths: Vec<String>,
    /// How many patterns, or prefixes of hashes of paths, there are.
    pub path_count: u64,
    /// Whether a search for a path ends here.
    pub terminating: bool,
    /// Its file; null where it has none yet, and for bins.
    pub file: Option<SignedFacts>,
    /// How many targets the file lists.
    pub targets: Option<u64>,
}

/// A trusted_root.json among the targets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrustFacts {
    /// Its path among the targets.
    pub path: String,
    /// SHA-256 in hex.
    pub sha256: String,
    /// Logs and authorities, in the order of the file.
    pub entries: Vec<TrustEntryFacts>,
    /// Where entries stand that this version cannot read.
    pub set_aside: Vec<String>,
    /// What the picture is drawn from.
    #[serde(skip)]
    pub drawn: Option<Tolerant>,
}

/// A log or an authority.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrustEntryFacts {
    /// What it is, in words: `transparency log`.
    pub kind: String,
    /// A log's origin, an authority's subject.
    pub name: String,
    /// A log's id, or the SHA-256 of an authority's first certificate; in hex.
    pub id: String,
    /// The algorithm of its key.
    pub algorithm: String,
    /// Where it is reached, where the file says so.
    pub url: Option<String>,
    /// From when it is trusted; null: never.
    pub start: Option<Time>,
    /// Until when; null: no end is set.
    pub end: Option<Time>,
}

/// Where a key lies.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeviceFacts {
    /// The key's `id`.
    pub key: String,
    /// Whose key, as enrolled.
    pub owner: String,
    /// The kind of device, or of keeping: `YubiKey`, `key file`.
    pub kind: String,
    /// What evidence proves.
    pub proof: Proof,
    /// What the device says (attested), why the evidence proves nothing (refused), or what the owner's station says (none).
    /// No serial number.
    pub says: Vec<String>,
    /// The ceremony whose record tells it.
    pub ceremony: String,
    /// The roles it may sign now.
    pub roles: Vec<String>,
}

/// What evidence proves of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Proof {
    /// The device's maker vouches for what is said.
    Attested,
    /// There is evidence, and it proves nothing.
    Refused,
    /// There is none.
    None,
}

/// A recorded ceremony.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CeremonyFacts {
    /// Its name.
    pub id: String,
    /// Its date, as planned.
    pub time: Time,
    /// How far it came.
    pub state: CeremonyState,
    /// Why it was given up.
    pub reason: Option<String>,
    /// What it signs: `root 2`.
    pub signs: Vec<String>,
    /// Who signed, each person once.
    pub signed_by: Vec<String>,
    /// Witnesses who approved the draft.
    pub approved_by: Vec<String>,
    /// Witnesses who signed the statement; null where there is no statement.
    pub stated_by: Option<Vec<String>>,
    /// SHA-256 of statement.json in hex.
    pub statement_sha256: Option<String>,
    /// Where statement.json lies, relative to the page, if it is published beside.
    pub statement: Option<String>,
    /// Lines of the transcript; null while it is open.
    pub lines: Option<u64>,
    /// The hash over all of them, in hex.
    pub head: Option<String>,
}

/// How far a ceremony came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CeremonyState {
    /// There is a plan.
    Planned,
    /// It is under way.
    Open,
    /// What it signed was published.
    Published,
    /// It was given up.
    Aborted,
}

/// What could not be read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnreadFacts {
    /// What: `ceremony 2026-12-01-initial`.
    pub what: String,
    /// Why.
    pub problem: String,
}

impl Facts {
    /// Nothing is known yet.
    #[must_use]
    pub fn new(made: Time) -> Self {
        Self {
            schema: SchemaName,
            made,
            name: None,
            url: None,
            keys: Vec::new(),
            roles: Vec::new(),
            roots: Vec::new(),
            delegations: Vec::new(),
            trust_root: None,
            devices: Vec::new(),
            ceremonies: Vec::new(),
            unread: Vec::new(),
        }
    }

    /// The key of an `id`.
    pub(crate) fn key(&self, id: &str) -> Option<&KeyFacts> {
        self.keys.iter().find(|key| key.id == id)
    }

    /// Whose the key is, for people.
    pub(crate) fn whose(&self, id: &str) -> String {
        let key = self.key(id);
        match key.and_then(|key| key.owner.as_deref()) {
            Some(owner) => owner.to_owned(),
            None if key.is_some_and(|key| key.online) => "online key".to_owned(),
            None => format!("key {}", brief(key.map_or(id, |key| key.keyid.as_str()))),
        }
    }

    /// The same where it stands again and again: whole it stands among the roles.
    pub(crate) fn briefly(&self, id: &str) -> String {
        short(&self.whose(id), 48)
    }
}

/// The beginning of what is too long for its place.
pub(crate) fn short(text: &str, longest: usize) -> String {
    if text.chars().count() <= longest {
        return text.to_owned();
    }
    text.chars().take(longest.saturating_sub(1)).chain(['…']).collect()
}

/// The beginning of an id or digest, for whoever compares by eye what stands whole elsewhere.
pub(crate) fn brief(id: &str) -> String {
    id.chars().take(8).collect()
}

impl SchemaName {
    /// The name.
    pub const TEXT: &str = "tuffet-status-v1";
}

impl Serialize for SchemaName {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(Self::TEXT)
    }
}

impl<'de> Deserialize<'de> for SchemaName {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let found = String::deserialize(from)?;
        if found == Self::TEXT {
            Ok(Self)
        } else {
            let found = found.escape_debug();
            Err(de::Error::custom(format!("schema: expected {}, found `{found}`", Self::TEXT)))
        }
    }
}
