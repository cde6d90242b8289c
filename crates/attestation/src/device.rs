//! What a device is, and where on it a key lies.

use std::fmt;

/// What kind of device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Device {
    /// The PIV applet of a YubiKey.
    YubiKeyPiv,
    /// A YubiHSM 2.
    YubiHsm2,
}

/// Where on the device the key lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// A PIV slot by its number.
    Slot(u8),
    /// An object by its id.
    Object(u16),
}

impl fmt::Display for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::YubiKeyPiv => "YubiKey",
            Self::YubiHsm2 => "YubiHSM 2",
        })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Slot(slot) => write!(f, "slot {slot:02x}"),
            Self::Object(object) => write!(f, "object {object}"),
        }
    }
}
