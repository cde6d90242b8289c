//! A keyholder's key is lost, or somebody else has it too: fewer than the threshold of either.

use super::super::plan::{Dates, Making};
use super::case::{Case, require_all_follow};
use super::inventory::signed_by;
use super::told::Told;
use crate::{CliError, Context, Outcome};
use clap::Args;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use tuffet_builder::{Change, Holder, OfflineRole};
use tuffet_ceremony::{PlannedChange, PlannedOffline};
use tuffet_drill::{Forger, Twin};
use tuffet_keys::{Fingerprint, PublicKey};
use tuffet_metadata::{Authority, Key, RoleName};

/// Arguments of `recover lost-key` and `recover stolen-key`.
#[derive(Debug, Args)]
pub struct Keys {
    /// The id of the ceremony that mends it, such as 2027-05-01-without-erin
    pub ceremony: String,
    /// Whose key, as root names them, or its fingerprint or the start of it; may be given again
    #[arg(long = "key", value_name = "WHO", required = true)]
    pub keys: Vec<String>,
    /// The folder of somebody who comes in place of the first of them, the second, …; without
    /// one there is a key less
    #[arg(long = "incoming", value_name = "DIR")]
    pub incoming: Vec<PathBuf>,
    /// Dates and witnesses.
    #[command(flatten)]
    pub dates: Dates,
}

pub(super) fn lost(command: &Keys, context: &Context<'_>) -> Result<Outcome, CliError> {
    let case = Case::planned(context, &command.ceremony, &command.dates)?;
    let gone = named(&case, &command.keys)?;
    let mut told = Told::new("lost-key");
    let left = who_is_left(&case, &gone);
    let root = case.root().authority(&RoleName::Root);
    if !root.is_met_by(&left) {
        let message = format!(
            "root v{}: expected {} keys that are left for its threshold, found {}: no next root can be signed that \
             clients follow, whatever its version (R16, C10)",
            case.root().common.version,
            root.threshold(),
            left.len()
        );
        return Err(CliError::new("threshold-lost", message)
            .hint("look for the keys again; if they are gone, `tuffet recover lost-threshold` prepares a new root"));
    }
    standing(&case, &gone, &left, &mut told);
    if u64::try_from(left.len()) == Ok(root.threshold()) && command.incoming.is_empty() {
        told.say(
            "each of them must sign, and one more loss ends root: bring people with --incoming in this very ceremony \
             while all of them can",
        );
    }
    told.say(format!(
        "the version of today is never signed again without the lost key: who has root v{} does not ask for it twice (R5)",
        case.root().common.version
    ));
    plan(&case, command, &gone, told, |_, _| Ok(Vec::new()))
}

pub(super) fn stolen(command: &Keys, context: &Context<'_>) -> Result<Outcome, CliError> {
    let case = Case::planned(context, &command.ceremony, &command.dates)?;
    let gone = named(&case, &command.keys)?;
    let held: BTreeSet<Fingerprint> = gone.keys().copied().collect();
    let root = case.root().authority(&RoleName::Root);
    if root.is_met_by(&held) {
        let message = format!(
            "root v{}: expected fewer stolen keys than its threshold {}, found {}: whoever has them can sign any next root, \
             and no root of yours takes that back (R16, T25)",
            case.root().common.version,
            root.threshold(),
            held.len()
        );
        return Err(CliError::new("threshold-stolen", message)
            .hint("`tuffet recover stolen-threshold` prepares a new root and the notice to everybody"));
    }
    let mut told = Told::new("stolen-key");
    let left = who_is_left(&case, &gone);
    standing(&case, &gone, &left, &mut told);
    if !root.is_met_by(&left) {
        told.say(
            "the next root needs signatures by these keys too: their owners sign it, if they still have them; if they \
             have not, root is dead and `tuffet recover lost-threshold` is what is left",
        );
    }
    for by in roles_of(&case).filter(|by| by.is_met_by(&held)) {
        told.say(format!("{}: the thief can sign it alone, now: this is urgent", by.role()));
    }
    told.lists.push(("all they ever signed that was found here".to_owned(), signed_by(&case, &held)?));
    plan(&case, command, &gone, told, |case, twin| {
        let own = held.iter().filter_map(|key| twin.stand_in(key));
        let mut thief = Forger::holding(twin, own);
        let next = case.root().common.version.saturating_add(1);
        thief.version(&RoleName::Root, next).sign(&RoleName::Root)?;
        let name = "if the thief signs the next root";
        Ok(vec![case.cast(twin).would_see(name, &thief.files, case.at)])
    })
}

