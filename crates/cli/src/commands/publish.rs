//! `tuffet publish`: from an assembled ceremony to the repository, resumed where an earlier run broke off.

use super::ceremony::{open, require_start};
use crate::{CliError, Context, Outcome};
use chrono::{DateTime, Duration, Utc};
use clap::Args;
use serde_json::json;
use std::collections::BTreeMap;
use std::path::PathBuf;
use tuffet_builder::{Finding, Pins, Severity};
use tuffet_ceremony::{Ceremony, PlannedChange};
use tuffet_metadata::{RoleName, format_time};
use tuffet_repository::{Current, OnlineExpiries, Published, Receipt, Repository, Signed, stage};
use tuffet_signers::KeyUri;

/// Arguments of `publish`.
#[derive(Debug, Args)]
pub struct Publish {
    /// The ceremony's directory
    pub ceremony: PathBuf,
    /// The online key, which signs snapshot and timestamp
    #[arg(long, value_name = "KEY")]
    pub online_key: String,
    /// Pin files in snapshot and timestamp by version alone: smaller, and whoever steals the online
    /// key can swap a file for another of its version
    #[arg(long)]
    pub version_only_pins: bool,
    /// Days until the snapshot expires, counted from now and not from the plan: for a ceremony
    /// that took long
    #[arg(long, value_name = "DAYS", requires = "timestamp_days")]
    pub snapshot_days: Option<u32>,
    /// The same for the timestamp
    #[arg(long, value_name = "DAYS", requires = "snapshot_days")]
    pub timestamp_days: Option<u32>,
}

pub(crate) fn publish(command: &Publish, context: &mut Context<'_>) -> Result<Outcome, CliError> {
    let ceremony = open(&command.ceremony)?;
    let now = context.writing_time()?;
    let workspace = context.workspace(&command.ceremony)?;
    let repository = workspace.repository();
    let current = repository.current()?;
    // A signature that arrived since the last `assemble` is recorded before anything is published over it.
    let assembled = ceremony.assemble(&[], now)?;
    if let Some(open) = assembled.status.iter().find(|role| !role.is_complete()) {
        let message = format!("{} v{}: expected its thresholds met, found it open (R20)", open.role, open.version);
        return Err(
            CliError::new("incomplete", message).hint("run `tuffet status DIR` to see whose signatures are missing")
        );
    }
    let signed = signed(&ceremony)?;
    let (receipt, read_by) = match interrupted(current.published.as_ref(), &signed) {
        Interrupted::BeforeTheRecord(published) => (repository.receipt(published)?, "published by an earlier run"),
        Interrupted::No => {
            require_start(&ceremony, current.published.as_ref())?;
            publish_now(command, context, &ceremony, &repository, current, signed)?
        }
        Interrupted::BeforeTheTimestamp => publish_now(command, context, &ceremony, &repository, current, signed)?,
    };
    let transcript = ceremony.record_publication(receipt.files.clone(), now)?;
    let text = format!(
        "workspace {}\npublished {} files to {}\nroot {}, targets {}, snapshot {}, timestamp {}\n\
         {read_by}\ntranscript closed, {} lines\nhead      {}",
        workspace.root.display(),
        receipt.files.len(),
        repository.dir().display(),
        receipt.root,
        receipt.targets,
        receipt.snapshot,
        receipt.timestamp,
        transcript.entries().len(),
        transcript.head(),
    );
    let data = json!({
        "files": receipt.files, "root": receipt.root, "targets": receipt.targets,
        "snapshot": receipt.snapshot, "timestamp": receipt.timestamp, "transcript_head": transcript.head().to_string(),
    });
    Ok(Outcome::new(text, "tuffet-publish-v1", data))
}

/// What the ceremony brings to the repository.
fn signed(ceremony: &Ceremony) -> Result<Signed, CliError> {
    let mut files = BTreeMap::new();
    for change in &ceremony.plan().changes {
        if let PlannedChange::SetTarget { path, .. } = change {
            files.insert(path.clone(), ceremony.target(path)?);
        }
    }
    let mut delegated = BTreeMap::new();
    for payload in ceremony.payloads()? {
        if let RoleName::Delegated(name) = &payload.role
            && let Some(bytes) = ceremony.assembled(&payload.role)?
        {
            delegated.insert(name.clone(), bytes);
        }
    }
    let (root, targets) = (ceremony.assembled(&RoleName::Root)?, ceremony.assembled(&RoleName::Targets)?);
    Ok(Signed { root, targets, delegated, files })
}

