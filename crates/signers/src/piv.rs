//! Keys in the PIV applet of a YubiKey, spoken to through pcscd and without a PKCS#11 module.

mod device;
pub(crate) mod failure;
mod generate;
mod list;
mod look;
pub(crate) mod management;
pub(crate) mod object;

use crate::checked::{MadeBy, checked};
use crate::{AskSecret, Holder, Key, OpenError, PivUri, Secret, Slot, TokenProblem};
use device::Device;
use failure::Failure;
pub(crate) use list::list;
use look::{Look, Origin};
use ring::digest::{SHA384, digest};
use tuffet_attestation::{Evidence, PinPolicy, TouchPolicy};
use tuffet_keys::{PublicKey, Scheme, Sign, SignError, sha256};
use yubikey::piv::{AlgorithmId, sign_data};

/// A private key that never leaves its YubiKey. One PIN serves all signatures of a sitting: it is kept, wiped with the
/// key, and sent before each.
pub struct PivKey {
    device: Device,
    slot: Slot,
    public: PublicKey,
    algorithm: AlgorithmId,
    look: Look,
    /// Kept for as long as the key is open, so that one answer serves every signature of a sitting; `None` for a key
    /// that wants no PIN.
    pin: Option<Secret>,
    risks_last_try: bool,
}

impl PivKey {
    /// Finds the YubiKey and the key, and asks for the PIN if the key wants one.
    ///
    /// # Errors
    /// Any [`OpenError`]; nothing on the YubiKey was changed, but for its count of wrong PINs.
    pub fn open(uri: &PivUri, ask: &mut dyn AskSecret) -> Result<Self, OpenError> {
        let name = uri.to_string();
        let device = Device::find(uri)?;
        let look = look::at(&device, uri.slot).map_err(|problem| problem.at(&name))?;
        let look = look.ok_or_else(|| no_key(&device).at(&name))?;
        // Before the PIN is asked for: a key that cannot be used here is none to type a PIN for.
        let public = look.usable().map_err(|problem| problem.at(&name))?;
        let pin = if look.pin == Some(PinPolicy::Never) { None } else { Some(verified_pin(&device, &name, ask)?) };
        Self::with(device, uri.slot, public, look, pin, ask)
    }

    /// The public half, without a PIN.
    pub(crate) fn public_key_of(uri: &PivUri) -> Result<PublicKey, OpenError> {
        let name = uri.to_string();
        let device = Device::find(uri)?;
        let look = look::at(&device, uri.slot).map_err(|problem| problem.at(&name))?;
        let look = look.ok_or_else(|| no_key(&device).at(&name))?;
        let public = look.public.map_err(|what| TokenProblem::Unsupported { what, reason: NOT_HERE.to_owned() });
        device.leave();
        Ok(public.map_err(|problem| problem.at(&name))?)
    }

    fn with(
        device: Device,
        slot: Slot,
        public: PublicKey,
        look: Look,
        pin: Option<Secret>,
        ask: &mut dyn AskSecret,
    ) -> Result<Self, OpenError> {
        let algorithm = look::algorithm(public.scheme()).map_err(|problem| problem.at(&device.name()))?;
        let key = Self { device, slot, public, algorithm, look, pin, risks_last_try: ask.risks_last_try() };
        if key.look.touch.is_some()
            && let Some(action) = key.action()
        {
            ask.tell(&format!("each signature wants this: {action}"));
        }
        Ok(key)
    }

    fn signature(&self, message: &[u8]) -> Result<Vec<u8>, TokenProblem> {
        let hashed = match self.public.scheme() {
            Scheme::EcdsaP384 => digest(&SHA384, message).as_ref().to_vec(),
            _ => sha256(message).as_bytes().to_vec(),
        };
        // The PIN before every signature, also where the key wants it once: another program may have selected another
        // applet in between, and a card that has forgotten the PIN answers like one that was not touched.
        if let Some(pin) = &self.pin {
            tries_left(&self.device, self.risks_last_try)?;
            send_pin(&self.device, pin)?;
        }
        let slot = device::slot_id(self.slot)?;
        let signed = self.device.call(|yubikey| sign_data(yubikey, &hashed, self.algorithm, slot));
        signed.map(|signature| signature.to_vec()).map_err(|failure| match failure {
            Failure::Card(yubikey::Error::AuthenticationError) if self.look.touch != Some(TouchPolicy::Never) => {
                TokenProblem::NotTouched
            }
            // Some readers give an empty answer for a card that has gone.
            Failure::Card(yubikey::Error::GenericError) if self.device.is_gone() => TokenProblem::Removed,
            other => other.into_problem(),
        })
    }
}

