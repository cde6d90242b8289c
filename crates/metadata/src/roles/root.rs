use super::{Common, role, sealed};
use crate::bytes::Payload;
use crate::json::{Object, Raw, text};
use crate::reading::{Node, Path, Reading, members};
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
    payload: Payload,
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
    pub fn value(&self) -> Object {
        Raw::new(self.payload.as_slice()).to_object()
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
    fn read(signed: &Payload, reading: &mut Reading<'_>) -> Result<Self, Problem> {
        let names = ["consistent_snapshot", "expires", "keys", "roles", "spec_version", "version"];
        let node = Node::new(Path::top("signed"), Raw::new(signed.as_slice()), "TUF 4.2.1", names)?;
        let common = Common::read(&node, reading)?;
        let keys = read_keys(&node.at("keys"), node.object("keys", "TUF 4.3")?, reading)?;
        let listed = node.required("roles", "an object", "F12")?;
        let listed = Node::new(node.at("roles"), listed, "F12", TOP_LEVEL)?;
        let mut roles = BTreeMap::new();
        for (role, name) in RoleName::TOP_LEVEL.into_iter().zip(TOP_LEVEL) {
            let value = listed.required(name, "an object", "F12")?;
            let keyids = RoleKeys::read(&Node::new(listed.at(name), value, "F12", ["keyids", "threshold"])?, reading)?;
            keyids.report(name, &keys, reading)?;
            roles.insert(role, keyids);
        }
        let consistent_snapshot = node.flag("consistent_snapshot", false, "TUF 4.3")?;
        Ok(Self { common, consistent_snapshot, keys, roles, payload: signed.clone() })
    }
}

/// The names of [`RoleName::TOP_LEVEL`], in its order.
const TOP_LEVEL: [&str; 4] = ["root", "timestamp", "snapshot", "targets"];

impl RoleKeys {
    pub(super) fn read<const N: usize>(node: &Node<'_, '_, N>, reading: &Reading<'_>) -> Result<Self, Problem> {
        let mut keyids: Vec<KeyId> = Vec::new();
        let listed = node.array("keyids", "TUF 4.3")?;
        reading.limit("keyids of a role", reading.limits.keys, listed.len())?;
        let mut seen = BTreeSet::new();
        let few = listed.len() <= 8;
        for value in listed {
            let text =
                value.as_str().ok_or_else(|| Problem::shape(node.at("keyids"), "strings", value.kind(), "TUF 4.3"))?;
            let keyid = KeyId::new(text);
            let again = if few { keyids.contains(&keyid) } else { !seen.insert(value.bytes()) };
            if again {
                let found = format!("{} again", keyid.short());
                return Err(Problem::shape(node.at("keyids"), "each keyid once", found, "F11"));
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
        if let ([keyid], 1) = (self.keyids.as_slice(), self.threshold)
            && keys.get(keyid).is_some_and(|key| key.public().is_some())
        {
            // Nothing to say of most bins, and a file can have tens of thousands of them.
            return Ok(());
        }
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

/// The `keys` of a root or of a delegations object, which stand at `path`.
pub(super) fn read_keys(
    path: &Path<'_>,
    object: Raw<'_>,
    reading: &mut Reading<'_>,
) -> Result<BTreeMap<KeyId, Key>, Problem> {
    let mut listed = Vec::new();
    members(object, |name, value| {
        listed.push((name, value));
        Ok(())
    })?;
    reading.limit("keys", reading.limits.keys, listed.len())?;
    let mut keys = BTreeMap::new();
    for (name, value) in listed {
        let key = Key::read(text(name), path.member(name), value, reading)?;
        keys.insert(key.keyid().clone(), key);
    }
    Ok(keys)
}
