//! `tuffet trust-root timeline`: the picture, into a new file.

use super::read_tolerant;
use crate::commands::{refuse_existing, write_new};
use crate::{CliError, Context, Outcome};
use clap::Args;
use serde_json::json;
use std::path::PathBuf;
use tuffet_metadata::format_time;
use tuffet_trust_root::timeline;

/// Arguments of `trust-root timeline`. Now is --at, or the clock.
#[derive(Debug, Args)]
pub struct Timeline {
    /// The trusted_root.json
    pub file: PathBuf,
    /// The SVG to write
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// What stands above it [default: the file's name]
    #[arg(long, value_name = "TEXT")]
    pub title: Option<String>,
}

pub(super) fn run(command: &Timeline, context: &Context<'_>) -> Result<Outcome, CliError> {
    refuse_existing(&command.out)?;
    let root = read_tolerant(&command.file)?;
    let at = context.reading_time();
    let name = command.file.file_name().map(|name| name.to_string_lossy().into_owned());
    let title = command.title.clone().or(name).unwrap_or_default();
    let svg = timeline(&root, at, &title);
    write_new(&command.out, svg.as_bytes())?;
    let text = format!("{} is written, as of {}\n", command.out.display(), format_time(at));
    let data = json!({
        "file": command.out, "at": format_time(at), "sha256": tuffet_keys::sha256(svg.as_bytes()).to_string(),
    });
    Ok(Outcome::new(text, "tuffet-trust-root-timeline-v1", data))
}
