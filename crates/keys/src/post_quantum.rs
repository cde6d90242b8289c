//! ML-DSA, by the one library of ours that has it. A build without the feature has none of that library's C code: the
//! station build must not, and its keys are of other schemes.

use crate::{Scheme, SignatureInvalid};

/// Whether this build checks ML-DSA signatures.
pub(crate) const BUILT: bool = cfg!(feature = "post-quantum");

/// Pure ML-DSA with an empty context over `message`, which is already what TAP 21 has signed.
#[cfg(feature = "post-quantum")]
pub(crate) fn verify(scheme: Scheme, raw: &[u8], message: &[u8], signature: &[u8]) -> Result<(), SignatureInvalid> {
    use aws_lc_rs::signature::{ML_DSA_44, ML_DSA_65, ML_DSA_87, UnparsedPublicKey};
    let algorithm = match scheme {
        Scheme::MlDsa44 => &ML_DSA_44,
        Scheme::MlDsa65 => &ML_DSA_65,
        Scheme::MlDsa87 => &ML_DSA_87,
        _ => return Err(SignatureInvalid),
    };
    UnparsedPublicKey::new(algorithm, raw).verify(message, signature).map_err(|_| SignatureInvalid)
}

#[cfg(not(feature = "post-quantum"))]
pub(crate) fn verify(_: Scheme, _: &[u8], _: &[u8], _: &[u8]) -> Result<(), SignatureInvalid> {
    Err(SignatureInvalid)
}

/// Known answers; a build without the schemes needs none.
#[cfg(feature = "post-quantum")]
pub(crate) const KNOWN: &str = include_str!("known/ml_dsa.txt");
#[cfg(not(feature = "post-quantum"))]
pub(crate) const KNOWN: &str = "";
