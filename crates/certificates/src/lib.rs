//! X.509 certificates: what one says, and whether one was signed with another's key.
//!
//! This crate is **not** a judge of chains: which certificate may be where, for what purpose and until when is decided in
//! trust-root (TR2) for the certificates of a CA, and in attestation (AT1) for those of a device. It reads DER strictly,
//! and keeps the bytes as they came.
//!
//! ```text
//!  DER ──► Certificate ──► Extensions          what it says of itself, each extension once
//!              │
//!              └─ is_signed_by(issuer) ──► Ok, or SignatureProblem
//! ```
//!
//! ```
//! use tuffet_certificates::Certificate;
//!
//! let refused = Certificate::from_der(b"no certificate").unwrap_err();
//! assert!(refused.contains("expected SEQUENCE"), "{refused}");
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

mod certificate;
mod extensions;
mod signature;
mod spki;
mod text;

pub use certificate::Certificate;
pub use extensions::{ExtensionProblem, Extensions};
pub use signature::SignatureProblem;
pub use spki::{KeyAlgorithm, Spki};
pub use text::{escaped, is_hidden};
