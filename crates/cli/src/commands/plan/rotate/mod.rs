//! `tuffet plan rotate`: from what is published and a goal to the ceremonies that lead there.

mod data;
mod devices;
mod files;
mod steps;
mod text;
mod wishes;

use super::published;
use crate::commands::throw_away::throw_away;
use crate::commands::{make_folder, refuse_existing, write_new};
use crate::workspace::Workspace;
use crate::{CliError, Context, Outcome};
use clap::Args;
use devices::Known;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use steps::Enrolled;
use tuffet_builder::{RotationPlan, RotationRefused, RotationStart, plan_rotation};
use tuffet_metadata::RoleName;
use tuffet_repository::{Published, Repository};
use wishes::Wishes;

/// Arguments of `plan rotate`.
#[derive(Debug, Args)]
pub struct Rotate {
    /// A TOML file of the same wishes, by the names of these options
    #[arg(long, value_name = "FILE")]
    pub goal: Option<PathBuf>,
    /// What is wanted, when, by whom.
    #[command(flatten)]
    pub wishes: Wishes,
    /// The folder of somebody who has enrolled already; once for each
    #[arg(long = "person", value_name = "DIR")]
    pub people: Vec<PathBuf>,
    /// A folder of evidence about keys, beside the records of this workspace
    #[arg(long, value_name = "DIR")]
    pub evidence: Vec<PathBuf>,
    /// A root certificate in PEM that may vouch for devices beside the maker's
    #[arg(long = "attestation-root", value_name = "FILE")]
    pub attestation_roots: Vec<PathBuf>,
    /// The repository to plan for, if it is not the workspace's: a directory
    #[arg(long, value_name = "DIR")]
    pub repository: Option<PathBuf>,
    /// Write the changes of each ceremony there, as 1.toml, 2.toml and so on
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}

/// A plan and what its reader needs to know of where it starts.
struct Planned<'p> {
    place: String,
    published: &'p Published,
    plan: RotationPlan,
    /// Where the files of changes lie, or are to lie.
    folder: PathBuf,
    /// Days until root and targets expire.
    days: i64,
    /// Those who have enrolled, by name.
    enrolled: BTreeMap<String, Enrolled>,
    notes: Vec<String>,
}

impl Planned<'_> {
    fn from(&self) -> String {
        let root = self.published.root();
        let of = |role: RoleName| {
            let authority = root.authority(&role);
            format!("{} of {}", authority.threshold(), authority.fingerprints().len())
        };
        let (version, targets) = (root.common.version, self.published.targets.common.version);
        format!("root v{version} ({}), targets v{targets} ({})", of(RoleName::Root), of(RoleName::Targets))
    }
}

pub(super) fn run(command: &Rotate, context: &Context<'_>) -> Result<Outcome, CliError> {
    let wishes = match &command.goal {
        Some(path) => Wishes::read(path)?.and(&command.wishes)?,
        None => command.wishes.clone(),
    };
    let (place, workspace, published) = start(command, context)?;
    let now = context.reading_time();
    let mut terms = wishes.terms(&published, now)?;
    let known = Known::read(command, workspace.as_ref(), terms.first)?;
    let mut goal = wishes.goal(&published)?;
    let notes = known.below_floor(&wishes, &published, &mut goal)?;
    known.check(&published, &goal)?;
    terms.enrolled = known.enrolled();
    let start = RotationStart { oldest: published.roots[0].common.version, state: published.state() };
    let plan = plan_rotation(&start, &goal, &terms, &mut *throw_away()).map_err(|error| refused(&error))?;
    let folder = command.out.clone().unwrap_or_else(|| PathBuf::from("rotation"));
    let (days, enrolled) = (terms.offline.num_days(), known.folders());
    let planned = Planned { place, published: &published, plan, folder, days, enrolled, notes };
    if command.out.is_some() {
        write(&planned)?;
    }
    let text = text::render(&planned, command.out.is_some());
    Ok(Outcome::new(text, "tuffet-rotation-v1", data::of(&planned, &start)))
}

/// Where it starts: the workspace, or a repository that is named.
fn start(command: &Rotate, context: &Context<'_>) -> Result<(String, Option<Workspace>, Published), CliError> {
    let Some(dir) = &command.repository else {
        let workspace = context.workspace(Path::new("."))?;
        let published = published(&workspace)?;
        return Ok((format!("workspace {}", workspace.root.display()), Some(workspace), published));
    };
    let inner = dir.join("metadata");
    let metadata = if inner.is_dir() && !dir.join("timestamp.json").exists() { inner } else { dir.clone() };
    let found = Repository::open(&metadata).published()?.ok_or_else(|| {
        let message = format!("{}: expected a repository, found no 1.root.json in it", metadata.display());
        CliError::new("missing", message).hint("name the folder that holds timestamp.json and every root from 1 on")
    })?;
    Ok((format!("repository {}", metadata.display()), None, found))
}

/// Every file or none: all are looked for before the first is written.
fn write(planned: &Planned<'_>) -> Result<(), CliError> {
    let names = |number: usize| planned.folder.join(format!("{number}.toml"));
    for step in &planned.plan.steps {
        refuse_existing(&names(step.number))?;
    }
    make_folder(&planned.folder)?;
    for step in &planned.plan.steps {
        write_new(&names(step.number), files::changes(step).as_bytes())?;
    }
    Ok(())
}

fn refused(error: &RotationRefused) -> CliError {
    let refused = CliError::new("rotation", error.to_string());
    match error.hint() {
        Some(hint) => refused.hint(hint),
        None => refused,
    }
}
