//! `tuffet trust-root diff`: `tuffet diff`, of the files that say whom to trust.

use crate::commands::diff;
use crate::{CliError, Context, Outcome};
use clap::Args;
use std::path::PathBuf;

/// Arguments of `trust-root diff`.
#[derive(Debug, Args)]
pub struct Diff {
    /// A trusted_root.json or signing_config.v0.2.json
    pub old: PathBuf,
    /// Another of the same kind
    pub new: PathBuf,
}

pub(super) fn run(command: &Diff, context: &Context<'_>) -> Result<Outcome, CliError> {
    let (old, new) = (command.old.clone(), command.new.clone());
    diff::of_trust(&diff::Diff { old, new, root: None }, context)
}
