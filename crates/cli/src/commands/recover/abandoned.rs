//! A ceremony was given up. Its signatures are not: each is good until what it signs expires, and whoever collects
//! enough of them has a file that every client accepts (scenario 25; two valid roots of one version, L21).

use super::super::ceremony::open;
use super::case::Case;
use super::told::Told;
use crate::{CliError, Context, Outcome};
use clap::Args;
use std::path::PathBuf;
use tuffet_builder::Change;
use tuffet_ceremony::{Action, Ceremony, RoleStatus};
use tuffet_metadata::RoleName;

/// Arguments of `recover abandoned`.
#[derive(Debug, Args)]
pub struct Abandoned {
    /// The ceremony's directory
    pub ceremony: PathBuf,
}

pub(super) fn run(command: &Abandoned, context: &Context<'_>) -> Result<Outcome, CliError> {
    let ceremony = open(&command.ceremony)?;
    let dir = command.ceremony.display();
    let transcript = ceremony.transcript()?;
    if transcript.entries().iter().any(|entry| matches!(entry.action, Action::Publish { .. })) {
        let message = format!("{dir}: expected a ceremony that was not published, found one that was (K16)");
        return Err(CliError::new("published", message)
            .hint("what is published is taken back by `tuffet recover roll-forward`, never by a restored file"));
    }
    let mut told = Told::new("abandoned");
    let id = &ceremony.plan().ceremony;
    if transcript.draft().is_none() {
        told.say(format!(
            "ceremony {id}: nothing was drafted, so nobody can have signed anything: delete it or go on with it"
        ));
        return Ok(told.outcome(None));
    }
    match transcript.aborted() {
        Some(reason) => told.say(format!("ceremony {id} was given up: {reason}")),
        None => {
            told.say(format!("ceremony {id} is open still: it can be finished, and nothing says that it will not be"))
        }
    };
    let status = ceremony.status()?;
    let mut given = Vec::new();
    for role in &status {
        let signers: Vec<&str> = role.seats.iter().filter(|seat| seat.signed).map(|seat| &*seat.owner).collect();
        let by = if signers.is_empty() { "nobody".to_owned() } else { signers.join(", ") };
        given.push(format!("{} v{}: signed by {by}, good until {}", role.role, role.version, until(&ceremony, role)));
    }
    told.lists.push(("what was signed".to_owned(), given));
    let complete: Vec<&RoleStatus> = status.iter().filter(|role| role.is_complete()).collect();
    let anybody = status.iter().any(|role| role.seats.iter().any(|seat| seat.signed));
    for role in status.iter().filter(|role| !role.is_complete()) {
        for need in role.needs() {
            told.say(format!(
                "{} v{}: {} more would complete it for the {}",
                role.role, role.version, need.more, need.whose
            ));
        }
    }
    if let Some(root) = complete.iter().find(|role| role.role == RoleName::Root) {
        told.say(format!(
            "root v{}: complete. Whoever has these files can serve it, and every client follows (C10, C11)",
            root.version
        ));
        play(&ceremony, context, root.version, &mut told)?;
        told.next(format!(
            "either publish this very root v{} after all, or let the next root have signatures by a threshold of its keys too, so \
             that who was served this one follows to the one after",
            root.version
        ));
    } else if !complete.is_empty() {
        let roles: Vec<String> = complete.iter().map(|role| format!("{} v{}", role.role, role.version)).collect();
        told.say(format!(
            "{}: complete. The online key is all that keeps it from clients: whoever has that can publish it (T21)",
            roles.join(", ")
        ));
        told.next("publish the next version of it soon: clients that have a later one refuse this");
    } else if anybody {
        told.say("below the threshold: no client accepts it. What was signed must not be completed by mistake");
        told.next("those who signed know that their signature is out, and sign nothing more for this ceremony");
    } else {
        told.say("nobody signed: there is nothing to fear from it");
    }
    if transcript.aborted().is_none() {
        told.next(format!("`tuffet abort {dir} --reason WHY` closes it for good and records whose signatures exist"));
        told.next(format!("then the witnesses sign the record: `tuffet ceremony statement {dir} --key KEY`"));
    }
    told.next("keep the directory: an auditor who finds such a signature will ask for it");
    told.next("hold the next ceremony under another id; a plan is never re-used");
    Ok(told.outcome(None))
}

fn until(ceremony: &Ceremony, role: &RoleStatus) -> String {
    let expires = &ceremony.plan().expires;
    match &role.role {
        RoleName::Root => expires.root.clone(),
        RoleName::Delegated(name) => expires.delegated.get(name).unwrap_or(&expires.targets).clone(),
        _ => expires.targets.clone(),
    }
}

/// Somebody serves the abandoned root; then the owners publish theirs, which they signed after it, and one more.
fn play(ceremony: &Ceremony, context: &Context<'_>, version: u64, told: &mut Told) -> Result<(), CliError> {
    let Ok(case) = Case::open(context, ceremony.plan().at()) else {
        told.say("without the workspace it was held in, nothing was played");
        return Ok(());
    };
    let newest = case.root().common.version;
    if ceremony.plan().previous_root() != Some(case.published.root().sha256()) {
        told.say(format!("root v{newest} is published since: clients that have it never ask for a v{version}"));
        return Ok(());
    }
    let state = case.published.state();
    let before = case.twin()?;
    let mut cast = case.cast(&before);
    let abandoned = case.after(&before, &ceremony.changes(Some(&state))?, ceremony.plan())?;
    told.scenes.push(cast.see(&format!("if somebody serves the abandoned root v{version}"), &abandoned.files, case.at));
    let [until, ..] = ceremony.plan().expiries();
    let mut own = before;
    let renew = [Change::Renew { role: RoleName::Root }];
    for round in 1..=2 {
        own.publish(&renew, &tuffet_drill::Dates::until(until))?;
        let name = format!("then you publish a root v{} that changes nobody", newest.saturating_add(round));
        told.scenes.push(cast.see(&name, &own.files, case.at));
    }
    Ok(())
}
