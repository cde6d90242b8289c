//! `tuffet init --instance`: from the PEM files of a log and a CA to a workspace in which the first ceremony is one list of
//! commands. It holds no ceremony itself: the list is made of the verbs that everybody else types.

mod next;
mod people;
mod questions;

use super::plan::invitation;
use super::trust_root::compose::signing_config;
use super::trust_root::entries::{self, Entries, Given};
use crate::workspace::Workspace;
use crate::{CliError, Context, Outcome};
use chrono::{DateTime, Duration, SubsecRound, Utc};
use clap::Args;
use next::Next;
use people::Team;
use serde_json::json;
use std::path::Path;
use tuffet_metadata::format_time;
use tuffet_repository::Staging;
use tuffet_trust_root::{Compose, TrustedRoot};

/// What an instance is made of. On a terminal, what is missing is asked for.
#[derive(Debug, Default, Clone, Args)]
#[command(next_help_heading = "Instance")]
pub struct Wishes {
    /// A keyholder, @NAME or @NAME=KEY with the URI of the key; one to three
    #[arg(long = "keyholder", value_name = "@NAME", requires = "instance")]
    pub keyholders: Vec<String>,
    /// Signatures that root and targets need [default: 1 of 1, 2 of 2, 2 of 3]
    #[arg(long, value_name = "N", requires = "instance")]
    pub threshold: Option<u64>,
    /// Who operates log and CA, as the signing config names them
    #[arg(long, value_name = "NAME", requires = "instance")]
    pub operator: Option<String>,
    /// The identity provider that people sign in with
    #[arg(long, value_name = "URL", requires = "instance")]
    pub oidc: Option<String>,
    /// The online key
    #[arg(long, value_name = "KEY", default_value = "file:online.pem", requires = "instance")]
    pub online_key: String,
    /// The time of the ceremony; expiries count from it [default: now]
    #[arg(long, value_name = "TIME", requires = "instance")]
    pub date: Option<String>,
    /// The logs and authorities.
    #[command(flatten)]
    pub entries: Entries,
}

pub(super) fn run(dir: &Path, wishes: &Wishes, context: &mut Context<'_>) -> Result<Outcome, CliError> {
    require_free(dir)?;
    let at = match &wishes.date {
        Some(text) => crate::context::time(text)?,
        None => context.writing_time()?.trunc_subsecs(0),
    };
    let wishes = questions::complete(wishes.clone(), context)?;
    let team = Team::new(&wishes)?;
    let given = wishes.entries.given()?;
    let root = entries::compose(&given, Compose::new())?.finish();
    let operator = wishes.operator.as_deref().unwrap_or_default();
    let config = signing_config(&root, &given, operator, wishes.oidc.as_deref())?.to_json();
    let json = root.to_json();
    let next = Next::new(at, &team);
    write(dir, &next, &team, &json, &config, context)?;
    if given.iter().any(Given::is_rekor_v2) && root.timestamp_authorities().is_empty() {
        crate::outcome::warn(
            "a log of kind rekor-v2 states no time: without a timestamp authority (--tsa) no client takes a signature",
        );
    }
    Ok(told(dir, &root, &team, &next))
}

/// Before anybody is asked anything.
fn require_free(dir: &Path) -> Result<(), CliError> {
    let taken = match std::fs::read_dir(dir) {
        Ok(mut entries) => entries.next().is_some() || dir == Path::new("."),
        Err(_) => dir.symlink_metadata().is_ok(),
    };
    if !taken {
        return Ok(());
    }
    let message = format!("{}: expected a folder that is not there yet, found one", dir.display());
    Err(CliError::new("exists", message).hint("name another: `tuffet init NAME --instance`"))
}

/// The whole folder or none.
fn write(
    dir: &Path,
    next: &Next,
    team: &Team,
    root: &str,
    config: &str,
    context: &Context<'_>,
) -> Result<(), CliError> {
    let mut staging = Staging::beside(dir)?;
    staging.file(Workspace::FILE, Workspace::settings().as_bytes())?;
    staging.folder("ceremony")?;
    staging.folder("repository")?;
    staging.file(TRUSTED_ROOT, root.as_bytes())?;
    staging.file(SIGNING_CONFIG, config.as_bytes())?;
    for (stem, owner) in team.invited() {
        let invite = invitation(context, &next.ceremony, None, owner)?;
        staging.file(&format!("invites/{stem}.json"), invite.to_json().as_bytes())?;
    }
    staging.file("NEXT.md", next.page().as_bytes())?;
    staging.finish(&[""])?;
    Ok(())
}

fn told(dir: &Path, root: &TrustedRoot, team: &Team, next: &Next) -> Outcome {
    let place = dir.display();
    let commands = next.commands();
    let mut text = format!(
        "workspace {place}\n{TRUSTED_ROOT}: {} entries\n{SIGNING_CONFIG}\ninvites/: {} and the online key\n\n{}\n",
        root.entries().len(),
        team.names().join(", "),
        next.choices()
    );
    text += &format!("next, in {place} (NEXT.md has the same, and who does what):\n");
    for (number, command) in (1..).zip(&commands) {
        text += &format!("{number:>3}  {command}\n");
    }
    text += &format!("\n{}", next.dates());
    let expires = next.expires();
    let data = json!({
        "workspace": dir, "ceremony": next.ceremony, "date": format_time(next.at), "threshold": team.threshold,
        "keyholders": team.names(), "commands": commands,
        "entries": root.entries().len(),
        "expires": {
            "timestamp": format_time(expires.timestamp), "snapshot": format_time(expires.snapshot),
            "root": format_time(expires.offline), "targets": format_time(expires.offline),
        },
        "renew_root_by": format_time(expires.renew_by),
    });
    Outcome::new(text, "tuffet-init-instance-v1", data)
}

/// When what expires.
struct Expires {
    timestamp: DateTime<Utc>,
    snapshot: DateTime<Utc>,
    offline: DateTime<Utc>,
    /// A month before root does: people are asked in time, and again.
    renew_by: DateTime<Utc>,
}

impl Expires {
    fn from(at: DateTime<Utc>) -> Self {
        let after = |days| at.checked_add_signed(Duration::days(days)).unwrap_or(at);
        Self {
            timestamp: after(TIMESTAMP_DAYS),
            snapshot: after(SNAPSHOT_DAYS),
            offline: after(OFFLINE_DAYS),
            renew_by: after(OFFLINE_DAYS - 30),
        }
    }
}

const TRUSTED_ROOT: &str = "trusted_root.json";
const SIGNING_CONFIG: &str = "signing_config.v0.2.json";
const TIMESTAMP_DAYS: i64 = 7;
const SNAPSHOT_DAYS: i64 = 21;
const OFFLINE_DAYS: i64 = 182;
