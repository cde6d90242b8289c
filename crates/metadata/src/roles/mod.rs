//! The four top-level roles and delegated targets, read from a received `signed` value.

mod common;
mod delegated;
mod delegations;
mod entries;
mod listed;
mod meta;
mod meta_files;
mod root;
mod snapshot;
mod succinct;
mod target_files;
mod targets;
mod timestamp;

pub use common::Common;
pub use delegated::{DelegatedRole, DelegatedRoles};
pub use delegations::{Delegation, Delegations};
pub use meta::{Hashes, Pinned};
pub use meta_files::MetaFiles;
pub use root::{RoleKeys, Root};
pub use snapshot::Snapshot;
pub use succinct::SuccinctRoles;
pub use target_files::{TargetFile, TargetFiles};
pub use targets::Targets;
pub use timestamp::Timestamp;

use crate::bytes::Payload;
use crate::json::Raw;
use crate::reading::Reading;
use crate::{Problem, RoleName};

/// A type of metadata. Sealed: the specification has four.
pub trait Role: sealed::Read + Sized {
    /// The value of `_type`; `targets` for delegated roles too.
    const TYPE: RoleName;

    /// The fields every role has.
    fn common(&self) -> &Common;
}

pub(crate) mod sealed {
    use super::{Payload, Problem, Reading};

    pub trait Read: Sized {
        #[expect(private_interfaces, reason = "sealed: nobody outside names or calls it")]
        fn read(signed: &Payload, reading: &mut Reading<'_>) -> Result<Self, Problem>;
    }
}

macro_rules! role {
    ($type:ty, $name:expr) => {
        impl $crate::roles::Role for $type {
            const TYPE: $crate::RoleName = $name;
            fn common(&self) -> &$crate::roles::Common {
                &self.common
            }
        }
    };
}
use role;

/// Reads `signed` as a `T`, `_type` first (F16: the wrong type is refused even when its signatures would hold).
pub(crate) fn read<T: Role>(signed: &Payload, reading: &mut Reading<'_>) -> Result<T, Problem> {
    let raw = Raw::new(signed.as_slice());
    if !raw.is_object() {
        return Err(Problem::shape("signed", "an object", raw.kind(), "TUF 4.2.1"));
    }
    let shape = |expected: &str, found| Problem::shape("signed._type", expected, found, "F16");
    let value = raw.member("_type").ok_or_else(|| shape("a string", "nothing".to_owned()))?;
    let found = value.as_str().ok_or_else(|| shape("a string", value.kind()))?;
    if found != T::TYPE.as_str() {
        return Err(shape(&format!("`{}`", T::TYPE), format!("`{}`", found.escape_debug())));
    }
    <T as sealed::Read>::read(signed, reading)
}

/// The version a file claims, for error messages about files that do not read.
pub(crate) fn claimed_version(signed: &Payload) -> Option<u64> {
    Raw::new(signed.as_slice()).member("version")?.as_u64()
}
