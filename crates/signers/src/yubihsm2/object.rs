//! One object on a device: whether its id is free, its public key, what the device says of it.

use super::device::Device;
use super::failure::Failure;
use crate::printable::printable;
use crate::{CreateError, HsmUri, OpenError};
use tuffet_keys::{PublicKey, Scheme};
use yubihsm::asymmetric::Algorithm;
use yubihsm::object::{Info, Origin, Type};
use yubihsm::{Capability, object};

/// Refuses an id that is taken. Asked first, and not left to the device's refusal: MockHsm panics where a device says
/// "exists".
pub(super) fn check_free(device: &Device, kind: Type, id: u16) -> Result<(), CreateError> {
    match device.call(|client| client.get_object_info(id, kind)) {
        Ok(info) => Err(occupied(&device.uri, id, &label(&info))),
        Err(Failure::NoObject) => Ok(()),
        Err(other) => Err(other.into_open(&device.uri).into()),
    }
}

pub(super) fn occupied(uri: &HsmUri, id: u16, label: &str) -> CreateError {
    CreateError::Occupied { device: uri.to_string(), object: id, label: label.to_owned() }
}

pub(super) fn public_key(device: &Device, id: u16) -> Result<PublicKey, OpenError> {
    let uri = HsmUri { object: id, ..device.uri.clone() };
    let key = device.call(|client| client.get_public_key(id)).map_err(|e| e.into_open(&uri))?;
    let unusable = |found: String| OpenError::ObjectKind { device: uri.to_string(), found };
    let public = match key.algorithm {
        // The device leaves out the 4 that says "uncompressed".
        Algorithm::EcP256 => PublicKey::from_raw(Scheme::EcdsaP256, &[&[4], key.as_slice()].concat()),
        Algorithm::Ed25519 => PublicKey::from_raw(Scheme::Ed25519, key.as_slice()),
        other => return Err(unusable(format!("{other:?}"))),
    };
    public.map_err(|e| unusable(e.to_string()))
}

/// The label, which is text from a device.
pub(super) fn label(info: &Info) -> String {
    printable(&info.label.to_string(), object::LABEL_SIZE)
}

/// Where the key comes from and what it may be used for, as the device says.
pub(super) fn claims(info: &Info) -> Vec<String> {
    let origin = match info.origin {
        Origin::Generated => "generated on the device",
        Origin::Imported => "imported",
        Origin::WrappedGenerated => "generated on another device, restored from a backup",
        Origin::WrappedImported => "imported into another device, restored from a backup",
    };
    let mut rest = info.capabilities;
    let mut may: Vec<&str> = Vec::new();
    for (capability, name) in NAMED {
        if rest.contains(capability) {
            rest.remove(capability);
            may.push(name);
        }
    }
    if !rest.is_empty() {
        may.push("others");
    }
    vec![origin.to_owned(), format!("capabilities {}", if may.is_empty() { "none".to_owned() } else { may.join(", ") })]
}

/// What a key that signs could have, by the names of YubiHSM's own tools.
const NAMED: [(Capability, &str); 7] = [
    (Capability::SIGN_ECDSA, "sign-ecdsa"),
    (Capability::SIGN_EDDSA, "sign-eddsa"),
    (Capability::SIGN_PKCS, "sign-pkcs"),
    (Capability::SIGN_PSS, "sign-pss"),
    (Capability::SIGN_ATTESTATION_CERTIFICATE, "sign-attestation-certificate"),
    (Capability::DERIVE_ECDH, "derive-ecdh"),
    (Capability::EXPORTABLE_UNDER_WRAP, "exportable-under-wrap"),
];
