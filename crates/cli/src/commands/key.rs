//! `tuffet key`: a keyholder's key, from generation to proof of possession.

use super::{read, refuse_existing, write_new};
use crate::{CliError, Context, Outcome};
use clap::{Args, Subcommand, ValueEnum};
use serde_json::json;
use std::path::PathBuf;
use tuffet_ceremony::{Enrolment, Invite};
use tuffet_keys::{PublicKey, Scheme};
use tuffet_signers::{Key as OpenedKey, KeyUri, NewKey};

/// Key commands.
#[derive(Debug, Subcommand)]
pub enum Key {
    /// Generate a key in a file or on a device; nothing there is ever overwritten
    Generate(Generate),
    /// Show which key this is
    Show(Show),
    /// Answer a coordinator's invite: prove that you hold the key
    Enroll(Enroll),
    /// Check an enrolment record
    Verify(Verify),
}

/// Arguments of `key generate`.
#[derive(Debug, Args)]
pub struct Generate {
    /// Where: file:PATH or yubihsm:ID?connector=http://HOST:PORT
    pub key: String,
    /// The algorithm [default: ed25519 in a file, p256 on a device]
    #[arg(long)]
    pub scheme: Option<SchemeName>,
    /// The label a device stores beside the key
    #[arg(long, default_value = "tuffet")]
    pub label: String,
}

/// Algorithms a key can be generated for.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum SchemeName {
    /// Ed25519
    Ed25519,
    /// ECDSA on P-256
    P256,
}

/// Arguments of `key show`.
#[derive(Debug, Args)]
pub struct Show {
    /// The key: file:PATH or yubihsm:ID?connector=http://HOST:PORT
    pub key: String,
}

/// Arguments of `key enroll`.
#[derive(Debug, Args)]
pub struct Enroll {
    /// The key: file:PATH or yubihsm:ID?connector=http://HOST:PORT
    #[arg(long)]
    pub key: String,
    /// The invite the coordinator sent
    #[arg(long)]
    pub invite: PathBuf,
    /// The enrolment record to write and to send back
    #[arg(long)]
    pub out: PathBuf,
}

/// Arguments of `key verify`.
#[derive(Debug, Args)]
pub struct Verify {
    /// The enrolment record
    pub record: PathBuf,
}

pub(crate) fn run(command: Key, context: &mut Context<'_>) -> Result<Outcome, CliError> {
    match command {
        Key::Generate(command) => generate(&command, context),
        Key::Show(command) => show(&command, context),
        Key::Enroll(command) => enroll(&command, context),
        Key::Verify(command) => verify(&command),
    }
}

fn generate(command: &Generate, context: &mut Context<'_>) -> Result<Outcome, CliError> {
    let uri: KeyUri = command.key.parse()?;
    let scheme = match command.scheme {
        Some(SchemeName::Ed25519) => Scheme::Ed25519,
        Some(SchemeName::P256) => Scheme::EcdsaP256,
        None if uri.is_software() => Scheme::Ed25519,
        None => Scheme::EcdsaP256,
    };
    let key = create(&uri, scheme, &command.label, context)?;
    Ok(outcome("generated", key.public_key(), &key.describe()))
}

fn create(
    uri: &KeyUri,
    scheme: Scheme,
    label: &str,
    context: &mut Context<'_>,
) -> Result<Box<dyn OpenedKey>, CliError> {
    #[cfg(feature = "rehearsal")]
    if let (Some(seed), KeyUri::File(path)) = (&context.seed, uri) {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let seed = tuffet_keys::sha256(format!("{seed}\0{name}").as_bytes());
        let passphrase = context
            .terminal
            .ask(&format!("new passphrase for key file {}: ", path.display()))
            .map_err(|e| asked(&e))?;
        let key = tuffet_signers::FileKey::generate_from_seed(path, scheme, &passphrase, seed.as_bytes())?;
        return Ok(Box::new(key));
    }
    Ok(tuffet_signers::generate(uri, &NewKey::new(scheme, label), &mut *context.terminal)?)
}

#[cfg(feature = "rehearsal")]
fn asked(error: &tuffet_signers::AskError) -> CliError {
    CliError::new("terminal", error.to_string())
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

fn enroll(command: &Enroll, context: &mut Context<'_>) -> Result<Outcome, CliError> {
    refuse_existing(&command.out)?;
    let uri: KeyUri = command.key.parse()?;
    let invite = Invite::parse(&command.invite.display().to_string(), &read(&command.invite)?)?;
    let key = tuffet_signers::open(&uri, &mut *context.terminal)?;
    let record = invite.answer(&*key, key.holder().kind.name())?;
    write_new(&command.out, record.to_json().as_bytes())?;
    Ok(enrolled(&record, &format!("{} is written: send it to the coordinator", command.out.display())))
}

fn verify(command: &Verify) -> Result<Outcome, CliError> {
    let (record, _) = Enrolment::parse(&command.record.display().to_string(), &read(&command.record)?)?;
    Ok(enrolled(&record, "the signature proves that the owner's token held this key"))
}

fn enrolled(record: &Enrolment, last: &str) -> Outcome {
    let text = format!(
        "owner        {}\nceremony     {}\ntoken        {}\nfingerprint  {}\n{last}",
        record.invite.owner, record.invite.ceremony, record.token, record.fingerprint
    );
    let data = json!({
        "owner": record.invite.owner,
        "ceremony": record.invite.ceremony,
        "token": record.token,
        "fingerprint": record.fingerprint,
    });
    Outcome::new(text, "tuffet-enrolment-report-v1", data)
}

/// The kind of token whose payloads are bounded, as an enrolment record names it.
pub(crate) const YUBIHSM: &str = "YubiHSM 2";
