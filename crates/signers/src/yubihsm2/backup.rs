//! A key on a second device: exported under a wrap key that both hold, imported, and compared.
//!
//! ```text
//!  first device                    station                     second device
//!  random bytes ──► share_wrap_key: 32 bytes in memory ──► wrap key 100
//!  wrap key 100 ◄──────────┘
//!  key 7 ─────────► back_up: a file, useless elsewhere ──► restore: key 7, the same or deleted again
//! ```
//!
//! The wrap key is random, goes from one device to the other through this process's memory, and is written nowhere. The
//! alternatives lost: a wrap key under a passphrase makes the backup as strong as the passphrase, for ever; one split
//! among people is a second ceremony with its own shares to lose. Both devices must be plugged in once, together. If
//! both are lost the file is worth nothing, and that is meant: K13 wants several keys, not many copies.

mod file;

use super::device::Device;
use super::failure::Failure;
use super::{SIMULATED_SERIAL, YubiHsm, log_in, object};
use crate::{AskSecret, CreateError, HsmUri, OpenError, TokenProblem};
pub use file::Backup;
use ring::rand::{SecureRandom, SystemRandom};
use std::path::Path;
use yubihsm::object::{Handle, Label, Type};
use yubihsm::{Capability, Domain, wrap};
use zeroize::Zeroizing;

/// Puts one new random wrap key, number `id`, on two devices: the first may export under it, the second import. Asks
/// for both passwords.
///
/// # Errors
/// Any [`CreateError`]; then neither device holds it, unless the link broke in between.
pub fn share_wrap_key(first: &HsmUri, second: &HsmUri, id: u16, ask: &mut dyn AskSecret) -> Result<(), CreateError> {
    let (from, to) = (log_in(first, ask)?, log_in(second, ask)?);
    // Simulated devices have one serial number among them.
    if from.serial == to.serial && (from.serial != SIMULATED_SERIAL || first.connector == second.connector) {
        return Err(refused(second, "it is the same device: a backup lies on another"));
    }
    object::check_free(&from, Type::WrapKey, id)?;
    object::check_free(&to, Type::WrapKey, id)?;
    let bytes = random(&from)?;
    put(&from, id, Capability::EXPORT_WRAPPED, &bytes)?;
    put(&to, id, Capability::IMPORT_WRAPPED, &bytes).inspect_err(|_| {
        // A wrap key that only one device holds is of no use. If it stays, its id is taken, and nothing is lost.
        let _ = from.call(|client| client.delete_object(id, Type::WrapKey));
    })
}

/// Exports the key of `uri` under wrap key `wrap_key` to a new file.
///
/// # Errors
/// Any [`CreateError`]; then there is no new file.
pub fn back_up(uri: &HsmUri, wrap_key: u16, path: &Path, ask: &mut dyn AskSecret) -> Result<Backup, CreateError> {
    let device = log_in(uri, ask)?;
    let failed = |failure: Failure| CreateError::from(failure.into_open(uri));
    let public_key = object::public_key(&device, uri.object)?;
    let info = device.call(|client| client.get_object_info(uri.object, Type::AsymmetricKey)).map_err(failed)?;
    // Devices refuse it in their own words, which do not say that nothing can be done about it.
    if !info.capabilities.contains(Capability::EXPORTABLE_UNDER_WRAP) {
        return Err(refused(uri, NOT_EXPORTABLE));
    }
    check_wrap_key(&device, wrap_key)?;
    let exported = device.call(|client| client.export_wrapped(wrap_key, Type::AsymmetricKey, uri.object));
    let backup = Backup {
        serial: device.serial.clone(),
        object: uri.object,
        wrap_key,
        label: object::label(&info),
        public_key,
        wrapped: exported.map_err(failed)?.into_vec(),
    };
    backup.write(path)?;
    Ok(backup)
}

