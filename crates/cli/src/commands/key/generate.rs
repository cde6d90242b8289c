//! `tuffet key generate`.

use super::outcome;
use crate::{CliError, Context, Outcome};
use clap::{Args, ValueEnum};
use tuffet_attestation::{PinPolicy, TouchPolicy};
use tuffet_keys::Scheme;
use tuffet_signers::{Key, KeyUri, NewKey};

/// Arguments of `key generate`.
#[derive(Debug, Args)]
pub struct Generate {
    /// Where: file:PATH, piv:SLOT, pkcs11:token=…;object=…, yubihsm:ID?connector=URL
    pub key: String,
    /// The algorithm [default: ed25519 in a file, p256 on a device]
    #[arg(long)]
    pub scheme: Option<SchemeName>,
    /// The label a device stores beside the key
    #[arg(long, default_value = "tuffet")]
    pub label: String,
    /// Let a key on a YubiHSM 2 be backed up to a second device. Several keys, each with a holder
    /// of its own, are better than two copies of one
    #[arg(long)]
    pub backup: bool,
    /// When a YubiKey wants its PIN
    #[arg(long, value_name = "WHEN", default_value = "once")]
    pub pin_policy: PinName,
    /// When a YubiKey wants to be touched
    #[arg(long, value_name = "WHEN", default_value = "always")]
    pub touch_policy: TouchName,
}

/// Algorithms a key can be generated for.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum SchemeName {
    /// Ed25519
    Ed25519,
    /// ECDSA on P-256
    P256,
    /// ECDSA on P-384
    P384,
    /// RSA-PSS with SHA-256, 3072 bits
    RsaPss,
}

/// When a YubiKey wants its PIN.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum PinName {
    /// Never
    Never,
    /// Once a session
    Once,
    /// Before every signature
    Always,
}

/// When a YubiKey wants to be touched.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum TouchName {
    /// Never
    Never,
    /// Unless touched in the 15 seconds before
    Cached,
    /// Before every signature
    Always,
}

pub(super) fn run(command: &Generate, context: &mut Context<'_>) -> Result<Outcome, CliError> {
    let uri: KeyUri = command.key.parse()?;
    let scheme = match command.scheme {
        Some(SchemeName::Ed25519) => Scheme::Ed25519,
        Some(SchemeName::P256) => Scheme::EcdsaP256,
        Some(SchemeName::P384) => Scheme::EcdsaP384,
        Some(SchemeName::RsaPss) => Scheme::RsaPssSha256,
        None if uri.is_key_file() => Scheme::Ed25519,
        None => Scheme::EcdsaP256,
    };
    let pin = match command.pin_policy {
        PinName::Never => PinPolicy::Never,
        PinName::Once => PinPolicy::Once,
        PinName::Always => PinPolicy::Always,
    };
    let touch = match command.touch_policy {
        TouchName::Never => TouchPolicy::Never,
        TouchName::Cached => TouchPolicy::Cached,
        TouchName::Always => TouchPolicy::Always,
    };
    let new = NewKey { pin, touch, backup: command.backup, ..NewKey::new(scheme, &command.label) };
    let key = create(&uri, &new, context)?;
    Ok(outcome("generated", key.public_key(), &key.describe()))
}

fn create(uri: &KeyUri, new: &NewKey, context: &mut Context<'_>) -> Result<Box<dyn Key>, CliError> {
    #[cfg(feature = "rehearsal")]
    if let (Some(seed), KeyUri::File(path)) = (&context.seed, uri) {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let seed = tuffet_keys::sha256(format!("{seed}\0{name}").as_bytes());
        let passphrase = context
            .terminal
            .ask(&format!("new passphrase for key file {}: ", path.display()))
            .map_err(|e| CliError::new("terminal", e.to_string()))?;
        let key = tuffet_signers::FileKey::generate_from_seed(path, new.scheme, &passphrase, seed.as_bytes())?;
        return Ok(Box::new(key));
    }
    Ok(tuffet_signers::generate(uri, new, &mut *context.terminal)?)
}
