//! The four top-level roles and delegated targets, read from a received `signed` value.

mod common;
mod delegations;
mod meta;
mod root;
mod snapshot;
mod succinct;
mod targets;
mod timestamp;

pub use common::Common;
pub use delegations::{DelegatedRole, Delegation, Delegations};
pub use meta::{Hashes, Pinned};
pub use root::{RoleKeys, Root};
pub use snapshot::Snapshot;
pub use succinct::SuccinctRoles;
pub use targets::{TargetFile, Targets};
pub use timestamp::Timestamp;

use crate::reading::{Node, Reading};
use crate::{Problem, RoleName};

/// A type of metadata. Sealed: the specification has four.
pub trait Role: sealed::Read + Sized {
    /// The value of `_type`; `targets` for delegated roles too.
    const TYPE: RoleName;

    /// The fields every role has.
    fn common(&self) -> &Common;
}

pub(crate) mod sealed {
    use super::{Node, Problem, Reading};

    pub trait Read: Sized {
        #[expect(private_interfaces, reason = "sealed: nobody outside names or calls it")]
        fn read(signed: &Node<'_>, reading: &mut Reading<'_>) -> Result<Self, Problem>;
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
pub(crate) fn read<T: Role>(signed: &crate::json::Value, reading: &mut Reading<'_>) -> Result<T, Problem> {
    let node = Node::new("signed".into(), signed, "TUF 4.2.1")?;
    let found = node.string("_type", "F16")?;
    if found != T::TYPE.as_str() {
        let found = format!("`{}`", found.escape_debug());
        return Err(Problem::shape("signed._type", format!("`{}`", T::TYPE), found, "F16"));
    }
    <T as sealed::Read>::read(&node, reading)
}

/// The version a file claims, for error messages about files that do not read.
pub(crate) fn claimed_version(signed: &crate::json::Value) -> Option<u64> {
    signed.as_object()?.get("version")?.as_u64()
}
