//! Keys on a YubiHSM 2, or on the simulated one: the same code, because the simulator speaks the connector's protocol.

mod audit;
mod backup;
mod contents;
mod device;
mod failure;
mod object;

use crate::checked::{MadeBy, checked};
use crate::secret::ask_until;
use crate::uri::check_yubihsm_payload;
use crate::{AskSecret, CreateError, Holder, HolderKind, HsmUri, Key, NewKey, OpenError};
pub use audit::{DeviceLog, LogEntry, LogError, device_log, verify_log};
pub use backup::{Backup, back_up, restore, share_wrap_key};
pub use contents::list_yubihsm;
use device::Device;
use failure::Failure;
use tuffet_attestation::Evidence;
use tuffet_keys::{PublicKey, Scheme, Sign, SignError, sha256};
use yubihsm::asymmetric::Algorithm;
use yubihsm::object::{Label, Type};
use yubihsm::{Capability, Domain};

/// A private key that never leaves its device.
pub struct YubiHsm {
    device: Device,
    public: PublicKey,
    claims: Vec<String>,
    description: String,
}

impl YubiHsm {
    /// Opens the device and finds the key, asking for the authentication key's password (three tries).
    ///
    /// # Errors
    /// Any [`OpenError`]; nothing on the device was changed.
    pub fn open(uri: &HsmUri, ask: &mut dyn AskSecret) -> Result<Self, OpenError> {
        Self::find(log_in(uri, ask)?)
    }

    /// Makes a new key inside the device, able to sign and to do nothing else (to be backed up under a wrap key only
    /// where [`NewKey::backup`] says so), in domain 1. An object that is there already is never overwritten. Take P-256 unless there is a reason:
    /// an Ed25519 key on this device cannot sign a root of five keys ([`KeyUri::check_payload`](crate::KeyUri)).
    ///
    /// # Errors
    /// Any [`CreateError`]; then the device holds no new key.
    pub fn generate(uri: &HsmUri, new: &NewKey, ask: &mut dyn AskSecret) -> Result<Self, CreateError> {
        let (algorithm, signs) = match new.scheme {
            Scheme::EcdsaP256 => (Algorithm::EcP256, Capability::SIGN_ECDSA),
            Scheme::Ed25519 => (Algorithm::Ed25519, Capability::SIGN_EDDSA),
            scheme => return Err(CreateError::Scheme { what: uri.to_string(), scheme }),
        };
        let capability = if new.backup { signs | Capability::EXPORTABLE_UNDER_WRAP } else { signs };
        let label = new.label.as_str();
        let bad_label = || CreateError::Label { device: uri.to_string(), found: label.len() };
        if label.is_empty() || label.contains('\0') {
            return Err(bad_label());
        }
        let label = Label::from_bytes(label.as_bytes()).map_err(|_| bad_label())?;

        let device = log_in(uri, ask)?;
        object::check_free(&device, Type::AsymmetricKey, uri.object)?;
        let made = device.call_once(|client| {
            client.generate_asymmetric_key(uri.object, label.clone(), Domain::DOM1, capability, algorithm)
        });
        made.map_err(|failure| match failure {
            Failure::ObjectExists => object::occupied(uri, uri.object, "made in this moment"),
            other => other.into_open(uri).into(),
        })?;
        Ok(Self::find(device)?)
    }

    /// True of the simulated device, known by its serial number.
    #[must_use]
    pub fn is_simulated(&self) -> bool {
        self.device.serial == SIMULATED_SERIAL
    }

    /// The serial number of the device: ten digits.
    #[must_use]
    pub fn serial(&self) -> &str {
        &self.device.serial
    }

    fn find(device: Device) -> Result<Self, OpenError> {
        let uri = &device.uri;
        let public = object::public_key(&device, uri.object)?;
        let info = device.call(|client| client.get_object_info(uri.object, Type::AsymmetricKey));
        let claims = object::claims(&info.map_err(|e| e.into_open(uri))?);
        let kind = if device.serial == SIMULATED_SERIAL { "simulated YubiHSM" } else { "YubiHSM 2" };
        let description = format!("{kind} serial {}, object {}", device.serial, uri.object);
        Ok(Self { public, claims, description, device })
    }
}

impl Sign for YubiHsm {
    fn public_key(&self) -> &PublicKey {
        &self.public
    }

    fn describe(&self) -> String {
        self.description.clone()
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        let object = self.device.uri.object;
        let scheme = self.public.scheme();
        check_yubihsm_payload(&self.description, scheme, message.len())?;
        let signature = self.device.call(|client| match scheme {
            Scheme::Ed25519 => client.sign_ed25519(object, message).map(|s| s.to_bytes().to_vec()),
            _ => client.sign_ecdsa_prehash_raw(object, sha256(message).as_bytes().as_slice()),
        });
        let signature = signature.map_err(|failure| SignError::Failed {
            signer: self.describe(),
            reason: failure.to_string(),
            hint: None,
        })?;
        checked(&self.description, MadeBy::Device, &self.public, message, signature)
    }
}

impl Key for YubiHsm {
    fn holder(&self) -> Holder {
        let place = Some(format!("object {}", self.device.uri.object));
        if self.is_simulated() {
            // All simulated devices have one serial number: it tells none of them.
            let claims = std::iter::once(SIMULATED_CLAIM.to_owned()).chain(self.claims.clone()).collect();
            return Holder { place, claims, ..Holder::new(HolderKind::YubiHsm2) };
        }
        let serial = Some(self.device.serial.clone());
        Holder { serial, place, claims: self.claims.clone(), ..Holder::new(HolderKind::YubiHsm2) }
    }

    /// The device's statement about the key, and the certificate its maker put into it: signed by attestation key 0,
    /// which no owner can change. The simulated device has neither.
    fn evidence(&self) -> Result<Option<Evidence>, OpenError> {
        if self.is_simulated() { Ok(None) } else { self.attest() }
    }
}

impl YubiHsm {
    pub(crate) fn attest(&self) -> Result<Option<Evidence>, OpenError> {
        let uri = &self.device.uri;
        let failed = |failure: Failure| failure.into_open(uri);
        let statement = self.device.call(|client| client.sign_attestation_certificate(uri.object, None));
        let statement = statement.map_err(failed)?.into_vec();
        let own = self.device.call(|client| client.get_opaque(DEVICE_CERTIFICATE)).map_err(failed)?;
        // Two are what evidence takes at least.
        Ok(Evidence::from_der(vec![statement, own]).ok())
    }
}

fn log_in(uri: &HsmUri, ask: &mut dyn AskSecret) -> Result<Device, OpenError> {
    device::check_reachable(uri)?;
    let what = format!("password for authentication key {} of {uri}", uri.auth);
    let device = ask_until(ask, &what, |secret| match Device::open(uri, secret) {
        Ok(device) => Ok(Some(device)),
        Err(Failure::WrongPassword) => Ok(None),
        Err(other) => Err(other.into_open(uri)),
    })?;
    let device = device.ok_or_else(|| OpenError::WrongPassword { device: uri.to_string(), auth: uri.auth })?;
    match &uri.serial {
        Some(expected) if *expected != device.serial => {
            Err(OpenError::WrongDevice { device: uri.to_string(), expected: expected.clone(), found: device.serial })
        }
        _ => Ok(device),
    }
}

/// What MockHsm reports. A real device with this number would be called simulated, which errs on the safe side.
const SIMULATED_SERIAL: &str = "0123456789";
const SIMULATED_CLAIM: &str = "simulated: no safe place for a key";

/// The opaque object in which a device keeps the certificate of its attestation key.
const DEVICE_CERTIFICATE: u16 = 0;
