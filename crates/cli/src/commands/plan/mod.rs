//! `tuffet init` and `tuffet plan`: from invites and enrolment records to the one reviewed file.

mod change;
mod making;
mod rekey;
mod rotate;

use super::{instance, refuse_existing, write_new};
use crate::workspace::Workspace;
use crate::{CliError, Context, Outcome};
use clap::{Args, Subcommand};
pub(crate) use making::Making;
use serde_json::json;
use std::path::{Path, PathBuf};
use tuffet_ceremony::{Invite, Online, PlannedChange, PlannedSeats};
use tuffet_keys::Sha256;
#[cfg(feature = "rehearsal")]
use tuffet_keys::sha256;
use tuffet_metadata::Key;
use tuffet_repository::{Place, Published, Repository};

/// Arguments of `init`.
#[derive(Debug, Args)]
pub struct Init {
    /// The folder to make
    #[arg(default_value = ".")]
    pub dir: PathBuf,
    /// Guide a team of one to three to a repository for its own log and CA
    #[arg(long)]
    pub instance: bool,
    /// What the instance is made of.
    #[command(flatten)]
    pub wishes: instance::Wishes,
}

/// Plan commands.
#[derive(Debug, Subcommand)]
pub enum Plan {
    /// Write an invite for somebody who is to enrol a key
    Invite(InviteArgs),
    /// Plan the initial ceremony from enrolment records
    New(New),
    /// Plan the replacement of a keyholder
    Replace(Replace),
    /// Plan any other change: thresholds, online keys, delegations, targets, renewals
    Change(change::Change),
    /// Plan one ceremony in which every key goes: for a repository whose keys lie in one place
    Rekey(rekey::Rekey),
    /// Plan the ceremonies that lead to a goal: who comes, who signs, when, and whether all clients follow
    Rotate(Box<rotate::Rotate>),
}

/// Arguments of `plan invite`.
#[derive(Debug, Args)]
pub struct InviteArgs {
    /// The id of the ceremony to come, such as 2026-12-01-initial
    #[arg(long)]
    pub ceremony: String,
    /// Who is invited, such as @alice; for the online key its URI
    #[arg(long)]
    pub owner: String,
    /// The file to write
    #[arg(long)]
    pub out: PathBuf,
}

/// What both kinds of plan need.
#[derive(Debug, Args)]
pub struct Dates {
    /// The time of the ceremony; expiries count from it
    #[arg(long, value_name = "TIME")]
    pub date: String,
    /// Days until root and targets expire
    #[arg(long, default_value_t = 182, value_name = "DAYS", allow_negative_numbers = true)]
    pub offline_days: i64,
    /// Days until the snapshot expires
    #[arg(long, default_value_t = 21, value_name = "DAYS", allow_negative_numbers = true)]
    pub snapshot_days: i64,
    /// Days until the timestamp expires
    #[arg(long, default_value_t = 7, value_name = "DAYS", allow_negative_numbers = true)]
    pub timestamp_days: i64,
    /// A file to distribute, or a folder of them, as PATH or NAME=PATH; may be given
    /// again
    #[arg(long = "target", value_name = "FILE")]
    pub targets: Vec<String>,
    /// The role that is to list those files, if it is a delegated one
    #[arg(long, value_name = "ROLE")]
    pub target_role: Option<String>,
    /// List SHA-512 of those files beside SHA-256
    #[arg(long)]
    pub sha512: bool,
    /// What the entries of those files say in `custom`: a JSON object from path to
    /// content, as `trust-root compose --legacy` writes it
    #[arg(long, value_name = "FILE", requires = "targets")]
    pub custom: Option<PathBuf>,
    /// Take no key in without evidence that a YubiKey or YubiHSM 2 made it
    #[arg(long)]
    pub require_attestation: bool,
    /// A root certificate in PEM that may vouch for devices beside the maker's
    #[arg(long = "attestation-root", value_name = "FILE")]
    pub attestation_roots: Vec<PathBuf>,
    /// A witness's folder from `key enroll`; once for each
    #[arg(long = "witness", value_name = "DIR")]
    pub witnesses: Vec<PathBuf>,
    /// Approvals needed before anybody signs [default: 2]
    #[arg(long, value_name = "N", default_value_t = 2, hide_default_value = true)]
    pub approvals: u64,
    /// Take keys in that lie in files
    #[arg(long)]
    pub allow_software_keys: bool,
    /// Accept a finding, with the reason: RULE=REASON
    #[arg(long = "waive", value_name = "RULE=REASON")]
    pub waivers: Vec<String>,
}

