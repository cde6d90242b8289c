//! `piv:`: a slot of a YubiKey, by serial number.

use super::{UriError, parameters, value};
use std::fmt;

/// A slot of a YubiKey: `piv:9c?serial=12345678`. Without a serial, the one YubiKey that is plugged in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PivUri {
    pub(crate) slot: Slot,
    pub(crate) serial: Option<u32>,
}

/// A slot that holds a signing key: 9a, 9c, 9d, 9e, or 82 to 95.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Slot(u8);

impl Slot {
    /// The slot of this number, if there is one.
    #[must_use]
    pub fn new(number: u8) -> Option<Self> {
        matches!(number, 0x9a | 0x9c..=0x9e | 0x82..=0x95).then_some(Self(number))
    }

    /// Its number on the card.
    #[must_use]
    pub fn number(self) -> u8 {
        self.0
    }
}

impl fmt::Display for Slot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02x}", self.0)
    }
}

impl PivUri {
    pub(super) fn parse(rest: &str) -> Result<Self, UriError> {
        let (slot, query) = rest.split_once('?').unwrap_or((rest, ""));
        let parameters = parameters("piv", query, &["serial"], "serial")?;
        let wrong = |name: &str, expected, found: &str| UriError::Value {
            scheme: "piv",
            name: name.to_owned(),
            expected,
            found: found.to_owned(),
        };
        let number = (slot.len() == 2).then(|| u8::from_str_radix(slot, 16).ok()).flatten();
        let slot = number.and_then(Slot::new).ok_or_else(|| wrong("slot", "9a, 9c, 9d, 9e, or 82 to 95", slot))?;
        let serial = value(&parameters, "serial")
            .map(|text| {
                let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
                text.parse().ok().filter(|_| digits).ok_or_else(|| wrong("serial", "decimal digits", text))
            })
            .transpose()?;
        Ok(Self { slot, serial })
    }
}

impl fmt::Display for PivUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "piv:{}", self.slot)?;
        self.serial.map_or(Ok(()), |serial| write!(f, "?serial={serial}"))
    }
}
