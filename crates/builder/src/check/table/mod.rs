//! The lints as data, in the order of their numbers.

macro_rules! lints {
    ($($constant:ident = $id:literal $name:literal, $severity:ident $rule:literal: $holds:literal
        $(, since $incident:literal)? ; $fix:literal)*) => {
        $(pub(in crate::check) static $constant: $crate::check::Lint = $crate::check::Lint {
            id: $id,
            name: $name,
            severity: $crate::check::Severity::$severity,
            rule: $rule,
            holds: $holds,
            incident: lints!(@incident $($incident)?),
            fix: $fix,
        };)*
    };
    (@incident) => { None };
    (@incident $incident:literal) => { Some($incident) };
}

mod content;
mod files;
mod keys;
mod versions;

pub(super) use content::*;
pub(super) use files::*;
pub(super) use keys::*;
pub(super) use versions::*;

use super::Lint;

pub(super) static ALL: &[&Lint] = &[
    &KEYID_NOT_HASH,
    &KEYID_OF_CORE,
    &ONE_KEY_TWO_HOLDERS,
    &SIGNED_UNDER_TWO_KEYIDS,
    &KEY_CHANGED_UNDER_KEYID,
    &KEYTYPE_CHANGED,
    &LEGACY_KEYTYPE,
    &HEX_POINT,
    &UNUSABLE_KEY,
    &KEYID_WITHOUT_KEY,
    &ONLINE_KEY_OFFLINE_ROLE,
    &P384_ONLINE,
    &KMS_URI,
    &THRESHOLD_UNREACHABLE,
    &THRESHOLD_ONE,
    &THRESHOLD_ALL,
    &TOO_FEW_OLD_KEYS,
    &VERSION_REUSED,
    &VERSION_DECREASED,
    &BYTES_CHANGED,
    &TWO_ROOTS_ONE_VERSION,
    &ROOT_VERSION,
    &ROLE_REMOVED,
    &DEAD_SNAPSHOT_ENTRY,
    &CONSISTENT_SNAPSHOT,
    &NOT_CONSISTENT,
    &EMPTY_SIGNATURE,
    &WRONG_SIGNATURE,
    &STRANGER_SIGNATURE,
    &UNDER_SIGNED,
    &UNPINNED,
    &PIN_DIFFERS,
    &NO_SHA256,
    &MISSING_HASH_COPY,
    &MISSING_TARGET,
    &TARGET_DIFFERS,
    &MISSING_ROOT,
    &MISSING_METADATA,
    &FILE_LAYOUT,
    &NEAR_LIMIT,
    &ROOTS_BEHIND,
    &NO_LENGTH,
    &EMPTY_TARGET,
    &NESTED_TARGET,
    &UNSAFE_TARGET_NAME,
    &COLLIDING_NAMES,
    &CANONICALISERS_DISAGREE,
    &CRLF,
    &EXPIRED,
    &EXPIRY_TOO_FAR,
    &EXPIRES_SOON,
    &EXPIRY_WITHOUT_OVERLAP,
    &DELEGATION_EXPIRES_FIRST,
    &FAILED_RUNS,
    &LEGACY_EXPIRES,
    &SHORT_SPEC_VERSION,
    &NULL_DELEGATIONS,
    &NOT_IN_SNAPSHOT,
    &HIDDEN_DELEGATION,
    &OVERLAPPING_DELEGATIONS,
    &NO_PATHS,
    &UNCOMMON_PATTERN,
    &FOREIGN_INSTANCE,
    &UNKNOWN_FIELD,
    &UNREADABLE_DATE,
    &TRUST_ROOT_REFUSED,
    &CLIENT_REFUSES,
    &UNPORTABLE_NAME,
    &HISTORY_LOST,
    &SERVICE_WITHOUT_TRUST,
];
