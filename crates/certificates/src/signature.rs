//! One certificate's signature, checked with its issuer's key.

use der::asn1::ObjectIdentifier;
use ring::signature::{self as algorithms, UnparsedPublicKey, VerificationAlgorithm};

use crate::{Certificate, KeyAlgorithm};

/// Why a signature does not count.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignatureProblem {
    /// Two algorithms named for one signature.
    #[error("two algorithms named for one signature: {signed} signed, {outer} outside")]
    TwoAlgorithms {
        /// The OID in the signed part.
        signed: String,
        /// The OID beside the signature.
        outer: String,
    },
    /// An algorithm that is not verified here: the OID, and the issuer's key.
    #[error("a signature algorithm that is not verified here: {0}")]
    Algorithm(String),
    /// Not made with the issuer's key.
    #[error("a signature that does not verify")]
    Invalid,
}

pub(crate) fn check(certificate: &Certificate, issuer: &Certificate) -> Result<(), SignatureProblem> {
    let x509 = certificate.x509();
    let (signed, outer) = (x509.tbs_certificate().signature(), x509.signature_algorithm());
    // The outer name is not signed: it could be exchanged for a weaker algorithm.
    if signed != outer {
        return Err(SignatureProblem::TwoAlgorithms { signed: signed.oid.to_string(), outer: outer.oid.to_string() });
    }
    let algorithm = algorithm(outer.oid, issuer.key_algorithm()).ok_or_else(|| {
        SignatureProblem::Algorithm(format!("{} with an issuer's key {}", outer.oid, issuer.key_algorithm()))
    })?;
    let signature = x509.signature().as_bytes().ok_or(SignatureProblem::Invalid)?;
    let key = UnparsedPublicKey::new(algorithm, issuer.key().raw());
    key.verify(certificate.signed(), signature).map_err(|_| SignatureProblem::Invalid)
}

/// By both the signature's name and the key: a name alone would let an RSA key be read as a point.
fn algorithm(oid: ObjectIdentifier, key: &KeyAlgorithm) -> Option<&'static dyn VerificationAlgorithm> {
    match (oid, key) {
        (ECDSA_SHA256, KeyAlgorithm::EcdsaP256) => Some(&algorithms::ECDSA_P256_SHA256_ASN1),
        (ECDSA_SHA384, KeyAlgorithm::EcdsaP256) => Some(&algorithms::ECDSA_P256_SHA384_ASN1),
        (ECDSA_SHA256, KeyAlgorithm::EcdsaP384) => Some(&algorithms::ECDSA_P384_SHA256_ASN1),
        (ECDSA_SHA384, KeyAlgorithm::EcdsaP384) => Some(&algorithms::ECDSA_P384_SHA384_ASN1),
        (RSA_SHA256, KeyAlgorithm::Rsa { .. }) => Some(&algorithms::RSA_PKCS1_2048_8192_SHA256),
        (RSA_SHA384, KeyAlgorithm::Rsa { .. }) => Some(&algorithms::RSA_PKCS1_2048_8192_SHA384),
        (RSA_SHA512, KeyAlgorithm::Rsa { .. }) => Some(&algorithms::RSA_PKCS1_2048_8192_SHA512),
        (ED25519, KeyAlgorithm::Ed25519) => Some(&algorithms::ED25519),
        _ => None,
    }
}

const ECDSA_SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.2");
const ECDSA_SHA384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.4.3.3");
const RSA_SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.11");
const RSA_SHA384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.12");
const RSA_SHA512: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.13");
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
