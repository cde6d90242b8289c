//! Sigstore trust roots: parse, show, compose, and say which keys are valid at a time.
//!
//! # What this crate is not
//!
//! It does not decide whether a trust root is genuine: a TUF targets role signs the file, and `tuffet-verifier` checks
//! that signature before these bytes get here. It verifies no artefact and no bundle itself; behind the feature
//! `prove` another's verifier does. It reads no file, asks no clock and prints nothing: bytes and a time come in, values
//! go out.
//!
//! # The flow
//!
//! ```text
//!  trusted_root.json ──► TrustedRoot::parse ──┐                        ┌─► at(time) ─► Valid: what may be trusted then
//!     (a client: Tolerant::parse)             ├─► TrustedRoot (typed) ─┼─► log(id), authorities_of(certificate); Instances
//!                                             │                        ├─► entries(), summary() ─► table, --json
//!  log key, CA chain,                         │                        │
//!  CT key, TSA chain ──► Compose ──► finish ──┘                        └─► to_json() ─► the one form of the file
//!     (PEM)        rules TR1 TR2 TR3 TR5 TR6
//!
//!  two TrustedRoots, two SigningConfigs ──► compare() ─► what a signature over the new one would change, in sentences
//!  a TrustedRoot and what stands beside it ──► Examination ─► what breaks which rule; readers() ─► whom it locks out
//! ```
//!
//! # The rules
//!
//! | id | rule |
//! |---|---|
//! | TR1 | PEM strictly: expected types only, no private key, nothing around; keyDetails follow from the key |
//! | TR2 | chains: order, signatures, CA:TRUE, keyCertSign, path length, purpose, key identifiers, self-signed anchor last |
//! | TR3 | windows: end after start, within the validity of every certificate |
//! | TR4 | history: nothing that was trusted is lost or altered |
//! | TR5 | log ids: computed, unique over `tlogs` and `ctlogs`; a base URL with a scheme; origin proved by a checkpoint |
//! | TR6 | JSON: one form, byte for byte |
//! | TR7 | signing config: every service that signs has a trust entry, and all clients read it alike |
//! | TR8 | legacy targets agree with the trust root |
//! | TR9 | entries of one instance, unless another is named |
//! | TR10 | proof by consumption: real bundles verify, foreign ones do not (feature `prove`) |
//!
//! # Example
//!
//! ```
//! use chrono::{TimeZone, Utc};
//! use tuffet_trust_root::{Compose, LogKind, NewLog, TrustedRoot};
//!
//! let start = Utc.with_ymd_and_hms(2025, 9, 23, 0, 0, 0).unwrap();
//! let root = Compose::new()
//!     .log(&NewLog {
//!         label: "rekor.pub",
//!         kind: LogKind::RekorV2,
//!         pem: b"-----BEGIN PUBLIC KEY-----\n\
//!                MCowBQYDK2VwAyEAt8rlp1knGwjfbcXAYPYAkn0XiLz1x8O4t0YkEhie244=\n\
//!                -----END PUBLIC KEY-----\n",
//!         base_url: "https://log2025-1.rekor.sigstore.dev",
//!         start,
//!         end: None,
//!     })?
//!     .finish();
//!
//! // Computed from origin and key; it is the id of the production log.
//! let id = "cf1199155bddd051268d1f16ac5c0c75c009f6fb5a63f4177f8e18d7051e3fa0";
//! assert_eq!(root.tlogs()[0].log_id().to_string(), id);
//! assert_eq!(root.at(start).tlogs.len(), 1);
//! assert_eq!(TrustedRoot::parse(root.to_json().as_bytes())?, root);
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

mod authority;
mod authority_kind;
mod by_name;
mod chain;
mod check;
mod checkpoint;
mod close;
mod compare;
mod compose;
mod entries;
mod error;
pub mod export;
mod extensions;
mod gaps;
mod history;
mod instances;
mod json;
mod known;
mod legacy;
mod legacy_files;
mod log;
mod names;
mod node;
mod pairs;
mod parse;
mod pem_file;
#[cfg(feature = "prove")]
mod prove;
mod readers;
mod refusal;
mod rest;
mod rotation;
mod severity;
mod shown;
mod signing_config;
mod sources;
mod time;
mod timeline;
mod tolerant;
mod trusted_root;
mod v02;
mod validity;
mod which;
mod write;

pub use authority::{CertificateAuthority, Subject};
pub use authority_kind::AuthorityKind;
pub use by_name::unread;
pub use check::{Examination, Finding, LegacyFile, services_without_trust};
pub use checkpoint::{Checkpoint, CheckpointError, CheckpointProblem, NoteSignature};
pub use compare::{Edge, Named, TrustChange, compare, compare_files};
pub use compose::{Compose, ExistingEntry, LogKind, NewAuthority, NewLog};
pub use entries::{AsideEntry, CertificateEntry, Entry, EntryKind, LogEntry, Summary};
pub use error::{ComposeError, ParseError, ParseProblem, Rule};
pub use instances::{Instance, InstanceError, Instances, Of, Provenance};
pub use known::{KnownInstance, Material};
pub use legacy::{LegacyKey, LegacyTarget};
pub use legacy_files::LegacyPem;
pub use log::{KeyIdRule, LogId, LogKey, TransparencyLog};
pub use names::{HashAlgorithm, KeyDetails, MediaType};
#[cfg(feature = "prove")]
pub use prove::{
    About, Elsewhere, Expected, Outcome, Proof, ProveError, Prover, Refused, Sample, SampleArtifact, Verified,
};
pub use readers::{Reader, Trait, readers};
pub use refusal::Refusal;
pub use rotation::{NewEntry, Rotation, RotationPurpose, RotationStep};
pub use severity::Severity;
pub use signing_config::{
    ComposeConfig, ConfigChange, NewService, Selection, Selector, Service, ServiceKind, SigningConfig,
};
pub use sources::{chain_fingerprint, chains_of_trust_bundle, key_fingerprint};
pub use time::{Window, WrittenTime};
pub use timeline::timeline;
pub use tolerant::{SetAside, Tolerant};
pub use trusted_root::{TrustedRoot, Valid};
#[doc(no_inline)]
pub use tuffet_certificates::{Certificate, KeyAlgorithm, is_hidden};
pub use validity::NotValid;

#[cfg(test)]
mod tests;
