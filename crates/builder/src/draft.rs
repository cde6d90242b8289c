//! From a state and changes to the next versions.

use crate::{Change, Expiries, Holder, OnlineKey, Seats, State, TargetPin};
use std::collections::BTreeMap;
use tuffet_keys::{Fingerprint, KeyId};
use tuffet_metadata::json::{Object, Value, object};
use tuffet_metadata::{
    Key, KeyidExceptions, Limits, MetadataError, Profile, Proposed, RoleName, Root, Targets, Unverified, Verified,
    format_time,
};

/// The roles a ceremony is to sign; `None` where nothing changed and the published file stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The next root.
    pub root: Option<Proposed<Root>>,
    /// The next targets.
    pub targets: Option<Proposed<Targets>>,
}

/// Why changes give no draft.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DraftError {
    /// `Establish` on a repository that exists.
    #[error("root: expected no root to establish, found version {version} (R3)")]
    Established {
        /// The version that is there.
        version: u64,
    },
    /// Another change without a repository.
    #[error("root: expected an `establish` change first, found no root to change (R3)")]
    NotEstablished,
    /// The key to replace is in no role.
    #[error("key {}: expected a key of root or targets to replace, found none (R17)", .0.short())]
    NotAHolder(Fingerprint),
    /// The key that comes is there already.
    #[error("{}: the new key {} is already the key of {} (F8)", owner.escape_debug(), fingerprint.short(), holder.escape_debug())]
    AlreadyHeld {
        /// Who would come.
        owner: String,
        /// The key.
        fingerprint: Fingerprint,
        /// Whose key it is.
        holder: String,
    },
    /// A version at the end of the numbers.
    #[error("{0}: there is no version after the current one (R3)")]
    LastVersion(RoleName),
    /// Nothing would change (R11).
    #[error("the changes leave every role as it is: nothing to sign (R11)")]
    NothingToDo,
    /// The draft does not read back. The changes contradict the format.
    #[error(transparent)]
    Metadata(#[from] MetadataError),
}

/// Applies `changes` to `state`.
///
/// Root and targets are drafted only where their content changes; targets also where the published file would no
/// longer meet its threshold under the new root's keys.
///
/// # Errors
/// [`DraftError`]
pub fn draft(state: Option<&State>, changes: &[Change], expires: &Expiries) -> Result<Draft, DraftError> {
    let mut work = match (state, changes.first()) {
        (None, Some(Change::Establish { root, targets, online })) => Work::establish(root, targets, online),
        (None, _) => return Err(DraftError::NotEstablished),
        (Some(state), _) => Work::from_state(state),
    };
    let rest = if state.is_none() { changes.get(1..).unwrap_or_default() } else { changes };
    for change in rest {
        match change {
            Change::Establish { .. } => {
                let version = state.map_or(1, |state| state.root.common.version);
                return Err(DraftError::Established { version });
            }
            Change::ReplaceKeyholder { outgoing, incoming } => work.replace(outgoing, incoming)?,
            Change::SetTarget(pin) => work.set_target(pin),
        }
    }
    work.finish(state, expires)
}

/// Root and targets as they are being changed.
struct Work {
    keys: BTreeMap<KeyId, Key>,
    roles: BTreeMap<RoleName, (Vec<KeyId>, u64)>,
    root: Object,
    targets: Object,
}

impl Work {
    fn establish(root: &Seats, targets: &Seats, online: &OnlineKey) -> Self {
        let mut work = Self {
            keys: BTreeMap::new(),
            roles: BTreeMap::new(),
            root: object([
                ("_type", "root".into()),
                ("consistent_snapshot", true.into()),
                ("spec_version", SPEC_VERSION.into()),
            ]),
            targets: object([
                ("_type", "targets".into()),
                ("spec_version", SPEC_VERSION.into()),
                ("targets", Object::new().into()),
            ]),
        };
        for (role, seats) in [(RoleName::Root, root), (RoleName::Targets, targets)] {
            let keyids = seats.holders.iter().map(|holder| work.add(holder_key(holder))).collect();
            work.roles.insert(role, (keyids, seats.threshold));
        }
        let keyid = work.add(Key::compose(&online.public, None, Some(&online.uri)));
        for role in [RoleName::Snapshot, RoleName::Timestamp] {
            work.roles.insert(role, (vec![keyid.clone()], 1));
        }
        work
    }

    fn from_state(state: &State) -> Self {
        let mut roles = BTreeMap::new();
        for role in RoleName::TOP_LEVEL {
            let authority = state.root.authority(&role);
            roles.insert(role, (authority.keyids().to_vec(), authority.threshold()));
        }
        Self { keys: state.root.keys().clone(), roles, root: state.root.value(), targets: state.targets.value() }
    }

    fn add(&mut self, key: Key) -> KeyId {
        let keyid = key.keyid().clone();
        self.keys.insert(keyid.clone(), key);
        keyid
    }

