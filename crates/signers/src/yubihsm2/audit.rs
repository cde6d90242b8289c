//! The log a device keeps of the commands it ran, and the chain of hashes that holds it together.
//!
//! ```text
//!  digest(n) = the first 16 bytes of SHA-256(entry n without its digest ‖ digest(n - 1))
//! ```
//!
//! A device remembers 62 entries. What the chain proves: between the first entry shown and the last, none is missing,
//! changed or moved. What it does not: that nothing came before the first (keep the last digest of every reading, and
//! hand it in at the next) or after the last. It is a hash and no signature: it binds the entries to that one digest,
//! and the digest is worth what the person who noted it is worth.

mod shell;

use super::failure::Failure;
use super::log_in;
use crate::{AskSecret, HsmUri, OpenError};
use tuffet_keys::sha256;

/// What a device says it did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DeviceLog {
    /// The oldest first.
    pub entries: Vec<LogEntry>,
    /// Times it was switched on and had no room to note it.
    pub unlogged_boots: u16,
    /// Log-ins for which it had no room.
    pub unlogged_logins: u16,
}

/// One command, as the device noted it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LogEntry {
    /// Its number, counted from 1 since the device was last reset.
    pub item: u16,
    /// Which command: a number of Yubico's; 0 is "switched on", 255 "reset".
    pub command: u8,
    /// Bytes of its parameters.
    pub length: u16,
    /// The authentication key of the session, 65535 outside one.
    pub session_key: u16,
    /// The object it used.
    pub target_key: u16,
    /// A second object it used.
    pub second_key: u16,
    /// The command and 128 where it went well, else an error of Yubico's list.
    pub result: u8,
    /// The device's clock, in ticks since it was switched on.
    pub tick: u32,
    /// Its place in the chain.
    pub digest: [u8; 16],
}

/// Why a log is not whole.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LogError {
    /// An entry is missing, there twice, or in another place.
    #[error("expected entry {expected}, found entry {found}: an entry is missing or moved")]
    Order {
        /// The number that comes next.
        expected: u16,
        /// The number that stands there.
        found: u16,
    },
    /// An entry is not what the device noted, or the one before it is not.
    #[error("entry {item}: expected digest {expected}, found {found}: this entry or the one before it was changed")]
    Digest {
        /// The entry's number.
        item: u16,
        /// What the entry and the digest before it give.
        expected: String,
        /// What stands there.
        found: String,
    },
    /// A line that no entry is written as.
    #[error("line {line}: expected {expected} of an entry as `yubihsm-shell` prints it")]
    Line {
        /// Its number, from 1.
        line: usize,
        /// The part that is missing or wrong.
        expected: &'static str,
    },
    /// Fewer or more entries than announced.
    #[error("expected {expected} entries, found {found}")]
    Count {
        /// Entries announced.
        expected: usize,
        /// Entries found.
        found: usize,
    },
}

/// Reads the log of the device of `uri`, whatever object it names. Asks for the password. Nothing on the device changes:
/// entries stay until somebody tells it that they were read.
///
/// A simulated device keeps no log and gives none. The driver does not know every number a device writes into an entry
/// (switching on among them), and then gives nothing at all: read the log with `yubihsm-shell` and
/// [`DeviceLog::from_shell`].
///
/// # Errors
/// Any [`OpenError`].
pub fn device_log(uri: &HsmUri, ask: &mut dyn AskSecret) -> Result<DeviceLog, OpenError> {
    let device = log_in(uri, ask)?;
    let told = device.call(yubihsm::Client::get_log_entries).map_err(|failure| match failure {
        // The driver says the same of a broken link and of a number it does not know: a device that still answers is
        // one whose log was not understood.
        Failure::Lost(reason) if device.call(yubihsm::Client::device_info).is_ok() => {
            let reason = format!(
                "the driver does not read this log ({reason}): print it with `audit get` of yubihsm-shell, and check that"
            );
            OpenError::Device { device: uri.to_string(), reason }
        }
        other => other.into_open(uri),
    })?;
    let entries = told.entries.iter().map(|entry| LogEntry {
        item: entry.item,
        command: entry.cmd.to_u8(),
        length: entry.length,
        session_key: entry.session_key,
        target_key: entry.target_key,
        second_key: entry.second_key,
        result: entry.result.to_u8(),
        tick: entry.tick,
        digest: entry.digest.0,
    });
    Ok(DeviceLog {
        entries: entries.collect(),
        unlogged_boots: told.unlogged_boot_events,
        unlogged_logins: told.unlogged_auth_events,
    })
}

/// Checks that the entries follow each other, and the first one `previous`: the digest of the entry before it, from an
/// earlier reading. Without it the first entry is taken as it stands.
///
/// # Errors
/// [`LogError::Order`], [`LogError::Digest`], at the first entry that does not follow.
pub fn verify_log(entries: &[LogEntry], previous: Option<[u8; 16]>) -> Result<(), LogError> {
    let mut before: Option<&LogEntry> = None;
    for entry in entries {
        if let Some(expected) = before.map(|b| b.item.wrapping_add(1)).filter(|expected| *expected != entry.item) {
            return Err(LogError::Order { expected, found: entry.item });
        }
        if let Some(digest) = before.map(|b| b.digest).or(previous) {
            let expected = entry.digest_after(digest);
            if expected != entry.digest {
                let (expected, found) = (hex(&expected), hex(&entry.digest));
                return Err(LogError::Digest { item: entry.item, expected, found });
            }
        }
        before = Some(entry);
    }
    Ok(())
}

impl LogEntry {
    /// What its digest must be after `previous`.
    #[must_use]
    pub fn digest_after(&self, previous: [u8; 16]) -> [u8; 16] {
        let mut bytes = Vec::with_capacity(32);
        bytes.extend(self.item.to_be_bytes());
        bytes.push(self.command);
        for number in [self.length, self.session_key, self.target_key, self.second_key] {
            bytes.extend(number.to_be_bytes());
        }
        bytes.push(self.result);
        bytes.extend(self.tick.to_be_bytes());
        bytes.extend(previous);
        let mut first = [0; 16];
        first.iter_mut().zip(sha256(&bytes).as_bytes()).for_each(|(to, from)| *to = *from);
        first
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