fn named(case: &Case, names: &[String]) -> Result<BTreeMap<Fingerprint, String>, CliError> {
    let mut all = BTreeMap::new();
    for name in names {
        all.extend(case.keys_named(name)?);
    }
    for role in [RoleName::Timestamp, RoleName::Snapshot] {
        let online = case.root().authority(&role).fingerprints();
        if let Some((_, name)) = all.iter().find(|(key, _)| online.contains(key)) {
            let message = format!("{name}: expected a key that a person holds, found one that signs {role} (R14)");
            return Err(CliError::new("online", message)
                .hint("`tuffet recover online-key CEREMONY --online DIR` puts another in its place, lost or stolen"));
        }
    }
    Ok(all)
}

fn who_is_left(case: &Case, gone: &BTreeMap<Fingerprint, String>) -> BTreeSet<Fingerprint> {
    let all = case.root().authority(&RoleName::Root).fingerprints();
    all.into_iter().filter(|key| !gone.contains_key(key)).collect()
}

fn roles_of(case: &Case) -> impl Iterator<Item = Authority<'_>> {
    let root = case.root();
    let top = [RoleName::Root, RoleName::Targets, RoleName::Snapshot, RoleName::Timestamp];
    let delegated = case.published.listings().filter_map(|by| by.delegations.as_ref()).flat_map(|delegations| {
        delegations.roles().names().filter_map(|name| delegations.authority(&name)).collect::<Vec<_>>()
    });
    top.map(|role| root.authority(&role)).into_iter().chain(delegated)
}

fn standing(case: &Case, gone: &BTreeMap<Fingerprint, String>, left: &BTreeSet<Fingerprint>, told: &mut Told) {
    for (key, owner) in gone {
        let roles: Vec<String> =
            roles_of(case).filter(|by| by.fingerprints().contains(key)).map(|by| by.role().to_string()).collect();
        told.say(format!("{owner}, key {}: signs {}", key.short(), roles.join(", ")));
    }
    let root = case.root().authority(&RoleName::Root);
    let is_left = |key: &&Key| key.public().is_some_and(|public| left.contains(&public.fingerprint()));
    let people: Vec<&str> = root.keys().filter(is_left).map(Key::whose).collect();
    told.say(format!(
        "root v{}: {} of {} must sign; {} are left: {}",
        case.root().common.version,
        root.threshold(),
        root.fingerprints().len(),
        left.len(),
        people.join(", ")
    ));
}

/// Plays it, and writes the plan.
fn plan(
    case: &Case,
    command: &Keys,
    gone: &BTreeMap<Fingerprint, String>,
    mut told: Told,
    beside: impl FnOnce(&Case, &Twin) -> Result<Vec<tuffet_drill::Scene>, CliError>,
) -> Result<Outcome, CliError> {
    let mut making = Making::start(&command.ceremony, Some(case.published.root().sha256()), &command.dates)?;
    let mut incoming: Vec<(String, PublicKey)> = Vec::new();
    for folder in &command.incoming {
        incoming.push(making.person_with_key(folder)?);
    }
    if incoming.len() > gone.len() {
        let message =
            format!("--incoming: expected at most {}, one for each key, found {}", gone.len(), incoming.len());
        return Err(CliError::usage(message).hint("who comes beside them comes by `tuffet plan rotate`"));
    }
    let mut incoming = incoming.into_iter();
    let (mut planned, mut changes) = (Vec::new(), Vec::new());
    for (key, owner) in gone {
        if let Some((name, public)) = incoming.next() {
            planned.push(PlannedChange::ReplaceKeyholder { outgoing: owner.clone(), incoming: name.clone() });
            changes.push(Change::ReplaceKeyholder { outgoing: *key, incoming: Holder { owner: name, public } });
            continue;
        }
        let before = changes.len();
        for (role, offline, by) in [
            (PlannedOffline::Root, OfflineRole::Root, RoleName::Root),
            (PlannedOffline::Targets, OfflineRole::Targets, RoleName::Targets),
        ] {
            if case.root().authority(&by).fingerprints().contains(key) {
                planned.push(PlannedChange::RemoveKeyholder { role, outgoing: owner.clone() });
                changes.push(Change::RemoveKeyholder { role: offline, outgoing: *key });
            }
        }
        if changes.len() == before {
            let message = format!(
                "{owner}: expected a key of root or targets to take out, found one that only delegated roles have (R17)"
            );
            return Err(CliError::new("recover", message)
                .hint("bring another with --incoming, or plan a `set-delegation` without it: `tuffet plan change --changes FILE`"));
        }
    }
    planned.append(&mut making.plan.changes);
    making.plan.changes = planned;

    let twin = case.twin()?;
    let mut cast = case.cast(&twin);
    told.scenes.push(cast.would_see("now", &twin.files, case.at));
    told.scenes.extend(beside(case, &twin)?);
    let after = case.after(&twin, &changes, &making.plan)?;
    let scene = cast.see("after this plan is published", &after.files, case.at);
    require_all_follow(&scene)?;
    told.scenes.push(scene);
    let plan = making.finish(&case.workspace)?;
    Ok(told.outcome(Some(&plan)))
}
