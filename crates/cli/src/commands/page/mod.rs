//! `tuffet page`: the public page of a repository, and status.json beside it.

mod records;
mod repository;
mod write;

use super::make_folder;
use super::plan::published_at;
use crate::workspace::Workspace;
use crate::{CliError, Context, Outcome};
use chrono::{DateTime, Utc};
use clap::Args;
use serde_json::json;
use std::path::{Path, PathBuf};
use tuffet_metadata::format_time;
use tuffet_page::{Facts, Time, site};
use tuffet_repository::{FolderPlace, Place, Repository};

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
    let facts = facts(&workspace, &workspace.repository(), at)?;
    let folder = command.out.clone().unwrap_or_else(|| workspace.repository().dir().to_owned());
    make_folder(&folder)?;
    let names = write::at(&site(&facts), &FolderPlace::open(&folder))?;
    let written: Vec<PathBuf> = names.iter().map(|name| folder.join(name)).collect();
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

/// The page after a publication, beside what was published. It says what happened, and nothing hangs on it: what fails here
/// is said and undoes nothing.
pub(crate) fn after<P: Place>(workspace: &Workspace, repository: &Repository<P>, at: DateTime<Utc>) {
    let made = facts(workspace, repository, at).and_then(|facts| write::at(&site(&facts), repository.place()));
    if let Err(error) = made {
        let hint = "what was published stays; `tuffet page` writes the page once this is mended";
        crate::outcome::warn(&format!("the page was not written: {error} ({hint})"));
    }
}

/// What is known: of the repository, verified; of the workspace's ceremonies, replayed.
fn facts<P: Place>(workspace: &Workspace, repository: &Repository<P>, at: DateTime<Utc>) -> Result<Facts, CliError> {
    let published = published_at(repository, &repository.place().describe())?;
    let mut facts = Facts::new(Time(at));
    facts.name.clone_from(&workspace.page.name);
    facts.url.clone_from(&workspace.page.url);
    repository::tell(&mut facts, repository, &published);
    records::tell(&mut facts, workspace)?;
    Ok(facts)
}
