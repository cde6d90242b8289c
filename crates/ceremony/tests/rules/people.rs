//! Keys from a seed behind the one interface.

use ed25519_dalek::Signer as _;
use std::cell::Cell;
use tuffet_keys::{PublicKey, Scheme, Sign, SignError};

enum Secret {
    Ed25519(Box<ed25519_dalek::SigningKey>),
    P256(p256::ecdsa::SigningKey),
}

/// A key that exists in tests only.
pub(crate) struct Key {
    secret: Secret,
    public: PublicKey,
    /// Times it was asked.
    pub(crate) asked: Cell<u32>,
    /// A device that flips a bit in what it signs (K11).
    pub(crate) faulty: bool,
}

impl Key {
    pub(crate) fn ed25519(seed: u8) -> Self {
        let secret = ed25519_dalek::SigningKey::from_bytes(&[seed; 32]);
        let public = PublicKey::from_raw(Scheme::Ed25519, secret.verifying_key().as_bytes()).unwrap();
        Self { secret: Secret::Ed25519(Box::new(secret)), public, asked: Cell::new(0), faulty: false }
    }

    pub(crate) fn p256(seed: u8) -> Self {
        let secret = p256::ecdsa::SigningKey::from_slice(&[seed; 32]).unwrap();
        let point = secret.verifying_key().to_sec1_point(false);
        let public = PublicKey::from_raw(Scheme::EcdsaP256, point.as_bytes()).unwrap();
        Self { secret: Secret::P256(secret), public, asked: Cell::new(0), faulty: false }
    }

    pub(crate) fn fingerprint(&self) -> String {
        self.public.fingerprint().to_string()
    }
}

impl Sign for Key {
    fn public_key(&self) -> &PublicKey {
        &self.public
    }

    fn describe(&self) -> String {
        "test key".into()
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        self.asked.set(self.asked.get() + 1);
        let mut signature = match &self.secret {
            Secret::Ed25519(key) => key.sign(message).to_bytes().to_vec(),
            Secret::P256(key) => {
                let signature: p256::ecdsa::Signature = key.sign(message);
                signature.to_der().as_bytes().to_vec()
            }
        };
        if self.faulty {
            signature[40] ^= 1;
        }
        Ok(signature)
    }
}
