//! `tuffet ceremony list`: what happened to a repository, from the records alone (scenario 34: who signed what, when, with
//! which device).

use crate::commands::no_ceremony;
use crate::table::{Column, Table};
use crate::{CliError, Context, Outcome};
use clap::Args;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use tuffet_ceremony::{Ceremony, Ended, Replay, RoleStatus};

/// Arguments of `ceremony list`.
#[derive(Debug, Args)]
pub struct List {
    /// The folder that holds the ceremonies [default: the workspace's]
    pub folder: Option<PathBuf>,
}

/// One ceremony of the list.
struct Row {
    id: String,
    time: String,
    what: String,
    state: String,
    people: String,
    data: Value,
    damaged: bool,
}

pub(super) fn run(command: &List, context: &Context<'_>) -> Result<Outcome, CliError> {
    let folder = match &command.folder {
        Some(folder) => folder.clone(),
        None => context.workspace(Path::new("."))?.ceremonies(),
    };
    let entries = std::fs::read_dir(&folder).map_err(|e| CliError::io(&folder, &e))?;
    let mut directories: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    directories.retain(|path| path.join("plan.toml").is_file());
    let mut rows: Vec<Row> = directories.iter().map(|dir| row(dir)).collect();
    rows.sort_by(|a, b| (&a.time, &a.id).cmp(&(&b.time, &b.id)));
    let mut table = Table::new([
        ("ceremony", Column::Text),
        ("versions", Column::Text),
        ("state", Column::Wide),
        ("signed by", Column::Wide),
    ]);
    for row in &rows {
        table.row([row.id.clone(), row.what.clone(), row.state.clone(), row.people.clone()]);
    }
    let text = if rows.is_empty() { format!("{}: no ceremony", folder.display()) } else { table.finish() };
    let damaged = rows.iter().any(|row| row.damaged);
    let data = json!({"folder": folder, "ceremonies": rows.into_iter().map(|row| row.data).collect::<Vec<_>>()});
    let outcome = Outcome::new(text, "tuffet-ceremony-list-v1", data);
    Ok(if damaged { outcome.refused() } else { outcome })
}

fn row(dir: &Path) -> Row {
    let named = dir.file_name().unwrap_or_default().to_string_lossy().escape_debug().to_string();
    let found = Ceremony::open(dir).and_then(|ceremony| {
        let open = ceremony.transcript()?.require_open().is_ok();
        let (roles, state, data) = if open {
            let drafted = ceremony.transcript()?.draft().is_some();
            let roles = if drafted { ceremony.status()? } else { Vec::new() };
            (roles, if drafted { "open" } else { "planned" }.to_owned(), json!({}))
        } else {
            let replay = Replay::run(dir)?;
            let statement = match &replay.statement {
                Some(witnesses) => format!(", stated by {}", witnesses.join(", ")),
                None => String::new(),
            };
            let data =
                json!({"head": replay.head.to_string(), "statement": replay.statement, "approvals": replay.approvals});
            let state = match &replay.ended {
                Ended::Published => format!("published{statement}"),
                Ended::Aborted { reason, .. } => format!("aborted: {reason}{statement}"),
            };
            (replay.roles, state, data)
        };
        Ok((ceremony.plan().at.clone(), roles, state, data))
    });
    match found {
        Ok((time, roles, state, extra)) => {
            let versions: Vec<String> = roles.iter().map(|role| format!("{} {}", role.role, role.version)).collect();
            let signers: Vec<Value> = roles.iter().map(signers).collect();
            let data = json!({"ceremony": named, "time": time, "state": state, "roles": signers, "record": extra});
            let (what, people) = (versions.join(", "), people(&roles).join(", "));
            Row { id: named, time, what, state, people, data, damaged: false }
        }
        Err(error) => {
            let error = no_ceremony(dir, error).message;
            let state = format!("the record does not hold: {error}");
            let data = json!({"ceremony": named, "state": "damaged", "error": error});
            Row {
                id: named,
                time: String::new(),
                what: String::new(),
                state,
                people: String::new(),
                data,
                damaged: true,
            }
        }
    }
}

/// Everyone who signed something, once.
pub(crate) fn people(roles: &[RoleStatus]) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for seat in roles.iter().flat_map(|role| &role.seats).filter(|seat| seat.signed) {
        if !names.contains(&seat.owner) {
            names.push(seat.owner.clone());
        }
    }
    names
}

fn signers(role: &RoleStatus) -> Value {
    let signed = role.seats.iter().filter(|seat| seat.signed);
    let signed: Vec<Value> =
        signed.map(|seat| json!({"owner": seat.owner, "key": seat.fingerprint.to_string()})).collect();
    json!({"role": role.role.as_str(), "version": role.version, "sha256": role.digest.to_string(), "signed": signed})
}
