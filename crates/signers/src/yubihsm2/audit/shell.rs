//! A log as `yubihsm-shell` prints it (`audit get`), for devices whose entries the driver does not read.

use super::{DeviceLog, LogEntry, LogError};

impl DeviceLog {
    /// Reads what `audit get` of `yubihsm-shell` printed.
    ///
    /// # Errors
    /// [`LogError::Line`], [`LogError::Count`].
    pub fn from_shell(text: &str) -> Result<Self, LogError> {
        let mut log = Self::default();
        let mut announced = None;
        for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let line_error = |expected| LogError::Line { line: index + 1, expected };
            let words: Vec<&str> = line.split_whitespace().collect();
            match words.as_slice() {
                [number, "unlogged", "boots", "found"] => {
                    log.unlogged_boots = number.parse().map_err(|_| line_error("a number of boots"))?;
                }
                [number, "unlogged", "authentications", "found"] => {
                    log.unlogged_logins = number.parse().map_err(|_| line_error("a number of authentications"))?;
                }
                ["Found", number, "items"] => {
                    announced = Some(number.parse().map_err(|_| line_error("a number of items"))?);
                }
                _ => log.entries.push(entry(line).map_err(line_error)?),
            }
        }
        match announced {
            Some(expected) if expected != log.entries.len() => {
                Err(LogError::Count { expected, found: log.entries.len() })
            }
            _ => Ok(log),
        }
    }
}

/// One line, or the part of it that is wrong. Every part is there once, in the order of the entry.
fn entry(line: &str) -> Result<LogEntry, &'static str> {
    let mut parts =
        line.split(" -- ").map(|part| part.split_once(':').map(|(name, value)| (name.trim(), value.trim())));
    let mut next = |name: &'static str| match parts.next().flatten() {
        Some((found, value)) if found == name => Ok(value),
        _ => Err(name),
    };
    let read = LogEntry {
        item: number(next("item")?).ok_or("item")?,
        command: number(next("cmd")?).and_then(|n| u8::try_from(n).ok()).ok_or("cmd")?,
        length: number(next("length")?).ok_or("length")?,
        session_key: number(next("session key")?).ok_or("session key")?,
        target_key: number(next("target key")?).ok_or("target key")?,
        second_key: number(next("second key")?).ok_or("second key")?,
        result: number(next("result")?).and_then(|n| u8::try_from(n).ok()).ok_or("result")?,
        tick: next("tick")?.parse().map_err(|_| "tick")?,
        digest: digest(next("hash")?).ok_or("hash")?,
    };
    if parts.next().is_none() { Ok(read) } else { Err("the end") }
}

/// Decimal, or hex after `0x`.
fn number(text: &str) -> Option<u16> {
    match text.strip_prefix("0x") {
        Some(hex) if hex.bytes().all(|b| b.is_ascii_hexdigit()) => u16::from_str_radix(hex, 16).ok(),
        Some(_) => None,
        None => text.parse().ok(),
    }
}

fn digest(text: &str) -> Option<[u8; 16]> {
    let plain = text.len() == 32 && text.bytes().all(|b| b.is_ascii_hexdigit());
    plain.then(|| u128::from_str_radix(text, 16).ok()).flatten().map(u128::to_be_bytes)
}
