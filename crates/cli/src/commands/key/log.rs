//! `tuffet key log`: what a YubiHSM 2 says it did, and whether its chain of hashes holds.

use super::hsm::hsm;
use crate::commands::read;
use crate::table::{Column, Table};
use crate::{CliError, Context, Outcome};
use clap::Args;
use serde_json::json;
use std::path::PathBuf;
use tuffet_signers::{DeviceLog, LogEntry, device_log, verify_log};

/// Arguments of `key log`.
#[derive(Debug, Args)]
pub struct Log {
    /// The device: yubihsm:ID?connector=URL, whatever object it names
    #[arg(required_unless_present = "from")]
    pub device: Option<String>,
    /// Read what `yubihsm-shell` printed for `audit get` instead
    #[arg(long, value_name = "FILE", conflicts_with = "device")]
    pub from: Option<PathBuf>,
    /// The digest of the last entry that was read before, 32 digits of hex
    #[arg(long, value_name = "DIGEST")]
    pub after: Option<String>,
}

pub(super) fn run(command: &Log, context: &mut Context<'_>) -> Result<Outcome, CliError> {
    let after = command.after.as_deref().map(digest).transpose()?;
    let log = match (&command.from, &command.device) {
        (Some(path), _) => {
            let text = String::from_utf8_lossy(&read(path)?).into_owned();
            let refused = |e| CliError::new("device-log", format!("{}: {e}", path.display()));
            DeviceLog::from_shell(&text).map_err(refused)?
        }
        (None, Some(device)) => device_log(&hsm(device)?, &mut *context.terminal)?,
        (None, None) => return Err(CliError::usage("expected a device or --from FILE, found neither")),
    };
    let whole = verify_log(&log.entries, after);
    let mut table = Table::new([
        ("entry", Column::Number),
        ("command", Column::Number),
        ("by key", Column::Number),
        ("on", Column::Number),
        ("result", Column::Number),
        ("digest", Column::Text),
    ]);
    for entry in &log.entries {
        table.row([
            entry.item.to_string(),
            format!("{:#04x}", entry.command),
            entry.session_key.to_string(),
            entry.target_key.to_string(),
            format!("{:#04x}", entry.result),
            hex::encode(entry.digest),
        ]);
    }
    let mut text = if log.entries.is_empty() { String::new() } else { table.finish() };
    text += &match (&whole, log.entries.last()) {
        (Err(problem), _) => format!("refused: {problem}"),
        (Ok(()), None) => "the device gave no entries: it keeps no log, or all were read".to_owned(),
        (Ok(()), Some(last)) => format!(
            "the chain holds{}: note the last digest, {}",
            if after.is_some() { ", and follows what was read before" } else { "" },
            hex::encode(last.digest)
        ),
    };
    let data = json!({
        "entries": log.entries.iter().map(entry).collect::<Vec<_>>(),
        "unlogged_boots": log.unlogged_boots,
        "unlogged_logins": log.unlogged_logins,
        "problem": whole.as_ref().err().map(ToString::to_string),
    });
    let outcome = Outcome::new(text, "tuffet-device-log-v1", data);
    Ok(if whole.is_err() { outcome.refused() } else { outcome })
}

fn entry(entry: &LogEntry) -> serde_json::Value {
    json!({
        "item": entry.item, "command": entry.command, "length": entry.length, "session_key": entry.session_key,
        "target_key": entry.target_key, "second_key": entry.second_key, "result": entry.result, "tick": entry.tick,
        "digest": hex::encode(entry.digest),
    })
}

fn digest(text: &str) -> Result<[u8; 16], CliError> {
    let bytes = hex::decode(text).ok().and_then(|bytes| bytes.try_into().ok());
    bytes.ok_or_else(|| CliError::usage(format!("--after: expected 32 digits of hex, found `{}`", text.escape_debug())))
}
