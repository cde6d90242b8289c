//! What was published must go. Versions only go up: the list of before comes back under the next version (scenario 27),
//! and a file from a backup or from git under its old version is what clients call a rollback (C24, C28, C38).

use super::super::plan::{Dates, Making};
use super::super::read;
use super::case::{Case, require_all_follow};
use super::inventory::records;
use super::told::Told;
use crate::{CliError, Context, Outcome};
use clap::Args;
use std::path::PathBuf;
use tuffet_builder::{Change, TargetPin};
use tuffet_ceremony::{Action, PlannedChange};
use tuffet_drill::Twin;
use tuffet_keys::sha256;
use tuffet_metadata::json::canonical;
use tuffet_metadata::{Limits, Profile, RoleName, Snapshot, TargetFile, Targets, Timestamp, Unverified, Verified};

/// Arguments of `recover roll-forward`.
#[derive(Debug, Args)]
pub struct RollForward {
    /// The id of the ceremony that mends it, such as 2027-05-01-forward
    pub ceremony: String,
    /// The targets file whose list is to come back, such as repository/6.targets.json
    #[arg(long, value_name = "FILE")]
    pub to: PathBuf,
    /// Dates and witnesses.
    #[command(flatten)]
    pub dates: Dates,
}

pub(super) fn run(command: &RollForward, context: &Context<'_>) -> Result<Outcome, CliError> {
    let case = Case::planned(context, &command.ceremony, &command.dates)?;
    let mut told = Told::new("roll-forward");
    let rolled_back = rolled_back(&case)?;
    let old = wanted(&case, command)?;
    let now = &case.published.targets;
    told.say(format!(
        "targets v{} is published; the list of v{} comes back as v{}",
        now.common.version,
        old.common.version,
        now.common.version + 1
    ));
    for line in rolled_back {
        told.say(line);
    }

    let mut making = Making::start(&command.ceremony, Some(case.published.root().sha256()), &command.dates)?;
    let (mut planned, mut changes) = (Vec::new(), Vec::new());
    for (path, file) in old.targets().iter() {
        if now.targets().get(&path).as_ref() == Some(&file) {
            continue;
        }
        let (pin, bytes) = pin(&case, &path, &file)?;
        told.say(format!("{path}: back to SHA-256 {}", pin.sha256));
        planned.push(PlannedChange::SetTarget {
            role: None,
            path: pin.path.clone(),
            length: pin.length,
            sha256: pin.sha256.to_string(),
            sha512: pin.sha512.map(|hash| hash.to_string()),
            custom: pin.custom.as_ref().map(|custom| String::from_utf8_lossy(&canonical(custom)).into_owned()),
        });
        making.add_file(format!("targets/{path}"), bytes);
        changes.push(Change::SetTarget { role: RoleName::Targets, pin });
    }
    for path in now.targets().keys().filter(|path| !old.targets().contains_key(path)) {
        told.say(format!("{path}: taken out; it was not there"));
        planned.push(PlannedChange::RemoveTarget { role: None, path: path.clone().into_owned() });
        changes.push(Change::RemoveTarget { role: RoleName::Targets, path: path.into_owned() });
    }
    if changes.is_empty() {
        let message = format!(
            "--to {}: expected another list than that of targets v{}, found the same (R11)",
            command.to.display(),
            now.common.version
        );
        return Err(CliError::usage(message).hint("`tuffet diff` shows what changed between two files"));
    }
    if old.delegations.is_some() || now.delegations.is_some() {
        told.say("delegations stay as they are: change those with `tuffet plan change`");
    }
    planned.append(&mut making.plan.changes);
    making.plan.changes = planned;

    let twin = case.twin()?;
    let mut cast = case.cast(&twin);
    told.scenes.push(cast.would_see("now", &twin.files, case.at));
    let after = case.after(&twin, &changes, &making.plan)?;
    if let Some(restored) = restored(&case, &twin) {
        // Who has seen today's state, as anybody will who refreshes before the files are put back.
        let mut seen = case.cast(&twin);
        seen.see("", &twin.files, case.at);
        told.scenes.push(seen.would_see("if the files of before were put back from git (refused)", &restored, case.at));
    }
    let scene = cast.see("after this plan is published", &after.files, case.at);
    require_all_follow(&scene)?;
    told.scenes.push(scene);
    told.next("hold the ceremony and publish it; delete nothing and restore nothing by hand meanwhile");
    let plan = making.finish(&case.workspace)?;
    Ok(told.outcome(Some(&plan)))
}

