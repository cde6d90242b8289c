//! Whether a key was made inside the device it is said to be in.
//!
//! This crate is **not** a token driver, and it asks nobody: it takes certificates as a device gave them, the public key
//! that is to be trusted and a time, and says what the device proves of that key, or why it proves nothing.
//!
//! ```text
//!  Evidence ──verify(key, Anchors, time)──► Attested ──Requirements::judge──► Shortfall…
//!  certificates,     AT2 AT3 chain, time    what the     AT7-AT9 slot, PIN, touch
//!  nothing believed  AT4 the same key       device       AT11-AT13 firmware, ROCA
//!                    AT5 AT6 statement      says         AT14 capabilities
//!                                              └── shared_devices: AT10, two keys in one hand
//! ```
//!
//! Checking a chain and a serial number is not enough: the attested key must be the one that enters root.json, so
//! [`Evidence::verify`] takes it, and what comes back names it.
//!
//! ```
//! use tuffet_attestation::{Anchors, Evidence};
//! use tuffet_keys::{PublicKey, Scheme};
//!
//! let key = PublicKey::from_raw(Scheme::Ed25519, &[9; 32])?;
//! let evidence = Evidence::from_der(vec![b"no certificate".to_vec(); 2])?;
//! let time = chrono::DateTime::from_timestamp(1_700_000_000, 0).ok_or("no time")?;
//! let refused = evidence.verify(&key, &Anchors::yubico(), time).unwrap_err();
//! assert!(refused.to_string().starts_with("certificate 1: expected X.509 in DER"));
//! assert_eq!(refused.rule().id(), "AT5");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
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

mod anchors;
mod attested;
mod chain;
mod device;
mod error;
mod evidence;
mod firmware;
mod modulus;
mod policy;
mod requirements;
mod rule;
mod statement;

pub use anchors::Anchors;
pub use attested::Attested;
pub use device::{Device, Place};
pub use error::Refused;
pub use evidence::{Evidence, EvidenceError};
pub use firmware::Firmware;
pub use policy::{PinPolicy, TouchPolicy};
pub use requirements::{Requirements, Shortfall, shared_devices};
pub use rule::Rule;
pub use statement::{Capabilities, Statement};
pub use tuffet_certificates::is_hidden;

#[cfg(test)]
extern crate self as tuffet_attestation;
#[cfg(test)]
mod tests;
