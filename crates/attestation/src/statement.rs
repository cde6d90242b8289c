//! What a device says of a key, in the certificate it signs (AT5, AT6).
//!
//! Yubico documents the extensions: 1.3.6.1.4.1.41482.3 for PIV, whose values are bare bytes but for the serial number,
//! and 1.3.6.1.4.1.41482.4 for YubiHSM 2, whose values are DER.

mod hsm;
mod piv;

use crate::{Device, Firmware, PinPolicy, Place, Refused, TouchPolicy};
use tuffet_certificates::Certificate;

/// What a device says of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// What kind of device speaks.
    pub device: Device,
    /// Its serial number; YubiKeys before firmware 5 do not give it.
    pub serial: Option<u32>,
    /// Its firmware.
    pub firmware: Firmware,
    /// Where the key lies.
    pub place: Place,
    /// When it wants its PIN (PIV).
    pub pin: Option<PinPolicy>,
    /// When it wants to be touched (PIV).
    pub touch: Option<TouchPolicy>,
    /// What the key may do (YubiHSM 2).
    pub capabilities: Option<Capabilities>,
}

/// What a key on a YubiHSM 2 may do: one bit a capability.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Capabilities(pub u64);

impl Capabilities {
    /// Signatures, by algorithm: PKCS#1 v1.5, PSS, ECDSA, EdDSA.
    pub const SIGN: Self = Self(0b1_1110_0000);
    /// Leaving the device, encrypted with a wrap key.
    pub const EXPORTABLE: Self = Self(1 << 16);

    /// Those that are not among `allowed`, by number.
    #[must_use]
    pub fn beyond(self, allowed: Self) -> Vec<u32> {
        let beyond = self.0 & !allowed.0;
        (0..u64::BITS).filter(|bit| beyond >> bit & 1 == 1).collect()
    }
}

impl Statement {
    /// Which device speaks, before anything it says is believed.
    pub(crate) fn device(certificate: &Certificate) -> Result<Device, Refused> {
        let has = |oid: &str| certificate.extension(oid).is_some();
        match (has(piv::FIRMWARE), has(hsm::FIRMWARE)) {
            (true, false) => Ok(Device::YubiKeyPiv),
            (false, true) => Ok(Device::YubiHsm2),
            _ => Err(Refused::NoStatement),
        }
    }

    /// Whether the certificate says of its key what only a statement does; firmware and serial number stand in that of a
    /// device too.
    pub(crate) fn is_one(certificate: &Certificate) -> bool {
        [piv::POLICY, hsm::ORIGIN].iter().any(|oid| certificate.extension(oid).is_some())
    }

    /// Reads the statement and the device's own certificate, whose firmware must be the same: a device's never changes.
    pub(crate) fn read(device: Device, statement: &Certificate, own: &Certificate) -> Result<Self, Refused> {
        let (read, oid) = match device {
            Device::YubiKeyPiv => (piv::read(statement)?, piv::FIRMWARE),
            Device::YubiHsm2 => (hsm::read(statement)?, hsm::FIRMWARE),
        };
        let own = own.extension(oid).map(|value| match device {
            Device::YubiKeyPiv => Firmware::from_bytes(value),
            Device::YubiHsm2 => hsm::octets(value).and_then(Firmware::from_bytes),
        });
        match own {
            Some(own) if own != Some(read.firmware) => Err(Refused::Statement {
                part: "firmware",
                expected: "the same in the statement and the device's certificate",
                found: format!("{} and {}", read.firmware, own.map_or("none".to_owned(), |own| own.to_string())),
            }),
            _ => Ok(read),
        }
    }
}

/// The bytes of the extension that must be there.
fn required<'a>(certificate: &'a Certificate, oid: &str, part: &'static str) -> Result<&'a [u8], Refused> {
    let missing = || Refused::Statement { part, expected: "an extension that says it", found: "none".to_owned() };
    certificate.extension(oid).ok_or_else(missing)
}

fn broken(part: &'static str, expected: &'static str, found: &[u8]) -> Refused {
    let shown = found.iter().take(16).map(|b| format!("{b:02x}")).collect::<String>();
    Refused::Statement { part, expected, found: format!("`{shown}`") }
}

/// The content of a DER value with this tag and a short length, and nothing behind it.
fn content(tag: u8, value: &[u8]) -> Option<&[u8]> {
    let [found, length, content @ ..] = value else { return None };
    (*found == tag && *length < 128 && usize::from(*length) == content.len()).then_some(content)
}

/// An INTEGER that is no negative number. Devices write all four bytes of it, whether DER wants them or not.
fn integer(value: &[u8]) -> Option<u32> {
    let content = content(2, value)?;
    let first = content.first()?;
    let significant = content.iter().skip_while(|byte| **byte == 0);
    let fits = *first < 128 && significant.clone().count() <= 4;
    fits.then(|| significant.fold(0, |number, byte| number << 8 | u32::from(*byte)))
}
