//! Time ran out. An expired root is repaired by the next one, which clients reach across it (TUF 5.3.6, C15); what the
//! online key signs, by signing it anew.

use super::super::online::Anew;
use super::super::plan::{Dates, Making};
use super::super::throw_away::throw_away;
use super::case::{Case, require_all_follow};
use super::told::Told;
use crate::{CliError, Context, Outcome};
use chrono::{DateTime, Utc};
use clap::Args;
use tuffet_builder::Change;
use tuffet_ceremony::PlannedChange;
use tuffet_drill::Forger;
use tuffet_metadata::{RoleName, format_time};
use tuffet_repository::stage_online;
use tuffet_signers::KeyUri;

/// Arguments of `recover expired-timestamp`.
#[derive(Debug, Args)]
pub struct ExpiredTimestamp {
    /// Key and days.
    #[command(flatten)]
    pub anew: Anew,
}

/// Arguments of `recover expired-root`.
#[derive(Debug, Args)]
pub struct ExpiredRoot {
    /// The id of the ceremony that mends it, such as 2027-07-01-expired
    pub ceremony: String,
    /// Dates and witnesses.
    #[command(flatten)]
    pub dates: Dates,
}

/// What has expired of what people sign, with its date.
fn offline(case: &Case) -> Vec<(RoleName, u64, DateTime<Utc>)> {
    let root = case.root();
    let mut all = vec![(RoleName::Root, root.common.version, root.common.expires.time())];
    let listings = case.published.listings();
    all.extend(listings.map(|role| (role.role().clone(), role.common.version, role.common.expires.time())));
    all.retain(|(_, _, expires)| *expires <= case.at);
    all
}

/// Whoever signs a delegated role may be far away: neither root nor the timestamp waits for them, as a delegation that had
/// expired once kept a whole repository from being signed (2022-02).
fn is_top(role: &RoleName) -> bool {
    !matches!(role, RoleName::Delegated(_))
}

fn described((role, version, expires): &(RoleName, u64, DateTime<Utc>)) -> String {
    format!("{role} v{version} expired at {}", format_time(*expires))
}

pub(super) fn timestamp(command: &ExpiredTimestamp, context: &mut Context<'_>) -> Result<Outcome, CliError> {
    let case = Case::open(context, context.writing_time()?)?;
    let (snapshot, timestamp) = (&case.published.snapshot, &case.published.timestamp);
    let online = [
        (RoleName::Snapshot, snapshot.common.version, snapshot.common.expires.time()),
        (RoleName::Timestamp, timestamp.common.version, timestamp.common.expires.time()),
    ];
    let expired: Vec<_> = online.iter().filter(|(_, _, expires)| *expires <= case.at).collect();
    if expired.is_empty() {
        let message = format!(
            "expected an expired timestamp or snapshot, found timestamp v{} valid until {} and snapshot v{} until {} (R18)",
            timestamp.common.version,
            format_time(timestamp.common.expires.time()),
            snapshot.common.version,
            format_time(snapshot.common.expires.time())
        );
        return Err(CliError::new("not-expired", message)
            .hint("there is nothing to recover from; `tuffet drill` says what expires when"));
    }
    // A fresh timestamp over expired metadata would say that somebody looks after it.
    let offline = offline(&case);
    if let Some(first) = offline.iter().find(|(role, _, _)| is_top(role)) {
        let message = format!("{}: no timestamp is signed over it (R20)", described(first));
        return Err(CliError::new("expired", message).hint(
            "`tuffet recover expired-root CEREMONY` plans the ceremony, whose publication signs the timestamp too",
        ));
    }
    let mut told = Told::new("expired-timestamp");
    for role in &expired {
        told.say(described(role));
    }
    for role in &offline {
        told.say(format!("{}: whoever asks for its targets is refused until its people sign it anew", described(role)));
    }
    told.say("nobody restores an older timestamp: clients refuse a lower version, and a date cannot be changed without the key (C24)");
    let expires = command.anew.expires(&case.published, case.at)?;

    let twin = case.twin()?;
    let mut cast = case.cast(&twin);
    told.scenes.push(cast.would_see("now", &twin.files, case.at));
    let mut after = twin.clone();
    let until = tuffet_drill::Dates {
        snapshot: expires.snapshot,
        timestamp: expires.timestamp,
        ..tuffet_drill::Dates::until(expires.snapshot)
    };
    after.publish(&[], &until)?;
    let scene = cast.see("after it is signed anew", &after.files, case.at);
    require_all_follow(&scene)?;
    told.scenes.push(scene);

    let uri: KeyUri = command.anew.online_key.parse()?;
    let key = tuffet_signers::open(&uri, &mut *context.terminal)?;
    let Case { workspace, published, at } = case;
    let receipt = stage_online(published, &*key, &expires)?.verify(at)?.publish(&workspace.repository())?;
    crate::commands::page::after(&workspace, &workspace.repository(), at);
    told.lists.push((
        "published, and read back by a fresh client".to_owned(),
        vec![format!(
            "root {}, targets {}, snapshot {}, timestamp {} until {}",
            receipt.root,
            receipt.targets,
            receipt.snapshot,
            receipt.timestamp,
            format_time(expires.timestamp)
        )],
    ));
    told.next("find out why it was not signed in time; `tuffet drill` names the next dates");
    Ok(told.outcome(None))
}

