//! The steps of a ceremony: draft, review, sign, status, assemble, and the replay of its record.

use super::{no_ceremony, read, review};
use crate::error::INTERRUPTED;
use crate::{CliError, Context, Outcome};
use clap::{Args, Subcommand};
use serde_json::json;
use std::path::{Path, PathBuf};
use tuffet_ceremony::{Ceremony, Enrolment, Replay, RoleStatus};
use tuffet_keys::PublicKey;
use tuffet_metadata::RoleName;
use tuffet_repository::Published;
use tuffet_signers::{KeyUri, SignError, check_yubihsm_payload};

/// Arguments of `draft`.
#[derive(Debug, Args)]
pub struct Draft {
    /// The ceremony's directory
    pub ceremony: PathBuf,
}

/// Arguments of `sign`.
#[derive(Debug, Args)]
pub struct Sign {
    /// The ceremony's directory, or a copy of it
    pub ceremony: PathBuf,
    /// The key's URI; `tuffet key list` shows those that are plugged in
    #[arg(long)]
    pub key: String,
}

/// Arguments of `status`.
#[derive(Debug, Args)]
pub struct Status {
    /// The ceremony's directory
    pub ceremony: PathBuf,
}

/// Arguments of `assemble`.
#[derive(Debug, Args)]
pub struct Assemble {
    /// The ceremony's directory
    pub ceremony: PathBuf,
    /// Signature files that arrived from other machines
    pub signatures: Vec<PathBuf>,
}

/// Commands on records.
#[derive(Debug, Subcommand)]
pub enum Record {
    /// Replay a record: everything in it follows from its plan and its signatures
    Verify(Verify),
}

/// Arguments of `ceremony verify`.
#[derive(Debug, Args)]
pub struct Verify {
    /// The ceremony's directory
    pub ceremony: PathBuf,
    /// Compare what was published with this repository
    #[arg(long, value_name = "DIR")]
    pub repository: Option<PathBuf>,
}

/// Opens the ceremony a person named.
pub(crate) fn open(dir: &Path) -> Result<Ceremony, CliError> {
    Ceremony::open(dir).map_err(|e| no_ceremony(dir, e))
}

pub(crate) fn draft(command: &Draft, context: &mut Context<'_>) -> Result<Outcome, CliError> {
    let ceremony = open(&command.ceremony)?;
    ceremony.transcript()?.require_open()?;
    let now = context.writing_time()?;
    let workspace = context.workspace(&command.ceremony)?;
    let published = workspace.repository().published()?;
    require_start(&ceremony, published.as_ref())?;
    let previous = published.as_ref().map(|p| (p.root().bytes(), p.targets.bytes()));
    let drafted = ceremony.draft_for(previous, now, &fits)?;
    let mut text = format!("workspace {}\nplan hash {}\n", workspace.root.display(), ceremony.plan_hash());
    for payload in &drafted.payloads {
        text += &format!("{:<9} v{} sha256 {}\n", payload.role.as_str(), payload.version, payload.digest);
    }
    for (warning, waived) in &drafted.warnings {
        let waived = waived.as_ref().map_or(String::new(), |reason| format!(" [waived: {reason}]"));
        text += &format!("warning {} {}: {}{waived}\n", warning.rule, warning.place, warning.message);
    }
    if !drafted.recorded {
        text += "this draft was recorded before; nothing changed\n";
    }
    text += &format!("next: each keyholder runs `tuffet sign {} --key KEY`", command.ceremony.display());
    let warnings = drafted.warnings.iter().map(
        |(w, waived)| json!({"rule": w.rule, "place": w.place, "message": w.message, "fix": w.fix, "waived": waived}),
    );
    let data = json!({
        "plan_hash": ceremony.plan_hash().to_string(),
        "payloads": payloads(&ceremony)?,
        "warnings": warnings.collect::<Vec<_>>(),
    });
    Ok(Outcome::new(text, "tuffet-draft-v1", data))
}

/// Whether the token somebody enrolled can sign a payload of `length` bytes.
fn fits(record: &Enrolment, length: usize) -> Result<(), SignError> {
    match PublicKey::from_pem(&record.public_key) {
        Ok(public) if record.token == super::key::YUBIHSM => {
            let signer = format!("{}'s {}", record.invite.owner, record.token);
            check_yubihsm_payload(&signer, public.scheme(), length)
        }
        _ => Ok(()),
    }
}