impl Sign for PivKey {
    fn public_key(&self) -> &PublicKey {
        &self.public
    }

    fn describe(&self) -> String {
        format!("{}, slot {}", self.device.name(), self.slot)
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        let signature = self.signature(message).map_err(|problem| problem.at(&self.describe()))?;
        checked(&self.describe(), MadeBy::Device, &self.public, message, signature)
    }
}

impl Key for PivKey {
    fn holder(&self) -> Holder {
        self.look.holder(&self.device, self.slot)
    }

    fn action(&self) -> Option<String> {
        let touched = self.look.touch != Some(TouchPolicy::Never);
        touched.then(|| format!("touch {} when it blinks", self.device.name()))
    }

    fn evidence(&self) -> Result<Option<Evidence>, OpenError> {
        if self.look.origin == Some(Origin::Imported) {
            return Ok(None);
        }
        let problem = |problem: TokenProblem| OpenError::from(problem.at(&self.describe()));
        let Some(statement) = look::statement(&self.device, self.slot).map_err(problem)? else { return Ok(None) };
        let Some(above) = object::attestation_certificate(&self.device).map_err(problem)? else { return Ok(None) };
        let evidence = Evidence::from_der(vec![statement, above]);
        evidence.map(Some).map_err(|e| problem(TokenProblem::Garbage { reason: e.to_string() }))
    }
}

/// What is on the YubiKey instead.
fn no_key(device: &Device) -> TokenProblem {
    let keys = list::slots().filter(|slot| matches!(look::at(device, *slot), Ok(Some(_))));
    TokenProblem::NoKey { found: keys.map(|slot| format!("slot {slot}")).collect() }
}

/// Asks for the PIN once and sends it, if it may be sent.
fn verified_pin(device: &Device, name: &str, ask: &mut dyn AskSecret) -> Result<Secret, OpenError> {
    let at = |problem: TokenProblem| problem.at(name);
    let left = tries_left(device, ask.risks_last_try()).map_err(at)?;
    let what = match left {
        FULL.. => format!("PIN of {}", device.name()),
        1 => format!("PIN of {} (last try)", device.name()),
        _ => format!("PIN of {} ({left} tries left)", device.name()),
    };
    let pin = ask.ask(&format!("{what}: ")).map_err(|source| OpenError::NotGiven { what, source })?;
    send_pin(device, &pin).map_err(at)?;
    Ok(pin)
}

/// The tries the PIN has, read from the card; none, or one that nobody wants to risk, is an error (K7).
fn tries_left(device: &Device, risks_last_try: bool) -> Result<u8, TokenProblem> {
    match device.call(yubikey::YubiKey::get_pin_retries).map_err(Failure::into_problem)? {
        0 => Err(TokenProblem::Locked),
        1 if !risks_last_try => Err(TokenProblem::LastTry),
        left => Ok(left),
    }
}

fn send_pin(device: &Device, pin: &Secret) -> Result<(), TokenProblem> {
    if !(6..=8).contains(&pin.expose().len()) {
        // The card would count it as a wrong one, or the driver read an empty one as a question.
        return Err(TokenProblem::Refused { reason: "a PIN has 6 to 8 characters: it was not sent".to_owned() });
    }
    device.call(|yubikey| yubikey.verify_pin(pin.expose())).map_err(Failure::into_problem)
}

/// What a YubiKey is set to when it is new.
const FULL: u8 = 3;
const NOT_HERE: &str = "this driver has only ECDSA P-256 and P-384, use the key through PKCS#11";
