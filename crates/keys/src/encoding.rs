//! From the spellings of a public key to its one DER encoding, and what ring takes.

use crate::{KeyError, Scheme, post_quantum};
use der::asn1::{AnyRef, BitStringRef, ObjectIdentifier, UintRef};
use der::{Decode, Encode, Sequence};
use spki::{AlgorithmIdentifierRef, SubjectPublicKeyInfoRef};

/// How a key is written in metadata.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// A PEM SubjectPublicKeyInfo, as ECDSA and RSA keys are today.
    Pem,
    /// Hex: 32 bytes for Ed25519; for ECDSA the uncompressed point, as Sigstore's roots 1 to 4 have it.
    Hex,
}

impl Encoding {
    /// How `public` (the text of `keyval.public`) is written.
    #[must_use]
    pub fn of(public: &str) -> Self {
        if public.trim_start().starts_with("-----BEGIN") { Self::Pem } else { Self::Hex }
    }
}

/// The normal form of a key: DER to name it by, and the inner bytes to verify with.
pub(crate) struct Normal {
    pub(crate) scheme: Scheme,
    pub(crate) spki: Vec<u8>,
    pub(crate) raw: Vec<u8>,
}

const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");
const ML_DSA_44: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.3.17");
const ML_DSA_65: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.3.18");
const ML_DSA_87: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.3.19");
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");

/// `want` fixes the scheme where a file names one; without it the key's own algorithm decides (RSA: PSS SHA-256).
pub(crate) fn from_spki(der: &[u8], want: Option<Scheme>) -> Result<Normal, KeyError> {
    if let Some((scheme, raw)) = fixed(der).filter(|(found, _)| want.is_none_or(|want| want == *found)) {
        return from_raw(scheme, raw);
    }
    let info = SubjectPublicKeyInfoRef::from_der(der).map_err(|e| KeyError::Encoding(e.to_string()))?;
    let bits = info.subject_public_key.as_bytes().ok_or(KeyError::Encoding("unused bits in the key".into()))?;
    let curve = || info.algorithm.parameters_oid().map_err(|e| KeyError::Encoding(e.to_string()));
    let found = match info.algorithm.oid {
        ED25519 => Scheme::Ed25519,
        EC if curve()? == P256 => Scheme::EcdsaP256,
        EC if curve()? == P384 => Scheme::EcdsaP384,
        RSA => match want {
            Some(s @ (Scheme::RsaPssSha256 | Scheme::RsaPssSha384 | Scheme::RsaPssSha512)) => s,
            _ => Scheme::RsaPssSha256,
        },
        ML_DSA_44 => Scheme::MlDsa44,
        ML_DSA_65 => Scheme::MlDsa65,
        ML_DSA_87 => Scheme::MlDsa87,
        other => return Err(KeyError::Algorithm(other.to_string())),
    };
    if let Some(want) = want
        && want != found
    {
        return Err(KeyError::SchemeMismatch { want, found });
    }
    from_raw(found, bits)
}

pub(crate) fn from_raw(scheme: Scheme, raw: &[u8]) -> Result<Normal, KeyError> {
    let (oid, curve) = match scheme {
        Scheme::Ed25519 => {
            expect_length(scheme, raw, 32)?;
            if small_order(raw) {
                return Err(KeyError::SmallOrder);
            }
            (ED25519, None)
        }
        Scheme::EcdsaP256 => (uncompressed(scheme, raw, 65)?, Some(P256)),
        Scheme::EcdsaP384 => (uncompressed(scheme, raw, 97)?, Some(P384)),
        Scheme::RsaPssSha256 | Scheme::RsaPssSha384 | Scheme::RsaPssSha512 => {
            check_rsa(raw)?;
            (RSA, None)
        }
        Scheme::MlDsa44 => (ml_dsa(scheme, raw, 1312, ML_DSA_44)?, None),
        Scheme::MlDsa65 => (ml_dsa(scheme, raw, 1952, ML_DSA_65)?, None),
        Scheme::MlDsa87 => (ml_dsa(scheme, raw, 2592, ML_DSA_87)?, None),
    };
    if let Some((_, prefix)) = PREFIXES.iter().find(|(of, _)| *of == scheme) {
        return Ok(Normal { scheme, spki: [prefix, raw].concat(), raw: raw.to_vec() });
    }
    let parameters = match (&curve, oid == RSA) {
        (Some(curve), _) => Some(AnyRef::from(curve)),
        (None, true) => Some(AnyRef::NULL),
        (None, false) => None,
    };
    let info = SubjectPublicKeyInfoRef {
        algorithm: AlgorithmIdentifierRef { oid, parameters },
        subject_public_key: BitStringRef::from_bytes(raw).map_err(|e| KeyError::Encoding(e.to_string()))?,
    };
    let spki = info.to_der().map_err(|e| KeyError::Encoding(e.to_string()))?;
    Ok(Normal { scheme, spki, raw: raw.to_vec() })
}

