//! The online roles: snapshot and timestamp over what has been assembled.

use crate::draft::SPEC_VERSION;
use chrono::{DateTime, Utc};
use tuffet_metadata::json::{Object, Value, object};
use tuffet_metadata::{
    Limits, MetadataError, Pinned, Proposed, RoleName, Snapshot, Targets, Timestamp, Verified, format_time,
};

/// Why there is no next snapshot or timestamp.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OnlineError {
    /// A version at the end of the numbers.
    #[error("{0}: there is no version after the current one (R3)")]
    LastVersion(RoleName),
    /// The result does not read back.
    #[error(transparent)]
    Metadata(#[from] MetadataError),
}

/// The next snapshot: every entry of the previous one stays (C38, R15), targets at its version, length and SHA-256
/// (R12).
///
/// # Errors
/// [`OnlineError`]
pub fn snapshot(
    previous: Option<&Verified<Snapshot>>,
    targets: &Verified<Targets>,
    expires: DateTime<Utc>,
) -> Result<Proposed<Snapshot>, OnlineError> {
    let mut meta = Object::new();
    for (name, pinned) in previous.iter().flat_map(|previous| previous.meta()) {
        meta.insert(name.clone(), pinned.to_object().into());
    }
    let pin = Pinned::of(targets.common.version, targets.bytes());
    meta.insert(RoleName::Targets.file_name(), pin.to_object().into());
    let version = next(RoleName::Snapshot, previous.map(|previous| previous.common.version))?;
    Ok(Proposed::new(signed("snapshot", version, expires, meta), &Limits::default())?)
}

/// The next timestamp over `snapshot` (R13).
///
/// # Errors
/// [`OnlineError`]
pub fn timestamp(
    previous: Option<&Verified<Timestamp>>,
    snapshot: &Verified<Snapshot>,
    expires: DateTime<Utc>,
) -> Result<Proposed<Timestamp>, OnlineError> {
    let pin = Pinned::of(snapshot.common.version, snapshot.bytes());
    let meta = object([("snapshot.json", pin.to_object().into())]);
    let version = next(RoleName::Timestamp, previous.map(|previous| previous.common.version))?;
    Ok(Proposed::new(signed("timestamp", version, expires, meta), &Limits::default())?)
}

fn next(role: RoleName, current: Option<u64>) -> Result<u64, OnlineError> {
    current.unwrap_or(0).checked_add(1).ok_or(OnlineError::LastVersion(role))
}

fn signed(role: &str, version: u64, expires: DateTime<Utc>, meta: Object) -> Value {
    object([
        ("_type", role.into()),
        ("expires", format_time(expires).into()),
        ("meta", meta.into()),
        ("spec_version", SPEC_VERSION.into()),
        ("version", version.into()),
    ])
    .into()
}
