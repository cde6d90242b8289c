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

mod atomic;
mod cache;
mod chain;
mod client;
mod destination;
mod directory;
mod disk;
mod download;
mod error;
mod event;
#[cfg(feature = "http")]
mod http;
mod keep;
mod memory;
mod overlay;
mod path;
mod search;
mod state;
mod store;
mod stored_name;
mod transport;
mod url;

pub use cache::Cache;
pub use chain::{CacheTrust, init};
pub use client::Client;
pub use directory::DirectoryTransport;
pub use disk::{Disk, RealDisk};
pub use download::DownloadedTarget;
pub use error::ClientError;
pub use event::Event;
#[cfg(feature = "http")]
pub use http::{HttpConfig, HttpTransport};
pub use memory::MemoryTransport;
pub use overlay::Overlay;
pub use path::{PathProblem, file_names as target_names};
pub use store::{Lock, MemoryStore, Store, StoreError, StoredFile};
pub use transport::{AnyTransport, Transport, TransportError, open_transport};
pub use tuffet_verifier::{
    FloorLoss, FloorVersions, Limits, OnFloorLoss, Policy, Profile, Refreshed, Target, TargetError, UpdateError,
};
