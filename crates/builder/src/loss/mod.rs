//! K18: keys lost, stolen or absent, for every subset of them: what still works, what it takes to mend, and where the
//! only way is out of band (R16).
//!
//! ```text
//!  Observed ─► Roster: keys by fingerprint, roles with thresholds
//!                │
//!                ├─► judge(Situation, at) ─► Verdict: by role and for the whole, with what it needs
//!                └─► subsets(units, at)   ─► Subsets: the smallest sets that change anything, and how many there are
//! ```
//!
//! Architecture invariant: one function judges, whether the question is one situation or all of them.

mod choice;
mod need;
mod reach;
mod roster;
mod subsets;
mod verdict;

pub use choice::Choice;
pub use need::{Need, needs};
pub use reach::Reach;
pub use roster::{Roster, RosterKey, RosterRole, Unit};
pub use subsets::{Row, Subsets, Tally as SubsetTally, subsets};
pub use verdict::{OutOfBand, Outcome, RoleState, RoleVerdict, Situation, Thief, Verdict, judge};
