//! `tuffet plan change`: whatever else a repository needs.

use super::making::Making;
use super::{Dates, published};
use crate::commands::read;
use crate::{CliError, Context, Outcome};
use clap::Args;
use serde::Deserialize;
use std::path::{Path, PathBuf};
use tuffet_ceremony::{Online, PlannedChange};

/// Arguments of `plan change`.
#[derive(Debug, Args)]
pub struct Change {
    /// The id of the ceremony, such as 2027-05-01-renewal
    pub ceremony: String,
    /// Give root, targets or a delegated role a new version with a later expiry; may be given
    /// again
    #[arg(long = "renew", value_name = "ROLE")]
    pub renewals: Vec<String>,
    /// Take a target out of the role that lists targets; may be given again
    #[arg(long = "remove-target", value_name = "PATH")]
    pub removals: Vec<String>,
    /// A TOML file of `[[changes]]`, each as plan.toml has it
    #[arg(long, value_name = "FILE")]
    pub changes: Option<PathBuf>,
    /// The folder of somebody whom those changes name; once for each
    #[arg(long = "person", value_name = "DIR")]
    pub people: Vec<PathBuf>,
    /// The folder of an online key that those changes name; once for each
    #[arg(long = "online", value_name = "DIR")]
    pub online: Vec<PathBuf>,
    /// Dates and targets.
    #[command(flatten)]
    pub dates: Dates,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    changes: Vec<PlannedChange>,
}

pub(super) fn run(command: &Change, context: &Context<'_>) -> Result<Outcome, CliError> {
    let workspace = context.workspace(Path::new("."))?;
    let start = published(&workspace)?.root().sha256();
    let mut making = Making::start(&command.ceremony, Some(start), &command.dates)?;
    for path in &command.people {
        making.person(path)?;
    }
    for path in &command.online {
        let (uri, key, enrolment) = making.enrol(path)?;
        making.plan.online_keys.push(Online { key, uri, enrolment });
    }
    // What is written first is done first: a delegation before the targets that its role is to list.
    let mut changes = command.changes.as_deref().map(file).transpose()?.unwrap_or_default();
    let role = &command.dates.target_role;
    changes.extend(
        command.removals.iter().map(|path| PlannedChange::RemoveTarget { role: role.clone(), path: path.clone() }),
    );
    changes.extend(command.renewals.iter().map(|role| PlannedChange::Renew { role: role.clone() }));
    changes.append(&mut making.plan.changes);
    if changes.is_empty() {
        return Err(CliError::usage("expected a change, found none")
            .hint("name one with --renew, --target, --remove-target or --changes FILE"));
    }
    making.plan.changes = changes;
    making.finish(&workspace)
}

fn file(path: &Path) -> Result<Vec<PlannedChange>, CliError> {
    let wrong = |problem: &str| CliError::new("changes", format!("{}: {problem} (K1)", path.display()));
    let text = String::from_utf8(read(path)?).map_err(|_| wrong("expected UTF-8"))?;
    let file: File = toml::from_str(&text).map_err(|e| {
        let line =
            e.span().and_then(|span| text.get(..span.start)).map_or(1, |before| before.matches('\n').count() + 1);
        wrong(&format!("line {line}: {}", e.message().lines().next().unwrap_or_default().escape_debug()))
    })?;
    Ok(file.changes)
}
