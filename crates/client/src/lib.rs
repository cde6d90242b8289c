//! A blocking TUF client: what an application embeds to learn, from one pinned `root.json`, what it may trust today.
//!
//! This crate is **not** a verifier: every decision is made by `tuffet-verifier`, which touches nothing; this crate
//! carries out what it asks for. It has no clock (the time is an argument), prints nothing, needs no runtime, and
//! reads nothing but its store and its transport: no environment variable, no configuration file.
//!
//! ```text
//!   pinned root.json ──► bootstrap                       ┌─────────────┐
//!                            │        request: 2.root.json│ Transport   │ HTTPS, directory, memory
//!          Store  ◄──────► Client ◄──────────────────────►│ (untrusted) │
//!   cache directory,         │          bytes, or why not └─────────────┘
//!   memory                   │ refresh(now)
//!                            ▼
//!                        Refreshed ──► find, target_bytes, download
//! ```
//!
//! ```
//! use chrono::{DateTime, Utc};
//! use tuffet_client::{Cache, Client, ClientError, Policy, open_transport};
//!
//! fn trusted_keys(pin: &[u8], now: DateTime<Utc>) -> Result<Vec<u8>, ClientError> {
//!     let transport = open_transport("https://tuf.example.org/")?;
//!     let mut client = Client::bootstrap(Cache::new("/var/lib/app/tuf"), transport, Policy::default(), pin)?;
//!     let trusted = client.refresh(now)?;
//!     client.target_bytes(&trusted, "keys.json")
//! }
//! ```
//!
//! No trust comes from the network: without a root there is no request (C2).
//!
//! ```
//! use tuffet_client::{Client, MemoryStore, MemoryTransport, Policy};
//!
//! let repository: MemoryTransport = [("1.root.json", "{}"), ("timestamp.json", "{}")].into_iter().collect();
//! let mut client = Client::open(MemoryStore::default(), repository, Policy::default());
//! let refused = client.refresh(chrono::DateTime::UNIX_EPOCH).unwrap_err();
//! assert_eq!(
//!     refused.to_string(),
//!     "the store in memory: expected a trusted root.json to start from, found none (TUF 5.2)"
//! );
//! ```
//!
//! Architecture invariants: a file is stored after the verifier has trusted it, never before; `NotFound` from a
//! transport is the only answer that ends the search for newer roots; a target's bytes are checked before a file of
//! any name exists.
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
mod atomic;
mod cache;
mod chain;
mod client;
#[cfg(feature = "http")]
mod conditional;
mod destination;
mod directory;
mod disk;
mod download;
mod error;
mod event;
mod evidence;
#[cfg(feature = "http")]
mod http;
mod http_config;
mod keep;
mod memory;
mod offline;
mod overlay;
mod pack;
mod path;
mod retry;
mod rhythm;
mod search;
mod state;
mod store;
mod stored_name;
mod transport;
#[cfg(feature = "trust-root")]
mod trust_store;
mod url;
#[cfg(feature = "trust-root")]
mod watch;

pub use cache::Cache;
pub use chain::{CacheTrust, init};
pub use client::Client;
pub use directory::DirectoryTransport;
pub use disk::{Disk, RealDisk};
pub use download::DownloadedTarget;
pub use error::ClientError;
pub use event::Event;
pub use evidence::{Evidence, EvidenceError, prove_root};
#[cfg(feature = "http")]
pub use http::{HttpTransport, Probe, Webhook, WebhookError};
pub use http_config::{HttpConfig, Proxy, ProxyUrl};
pub use memory::MemoryTransport;
pub use offline::verify_offline;
pub use overlay::Overlay;
pub use pack::{Floors, OpenedPack, PackError, PackLimits, PackSource, PackTrust, TrustPack};
pub use path::{PathProblem, file_names as target_names};
pub use retry::{Pace, Retry, SystemPace};
pub use rhythm::{Rhythm, Stop, SystemRhythm};
pub use store::{Lock, MemoryStore, Store, StoreError, StoredFile};
pub use transport::{AnyTransport, Transport, TransportError, open_transport, open_transport_with};
#[cfg(feature = "trust-root")]
pub use trust_store::{Trust, TrustError, TrustStore};
pub use tuffet_verifier::{
    Check, FloorLoss, FloorVersions, Limits, OnFloorLoss, PerClass, Policy, Profile, Refreshed, Target, TargetError,
    UpdateError,
};
#[cfg(feature = "trust-root")]
pub use watch::{Changes, Latest, Watch, WatchEvent};
