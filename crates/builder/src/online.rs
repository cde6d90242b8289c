//! The online roles: snapshot and timestamp over what has been assembled.

use crate::OnlineRole;
use crate::draft::SPEC_VERSION;
use chrono::{DateTime, Utc};
use tuffet_metadata::json::{Object, Value, object};
use tuffet_metadata::{
    Limits, MetadataError, Pinned, Proposed, Role, RoleName, Root, Snapshot, Targets, Timestamp, Verified, format_time,
};

/// Why there is no next snapshot or timestamp.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OnlineError {
    /// A version at the end of the numbers.
    #[error("{0}: there is no version after the current one (R3)")]
    LastVersion(RoleName),
    /// What is to be listed is older than what the previous file lists: clients would refuse it as a rollback.
    #[error("{role}: expected version {listed} or later as the previous {by} lists it, found {found} ({rule})")]
    Rollback {
        /// The role to be listed.
        role: RoleName,
        /// The role that lists it.
        by: RoleName,
        /// The version listed before.
        listed: u64,
        /// The version given.
        found: u64,
        /// The rule of the clients.
        rule: &'static str,
    },
    /// What is to be listed is not the file listed before under the same version.
    #[error("{role}: expected the file the previous {by} lists as version {version}, found another (R12)")]
    SameVersion {
        /// The role to be listed.
        role: RoleName,
        /// The role that lists it.
        by: RoleName,
        /// The version of both files.
        version: u64,
    },
    /// Targets delegates to a role that no snapshot would list: every client's search for what it may list would end
    /// there (C53).
    #[error("{role}: expected an entry in the previous snapshot, as targets delegates to it, found none (F25)")]
    Unlisted {
        /// The delegated role, or the first bin without an entry.
        role: RoleName,
    },
    /// The result does not read back.
    #[error(transparent)]
    Metadata(#[from] MetadataError),
}

/// What an online role is to say beside its contents.
#[derive(Debug, Clone)]
pub struct Online {
    /// When it expires.
    pub expires: DateTime<Utc>,
    /// How it pins what it lists.
    pub pins: Pins,
    /// No version below this one: those between the current one and it have been used for other bytes, by a run that did
    /// not come to publish them.
    pub at_least: u64,
    /// Where clients have forgotten what they trusted before.
    pub rotation: Option<Rotation>,
}

/// How snapshot and timestamp pin a file (interop.md, Must write 7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Pins {
    /// By version, length and SHA-256.
    #[default]
    Full,
    /// By version alone: whoever steals an online key can then swap a file for another of its version (T12b, T18b).
    VersionOnly,
}

/// That a root rotated an online role's keys, so that clients delete what they trusted of it (TUF 5.3.11, C18): versions
/// may go down, and dead entries may go (R14, R15).
#[derive(Debug, Clone)]
pub struct Rotation(OnlineRole);

impl Rotation {
    /// Whether `new` has other keys for the role than `old`, or another threshold, as clients compare them.
    #[must_use]
    pub fn between(old: &Root, new: &Root, role: OnlineRole) -> Option<Self> {
        let name = RoleName::from(role);
        let (old, new) = (old.authority(&name), new.authority(&name));
        let same = old.fingerprints() == new.fingerprints() && old.threshold() == new.threshold();
        (!same).then_some(Self(role))
    }
}

impl Online {
    /// With full pins, the very next version, after no rotation.
    #[must_use]
    pub fn until(expires: DateTime<Utc>) -> Self {
        Self { expires, pins: Pins::Full, at_least: 0, rotation: None }
    }
}

/// The next snapshot: every entry of the previous one stays (C38, R15), and every unknown member (F1); each of `changed`
/// at its version, length and SHA-256 (R12). Every role that they delegate to must be listed (F25).
///
/// After a [`Rotation`] of the snapshot's keys it lists what is in `changed` and nothing else, at whatever version.
///
/// # Errors
/// [`OnlineError`]
pub fn snapshot(
    previous: Option<&Verified<Snapshot>>,
    changed: &[&Verified<Targets>],
    online: &Online,
) -> Result<Proposed<Snapshot>, OnlineError> {
    let before = previous.map(|previous| previous.value()).unwrap_or_default();
    let mut meta = Object::new();
    if !online.rotated(OnlineRole::Snapshot) {
        meta = before.get("meta").and_then(Value::as_object).cloned().unwrap_or_default();
        for file in changed {
            let listed = previous.and_then(|previous| previous.meta().get(&file.role().file_name()));
            not_older(file, listed.as_ref(), RoleName::Snapshot, "C38")?;
        }
    }
    for file in changed {
        meta.insert(file.role().file_name(), online.pin(file.common.version, file.bytes()));
    }
    for file in changed {
        all_listed(file, &meta)?;
    }
    let version = online.version(RoleName::Snapshot, previous.map(|previous| previous.common.version))?;
    let signed = signed(before, &RoleName::Snapshot, version, online.expires, meta);
    let findings = previous.map_or(&[][..], |previous| previous.findings());
    Ok(Proposed::next(RoleName::Snapshot, signed, findings, &Limits::default())?)
}

