//! One attack or message a test; ids are those of [`Rule`](crate::Rule).

mod anchors;
mod evidence;
mod hsm;
mod maker;
mod mangle;
mod modulus;
mod package;
mod real;
mod refused;
mod requirements;

use chrono::{DateTime, Utc};

pub(crate) fn time(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// A day on which every certificate of the tests is valid.
pub(crate) fn today() -> DateTime<Utc> {
    time("2026-12-01T00:00:00Z")
}
