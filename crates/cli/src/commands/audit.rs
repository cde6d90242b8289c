//! `tuffet audit`
use crate::{CliError, Context, Outcome};
use clap::Args;
/// placeholder
#[derive(Debug, Args)]
pub struct Audit {}
pub(crate) fn run(_c: &Audit, _x: &Context<'_>) -> Result<Outcome, CliError> {
    Err(CliError::usage(""))
}
