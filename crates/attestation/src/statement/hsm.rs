//! The statement of a YubiHSM 2.

use super::{Capabilities, Statement, broken, content, integer, required};
use crate::{Device, Firmware, Place, Refused};
use tuffet_certificates::Certificate;

pub(super) fn read(certificate: &Certificate) -> Result<Statement, Refused> {
    let firmware = required(certificate, FIRMWARE, "firmware")?;
    let serial = required(certificate, SERIAL, "serial number")?;
    let origin = required(certificate, ORIGIN, "origin")?;
    let capabilities = required(certificate, CAPABILITIES, "capabilities")?;
    let object = required(certificate, OBJECT, "object id")?;
    let bits = |part, value| bits(value).ok_or_else(|| broken(part, "a string of at most 64 whole bits", value));
    generated(bits("origin", origin)?)?;
    let id = integer(object).and_then(|id| u16::try_from(id).ok());
    Ok(Statement {
        device: Device::YubiHsm2,
        serial: Some(integer(serial).ok_or_else(|| broken("serial number", "a number of at most four bytes", serial))?),
        firmware: octets(firmware)
            .and_then(Firmware::from_bytes)
            .ok_or_else(|| broken("firmware", "three bytes", firmware))?,
        place: Place::Object(id.ok_or_else(|| broken("object id", "a number of at most two bytes", object))?),
        pin: None,
        touch: None,
        capabilities: Some(Capabilities(bits("capabilities", capabilities)?)),
    })
}

/// Bit 0: generated; bit 1: imported; bit 4: came in wrapped, in addition to what it was where it came from.
fn generated(origin: u64) -> Result<(), Refused> {
    let words: Vec<&str> = [(1, "generated"), (2, "imported"), (16, "unwrapped from a backup")]
        .into_iter()
        .filter_map(|(bit, word)| (origin & bit != 0).then_some(word))
        .collect();
    match (origin, words.as_slice()) {
        (1, _) => Ok(()),
        (_, []) => Err(Refused::NotGenerated { found: format!("of origin {origin}") }),
        (_, words) => Err(Refused::NotGenerated { found: words.join(" and ") }),
    }
}

/// The content of an OCTET STRING.
pub(super) fn octets(value: &[u8]) -> Option<&[u8]> {
    content(4, value)
}

/// A BIT STRING of whole bytes, as a number.
fn bits(value: &[u8]) -> Option<u64> {
    match content(3, value)? {
        [0, bytes @ ..] if bytes.len() <= 8 => {
            Some(bytes.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
        }
        _ => None,
    }
}

pub(super) const FIRMWARE: &str = "1.3.6.1.4.1.41482.4.1";
const SERIAL: &str = "1.3.6.1.4.1.41482.4.2";
pub(super) const ORIGIN: &str = "1.3.6.1.4.1.41482.4.3";
const CAPABILITIES: &str = "1.3.6.1.4.1.41482.4.5";
const OBJECT: &str = "1.3.6.1.4.1.41482.4.6";
