//! Rehearses disasters: a twin of a repository, signed with throw-away keys, and the real client reading it.
//!
//! This crate is **not** a way to make metadata for anybody (no client that exists trusts a twin's first root), it holds
//! no key of the repository it copies, and it reads and writes nothing: bytes, a time and fresh keys come in.
//!
//! ```text
//!  Observed (a repository, as it is) ─┐
//!  MakeKey (throw-away keys) ─────────┴─► Twin ─► publish(changes)     as its owners would
//!                                          │ └──► Forger: signs with the stolen keys and nothing else
//!                                          ▼              │
//!                        Served files ◄────┴──────────────┘
//!                             │
//!                             ▼
//!            Reader (tuffet-client, a store in memory, a pinned root) ─► Answer: follows, or refuses and keeps
//! ```
//!
//! [`play`] plays the threat table's rows so, [`revoke`] an emergency rotation.
//!
//! A twin has the roots, roles, thresholds, delegations, expiries, versions and pins of the original. Every usable key
//! is replaced by an Ed25519 key made for the occasion; one that served several roles serves them still, and one that
//! stood under two keyids does so again. So what a client answers on the twin is what it would answer on the original
//! if somebody held the original's keys.
//!
//! Architecture invariant: a forged file is signed by [`Forger`] with keys it was told are stolen; whether that is enough is
//! never decided here, but by the client that reads it.
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

mod cast;
mod error;
mod forger;
mod publish;
mod reader;
mod revoke;
mod rows;
mod translate;
mod twin;

pub use cast::{Cast, Scene};
pub use error::TwinError;
pub use forger::Forger;
pub use publish::Dates;
pub use reader::{Answer, Reader, Versions};
pub use revoke::{Revocation, revoke};
pub use rows::{Played, PlayedRow, Reaction, RowOutcome, Told, play};
pub use tuffet_builder::MakeKey;
pub use twin::Twin;

#[cfg(test)]
mod tests;
