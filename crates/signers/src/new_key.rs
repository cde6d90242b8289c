//! What a new key is to be.

use tuffet_attestation::{PinPolicy, TouchPolicy};
use tuffet_keys::Scheme;

/// What a new key is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewKey {
    /// Its algorithm.
    pub scheme: Scheme,
    /// What the device shows for it; files take none.
    pub label: String,
    /// When a YubiKey wants the PIN.
    pub pin: PinPolicy,
    /// When a YubiKey wants to be touched.
    pub touch: TouchPolicy,
}

impl NewKey {
    /// Of this algorithm, with the PIN once a session and a touch for every signature.
    #[must_use]
    pub fn new(scheme: Scheme, label: &str) -> Self {
        Self { scheme, label: label.to_owned(), pin: PinPolicy::Once, touch: TouchPolicy::Always }
    }
}
