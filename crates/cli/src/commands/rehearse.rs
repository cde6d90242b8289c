//! `tuffet rehearse`
use crate::{CliError, Outcome};
use clap::Args;
/// placeholder
#[derive(Debug, Args)]
pub struct Rehearse {}
pub(crate) fn run(_c: &Rehearse) -> Result<Outcome, CliError> {
    Err(CliError::usage(""))
}