pub(super) fn root(command: &ExpiredRoot, context: &Context<'_>) -> Result<Outcome, CliError> {
    let case = Case::planned(context, &command.ceremony, &command.dates)?;
    let expired = offline(&case);
    if expired.is_empty() {
        let root = case.root();
        let message = format!(
            "expected expired metadata at {}, found root v{} valid until {} (R18)",
            format_time(case.at),
            root.common.version,
            format_time(root.common.expires.time())
        );
        return Err(CliError::new("not-expired", message)
            .hint(format!("to renew it in time, run `tuffet plan change {} --renew root`", command.ceremony)));
    }
    let mut told = Told::new("expired-root");
    for role in &expired {
        told.say(described(role));
    }
    told.say("its keys are as good as they were: signatures do not expire, and clients walk over an expired root to the next (C15)");
    let mut making = Making::start(&command.ceremony, Some(case.published.root().sha256()), &command.dates)?;
    let roles = expired.into_iter().map(|(role, _, _)| role);
    let (top, delegated): (Vec<RoleName>, Vec<RoleName>) = roles.partition(is_top);
    let mut roles = delegated;
    if !top.is_empty() {
        for role in &roles {
            told.say(format!("{role} is for its own people to sign, in a ceremony of its own: `--renew {role}`"));
        }
        roles = top;
    }
    if !roles.contains(&RoleName::Root) {
        told.say("root itself has not expired, and stays as it is");
    }
    roles.sort();
    let changes: Vec<Change> = roles.iter().map(|role| Change::Renew { role: role.clone() }).collect();
    let planned = roles.iter().map(|role| PlannedChange::Renew { role: role.as_str().to_owned() });
    let rest = std::mem::take(&mut making.plan.changes);
    making.plan.changes = planned.chain(rest).collect();

    let twin = case.twin()?;
    let mut cast = case.cast(&twin);
    told.scenes.push(cast.would_see("now", &twin.files, case.at));
    if roles.contains(&RoleName::Root) {
        let mut owners = Forger::of_roles(&twin, &[RoleName::Root]);
        let [until, ..] = making.plan.expiries();
        owners.expires(&RoleName::Root, until).sign(&RoleName::Root)?;
        let version = case.root().common.version;
        let name =
            format!("if root v{version} were signed again with a later date (refused: one version, two files, R5)");
        told.scenes.push(cast.would_see(&name, &owners.files, case.at));
        let anew = twin.anew(&mut *throw_away())?;
        let name = "if you started again at root v1 (refused: everybody must be reached in another way, R16)";
        told.scenes.push(cast.would_see(name, &anew.files, case.at));
    }
    let after = case.after(&twin, &changes, &making.plan)?;
    let scene = cast.see("after this plan is published", &after.files, case.at);
    require_all_follow(&scene)?;
    told.scenes.push(scene);
    told.next("hold the ceremony; `tuffet publish DIR --online-key KEY` signs snapshot and timestamp with it");
    let plan = making.finish(&case.workspace)?;
    Ok(told.outcome(Some(&plan)))
}
