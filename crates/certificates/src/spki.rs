//! Public keys in DER: the two encodings that occur, and what kind of key it is.

use std::fmt;

use der::asn1::{AnyRef, BitStringRef, ObjectIdentifier, UintRef};
use der::{Decode, Encode, Reader, SliceReader};
use spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};

/// What kind of key it is. `Display` says it in words: `ECDSA P-256`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyAlgorithm {
    /// ECDSA on the curve P-256.
    EcdsaP256,
    /// ECDSA on the curve P-384.
    EcdsaP384,
    /// ECDSA on the curve P-521.
    EcdsaP521,
    /// RSA with a modulus of so many bits.
    Rsa {
        /// The bits of the modulus.
        bits: usize,
    },
    /// Ed25519.
    Ed25519,
    /// An algorithm we do not know, by its OID.
    Other(String),
}

impl fmt::Display for KeyAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EcdsaP256 => f.write_str("ECDSA P-256"),
            Self::EcdsaP384 => f.write_str("ECDSA P-384"),
            Self::EcdsaP521 => f.write_str("ECDSA P-521"),
            Self::Rsa { bits } => write!(f, "RSA {bits} bits"),
            Self::Ed25519 => f.write_str("Ed25519"),
            Self::Other(oid) => write!(f, "algorithm {oid}"),
        }
    }
}

/// A SubjectPublicKeyInfo that is exactly one, in DER.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spki {
    der: Vec<u8>,
    algorithm: KeyAlgorithm,
    raw: Vec<u8>,
}

impl Spki {
    /// Reads one, and nothing behind it.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn from_der(der: &[u8]) -> Result<Self, String> {
        let info = SubjectPublicKeyInfoRef::from_der(der).map_err(|e| e.to_string())?;
        // A key id is a hash over these bytes: a second encoding of one key would be a second log.
        if info.to_der().map_err(|e| e.to_string())? != der {
            return Err("an encoding that is not DER".to_owned());
        }
        let raw = info.subject_public_key.as_bytes().ok_or("a key of a broken number of bytes")?;
        Ok(Self { der: der.to_vec(), algorithm: algorithm(&info.algorithm, raw)?, raw: raw.to_vec() })
    }

    /// An RSA key that stands without its SubjectPublicKeyInfo, as in `RSA PUBLIC KEY` files.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn from_pkcs1(pkcs1: &[u8]) -> Result<Self, String> {
        rsa_bits(pkcs1)?;
        let encode = || {
            SubjectPublicKeyInfoRef {
                algorithm: AlgorithmIdentifierRef { oid: RSA, parameters: Some(AnyRef::NULL) },
                subject_public_key: BitStringRef::from_bytes(pkcs1)?,
            }
            .to_der()
        };
        Self::from_der(&encode().map_err(|e: der::Error| e.to_string())?)
    }

    /// Its DER bytes, as received.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// What kind of key it is.
    pub fn algorithm(&self) -> &KeyAlgorithm {
        &self.algorithm
    }

    /// The subjectPublicKey: a point, a PKCS#1 key, or the 32 bytes of Ed25519.
    pub fn raw(&self) -> &[u8] {
        &self.raw
    }
}

fn algorithm(id: &AlgorithmIdentifierRef<'_>, raw: &[u8]) -> Result<KeyAlgorithm, String> {
    match id.oid {
        EC => {
            let curve = id
                .parameters
                .and_then(|p| p.decode_as::<ObjectIdentifier>().ok())
                .ok_or("an elliptic curve key without a named curve")?;
            let (algorithm, length) = match curve {
                P256 => (KeyAlgorithm::EcdsaP256, 65),
                P384 => (KeyAlgorithm::EcdsaP384, 97),
                P521 => (KeyAlgorithm::EcdsaP521, 133),
                other => return Ok(KeyAlgorithm::Other(format!("{} on curve {other}", id.oid))),
            };
            // Compressed points are refused: clients in the field read 0x04 only.
            if raw.len() != length || raw.first() != Some(&4) {
                return Err(format!("a point that is not the {length} bytes of an uncompressed one"));
            }
            Ok(algorithm)
        }
        RSA if id.parameters != Some(AnyRef::NULL) => Err("an RSA key without the parameters NULL".to_owned()),
        RSA => Ok(KeyAlgorithm::Rsa { bits: rsa_bits(raw)? }),
        ED25519 if id.parameters.is_some() || raw.len() != 32 => {
            Err("an Ed25519 key that is not 32 bytes without parameters".to_owned())
        }
        ED25519 => Ok(KeyAlgorithm::Ed25519),
        other => Ok(KeyAlgorithm::Other(other.to_string())),
    }
}

fn rsa_bits(pkcs1: &[u8]) -> Result<usize, String> {
    let read = || -> Result<(UintRef<'_>, UintRef<'_>), der::Error> {
        let mut reader = SliceReader::new(pkcs1)?;
        let key = reader.sequence(|key| Ok::<_, der::Error>((key.decode()?, key.decode()?)))?;
        reader.finish()?;
        Ok(key)
    };
    let (modulus, exponent) = read().map_err(|e| e.to_string())?;
    let (modulus, exponent) = (modulus.as_bytes(), exponent.as_bytes());
    let odd = |number: &[u8]| number.last().is_some_and(|b| b % 2 == 1);
    // Exponent 1 makes every message its own signature; ring takes up to 33 bits.
    if !odd(modulus) || !odd(exponent) || exponent == [1] || exponent.len() > 4 {
        return Err("an RSA key with an impossible modulus or exponent".to_owned());
    }
    let unused = modulus.first().map_or(0, |b| b.leading_zeros());
    Ok(modulus.len().saturating_mul(8).saturating_sub(usize::try_from(unused).unwrap_or(0)))
}

const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");
const P521: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.35");
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
