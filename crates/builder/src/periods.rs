//! For how long a role is signed, and how early anew: the members that tuf-on-ci gives roles, read and written here alone.

use tuffet_metadata::json::{Object, Value};
use tuffet_metadata::{RoleName, Root};

/// Days a role is signed for, and days before its expiry from which on it is to be signed anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Periods {
    /// Days from signature to expiry.
    pub expiry: u32,
    /// Days before the expiry; fewer than `expiry`.
    pub signing: u32,
}

impl Periods {
    /// Those of an online role, which stand in root: online roles are made by machines, and root is what these go by.
    /// `None` where root says nothing, or what no job could keep.
    #[must_use]
    pub fn of_online(root: &Root, role: &RoleName) -> Option<Self> {
        let (expiry, signing) = online_days(root, role);
        let this = Self { expiry: u32::try_from(expiry?).ok()?, signing: u32::try_from(signing?).ok()? };
        (this.signing >= 1 && this.signing < this.expiry).then_some(this)
    }

    pub(crate) fn write_into(self, members: &mut Object) {
        members.insert(EXPIRY.into(), u64::from(self.expiry).into());
        members.insert(SIGNING.into(), u64::from(self.signing).into());
    }
}

/// Days of life and days before the end, as root's entry of an online role says them.
pub(crate) fn online_days(root: &Root, role: &RoleName) -> (Option<u64>, Option<u64>) {
    let value = root.value();
    let roles = value.get("roles").and_then(Value::as_object);
    let members = roles.and_then(|roles| roles.get(role.as_str())).and_then(Value::as_object);
    (members.and_then(expiry_days), members.and_then(signing_days))
}

/// Days a role lives, by the members of its file or of its entry in root.
#[must_use]
pub fn expiry_days(members: &Object) -> Option<u64> {
    members.get(EXPIRY).and_then(Value::as_u64)
}

/// Days before its end at which a role is to be signed anew, as [`expiry_days`].
#[must_use]
pub fn signing_days(members: &Object) -> Option<u64> {
    members.get(SIGNING).and_then(Value::as_u64)
}

const EXPIRY: &str = "x-tuf-on-ci-expiry-period";
const SIGNING: &str = "x-tuf-on-ci-signing-period";
