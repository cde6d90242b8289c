//! Proposes the next version of TUF metadata.
//!
//! This crate is **not** a signer (it holds no key), not a repository (it knows no disk), and it trusts nothing: what
//! it proposes is worth the signatures people give it, and every reader verifies those for itself.
//!
//! ```text
//!  State (verified) ─┐
//!  Change*          ─┼─► draft() ─► Draft ─► check() ─► findings with rule ids
//!  Expiries         ─┘                │
//!                                     ├─► payload(): canonicalised twice, equal or refused ─► signers
//!                                     └─► assemble(): signatures in one order, whatever order they came in
//!  assembled targets ─► snapshot() ─► timestamp()          the online roles, built the same way
//! ```
//!
//! ```
//! use tuffet_builder::{Change, Expiries, Holder, OnlineKey, Seats, draft};
//! use tuffet_keys::{PublicKey, Scheme};
//! use tuffet_metadata::parse_time;
//!
//! # fn key(pem: &str) -> PublicKey { PublicKey::from_raw(Scheme::Ed25519, &{ let mut k = [9u8; 32]; k[0] = pem.len() as u8; k }).unwrap() }
//! # let (alice_pem, bob_pem, online_pem) = ("a", "bb", "ccc");
//! let alice = Holder { owner: "@alice".into(), public: key(alice_pem) };
//! let bob = Holder { owner: "@bob".into(), public: key(bob_pem) };
//! let seats = Seats { holders: vec![alice, bob], threshold: 2 };
//! let online = OnlineKey { uri: "file:online.pem".into(), public: key(online_pem) };
//! let establish = Change::Establish { root: seats.clone(), targets: seats, online };
//! let year = parse_time("2027-12-01T00:00:00Z").unwrap();
//! let draft = draft(None, &[establish], &Expiries { root: year, targets: year })?;
//! assert_eq!(draft.root.as_ref().map(|root| root.common.version), Some(1));
//! # Ok::<(), tuffet_builder::DraftError>(())
//! ```
//!
//! Architecture invariant: a version number is written in one place, here, as the trusted one plus one.
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

mod assemble;
mod change;
mod check;
mod compare;
mod draft;
mod online;
mod payload;

pub use assemble::{Given, assemble};
pub use change::{Change, Expiries, Holder, OnlineKey, Seats, State, TargetPin};
pub use check::{Finding, Severity, check};
pub use compare::{Difference, compare};
pub use draft::{Draft, DraftError, draft};
pub use online::{OnlineError, snapshot, timestamp};
pub use payload::{Disagreement, payload};

#[cfg(test)]
mod tests;
