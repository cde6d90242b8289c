use super::{Common, role, sealed};
use crate::json::Object;
use crate::reading::{Node, Reading};
use crate::{Authority, Finding, Key, Problem, RoleName};
use std::collections::{BTreeMap, BTreeSet};
use tuffet_keys::{Fingerprint, KeyId, PublicKey, Sha256, sha256};

/// The root role (TUF §4.3): which keys may sign what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Root {
    /// Version, expiry, specification.
    pub common: Common,
    /// Whether the repository names its files by version and hash (false where the file does not say).
    pub consistent_snapshot: bool,
    keys: BTreeMap<KeyId, Key>,
    roles: BTreeMap<RoleName, RoleKeys>,
    value: Object,
}

/// The keyids and the threshold of one role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleKeys {
    /// Keyids, in the order of the file, each once (F11).
    pub keyids: Vec<KeyId>,
    /// The threshold, from 1 (F9).
    pub threshold: u64,
}

role!(Root, RoleName::Root);

impl Root {
    /// The `signed` object as received, unknown fields included.
    #[must_use]
    pub fn value(&self) -> &Object {
        &self.value
    }

    /// The keys by keyid, used or not.
    #[must_use]
    pub fn keys(&self) -> &BTreeMap<KeyId, Key> {
        &self.keys
    }

    /// Who may sign `role`. A delegated role is not root's to give: it yields an authority nobody can meet.
    #[must_use]
    pub fn authority(&self, role: &RoleName) -> Authority<'_> {
        match self.roles.get(role) {
            Some(found) => Authority::new(role.clone(), &found.keyids, found.threshold, &self.keys),
            None => Authority::new(role.clone(), &[], u64::MAX, &self.keys),
        }
    }

    /// What "the keys of a role were rotated" is decided by (C18): one digest over the role's distinct keys, by
    /// fingerprint, and its threshold. Equal for two roots exactly when both are.
    #[must_use]
    pub fn key_set(&self, role: &RoleName) -> Sha256 {
        let authority = self.authority(role);
        let mut bytes = authority.threshold().to_be_bytes().to_vec();
        for fingerprint in authority.fingerprints() {
            bytes.extend_from_slice(fingerprint.as_bytes());
        }
        sha256(&bytes)
    }
}

impl sealed::Read for Root {
    #[expect(private_interfaces, reason = "sealed")]
    fn read(signed: &Node<'_>, reading: &mut Reading<'_>) -> Result<Self, Problem> {
        let common = Common::read(signed, reading)?;
        let keys = read_keys(&signed.node("keys", "TUF 4.3")?, reading)?;
        let listed = signed.node("roles", "F12")?;
        let mut roles = BTreeMap::new();
        for name in RoleName::TOP_LEVEL {
            let role = RoleKeys::read(&listed.node(name.as_str(), "F12")?, reading)?;
            role.report(name.as_str(), &keys, reading)?;
            roles.insert(name, role);
        }
        let consistent_snapshot = signed.flag("consistent_snapshot", false, "TUF 4.3")?;
        Ok(Self { common, consistent_snapshot, keys, roles, value: signed.object.clone() })
    }
}

impl RoleKeys {
    pub(super) fn read(node: &Node<'_>, reading: &Reading<'_>) -> Result<Self, Problem> {
        let mut keyids = Vec::new();
        let mut seen = BTreeSet::new();
        let listed = node.array("keyids", "TUF 4.3")?;
        reading.limit("keyids of a role", reading.limits.keys, listed.len())?;
        for value in listed {
            let text =
                value.as_str().ok_or_else(|| Problem::shape(&node.at("keyids"), "strings", value.kind(), "TUF 4.3"))?;
            let keyid = KeyId::new(text);
            if !seen.insert(keyid.clone()) {
                let found = format!("{} again", keyid.short());
                return Err(Problem::shape(&node.at("keyids"), "each keyid once", found, "F11"));
            }
            keyids.push(keyid);
        }
        Ok(Self { keyids, threshold: node.positive("threshold", "F9")? })
    }

    /// What a reader should know of the role's keys; none of it refuses the file by itself.
    pub(super) fn report(
        &self,
        role: &str,
        keys: &BTreeMap<KeyId, Key>,
        reading: &mut Reading<'_>,
    ) -> Result<(), Problem> {
        let mut by_key: BTreeMap<Fingerprint, Vec<KeyId>> = BTreeMap::new();
        for keyid in &self.keyids {
            match keys.get(keyid).map(Key::public) {
                None => reading.note(Finding::KeyidWithoutKey { role: role.to_owned(), keyid: keyid.clone() })?,
                Some(None) => {}
                Some(Some(public)) => by_key.entry(PublicKey::fingerprint(public)).or_default().push(keyid.clone()),
            }
        }
        let distinct = by_key.len();
        if u64::try_from(distinct).unwrap_or(u64::MAX) < self.threshold {
            let (role, threshold) = (role.to_owned(), self.threshold);
            reading.note(Finding::ThresholdUnreachable { role, threshold, keys: distinct })?;
        }
        for (fingerprint, mut keyids) in by_key {
            if keyids.len() > 1 {
                keyids.sort();
                reading.note(Finding::OneKeyTwoKeyids { fingerprint, keyids })?;
            }
        }
        Ok(())
    }
}

/// The `keys` of a root or of a delegations object.
pub(super) fn read_keys(node: &Node<'_>, reading: &mut Reading<'_>) -> Result<BTreeMap<KeyId, Key>, Problem> {
    reading.limit("keys", reading.limits.keys, node.object.len())?;
    let mut keys = BTreeMap::new();
    for member in node.members("TUF 4.2.2") {
        let (keyid, object) = member?;
        let key = Key::read(keyid, &object, reading)?;
        keys.insert(key.keyid().clone(), key);
    }
    Ok(keys)
}
