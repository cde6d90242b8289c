//! Time travel: what of a repository breaks when, unless somebody does something.
//!
//! Nothing is guessed: each event is a date that stands in a file. What a machine signs anew is told apart from what
//! takes people, because the first date on which clients stop depends on whether the machine runs.

mod event;
mod walk;

pub use event::{Event, EventKind, SignedBy, Window};
pub use walk::{Ahead, ahead};
