//! Public keys of TUF metadata, and the check of one signature.
//!
//! This crate is **not** a signer (it holds no secret), not a parser of metadata (it never sees JSON), and it decides
//! nothing about thresholds: it answers "is this signature by this key over these bytes".
//!
//! ```text
//!  keytype, scheme, public ─┐
//!  PEM SubjectPublicKeyInfo ─┼──► PublicKey ──► fingerprint()   which key is it, however it was written
//!  DER SubjectPublicKeyInfo ─┘        │
//!                                     └──────► verify(message, signature)
//! ```
//!
//! One key has many spellings (hex or PEM, `ecdsa` or `ecdsa-sha2-nistp256`, PEM with or without a final newline).
//! All of them lead to one DER encoding and so to one [`Fingerprint`]; thresholds count fingerprints, never keyids.
//!
//! ```
//! use tuffet_keys::{PublicKey, Scheme};
//!
//! let point = "04cbc5cab2684160323c25cd06c3307178a6b1d1c9b949328453ae473c5ba7527e\
//!              35b13f298b41633382241f3fd8526c262d43b45adee5c618fa0642c82b8a9803";
//! let legacy = PublicKey::from_tuf("ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256", point)?;
//! let modern = PublicKey::from_tuf("ecdsa", "ecdsa-sha2-nistp256", &legacy.to_pem())?;
//! assert_eq!(legacy.scheme(), Scheme::EcdsaP256);
//! assert_eq!(legacy.fingerprint(), modern.fingerprint());
//! # Ok::<(), tuffet_keys::KeyError>(())
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

mod digest;
mod domain;
mod encoding;
mod keyid;
pub mod known;
mod post_quantum;
mod public;
mod scheme;
mod sign;
pub mod words;

pub use digest::{Digest, Sha256, Sha512, sha256, sha512};
pub use domain::Domain;
pub use encoding::Encoding;
pub use keyid::KeyId;
pub use public::{Fingerprint, KeyError, PublicKey, SignatureInvalid};
pub use scheme::{Class, Scheme};
pub use sign::{Sign, SignError};

#[cfg(test)]
mod tests;
