//! `tuffet approve`: a witness reads the review, looks at a clock of their own, and signs that they did (K5, K15).

use super::open;
use super::token::{Token, require_word};
use crate::commands::review;
use crate::text::wrap;
use crate::{CliError, Context, Outcome};
use clap::Args;
use serde_json::json;
use std::path::PathBuf;
use tuffet_metadata::format_time;

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
    let token = Token::look(&command.key, context)?;
    let witness = ceremony.require_witness(&token.public.fingerprint().to_string())?;
    let review = review::text(&ceremony.review()?);
    context.terminal.show(&review)?;
    let clock = format_time(now);
    context.terminal.show(&wrap("", "", &format!("{witness} would approve this draft.")))?;
    context.terminal.show(&format!("This station's clock says {clock} (UTC)."))?;
    context.terminal.show(&format!("The plan is for {}.", ceremony.plan().at))?;
    context.terminal.show("Look at a clock of your own.")?;
    let stopped = "the clock was not confirmed: nothing was approved (K15)";
    require_word(context, "right", "if it agrees", stopped).map_err(|error| match error.code {
        "not-confirmed" => error.hint("set this station's clock, and run the command again"),
        _ => error,
    })?;
    require_word(context, "approve", "to approve", "not confirmed: nothing was approved")?;
    let key = token.open(context)?;
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
