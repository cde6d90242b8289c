//! From invites' answers to plan.toml and the files it binds.

use super::Dates;
use crate::commands::key::anchors;
use crate::commands::{read, refuse_existing, write_new};
use crate::context::time;
use crate::progress::scan;
use crate::text::wrap;
use crate::workspace::Workspace;
use crate::{CliError, Outcome};
use chrono::{DateTime, Duration, Utc};
use serde_json::json;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use tuffet_ceremony::{Ceremony, KeyFolder, Person, PlanExpiries, PlannedAttestation, PlannedChange, Waiver};
use tuffet_keys::{PublicKey, sha256};
use tuffet_metadata::format_time;

/// A ceremony directory in the making: the plan and the files it binds.
pub(crate) struct Making {
    pub(crate) plan: tuffet_ceremony::Plan,
    files: Vec<(String, Vec<u8>)>,
    target_role: Option<String>,
    sha512: bool,
}

impl Making {
    pub(crate) fn start(
        ceremony: &str,
        previous: Option<tuffet_keys::Sha256>,
        dates: &Dates,
    ) -> Result<Self, CliError> {
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
                    delegated: BTreeMap::new(),
                },
                approvals: dates.approvals,
                software_keys: dates.allow_software_keys,
                tools: Vec::new(),
                online: None,
                online_keys: Vec::new(),
                people: Vec::new(),
                witnesses: Vec::new(),
                attestation: None,
                changes: Vec::new(),
                waivers: dates.waivers.iter().map(|text| waiver(text)).collect::<Result<_, _>>()?,
            },
            files: Vec::new(),
            target_role: dates.target_role.clone(),
            sha512: dates.sha512,
        };
        for target in &dates.targets {
            making.set_target(target)?;
        }
        if let Some(path) = &dates.custom {
            making.set_custom(path)?;
        }
        making.attestation(dates)?;
        for path in &dates.witnesses {
            let (name, key, enrolment) = making.enrol(path)?;
            making.plan.witnesses.push(Person { name, key, enrolment });
        }
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
        for file in scan(&path, None)?.files {
            let below = path.join(&file.path);
            self.set_file(format!("{prefix}{}", file.path), &below)?;
            // Read again, to lie in the ceremony's directory.
            if self.files.last().is_none_or(|(_, bytes)| sha256(bytes) != file.sha256) {
                let message = format!("{}: expected the content it was hashed with, found another", below.display());
                return Err(
                    CliError::new("target", message).hint("whoever writes there must be done first: run it again")
                );
            }
        }
        Ok(())
    }

    fn set_file(&mut self, name: String, path: &Path) -> Result<(), CliError> {
        self.set_bytes(name, read(path)?);
        Ok(())
    }

    /// A target whose content is at hand.
    pub(super) fn set_bytes(&mut self, name: String, bytes: Vec<u8>) {
        let (length, sha256) = (bytes.len() as u64, sha256(&bytes).to_string());
        let sha512 = self.sha512.then(|| tuffet_keys::sha512(&bytes).to_string());
        self.files.push((format!("targets/{name}"), bytes));
        self.plan.changes.push(PlannedChange::SetTarget {
            role: self.target_role.clone(),
            path: name,
            length,
            sha256,
            sha512,
            custom: None,
        });
    }

    /// What the entries of files that were named say beside length and hashes. Content for a path that was not named would
    /// be lost, or meant for another.
    fn set_custom(&mut self, file: &Path) -> Result<(), CliError> {
        let wrong = |problem: String| CliError::new("target", format!("{}: {problem}", file.display()));
        let content: BTreeMap<String, serde_json::Value> = serde_json::from_slice(&read(file)?)
            .map_err(|e| wrong(format!("expected a JSON object from path to content, found: {e}")))?;
        for (name, value) in content {
            let named = self.plan.changes.iter_mut().find_map(|change| match change {
                PlannedChange::SetTarget { path, custom, .. } if *path == name => Some(custom),
                _ => None,
            });
            let Some(custom) = named else {
                let message =
                    wrong(format!("expected the paths of files given with --target, found `{}`", name.escape_debug()));
                return Err(message.hint("give the file, or the folder it is in, with --target as well"));
            };
            *custom = Some(value.to_string());
        }
        Ok(())
    }

    /// Takes an enrolment record: (name, key, SHA-256 of the record).
    pub(super) fn enrol(&mut self, path: &Path) -> Result<(String, String, String), CliError> {
        let (name, _, key, enrolment) = self.enrol_with_key(path)?;
        Ok((name, key, enrolment))
    }

    /// As [`enrol`](Self::enrol), with the key itself: (name, key, its fingerprint, SHA-256 of the record).
    pub(crate) fn enrol_with_key(&mut self, path: &Path) -> Result<(String, PublicKey, String, String), CliError> {
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
        Ok((record.invite.owner.clone(), folder.public.clone(), record.fingerprint.clone(), enrolment))
    }

    pub(super) fn person(&mut self, path: &Path) -> Result<String, CliError> {
        Ok(self.person_with_key(path)?.0)
    }

    /// Somebody who comes in: (name, key).
    pub(crate) fn person_with_key(&mut self, path: &Path) -> Result<(String, PublicKey), CliError> {
        let (name, public, key, enrolment) = self.enrol_with_key(path)?;
        self.plan.people.push(Person { name: name.clone(), key, enrolment });
        Ok((name, public))
    }

    /// A file that the plan binds, by its path in the ceremony's directory.
    pub(crate) fn add_file(&mut self, name: String, bytes: Vec<u8>) {
        self.files.push((name, bytes));
    }

    /// Checks the plan as `draft` will read it, then writes the directory, the plan last.
    pub(crate) fn finish(self, workspace: &Workspace) -> Result<Outcome, CliError> {
        let text = self.plan.to_toml();
        tuffet_ceremony::Plan::parse(text.as_bytes()).map_err(tuffet_ceremony::CeremonyError::from)?;
        let dir = workspace.ceremony(&self.plan.ceremony);
        refuse_existing(&dir.join("plan.toml"))?;
        for (name, bytes) in &self.files {
            write_if_other(&dir.join(name), bytes)?;
        }
        write_new(&dir.join("plan.toml"), text.as_bytes())?;
        let hash = sha256(text.as_bytes());
        let breaks = Self::breaks(&dir, workspace)?;
        let shown = format!(
            "workspace {}\nplan      {}\nplan hash {hash}\n\n{text}\n{breaks}next: have it reviewed, then `tuffet draft {}`",
            workspace.root.display(),
            dir.join("plan.toml").display(),
            dir.display()
        );
        Ok(Outcome::new(shown, "tuffet-plan-report-v1", json!({"ceremony": dir, "plan_hash": hash.to_string()})))
    }
}

