//! `tuffet approve`: a witness reads the review, looks at a clock of their own, and signs that they did (K5, K15).

use super::open;
use crate::commands::review;
use crate::error::INTERRUPTED;
use crate::text::wrap;
use crate::{CliError, Context, Outcome};
use clap::Args;
use serde_json::json;
use std::path::PathBuf;
use tuffet_metadata::format_time;
use tuffet_signers::KeyUri;

/// Arguments of `approve`.
#[derive(Debug, Args)]
pub struct Approve {
    /// The ceremony's directory, or a copy of it
    pub ceremony: PathBuf,
    /// The URI of the witness's key
    #[arg(long)]
    pub key: String,
    /// Write the approval below this folder
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
}

pub(crate) fn run(command: &Approve, context: &mut Context<'_>) -> Result<Outcome, CliError> {
    let ceremony = open(&command.ceremony)?;
    let now = context.writing_time()?;
    let uri: KeyUri = command.key.parse()?;
    let mut opened = None;
    let public = if uri.is_key_file() {
        tuffet_signers::public_key(&uri, &mut *context.terminal)?
    } else {
        opened.insert(tuffet_signers::open(&uri, &mut *context.terminal)?).public_key().clone()
    };
    let witness = ceremony.require_witness(&public.fingerprint().to_string())?;
    let review = review::text(&ceremony.review()?);
    context.terminal.show(&review)?;
    let clock = format_time(now);
    context.terminal.show(&wrap("", "", &format!("{witness} would approve this draft.")))?;
    context.terminal.show(&format!("This station's clock says {clock} (UTC)."))?;
    context.terminal.show(&format!("The plan is for {}.", ceremony.plan().at))?;
    context.terminal.show("Look at a clock of your own.")?;
    let question = "Type `right` if it agrees, anything else to stop: ";
    let stopped = |what: &str| CliError { exit: INTERRUPTED, ..CliError::new("not-confirmed", what.to_owned()) };
    if context.terminal.line(question)? != "right" {
        return Err(stopped("the clock was not confirmed: nothing was approved (K15)")
            .hint("set this station's clock, and run the command again"));
    }
    if context.terminal.line("Type `approve` to approve, anything else to stop: ")? != "approve" {
        return Err(stopped("not confirmed: nothing was approved"));
    }
    let key = match opened {
        Some(key) => key,
        None => tuffet_signers::open(&uri, &mut *context.terminal)?,
    };
    let approval = ceremony.approve(&*key, &review, now, command.out.as_deref())?;
    let path = command.out.as_ref().unwrap_or(&command.ceremony).join(approval.path());
    let text = format!(
        "{}\n{}\nnext: send this file to the coordinator, who runs `tuffet assemble`",
        wrap("approved with ", "  ", &key.describe()),
        path.display()
    );
    let data = json!({"witness": witness, "file": path, "draft": approval.draft, "clock": approval.clock});
    Ok(Outcome::new(text, "tuffet-approve-v1", data))
}
