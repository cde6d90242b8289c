//! `tuffet init` and `tuffet plan`: from invites and enrolment records to the one reviewed file.

use super::key::anchors;
use super::{read, refuse_existing, write_new};
use crate::context::time;
use crate::workspace::Workspace;
use crate::{CliError, Context, Outcome};
use chrono::{DateTime, Duration, Utc};
use clap::{Args, Subcommand};
use serde_json::json;
use std::path::{Path, PathBuf};
use tuffet_ceremony::{
    Invite, KeyFolder, Online, Person, PlanExpiries, PlannedAttestation, PlannedChange, PlannedSeats,
};
use tuffet_keys::sha256;
use tuffet_metadata::format_time;
use walkdir::WalkDir;

/// Arguments of `init`.
#[derive(Debug, Args)]
pub struct Init {
    /// The folder to make
    #[arg(default_value = ".")]
    pub dir: PathBuf,
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
    /// Take no key in without evidence that a YubiKey or YubiHSM 2 made it
    #[arg(long)]
    pub require_attestation: bool,
    /// A root certificate in PEM that may vouch for devices beside the maker's
    #[arg(long = "attestation-root", value_name = "FILE")]
    pub attestation_roots: Vec<PathBuf>,
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

pub(crate) fn init(command: &Init) -> Result<Outcome, CliError> {
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
    let invite = Invite::new(&command.ceremony, previous, &command.owner, nonce(context, &command.owner)?);
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

/// A ceremony directory in the making: the plan and the files it binds.
struct Making {
    plan: tuffet_ceremony::Plan,
    files: Vec<(String, Vec<u8>)>,
}

impl Making {
    fn start(ceremony: &str, previous: Option<tuffet_keys::Sha256>, dates: &Dates) -> Result<Self, CliError> {
        let at = time(&dates.date)?;
        let after = |number: i64| -> Result<String, CliError> {
            let days = Duration::try_days(number).filter(|days| *days > Duration::zero());
            let end: Option<DateTime<Utc>> = days.and_then(|days| at.checked_add_signed(days));
            let refuse = || format!("expected a number of days from 1 that ends before year 10000, found {number}");
            end.map(format_time).ok_or_else(|| CliError::usage(refuse()))
        };
        let mut making = Self {
            plan: tuffet_ceremony::Plan {
                schema: "tuffet-plan-v1".into(),
                ceremony: ceremony.to_owned(),
                at: format_time(at),
                previous_root: previous.map_or_else(|| "none".into(), |hash| hash.to_string()),
                expires: PlanExpiries {
                    root: after(dates.offline_days)?,
                    targets: after(dates.offline_days)?,
                    snapshot: after(dates.snapshot_days)?,
                    timestamp: after(dates.timestamp_days)?,
                },
                online: None,
                people: Vec::new(),
                attestation: None,
                changes: Vec::new(),
                waivers: Vec::new(),
            },
            files: Vec::new(),
        };
        for target in &dates.targets {
            making.set_target(target)?;
        }
        making.attestation(dates)?;
        Ok(making)
    }

    /// What devices must prove; the finer wishes are written into the plan by hand.
    fn attestation(&mut self, dates: &Dates) -> Result<(), CliError> {
        if !dates.require_attestation && dates.attestation_roots.is_empty() {
            return Ok(());
        }
        anchors(&dates.attestation_roots)?;
        let mut wanted = PlannedAttestation { require: dates.require_attestation, ..PlannedAttestation::default() };
        for path in &dates.attestation_roots {
            let bytes = read(path)?;
            let hash = sha256(&bytes).to_string();
            self.files.push((format!("roots/{hash}.pem"), bytes));
            wanted.roots.push(hash);
        }
        self.plan.attestation = Some(wanted);
        Ok(())
    }

    /// A file, or every file below a folder, sorted, under its path from there.
    fn set_target(&mut self, target: &str) -> Result<(), CliError> {
        let (name, path) = match target.split_once('=') {
            Some((name, path)) => (name.to_owned(), PathBuf::from(path)),
            None => {
                let path = PathBuf::from(target);
                (path.file_name().unwrap_or_default().to_string_lossy().into_owned(), path)
            }
        };
        if !path.is_dir() {
            return self.set_file(name, &path);
        }
        // A folder given without a name stands for what is below it.
        let prefix = if target.contains('=') { format!("{name}/") } else { String::new() };
        for entry in WalkDir::new(&path).sort_by_file_name() {
            let entry = entry.map_err(|e| CliError::new("io", e.to_string()))?;
            if entry.file_type().is_dir() {
                continue;
            }
            if !entry.file_type().is_file() {
                let found = entry.path().display();
                let message = format!("{found}: expected a file or a folder, found a link or a device");
                return Err(CliError::new("target", message).hint("a link may point elsewhere tomorrow: copy the file"));
            }
            let below = entry.path().strip_prefix(&path).unwrap_or(entry.path());
            self.set_file(format!("{prefix}{}", below.display()), entry.path())?;
        }
        Ok(())
    }

    fn set_file(&mut self, name: String, path: &Path) -> Result<(), CliError> {
        let bytes = read(path)?;
        let (length, sha256) = (bytes.len() as u64, sha256(&bytes).to_string());
        self.files.push((format!("targets/{name}"), bytes));
        self.plan.changes.push(PlannedChange::SetTarget { path: name, length, sha256 });
        Ok(())
    }

    /// Takes an enrolment record: (name, key, SHA-256 of the record).
    fn enrol(&mut self, path: &Path) -> Result<(String, String, String), CliError> {
        let folders = KeyFolder::find(path)?;
        let [folder] = folders.as_slice() else {
            let message = format!("{}: expected one key, found {}", path.display(), folders.len());
            return Err(CliError::new("enrolment", message).hint("name the folder of the key that is meant"));
        };
        let folder = KeyFolder::read(folder)?;
        let record = &folder.record;
        for (what, expected, found) in [
            ("ceremony", &self.plan.ceremony, &record.invite.ceremony),
            ("previous root", &self.plan.previous_root, &record.invite.previous_root),
        ] {
            if expected != found {
                let message = format!(
                    "{}: {what}: expected `{expected}`, found `{}`: the invite was for another occasion (K10)",
                    path.display(),
                    found.escape_debug()
                );
                let hint = format!(
                    "run `tuffet plan invite --ceremony {} --owner {} --out FILE` and have it answered",
                    self.plan.ceremony,
                    record.invite.owner.escape_debug()
                );
                return Err(CliError::new("enrolment", message).hint(hint));
            }
        }
        let enrolment = sha256(&folder.bytes).to_string();
        self.files.extend(folder.files());
        Ok((record.invite.owner.clone(), record.fingerprint.clone(), enrolment))
    }

    fn person(&mut self, path: &Path) -> Result<String, CliError> {
        let (name, key, enrolment) = self.enrol(path)?;
        self.plan.people.push(Person { name: name.clone(), key, enrolment });
        Ok(name)
    }

    /// Checks the plan as `draft` will read it, then writes the directory, the plan last.
    fn finish(self, workspace: &Workspace) -> Result<Outcome, CliError> {
        let text = self.plan.to_toml();
        tuffet_ceremony::Plan::parse(text.as_bytes()).map_err(tuffet_ceremony::CeremonyError::from)?;
        let dir = workspace.ceremony(&self.plan.ceremony);
        refuse_existing(&dir.join("plan.toml"))?;
        for (name, bytes) in &self.files {
            write_if_other(&dir.join(name), bytes)?;
        }
        write_new(&dir.join("plan.toml"), text.as_bytes())?;
        let hash = sha256(text.as_bytes());
        let shown = format!(
            "workspace {}\nplan      {}\nplan hash {hash}\n\n{text}\nnext: have it reviewed, then `tuffet draft {}`",
            workspace.root.display(),
            dir.join("plan.toml").display(),
            dir.display()
        );
        Ok(Outcome::new(shown, "tuffet-plan-report-v1", json!({"ceremony": dir, "plan_hash": hash.to_string()})))
    }
}

/// A file of an earlier attempt with the same bytes is no obstacle to running the command again.
fn write_if_other(path: &Path, bytes: &[u8]) -> Result<(), CliError> {
    match std::fs::read(path) {
        Ok(there) if there == bytes => Ok(()),
        _ => write_new(path, bytes),
    }
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

fn replace(command: &Replace, context: &Context<'_>) -> Result<Outcome, CliError> {
    let workspace = context.workspace(Path::new("."))?;
    let published = workspace.repository().published()?.ok_or_else(|| {
        CliError::new("missing", format!("{}: expected a published repository, found none", workspace.root.display()))
            .hint("run `tuffet plan new` for the initial ceremony")
    })?;
    let root = published.root();
    let owners = || root.keys().values().filter_map(|key| key.owner());
    if !owners().any(|owner| owner == command.outgoing) {
        let there: std::collections::BTreeSet<&str> = owners().collect();
        let message = format!(
            "--outgoing: expected a keyholder of root v{}, found `{}` (K1)",
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
