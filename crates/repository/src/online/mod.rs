//! Snapshot and timestamp signed anew before they expire, by a machine and with nobody awake.
//!
//! [`Schedule`] says how long they live, [`Agenda`] what is due, [`OnlineRoles::round`] signs and publishes it, [`run_online`]
//! does that again and again, and [`OnlineState`] is what others see of it.

mod round;
mod schedule;
mod service;
mod state;

pub use round::{OnlineRoles, Round};
pub use schedule::{Agenda, Due, Expired, Horizon, Schedule};
pub use service::{OnlineEvent, run_online};
pub use state::{OnlineState, Rounds};