/// The next timestamp over `snapshot` (R13). After a [`Rotation`] of the timestamp's keys the snapshot may have any version.
///
/// # Errors
/// [`OnlineError`]
pub fn timestamp(
    previous: Option<&Verified<Timestamp>>,
    snapshot: &Verified<Snapshot>,
    online: &Online,
) -> Result<Proposed<Timestamp>, OnlineError> {
    if !online.rotated(OnlineRole::Timestamp) {
        not_older(snapshot, previous.map(|previous| &previous.snapshot), RoleName::Timestamp, "C28")?;
    }
    let meta = object([("snapshot.json", online.pin(snapshot.common.version, snapshot.bytes()))]);
    let before = previous.map(|previous| previous.value()).unwrap_or_default();
    let version = online.version(RoleName::Timestamp, previous.map(|previous| previous.common.version))?;
    let signed = signed(before, &RoleName::Timestamp, version, online.expires, meta);
    let findings = previous.map_or(&[][..], |previous| previous.findings());
    Ok(Proposed::next(RoleName::Timestamp, signed, findings, &Limits::default())?)
}

impl Online {
    fn rotated(&self, role: OnlineRole) -> bool {
        self.rotation.as_ref().is_some_and(|rotation| rotation.0 == role)
    }

    fn version(&self, role: RoleName, current: Option<u64>) -> Result<u64, OnlineError> {
        let next = current.unwrap_or(0).checked_add(1).ok_or(OnlineError::LastVersion(role))?;
        Ok(next.max(self.at_least))
    }

    fn pin(&self, version: u64, bytes: &[u8]) -> Value {
        match self.pins {
            Pins::Full => Pinned::of(version, bytes).to_object().into(),
            Pins::VersionOnly => Pinned { version, length: None, hashes: None }.to_object().into(),
        }
    }
}

/// The file to be listed is the listed one or a later version of it.
fn not_older<T: Role>(
    file: &Verified<T>,
    listed: Option<&Pinned>,
    by: RoleName,
    rule: &'static str,
) -> Result<(), OnlineError> {
    let Some(listed) = listed else { return Ok(()) };
    let (role, found) = (file.role().clone(), file.common().version);
    if found < listed.version {
        return Err(OnlineError::Rollback { role, by, listed: listed.version, found, rule });
    }
    let is_listed = listed.hashes.as_ref().is_none_or(|hashes| hashes.match_bytes(file.bytes()));
    if found == listed.version && !is_listed {
        return Err(OnlineError::SameVersion { role, by, version: found });
    }
    Ok(())
}

/// Every role that `targets` delegates to has an entry (F25). Bins are counted, not called by name: there may be 2^32.
fn all_listed(targets: &Targets, meta: &Object) -> Result<(), OnlineError> {
    let delegated = |name: String| RoleName::Delegated(name);
    if let Some(delegations) = &targets.delegations {
        let mut roles = delegations.roles().names().map(|name| delegated(name.into_owned()));
        if let Some(role) = roles.find(|role| !meta.contains_key(&role.file_name())) {
            return Err(OnlineError::Unlisted { role });
        }
        if let Some(bins) = delegations.succinct_roles() {
            let listed = meta.keys().filter(|file| file.strip_suffix(".json").is_some_and(|name| bins.has_bin(name)));
            if u64::try_from(listed.count()) != Ok(bins.bins()) {
                let numbers = 0..=u32::MAX;
                let mut names = numbers.map(|number| delegated(bins.bin(number)));
                let missing = names.find(|role| !meta.contains_key(&role.file_name()));
                return Err(OnlineError::Unlisted { role: missing.unwrap_or_else(|| delegated(bins.bin(0))) });
            }
        }
    }
    Ok(())
}

/// The members of the previous file with what is new. The `spec_version` stays what it was: a repository that was taken
/// over says of itself what its first tool said (D3).
fn signed(before: Object, role: &RoleName, version: u64, expires: DateTime<Utc>, meta: Object) -> Value {
    let spec_version = before.get("spec_version").and_then(Value::as_str).unwrap_or(SPEC_VERSION).to_owned();
    let mut members = before;
    members.extend(object([
        ("_type", role.as_str().into()),
        ("expires", format_time(expires).into()),
        ("meta", meta.into()),
        ("spec_version", spec_version.into()),
        ("version", version.into()),
    ]));
    members.into()
}
