//! `tuffet online`: snapshot and timestamp signed anew, before they expire.

use super::plan::published;
use crate::{CliError, Context, Outcome};
use chrono::{DateTime, Duration, Utc};
use clap::{Args, Subcommand};
use serde_json::json;
use std::path::Path;
use tuffet_builder::Pins;
use tuffet_metadata::{RoleName, format_time};
use tuffet_repository::{OnlineExpiries, Published, stage_online};
use tuffet_signers::KeyUri;

/// Commands of the online key.
#[derive(Debug, Subcommand)]
pub enum Online {
    /// Sign snapshot and timestamp anew and publish them, as a job does once a day
    Once(Once),
}

/// Arguments of `online once`.
#[derive(Debug, Args)]
pub struct Once {
    /// Key and days.
    #[command(flatten)]
    pub anew: Anew,
    /// Leave the page as it is: index.html and status.json
    #[arg(long)]
    pub no_page: bool,
}

/// Who signs snapshot and timestamp anew, and until when.
#[derive(Debug, Args)]
pub struct Anew {
    /// The online key, which signs snapshot and timestamp
    #[arg(long, value_name = "KEY")]
    pub online_key: String,
    /// Days until the snapshot expires
    #[arg(long, default_value_t = 21, value_name = "DAYS")]
    pub snapshot_days: u32,
    /// Days until the timestamp expires
    #[arg(long, default_value_t = 7, value_name = "DAYS")]
    pub timestamp_days: u32,
}

impl Anew {
    /// The expiries from `at` on; what is pinned stays pinned.
    pub(crate) fn expires(&self, published: &Published, at: DateTime<Utc>) -> Result<OnlineExpiries, CliError> {
        let day = |days: u32| at.checked_add_signed(Duration::days(days.into())).filter(|end| *end > at);
        let days = || CliError::usage("expected a number of days from 1 that ends before year 10000");
        Ok(OnlineExpiries {
            snapshot: day(self.snapshot_days).ok_or_else(days)?,
            timestamp: day(self.timestamp_days).ok_or_else(days)?,
            pins: if published.timestamp.snapshot.hashes.is_some() { Pins::Full } else { Pins::VersionOnly },
        })
    }
}

pub(crate) fn run(command: Online, context: &mut Context<'_>) -> Result<Outcome, CliError> {
    let Online::Once(command) = command;
    let now = context.writing_time()?;
    let workspace = context.workspace(Path::new("."))?;
    let published = published(&workspace)?;
    require_people(&published, now)?;
    let expires = command.anew.expires(&published, now)?;
    let uri: KeyUri = command.anew.online_key.parse()?;
    let key = tuffet_signers::open(&uri, &mut *context.terminal)?;
    let root = published.root().common.expires.time();
    let receipt = stage_online(published, &*key, &expires)?.verify(now)?.publish(&workspace.repository())?;
    if !command.no_page {
        super::page::after(&workspace, now);
    }
    let text = format!(
        "workspace {}\npublished snapshot {} until {}, timestamp {} until {}\nread back by a fresh client\n\
         root expires {}",
        workspace.root.display(),
        receipt.snapshot,
        format_time(expires.snapshot),
        receipt.timestamp,
        format_time(expires.timestamp),
        format_time(root),
    );
    let data = json!({
        "snapshot": {"version": receipt.snapshot, "expires": format_time(expires.snapshot)},
        "timestamp": {"version": receipt.timestamp, "expires": format_time(expires.timestamp)},
        "root_expires": format_time(root), "files": receipt.files,
    });
    Ok(Outcome::new(text, "tuffet-online-once-v1", data))
}

/// A fresh timestamp over expired metadata would say that somebody looks after it.
fn require_people(published: &Published, now: DateTime<Utc>) -> Result<(), CliError> {
    for (role, common) in [(RoleName::Root, &published.root().common), (RoleName::Targets, &published.targets.common)] {
        let expires = common.expires.time();
        if expires <= now {
            let (version, expires) = (common.version, format_time(expires));
            let message = format!("{role} v{version} expired at {expires}: no timestamp is signed over it (R20)");
            return Err(CliError::new("expired", message)
                .hint("`tuffet recover expired-root CEREMONY` plans the ceremony that renews it"));
        }
    }
    Ok(())
}
