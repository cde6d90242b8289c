//! A transparency log or CT log of a trust root, its key and its id.

use std::fmt;

use ring::digest::{SHA256, digest};

use crate::names::{HashAlgorithm, KeyDetails};
use crate::time::Window;
use tuffet_certificates::{KeyAlgorithm, Spki};

/// A log: Rekor in `tlogs`, a certificate transparency log in `ctlogs`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransparencyLog {
    pub(crate) base_url: String,
    pub(crate) hash_algorithm: HashAlgorithm,
    pub(crate) public_key: LogKey,
    pub(crate) log_id: LogId,
    pub(crate) checkpoint_key_id: Option<Vec<u8>>,
    pub(crate) operator: Option<String>,
}

impl TransparencyLog {
    /// The address as written.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The hash of the log's Merkle tree.
    pub fn hash_algorithm(&self) -> HashAlgorithm {
        self.hash_algorithm
    }

    /// The key that signs the log's checkpoints and promises.
    pub fn public_key(&self) -> &LogKey {
        &self.public_key
    }

    /// The id that log entries name.
    pub fn log_id(&self) -> &LogId {
        &self.log_id
    }

    /// When the key was the log's.
    pub fn valid_for(&self) -> &Window {
        &self.public_key.valid_for
    }

    /// The checkpoint key id a file carries. Never written for a new log: four bytes of it break JavaScript clients.
    pub fn checkpoint_key_id(&self) -> Option<&[u8]> {
        self.checkpoint_key_id.as_deref()
    }

    /// Who operates the log (media type v0.2 only).
    pub fn operator(&self) -> Option<&str> {
        self.operator.as_deref()
    }

    /// The signed-note origin: host and path of the base URL, without scheme and trailing slash.
    pub fn origin(&self) -> &str {
        origin(&self.base_url)
    }

    /// By which rule the id follows from the key, or `None` if by neither: such a log verifies nothing.
    ///
    /// For ECDSA both rules give the same id.
    pub fn key_id_rule(&self) -> Option<KeyIdRule> {
        let key = &self.public_key.spki;
        if self.log_id == LogId::of_spki(key) {
            return Some(KeyIdRule::SpkiSha256);
        }
        let note = LogId::of_signed_note(key, self.origin());
        (note.as_ref() == Some(&self.log_id)).then_some(KeyIdRule::SignedNote)
    }
}

/// A log's public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogKey {
    /// As in the file: PKCS#1 where keyDetails says so.
    pub(crate) raw_bytes: Vec<u8>,
    pub(crate) spki: Spki,
    pub(crate) key_details: KeyDetails,
    pub(crate) valid_for: Window,
}

impl LogKey {
    /// The DER SubjectPublicKeyInfo, also for a key the file stores as PKCS#1.
    pub fn spki(&self) -> &[u8] {
        self.spki.der()
    }

    /// What kind of key it is.
    pub fn algorithm(&self) -> &KeyAlgorithm {
        self.spki.algorithm()
    }

    /// The enumeration's name for key and signature scheme.
    pub fn key_details(&self) -> KeyDetails {
        self.key_details
    }

    /// When the key was the log's.
    pub fn valid_for(&self) -> &Window {
        &self.valid_for
    }
}

/// The id by which entries name their log. `Display` writes hex.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LogId(pub(crate) Vec<u8>);

impl LogId {
    /// The bytes, 32 of them in every log known.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Rekor v1 and CT: SHA-256 over the SubjectPublicKeyInfo.
    pub(crate) fn of_spki(key: &Spki) -> Self {
        Self(digest(&SHA256, key.der()).as_ref().to_vec())
    }

    /// Rekor v2: the hash of the C2SP signed note, whole (the note's hint is its first four bytes).
    /// `None` for a key that signed notes do not know.
    pub(crate) fn of_signed_note(key: &Spki, origin: &str) -> Option<Self> {
        match key.algorithm() {
            KeyAlgorithm::Ed25519 => {
                let named = [origin.as_bytes(), b"\n\x01", key.raw()].concat();
                Some(Self(digest(&SHA256, &named).as_ref().to_vec()))
            }
            KeyAlgorithm::EcdsaP256 | KeyAlgorithm::EcdsaP384 | KeyAlgorithm::EcdsaP521 => Some(Self::of_spki(key)),
            KeyAlgorithm::Rsa { .. } | KeyAlgorithm::Other(_) => None,
        }
    }
}

impl fmt::Display for LogId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(&self.0))
    }
}

/// How a log id follows from the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyIdRule {
    /// SHA-256 over the SubjectPublicKeyInfo: Rekor v1, CT, and Rekor v2 with ECDSA.
    SpkiSha256,
    /// The C2SP signed-note hash over origin and key: Rekor v2 with Ed25519.
    SignedNote,
}

pub(crate) fn origin(base_url: &str) -> &str {
    let bare = base_url.split_once("://").map_or(base_url, |(_, rest)| rest);
    bare.strip_suffix('/').unwrap_or(bare)
}
