//! `tuffet online once`: what a timer, a cron job or CI runs.

use super::{Anew, PassOver, warnings};
use crate::{CliError, Context, Outcome};
use clap::Args;
use serde_json::json;
use std::path::Path;
use tuffet_metadata::format_time;
use tuffet_repository::{Agenda, Round};

/// Arguments of `online once`.
#[derive(Debug, Args)]
pub struct Once {
    /// Key and days.
    #[command(flatten)]
    pub anew: Anew,
    /// Sign both, due or not
    #[arg(long)]
    pub force: bool,
    /// Expired delegations.
    #[command(flatten)]
    pub pass_over: PassOver,
}

pub(super) fn run(command: &Once, context: &mut Context<'_>) -> Result<Outcome, CliError> {
    let now = context.writing_time()?;
    let workspace = context.workspace(Path::new("."))?;
    let repository = workspace.repository();
    let roles = command.anew.roles(command.pass_over.names()?);
    // What needs nobody's key is said before anybody is asked for its secret.
    let published = super::super::plan::published(&workspace)?;
    roles.agenda(&published, now)?;
    let key = command.anew.open_key(context)?;
    let round = if command.force {
        let receipt = roles.sign_both(&repository, &*key, now)?;
        Round::Signed(roles.agenda(&super::super::plan::published(&workspace)?, now)?, receipt)
    } else {
        roles.round(&repository, &*key, now)?
    };
    let agenda = round.agenda();
    warnings(agenda, now).iter().for_each(|warning| crate::outcome::warn(warning));
    let text = format!(
        "workspace {}\n{}\nnext due {}\n{}",
        workspace.root.display(),
        said(&round),
        format_time(agenda.due_from),
        people(agenda)
    );
    Ok(Outcome::new(text, "tuffet-online-once-v2", data(&round)))
}

/// What came of a round, in words.
pub(super) fn said(round: &Round) -> String {
    let [snapshot, timestamp] = &round.agenda().online;
    let [snapshot_until, timestamp_until] = [snapshot, timestamp].map(|role| format_time(role.expires));
    let (snapshot, timestamp) = (snapshot.version, timestamp.version);
    match round {
        Round::Signed(_, receipt) if receipt.files.len() == 1 => {
            format!(
                "published timestamp {timestamp} until {timestamp_until}, over snapshot {snapshot} until {snapshot_until}\n\
                 read back by a fresh client"
            )
        }
        Round::Signed(..) => format!(
            "published snapshot {snapshot} until {snapshot_until}, timestamp {timestamp} until {timestamp_until}\n\
             read back by a fresh client"
        ),
        Round::NotDue(_) => {
            format!(
                "nothing due: snapshot {snapshot} until {snapshot_until}, timestamp {timestamp} until {timestamp_until}"
            )
        }
        Round::ByAnother(_) => format!(
            "signed by another publisher: snapshot {snapshot} until {snapshot_until}, timestamp {timestamp} until \
             {timestamp_until}"
        ),
    }
}

/// What people sign, the first to expire first.
fn people(agenda: &Agenda) -> String {
    let roles = agenda.people.iter().map(|role| format!("{} expires {}", role.role, format_time(role.expires)));
    roles.take(5).collect::<Vec<_>>().join("\n")
}

/// The same for programs.
pub(super) fn data(round: &Round) -> serde_json::Value {
    let outcome = match round {
        Round::NotDue(_) => "not-due",
        Round::Signed(..) => "signed",
        Round::ByAnother(_) => "by-another",
    };
    let files = match round {
        Round::Signed(_, receipt) => receipt.files.clone(),
        _ => Default::default(),
    };
    let agenda = round.agenda();
    let role = |role: &tuffet_repository::Horizon| json!({"role": role.role.to_string(), "version": role.version, "expires": format_time(role.expires)});
    json!({
        "outcome": outcome,
        "online": agenda.online.iter().map(role).collect::<Vec<_>>(),
        "people": agenda.people.iter().map(role).collect::<Vec<_>>(),
        "due_from": format_time(agenda.due_from),
        "alarm_from": format_time(agenda.alarm_from),
        "held_back_by": agenda.held_back.as_ref().map(|expired| expired.0.role.to_string()),
        "files": files,
    })
}
