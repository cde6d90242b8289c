//! `tuffet key`: a keyholder's key, from the device to the proof that it is theirs.

mod enroll;
mod generate;
mod go_tuf;
mod hsm;
mod list;
mod log;
mod verify;

use crate::{CliError, Context, Outcome};
use clap::{Args, Subcommand};
use serde_json::json;
use tuffet_keys::PublicKey;
use tuffet_signers::KeyUri;

pub(crate) use verify::{anchors, attestation};

/// Key commands.
#[derive(Debug, Subcommand)]
pub enum Key {
    /// Show what is plugged in, and what to type for each key on it
    List(list::List),
    /// Generate a key in a file or on a device; nothing there is overwritten unasked
    Generate(generate::Generate),
    /// Take a key that go-tuf keeps without encryption into an encrypted key file
    ImportGoTuf(go_tuf::ImportGoTuf),
    /// Show which key this is
    Show(Show),
    /// Answer a coordinator's invite: prove that you hold the key, and which device made it
    Enroll(enroll::Enroll),
    /// Check what keyholders sent: the proofs, the devices, and that no two are one
    Verify(verify::Verify),
    /// Put one new wrap key on two YubiHSM 2, so that keys can be backed up from the first to the
    /// second
    ShareWrapKey(hsm::ShareWrapKey),
    /// Write a key of a YubiHSM 2, encrypted under a wrap key
    Backup(hsm::BackUp),
    /// Bring a backup to the second device: the same key, or it is deleted again
    Restore(hsm::Restore),
    /// Show what a YubiHSM 2 says it did, and check its chain of hashes
    Log(log::Log),
}

/// Arguments of `key show`.
#[derive(Debug, Args)]
pub struct Show {
    /// The key's URI; `tuffet key list` shows those that are plugged in
    pub key: String,
}

pub(crate) fn run(command: Key, context: &mut Context<'_>) -> Result<Outcome, CliError> {
    match command {
        Key::List(command) => list::run(&command, context),
        Key::Generate(command) => generate::run(&command, context),
        Key::ImportGoTuf(command) => go_tuf::run(&command, context),
        Key::Show(command) => show(&command, context),
        Key::Enroll(command) => enroll::run(&command, context),
        Key::Verify(command) => verify::run(&command, context),
        Key::ShareWrapKey(command) => hsm::share(&command, context),
        Key::Backup(command) => hsm::save(&command, context),
        Key::Restore(command) => hsm::bring(&command, context),
        Key::Log(command) => log::run(&command, context),
    }
}

fn show(command: &Show, context: &mut Context<'_>) -> Result<Outcome, CliError> {
    let uri: KeyUri = command.key.parse()?;
    let public = tuffet_signers::public_key(&uri, &mut *context.terminal)?;
    Ok(outcome("key", &public, &command.key))
}

fn outcome(word: &str, public: &PublicKey, signer: &str) -> Outcome {
    let text = format!(
        "{word:<12} {signer}\nalgorithm    {}\nfingerprint  {}\n{}",
        public.scheme(),
        public.fingerprint(),
        public.to_pem()
    );
    let data = json!({
        "signer": signer,
        "scheme": public.scheme().name(),
        "fingerprint": public.fingerprint().to_string(),
        "public_key": public.to_pem(),
    });
    Outcome::new(text, "tuffet-key-v1", data)
}

/// The kind of token whose payloads are bounded, as an enrolment record names it.
pub(crate) const YUBIHSM: &str = "YubiHSM 2";
