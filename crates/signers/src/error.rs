//! Why a key was not opened or not made. Every message names the file or device; [`OpenError::hint`] and
//! [`CreateError::hint`] say what helps.

mod token;

use crate::secret::{AskError, TRIES};
use std::path::PathBuf;
use tuffet_keys::{Fingerprint, Scheme};

pub use token::{TokenError, TokenProblem};

/// Why a key could not be opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// The file cannot be read.
    #[error("key file {}: cannot be read: {reason}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        reason: String,
        /// True when there is no such file.
        missing: bool,
    },
    /// The file is not one of ours.
    #[error("key file {}: expected a PEM block ENCRYPTED PRIVATE KEY, found {found}", path.display())]
    NotAKey {
        /// The file.
        path: PathBuf,
        /// What is in it.
        found: String,
    },
    /// The file is none of go-tuf's, or not with the one key that was meant.
    #[error("key file {}: expected go-tuf's keys of a role, one Ed25519 key without encryption, found {found}", path.display())]
    NotGoTuf {
        /// The file.
        path: PathBuf,
        /// What is in it; nothing of a key.
        found: String,
    },
    /// go-tuf's own encryption.
    #[error("key file {}: expected go-tuf's keys without encryption, found them encrypted", path.display())]
    GoTufEncrypted {
        /// The file.
        path: PathBuf,
    },
    /// The file is no backup of a key on a YubiHSM.
    #[error("{}: expected a backup of a key on a YubiHSM, found {found}", path.display())]
    NotABackup {
        /// The file.
        path: PathBuf,
        /// What is in it.
        found: String,
    },
    /// The private key lies open in the file.
    #[error("key file {}: the private key is not encrypted, so it is refused", path.display())]
    Unencrypted {
        /// The file.
        path: PathBuf,
    },
    /// Deriving the key from the passphrase would take more memory or time than anyone honest asks for.
    #[error("key file {}: {cost} is more than this program spends on a passphrase", path.display())]
    Cost {
        /// The file.
        path: PathBuf,
        /// The parameters.
        cost: String,
    },
    /// The key inside is of a kind that key files do not hold, or damaged.
    #[error("key file {}: expected an Ed25519 or ECDSA P-256 key, found {found}", path.display())]
    Kind {
        /// The file.
        path: PathBuf,
        /// What is in it.
        found: String,
    },
    /// Three wrong passphrases.
    #[error("key file {}: wrong passphrase, {TRIES} times: nothing was changed", path.display())]
    WrongPassphrase {
        /// The file.
        path: PathBuf,
    },
    /// The public key written in the file is not that of the private key in it.
    #[error("key file {}: expected the private key of {}, found that of {}", path.display(), expected.short(), found.short())]
    Mismatch {
        /// The file.
        path: PathBuf,
        /// What the file says.
        expected: Fingerprint,
        /// What is in it.
        found: Fingerprint,
    },
    /// Nobody gave the secret.
    #[error("{what}: {source}")]
    NotGiven {
        /// The secret asked for.
        what: String,
        /// Why not.
        source: AskError,
    },
    /// This build cannot reach the device that way.
    #[error("{device}: this build of tuffet has no {lacks}")]
    NotBuilt {
        /// The URI.
        device: String,
        /// What is missing: `USB`, `HTTP connector`, `PIV`, `PKCS#11`, `ssh-agent` or `AWS KMS`.
        lacks: &'static str,
    },
    /// No answer, or none that can be read.
    #[error("{device}: cannot be reached: {reason}")]
    Unreachable {
        /// The URI.
        device: String,
        /// What happened, in words.
        reason: String,
    },
    /// Three wrong passwords.
    #[error("{device}: wrong password for authentication key {auth}, {TRIES} times: nothing was changed")]
    WrongPassword {
        /// The URI.
        device: String,
        /// The authentication key.
        auth: u16,
    },
    /// The device has no such authentication key.
    #[error("{device}: there is no authentication key {auth} on the device")]
    NoAuthKey {
        /// The URI.
        device: String,
        /// The authentication key.
        auth: u16,
    },
    /// The device has no such key.
    #[error("{device}: there is no asymmetric key {object} on the device")]
    NoObject {
        /// The URI.
        device: String,
        /// The object.
        object: u16,
    },
    /// The object is a key we do not sign with.
    #[error("{device}: expected an Ed25519 or ECDSA P-256 key, found {found}")]
    ObjectKind {
        /// The URI.
        device: String,
        /// Its algorithm.
        found: String,
    },
    /// Another device answered.
    #[error("{device}: expected the device with serial {expected}, found {found}")]
    WrongDevice {
        /// The URI.
        device: String,
        /// The serial asked for.
        expected: String,
        /// The serial that answered.
        found: String,
    },
    /// All sixteen sessions of the device are taken.
    #[error("{device}: all 16 sessions of the device are taken")]
    SessionsFull {
        /// The URI.
        device: String,
    },
    /// The device refused for another reason.
    #[error("{device}: {reason}")]
    Device {
        /// The URI.
        device: String,
        /// What it said.
        reason: String,
    },
    /// A token, an agent, a service or a program gave nothing.
    #[error(transparent)]
    Token(#[from] TokenError),
}

