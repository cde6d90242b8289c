//! `tuffet import`: a workspace from a repository that another tool, or nobody, keeps.

use super::{LayoutName, git, options, told};
use crate::commands::network::Network;
use crate::commands::read;
use crate::workspace::Workspace;
use crate::{CliError, Context, Outcome};
use clap::Args;
use std::path::{Path, PathBuf};
use tuffet_repository::{Layout, Options, Source, Staging, Taken, Tree, take};

/// Arguments of `import`.
#[derive(Debug, Args)]
pub struct Import {
    /// The repository: a directory, a URL, or a git remote
    pub source: String,
    /// The workspace to make
    #[arg(value_name = "WORKSPACE-DIR")]
    pub dir: PathBuf,
    /// A root.json that reached you in a way you trust; it must be in the chain
    #[arg(long, value_name = "PINNED")]
    pub root: Option<PathBuf>,
    /// How the source is laid out, where its files are not asked
    #[arg(long, value_enum)]
    pub layout: Option<LayoutName>,
    /// The targets, if they do not lie in targets/ below the metadata
    #[arg(long, value_name = "LOCATION")]
    pub targets: Option<String>,
    /// SOURCE is a git repository: take this branch, tag or commit
    #[arg(long, value_name = "REF", conflicts_with = "targets")]
    pub git_ref: Option<String>,
    /// The network.
    #[command(flatten)]
    pub network: Network,
}

pub(crate) fn run(command: &Import, context: &Context<'_>) -> Result<Outcome, CliError> {
    let pin = command.root.as_deref().map(read).transpose()?;
    if pin.is_none() && is_remote(command) {
        let message = format!("{}: expected --root, found none: no trust comes from a network (C2)", command.source);
        return Err(CliError::usage(message).hint("add --root PINNED, a root.json that reached you in another way"));
    }
    let found = Found::at(command)?;
    let mut options = options(context);
    if let Some(layout) = command.layout {
        options = options.with_layout(layout.into());
    }
    if let Some(pin) = &pin {
        options = options.with_pin(pin);
    }
    let mut staging = Staging::beside(&command.dir)?;
    staging.file(Workspace::FILE, Workspace::settings().as_bytes())?;
    staging.folder("ceremony")?;
    let mut tree = Tree { staging: &mut staging, below: REPOSITORY, layout: Layout::Published };
    let taken = take(&found.source, &options, Some(&mut tree))?;
    read_back(&staging, &taken, &options)?;
    let finished = staging.finish(&[REPOSITORY])?;
    let dir = command.dir.display();
    let mut text = format!("{} ({})\n\n{}", command.source, taken.layout, told::text(&taken));
    if pin.is_none() {
        text += "\ncompare the first root's sha256 with the one its owner announced\n";
    }
    text += &format!(
        "\nworkspace {dir} {}\nnext: plan a ceremony there; `tuffet plan --help` names the changes",
        told::done(finished)
    );
    let mut data = told::data(&taken, finished);
    data["source"] = command.source.clone().into();
    data["commit"] = found.commit.into();
    data["workspace"] = dir.to_string().into();
    data["pinned"] = pin.is_some().into();
    Ok(Outcome::new(text, "tuffet-import-v1", data))
}

/// What was just written is verified once more, from the disk, before anybody is told that it is there.
fn read_back<'a>(staging: &Staging, taken: &Taken, options: &Options<'a>) -> Result<(), CliError> {
    let folder = staging.path().join(REPOSITORY);
    let first = read(&folder.join(format!("{}.root.json", taken.first_root.0)))?;
    let options = options.clone().with_layout(Layout::Published).with_pin(&first);
    let again = take(&Source::folder(&folder), &options, None)?;
    if again.roles == taken.roles && again.targets == taken.targets {
        return Ok(());
    }
    Err(CliError::new("read-back", "expected the repository just written, found another: nothing is kept"))
}

/// Whether files come over a network, or may: then they speak for themselves as little as the network does.
fn is_remote(command: &Import) -> bool {
    let local = |location: &str| folder(location).is_some() && !git::is_remote(location);
    let git = command.git_ref.is_some() || git::is_remote(&command.source);
    let locations = [Some(&command.source), command.targets.as_ref()];
    if git { !Path::new(&command.source).exists() } else { !locations.into_iter().flatten().all(|at| local(at)) }
}

/// The source, and what it is.
struct Found {
    source: Source,
    commit: Option<String>,
    /// A clone, which goes with this value.
    _clone: Option<git::Clone>,
}

impl Found {
    fn at(command: &Import) -> Result<Self, CliError> {
        let location = &command.source;
        if command.git_ref.is_some() || git::is_remote(location) {
            if !cfg!(feature = "network") {
                let message = "expected a directory: this program was built without a network";
                return Err(CliError::usage(message).hint("import on another machine, and carry the workspace"));
            }
            let clone = git::Clone::of(location, command.git_ref.as_deref())?;
            let (source, commit) = (Source::folder(clone.path()), Some(clone.commit().to_owned()));
            return Ok(Self { source, commit, _clone: Some(clone) });
        }
        let here = |source| Self { source, commit: None, _clone: None };
        match (folder(location), command.targets.as_deref().map(folder)) {
            (Some(metadata), None) => Ok(here(Source::folder(&existing(&metadata)?))),
            (Some(metadata), Some(Some(targets))) => {
                Ok(here(Source::folders(&existing(&metadata)?, &existing(&targets)?)))
            }
            _ => {
                let metadata = command.network.open(location)?;
                let targets = command.targets.as_deref().map(|targets| command.network.open(targets)).transpose()?;
                Ok(here(Source::Transport { metadata, targets }))
            }
        }
    }
}

/// The folder that a location names, if it names one. Of file URLs those that are a path as it is.
fn folder(location: &str) -> Option<PathBuf> {
    match location.split_once("://") {
        None => Some(location.into()),
        Some(("file", path)) if path.starts_with('/') && !path.contains('%') => Some(path.into()),
        Some(_) => None,
    }
}

fn existing(folder: &Path) -> Result<PathBuf, CliError> {
    match folder.metadata() {
        Ok(found) if found.is_dir() => Ok(folder.to_owned()),
        Ok(_) => Err(CliError::new("io", format!("{}: expected a folder, found a file", folder.display()))),
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => {
            Err(CliError::new("io", format!("{}: expected a folder, found none", folder.display())))
        }
        Err(cause) => Err(CliError::io(folder, &cause)),
    }
}

const REPOSITORY: &str = "repository/";
