//! The proof.

use crate::chain;
use crate::{Anchors, Evidence, Refused, Statement, modulus};
use chrono::{DateTime, Utc};
use std::fmt;
use tuffet_certificates::{Certificate, KeyAlgorithm};
use tuffet_keys::{Fingerprint, PublicKey, Sha256, sha256};

/// A device of a known maker says of this key what the [`Statement`] holds. Only [`Evidence::verify`] makes one.
///
/// ```
/// use tuffet_attestation::{Attested, Statement};
/// fn told(proof: Attested, statement: Statement) -> Attested {
///     proof
/// }
/// ```
/// ```compile_fail,E0451
/// use tuffet_attestation::{Attested, Statement};
/// fn told(proof: Attested, statement: Statement) -> Attested {
///     Attested { statement, ..proof }
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attested {
    statement: Statement,
    key: Fingerprint,
    device_key: Sha256,
    root: String,
    algorithm: KeyAlgorithm,
    is_weak_modulus: bool,
}

impl Evidence {
    /// What the evidence proves of `key`: AT2 to AT6. What a plan wants beyond that, [`Requirements`] judges.
    ///
    /// # Errors
    /// [`Refused`]: then it proves nothing of this key.
    ///
    /// [`Requirements`]: crate::Requirements
    pub fn verify(&self, key: &PublicKey, anchors: &Anchors, at: DateTime<Utc>) -> Result<Attested, Refused> {
        let read = |(position, der): (usize, &Vec<u8>)| {
            Certificate::from_der(der).map_err(|reason| Refused::Certificate { position, reason })
        };
        let chain = (1..).zip(self.certificates()).map(read).collect::<Result<Vec<_>, _>>()?;
        let [statement, own, ..] = chain.as_slice() else { return Err(Refused::NoStatement) };
        let device = Statement::device(statement)?;
        let root = chain::check(&chain, device, anchors, at)?;
        let expected = key.fingerprint();
        let found = PublicKey::from_spki_der(statement.key().der()).map(|key| key.fingerprint());
        if found.as_ref() != Ok(&expected) {
            let found = found.map_or_else(|error| error.to_string(), |found| found.to_string());
            return Err(Refused::OtherKey { expected, found });
        }
        Ok(Attested {
            statement: Statement::read(device, statement, own)?,
            key: expected,
            device_key: sha256(own.key().der()),
            root,
            algorithm: statement.key_algorithm().clone(),
            is_weak_modulus: modulus::is_weak(statement.key()),
        })
    }
}

impl Attested {
    /// What the device says.
    #[must_use]
    pub fn statement(&self) -> &Statement {
        &self.statement
    }

    /// Of which key.
    #[must_use]
    pub fn key(&self) -> Fingerprint {
        self.key
    }

    /// The name of the pinned root that vouches for the device.
    #[must_use]
    pub fn root(&self) -> &str {
        &self.root
    }

    /// Whether both keys lie on one device. Serial numbers say so; a device that does not say its own has an attestation
    /// key of its own.
    pub(crate) fn is_on_device_of(&self, other: &Self) -> bool {
        let (one, two) = (&self.statement, &other.statement);
        one.device == two.device
            && match (one.serial, two.serial) {
                (Some(one), Some(two)) => one == two,
                _ => self.device_key == other.device_key,
            }
    }

    pub(crate) fn is_ecdsa(&self) -> bool {
        matches!(self.algorithm, KeyAlgorithm::EcdsaP256 | KeyAlgorithm::EcdsaP384 | KeyAlgorithm::EcdsaP521)
    }

    pub(crate) fn is_rsa(&self) -> bool {
        matches!(self.algorithm, KeyAlgorithm::Rsa { .. })
    }

    pub(crate) fn is_weak_modulus(&self) -> bool {
        self.is_weak_modulus
    }
}

/// `YubiKey serial 12345678, slot 9c, firmware 5.7.4, PIN once, touch always`
impl fmt::Display for Attested {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Statement { device, serial, firmware, place, pin, touch, .. } = &self.statement;
        write!(f, "{device}")?;
        match serial {
            Some(serial) => write!(f, " serial {serial}")?,
            None => f.write_str(" that does not say its serial number")?,
        }
        write!(f, ", {place}, firmware {firmware}")?;
        if let (Some(pin), Some(touch)) = (pin, touch) {
            write!(f, ", PIN {pin}, touch {touch}")?;
        }
        Ok(())
    }
}
