//! Proposes the next version of TUF metadata.
//!
//! This crate is **not** a signer (it holds no key), not a repository (it knows no disk), and it trusts nothing: what
//! it proposes is worth the signatures people give it, and every reader verifies those for itself.
//!
//! ```text
//!  State (verified) ─┐
//!  Change*          ─┼─► draft() ─► Draft ─► check(): findings by lint   clients_of_draft(): whom it locks out
//!  Expiries         ─┘                │      compare(): what a signature would change, in sentences
//!                                     ├─► payloads(): canonicalised twice, equal or refused ─► signers
//!                                     └─► assemble(): signatures in one order, whatever order they came in
//!  assembled targets ─► snapshot() ─► timestamp()          the online roles, built the same way
//!  Bins ─► next_bin()* ─► bins_snapshot()                  hash bins, at the cost of what changes
//!
//!  State, a goal, dates ─► plan_rotation()                 the ceremonies that lead there, each rehearsed
//!
//!  a whole repository ─► Observed ─► check_repository(): findings with what happened elsewhere and what to do
//!                                 └► freshness(), clients(): how old it can be kept, and who cannot read it
//!
//!  URLs, as they answer ─► outside::judge(): alarms, from the outside and beside what was there before
//!
//!  under-signed files ─► Partial ─► standing(): who signed, for the old and the new root
//!                        └─► merge(): one file with everybody's signatures
//!  Observed (any repository, as it is) ─► check_repository(), freshness(), clients()
//! ```
//!
//! ```
//! use tuffet_builder::{Change, Expiries, Holder, OnlineKey, Seats, check, draft, payload};
//! use tuffet_keys::PublicKey;
//! use tuffet_metadata::parse_time;
//!
//! # const ALICE: &str = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAiojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w=\n-----END PUBLIC KEY-----\n";
//! # const BOB: &str = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAgTl3Dqh9F19Wo1Rmw0x+zMuNipG07jeiXfYPW4/Js5Q=\n-----END PUBLIC KEY-----\n";
//! # const ONLINE: &str = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA7UkoxijRwsbq6QM4kFmVYSlZJzpcY/k2NsFGFKyHN9E=\n-----END PUBLIC KEY-----\n";
//! # let time = |text| parse_time(text).unwrap();
//! let holder = |owner: &str, pem| Ok::<_, tuffet_keys::KeyError>(Holder { owner: owner.into(), public: PublicKey::from_pem(pem)? });
//! let seats = Seats { holders: vec![holder("@alice", ALICE)?, holder("@bob", BOB)?], threshold: 2 };
//! let online = OnlineKey { uri: "file:online.pem".into(), public: PublicKey::from_pem(ONLINE)? };
//! let establish = Change::Establish { root: seats.clone(), targets: seats, online };
//! let expiries = Expiries::new(time("2027-12-01T00:00:00Z"), time("2027-12-01T00:00:00Z"));
//!
//! let draft = draft(None, &[establish], &expiries)?;
//! let findings = check(None, &draft, time("2027-01-01T12:00:00Z"));
//! assert_eq!(findings[0].message, "expected more keys than the threshold 2, found as many: one lost key ends the role");
//!
//! let root = draft.root.expect("a first draft has a root");
//! assert_eq!(root.common.version, 1);
//! let to_sign = payload(&root)?;
//! assert!(to_sign.starts_with(br#"{"_type":"root","consistent_snapshot":true,"expires":"2027-12-01T00:00:00Z""#));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Where to go on: [`Change`] is everything that can change, [`Lint`] everything that is looked for, and
//! `crates/repository/examples/repository.rs` a whole program of less than 40 lines that makes a repository.
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

mod ahead;
mod assemble;
mod bins;
mod change;
mod check;
mod clients;
mod compare;
mod delegated;
mod draft;
mod known;
mod loss;
mod merge;
mod online;
pub mod outside;
mod partial;
mod payload;
mod periods;
mod rotate;
mod stand_in;
mod work;

pub use ahead::{Ahead, Event, EventKind, SignedBy, Window, ahead};
pub use assemble::{Given, assemble};
pub use bins::{BinError, Bins, TargetChanges, bins_snapshot, first_bin, next_bin};
pub use change::{
    BinsSpec, Change, Delegate, DelegateTo, DelegatedPaths, Expiries, Holder, OfflineRole, OnlineKey, OnlineRole,
    Seats, State, Succession, TargetPin,
};
pub use check::{
    Beside, Finding, Freshness, KnownInstance, Lint, Material, Observed, Seen, SeenDelegated, Served, Severity, check,
    check_contents, check_repository, freshness, says_whom_to_trust,
};
pub use clients::{Client, Compatibility, Trait, clients, clients_of_draft};
pub use compare::{Difference, compare, compare_roots, compare_targets};
pub use delegated::{delegated_below, file_stem};
pub use draft::{Draft, DraftError, Payload, draft};
pub use known::{KnownForm, known_forms};
pub use loss::{
    Choice, Need, OutOfBand, Outcome, Reach, RoleState, RoleVerdict, Roster, RosterKey, RosterRole, Row, Situation,
    SubsetTally, Subsets, Thief, Unit, Verdict, judge, needs, subsets,
};
pub use merge::{Dropped, MergeError, Merged, merge};
pub use online::{Online, OnlineError, Pins, Rotation, snapshot, timestamp};
pub use partial::{Count, Entry, EntryKind, Partial, PartialError, Standing, Who};
pub use payload::{Disagreement, payload};
pub use periods::{Periods, expiry_days, signing_days};
pub use rotate::{
    Absence, Newcomer, Pace, Quorum, Replacement, RotationChange, RotationGoal, RotationPlan, RotationRefused,
    RotationSeat, RotationStart, RotationStep, RotationTerms, SecondKeys, plan_rotation,
};

pub use stand_in::{MakeKey, NoStandIn, StandIn, StandIns};

#[cfg(test)]
mod tests;
