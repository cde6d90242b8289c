//! Which of KMS's algorithms is which scheme, and what of a payload is sent.

use crate::TokenProblem;
use crate::printable::printable;
use crate::uri::LONGEST_RAW;
use aws_sdk_kms::operation::get_public_key::GetPublicKeyOutput;
use aws_sdk_kms::types::{KeyUsageType, MessageType, SigningAlgorithmSpec};
use ring::digest;
use tuffet_keys::{KeyError, PublicKey, Scheme};

pub(crate) use crate::uri::check_kms_payload as check_payload;

/// How one key signs.
#[derive(Debug, Clone)]
pub(crate) struct Algorithm {
    pub(crate) spec: SigningAlgorithmSpec,
    digest: Option<&'static digest::Algorithm>,
}

impl Algorithm {
    /// Of the key that KMS shows. `wanted` is the scheme of the URI: an RSA key can sign under three.
    pub(crate) fn of(shown: &GetPublicKeyOutput, wanted: Option<Scheme>) -> Result<(PublicKey, Self), TokenProblem> {
        let unsupported = |what: &str, reason: String| TokenProblem::Unsupported { what: what.to_owned(), reason };
        if shown.key_usage() != Some(&KeyUsageType::SignVerify) {
            let usage = shown.key_usage().map_or("nothing", KeyUsageType::as_str);
            return Err(unsupported("signatures", format!("the key is for {}", printable(usage, 60))));
        }
        // What kind of key it is stands in the key. KMS says it again in a word, which not all that speak its protocol
        // send.
        let key = PublicKey::from_spki_der(shown.public_key().map(AsRef::as_ref).unwrap_or_default());
        let key = key.map_err(|e| match e {
            KeyError::Algorithm(_) => {
                unsupported("such keys", "TUF has schemes for Ed25519, P-256, P-384 and RSA".to_owned())
            }
            _ => TokenProblem::Garbage { reason: printable(&e.to_string(), 300) },
        })?;
        let own = key.scheme();
        let key = match wanted {
            None => key,
            Some(scheme) if scheme == own => key,
            // An RSA key signs under three, and its DER does not say which.
            Some(scheme) if scheme.keytype() == "rsa" && own.keytype() == "rsa" => {
                PublicKey::from_tuf("rsa", scheme.name(), &key.to_pem())
                    .map_err(|e| TokenProblem::Garbage { reason: printable(&e.to_string(), 300) })?
            }
            Some(scheme) => return Err(unsupported(&scheme.to_string(), format!("the key is for {own}"))),
        };
        let algorithm = Self::for_scheme(key.scheme()).ok_or_else(|| {
            unsupported(&key.scheme().to_string(), "KMS signs otherwise than TUF verifies".to_owned())
        })?;
        Ok((key, algorithm))
    }

    fn for_scheme(scheme: Scheme) -> Option<Self> {
        let (spec, digest) = match scheme {
            Scheme::Ed25519 => (SigningAlgorithmSpec::Ed25519Sha512, None),
            Scheme::EcdsaP384 => (SigningAlgorithmSpec::EcdsaSha384, Some(&digest::SHA384)),
            Scheme::RsaPssSha256 => (SigningAlgorithmSpec::RsassaPssSha256, Some(&digest::SHA256)),
            Scheme::RsaPssSha384 => (SigningAlgorithmSpec::RsassaPssSha384, Some(&digest::SHA384)),
            Scheme::RsaPssSha512 => (SigningAlgorithmSpec::RsassaPssSha512, Some(&digest::SHA512)),
            Scheme::EcdsaP256 => (SigningAlgorithmSpec::EcdsaSha256, Some(&digest::SHA256)),
            Scheme::MlDsa44 | Scheme::MlDsa65 | Scheme::MlDsa87 => return None,
        };
        Some(Self { spec, digest })
    }

    /// The payload itself as long as KMS takes it: then its log of calls and its own checks see what is signed. Else
    /// the digest.
    pub(crate) fn message(&self, payload: &[u8]) -> (MessageType, Vec<u8>) {
        match self.digest {
            Some(algorithm) if payload.len() > LONGEST_RAW || payload.is_empty() => {
                (MessageType::Digest, digest::digest(algorithm, payload).as_ref().to_vec())
            }
            _ => (MessageType::Raw, payload.to_vec()),
        }
    }
}
