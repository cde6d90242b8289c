//! Six repositories that an attacker made from the published one. Each must be refused, for its own reason.

use crate::CliError;
use chrono::{DateTime, Duration, Utc};
use std::path::{Path, PathBuf};
use tuffet_keys::{Scheme, Sign};
use tuffet_metadata::{RoleName, json, write_file};
use tuffet_signers::FileKey;

/// An attack and what a client must say to it.
pub(super) struct Attack {
    /// In a few words.
    pub(super) name: &'static str,
    /// The folder to serve.
    pub(super) folder: PathBuf,
    /// Whether it meets a client with a memory; without one, a client that has only the pinned root.
    pub(super) known: bool,
    /// The client's time.
    pub(super) at: DateTime<Utc>,
    /// The code of the refusal.
    pub(super) code: &'static str,
}

/// What the attacker has: the published folder now and as it was before the second ceremony.
pub(super) struct Copies<'a> {
    pub(super) now: &'a Path,
    pub(super) before: &'a Path,
    pub(super) scratch: &'a Path,
    pub(super) at: DateTime<Utc>,
}

impl Copies<'_> {
    /// Makes all six.
    pub(super) fn attacks(&self) -> Result<Vec<Attack>, CliError> {
        let later = self.at.checked_add_signed(Duration::days(30)).unwrap_or(self.at);
        let make = |name, known, code, at, change: &dyn Fn(&Path) -> Result<(), CliError>| {
            let folder = self.scratch.join("tampered").join(str::replace(name, ' ', "-"));
            copy(self.now, &folder)?;
            change(&folder)?;
            Ok::<_, CliError>(Attack { name, folder, known, at, code })
        };
        Ok(vec![
            make("old timestamp", true, "rollback", self.at, &|f| {
                replace(self.before, f, "timestamp.json", "timestamp.json")
            })?,
            make("frozen for 30 days", true, "freeze", later, &|_| Ok(()))?,
            make("old targets as new", false, "mix-and-match", self.at, &|f| {
                replace(self.before, f, "1.targets.json", "2.targets.json")
            })?,
            make("root by strangers", true, "signature", self.at, &strangers_root)?,
            make("endless timestamp", false, "endless-data", self.at, &|f| {
                write(f, "timestamp.json", &vec![b' '; 100_000])
            })?,
            make("swapped trust root", true, "target-hash", self.at, &swap_target)?,
        ])
    }
}

/// Root 3, well formed, signed by a key nobody trusts.
fn strangers_root(folder: &Path) -> Result<(), CliError> {
    let bytes = read(folder, "2.root.json")?;
    let mut file = json::parse(&bytes, 32).map_err(|e| CliError::new("malformed", e.to_string()))?;
    let json::Value::Object(members) = &mut file else { return Ok(()) };
    let Some(json::Value::Object(signed)) = members.get_mut("signed") else { return Ok(()) };
    signed.insert("version".into(), 3u64.into());
    let signed = json::Value::Object(signed.clone());
    let stranger = FileKey::from_seed("stranger", Scheme::Ed25519, &[13; 32])?;
    let signature = stranger.sign(&json::canonical(&signed)).map_err(|e| CliError::new("key", e.to_string()))?;
    let keyid = tuffet_metadata::Key::compose(stranger.public_key(), Some("@stranger"), None).keyid().clone();
    write(folder, &RoleName::Root.versioned_file_name(3), &write_file(&signed, &[(keyid, signature)]))
}

/// The trust root with one log's key changed, under its old name and length.
fn swap_target(folder: &Path) -> Result<(), CliError> {
    let targets = folder.join("targets");
    let failed = |e| CliError::io(&targets, &e);
    for entry in std::fs::read_dir(&targets).map_err(failed)? {
        let name = entry.map_err(failed)?.file_name().to_string_lossy().into_owned();
        let text = String::from_utf8_lossy(&read(&targets, &name)?).replacen("rawBytes\": \"M", "rawBytes\": \"N", 1);
        write(&targets, &name, text.as_bytes())?;
    }
    Ok(())
}

fn replace(from: &Path, to: &Path, old: &str, new: &str) -> Result<(), CliError> {
    write(to, new, &read(from, old)?)
}

fn read(folder: &Path, name: &str) -> Result<Vec<u8>, CliError> {
    super::super::read(&folder.join(name))
}

fn write(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), CliError> {
    let path = folder.join(name);
    std::fs::write(&path, bytes).map_err(|e| CliError::io(&path, &e))
}

/// Copies a folder of files and folders.
pub(super) fn copy(from: &Path, to: &Path) -> Result<(), CliError> {
    std::fs::create_dir_all(to).map_err(|e| CliError::io(to, &e))?;
    for entry in std::fs::read_dir(from).map_err(|e| CliError::io(from, &e))? {
        let entry = entry.map_err(|e| CliError::io(from, &e))?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        if source.is_dir() {
            copy(&source, &target)?;
        } else {
            std::fs::copy(&source, &target).map_err(|e| CliError::io(&source, &e))?;
        }
    }
    Ok(())
}
