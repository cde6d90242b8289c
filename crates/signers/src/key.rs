//! An opened key: it signs, and says where it lies.

use crate::OpenError;
use std::fmt;
use tuffet_attestation::Evidence;
use tuffet_keys::Sign;

/// An opened key.
pub trait Key: Sign {
    /// What holds it.
    fn holder(&self) -> Holder;

    /// What a person must do while it signs, such as touch it.
    fn action(&self) -> Option<String> {
        None
    }

    /// The certificates with which the device says that it made this key; `None` where it has none.
    ///
    /// # Errors
    /// [`OpenError`], when the device has them and does not give them.
    fn evidence(&self) -> Result<Option<Evidence>, OpenError> {
        Ok(None)
    }
}

/// What holds a key, as the station of its owner sees it: a statement. [`Key::evidence`] is what proves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// What kind of thing.
    pub kind: HolderKind,
    /// Its serial number, as printed on it where it is.
    pub serial: Option<String>,
    /// Where on it: a slot, an object.
    pub place: Option<String>,
    /// What the token says of the key, in words: `generated on the token`, `never extractable`.
    pub claims: Vec<String>,
}

impl Holder {
    /// Of this kind, and nothing else known.
    #[must_use]
    pub fn new(kind: HolderKind) -> Self {
        Self { kind, serial: None, place: None, claims: Vec::new() }
    }
}

/// What kind of thing holds a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HolderKind {
    /// An encrypted file.
    KeyFile,
    /// A YubiHSM 2.
    YubiHsm2,
    /// A token behind a PKCS#11 module.
    Pkcs11,
    /// The PIV applet of a YubiKey.
    YubiKeyPiv,
    /// An ssh-agent.
    SshAgent,
    /// AWS KMS.
    AwsKms,
    /// A program of the user's.
    Program,
}

impl HolderKind {
    /// Its name in records.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::KeyFile => "key file",
            Self::YubiHsm2 => "YubiHSM 2",
            Self::Pkcs11 => "PKCS#11 token",
            Self::YubiKeyPiv => "YubiKey PIV",
            Self::SshAgent => "ssh-agent",
            Self::AwsKms => "AWS KMS",
            Self::Program => "program",
        }
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.name())?;
        if let Some(serial) = &self.serial {
            write!(f, " serial {serial}")?;
        }
        self.place.as_ref().map_or(Ok(()), |place| write!(f, ", {place}"))
    }
}
