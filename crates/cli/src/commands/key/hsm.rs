//! `tuffet key share-wrap-key`, `backup` and `restore`: a second copy of a key, on a second YubiHSM 2 (K13).

use super::outcome;
use crate::commands::refuse_existing;
use crate::{CliError, Context, Outcome};
use clap::Args;
use serde_json::json;
use std::path::PathBuf;
use tuffet_signers::{Backup, HsmUri, KeyUri, Sign, back_up, restore, share_wrap_key};

/// Arguments of `key share-wrap-key`.
#[derive(Debug, Args)]
pub struct ShareWrapKey {
    /// The device that backs up: yubihsm:ID?connector=URL, whatever object it names
    pub first: String,
    /// The device that restores
    pub second: String,
    /// The object id of the wrap key, on both
    #[arg(long, default_value_t = 100)]
    pub id: u16,
}

/// Arguments of `key backup`.
#[derive(Debug, Args)]
pub struct BackUp {
    /// The key, made with `key generate --backup`
    pub key: String,
    /// The object id of the wrap key
    #[arg(long, default_value_t = 100)]
    pub wrap_key: u16,
    /// The file to write: useless without the second device
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
}

/// Arguments of `key restore`.
#[derive(Debug, Args)]
pub struct Restore {
    /// Where the key goes: the same object id on the second device
    pub key: String,
    /// What `key backup` wrote
    #[arg(long, value_name = "FILE")]
    pub from: PathBuf,
}

pub(super) fn share(command: &ShareWrapKey, context: &mut Context<'_>) -> Result<Outcome, CliError> {
    let (first, second) = (hsm(&command.first)?, hsm(&command.second)?);
    share_wrap_key(&first, &second, command.id, &mut *context.terminal)?;
    let text = format!(
        "wrap key {} is on both devices: the first exports under it, the second imports\nnext: `tuffet key backup KEY \
         --wrap-key {} --out FILE`, then `tuffet key restore`",
        command.id, command.id
    );
    Ok(Outcome::new(
        text,
        "tuffet-key-wrap-v1",
        json!({"first": first.to_string(), "second": second.to_string(), "id": command.id}),
    ))
}

pub(super) fn save(command: &BackUp, context: &mut Context<'_>) -> Result<Outcome, CliError> {
    refuse_existing(&command.out)?;
    let uri = hsm(&command.key)?;
    let backup = back_up(&uri, command.wrap_key, &command.out, &mut *context.terminal)?;
    let fingerprint = backup.public_key.fingerprint().to_string();
    let text = format!(
        "backup       {}\nfingerprint  {fingerprint}\nnext: restore it on the second device at once, and see the same \
         fingerprint",
        command.out.display()
    );
    Ok(Outcome::new(text, "tuffet-key-backup-report-v1", json!({"file": command.out, "fingerprint": fingerprint})))
}

pub(super) fn bring(command: &Restore, context: &mut Context<'_>) -> Result<Outcome, CliError> {
    let uri = hsm(&command.key)?;
    let backup = Backup::read(&command.from)?;
    let key = restore(&uri, &backup, &mut *context.terminal)?;
    Ok(outcome("restored", key.public_key(), &key.describe()))
}

/// A YubiHSM 2, and nothing else.
pub(super) fn hsm(text: &str) -> Result<HsmUri, CliError> {
    match text.parse()? {
        KeyUri::YubiHsm(uri) => Ok(uri),
        other => Err(CliError::usage(format!("expected yubihsm:ID?connector=URL, found `{other}`"))),
    }
}
