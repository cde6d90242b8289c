//! Whether a key was made inside the device it is said to be in.
//!
//! This crate is **not** a token driver and no policy: it takes certificates as a device gave them and the public key
//! that is to be trusted, and says what the device proves of that key, or why it proves nothing.
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

mod evidence;
mod policy;

pub use evidence::{Evidence, EvidenceError};
pub use policy::{PinPolicy, TouchPolicy};
