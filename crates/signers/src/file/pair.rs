//! One key pair as PKCS#8, signed with by ring.

use p256::pkcs8::EncodePrivateKey;
use pkcs8::{ObjectIdentifier, PrivateKeyInfoRef};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair};
use tuffet_keys::{PublicKey, Scheme};
use zeroize::Zeroizing;

/// A private key in DER, and its public half as *derived from it*, never as read from beside it.
pub(crate) struct Pair {
    pub(crate) public: PublicKey,
    pkcs8: Zeroizing<Vec<u8>>,
}

impl Pair {
    /// The pair of a PKCS#8 document, or what it is instead.
    pub(crate) fn from_pkcs8(der: Zeroizing<Vec<u8>>) -> Result<Self, String> {
        let info = PrivateKeyInfoRef::try_from(der.as_slice()).map_err(|_| "no PKCS#8 document".to_owned())?;
        let curve = info.algorithm.parameters_oid();
        let public = match info.algorithm.oid {
            ED25519 => {
                let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(&der)
                    .map_err(|e| format!("a damaged Ed25519 key ({e})"))?;
                PublicKey::from_raw(Scheme::Ed25519, pair.public_key().as_ref())
            }
            EC if curve == Ok(P256) => {
                let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &der, &SystemRandom::new())
                    .map_err(|e| format!("a damaged P-256 key ({e})"))?;
                PublicKey::from_raw(Scheme::EcdsaP256, pair.public_key().as_ref())
            }
            EC => return Err("an elliptic-curve key that is not P-256".to_owned()),
            other => return Err(format!("algorithm {other}")),
        };
        let public = public.map_err(|e| e.to_string())?;
        Ok(Self { public, pkcs8: der })
    }

    /// The pair a seed stands for; `None` for a scheme key files do not hold.
    pub(crate) fn from_seed(scheme: Scheme, seed: &Zeroizing<[u8; 32]>) -> Option<Self> {
        let der = match scheme {
            Scheme::Ed25519 => {
                // PKCS#8 v1. ring and RustCrypto write v2, which OpenSSL 3 and older Pythons refuse.
                let mut der = Zeroizing::new(Vec::with_capacity(ED25519_V1.len() + seed.len()));
                der.extend_from_slice(&ED25519_V1);
                der.extend_from_slice(seed.as_slice());
                der
            }
            Scheme::EcdsaP256 => {
                let document = p256_scalar(seed)?.to_pkcs8_der().ok()?;
                Zeroizing::new(document.as_bytes().to_vec())
            }
            _ => return None,
        };
        Self::from_pkcs8(der).ok()
    }

    pub(crate) fn pkcs8(&self) -> &[u8] {
        &self.pkcs8
    }

    pub(crate) fn sign(&self, message: &[u8]) -> Option<Vec<u8>> {
        match self.public.scheme() {
            Scheme::Ed25519 => {
                let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(&self.pkcs8).ok()?;
                Some(pair.sign(message).as_ref().to_vec())
            }
            Scheme::EcdsaP256 => {
                let random = SystemRandom::new();
                let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &self.pkcs8, &random).ok()?;
                Some(pair.sign(&random, message).ok()?.as_ref().to_vec())
            }
            _ => None,
        }
    }
}

/// The seed itself where it is a scalar of P-256 (all but one in 2^32 are), else the first hash of it that is.
fn p256_scalar(seed: &Zeroizing<[u8; 32]>) -> Option<p256::SecretKey> {
    let mut candidate = seed.clone();
    for _ in 0..16 {
        if let Ok(key) = p256::SecretKey::from_slice(candidate.as_slice()) {
            return Some(key);
        }
        candidate = Zeroizing::new(*tuffet_keys::sha256(candidate.as_slice()).as_bytes());
    }
    None
}

const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");

/// SEQUENCE { INTEGER 0, SEQUENCE { OID Ed25519 }, OCTET STRING { OCTET STRING of 32 bytes } } up to those bytes.
const ED25519_V1: [u8; 16] =
    [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];