/// Why a key was not made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CreateError {
    /// The file is there already.
    #[error("key file {} already exists: it was not changed", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// Keys of this scheme are not made here.
    #[error("{what}: expected Ed25519 or ECDSA P-256, found {scheme}")]
    Scheme {
        /// The file or device.
        what: String,
        /// The scheme asked for.
        scheme: Scheme,
    },
    /// No passphrase at all.
    #[error("key file {}: the passphrase is empty, so no key was made", path.display())]
    EmptyPassphrase {
        /// The file.
        path: PathBuf,
    },
    /// The two passphrases differ.
    #[error("key file {}: the two passphrases are not the same, so no key was made", path.display())]
    NotTheSame {
        /// The file.
        path: PathBuf,
    },
    /// The file cannot be written.
    #[error("key file {}: cannot be written: {reason}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        reason: String,
    },
    /// The operating system gave no random bytes.
    #[error("key file {}: the operating system gave no random bytes, so no key was made", path.display())]
    Randomness {
        /// The file.
        path: PathBuf,
    },
    /// What was written does not read back (style.md rule 8).
    #[error("key file {}: what was written does not read back ({reason}), so it was removed", path.display())]
    ReadBack {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// The object id is taken.
    #[error("{device}: object {object} is taken by the key `{label}`: it was not changed")]
    Occupied {
        /// The URI.
        device: String,
        /// The object.
        object: u16,
        /// The label of what is there.
        label: String,
    },
    /// The label does not fit.
    #[error("{device}: expected a label of 1 to 40 bytes of text, found {found} bytes")]
    Label {
        /// The URI.
        device: String,
        /// Bytes found.
        found: usize,
    },
    /// A token has a key there already, and nobody agreed to lose it.
    #[error("{device}: a key is there already ({what}): it was not changed")]
    Taken {
        /// The key as its owner would name it.
        device: String,
        /// Which key.
        what: String,
        /// Where else, or how it is given up.
        hint: &'static str,
    },
    /// A backup brought another key than it said.
    #[error("{device}: expected the key {} to come back, found {found}: {} (K13)", expected.short(), undone(*deleted))]
    AnotherKey {
        /// The URI.
        device: String,
        /// The key of the backup.
        expected: Fingerprint,
        /// What came instead: the beginning of a fingerprint, or words.
        found: String,
        /// Whether it was deleted again.
        deleted: bool,
    },
    /// Keys of this kind are made elsewhere.
    #[error("{device}: this program makes no keys there")]
    NotMadeHere {
        /// The URI.
        device: String,
        /// What makes them.
        hint: &'static str,
    },
    /// The key or device could not be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
}

impl OpenError {
    /// Whether the person ended it at the question.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        matches!(self, Self::NotGiven { source: AskError::Cancelled, .. })
    }

    /// The command or action that helps, if there is one.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Token(error) => error.problem.hint(),
            Self::Read { path, missing: true, .. } => {
                Some(format!("make a key with: tuffet key generate file:{}", path.display()))
            }
            Self::Unencrypted { path } => {
                let path = path.display();
                Some(format!("encrypt it with: openssl pkcs8 -topk8 -scrypt -in {path} -out {path}.encrypted"))
            }
            Self::NotAKey { .. } | Self::Kind { .. } => {
                Some("make a key with: tuffet key generate file:PATH".to_owned())
            }
            Self::NotGoTuf { found, .. } if found.parse::<usize>().is_ok() => {
                Some("name the one that is meant by its place: --number 1 is the first".to_owned())
            }
            Self::NotGoTuf { .. } => Some("name a file such as keys/root.json, of a role whose key is Ed25519".to_owned()),
            Self::GoTufEncrypted { .. } => {
                Some("scrypt with NaCl's secretbox is not read here: have go-tuf write the keys without, in memory or on a disk that is wiped".to_owned())
            }
            Self::Mismatch { .. } => {
                Some("somebody edited the file: restore it from a copy, and compare fingerprints".to_owned())
            }
            Self::NotGiven { source: AskError::Unavailable(_), .. } => {
                Some("run the command in a terminal; secrets and confirmations never come from a pipe".to_owned())
            }
            Self::NotBuilt { lacks: "USB", .. } => {
                Some("start yubihsm-connector and write connector=http://127.0.0.1:12345".to_owned())
            }
            Self::NotBuilt { lacks: "PIV", .. } => {
                Some("name the key by its PKCS#11 module: pkcs11:serial=SERIAL;id=%02 (slot 9c)".to_owned())
            }
            Self::NotBuilt { lacks: "HTTP connector", .. } => {
                Some("plug the device in and write serial=NNNNNNNNNN".to_owned())
            }
            Self::NotBuilt { lacks: "AWS KMS", .. } => Some("use a build with the feature `aws`".to_owned()),
            Self::NotBuilt { .. } => Some("use a build with the feature `tokens`".to_owned()),
            Self::Unreachable { .. } => {
                Some("is the device plugged in, and yubihsm-connector running where the URI says?".to_owned())
            }
            Self::NoAuthKey { .. } => Some("name the authentication key in the URI: auth=ID".to_owned()),
            Self::NoObject { device, .. } => Some(format!("make a key with: tuffet key generate '{device}'")),
            Self::SessionsFull { .. } => {
                Some("close other programs that use the device, or wait 30 seconds and try again".to_owned())
            }
            _ => None,
        }
    }
}

impl CreateError {
    /// The command or action that helps, if there is one.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Exists { .. } => Some("choose another path: key files are never overwritten".to_owned()),
            Self::Occupied { .. } => Some("choose another object id: objects are never overwritten".to_owned()),
            Self::AnotherKey { .. } => {
                Some("the file, the wrap key or the device is not what it should be: find out which first".to_owned())
            }
            Self::NotMadeHere { hint, .. } | Self::Taken { hint, .. } => Some((*hint).to_owned()),
            Self::Open(error) => error.hint(),
            _ => None,
        }
    }
}

fn undone(deleted: bool) -> &'static str {
    if deleted { "it was deleted again" } else { "it could not be deleted, delete it yourself" }
}
