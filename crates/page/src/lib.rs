//! The public page of a repository: what it is, how to pin it, who signed what, and until when.
//!
//! This crate is **not** a judge: what it is told was verified by whoever tells it, and it says nothing of its own about
//! trust. It finds nothing out and writes nothing: facts and a time come in, files come out.
//!
//! ```text
//!  Facts ──┬─► index.html   for people: no script, no request, one file
//!          └─► status.json  for programs: the same facts
//! ```
//!
//! ```
//! use tuffet_metadata::parse_time;
//! use tuffet_page::{Facts, Time, site};
//!
//! let made = Time(parse_time("2026-12-01T10:00:00Z").unwrap());
//! let facts = Facts { name: Some("<script>".to_owned()), ..Facts::new(made) };
//! let site = site(&facts);
//! let page = String::from_utf8(site.files["index.html"].clone()).unwrap();
//! assert!(page.contains("<h1><bdi>&lt;script&gt;</bdi></h1>"));
//! assert!(!page.contains("<script"));
//! ```
//!
//! Architecture invariant: text becomes markup in [`Html`] and nowhere else, and that type escapes whatever is data: names
//! of elements and attributes are constants of the program, texts and values are not.
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

mod facts;
mod frame;
mod html;
mod moment;
mod pictures;
mod sections;
mod site;

pub use facts::{
    CeremonyFacts, CeremonyState, CountFacts, DelegationFacts, DeviceFacts, Facts, KeyFacts, Proof, RoleFacts,
    RootFacts, SchemaName, SeatsFacts, SignedFacts, SignerFacts, TrustEntryFacts, TrustFacts, UnreadFacts,
};
pub use html::{Html, escaped};
pub use moment::Time;
pub use site::{PAGE, STATUS, Site, is_ours, site};

#[cfg(test)]
mod tests;
