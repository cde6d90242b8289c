//! The only writer of a TUF repository: stage, verify, publish in order, read back.
//!
//! This crate is **not** a builder of offline roles (a ceremony brings root and targets signed), and **not** a server:
//! what it writes is static files that any web server, object store or CDN hands out.
//!
//! ```text
//!  Repository::published() ─┐
//!  Signed (root, targets,  ─┼─► stage() ─► Staged ─► verify() ─► Accepted ─► publish()
//!          target files)    │     │         in memory   ours and     │          target files, root, targets,
//!  online key (Sign) ───────┘     └ snapshot, timestamp  tough's     │          snapshot, timestamp last
//!                                                                    └ carries the Trusted values and their bytes
//! ```
//!
//! For very many targets: [`scan`] hashes a folder, [`BinsRepository`] makes bins and updates those that change.
//! `examples/repository.rs` is a whole program.
//!
//! What a repository's folder holds: metadata at its base (`N.root.json`, `N.targets.json`, `N.snapshot.json`,
//! `timestamp.json`), target files under `targets/` as `HASH.NAME`.
//!
//! ```no_run
//! use tuffet_builder::Pins;
//! use tuffet_keys::Sign;
//! use tuffet_metadata::parse_time;
//! use tuffet_repository::{OnlineExpiries, Repository, RepositoryError, Signed, stage};
//!
//! # fn f(signed: Signed, online: &dyn Sign) -> Result<(), RepositoryError> {
//! let repository = Repository::open("repository".as_ref());
//! let day = |text| parse_time(text).unwrap();
//! let expires = OnlineExpiries {
//!     snapshot: day("2026-12-22T00:00:00Z"),
//!     timestamp: day("2026-12-08T00:00:00Z"),
//!     pins: Pins::Full,
//! };
//! let staged = stage(repository.current()?, signed, online, &expires)?;
//! let receipt = staged.verify(day("2026-12-01T12:00:00Z"))?.publish(&repository)?;
//! println!("timestamp {}", receipt.timestamp);
//! # Ok(())
//! # }
//! ```
//!
//! Architecture invariants: `publish` is a method of the verification's result, so nothing unverified can be
//! published; the timestamp is the last file written, so a client sees the old repository or the new one.

mod bins;
mod check;
mod delegated;
mod error;
mod folder;
mod git;
mod headers;
mod layout;
mod location;
mod memory_place;
pub mod mirror;
#[cfg(feature = "cloud")]
mod object;
mod online;
mod online_roles;
mod place;
mod place_transport;
mod promote;
mod public;
mod publication;
mod publish;
mod published;
pub mod scan;
#[cfg(feature = "second-client")]
mod second;
mod stage;
mod takeover;
mod verify;

pub use bins::{BinKeys, BinReceipt, BinSettings, BinsRepository, Durability};
pub use error::RepositoryError;
pub use folder::FolderPlace;
pub use git::GitPlace;
pub use headers::Headers;
pub use layout::Repository;
pub use location::{LocationError, open_place};
pub use memory_place::MemoryPlace;
#[cfg(feature = "cloud")]
pub use object::ObjectPlace;
pub use online::{
    Agenda, Due, Expired, Horizon, OnlineEvent, OnlineRoles, OnlineState, Round, Rounds, Schedule, run_online,
};
pub use place::{Created, Found, Place, PlaceError, PlaceErrorKind, Replaced, Tag};
pub use place_transport::PlaceTransport;
pub use promote::promote;
pub use public::{Lag, Public};
pub use publication::{Publication, Shown};
pub use publish::Receipt;
pub use published::{Current, Published};
pub use stage::{OnlineExpiries, Signed, Staged, stage, stage_bridge, stage_online, stage_timestamp};
pub use takeover::{
    Finished, Folder, Layout, LeftOut, Note, OpenEvent, Options, Source, Staging, Taken, TakenFile, TakeoverError,
    Tree, Unsigned, take,
};
pub use verify::Accepted;
