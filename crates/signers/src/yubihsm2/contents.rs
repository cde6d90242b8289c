//! What lies on a device, for a list. Unlike other places it wants a password first.

use super::object;
use super::{SIMULATED_SERIAL, log_in};
use crate::{AskSecret, Found, Holder, HolderKind, HsmUri, KeyUri, OpenError, Token};
use yubihsm::object::{Filter, Type};

/// The device that `uri` means, whatever object it names, with the asymmetric keys that its authentication key may see.
/// Asks for the password.
///
/// # Errors
/// Any [`OpenError`].
pub fn list_yubihsm(uri: &HsmUri, ask: &mut dyn AskSecret) -> Result<Token, OpenError> {
    let device = log_in(uri, ask)?;
    let failed = |failure: super::Failure| failure.into_open(uri);
    let about = device.call(yubihsm::Client::device_info).map_err(failed)?;
    let kind = if device.serial == SIMULATED_SERIAL { "simulated YubiHSM" } else { "YubiHSM 2" };
    let (major, minor, build) = (about.major_version, about.minor_version, about.build_version);
    let name = format!("{kind} serial {}, firmware {major}.{minor}.{build}", device.serial);

    let filter = [Filter::Type(Type::AsymmetricKey)];
    let mut entries = device.call(|client| client.list_objects(&filter)).map_err(failed)?;
    entries.sort_by_key(|entry| entry.object_id);
    let mut keys = Vec::new();
    for id in entries.iter().map(|entry| entry.object_id) {
        let info = device.call(|client| client.get_object_info(id, Type::AsymmetricKey)).map_err(failed)?;
        let public = match object::public_key(&device, id) {
            Ok(public) => Ok(public),
            Err(OpenError::ObjectKind { found, .. }) => Err(format!("expected Ed25519 or ECDSA P-256, found {found}")),
            Err(other) => return Err(other),
        };
        keys.push(Found {
            uri: KeyUri::YubiHsm(HsmUri { object: id, ..uri.clone() }),
            holder: Holder {
                serial: Some(device.serial.clone()),
                place: Some(format!("object {id}")),
                claims: object::claims(&info),
                ..Holder::new(HolderKind::YubiHsm2)
            },
            label: Some(object::label(&info)).filter(|label| !label.is_empty()),
            public,
        });
    }
    Ok(Token { name, keys })
}
