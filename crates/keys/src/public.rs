//! A public key, its fingerprint, and the check of one signature.

use crate::encoding::{self, Encoding, Normal};
use crate::{Scheme, Sha256, post_quantum, sha256};
use ring::signature::UnparsedPublicKey;
use std::fmt;

/// A public key that can check signatures, in one normal form whatever spelling it came in.
///
/// Two keys are equal when key and scheme are; two *spellings* of one key give equal values.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey {
    scheme: Scheme,
    spki: Vec<u8>,
    raw: Vec<u8>,
    fingerprint: Fingerprint,
}

/// Which key it is: SHA-256 of the DER SubjectPublicKeyInfo, the same for every spelling, keyid and file.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(Sha256);

/// The signature is not by this key over these bytes. It says no more: ring tells no more, and an attacker should
/// not learn more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the signature is not valid for this key and payload")]
pub struct SignatureInvalid;

/// Why some bytes or text are not a usable public key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The pair is unknown, or names two algorithms (F18).
    #[error("keytype `{}` with scheme `{}` is not supported (F18)", keytype.escape_debug(), scheme.escape_debug())]
    Unsupported {
        /// `keytype` as written.
        keytype: String,
        /// `scheme` as written.
        scheme: String,
    },
    /// The PEM armour is broken or of another type.
    #[error("expected one PEM block PUBLIC KEY, found {}", .0.escape_debug())]
    Pem(String),
    /// The text is not hex.
    #[error("expected hex, found a character that is not")]
    Hex,
    /// DER that does not decode.
    #[error("the key is not a DER SubjectPublicKeyInfo: {0}")]
    Encoding(String),
    /// A SubjectPublicKeyInfo of an algorithm this crate does not verify.
    #[error("expected Ed25519, ECDSA P-256 or P-384, RSA or ML-DSA, found algorithm {0}")]
    Algorithm(String),
    /// The file says one scheme, the key is of another.
    #[error("expected a key for {want}, found one for {found} (F18)")]
    SchemeMismatch {
        /// The scheme the file names.
        want: Scheme,
        /// The scheme the key is for.
        found: Scheme,
    },
    /// Raw key bytes of a wrong length.
    #[error("{scheme}: expected {want} bytes of key, found {found} (F17)")]
    Length {
        /// The scheme.
        scheme: Scheme,
        /// Bytes a key of this scheme has.
        want: usize,
        /// Bytes found.
        found: usize,
    },
    /// An elliptic-curve point in compressed form.
    #[error("expected an uncompressed point, found a compressed one (F17)")]
    CompressedPoint,
    /// An Ed25519 key of small order: anyone can sign for it.
    #[error("the Ed25519 key has small order: it accepts signatures nobody made (F17)")]
    SmallOrder,
    /// A scheme this build leaves out.
    #[error("{scheme}: this build has no post-quantum signatures (feature `post-quantum`)")]
    NotBuilt {
        /// The scheme.
        scheme: Scheme,
    },
    /// RSA modulus out of bounds.
    #[error("RSA: expected 2048 to 8192 bits, found {bits} (F17)")]
    RsaSize {
        /// Bits of the modulus.
        bits: usize,
    },
    /// RSA exponent out of bounds.
    #[error("RSA: expected an odd public exponent from 65537 to 2^33 (F17)")]
    RsaExponent,
}

impl PublicKey {
    /// The key a metadata file writes as `keytype`, `scheme` and `keyval.public` (TUF §4.2.2).
    ///
    /// # Errors
    /// Any [`KeyError`]; the key is then unusable, which never fails the file by itself.
    pub fn from_tuf(keytype: &str, scheme: &str, public: &str) -> Result<Self, KeyError> {
        let want = Scheme::from_tuf(keytype, scheme)
            .ok_or_else(|| KeyError::Unsupported { keytype: keytype.into(), scheme: scheme.into() })?;
        match (want, Encoding::of(public)) {
            (Scheme::Ed25519 | Scheme::EcdsaP256 | Scheme::EcdsaP384, Encoding::Hex) => {
                let raw = hex::decode(public).map_err(|_| KeyError::Hex)?;
                encoding::from_raw(want, &raw).map(Self::from)
            }
            (Scheme::Ed25519, Encoding::Pem) => Err(KeyError::Hex),
            _ => encoding::from_spki(&unarmour(public)?, Some(want)).map(Self::from),
        }
    }

