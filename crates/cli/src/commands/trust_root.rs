//! `tuffet trust-root`
use crate::{CliError, Context, Outcome};
use clap::Subcommand;
/// placeholder
#[derive(Debug, Subcommand)]
pub enum TrustRoot {}
pub(crate) fn run(_c: TrustRoot, _x: &Context<'_>) -> Result<Outcome, CliError> {
    Err(CliError::usage(""))
}
