//! The one interface behind which every private key lives. The keys themselves are in tuffet-signers.

use crate::PublicKey;

/// Something that signs with one private key: a key file, a token, a service.
///
/// The message is the whole payload; schemes that sign a digest compute it themselves. An implementation returns a
/// signature only after another library than the one that made it has verified it (style.md rule 32).
pub trait Sign {
    /// The public half.
    fn public_key(&self) -> &PublicKey;

    /// The key as its owner would name it: a file's path, a device's serial and slot. No secret.
    fn describe(&self) -> String;

    /// Signs `message` in the encoding TUF metadata has: DER for ECDSA, 64 bytes for Ed25519.
    ///
    /// # Errors
    /// [`SignError`], and then no signature left the device, or the one that did was discarded.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError>;
}

/// Why a signer gave no signature.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignError {
    /// The device or file refused or failed.
    #[error("{signer}: {reason}")]
    Failed {
        /// [`Sign::describe`].
        signer: String,
        /// What happened, in words.
        reason: String,
        /// What helps, if anything is known to.
        hint: Option<String>,
    },
    /// The payload does not fit the device.
    #[error(
        "{signer}: the payload is {length} bytes, the device takes {limit} for {scheme}: use a P-256 key on this device"
    )]
    TooLong {
        /// [`Sign::describe`].
        signer: String,
        /// Bytes of the payload.
        length: usize,
        /// Bytes the device takes.
        limit: usize,
        /// The scheme of the key.
        scheme: crate::Scheme,
    },
    /// The device answered with a signature that does not verify; it was discarded (ceremony.md K11).
    #[error(
        "{signer}: the device returned a signature that does not verify: it was discarded, stop and look at the device (K11)"
    )]
    Wrong {
        /// [`Sign::describe`].
        signer: String,
    },
}
