//! One attack or message a test; ids are those of [`Rule`](crate::Rule).
#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    clippy::disallowed_macros,
    clippy::print_stdout,
    reason = "a test reads the certificates that lie in files"
)]

mod anchors;
mod evidence;
mod hsm;
#[path = "../../../../tests/support/maker.rs"]
mod maker;
mod mangle;
mod modulus;
mod package;
mod real;
mod refused;
mod requirements;

use crate::{Attested, Refused};
use chrono::{DateTime, Utc};
use maker::{Maker, key, public};
use rcgen::CertificateParams;

pub(crate) fn time(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

/// A day on which every certificate of the tests is valid.
pub(crate) fn today() -> DateTime<Utc> {
    time("2026-12-01T00:00:00Z")
}

/// The verdict on the statement `params` of a device about a new key.
pub(crate) fn verdict(maker: &Maker, params: &CertificateParams) -> Result<Attested, Refused> {
    let key = key();
    maker.evidence(params, &key).verify(&public(&key), &maker.anchors(), today())
}