/// The older targets, proved to be ours.
fn wanted(case: &Case, command: &RollForward) -> Result<Verified<Targets>, CliError> {
    let bytes = read(&command.to)?;
    let file = command.to.display();
    let (profile, limits) = (Profile::deployed(), Limits::default());
    let mut reason = None;
    for root in case.published.roots.iter().rev() {
        let by = root.authority(&RoleName::Targets);
        match Unverified::<Targets>::new(bytes.clone()).verify(&by, &profile, &limits) {
            Ok(targets) if targets.common.version < case.targets().common.version => return Ok(targets),
            Ok(targets) => {
                let message = format!(
                    "--to {file}: expected a targets file older than v{}, found v{}",
                    case.targets().common.version,
                    targets.common.version
                );
                return Err(CliError::usage(message).hint("name the last one whose list was right"));
            }
            Err(error) => reason = reason.or(Some(error)),
        }
        // Somebody means to put it back.
        let by = root.authority(&RoleName::Snapshot);
        let snapshot = Unverified::<Snapshot>::new(bytes.clone())
            .verify(&by, &profile, &limits)
            .map(|s| ("snapshot", s.common.version, "C38"));
        let by = root.authority(&RoleName::Timestamp);
        let timestamp = Unverified::<Timestamp>::new(bytes.clone())
            .verify(&by, &profile, &limits)
            .map(|t| ("timestamp", t.common.version, "C24"));
        if let Ok((role, version, rule)) = snapshot.or(timestamp) {
            let message = format!(
                "--to {file}: expected a targets file, found {role} v{version}: it is never restored, because whoever has seen a later one refuses it as a rollback ({rule})"
            );
            return Err(CliError::new("rollback", message).hint(
                "name the targets file whose list is to come back: publishing it signs a higher snapshot and timestamp",
            ));
        }
    }
    let reason = reason.map_or_else(String::new, |error| format!(": {error}"));
    Err(CliError::new(
        "not-signed",
        format!("--to {file}: expected targets signed under one of our roots, found none{reason}"),
    )
    .hint("name a file of repository/, such as repository/6.targets.json"))
}

/// The content of a target as the older list pins it.
fn pin(case: &Case, path: &str, file: &TargetFile) -> Result<(TargetPin, Vec<u8>), CliError> {
    let repository = case.workspace.repository();
    for name in file.hashed_names(path) {
        if let Some(bytes) = repository.read(&format!("targets/{name}"))?.filter(|bytes| file.hashes.match_bytes(bytes))
        {
            let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
            let sha512 = file.hashes.sha512.map(|_| tuffet_keys::sha512(&bytes));
            let pin = TargetPin {
                path: path.to_owned(),
                length,
                sha256: sha256(&bytes),
                sha512,
                custom: file.custom.clone(),
            };
            return Ok((pin, bytes));
        }
    }
    let message = format!("{path}: expected its content of then in targets/, found no file with the listed hash (R7)");
    Err(CliError::new("missing", message)
        .hint("put it back from a backup under its hash: a file named by its hash may be restored, metadata may not"))
}

/// What the newest record says was published, and is not there: somebody has put older files back already.
fn rolled_back(case: &Case) -> Result<Vec<String>, CliError> {
    let mut out = Vec::new();
    let repository = case.workspace.repository();
    for (ceremony, transcript) in records(case)? {
        for entry in transcript.entries() {
            let Action::Publish { published } = &entry.action else { continue };
            // The timestamp is written over again and again; everything else has its version in its name, for good (R5).
            for (file, hash) in published.iter().filter(|(file, _)| *file != "timestamp.json") {
                let there = repository.read(file)?.map(|bytes| sha256(&bytes).to_string());
                if there.as_ref() != Some(hash) {
                    let found = there.map_or_else(|| "none".to_owned(), |there| format!("SHA-256 {there}"));
                    out.push(format!(
                        "{file}: expected SHA-256 {hash} as record {} says, found {found}: put that very file back (R4, R5)",
                        ceremony.plan().ceremony
                    ));
                }
            }
        }
    }
    Ok(out)
}

/// The twin's files as they would be if the online roles of one publication earlier came back.
fn restored(case: &Case, twin: &Twin) -> Option<tuffet_client::MemoryTransport> {
    let mut thief = tuffet_drill::Forger::of_roles(twin, &[RoleName::Snapshot, RoleName::Timestamp]);
    let (snapshot, timestamp) = (&case.published.snapshot, &case.published.timestamp);
    let (before, earlier) = (snapshot.common.version.checked_sub(1)?, timestamp.common.version.checked_sub(1)?);
    if before == 0 || earlier == 0 {
        return None;
    }
    // Signed with the owners' keys, as the real ones of then were.
    let bytes = thief.version(&RoleName::Snapshot, before).sign(&RoleName::Snapshot).ok()?;
    thief.pin(&RoleName::Timestamp, &RoleName::Snapshot, before, &bytes);
    thief.version(&RoleName::Timestamp, earlier).sign(&RoleName::Timestamp).ok()?;
    Some(thief.files)
}
