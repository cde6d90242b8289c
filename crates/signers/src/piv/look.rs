//! What a slot holds, as well as this firmware can say: by metadata (from 5.3), else by a statement of the attestation
//! key (from 4.3, for keys made on the card), else by the certificate in the slot, which anybody may have put there.

use super::device::{Device, slot_id};
use super::failure::Failure;
use crate::{Holder, HolderKind, Slot, TokenProblem};
use tuffet_attestation::{PinPolicy, TouchPolicy};
use tuffet_keys::{PublicKey, Scheme};
use yubikey::Certificate;
use yubikey::piv::{self, AlgorithmId};

/// A key in a slot.
pub(crate) struct Look {
    /// The public half, or the name of an algorithm that is not read here.
    pub(crate) public: Result<PublicKey, String>,
    /// When it wants the PIN, if the card says so.
    pub(crate) pin: Option<PinPolicy>,
    /// When it wants to be touched, if the card says so.
    pub(crate) touch: Option<TouchPolicy>,
    /// Where it was made, if the card says so.
    pub(crate) origin: Option<Origin>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    Generated,
    Imported,
}

impl Look {
    /// The public half of a key that signs here.
    pub(crate) fn usable(&self) -> Result<PublicKey, TokenProblem> {
        let unusable = |what: String| TokenProblem::Unsupported { what, reason: super::NOT_HERE.to_owned() };
        let public = self.public.clone().map_err(unusable)?;
        algorithm(public.scheme())?;
        Ok(public)
    }

    pub(crate) fn holder(&self, device: &Device, slot: Slot) -> Holder {
        let mut claims = vec![format!("firmware {}", device.firmware)];
        claims.extend(self.origin.map(|origin| match origin {
            Origin::Generated => "generated on the YubiKey".to_owned(),
            Origin::Imported => "imported".to_owned(),
        }));
        claims.extend(self.pin.map(|policy| format!("PIN {policy}")));
        claims.extend(self.touch.map(|policy| format!("touch {policy}")));
        Holder {
            kind: HolderKind::YubiKeyPiv,
            serial: device.serial.map(|serial| serial.to_string()),
            place: Some(format!("slot {slot}")),
            claims,
        }
    }

    /// In words, as in `an ECDSA P-256 key, generated on the YubiKey`.
    pub(crate) fn words(&self) -> String {
        let kind = self.public.as_ref().map_or_else(Clone::clone, |public| public.scheme().to_string());
        let article = if kind.starts_with(['E', 'R']) { "an" } else { "a" };
        let origin = match self.origin {
            Some(Origin::Generated) => ", generated on the YubiKey",
            Some(Origin::Imported) => ", imported",
            None => "",
        };
        format!("{article} {kind} key{origin}")
    }
}

/// The driver's name for a scheme it signs.
pub(crate) fn algorithm(scheme: Scheme) -> Result<AlgorithmId, TokenProblem> {
    match scheme {
        Scheme::EcdsaP256 => Ok(AlgorithmId::EccP256),
        Scheme::EcdsaP384 => Ok(AlgorithmId::EccP384),
        other => Err(TokenProblem::Unsupported { what: other.to_string(), reason: super::NOT_HERE.to_owned() }),
    }
}

/// The key in `slot`; `None` where there is none that shows.
pub(crate) fn at(device: &Device, slot: Slot) -> Result<Option<Look>, TokenProblem> {
    let id = slot_id(slot)?;
    match device.call(|yubikey| piv::metadata(yubikey, id)) {
        Ok(found) => {
            let public = found.public.map(|spki| (spki.algorithm.oid.to_string(), spki));
            let public = public.ok_or_else(|| "key without a public half".to_owned());
            let (pin, touch) = found.policy.map(|(pin, touch)| (pin.into(), touch.into())).unzip();
            return Ok(Some(Look {
                public: public.and_then(|(oid, spki)| public_key(&oid, spki.subject_public_key.raw_bytes())),
                pin: pin.and_then(PinPolicy::from_byte),
                touch: touch.and_then(TouchPolicy::from_byte),
                origin: found.origin.map(|origin| match origin {
                    piv::Origin::Generated => Origin::Generated,
                    piv::Origin::Imported => Origin::Imported,
                }),
            }));
        }
        // Firmware that has no metadata; or an algorithm or policy that this driver has no name for.
        Err(Failure::Card(
            yubikey::Error::NotSupported | yubikey::Error::AlgorithmError | yubikey::Error::ParseError,
        )) => {}
        // The driver's word for every refusal, and a card refuses where there is no key.
        Err(Failure::Card(yubikey::Error::GenericError)) => return Ok(None),
        Err(other) => return Err(other.into_problem()),
    }
    if let Some(statement) = statement(device, slot)? {
        let read = Certificate::from_bytes(statement).map_err(|e| Failure::Card(e).into_problem())?;
        let policies = policies(&read);
        return Ok(Some(Look {
            public: of_certificate(&read),
            pin: policies.and_then(|(pin, _)| PinPolicy::from_byte(pin)),
            touch: policies.and_then(|(_, touch)| TouchPolicy::from_byte(touch)),
            origin: Some(Origin::Generated),
        }));
    }
    match device.call(|yubikey| Certificate::read(yubikey, id)) {
        Ok(read) => Ok(Some(Look { public: of_certificate(&read), pin: None, touch: None, origin: None })),
        Err(Failure::Card(_)) => Ok(None),
        Err(other) => Err(other.into_problem()),
    }
}

/// What the attestation key says of the key in `slot`, in DER; `None` where it says nothing, as of imported keys.
pub(crate) fn statement(device: &Device, slot: Slot) -> Result<Option<Vec<u8>>, TokenProblem> {
    let id = slot_id(slot)?;
    match device.call(|yubikey| piv::attest(yubikey, id)) {
        Ok(der) => Ok(Some(der.to_vec())),
        Err(Failure::Card(yubikey::Error::NotSupported | yubikey::Error::GenericError)) => Ok(None),
        Err(other) => Err(other.into_problem()),
    }
}

fn of_certificate(certificate: &Certificate) -> Result<PublicKey, String> {
    let spki = certificate.subject_pki();
    public_key(&spki.algorithm.oid.to_string(), spki.subject_public_key.raw_bytes())
}

fn public_key(oid: &str, bits: &[u8]) -> Result<PublicKey, String> {
    let scheme = match (oid, bits.len()) {
        ("1.2.840.10045.2.1", 65) => Scheme::EcdsaP256,
        ("1.2.840.10045.2.1", 97) => Scheme::EcdsaP384,
        ("1.3.101.112", 32) => Scheme::Ed25519,
        ("1.2.840.113549.1.1.1", _) => return Err("RSA".to_owned()),
        _ => return Err(format!("algorithm {oid}")),
    };
    PublicKey::from_raw(scheme, bits).map_err(|error| error.to_string())
}

/// PIN and touch policy in the extension that carries them.
fn policies(certificate: &Certificate) -> Option<(u8, u8)> {
    let extensions = certificate.cert.tbs_certificate.extensions.as_ref()?;
    let found = extensions.iter().find(|extension| extension.extn_id.to_string() == POLICIES)?;
    match found.extn_value.as_bytes() {
        [pin, touch] => Some((*pin, *touch)),
        _ => None,
    }
}

const POLICIES: &str = "1.3.6.1.4.1.41482.3.8";
