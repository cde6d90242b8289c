//! `tuffet export`: what is published, laid out as another tool has it.

use super::{LayoutName, options, told};
use crate::commands::read;
use crate::{CliError, Context, Outcome};
use clap::Args;
use std::path::{Path, PathBuf};
use tuffet_repository::{Layout, Source, Staging, Tree, take};

/// Arguments of `export`.
#[derive(Debug, Args)]
pub struct Export {
    /// The folder to make
    pub dir: PathBuf,
    /// How it is to be laid out
    #[arg(long, value_enum)]
    pub layout: LayoutName,
}

pub(crate) fn run(command: &Export, context: &Context<'_>) -> Result<Outcome, CliError> {
    let workspace = context.workspace(Path::new("."))?;
    let repository = workspace.repository();
    let pin = oldest_root(repository.dir())?;
    let options = options(context).with_pin(&pin);
    let layout = Layout::from(command.layout);
    let mut staging = Staging::beside(&command.dir)?;
    let mut tree = Tree { staging: &mut staging, below: "", layout };
    let published = options.clone().with_layout(Layout::Published);
    let taken = take(&Source::folder(repository.dir()), &published, Some(&mut tree))?;
    // Read back as the tool will that gets it.
    let again = take(&Source::folder(staging.path()), &options.with_layout(layout), None)?;
    if again.roles != taken.roles || again.targets != taken.targets {
        return Err(CliError::new("read-back", "expected the tree just written, found another: nothing is kept"));
    }
    let finished = staging.finish(&[""])?;
    let dir = command.dir.display();
    let text = format!(
        "workspace {}\n\n{}\n{dir} ({layout}) {}",
        workspace.root.display(),
        told::text(&taken),
        told::done(finished)
    );
    let mut data = told::data(&taken, finished);
    data["layout"] = layout.name().into();
    data["workspace"] = workspace.root.display().to_string().into();
    data["export"] = dir.to_string().into();
    Ok(Outcome::new(text, "tuffet-export-v1", data))
}

/// The root the workspace's chain begins with. Its owner trusts what lies in it.
fn oldest_root(repository: &Path) -> Result<Vec<u8>, CliError> {
    let none = || {
        let message = format!("{}: expected a published repository, found no root in it", repository.display());
        CliError::new("nothing-published", message).hint("run `tuffet publish` first")
    };
    let entries = std::fs::read_dir(repository).map_err(|_| none())?;
    let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let versions = names.filter_map(|name| name.strip_suffix(".root.json")?.parse::<u64>().ok());
    read(&repository.join(format!("{}.root.json", versions.min().ok_or_else(none)?)))
}