/// Arguments of `plan new`.
#[derive(Debug, Args)]
pub struct New {
    /// The id of the ceremony, such as 2026-12-01-initial
    pub ceremony: String,
    /// A keyholder's folder from `key enroll`; once for each, in the order their keys shall stand
    #[arg(long = "keyholder", value_name = "DIR", required = true)]
    pub keyholders: Vec<PathBuf>,
    /// The folder of the online key
    #[arg(long, value_name = "DIR")]
    pub online: PathBuf,
    /// Signatures that root and targets need
    #[arg(long)]
    pub threshold: u64,
    /// Dates and targets.
    #[command(flatten)]
    pub dates: Dates,
}

/// Arguments of `plan replace`.
#[derive(Debug, Args)]
pub struct Replace {
    /// The id of the ceremony, such as 2027-03-01-replace-erin
    pub ceremony: String,
    /// Who goes, as the current root names them
    #[arg(long)]
    pub outgoing: String,
    /// The folder of who comes
    #[arg(long, value_name = "DIR")]
    pub incoming: PathBuf,
    /// Dates and targets.
    #[command(flatten)]
    pub dates: Dates,
}

pub(crate) fn init(command: &Init, context: &mut Context<'_>) -> Result<Outcome, CliError> {
    if command.instance {
        return instance::run(&command.dir, &command.wishes, context);
    }
    if !command.wishes.entries.is_empty() {
        return Err(CliError::usage("expected --instance beside logs and authorities, found none")
            .hint("without it a workspace is empty; `tuffet trust-root compose` makes a trust root alone"));
    }
    let workspace = Workspace::create(&command.dir)?;
    let text = format!(
        "workspace {}\nnext: `tuffet plan invite` once for each keyholder and for the online key",
        workspace.root.display()
    );
    Ok(Outcome::new(text, "tuffet-init-v1", json!({"workspace": workspace.root})))
}

pub(crate) fn run(command: Plan, context: &mut Context<'_>) -> Result<Outcome, CliError> {
    match command {
        Plan::Invite(command) => invite(&command, context),
        Plan::New(command) => new(&command, context),
        Plan::Replace(command) => replace(&command, context),
        Plan::Change(command) => change::run(&command, context),
        Plan::Rekey(command) => rekey::run(&command, context),
        Plan::Rotate(command) => rotate::run(&command, context),
    }
}

fn invite(command: &InviteArgs, context: &Context<'_>) -> Result<Outcome, CliError> {
    refuse_existing(&command.out)?;
    // Refused here, before somebody answers it: a plan would not take them.
    if !tuffet_ceremony::Plan::is_id(&command.ceremony) {
        let found = command.ceremony.escape_debug();
        return Err(CliError::usage(format!("--ceremony: expected letters, digits and hyphens, found `{found}`")));
    }
    if !tuffet_ceremony::Plan::is_name(&command.owner) {
        let found = command.owner.escape_debug();
        return Err(CliError::usage(format!(
            "--owner: expected a name such as @alice or the online key's URI, found `{found}`"
        )));
    }
    let workspace = context.workspace(Path::new("."))?;
    let previous = workspace.repository().published()?.map(|published| published.root().sha256());
    let invite = invitation(context, &command.ceremony, previous, &command.owner)?;
    write_new(&command.out, invite.to_json().as_bytes())?;
    let text = format!(
        "workspace {}\ninvite for {} to {}: {}\nnext: they run `tuffet key enroll --key KEY --invite {} --out DIR`",
        workspace.root.display(),
        invite.owner,
        invite.ceremony,
        command.out.display(),
        command.out.display()
    );
    Ok(Outcome::new(text, "tuffet-invite-report-v1", json!({"owner": invite.owner, "file": command.out})))
}

