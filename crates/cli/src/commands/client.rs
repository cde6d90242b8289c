//! `tuffet client`
use crate::{CliError, Context, Outcome};
use clap::Subcommand;
/// placeholder
#[derive(Debug, Subcommand)]
pub enum Client {}
pub(crate) fn run(_c: Client, _x: &Context<'_>) -> Result<Outcome, CliError> {
    Err(CliError::usage(""))
}
