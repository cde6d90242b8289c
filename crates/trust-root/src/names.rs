//! The words of the format: media types, hash algorithms, key details.

use tuffet_certificates::KeyAlgorithm;

macro_rules! names {
    ($(#[$doc:meta])* $enum:ident { $($(#[$member_doc:meta])* $member:ident = $name:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[non_exhaustive]
        pub enum $enum { $($(#[$member_doc])* $member,)* }

        impl $enum {
            /// The name as the file writes it.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$member => $name,)* }
            }

            pub(crate) fn from_name(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$member),)* _ => None }
            }
        }
    };
}

names! {
    /// The media type of a trusted root.
    MediaType {
        /// What every published root uses, and the only one Go and Python accept.
        V01 = "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
        /// Version 0.1 in the later spelling.
        V01Json = "application/vnd.dev.sigstore.trustedroot.v0.1+json",
        /// Version 0.2, which adds `operator`.
        V02 = "application/vnd.dev.sigstore.trustedroot.v0.2+json",
    }
}

names! {
    /// The hash of a log's Merkle tree.
    HashAlgorithm {
        /// SHA-256, the only one that Go accepts in a log.
        Sha2_256 = "SHA2_256",
        /// SHA-384.
        Sha2_384 = "SHA2_384",
        /// SHA-512.
        Sha2_512 = "SHA2_512",
        /// SHA3-256.
        Sha3_256 = "SHA3_256",
        /// SHA3-384.
        Sha3_384 = "SHA3_384",
    }
}

names! {
    /// Key and signature scheme in one name, as the protobuf enumeration `PublicKeyDetails` has them.
    KeyDetails {
        /// RSA in PKCS#1, signing with PKCS#1 v1.5 (old).
        Pkcs1RsaPkcs1v5 = "PKCS1_RSA_PKCS1V5",
        /// RSA in PKCS#1, signing with PSS (old).
        Pkcs1RsaPss = "PKCS1_RSA_PSS",
        /// RSA, signing with PKCS#1 v1.5 (old).
        RsaPkcs1v5 = "PKIX_RSA_PKCS1V5",
        /// RSA, signing with PSS (old).
        RsaPss = "PKIX_RSA_PSS",
        /// RSA 2048, PKCS#1 v1.5, SHA-256.
        RsaPkcs1v15_2048 = "PKIX_RSA_PKCS1V15_2048_SHA256",
        /// RSA 3072, PKCS#1 v1.5, SHA-256.
        RsaPkcs1v15_3072 = "PKIX_RSA_PKCS1V15_3072_SHA256",
        /// RSA 4096, PKCS#1 v1.5, SHA-256.
        RsaPkcs1v15_4096 = "PKIX_RSA_PKCS1V15_4096_SHA256",
        /// RSA 2048, PSS, SHA-256.
        RsaPss2048 = "PKIX_RSA_PSS_2048_SHA256",
        /// RSA 3072, PSS, SHA-256.
        RsaPss3072 = "PKIX_RSA_PSS_3072_SHA256",
        /// RSA 4096, PSS, SHA-256.
        RsaPss4096 = "PKIX_RSA_PSS_4096_SHA256",
        /// ECDSA P-256, deterministic, SHA-256 (old).
        EcdsaP256Hmac = "PKIX_ECDSA_P256_HMAC_SHA_256",
        /// ECDSA P-256, SHA-256.
        EcdsaP256 = "PKIX_ECDSA_P256_SHA_256",
        /// ECDSA P-384, SHA-384.
        EcdsaP384 = "PKIX_ECDSA_P384_SHA_384",
        /// ECDSA P-521, SHA-512.
        EcdsaP521 = "PKIX_ECDSA_P521_SHA_512",
        /// ECDSA P-384, SHA-256 (old).
        EcdsaP384Sha256 = "PKIX_ECDSA_P384_SHA_256",
        /// ECDSA P-521, SHA-256 (old).
        EcdsaP521Sha256 = "PKIX_ECDSA_P521_SHA_256",
        /// Ed25519.
        Ed25519 = "PKIX_ED25519",
        /// Ed25519 over a digest.
        Ed25519ph = "PKIX_ED25519_PH",
        /// LMS, SHA-256.
        Lms = "LMS_SHA256",
        /// LM-OTS, SHA-256.
        Lmots = "LMOTS_SHA256",
        /// ML-DSA-65.
        MlDsa65 = "ML_DSA_65",
        /// ML-DSA-87.
        MlDsa87 = "ML_DSA_87",
    }
}

impl KeyDetails {
    /// The name a new entry gets; `None` for a key some client cannot use, for which Go rejects the whole root.
    pub(crate) fn of(algorithm: &KeyAlgorithm) -> Option<Self> {
        match algorithm {
            KeyAlgorithm::EcdsaP256 => Some(Self::EcdsaP256),
            KeyAlgorithm::EcdsaP384 => Some(Self::EcdsaP384),
            KeyAlgorithm::EcdsaP521 => Some(Self::EcdsaP521),
            KeyAlgorithm::Rsa { bits: 2048 } => Some(Self::RsaPkcs1v15_2048),
            KeyAlgorithm::Rsa { bits: 3072 } => Some(Self::RsaPkcs1v15_3072),
            KeyAlgorithm::Rsa { bits: 4096 } => Some(Self::RsaPkcs1v15_4096),
            KeyAlgorithm::Ed25519 => Some(Self::Ed25519),
            KeyAlgorithm::Rsa { .. } | KeyAlgorithm::Other(_) => None,
        }
    }

    pub(crate) fn is_pkcs1(self) -> bool {
        matches!(self, Self::Pkcs1RsaPkcs1v5 | Self::Pkcs1RsaPss)
    }

    /// Whether a key of this algorithm may bear this name.
    pub(crate) fn fits(self, algorithm: &KeyAlgorithm) -> bool {
        match self {
            Self::Pkcs1RsaPkcs1v5 | Self::Pkcs1RsaPss | Self::RsaPkcs1v5 | Self::RsaPss => {
                matches!(algorithm, KeyAlgorithm::Rsa { .. })
            }
            Self::RsaPkcs1v15_2048 | Self::RsaPss2048 => *algorithm == KeyAlgorithm::Rsa { bits: 2048 },
            Self::RsaPkcs1v15_3072 | Self::RsaPss3072 => *algorithm == KeyAlgorithm::Rsa { bits: 3072 },
            Self::RsaPkcs1v15_4096 | Self::RsaPss4096 => *algorithm == KeyAlgorithm::Rsa { bits: 4096 },
            Self::EcdsaP256Hmac | Self::EcdsaP256 => *algorithm == KeyAlgorithm::EcdsaP256,
            Self::EcdsaP384 | Self::EcdsaP384Sha256 => *algorithm == KeyAlgorithm::EcdsaP384,
            Self::EcdsaP521 | Self::EcdsaP521Sha256 => *algorithm == KeyAlgorithm::EcdsaP521,
            Self::Ed25519 | Self::Ed25519ph => *algorithm == KeyAlgorithm::Ed25519,
            Self::Lms | Self::Lmots | Self::MlDsa65 | Self::MlDsa87 => {
                matches!(algorithm, KeyAlgorithm::Other(_))
            }
        }
    }
}
