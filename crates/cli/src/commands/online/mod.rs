//! `tuffet online`: snapshot and timestamp signed anew, before they expire.

#[cfg(feature = "network")]
mod metrics;
mod once;
#[cfg(feature = "network")]
mod run;
mod secret_file;
#[cfg(feature = "network")]
mod state;

use crate::destination::Through;
use crate::workspace::Workspace;
use crate::{CliError, Context, Outcome};
use chrono::{DateTime, Utc};
use clap::{Args, Subcommand};
use secret_file::SecretFile;
use std::collections::BTreeSet;
use std::path::PathBuf;
use tuffet_keys::Sign;
use tuffet_metadata::{RoleName, format_time};
use tuffet_repository::{Agenda, OnlineExpiries, OnlineRoles, Place, Published, Repository, Round};
use tuffet_signers::KeyUri;

/// Commands of the online key.
#[derive(Debug, Subcommand)]
pub enum Online {
    /// Sign anew what is due of snapshot and timestamp, as a job does that runs once a day
    Once(once::Once),
    /// The same for as long as it runs: a service, of which several may run
    #[cfg(feature = "network")]
    Run(run::Run),
}

/// Who signs snapshot and timestamp anew, and until when.
#[derive(Debug, Args)]
pub struct Anew {
    /// The online key, which signs snapshot and timestamp
    #[arg(long, value_name = "KEY")]
    pub online_key: String,
    /// A file that holds the key's passphrase or PIN, where nobody is there to type it. Only its owner
    /// may read it
    #[arg(long, value_name = "FILE")]
    pub secret_file: Option<PathBuf>,
    /// Days until the snapshot expires [default: as root says, else 21]
    #[arg(long, value_name = "DAYS")]
    pub snapshot_days: Option<u32>,
    /// Days until the timestamp expires [default: as root says, else 7]
    #[arg(long, value_name = "DAYS")]
    pub timestamp_days: Option<u32>,
}

/// Where it is signed.
#[derive(Debug, Args)]
pub struct Where {
    /// Sign what is published there: a destination of tuffet.toml, or a location
    /// [default: the workspace's repository]
    #[arg(long, value_name = "DESTINATION")]
    pub to: Option<String>,
    /// Leave the page as it is: index.html and status.json. It is written beside the workspace's own
    /// repository alone, as whoever signs elsewhere may lack the ceremonies' records
    #[arg(long)]
    pub no_page: bool,
}

/// Whose expiry holds nothing up.
#[derive(Debug, Args)]
pub struct PassOver {
    /// Sign a new snapshot although this delegated role has expired
    #[arg(long = "pass-over", value_name = "ROLE")]
    pub roles: Vec<String>,
}

impl Anew {
    /// The expiries from `at` on; what is pinned stays pinned.
    pub(crate) fn expires(&self, published: &Published, at: DateTime<Utc>) -> Result<OnlineExpiries, CliError> {
        Ok(self.roles(BTreeSet::new()).expiries(published, at)?)
    }

    /// The key, opened.
    pub(crate) fn open_key(&self, context: &mut Context<'_>) -> Result<Box<dyn Sign>, CliError> {
        let uri: KeyUri = self.online_key.parse()?;
        match &self.secret_file {
            None => Ok(tuffet_signers::open(&uri, &mut *context.terminal)?),
            Some(file) => Ok(tuffet_signers::open(&uri, &mut SecretFile::open(file)?)?),
        }
    }

    fn roles(&self, passed_over: BTreeSet<RoleName>) -> OnlineRoles {
        OnlineRoles { snapshot_days: self.snapshot_days, timestamp_days: self.timestamp_days, passed_over }
    }
}

impl Where {
    fn open(&self, workspace: &Workspace) -> Result<(Repository<Box<dyn Place>>, Through), CliError> {
        let Some(to) = &self.to else {
            let own = Box::new(workspace.repository().place().clone()) as Box<dyn Place>;
            return Ok((Repository::at(own), Through::default()));
        };
        let destination = workspace.destination(to)?;
        if let Some(from) = &destination.from {
            let message =
                format!("{}: expected what `{from}` has, as tuffet.toml says, found a signer (T31)", destination.name);
            return Err(CliError::usage(message)
                .hint(format!("sign with --to {from}, then `tuffet publish --to {}`", destination.name)));
        }
        Ok((destination.repository()?, Through::of(&destination)?))
    }

    /// The page, where a round wrote something beside it.
    fn write_page<P: Place>(
        &self,
        workspace: &Workspace,
        repository: &Repository<P>,
        round: &Round,
        now: DateTime<Utc>,
    ) {
        if self.to.is_none() && !self.no_page && matches!(round, Round::Signed(..)) {
            super::page::after(workspace, repository, now);
        }
    }
}

impl PassOver {
    fn names(&self) -> Result<BTreeSet<RoleName>, CliError> {
        let name = |role: &String| match RoleName::top_level(role) {
            None => Ok(RoleName::Delegated(role.clone())),
            Some(_) => Err(CliError::usage(format!("--pass-over: expected a delegated role, found {role} (R20)"))
                .hint("no timestamp is signed over an expired root or targets; a ceremony renews them")),
        };
        self.roles.iter().map(name).collect()
    }
}

pub(crate) fn run(command: Online, context: &mut Context<'_>) -> Result<Outcome, CliError> {
    match command {
        Online::Once(command) => once::run(&command, context),
        #[cfg(feature = "network")]
        Online::Run(command) => run::run(&command, context),
    }
}

/// What people are to know after a round: who holds a snapshot back, and what only they can renew before long.
fn warnings(agenda: &Agenda, now: DateTime<Utc>) -> Vec<String> {
    let held_back = agenda.held_back.iter().map(|expired| format!("{expired}; {}", expired.hint()));
    let soon = agenda.people.iter().filter(|role| role.expires > now).filter_map(|role| {
        let days = role.expires.signed_duration_since(now).num_days();
        let soon = format!("{} v{} expires at {}, in {days} days", role.role, role.version, format_time(role.expires));
        (days < CEREMONY_DAYS).then(|| format!("{soon}: a ceremony renews it, `tuffet drill --only time` says whose"))
    });
    held_back.chain(soon).collect()
}

/// What a ceremony takes, with some days to spare.
const CEREMONY_DAYS: i64 = 30;