/// Imports a backup into the device of `uri`, and keeps the key only if its public half is the one of the backup. Who
/// calls it compares that one with the plan's: a file says what whoever wrote it wants.
///
/// # Errors
/// Any [`CreateError`]; then the device holds no new key, unless [`CreateError::AnotherKey`] says that it could not be
/// deleted, or the link broke after the right one was found.
pub fn restore(uri: &HsmUri, backup: &Backup, ask: &mut dyn AskSecret) -> Result<YubiHsm, CreateError> {
    if uri.object != backup.object {
        // The id is inside what is encrypted: the device takes no other.
        let reason = format!("the backup is of object {}, and keeps its number", backup.object);
        return Err(refused(uri, &reason));
    }
    let message = wrap::Message::from_vec(backup.wrapped.clone())
        .map_err(|_| refused(uri, "the backup is cut: it is shorter than any"))?;
    let device = log_in(uri, ask)?;
    check_wrap_key(&device, backup.wrap_key)?;
    object::check_free(&device, Type::AsymmetricKey, backup.object)?;
    let came = device.call_once(|client| client.import_wrapped(backup.wrap_key, message.clone()));
    let came = came.map_err(|failure| match failure {
        Failure::ObjectExists => object::occupied(uri, backup.object, "made in this moment"),
        other => refused(uri, &format!("wrap key {} does not open the backup ({other})", backup.wrap_key)),
    })?;
    let found = match (came.object_type, came.object_id) {
        (Type::AsymmetricKey, id) if id == backup.object => object::public_key(&device, id),
        // Whatever is wrapped under the same key could be in the file, an authentication key too.
        (kind, id) => return Err(another(&device, &came, backup, &format!("object {id}, {}", kind_name(kind)))),
    };
    match found {
        Ok(key) if key.fingerprint() == backup.public_key.fingerprint() => Ok(YubiHsm::find(device)?),
        Ok(key) => Err(another(&device, &came, backup, &key.fingerprint().short())),
        Err(error) => Err(another(&device, &came, backup, &format!("none ({error})"))),
    }
}

/// Deletes what came in the place of the key.
fn another(device: &Device, came: &Handle, backup: &Backup, found: &str) -> CreateError {
    let deleted = device.call(|client| client.delete_object(came.object_id, came.object_type)).is_ok();
    CreateError::AnotherKey {
        device: device.uri.to_string(),
        expected: backup.public_key.fingerprint(),
        found: found.to_owned(),
        deleted,
    }
}

/// From the device and from the operating system: neither alone decides.
fn random(device: &Device) -> Result<Zeroizing<Vec<u8>>, CreateError> {
    let drawn = device.call(|client| client.get_pseudo_random(LENGTH));
    let mut bytes = Zeroizing::new(drawn.map_err(|failure| failure.into_open(&device.uri))?);
    let mut ours = Zeroizing::new([0; LENGTH]);
    let filled = SystemRandom::new().fill(ours.as_mut_slice());
    if filled.is_err() || bytes.len() != LENGTH {
        return Err(refused(&device.uri, "there were no random bytes for a wrap key"));
    }
    bytes.iter_mut().zip(ours.iter()).for_each(|(byte, our)| *byte ^= our);
    Ok(bytes)
}

fn put(device: &Device, id: u16, capability: Capability, bytes: &[u8]) -> Result<(), CreateError> {
    let label = Label::from_bytes(b"tuffet backup").unwrap_or_default();
    // What a key that comes under it may at most be able to do.
    let delegated = Capability::SIGN_ECDSA | Capability::SIGN_EDDSA | Capability::EXPORTABLE_UNDER_WRAP;
    let (domain, algorithm) = (Domain::DOM1, wrap::Algorithm::Aes256Ccm);
    let made = device.call_once(|client| {
        client.put_wrap_key(id, label.clone(), domain, capability, delegated, algorithm, bytes.to_vec())
    });
    made.map(drop).map_err(|failure| failure.into_open(&device.uri).into())
}

fn check_wrap_key(device: &Device, id: u16) -> Result<(), CreateError> {
    match device.call(|client| client.get_object_info(id, Type::WrapKey)) {
        Ok(_) => Ok(()),
        Err(Failure::NoObject) => {
            Err(refused(&device.uri, &format!("there is no wrap key {id} on the device: share one between both first")))
        }
        Err(other) => Err(other.into_open(&device.uri).into()),
    }
}

fn refused(uri: &HsmUri, reason: &str) -> CreateError {
    let problem = TokenProblem::Refused { reason: reason.to_owned() };
    OpenError::from(problem.at(&uri.to_string())).into()
}

fn kind_name(kind: Type) -> &'static str {
    match kind {
        Type::Opaque => "an opaque object",
        Type::AuthenticationKey => "an authentication key",
        Type::AsymmetricKey => "an asymmetric key",
        Type::WrapKey => "a wrap key",
        Type::HmacKey => "an HMAC key",
        Type::Template => "a template",
        Type::OtpAeadKey => "an OTP key",
    }
}

/// Of AES-256.
const LENGTH: usize = 32;

const NOT_EXPORTABLE: &str = "the key was made without leave to be backed up, which cannot be given later: let another \
                              keyholder have a key of their own, or make a new one with backup (K13)";