    fn replace(&mut self, outgoing: &Fingerprint, incoming: &Holder) -> Result<(), DraftError> {
        let is = |key: &Key, fingerprint: &Fingerprint| key.public().is_some_and(|p| p.fingerprint() == *fingerprint);
        let fingerprint = incoming.public.fingerprint();
        let in_use = |key: &&Key| self.roles.values().any(|(keyids, _)| keyids.contains(key.keyid()));
        if let Some(held) = self.keys.values().filter(in_use).find(|key| is(key, &fingerprint)) {
            let holder = held.owner().or(held.online_uri()).unwrap_or("another role").to_owned();
            return Err(DraftError::AlreadyHeld { owner: incoming.owner.clone(), fingerprint, holder });
        }
        let gone: Vec<KeyId> =
            self.keys.iter().filter(|(_, key)| is(key, outgoing)).map(|(keyid, _)| keyid.clone()).collect();
        let new = self.add(holder_key(incoming));
        let mut seats = 0usize;
        for role in [RoleName::Root, RoleName::Targets] {
            let Some((keyids, _)) = self.roles.get_mut(&role) else { continue };
            if let Some(seat) = keyids.iter_mut().find(|keyid| gone.contains(keyid)) {
                *seat = new.clone();
                seats = seats.saturating_add(1);
            }
            keyids.retain(|keyid| !gone.contains(keyid));
        }
        if seats == 0 { Err(DraftError::NotAHolder(*outgoing)) } else { Ok(()) }
    }

    fn set_target(&mut self, pin: &TargetPin) {
        let hashes = object([("sha256", pin.sha256.to_string().into())]);
        let mut entry = object([("hashes", hashes.into()), ("length", pin.length.into())]);
        if let Some(custom) = &pin.custom {
            entry.insert("custom".into(), custom.clone());
        }
        if let Some(Value::Object(targets)) = self.targets.get_mut("targets") {
            targets.insert(pin.path.clone(), entry.into());
        }
    }

    fn finish(mut self, state: Option<&State>, expires: &Expiries) -> Result<Draft, DraftError> {
        let roles = self.role_objects();
        let root = if state.is_some_and(|state| state.root.value().get("roles") == Some(&roles.clone().into())) {
            None
        } else {
            // A key no role uses any more would only be one more thing to read and to doubt.
            self.keys.retain(|keyid, _| uses(&roles, keyid));
            let keys = self.keys.values().map(|key| (key.keyid().to_string(), key.object().into()));
            self.root.insert("keys".into(), Value::Object(keys.collect()));
            self.root.insert("roles".into(), roles.into());
            let current = state.map(|state| state.root.common.version);
            Some(propose::<Root>(RoleName::Root, self.root, current, format_time(expires.root))?)
        };
        let unchanged = state.filter(|state| state.targets.value() == self.targets);
        let targets = match (unchanged, &root) {
            (Some(_), None) => None,
            (Some(state), Some(root)) if still_signed(&state.targets, root) => None,
            _ => {
                let current = state.map(|state| state.targets.common.version);
                Some(propose::<Targets>(RoleName::Targets, self.targets, current, format_time(expires.targets))?)
            }
        };
        if root.is_none() && targets.is_none() { Err(DraftError::NothingToDo) } else { Ok(Draft { root, targets }) }
    }

    /// Roles with what else they carry (such as `x-tuf-on-ci-expiry-period`), and keyids and threshold as changed.
    fn role_objects(&self) -> Object {
        let before = self.root.get("roles").and_then(Value::as_object).cloned().unwrap_or_default();
        let mut out = before;
        for (role, (keyids, threshold)) in &self.roles {
            let mut members = out.get(role.as_str()).and_then(Value::as_object).cloned().unwrap_or_default();
            let names: Vec<&str> = keyids.iter().map(KeyId::as_str).collect();
            members.insert("keyids".into(), names.into());
            members.insert("threshold".into(), (*threshold).into());
            out.insert(role.to_string(), members.into());
        }
        out
    }
}

fn holder_key(holder: &Holder) -> Key {
    Key::compose(&holder.public, Some(&holder.owner), None)
}

/// Whether any role, one of the four or another the file has, lists the keyid.
fn uses(roles: &Object, keyid: &KeyId) -> bool {
    let keyids = roles.values().filter_map(|role| role.as_object()?.get("keyids")?.as_array());
    keyids.flatten().any(|listed| listed.as_str() == Some(keyid.as_str()))
}

/// Whether the published targets still meet their threshold under the proposed root, by the same count a client makes.
fn still_signed(targets: &Verified<Targets>, root: &Proposed<Root>) -> bool {
    let profile = Profile::Deployed { keyid_exceptions: KeyidExceptions::Opaque };
    Unverified::<Targets>::new(targets.bytes().to_vec())
        .verify(&root.authority(&RoleName::Targets), &profile, &Limits::default())
        .is_ok()
}

fn propose<T: tuffet_metadata::Role>(
    role: RoleName,
    mut signed: Object,
    current: Option<u64>,
    expires: String,
) -> Result<Proposed<T>, DraftError> {
    let version = current.unwrap_or(0).checked_add(1).ok_or(DraftError::LastVersion(role))?;
    signed.insert("version".into(), version.into());
    signed.insert("expires".into(), expires.into());
    Ok(Proposed::new(signed.into(), &Limits::default())?)
}

/// The version of the specification new repositories are written to; an existing file keeps its own.
pub(crate) const SPEC_VERSION: &str = "1.0.34";
