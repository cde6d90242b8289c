//! The TUF client workflow (TUF 5) as a state machine over bytes and a time.
//!
//! This crate is **not** a client: it fetches nothing, stores nothing and asks no clock. It says which file comes
//! next and how many bytes of it to take at most, and it turns what arrived into [`Trusted`] values, or refuses.
//!
//! ```text
//!  pinned root ─► Update<Roots> ──root()*──► final_root() ─► Update<AwaitTimestamp>
//!                   5.1, 5.2       5.3          5.3.10            │ timestamp()  5.4
//!                                                                 ▼
//!  Refreshed ◄── targets() ── Update<AwaitTargets> ◄─snapshot()─ Update<AwaitSnapshot>
//!    │              5.6                                5.5
//!    └─ search(path) ─► Search ── take()* ──► Found(Target), or Absent and why
//!          5.6.7
//! ```
//!
//! Each step consumes the state before it, so a step out of order does not compile. The timestamp method exists
//! only after the final root:
//!
//! ```
//! use tuffet_verifier::{AwaitSnapshot, Memory, Roots, Unverified, Update, UpdateError};
//! # fn f(update: Update<Roots>, timestamp: Vec<u8>) -> Result<Update<AwaitSnapshot>, UpdateError> {
//! update.final_root(Memory::default())?.timestamp(Unverified::new(timestamp))
//! # }
//! ```
//!
//! ```compile_fail
//! use tuffet_verifier::{AwaitSnapshot, Memory, Roots, Unverified, Update, UpdateError};
//! # fn f(update: Update<Roots>, timestamp: Vec<u8>) -> Result<Update<AwaitSnapshot>, UpdateError> {
//! update.timestamp(Unverified::new(timestamp))
//! # }
//! ```
//!
//! Architecture invariants: no path, socket, clock or environment variable is reachable from here; every expiry is
//! compared with the one start time given to [`Update::start`] (C1); one function checks every role that is pinned
//! by another file.
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

mod audit;
mod delegated;
mod error;
mod floors;
mod memory;
mod named;
mod refreshed;
mod role;
mod root;
mod search;
mod snapshot;
mod target;
mod targets;
mod timestamp;
mod update;

pub use audit::{
    Audit, AuditRefusal, AuditReport, Bound, CurrentReport, DelegatedReport, Freshness, RoleReport, RootReport,
    RootSigner,
};
pub use error::UpdateError;
pub use memory::{Event, FloorLoss, FloorVersions, KeySets, Memory, OnFloorLoss};
pub use refreshed::Refreshed;
pub use role::Trusted;
pub use root::{Anchor, Roots};
pub use search::{Search, Step};
pub use snapshot::AwaitSnapshot;
pub use target::{Target, TargetError};
pub use targets::AwaitTargets;
pub use timestamp::AwaitTimestamp;
pub use tuffet_metadata::{Check, Limits, PerClass, Profile, Root, Snapshot, Targets, Timestamp, Unverified, Verified};
pub use update::{Policy, Request, Update};

#[cfg(test)]
mod tests;
