//! A new key in a slot.

use super::device::{Device, slot_id};
use super::failure::Failure;
use super::look;
use super::{PivKey, management, verified_pin};
use crate::{AskSecret, CreateError, NewKey, OpenError, PivUri, Slot, TokenProblem};
use tuffet_attestation::{Firmware, PinPolicy, TouchPolicy};
use tuffet_keys::Scheme;
use yubikey::Certificate;
use yubikey::certificate::CertInfo;
use yubikey::piv::{self, AlgorithmId};

impl PivKey {
    /// Makes a key in the slot `uri` names and in no other, and puts the attestation key's statement about it where the
    /// slot's certificate lies: PKCS#11 modules show only keys that have one. Asks before a key is lost, for the PIN, and for
    /// the management key.
    ///
    /// # Errors
    /// Any [`CreateError`]. A slot whose loss nobody agreed to is as it was.
    pub fn generate(uri: &PivUri, new: &NewKey, ask: &mut dyn AskSecret) -> Result<Self, CreateError> {
        let name = uri.to_string();
        let at = |problem: TokenProblem| CreateError::from(OpenError::from(problem.at(&name)));
        let device = Device::find(uri).map_err(OpenError::from)?;
        let algorithm = possible(&device, new.scheme).map_err(at)?;
        let (pin_policy, touch_policy) = policies(new).map_err(at)?;
        let slot = slot_id(uri.slot).map_err(at)?;

        if let Some(what) = occupied(&device, uri.slot).map_err(at)? {
            let question = format!("Slot {} of {} holds {what}. It will be lost for ever.", uri.slot, device.name());
            match ask.confirm(&question, LOSE) {
                Ok(true) => {}
                Ok(false) => return Err(CreateError::Taken { device: name, what, hint: GIVE_UP }),
                Err(source) => return Err(OpenError::NotGiven { what: question, source }.into()),
            }
        }
        if matches!(new.scheme, Scheme::EcdsaP256 | Scheme::EcdsaP384) && device.firmware < COPIED_BELOW {
            ask.tell(&format!(
                "{} has firmware {}: who has it for a day in a laboratory can copy its ECDSA keys (YSA-2024-03), \
                 firmware {COPIED_BELOW} and later cannot be copied so",
                device.name(),
                device.firmware
            ));
        }
        // The PIN first: a wrong one must not be found out when the old key is lost already. And the card forgets the
        // management key when its applet is selected to count the tries.
        let pin = match new.pin {
            PinPolicy::Never => None,
            _ => Some(verified_pin(&device, &name, ask)?),
        };
        management::authenticate(&device, &name, ask)?;

        let made = device.call(|yubikey| piv::generate(yubikey, slot, algorithm, pin_policy, touch_policy));
        let made = made.map_err(|failure| match failure {
            Failure::Card(yubikey::Error::AlgorithmError) => at(TokenProblem::Unsupported {
                what: new.scheme.to_string(),
                reason: format!("{} with firmware {} refuses to make such a key", device.name(), device.firmware),
            }),
            other => at(other.into_problem()),
        })?;
        let statement = look::statement(&device, uri.slot).map_err(at)?;
        let garbage = |reason: &str| at(TokenProblem::Garbage { reason: reason.to_owned() });
        if let Some(der) = statement {
            let certificate = Certificate::from_bytes(der).map_err(|e| at(Failure::Card(e).into_problem()))?;
            // What is shown and signed for is the key the card made, and no other (style.md rule 8).
            if certificate.subject_pki().subject_public_key.raw_bytes() != made.subject_public_key.raw_bytes() {
                return Err(garbage("expected an attestation of the new key, found that of another"));
            }
            let written = device.call(|yubikey| certificate.write(yubikey, slot, CertInfo::Uncompressed));
            written.map_err(|failure| at(failure.into_problem()))?;
        }
        let look = look::at(&device, uri.slot).map_err(at)?;
        let look = look.ok_or_else(|| garbage("expected the new key in its slot, found none"))?;
        let public = look.usable().map_err(at)?;
        if !public.spki_der().ends_with(made.subject_public_key.raw_bytes()) {
            return Err(garbage("expected the new key in its slot, found another"));
        }
        Ok(Self::with(device, uri.slot, public, look, pin, ask)?)
    }
}

/// Whether the driver and this firmware make keys of this kind.
fn possible(device: &Device, scheme: Scheme) -> Result<AlgorithmId, TokenProblem> {
    let unsupported = |reason: String| Err(TokenProblem::Unsupported { what: scheme.to_string(), reason });
    match scheme {
        Scheme::RsaPssSha256 | Scheme::RsaPssSha384 | Scheme::RsaPssSha512
            if (ROCA.0..=ROCA.1).contains(&device.firmware) =>
        {
            let (first, last) = ROCA;
            unsupported(format!("RSA keys made by firmware {first} to {last} give their secret away (YSA-2017-01)"))
        }
        Scheme::Ed25519 if device.firmware < ED25519_FROM => {
            unsupported(format!("it needs firmware {ED25519_FROM}, {} has {}", device.name(), device.firmware))
        }
        _ => look::algorithm(scheme),
    }
}

fn policies(new: &NewKey) -> Result<(yubikey::PinPolicy, yubikey::TouchPolicy), TokenProblem> {
    let pin = match new.pin {
        PinPolicy::Never => yubikey::PinPolicy::Never,
        PinPolicy::Once => yubikey::PinPolicy::Once,
        PinPolicy::Always => yubikey::PinPolicy::Always,
        other => {
            let reason = "this driver has never, once and always".to_owned();
            return Err(TokenProblem::Unsupported { what: format!("PIN policy {other}"), reason });
        }
    };
    let touch = match new.touch {
        TouchPolicy::Never => yubikey::TouchPolicy::Never,
        TouchPolicy::Always => yubikey::TouchPolicy::Always,
        TouchPolicy::Cached => yubikey::TouchPolicy::Cached,
    };
    Ok((pin, touch))
}

/// What the slot holds, in words; `None` only where the card says that it is empty. Old firmware shows no key that was
/// imported without a certificate, and what cannot be seen is not taken for empty.
fn occupied(device: &Device, slot: Slot) -> Result<Option<String>, TokenProblem> {
    if let Some(look) = look::at(device, slot)? {
        return Ok(Some(look.words()));
    }
    let id = slot_id(slot)?;
    if device.call(|yubikey| Certificate::read(yubikey, id)).is_ok() {
        return Ok(Some("a certificate".to_owned()));
    }
    let blind = device.firmware < METADATA_FROM;
    Ok(blind.then(|| format!("perhaps a key (firmware {} does not tell)", device.firmware)))
}

const LOSE: &str = "overwrite";
const GIVE_UP: &str = "choose another slot, or type `overwrite` when asked";
const METADATA_FROM: Firmware = Firmware(5, 3, 0);
const ED25519_FROM: Firmware = Firmware(5, 7, 0);
const COPIED_BELOW: Firmware = Firmware(5, 7, 0);
const ROCA: (Firmware, Firmware) = (Firmware(4, 2, 6), Firmware(4, 3, 4));
