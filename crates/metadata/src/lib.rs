//! TUF metadata as received: read strictly, verified by threshold, written byte for byte.
//!
//! This crate is **not** a client: it knows no order of files, no rollback, no clock; a [`Verified`] value may be old
//! or expired. It is **not** a builder: it proposes nothing. It touches nothing: bytes in, values out.
//!
//! ```text
//!            json::canonical_form      Role::read           Authority::tally
//!  bytes ──► canonical bytes of the ──► Root, Timestamp,  ──► threshold by distinct key ──► Verified<T>
//!  Unverified<T>   *received* value     Snapshot, Targets
//!
//!  Value ──► Proposed<T> ── payload() ──► signers ── assemble() ──► bytes other tools reproduce
//! ```
//!
//! ```
//! use tuffet_metadata::{Finding, Limits, Profile, Root, Unverified};
//!
//! fn report(pinned: Vec<u8>, next: Vec<u8>) -> Result<Vec<Finding>, tuffet_metadata::MetadataError> {
//!     let (profile, limits) = (Profile::deployed(), Limits::default());
//!     let pinned = Unverified::<Root>::new(pinned).verify_pinned(&profile, &limits)?;
//!     let next = Unverified::<Root>::new(next).verify_next(&pinned, &profile, &limits)?;
//!     assert!(next.tallies().iter().all(|tally| tally.is_met()));
//!     Ok(next.findings().to_vec())
//! }
//! ```
//!
//! Architecture invariants: thresholds are counted in [`Authority::tally`] and nowhere else; signatures are checked
//! over the canonical form of the received value, never over a struct serialised again, and what is read is read from
//! those same bytes; a file that is canonical is not copied; the constructor of
//! [`Verified`] is private to one module.
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects,
        clippy::panic
    )
)]

mod bytes;
mod counting;
mod envelope;
mod error;
mod finding;
pub mod json;
mod key;
mod limits;
mod name;
mod path_hash;
mod pattern;
mod profile;
mod proposed;
mod reading;
mod roles;
mod threshold;
mod time;
mod verified;

pub use counting::{Check, Counting, PerClass};
pub use envelope::{Signature, write_file};
pub use error::{MetadataError, Problem};
pub use finding::Finding;
pub use key::{Key, keyid_of};
pub use limits::Limits;
pub use name::RoleName;
pub use path_hash::{HashPrefix, TargetPath};
pub use pattern::PathPattern;
pub use profile::{KeyidExceptions, Profile};
pub use proposed::{Proposed, partly_signed};
pub use roles::{
    Common, DelegatedRole, DelegatedRoles, Delegation, Delegations, Hashes, MetaFiles, Pinned, Role, RoleKeys, Root,
    Snapshot, SuccinctRoles, TargetFile, TargetFiles, Targets, Timestamp,
};
pub use threshold::{Authority, Signer, Tally};
pub use time::{Expires, format_time, parse_time};
pub use verified::{Unverified, Verified};

#[cfg(test)]
mod tests;