impl Making {
    /// What `draft` would say of the plan, for whoever is about to have it reviewed. Nothing is refused here: a plan is a
    /// file that people edit.
    fn breaks(dir: &Path, workspace: &Workspace) -> Result<String, CliError> {
        let state = workspace.repository().published()?.map(|published| published.state());
        let findings = match Ceremony::open(dir)?.findings(state) {
            Ok(findings) => findings,
            Err(error) => return Ok(wrap("no draft: ", "  ", &error.to_string()) + "\n\n"),
        };
        let mut out = String::new();
        for (finding, waived) in &findings {
            let waived = waived.as_ref().map_or(String::new(), |reason| format!(" [waived: {reason}]"));
            let head = format!("{} {} {}: ", finding.severity.as_str(), finding.rule, finding.place);
            out += &(wrap(&head, "  ", &format!("{}{waived}", finding.message)) + "\n");
        }
        Ok(if out.is_empty() { out } else { out + "\n" })
    }
}

/// A file of an earlier attempt with the same bytes is no obstacle to running the command again.
fn write_if_other(path: &Path, bytes: &[u8]) -> Result<(), CliError> {
    match std::fs::read(path) {
        Ok(there) if there == bytes => Ok(()),
        _ => write_new(path, bytes),
    }
}

fn waiver(text: &str) -> Result<Waiver, CliError> {
    match text.split_once('=') {
        Some((rule, reason)) if !rule.is_empty() && !reason.is_empty() => {
            Ok(Waiver { rule: rule.to_owned(), reason: reason.to_owned() })
        }
        _ => Err(CliError::usage(format!("--waive: expected RULE=REASON, found `{}`", text.escape_debug()))),
    }
}
