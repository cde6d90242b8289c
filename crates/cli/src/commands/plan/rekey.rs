//! `tuffet plan rekey`: away from keys that a machine made and keeps, to people, in one ceremony.
//!
//! The old root's keys sign it once more: that signature is what leads every client of today to the new keys.

use super::making::Making;
use super::{Dates, published};
use crate::workspace::Workspace;
use crate::{CliError, Context, Outcome};
use clap::Args;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use tuffet_ceremony::{Online, PlannedChange, PlannedOffline, PlannedOnline};
use tuffet_metadata::{Key, RoleName, Root, Verified};
use tuffet_repository::Published;

/// Arguments of `plan rekey`.
#[derive(Debug, Args)]
pub struct Rekey {
    /// The id of the ceremony, such as 2027-03-01-rekey
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
    /// A target to take out; may be given again
    #[arg(long = "remove-target", value_name = "PATH")]
    pub removals: Vec<String>,
    /// Dates and targets.
    #[command(flatten)]
    pub dates: Dates,
}

pub(super) fn run(command: &Rekey, context: &Context<'_>) -> Result<Outcome, CliError> {
    let workspace = context.workspace(Path::new("."))?;
    let published = published(&workspace)?;
    let root = published.root();
    let mut making = Making::start(&command.ceremony, Some(root.sha256()), &command.dates)?;
    let people = command.keyholders.iter().map(|path| making.person(path)).collect::<Result<Vec<_>, _>>()?;
    let owners: BTreeSet<&str> = root.keys().values().filter_map(Key::owner).collect();
    if let Some(name) = people.iter().find(|name| owners.contains(name.as_str())) {
        let message = format!(
            "--keyholder: expected people whom root v{} does not name, found `{}` (K1)",
            root.common.version,
            name.escape_debug()
        );
        return Err(CliError::usage(message).hint("where some keys stay, plan with `tuffet plan rotate`"));
    }
    let (uri, key, enrolment) = making.enrol(&command.online)?;
    making.plan.online_keys.push(Online { key, uri: uri.clone(), enrolment });
    let mut changes = Vec::new();
    if !root.consistent_snapshot {
        changes.push(PlannedChange::SetConsistentSnapshot {});
    }
    for (role, name) in [(PlannedOffline::Root, RoleName::Root), (PlannedOffline::Targets, RoleName::Targets)] {
        changes.extend(people.iter().map(|incoming| PlannedChange::AddKeyholder { role, incoming: incoming.clone() }));
        changes.extend(
            outgoing(root, &name).into_iter().map(|outgoing| PlannedChange::RemoveKeyholder { role, outgoing }),
        );
        if root.authority(&name).threshold() != command.threshold {
            changes.push(PlannedChange::SetThreshold { role, threshold: command.threshold });
        }
    }
    for role in [PlannedOnline::Snapshot, PlannedOnline::Timestamp] {
        changes.push(PlannedChange::SetOnlineKeys { role, keys: vec![uri.clone()], threshold: 1 });
    }
    let role = &command.dates.target_role;
    changes.extend(
        command.removals.iter().map(|path| PlannedChange::RemoveTarget { role: role.clone(), path: path.clone() }),
    );
    hashed_anew(command, &mut making, &workspace, &published)?;
    changes.append(&mut making.plan.changes);
    making.plan.changes = changes;
    making.finish(&workspace)
}

/// Targets that are listed by SHA-512 alone, as go-tuf does it, get SHA-256: there are clients that read no list without.
fn hashed_anew(
    command: &Rekey,
    making: &mut Making,
    workspace: &Workspace,
    published: &Published,
) -> Result<(), CliError> {
    let named: BTreeSet<String> = making.plan.changes.iter().filter_map(target).collect();
    for (path, listed) in published.targets.targets().iter() {
        if listed.hashes.sha256.is_some()
            || command.removals.iter().any(|gone| *gone == *path)
            || named.contains(&*path)
        {
            continue;
        }
        let bytes = workspace.repository().target(published, &path)?.ok_or_else(|| {
            let message =
                format!("targets/{}: expected the file that targets lists, found none (R7)", path.escape_debug());
            CliError::new("missing", message).hint("import the repository again, with all of its targets")
        })?;
        making.set_bytes(path.into_owned(), bytes);
    }
    Ok(())
}

fn target(change: &PlannedChange) -> Option<String> {
    match change {
        PlannedChange::SetTarget { path, .. } => Some(path.clone()),
        _ => None,
    }
}

/// Whoever is in the role now, as a plan names them: the owner, or the keyid of a key that says none.
fn outgoing(root: &Verified<Root>, role: &RoleName) -> BTreeSet<String> {
    let name = |key: &Key| key.owner().unwrap_or(key.keyid().as_str()).to_owned();
    root.authority(role).keys().map(name).collect()
}
