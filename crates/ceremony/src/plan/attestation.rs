//! `[attestation]`: what the plan wants of the devices of those who come in.

use super::PlanError;
use serde::{Deserialize, Serialize};
use tuffet_attestation::{Firmware, PinPolicy, Requirements, TouchPolicy};
use tuffet_keys::Sha256;

/// What a plan wants of devices. Where the table is absent, evidence may be absent too, and what there is must be true
/// and its device not known to be weak.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedAttestation {
    /// Whether every key that comes in must have evidence.
    #[serde(default, skip_serializing_if = "is_false")]
    pub require: bool,
    /// The PIV slots a key may lie in, as two digits of hex.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slots: Option<Vec<String>>,
    /// The least a YubiKey must want its PIN: `never`, `once`, `always`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pin: Option<String>,
    /// The least a YubiKey must want to be touched: `never`, `cached`, `always`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub touch: Option<String>,
    /// The oldest firmware of a YubiKey.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub yubikey: Option<String>,
    /// The oldest firmware of a YubiHSM 2.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub yubihsm: Option<String>,
    /// Whether a key on a YubiHSM 2 may be backed up under a wrap key.
    #[serde(default, skip_serializing_if = "is_false")]
    pub exportable: bool,
    /// SHA-256 of further root certificates, beside the maker's, each in `roots/<sha256>.pem`: for devices whose
    /// attestation key the organisation has replaced by its own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roots: Vec<String>,
}

impl PlannedAttestation {
    pub(super) fn check(&self) -> Result<(), PlanError> {
        self.requirements()?;
        match self.roots.iter().find(|root| Sha256::from_hex(root).is_none()) {
            Some(root) => Err(wrong("roots", "64 characters of lower-case hex", root)),
            None => Ok(()),
        }
    }

    /// As the devices are judged.
    ///
    /// # Errors
    /// [`PlanError::Value`], which a plan that was read has no more.
    pub fn requirements(&self) -> Result<Requirements, PlanError> {
        let default = Requirements::default();
        let slot = |text: &String| {
            let digits = text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
            let number = u8::from_str_radix(text, 16).ok().filter(|_| digits);
            number.ok_or_else(|| wrong("slots", "two digits of lower-case hex each", text))
        };
        let firmware = |place, text: &Option<String>| {
            let parsed = text.as_ref().map(|text| Firmware::parse(text).ok_or((place, text)));
            parsed.transpose().map_err(|(place, text)| wrong(place, "a firmware version such as `5.7.4`", text))
        };
        let pin = self.pin.as_ref().map(|text| PinPolicy::from_name(text).ok_or(text)).transpose();
        let touch = self.touch.as_ref().map(|text| TouchPolicy::from_name(text).ok_or(text)).transpose();
        Ok(Requirements {
            required: self.require,
            slots: match &self.slots {
                Some(slots) => slots.iter().map(slot).collect::<Result<_, _>>()?,
                None => default.slots,
            },
            pin: pin.map_err(|text| wrong("pin", "`never`, `once` or `always`", text))?.unwrap_or(default.pin),
            touch: touch
                .map_err(|text| wrong("touch", "`never`, `cached` or `always`", text))?
                .unwrap_or(default.touch),
            yubikey: firmware("yubikey", &self.yubikey)?.unwrap_or(default.yubikey),
            yubihsm: firmware("yubihsm", &self.yubihsm)?.unwrap_or(default.yubihsm),
            exportable: self.exportable,
        })
    }
}

fn wrong(place: &str, expected: &'static str, found: &str) -> PlanError {
    PlanError::Value { place: format!("attestation.{place}"), expected, found: found.to_owned() }
}

fn is_false(value: &bool) -> bool {
    !value
}
