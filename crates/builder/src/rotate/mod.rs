//! From what is published and a goal to the ceremonies that lead there.
//!
//! Nothing here is estimated. A *rehearsal* of the newest state is made, in which every key is replaced by a throw-away
//! one, and each ceremony is drafted on it by [`draft`](crate::draft), signed by the people that the plan says are enough
//! and by nobody else, and read back as a client reads it: the old root's threshold, the new root's, version plus one. A
//! client that pins any older root is led to the newest by roots that are verified already, so what holds for the
//! newest holds for it.
//!
//! ```text
//!  State ── every key replaced ──► Rehearsal ──┐            ┌─► Quorum: who can sign, who is enough
//!  RotationGoal ─► ceremonies, in names ───────┼─► each ────┼─► clients: do all of them follow
//!  RotationTerms: dates, who cannot sign ──────┘            └─► the next state, verified
//! ```
//!
//! The alternative was to count with sets of fingerprints alone. It lost: it would have been a second way to count
//! thresholds, and would have said nothing about targets that need new signatures or files that do not read.

mod change;
mod clients;
mod error;
mod goal;
mod hybrid;
mod overlap;
mod plan;
mod quorum;
mod rehearsal;
mod stage;
mod step;
mod time;

pub use change::RotationChange;
pub use error::RotationRefused;
pub use goal::{Absence, Pace, Replacement, RotationGoal, RotationTerms, SecondKeys};
pub use plan::{RotationPlan, RotationStart, plan_rotation};
pub use quorum::{Quorum, RotationSeat};
pub use step::{Newcomer, RotationStep};
