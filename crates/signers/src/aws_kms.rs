//! Keys in AWS KMS: the private half lies in Amazon's HSMs, and whoever holds the credentials signs with it.
//!
//! Credentials come from where every AWS program finds them (environment, profile, the machine's role): never from the
//! URI, and this crate keeps none. KMS attests nothing to the public, so there is no evidence.

mod algorithm;
mod failure;
mod service;

use crate::checked::{MadeBy, checked};
use crate::printable::printable;
use crate::{CreateError, Holder, HolderKind, Key, KmsUri, TokenError, TokenProblem};
use algorithm::Algorithm;
use aws_sdk_kms::config::Credentials;
pub(crate) use service::Patience;
use service::Service;
use tuffet_keys::{PublicKey, Sign, SignError};

/// A key in AWS KMS.
pub struct KmsKey {
    service: Service,
    /// The key's ARN as KMS gave it. An alias can be pointed at another key between opening and signing.
    arn: String,
    public: PublicKey,
    algorithm: Algorithm,
    claims: Vec<String>,
    description: String,
}

impl KmsKey {
    /// Asks KMS for the key's state and public half.
    ///
    /// # Errors
    /// [`TokenError`]; KMS was not asked to sign.
    pub fn open(uri: &KmsUri) -> Result<Self, TokenError> {
        Self::open_as(uri, None, Patience::USUAL)
    }

    /// With these credentials, or those that are found.
    pub(crate) fn open_as(
        uri: &KmsUri,
        credentials: Option<Credentials>,
        patience: Patience,
    ) -> Result<Self, TokenError> {
        Self::find(uri, credentials, patience).map_err(|problem| problem.at(&uri.to_string()))
    }

    fn find(uri: &KmsUri, credentials: Option<Credentials>, patience: Patience) -> Result<Self, TokenProblem> {
        let service = Service::connect(uri, credentials, patience)?;
        let claims = service.claims(&uri.key)?;
        let shown = service.public_key(&uri.key)?;
        let (public, algorithm) = Algorithm::of(&shown, uri.scheme)?;
        let arn = shown.key_id.filter(|arn| !arn.is_empty()).unwrap_or_else(|| uri.key.clone());
        let description = format!("AWS KMS key {}", uri.key);
        Ok(Self { service, arn, public, algorithm, claims, description })
    }

    /// KMS makes keys, with policies and costs that belong to its own tools.
    pub(crate) fn not_made_here(uri: &KmsUri) -> CreateError {
        CreateError::NotMadeHere {
            device: uri.to_string(),
            hint: "make one with: aws kms create-key --key-usage SIGN_VERIFY --key-spec ECC_NIST_P256",
        }
    }
}

impl Sign for KmsKey {
    fn public_key(&self) -> &PublicKey {
        &self.public
    }

    fn describe(&self) -> String {
        self.description.clone()
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        algorithm::check_payload(&self.description, self.public.scheme(), message.len())?;
        let signature = self.service.sign(&self.arn, &self.algorithm, message);
        let signature = signature.map_err(|problem| SignError::from(problem.at(&self.description)))?;
        checked(&self.description, MadeBy::Device, &self.public, message, signature)
    }
}

impl Key for KmsKey {
    fn holder(&self) -> Holder {
        Holder {
            place: Some(printable(&self.arn, 200)),
            claims: self.claims.clone(),
            ..Holder::new(HolderKind::AwsKms)
        }
    }
}