/// An invite that nobody could have foreseen.
pub(super) fn invitation(
    context: &Context<'_>,
    ceremony: &str,
    previous: Option<Sha256>,
    owner: &str,
) -> Result<Invite, CliError> {
    Ok(Invite::new(ceremony, previous, owner, nonce(context, owner)?))
}

fn nonce(context: &Context<'_>, owner: &str) -> Result<[u8; 32], CliError> {
    #[cfg(feature = "rehearsal")]
    if let Some(seed) = &context.seed {
        return Ok(*sha256(format!("{seed}\0invite\0{owner}").as_bytes()).as_bytes());
    }
    let _ = (context, owner);
    let mut nonce = [0; 32];
    ring::rand::SecureRandom::fill(&ring::rand::SystemRandom::new(), &mut nonce)
        .map_err(|_| CliError::new("random", "the system gives no random bytes"))?;
    Ok(nonce)
}

fn new(command: &New, context: &Context<'_>) -> Result<Outcome, CliError> {
    let workspace = context.workspace(Path::new("."))?;
    if let Some(published) = workspace.repository().published()? {
        let version = published.root().common.version;
        let message = format!("{}: expected no repository yet, found root v{version}", workspace.root.display());
        return Err(CliError::new("exists", message).hint("to change it, run `tuffet plan replace`"));
    }
    let mut making = Making::start(&command.ceremony, None, &command.dates)?;
    let people = command.keyholders.iter().map(|path| making.person(path)).collect::<Result<Vec<_>, _>>()?;
    let (uri, key, enrolment) = making.enrol(&command.online)?;
    making.plan.online = Some(Online { key, uri, enrolment });
    let seats = PlannedSeats { threshold: command.threshold, people };
    making.plan.changes.insert(0, PlannedChange::Establish { root: seats.clone(), targets: seats });
    making.finish(&workspace)
}

/// What a change starts from.
pub(super) fn published(workspace: &Workspace) -> Result<Published, CliError> {
    published_at(&workspace.repository(), &workspace.root.display().to_string())
}

/// What is published in `repository`, which people know as `place`.
pub(super) fn published_at<P: Place>(repository: &Repository<P>, place: &str) -> Result<Published, CliError> {
    repository.published()?.ok_or_else(|| {
        CliError::new("missing", format!("{place}: expected a published repository, found none"))
            .hint("run `tuffet plan new` for the initial ceremony")
    })
}

fn replace(command: &Replace, context: &Context<'_>) -> Result<Outcome, CliError> {
    let workspace = context.workspace(Path::new("."))?;
    let published = published(&workspace)?;
    let root = published.root();
    let delegations = published.listings().filter_map(|role| role.delegations.as_ref());
    let delegated: Vec<&Key> = delegations.flat_map(|delegations| delegations.keys().values()).collect();
    let owners = || root.keys().values().chain(delegated.iter().copied()).filter_map(|key| key.owner());
    if !owners().any(|owner| owner == command.outgoing) {
        let there: std::collections::BTreeSet<&str> = owners().collect();
        let message = format!(
            "--outgoing: expected a keyholder of root v{} or of a delegation, found `{}` (K1)",
            root.common.version,
            command.outgoing.escape_debug()
        );
        let hint = format!("it names {}", there.into_iter().collect::<Vec<_>>().join(", "));
        return Err(CliError { hint: Some(hint), ..CliError::usage(message) });
    }
    let mut making = Making::start(&command.ceremony, Some(root.sha256()), &command.dates)?;
    let incoming = making.person(&command.incoming)?;
    let outgoing = command.outgoing.clone();
    making.plan.changes.insert(0, PlannedChange::ReplaceKeyholder { outgoing, incoming });
    making.finish(&workspace)
}
