//! `tuffet key enroll`: from a key and an invite to the folder that the coordinator gets.

use super::verify::{described, one};
use crate::commands::read;
use crate::{CliError, Context, Outcome};
use clap::Args;
use std::path::PathBuf;
use tuffet_attestation::Anchors;
use tuffet_ceremony::{Incoming, Invite, KeyFolder, TokenStatement};
use tuffet_signers::{Key, KeyUri};

/// Arguments of `key enroll`.
#[derive(Debug, Args)]
pub struct Enroll {
    /// The key's URI; `tuffet key list` shows those that are plugged in
    #[arg(long)]
    pub key: String,
    /// The invite the coordinator sent
    #[arg(long)]
    pub invite: PathBuf,
    /// The folder in which `<fingerprint>/` is made, to be sent back
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
}

pub(super) fn run(command: &Enroll, context: &mut Context<'_>) -> Result<Outcome, CliError> {
    let uri: KeyUri = command.key.parse()?;
    let invite = Invite::parse(&command.invite.display().to_string(), &read(&command.invite)?)?;
    if uri.is_key_file() {
        // A key file says which key it is without its passphrase.
        let public = tuffet_signers::public_key(&uri, &mut *context.terminal)?;
        KeyFolder::place(&command.out, &public.fingerprint())?;
    }
    let key = tuffet_signers::open(&uri, &mut *context.terminal)?;
    KeyFolder::place(&command.out, &key.public_key().fingerprint())?;
    // A record that stands by itself: with the maker's certificates that the device does not carry.
    let evidence = key.evidence()?.map(|evidence| Anchors::yubico().complete(&evidence));
    let record = invite.answer(&*key, statement(&*key), evidence.as_ref())?;
    let folder = KeyFolder::new(&record, evidence.as_ref())?;
    let written = folder.write(&command.out)?;
    let incoming = Incoming::new(&record.invite.owner, folder, &Anchors::yubico(), context.reading_time());
    let text = format!("{}\n{} is written: send it to the coordinator", described(&incoming), written.display());
    Ok(Outcome::new(text, "tuffet-enrolment-report-v1", one(&incoming)))
}

fn statement(key: &dyn Key) -> TokenStatement {
    let holder = key.holder();
    TokenStatement {
        kind: holder.kind.name().to_owned(),
        serial: holder.serial,
        place: holder.place,
        claims: holder.claims,
    }
}