    /// The key of a PEM `PUBLIC KEY` block. An RSA key is taken for RSA-PSS with SHA-256.
    ///
    /// # Errors
    /// Any [`KeyError`].
    pub fn from_pem(text: &str) -> Result<Self, KeyError> {
        encoding::from_spki(&unarmour(text)?, None).map(Self::from)
    }

    /// The key of a DER SubjectPublicKeyInfo. An RSA key is taken for RSA-PSS with SHA-256.
    ///
    /// # Errors
    /// Any [`KeyError`].
    pub fn from_spki_der(der: &[u8]) -> Result<Self, KeyError> {
        encoding::from_spki(der, None).map(Self::from)
    }

    /// The key of `scheme` whose inner bytes these are: 32 bytes of Ed25519, an uncompressed point, PKCS#1 of RSA.
    ///
    /// # Errors
    /// Any [`KeyError`].
    pub fn from_raw(scheme: Scheme, raw: &[u8]) -> Result<Self, KeyError> {
        encoding::from_raw(scheme, raw).map(Self::from)
    }

    /// The scheme this key verifies.
    #[must_use]
    pub fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// The DER SubjectPublicKeyInfo in normal form.
    #[must_use]
    pub fn spki_der(&self) -> &[u8] {
        &self.spki
    }

    /// The inner bytes.
    pub(crate) fn raw(&self) -> &[u8] {
        &self.raw
    }

    /// SHA-256 of [`spki_der`](Self::spki_der).
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }

    /// The key as PEM, lines of 64, LF, a final newline.
    #[must_use]
    pub fn to_pem(&self) -> String {
        let config = pem::EncodeConfig::new().set_line_ending(pem::LineEnding::LF);
        pem::encode_config(&pem::Pem::new(PEM_LABEL, self.spki.clone()), config)
    }

    /// The text new metadata writes as `keyval.public`: hex for Ed25519, PEM for the others.
    #[must_use]
    pub fn to_tuf_public(&self) -> String {
        if self.scheme == Scheme::Ed25519 { hex::encode(&self.raw) } else { self.to_pem() }
    }

    /// Checks one signature over `message`, the canonical bytes whatever the scheme makes of them
    /// ([`Scheme::message`]). High S is accepted: half of the production root signatures have it.
    ///
    /// # Errors
    /// [`SignatureInvalid`], for whatever reason.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), SignatureInvalid> {
        match self.scheme.ring() {
            Some(ring) => {
                UnparsedPublicKey::new(ring, &self.raw).verify(message, signature).map_err(|_| SignatureInvalid)
            }
            None => post_quantum::verify(self.scheme, &self.raw, &self.scheme.message(message), signature),
        }
    }
}

impl From<Normal> for PublicKey {
    fn from(normal: Normal) -> Self {
        // Hashed once: a hostile file can list one key in thousands of roles.
        let fingerprint = Fingerprint(sha256(&normal.spki));
        Self { scheme: normal.scheme, spki: normal.spki, raw: normal.raw, fingerprint }
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.scheme, self.fingerprint())
    }
}

impl Fingerprint {
    /// Reads 64 characters of lower-case hex.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        Sha256::from_hex(text).map(Self)
    }

    /// The 32 bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    /// The first 16 hex characters, for tables read by people. Never compare these.
    #[must_use]
    pub fn short(&self) -> String {
        self.0.to_string().chars().take(16).collect()
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

fn unarmour(text: &str) -> Result<Vec<u8>, KeyError> {
    let blocks = pem::parse_many(text).map_err(|e| KeyError::Pem(e.to_string()))?;
    match blocks.as_slice() {
        [one] if one.tag() == PEM_LABEL => Ok(one.contents().to_vec()),
        [one] => Err(KeyError::Pem(one.tag().to_owned())),
        many => Err(KeyError::Pem(format!("{} blocks", many.len()))),
    }
}

const PEM_LABEL: &str = "PUBLIC KEY";
