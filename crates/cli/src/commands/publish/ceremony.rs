//! A ceremony on its way into a repository, resumed where an earlier run broke off.

use super::{Publish, told};
use crate::commands::ceremony::{open, require_start};
use crate::destination::Through;
use crate::workspace::Workspace;
use crate::{CliError, Context, Outcome};
use chrono::{DateTime, Duration, Utc};
use serde_json::json;
use std::collections::BTreeMap;
use std::path::Path;
use tuffet_builder::{Finding, Pins, Severity};
use tuffet_ceremony::{Action, Ceremony, PlannedChange};
use tuffet_metadata::{RoleName, format_time};
use tuffet_repository::{Current, OnlineExpiries, Place, Published, Receipt, Repository, Signed, stage, stage_bridge};
use tuffet_signers::KeyUri;

/// Publishes the ceremony in `dir` to the workspace's repository, or to a destination.
pub(super) fn publish(
    command: &Publish,
    dir: &Path,
    online_key: &str,
    context: &mut Context<'_>,
) -> Result<Outcome, CliError> {
    let ceremony = open(dir)?;
    let workspace = context.workspace(dir)?;
    let run = Run { command, online_key, ceremony, workspace };
    let Some(to) = &command.to else {
        return run.publish(&run.workspace.repository(), &Through::default(), context);
    };
    let destination = run.workspace.destination(to)?;
    if let Some(from) = &destination.from {
        let message =
            format!("{}: expected what `{from}` has, as tuffet.toml says, found a ceremony (T31)", destination.name);
        return Err(CliError::usage(message).hint(format!(
            "`tuffet publish {} --online-key KEY --to {from}`, look at it there, then `tuffet publish --to {}`",
            dir.display(),
            destination.name
        )));
    }
    run.publish(&destination.repository()?, &Through::of(&destination)?, context)
}

struct Run<'a> {
    command: &'a Publish,
    online_key: &'a str,
    ceremony: Ceremony,
    workspace: Workspace,
}

impl Run<'_> {
    fn publish<P: Place>(
        &self,
        repository: &Repository<P>,
        through: &Through,
        context: &mut Context<'_>,
    ) -> Result<Outcome, CliError> {
        let (ceremony, now) = (&self.ceremony, context.writing_time()?);
        let current = repository.current()?;
        // The record is of the first publication; another place that the same ceremony is published to adds nothing to it.
        let recorded = self.command.to.is_some() && is_recorded(ceremony)?;
        if !recorded {
            require_signatures(ceremony, now)?;
        }
        let signed = signed(ceremony)?;
        let (receipt, read_by) = match interrupted(current.published.as_ref(), &signed) {
            Interrupted::BeforeTheRecord(published) => (repository.receipt(published)?, "published by an earlier run"),
            Interrupted::No => {
                let elsewhere = |error: CliError| match self.command.to {
                    None => error,
                    Some(_) => {
                        error.hint("is it behind? `tuffet publish --to NAME` copies what the workspace has published")
                    }
                };
                require_start(ceremony, current.published.as_ref()).map_err(elsewhere)?;
                self.publish_now(context, repository, through, current, signed)?
            }
            Interrupted::BeforeTheTimestamp => self.publish_now(context, repository, through, current, signed)?,
        };
        let record = if recorded {
            ("transcript closed when it was first published".to_owned(), None)
        } else {
            let transcript = ceremony.record_publication(receipt.files.clone(), now)?;
            let (lines, head) = (transcript.entries().len(), transcript.head().to_string());
            (format!("transcript closed, {lines} lines\nhead      {head}"), Some(head))
        };
        if !self.command.no_page {
            crate::commands::page::after(&self.workspace, repository, now);
        }
        let place = repository.place().describe();
        let text = format!(
            "workspace {}\npublished {} files to {place}\n{}\n{read_by}\n{}",
            self.workspace.root.display(),
            receipt.files.len(),
            told(&receipt),
            record.0,
        );
        let data = json!({
            "place": place, "files": receipt.files, "root": receipt.root, "targets": receipt.targets,
            "snapshot": receipt.snapshot, "timestamp": receipt.timestamp, "transcript_head": record.1,
        });
        Ok(Outcome::new(text, "tuffet-publish-v1", data))
    }

    fn publish_now<P: Place>(
        &self,
        context: &mut Context<'_>,
        repository: &Repository<P>,
        through: &Through,
        current: Current,
        signed: Signed,
    ) -> Result<(Receipt, &'static str), CliError> {
        let (command, ceremony) = (self.command, &self.ceremony);
        let until = online_expiries(command, ceremony, context.writing_time()?)?;
        let uri: KeyUri = self.online_key.parse()?;
        let online = tuffet_signers::open(&uri, &mut *context.terminal)?;
        let pins = if command.version_only_pins { Pins::VersionOnly } else { Pins::Full };
        let [snapshot, timestamp] = until;
        let expires = OnlineExpiries { snapshot, timestamp, pins };
        let current = match (&command.bridge_key, &signed.root, &current.published) {
            (None, ..) => current,
            (Some(key), Some(root), Some(published)) if root != published.root().bytes() => {
                let today = tuffet_signers::open(&key.parse::<KeyUri>()?, &mut *context.terminal)?;
                let bridge = stage_bridge(published.clone(), root, &*today, &*online, &expires)?;
                through.publish(bridge.verify(ceremony.plan().at())?, repository)?;
                repository.current()?
            }
            // The root is out: what stands beside it was signed before, or there is nothing that could be bridged.
            (Some(_), Some(_), _) => current,
            (Some(_), None, _) => {
                let message = "--bridge-key: expected a ceremony that brings a root, found one without (R10)";
                return Err(CliError::usage(message).hint("leave --bridge-key out"));
            }
        };
        let staged = stage(current, signed, &*online, &expires)?;
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
        Ok((through.publish(accepted, repository)?, read_by))
    }
}

/// A signature that arrived since the last `assemble` is recorded before anything is published over it.
fn require_signatures(ceremony: &Ceremony, now: DateTime<Utc>) -> Result<(), CliError> {
    let assembled = ceremony.assemble(&[], now)?;
    let Some(open) = assembled.status.iter().find(|role| !role.is_complete()) else { return Ok(()) };
    let message = format!("{} v{}: expected its thresholds met, found it open (R20)", open.role, open.version);
    Err(CliError::new("incomplete", message).hint("run `tuffet status DIR` to see whose signatures are missing"))
}

fn is_recorded(ceremony: &Ceremony) -> Result<bool, CliError> {
    let transcript = ceremony.transcript()?;
    let mut last = transcript.entries().iter().rev();
    let closed = last.next().is_some_and(|entry| entry.action == Action::Close);
    Ok(closed && last.next().is_some_and(|entry| matches!(entry.action, Action::Publish { .. })))
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
