//! Private keys: encrypted key files and hardware tokens, behind the [`Sign`] trait of tuffet-keys.
//!
//! This crate is **not** a judge: it signs the bytes it is handed and knows neither metadata nor plans (who may ask
//! for a signature, and over what, is decided in ceremony and repository). It has no terminal either: secrets arrive
//! through [`AskSecret`], and nothing secret ever leaves it, not in a URI, an error, a log or a `Debug` text.
//!
//! ```text
//!  KeyUri ──────────────► open() ───────► Box<dyn Sign> ──► sign(payload)
//!  file:alice.pem           ▲             FileKey              │ made by ring, or inside the device
//!  yubihsm:7?connector=…    │             YubiHsm              ▼
//!                       AskSecret                       checked by *another* library (K11),
//!                  (terminal, closure)                  dropped if wrong, else returned
//! ```
//!
//! | question | answered by |
//! |---|---|
//! | which key, where | [`KeyUri`]; [`KeyUri::check_payload`] says without a connection whether a payload fits |
//! | open it | [`open`], [`public_key`] |
//! | make a new one | [`generate`] |
//! | what is plugged in or answers | [`list`], [`list_yubihsm`] |
//! | a second copy, on a second YubiHSM | [`share_wrap_key`], [`back_up`], [`restore`] |
//! | what a YubiHSM did | [`device_log`], [`verify_log`] |
//! | what went wrong, and what helps | [`UriError`], [`OpenError`], [`CreateError`], each with a `hint()` |
//!
//! `program:` keys are signed for by a program of the user's: `docs/programs.md` describes the protocol.
//!
//! Features: `ssh-agent`; `pkcs11` (tokens behind a module); `piv` (YubiKeys through pcscd, without a module); `aws` (AWS
//! KMS, with a runtime inside); `http` (a YubiHSM through yubihsm-connector), `usb` (a YubiHSM directly); `simulator` (a
//! simulated YubiHSM and keys from a seed, for rehearsals and tests; it does not compile without debug assertions).
//!
//! ```
//! use tuffet_keys::{Scheme, Sign};
//! use tuffet_signers::{AskError, KeyUri, NewKey, Secret, generate, open};
//!
//! let dir = tempfile::tempdir()?;
//! let uri: KeyUri = format!("file:{}/alice.pem", dir.path().display()).parse()?;
//! let mut ask = |_prompt: &str| Ok::<_, AskError>(Secret::new("correct horse".to_owned()));
//! let made = generate(&uri, &NewKey::new(Scheme::Ed25519, "alice"), &mut ask)?;
//!
//! let key = open(&uri, &mut ask)?;
//! let signature = key.sign(b"payload")?;
//! assert_eq!(made.public_key().verify(b"payload", &signature), Ok(()));
//! assert!(key.describe().starts_with("key file "));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic))]

#[cfg(feature = "aws")]
mod aws_kms;
mod checked;
mod error;
mod file;
mod key;
mod list;
mod named;
mod new_key;
mod open;
#[cfg(feature = "piv")]
mod piv;
#[cfg(feature = "pkcs11")]
mod pkcs11;
mod printable;
mod program;
mod secret;
#[cfg(feature = "simulator")]
pub mod simulator;
#[cfg(all(unix, feature = "ssh-agent"))]
mod ssh_agent;
mod uri;
mod yubihsm2;

#[cfg(feature = "aws")]
pub use aws_kms::KmsKey;
pub use error::{CreateError, OpenError, TokenError, TokenProblem};
pub use file::FileKey;
pub use key::{Holder, HolderKind, Key};
pub use list::{Found, Listing, Places, Token, list};
pub use new_key::NewKey;
pub use open::{generate, open, public_key};
#[cfg(feature = "piv")]
pub use piv::PivKey;
#[cfg(feature = "pkcs11")]
pub use pkcs11::{Pkcs11Key, usual_modules};
pub use program::ProgramKey;
pub use secret::{AskError, AskSecret, Secret};
#[cfg(all(unix, feature = "ssh-agent"))]
pub use ssh_agent::{AgentKey, agent_socket};
#[doc(no_inline)]
pub use tuffet_keys::{Sign, SignError};
pub use uri::{AgentUri, HsmUri, KeyUri, KmsUri, PivUri, Pkcs11Uri, ProgramUri, Slot, UriError, check_yubihsm_payload};
pub use yubihsm2::{
    Backup, DeviceLog, LogEntry, LogError, YubiHsm, back_up, device_log, list_yubihsm, restore, share_wrap_key,
    verify_log,
};

#[cfg(test)]
mod tests;
