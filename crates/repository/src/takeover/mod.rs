//! Taking a repository over from another tool, and handing it back: the same bytes under other names.
//!
//! This is **not** a converter: no byte of metadata is written anew, so every signature, keyid and field stays what it
//! was. What differs between tools is where a file lies, and [`Layout`] is the whole of that difference.
//!
//! ```text
//!  Source ──► roots ──► timestamp, snapshot, targets ──► delegated roles ──► target files
//!  folder,      from 1, or     one walk of tuffet-verifier, at a          each under every     by length and
//!  transport    from a pin     time before every expiry                   delegator's keys     each hash
//!                                          │
//!                                          ▼
//!                     Staging, a folder beside the destination ──► one rename, or nothing
//! ```
//!
//! What is published is what verifies: a partly signed root of an open signing event is reported and left out. Expiry
//! is reported and no refusal, because who takes over an expired root is about to sign the next one.

mod chain;
mod error;
mod event;
mod layout;
mod report;
mod source;
mod staging;
mod take;
mod walk;

pub use error::TakeoverError;
pub use event::{OpenEvent, Unsigned};
pub use layout::Layout;
pub use report::{LeftOut, Note, Taken, TakenFile};
pub use source::{Folder, Source};
pub use staging::{Finished, Staging};
pub use take::{Options, Tree, take};