/// The plan must start from what is published, or its payloads replace something nobody looked at.
pub(crate) fn require_start(ceremony: &Ceremony, published: Option<&Published>) -> Result<(), CliError> {
    let found = published.map(|published| published.root().sha256());
    let expected = ceremony.plan().previous_root();
    if found == expected {
        return Ok(());
    }
    let word =
        |hash: Option<tuffet_keys::Sha256>| hash.map_or_else(|| "no root".to_owned(), |hash| format!("root {hash}"));
    Err(CliError::new(
        "previous-root",
        format!("plan.toml: previous_root: expected {} as published, found {} (K1)", word(found), word(expected)),
    )
    .hint("another ceremony was published since: plan again"))
}

pub(crate) fn payloads(ceremony: &Ceremony) -> Result<Vec<serde_json::Value>, CliError> {
    let one = |p: &tuffet_ceremony::Payload| json!({"role": p.role.as_str(), "version": p.version, "sha256": p.digest.to_string(), "length": p.bytes.len()});
    Ok(ceremony.payloads()?.iter().map(one).collect())
}

pub(crate) fn sign(command: &Sign, context: &mut Context<'_>) -> Result<Outcome, CliError> {
    let ceremony = open(&command.ceremony)?;
    let now = context.writing_time()?;
    let uri: KeyUri = command.key.parse()?;
    // A key file says which key it is without its passphrase; a device is opened once, before the review.
    let mut opened = None;
    let public = if uri.is_key_file() {
        tuffet_signers::public_key(&uri, &mut *context.terminal)?
    } else {
        opened.insert(tuffet_signers::open(&uri, &mut *context.terminal)?).public_key().clone()
    };
    // Refused before the person types a passphrase or confirms anything: a closed ceremony, a second signature.
    let roles = ceremony.roles_to_sign(&public.fingerprint())?;
    let payloads = ceremony.payloads()?;
    if roles.is_empty() {
        let message = format!("key {} may sign none of the roles of this ceremony", public.fingerprint());
        return Err(
            CliError::new("not-a-signer", message).hint("run `tuffet status DIR` to see whose signatures are missing")
        );
    }
    // Known before the person types a passphrase or touches a device.
    for payload in payloads.iter().filter(|payload| roles.contains(&payload.role)) {
        uri.check_payload(public.scheme(), payload.bytes.len()).map_err(tuffet_ceremony::CeremonyError::from)?;
    }
    let review = review::text(&ceremony)?;
    let names: Vec<&str> = roles.iter().map(RoleName::as_str).collect();
    context.terminal.show(&review)?;
    context.terminal.show(&format!("This key ({}) would sign: {}", public.fingerprint().short(), names.join(", ")))?;
    let answer = context.terminal.line("Type `sign` to sign, anything else to stop: ")?;
    if answer != "sign" {
        return Err(CliError {
            exit: INTERRUPTED,
            ..CliError::new("not-confirmed", "not confirmed: nothing was signed")
        });
    }
    let key = match opened {
        Some(key) => key,
        None => tuffet_signers::open(&uri, &mut *context.terminal)?,
    };
    let mut text = format!("signed with {}\n", key.describe());
    let mut files = Vec::new();
    for role in &roles {
        let file = ceremony.sign(role, &*key, &review, now)?;
        let path = command.ceremony.join(file.path());
        text += &format!("{:<9} {}\n", role.as_str(), path.display());
        files.push(
            json!({"role": role.as_str(), "file": path, "keyid": file.keyid, "payload_sha256": file.payload_sha256}),
        );
    }
    text += "next: send these files to the coordinator, who runs `tuffet assemble`";
    Ok(Outcome::new(
        text,
        "tuffet-sign-v1",
        json!({"fingerprint": public.fingerprint().to_string(), "signatures": files}),
    ))
}

pub(crate) fn status(command: &Status) -> Result<Outcome, CliError> {
    let ceremony = open(&command.ceremony)?;
    let status = ceremony.status()?;
    let transcript = ceremony.transcript()?;
    let (lines, closed) = (transcript.entries().len(), transcript.require_closed().is_ok());
    let text = format!(
        "ceremony  {}\nplan hash {}\ntranscript {lines} lines, {}\n{}",
        ceremony.plan().ceremony,
        ceremony.plan_hash(),
        if closed { "closed" } else { "open" },
        status_text(&status)
    );
    Ok(Outcome::new(
        text,
        "tuffet-status-v1",
        json!({"ceremony": ceremony.plan().ceremony, "lines": lines, "closed": closed, "roles": status_json(&status)}),
    ))
}