/// Every string of the right length is a key (FIPS 204, algorithm 23); parameters are absent (RFC 9881).
fn ml_dsa(scheme: Scheme, raw: &[u8], want: usize, oid: ObjectIdentifier) -> Result<ObjectIdentifier, KeyError> {
    expect_length(scheme, raw, want)?;
    if post_quantum::BUILT { Ok(oid) } else { Err(KeyError::NotBuilt { scheme }) }
}

/// What DER puts before the bytes of a key, for the schemes whose keys have one length: nothing in it varies, so a key
/// is these bytes and its own. Most keys of most roots are such, and a client parses seven in each of a thousand.
const PREFIXES: [(Scheme, &[u8]); 3] = [
    (Scheme::Ed25519, &[0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00]),
    (
        Scheme::EcdsaP256,
        &[
            0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48,
            0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
        ],
    ),
    (
        Scheme::EcdsaP384,
        &[
            0x30, 0x76, 0x30, 0x10, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x05, 0x2b, 0x81, 0x04,
            0x00, 0x22, 0x03, 0x62, 0x00,
        ],
    ),
];

/// The key in DER of exactly that form; anything else is for the DER reader to judge.
fn fixed(der: &[u8]) -> Option<(Scheme, &[u8])> {
    PREFIXES.iter().find_map(|(scheme, prefix)| {
        let (raw, inside) = (der.strip_prefix(*prefix)?, prefix.get(1).copied()?);
        (usize::from(inside) == der.len().saturating_sub(2)).then_some((*scheme, raw))
    })
}

fn expect_length(scheme: Scheme, raw: &[u8], want: usize) -> Result<(), KeyError> {
    if raw.len() == want { Ok(()) } else { Err(KeyError::Length { scheme, want, found: raw.len() }) }
}

/// A compressed or hybrid point is refused rather than rewritten: no TUF writer makes one, ring does not take one, and
/// a second spelling of a key is a second chance to be counted.
fn uncompressed(scheme: Scheme, raw: &[u8], want: usize) -> Result<ObjectIdentifier, KeyError> {
    match raw.first() {
        Some(4) => expect_length(scheme, raw, want).map(|()| EC),
        Some(2 | 3) => Err(KeyError::CompressedPoint),
        _ if raw.len() == want => Err(KeyError::Encoding("the point is not in uncompressed form".into())),
        _ => Err(KeyError::Length { scheme, want, found: raw.len() }),
    }
}

#[derive(Sequence)]
struct RsaPublicKey<'a> {
    modulus: UintRef<'a>,
    exponent: UintRef<'a>,
}

/// Bounds before ring sees the key: a 65,536-bit modulus is a way to burn a client's processor, and e = 1 makes every
/// signature valid.
fn check_rsa(raw: &[u8]) -> Result<(), KeyError> {
    let key = RsaPublicKey::from_der(raw).map_err(|e| KeyError::Encoding(e.to_string()))?;
    let n = key.modulus.as_bytes();
    let leading = n.first().map_or(0, |b| b.leading_zeros());
    let bits = n.len().saturating_mul(8).saturating_sub(usize::try_from(leading).unwrap_or(0));
    if !(2048..=8192).contains(&bits) {
        return Err(KeyError::RsaSize { bits });
    }
    let e = key.exponent.as_bytes();
    let value = e.iter().take(8).fold(0u64, |acc, b| acc.wrapping_shl(8) | u64::from(*b));
    if e.len() > 5 || !(65_537..=(1 << 33)).contains(&value) || value & 1 == 0 {
        return Err(KeyError::RsaExponent);
    }
    Ok(())
}

/// The encodings of the points of order 1, 2, 4 and 8 (sign bit cleared), canonical or not. A key among them accepts
/// a signature over any message.
fn small_order(raw: &[u8]) -> bool {
    const POINTS: [&str; 7] = [
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ];
    // Nearly every key is told apart by its first byte.
    if !matches!(raw.first(), Some(0x00 | 0x01 | 0x26 | 0xc7 | 0xec | 0xed | 0xee)) {
        return false;
    }
    let mut y = raw.to_vec();
    if let Some(last) = y.last_mut() {
        *last &= 0x7f;
    }
    POINTS.contains(&hex::encode(y).as_str())
}
