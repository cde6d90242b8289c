//! `tuffet recover`: from what happened to a plan that mends it, played beforehand on a twin of the repository.
//!
//! Each command looks whether its situation is the one there is, prints what clients do now and what they will do, at the
//! oldest root and the newest, and refuses where they would not follow. It writes a plan; a ceremony signs it, as any other.

mod abandoned;
mod case;
mod expired;
mod forward;
mod inventory;
mod online;
mod people;
mod threshold;
mod told;

use crate::{CliError, Context, Outcome};
use clap::Subcommand;

/// Recovery commands.
#[derive(Debug, Subcommand)]
pub enum Recover {
    /// A keyholder's key is lost, and a threshold of the others is left
    LostKey(people::Keys),
    /// Somebody has a copy of a keyholder's key, of fewer than the threshold
    StolenKey(people::Keys),
    /// So many keys are lost that no threshold is left: a new root, and a notice to all
    LostThreshold(threshold::Threshold),
    /// Somebody has a threshold of the keys: a new root, and a notice to all
    StolenThreshold(threshold::Threshold),
    /// What to tell everybody who pinned the old root
    Notice(threshold::Notice),
    /// Somebody has an online key, and may have used it to drive versions up
    OnlineKey(online::OnlineKey),
    /// The timestamp or the snapshot has expired: sign them anew, and publish
    ExpiredTimestamp(expired::ExpiredTimestamp),
    /// Root has expired, or what else people sign
    ExpiredRoot(expired::ExpiredRoot),
    /// A ceremony was given up: what its signatures are still good for
    Abandoned(abandoned::Abandoned),
    /// What was published must go: the list of before, under the next version
    RollForward(forward::RollForward),
}

pub(crate) fn run(command: &Recover, context: &mut Context<'_>) -> Result<Outcome, CliError> {
    match command {
        Recover::LostKey(command) => people::lost(command, context),
        Recover::StolenKey(command) => people::stolen(command, context),
        Recover::LostThreshold(command) => threshold::lost(command, context),
        Recover::StolenThreshold(command) => threshold::stolen(command, context),
        Recover::Notice(command) => threshold::notice(command, context),
        Recover::OnlineKey(command) => online::run(command, context),
        Recover::ExpiredTimestamp(command) => expired::timestamp(command, context),
        Recover::ExpiredRoot(command) => expired::root(command, context),
        Recover::Abandoned(command) => abandoned::run(command, context),
        Recover::RollForward(command) => forward::run(command, context),
    }
}