/// Where an earlier run of `publish` for this ceremony ended.
enum Interrupted<'a> {
    /// There was none, or it left nothing.
    No,
    /// The root is there, clients are not told of it yet.
    BeforeTheTimestamp,
    /// Everything is published; the transcript does not say so yet.
    BeforeTheRecord(&'a Published),
}

fn interrupted<'a>(published: Option<&'a Published>, signed: &Signed) -> Interrupted<'a> {
    let Some(published) = published else { return Interrupted::No };
    let is = |file: &Option<Vec<u8>>, bytes: &[u8]| file.as_deref() == Some(bytes);
    let root = is(&signed.root, published.root().bytes());
    let same = |(name, bytes): (&String, &Vec<u8>)| {
        published.delegated.get(name).is_some_and(|published| published.bytes() == bytes)
    };
    let targets = signed.targets.is_none() || is(&signed.targets, published.targets.bytes());
    let brings = signed.targets.is_some() || !signed.delegated.is_empty();
    if brings && targets && signed.delegated.iter().all(same) && (root || signed.root.is_none()) {
        return Interrupted::BeforeTheRecord(published);
    }
    if root { Interrupted::BeforeTheTimestamp } else { Interrupted::No }
}

fn publish_now(
    command: &Publish,
    context: &mut Context<'_>,
    ceremony: &Ceremony,
    repository: &Repository,
    current: Current,
    signed: Signed,
) -> Result<(Receipt, &'static str), CliError> {
    let until = online_expiries(command, ceremony, context.writing_time()?)?;
    let uri: KeyUri = command.online_key.parse()?;
    let online = tuffet_signers::open(&uri, &mut *context.terminal)?;
    let pins = if command.version_only_pins { Pins::VersionOnly } else { Pins::Full };
    let [snapshot, timestamp] = until;
    let staged = stage(current, signed, &*online, &OnlineExpiries { snapshot, timestamp, pins })?;
    refuse_errors(&staged.findings(ceremony.plan().at()))?;
    let accepted = staged.verify(ceremony.plan().at())?;
    let limited = accepted.second_client().map(str::to_owned);
    if let Some(limited) = &limited {
        crate::outcome::warn(&format!("{limited} (R21)"));
    }
    let read_by = if limited.is_none() && cfg!(feature = "network") {
        "read back by a fresh client and, before publication, by tough"
    } else {
        "read back by a fresh client"
    };
    Ok((accepted.publish(repository)?, read_by))
}

/// Until when snapshot and timestamp are signed. The plan says it, or whoever publishes long after it: a timestamp that has
/// expired when it is published helps no client.
fn online_expiries(command: &Publish, ceremony: &Ceremony, now: DateTime<Utc>) -> Result<[DateTime<Utc>; 2], CliError> {
    let after = |days: u32| now.checked_add_signed(Duration::days(days.into())).filter(|end| *end > now);
    if let (Some(snapshot), Some(timestamp)) = (command.snapshot_days, command.timestamp_days) {
        let none = || CliError::usage("expected a number of days from 1 that ends before year 10000");
        return Ok([after(snapshot).ok_or_else(none)?, after(timestamp).ok_or_else(none)?]);
    }
    let [_, _, snapshot, timestamp] = ceremony.plan().expiries();
    for (role, end) in [("snapshot", snapshot), ("timestamp", timestamp)] {
        if end <= now {
            let message = format!(
                "{role}: expected an expiry after now, {}, found {} in the plan (R18)",
                format_time(now),
                format_time(end)
            );
            return Err(CliError::new("expired", message)
                .hint("the ceremony took long: give it days from now with --snapshot-days 21 --timestamp-days 7"));
        }
    }
    Ok([snapshot, timestamp])
}

/// What `tuffet check` calls an error is not published. What it warns of was waived when it was drafted, or is of files
/// that are out.
fn refuse_errors(findings: &[Finding]) -> Result<(), CliError> {
    let mut errors = findings.iter().filter(|finding| finding.severity == Severity::Error);
    let Some(first) = errors.next() else { return Ok(()) };
    let id = first.lint.map_or(first.rule, |lint| lint.id);
    let more = match errors.count() {
        0 => String::new(),
        n => format!("; and {n} more"),
    };
    let message = format!("{}: {} ({id}){more}", first.place, first.message);
    Err(CliError::new("check", message).hint(first.fix))
}