fn status_text(status: &[RoleStatus]) -> String {
    let mut text = String::new();
    for role in status {
        let counts: Vec<String> =
            role.counts.iter().map(|(whose, have, need)| format!("{have} of {need} for the {whose}")).collect();
        let word = if role.is_complete() { "complete" } else { "open" };
        text += &format!("{:<9} v{} {word}: {}\n", role.role.as_str(), role.version, counts.join(", "));
        let people = |signed: bool| {
            let names: Vec<&str> =
                role.seats.iter().filter(|seat| seat.signed == signed).map(|seat| seat.owner.as_str()).collect();
            if names.is_empty() { "nobody".to_owned() } else { names.join(", ") }
        };
        text += &format!("  signed:  {}\n  missing: {}\n", people(true), people(false));
    }
    text
}

fn status_json(status: &[RoleStatus]) -> Vec<serde_json::Value> {
    let one = |role: &RoleStatus| {
        let counts: Vec<_> =
            role.counts.iter().map(|(whose, have, need)| json!({"whose": whose, "have": have, "need": need})).collect();
        let seats: Vec<_> = role
            .seats
            .iter()
            .map(
                |seat| json!({"owner": seat.owner, "fingerprint": seat.fingerprint.to_string(), "signed": seat.signed}),
            )
            .collect();
        json!({
            "role": role.role.as_str(), "version": role.version, "sha256": role.digest.to_string(),
            "complete": role.is_complete(), "counts": counts, "seats": seats,
        })
    };
    status.iter().map(one).collect()
}

pub(crate) fn assemble(command: &Assemble, context: &mut Context<'_>) -> Result<Outcome, CliError> {
    let ceremony = open(&command.ceremony)?;
    let now = context.writing_time()?;
    let mut incoming = Vec::new();
    for path in &command.signatures {
        incoming.push((path.display().to_string(), read(path)?));
    }
    let outcome = ceremony.assemble(&incoming, now)?;
    let mut text = String::new();
    for (role, owner) in &outcome.recorded {
        text += &format!("recorded: {role} by {owner}\n");
    }
    if outcome.recorded.is_empty() {
        text += "no new signature\n";
    }
    text += &status_text(&outcome.status);
    text += &if outcome.complete.len() == outcome.status.len() {
        format!("next: `tuffet publish {} --online-key KEY`", command.ceremony.display())
    } else {
        "next: the people missing sign".to_owned()
    };
    let recorded = outcome.recorded.iter().map(|(role, owner)| json!({"role": role.as_str(), "owner": owner}));
    let data = json!({"recorded": recorded.collect::<Vec<_>>(), "roles": status_json(&outcome.status)});
    Ok(Outcome::new(text, "tuffet-assemble-v1", data))
}

pub(crate) fn record(Record::Verify(command): &Record) -> Result<Outcome, CliError> {
    verify(command).map_err(|e| e.with_dir(&command.ceremony))
}

fn verify(command: &Verify) -> Result<Outcome, CliError> {
    let replay = Replay::run(&command.ceremony).map_err(|e| no_ceremony(&command.ceremony, e))?;
    let mut text = format!(
        "ceremony  {}\nplan hash {}\ntranscript {} lines, closed\nhead      {}\n",
        replay.ceremony, replay.plan_hash, replay.lines, replay.head
    );
    text += &status_text(&replay.roles);
    let compared = match &command.repository {
        Some(repository) => Some(replay.matches_repository(repository)?),
        None => None,
    };
    if let (Some(compared), Some(repository)) = (compared, &command.repository) {
        text += &format!("{compared} published files are in {} as recorded\n", repository.display());
    }
    text += "the record holds";
    let data = json!({
        "ceremony": replay.ceremony, "plan_hash": replay.plan_hash.to_string(), "lines": replay.lines,
        "head": replay.head.to_string(), "roles": status_json(&replay.roles), "published": replay.published,
        "compared": compared,
    });
    Ok(Outcome::new(text, "tuffet-replay-v1", data))
}
