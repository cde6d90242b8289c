//! Signature schemes, and which key types may use them (TUF §4.2, spec.md F18).

use crate::sha512;
use ring::signature::{self as ring_sig, VerificationAlgorithm};
use std::borrow::Cow;
use std::fmt;

/// A signature scheme this crate can verify.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scheme {
    /// Ed25519 over the message.
    Ed25519,
    /// ECDSA on P-256 over SHA-256, signature in DER.
    EcdsaP256,
    /// ECDSA on P-384 over SHA-384, signature in DER.
    EcdsaP384,
    /// RSA-PSS with SHA-256, 2048 to 8192 bits.
    RsaPssSha256,
    /// RSA-PSS with SHA-384, 2048 to 8192 bits.
    RsaPssSha384,
    /// RSA-PSS with SHA-512, 2048 to 8192 bits.
    RsaPssSha512,
    /// ML-DSA-44 over the prefixed SHA-512 of the message (TAP 21). Verified by builds with `post-quantum` only.
    MlDsa44,
    /// ML-DSA-65, as [`MlDsa44`](Self::MlDsa44).
    MlDsa65,
    /// ML-DSA-87, as [`MlDsa44`](Self::MlDsa44).
    MlDsa87,
}

/// What breaks a scheme: the two classes a hybrid root hedges between.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Class {
    /// Factoring and discrete logarithms: RSA, ECDSA, Ed25519.
    Classical,
    /// Lattices: ML-DSA.
    PostQuantum,
}

impl Scheme {
    /// The scheme's name in TUF metadata.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ed25519 => "ed25519",
            Self::EcdsaP256 => "ecdsa-sha2-nistp256",
            Self::EcdsaP384 => "ecdsa-sha2-nistp384",
            Self::RsaPssSha256 => "rsassa-pss-sha256",
            Self::RsaPssSha384 => "rsassa-pss-sha384",
            Self::RsaPssSha512 => "rsassa-pss-sha512",
            Self::MlDsa44 => "ml-dsa-44/1",
            Self::MlDsa65 => "ml-dsa-65/1",
            Self::MlDsa87 => "ml-dsa-87/1",
        }
    }

    /// Which class of problems it rests on.
    #[must_use]
    pub fn class(self) -> Class {
        match self {
            Self::MlDsa44 | Self::MlDsa65 | Self::MlDsa87 => Class::PostQuantum,
            _ => Class::Classical,
        }
    }

    /// What a key of this scheme signs for the canonical bytes `payload`: the payload itself, but for ML-DSA
    /// `tuf`, the protocol's version and SHA-512 of it (TAP 21, version 1), so that a device is sent 68 bytes.
    #[must_use]
    pub fn message(self, payload: &[u8]) -> Cow<'_, [u8]> {
        match self.class() {
            Class::Classical => Cow::Borrowed(payload),
            Class::PostQuantum => {
                let mut message = b"tuf\x01".to_vec();
                message.extend_from_slice(sha512(payload).as_bytes());
                Cow::Owned(message)
            }
        }
    }

    /// The `keytype` new metadata gives a key of this scheme.
    #[must_use]
    pub fn keytype(self) -> &'static str {
        match self {
            Self::Ed25519 => "ed25519",
            Self::EcdsaP256 | Self::EcdsaP384 => "ecdsa",
            Self::RsaPssSha256 | Self::RsaPssSha384 | Self::RsaPssSha512 => "rsa",
            Self::MlDsa44 | Self::MlDsa65 | Self::MlDsa87 => "ml-dsa",
        }
    }

    /// The scheme of a `keytype` and `scheme` pair, or `None` where the pair is unknown or contradicts itself. Older
    /// files write the scheme's name as the ECDSA key type.
    #[must_use]
    pub fn from_tuf(keytype: &str, scheme: &str) -> Option<Self> {
        let all = [
            Self::Ed25519,
            Self::EcdsaP256,
            Self::EcdsaP384,
            Self::RsaPssSha256,
            Self::RsaPssSha384,
            Self::RsaPssSha512,
            Self::MlDsa44,
            Self::MlDsa65,
            Self::MlDsa87,
        ];
        let found = all.into_iter().find(|s| s.name() == scheme)?;
        let legacy = matches!(found, Self::EcdsaP256 | Self::EcdsaP384) && keytype == found.name();
        (keytype == found.keytype() || legacy).then_some(found)
    }

    /// Ring's algorithm; `None` for the schemes it does not have.
    pub(crate) fn ring(self) -> Option<&'static dyn VerificationAlgorithm> {
        Some(match self {
            Self::Ed25519 => &ring_sig::ED25519,
            Self::EcdsaP256 => &ring_sig::ECDSA_P256_SHA256_ASN1,
            Self::EcdsaP384 => &ring_sig::ECDSA_P384_SHA384_ASN1,
            Self::RsaPssSha256 => &ring_sig::RSA_PSS_2048_8192_SHA256,
            Self::RsaPssSha384 => &ring_sig::RSA_PSS_2048_8192_SHA384,
            Self::RsaPssSha512 => &ring_sig::RSA_PSS_2048_8192_SHA512,
            Self::MlDsa44 | Self::MlDsa65 | Self::MlDsa87 => return None,
        })
    }
}

impl fmt::Display for Scheme {
    /// In words, as a person says it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Ed25519 => "Ed25519",
            Self::EcdsaP256 => "ECDSA P-256",
            Self::EcdsaP384 => "ECDSA P-384",
            Self::RsaPssSha256 => "RSA-PSS SHA-256",
            Self::RsaPssSha384 => "RSA-PSS SHA-384",
            Self::RsaPssSha512 => "RSA-PSS SHA-512",
            Self::MlDsa44 => "ML-DSA-44",
            Self::MlDsa65 => "ML-DSA-65",
            Self::MlDsa87 => "ML-DSA-87",
        })
    }
}
