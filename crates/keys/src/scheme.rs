//! Signature schemes, and which key types may use them (TUF §4.2, spec.md F18).

use ring::signature::{self as ring_sig, VerificationAlgorithm};
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
        }
    }

    /// The `keytype` new metadata gives a key of this scheme.
    #[must_use]
    pub fn keytype(self) -> &'static str {
        match self {
            Self::Ed25519 => "ed25519",
            Self::EcdsaP256 | Self::EcdsaP384 => "ecdsa",
            Self::RsaPssSha256 | Self::RsaPssSha384 | Self::RsaPssSha512 => "rsa",
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
        ];
        let found = all.into_iter().find(|s| s.name() == scheme)?;
        let legacy = matches!(found, Self::EcdsaP256 | Self::EcdsaP384) && keytype == found.name();
        (keytype == found.keytype() || legacy).then_some(found)
    }

    pub(crate) fn algorithm(self) -> &'static dyn VerificationAlgorithm {
        match self {
            Self::Ed25519 => &ring_sig::ED25519,
            Self::EcdsaP256 => &ring_sig::ECDSA_P256_SHA256_ASN1,
            Self::EcdsaP384 => &ring_sig::ECDSA_P384_SHA384_ASN1,
            Self::RsaPssSha256 => &ring_sig::RSA_PSS_2048_8192_SHA256,
            Self::RsaPssSha384 => &ring_sig::RSA_PSS_2048_8192_SHA384,
            Self::RsaPssSha512 => &ring_sig::RSA_PSS_2048_8192_SHA512,
        }
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
        })
    }
}
