//! `tuffet page`: the public page of a repository, and status.json beside it.

mod records;
mod repository;
mod write;

use super::plan::published;
use crate::workspace::Workspace;
use crate::{CliError, Context, Outcome};
use chrono::{DateTime, Utc};
use clap::Args;
use serde_json::json;
use std::path::{Path, PathBuf};
use tuffet_metadata::format_time;
use tuffet_page::{Facts, Site, Time, site};

/// Arguments of `page`.
#[derive(Debug, Args)]
pub struct Page {
    /// The folder that gets index.html and status.json [default: the workspace's
    /// repository/]
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}

pub(crate) fn run(command: &Page, context: &Context<'_>) -> Result<Outcome, CliError> {
    let workspace = context.workspace(Path::new("."))?;
    let at = context.reading_time();
    let facts = facts(&workspace, at)?;
    let folder = command.out.clone().unwrap_or_else(|| workspace.repository().dir().to_owned());
    let written = write::all(&site(&facts), &folder)?;
    let mut text = format!("workspace {}", workspace.root.display());
    for file in &written {
        text += &format!("\nwrote {}", file.display());
    }
    for unread in &facts.unread {
        text += &format!("\nnot read, and told on the page: {}: {}", unread.what, unread.problem);
    }
    let data = json!({"files": written, "made": format_time(at), "unread": facts.unread});
    Ok(Outcome::new(text, "tuffet-page-v1", data))
}

/// The page after a publication, in the workspace's repository. It says what happened, and nothing hangs on it: what fails
/// here is said and undoes nothing.
pub(crate) fn after(workspace: &Workspace, at: DateTime<Utc>) {
    let made = made(workspace, at).and_then(|site| write::all(&site, workspace.repository().dir()));
    if let Err(error) = made {
        let hint = "what was published stays; `tuffet page` writes the page once this is mended";
        crate::outcome::warn(&format!("the page was not written: {error} ({hint})"));
    }
}

/// The files of the page by name, for whatever place the repository lies at.
pub(crate) fn made(workspace: &Workspace, at: DateTime<Utc>) -> Result<Site, CliError> {
    Ok(site(&facts(workspace, at)?))
}

/// What the workspace says: of its repository, verified; of its ceremonies, replayed.
fn facts(workspace: &Workspace, at: DateTime<Utc>) -> Result<Facts, CliError> {
    let published = published(workspace)?;
    let mut facts = Facts::new(Time(at));
    facts.name.clone_from(&workspace.page.name);
    facts.url.clone_from(&workspace.page.url);
    repository::tell(&mut facts, &workspace.repository(), &published);
    records::tell(&mut facts, workspace)?;
    Ok(facts)
}
