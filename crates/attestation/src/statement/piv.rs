//! The statement of a YubiKey's PIV applet.

use super::{Statement, broken, integer, required};
use crate::{Device, Firmware, PinPolicy, Place, Refused, TouchPolicy};
use tuffet_certificates::Certificate;

/// A statement about a key is itself the proof that it was generated: the applet makes none for imported ones.
pub(super) fn read(certificate: &Certificate) -> Result<Statement, Refused> {
    let firmware = required(certificate, FIRMWARE, "firmware")?;
    let serial = certificate
        .extension(SERIAL)
        .map(|value| integer(value).ok_or_else(|| broken("serial number", "a number of at most four bytes", value)));
    let policy = required(certificate, POLICY, "PIN and touch policy")?;
    let (pin, touch) = match policy {
        [pin, touch] => PinPolicy::from_byte(*pin).zip(TouchPolicy::from_byte(*touch)),
        _ => None,
    }
    .ok_or_else(|| broken("PIN and touch policy", "two bytes, each a policy", policy))?;
    Ok(Statement {
        device: Device::YubiKeyPiv,
        serial: serial.transpose()?,
        firmware: Firmware::from_bytes(firmware).ok_or_else(|| broken("firmware", "three bytes", firmware))?,
        place: slot(certificate)?,
        pin: Some(pin),
        touch: Some(touch),
        capabilities: None,
    })
}

/// The slot stands in the subject's name and nowhere else.
fn slot(certificate: &Certificate) -> Result<Place, Refused> {
    let name = certificate.common_name().unwrap_or_default();
    let digits = name.strip_prefix(SUBJECT).filter(|digits| digits.len() == 2);
    let slot = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
    slot.map(Place::Slot).ok_or(Refused::Statement {
        part: "slot",
        expected: "a subject `YubiKey PIV Attestation` and two digits of hex",
        found: format!("`{}`", certificate.subject()),
    })
}

pub(super) const FIRMWARE: &str = "1.3.6.1.4.1.41482.3.3";
const SERIAL: &str = "1.3.6.1.4.1.41482.3.7";
pub(super) const POLICY: &str = "1.3.6.1.4.1.41482.3.8";
const SUBJECT: &str = "YubiKey PIV Attestation ";
