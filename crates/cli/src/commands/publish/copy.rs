//! What was looked at at one place, published at another (T31).

use super::{Publish, told};
use crate::destination::{Destination, Through};
use crate::workspace::Workspace;
use crate::{CliError, Context, Outcome};
use serde_json::json;
use std::path::Path;
use tuffet_keys::sha256;
use tuffet_metadata::RoleName;
use tuffet_repository::{Place, Repository, promote};

pub(super) fn publish(command: &Publish, to: &str, context: &mut Context<'_>) -> Result<Outcome, CliError> {
    let now = context.writing_time()?;
    let workspace = context.workspace(Path::new("."))?;
    let destination = workspace.destination(to)?;
    let digest = command.digest.as_deref().map(digest).transpose()?;
    let from = source(&workspace, &destination, command.from.as_deref())?;
    let repository = destination.repository()?;
    let place = repository.place().describe();
    let staged = promote(&from, &repository, digest)?;
    let through = Through::of(&destination)?;
    let receipt = match staged {
        Some(staged) => {
            let accepted = staged.verify(now)?;
            if let Some(limited) = accepted.second_client() {
                crate::outcome::warn(&format!("{limited} (R21)"));
            }
            through.publish(accepted, &repository)?
        }
        None => {
            let there = repository.published()?.map(|published| repository.receipt(&published)).transpose()?;
            let none = || CliError::new("repository", format!("{place}: what was published a moment ago is gone"));
            let receipt = there.ok_or_else(none)?;
            let text = format!("{} has it already\n{}", place, told(&receipt));
            let data = json!({
                "from": from.place().describe(), "place": place, "files": {}, "root": receipt.root,
                "targets": receipt.targets, "snapshot": receipt.snapshot, "timestamp": receipt.timestamp,
            });
            return Ok(Outcome::new(text, SCHEMA, data));
        }
    };
    if !command.no_page {
        crate::commands::page::after(&workspace, &repository, now);
    }
    let timestamp = repository.read(&RoleName::Timestamp.file_name())?.unwrap_or_default();
    let text = format!(
        "workspace {}\ncopied    {} files from {}\nto        {place}\n{}\ntimestamp.json {}\nread back by a fresh client",
        workspace.root.display(),
        receipt.files.len(),
        from.place().describe(),
        told(&receipt),
        sha256(&timestamp),
    );
    let data = json!({
        "from": from.place().describe(), "place": place, "files": receipt.files, "root": receipt.root,
        "targets": receipt.targets, "snapshot": receipt.snapshot, "timestamp": receipt.timestamp,
    });
    Ok(Outcome::new(text, SCHEMA, data))
}

/// What is copied: what the destination is to take, else what was asked for, else the workspace's repository.
fn source(
    workspace: &Workspace,
    destination: &Destination,
    asked: Option<&str>,
) -> Result<Repository<Box<dyn Place>>, CliError> {
    if let (Some(expected), Some(found)) = (&destination.from, asked)
        && expected != found
    {
        let found = found.escape_debug();
        let message = format!(
            "{}: expected what `{expected}` has, as tuffet.toml says, found --from {found} (T31)",
            destination.name
        );
        return Err(CliError::usage(message).hint("leave --from out"));
    }
    match destination.from.as_deref().or(asked) {
        Some(name) => workspace.destination(name)?.repository(),
        None => Ok(Repository::at(Box::new(workspace.repository().place().clone()) as Box<dyn Place>)),
    }
}

fn digest(given: &str) -> Result<&str, CliError> {
    if given.len() == 64 && given.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(given);
    }
    let message = format!("--digest: expected 64 hex digits, found `{}`", given.escape_debug());
    Err(CliError::usage(message).hint("the SHA-256 of the timestamp.json that was looked at"))
}

const SCHEMA: &str = "tuffet-copy-v1";
