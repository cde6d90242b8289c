//! The card's data objects.

use super::device::Device;
use super::failure::Failure;
use crate::TokenProblem;

/// The certificate of the attestation key, in DER as it lies there: a chain is checked over the bytes that were signed,
/// not over what a parser makes of them. `None` where somebody removed it.
pub(crate) fn attestation_certificate(device: &Device) -> Result<Option<Vec<u8>>, TokenProblem> {
    match device.call(|yubikey| yubikey.fetch_object(ATTESTATION)) {
        Ok(object) => {
            let reason = || "expected the certificate of the attestation key, found other bytes".to_owned();
            certificate(&object).map(|der| Some(der.to_vec())).ok_or_else(|| TokenProblem::Garbage { reason: reason() })
        }
        Err(Failure::Card(yubikey::Error::NotFound | yubikey::Error::GenericError)) => Ok(None),
        Err(other) => Err(other.into_problem()),
    }
}

/// The value of tag 70, which comes first; what follows says that it is not compressed.
pub(crate) fn certificate(object: &[u8]) -> Option<&[u8]> {
    let (length, rest) = match object {
        [0x70, 0x82, high, low, rest @ ..] => (usize::from(u16::from_be_bytes([*high, *low])), rest),
        [0x70, 0x81, length, rest @ ..] => (usize::from(*length), rest),
        [0x70, length @ ..=0x7f, rest @ ..] => (usize::from(*length), rest),
        _ => return None,
    };
    let (der, after) = rest.split_at_checked(length)?;
    (!after.starts_with(COMPRESSED)).then_some(der)
}

const ATTESTATION: yubikey::ObjectId = 0x005f_ff01;
const COMPRESSED: &[u8] = &[0x71, 1, 1];
