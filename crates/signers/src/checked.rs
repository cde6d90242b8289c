//! Verify after sign (K11, style.md rule 32): the one door every signature of this crate leaves by.

use ed25519_dalek::VerifyingKey as Ed25519Key;
use p256::ecdsa::{Signature as P256Signature, VerifyingKey as P256Key, signature::Verifier};
use p256::pkcs8::DecodePublicKey;
use tuffet_keys::{PublicKey, Scheme, SignError};

/// Who made a signature, and so who must not be the one to check it.
#[derive(Clone, Copy)]
pub(crate) enum MadeBy {
    /// ring: RustCrypto checks.
    Ring,
    /// A device (or the simulated one, which is RustCrypto): ring checks.
    Device,
}

/// Passes `signature` on if a library that did not make it accepts it. A fault during an ECDSA or Ed25519 signature
/// (heat, radiation, a hostile device) can give the private key away to whoever sees the wrong signature, so a wrong
/// one is dropped here and shown to nobody.
pub(crate) fn checked(
    signer: &str,
    made_by: MadeBy,
    key: &PublicKey,
    message: &[u8],
    signature: Vec<u8>,
) -> Result<Vec<u8>, SignError> {
    let good = match made_by {
        MadeBy::Ring => rustcrypto_accepts(key, message, &signature),
        MadeBy::Device => key.verify(message, &signature).is_ok(),
    };
    if good { Ok(signature) } else { Err(SignError::Wrong { signer: signer.to_owned() }) }
}

fn rustcrypto_accepts(key: &PublicKey, message: &[u8], signature: &[u8]) -> bool {
    match key.scheme() {
        Scheme::Ed25519 => Ed25519Key::from_public_key_der(key.spki_der()).is_ok_and(|key| {
            let signature = ed25519_dalek::Signature::from_slice(signature);
            signature.is_ok_and(|signature| key.verify_strict(message, &signature).is_ok())
        }),
        Scheme::EcdsaP256 => P256Key::from_public_key_der(key.spki_der()).is_ok_and(|key| {
            let signature = P256Signature::from_der(signature);
            signature.is_ok_and(|signature| key.verify(message, &signature).is_ok())
        }),
        // No signer of this crate makes these with ring; what nobody checked is not passed on.
        _ => false,
    }
}
