//! Certificates as a device gave them: nothing in them is believed yet.

use crate::{Refused, Statement};
use tuffet_certificates::Certificate;
use tuffet_keys::PublicKey;

/// A chain of certificates in DER: the statement about the key first, the device's own next, then whatever leads
/// towards its maker's root. At most [`Evidence::LONGEST`].
///
/// ```
/// use tuffet_attestation::Evidence;
///
/// let evidence = Evidence::from_der(vec![vec![0x30, 0x00], vec![0x30, 0x00]])?;
/// assert_eq!(Evidence::from_pem(&evidence.to_pem())?, evidence);
/// # Ok::<(), tuffet_attestation::EvidenceError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    certificates: Vec<Vec<u8>>,
}

/// Why a file holds no evidence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EvidenceError {
    /// The PEM armour is broken.
    #[error("expected certificates in PEM, found {0}")]
    Armour(String),
    /// Another kind of block.
    #[error("expected a PEM block CERTIFICATE, found `{0}`")]
    Block(String),
    /// None, or more than any device gives.
    #[error("expected 2 to 8 certificates, found {0}")]
    Count(usize),
}

impl Evidence {
    /// More certificates than any device's chain has; each costs a signature check.
    pub const LONGEST: usize = 8;

    /// From DER, the statement about the key first.
    ///
    /// # Errors
    /// [`EvidenceError::Count`]
    pub fn from_der(certificates: Vec<Vec<u8>>) -> Result<Self, EvidenceError> {
        if (2..=Self::LONGEST).contains(&certificates.len()) {
            Ok(Self { certificates })
        } else {
            Err(EvidenceError::Count(certificates.len()))
        }
    }

    /// From a PEM file, the statement about the key first.
    ///
    /// # Errors
    /// Any [`EvidenceError`].
    pub fn from_pem(text: &str) -> Result<Self, EvidenceError> {
        let blocks = pem::parse_many(text).map_err(|e| EvidenceError::Armour(e.to_string()))?;
        if let Some(other) = blocks.iter().find(|block| block.tag() != CERTIFICATE) {
            return Err(EvidenceError::Block(other.tag().escape_debug().to_string()));
        }
        Self::from_der(blocks.into_iter().map(pem::Pem::into_contents).collect())
    }

    /// The PEM file.
    #[must_use]
    pub fn to_pem(&self) -> String {
        let blocks: Vec<_> = self.certificates.iter().map(|der| pem::Pem::new(CERTIFICATE, der.as_slice())).collect();
        pem::encode_many_config(&blocks, pem::EncodeConfig::new().set_line_ending(pem::LineEnding::LF))
    }

    /// The key the evidence claims to be about: for finding it, and believed by nobody.
    #[must_use]
    pub fn untrusted_key(&self) -> Option<PublicKey> {
        let statement = Certificate::from_der(self.certificates.first()?).ok()?;
        PublicKey::from_spki_der(statement.key().der()).ok()
    }

    /// What the evidence claims, before any signature is checked: for looking at it, and believed by nobody.
    ///
    /// # Errors
    /// [`Refused`]
    pub fn untrusted_statement(&self) -> Result<Statement, Refused> {
        let mut chain = Vec::new();
        for (position, der) in (1..).zip(self.certificates.iter().take(2)) {
            chain.push(Certificate::from_der(der).map_err(|reason| Refused::Certificate { position, reason })?);
        }
        let [statement, own] = chain.as_slice() else { return Err(Refused::NoStatement) };
        Statement::read(Statement::device(statement)?, statement, own)
    }

    /// The certificates in DER.
    #[must_use]
    pub fn certificates(&self) -> &[Vec<u8>] {
        &self.certificates
    }
}

const CERTIFICATE: &str = "CERTIFICATE";
