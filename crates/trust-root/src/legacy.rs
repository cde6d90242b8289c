//! The targets before trusted_root.json: one certificate chain or one public key in PEM (`fulcio.crt.pem`, `rekor.pub`).

use std::fmt;

use tuffet_certificates::{Certificate, Spki};

use crate::chain::LONGEST_CHAIN;
use crate::pem_file;
use crate::shown;

/// What such a file holds. `Display` says it whole, for people to compare.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LegacyTarget {
    /// Certificates, in the order of the file.
    Certificates(Vec<Certificate>),
    /// A public key.
    PublicKey(LegacyKey),
}

/// The key of a `PUBLIC KEY` or `RSA PUBLIC KEY` file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LegacyKey(Spki);

impl LegacyKey {
    pub(crate) fn spki(&self) -> &Spki {
        &self.0
    }
}

impl LegacyTarget {
    /// Reads one, as strictly as composing does (TR1); `None` for anything else.
    #[must_use]
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        if let Ok(certificates) = pem_file::certificates(bytes, LONGEST_CHAIN) {
            return Some(Self::Certificates(certificates));
        }
        pem_file::public_key(bytes).ok().map(|key| Self::PublicKey(LegacyKey(key)))
    }

    /// `a public key`
    #[must_use]
    pub fn words(&self) -> &'static str {
        match self {
            Self::Certificates(chain) if chain.len() == 1 => "a certificate",
            Self::Certificates(_) => "certificates",
            Self::PublicKey(_) => "a public key",
        }
    }
}

impl fmt::Display for LegacyTarget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Certificates(chain) => {
                for (at, certificate) in chain.iter().enumerate() {
                    let separator = if at == 0 { "" } else { "; " };
                    let key = shown::sha256(certificate.key().der());
                    write!(f, "{separator}{}, key SHA-256 {key}", shown::certificate(certificate))?;
                }
                Ok(())
            }
            Self::PublicKey(LegacyKey(key)) => write!(f, "{}, SHA-256 {}", key.algorithm(), shown::sha256(key.der())),
        }
    }
}
