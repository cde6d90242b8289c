//! `tuffet sign`: a keyholder sees what a signature would change, types the word, and one file a role is written.

use super::open;
use super::token::{Token, require_word};
use crate::commands::review;
use crate::text::wrap;
use crate::{CliError, Context, Outcome};
use clap::Args;
use serde_json::json;
use std::path::PathBuf;
use tuffet_ceremony::{Purpose, Sitting};
use tuffet_metadata::RoleName;

/// Arguments of `sign`.
#[derive(Debug, Args)]
pub struct Sign {
    /// The ceremony's directory, or a copy of it
    pub ceremony: PathBuf,
    /// The key's URI; `tuffet key list` shows those that are plugged in
    #[arg(long)]
    pub key: String,
    /// Rehearse: the signature counts for no TUF client
    #[arg(long)]
    pub rehearsal: bool,
    /// Write the signature files below this folder: for a ceremony on a medium that
    /// cannot be written
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}

pub(crate) fn run(command: &Sign, context: &mut Context<'_>) -> Result<Outcome, CliError> {
    let ceremony = open(&command.ceremony)?;
    let now = context.writing_time()?;
    let purpose = if command.rehearsal { Purpose::Rehearsal } else { Purpose::Ceremony };
    let token = Token::look(&command.key, context)?;
    let public = token.public.clone();
    // Refused before the person types a passphrase or confirms anything: a closed ceremony, a second signature.
    let roles = ceremony.roles_to_sign(&public.fingerprint(), purpose)?;
    if roles.is_empty() {
        let message = format!("key {} may sign none of the roles of this ceremony", public.fingerprint());
        return Err(
            CliError::new("not-a-signer", message).hint("run `tuffet status DIR` to see whose signatures are missing")
        );
    }
    let review = ceremony.review()?;
    // Known before the person types a passphrase or touches a device.
    for payload in review.roles.iter().filter(|payload| roles.contains(&payload.role)) {
        token.uri.check_payload(public.scheme(), payload.length).map_err(tuffet_ceremony::CeremonyError::from)?;
    }
    let review = review::text(&review);
    let names: Vec<&str> = roles.iter().map(RoleName::as_str).collect();
    context.terminal.show(&review)?;
    let (word, would) = match purpose {
        Purpose::Ceremony => ("sign", "would sign"),
        Purpose::Rehearsal => ("rehearse", "would sign for a rehearsal, which counts for no client"),
    };
    let would = format!("This key ({}) {would}: {}", public.fingerprint().short(), names.join(", "));
    context.terminal.show(&wrap("", "", &would))?;
    require_word(context, word, "to sign", "not confirmed: nothing was signed")?;
    let sitting = Sitting { purpose, review: &review, now, out: command.out.as_deref() };
    let place = command.out.as_ref().unwrap_or(&command.ceremony);
    let key = token.open(context)?;
    let mut text = format!("{}\n", wrap("signed with ", "  ", &key.describe()));
    let mut files = Vec::new();
    for role in &roles {
        let file = ceremony.sign(role, &*key, &sitting)?;
        let path = place.join(file.path());
        text += &format!("{:<9} {}\n", role.as_str(), path.display());
        files.push(
            json!({"role": role.as_str(), "file": path, "keyid": file.keyid, "payload_sha256": file.payload_sha256}),
        );
    }
    text += "next: send these files to the coordinator, who runs `tuffet assemble`";
    Ok(Outcome::new(
        text,
        "tuffet-sign-v1",
        json!({"fingerprint": public.fingerprint().to_string(), "rehearsal": command.rehearsal, "signatures": files}),
    ))
}
