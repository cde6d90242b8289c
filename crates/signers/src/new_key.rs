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
    /// Whether a key on a YubiHSM may leave it, encrypted under a wrap key: no, unless asked. Several keys, each with
    /// a holder of its own, are better than two copies of one (K13): a copy adds a place to steal the key from, and
    /// nobody can tell which of the two signed.
    pub backup: bool,
}

impl NewKey {
    /// Of this algorithm, with the PIN once a session, a touch for every signature and no way to be copied.
    #[must_use]
    pub fn new(scheme: Scheme, label: &str) -> Self {
        Self { scheme, label: label.to_owned(), pin: PinPolicy::Once, touch: TouchPolicy::Always, backup: false }
    }
}
