//! The steps of a ceremony, each a command that can be run again.

pub(crate) mod abort;
pub(crate) mod approve;
pub(crate) mod assemble;
pub(crate) mod draft;
pub(crate) mod list;
pub(crate) mod record;
pub(crate) mod script;
pub(crate) mod sign;
pub(crate) mod statement;
pub(crate) mod status;
mod token;

use super::no_ceremony;
use crate::{CliError, Context};
use serde_json::json;
use std::path::Path;
use tuffet_ceremony::Ceremony;
use tuffet_repository::Published;

/// Opens the ceremony a person named.
pub(crate) fn open(dir: &Path) -> Result<Ceremony, CliError> {
    Ceremony::open(dir).map_err(|e| no_ceremony(dir, e))
}

/// As [`open`], for a command that appends to the transcript: it says so where this station's clock stands before the
/// time of the last line (K15).
pub(crate) fn open_to_write(dir: &Path, context: &Context<'_>) -> Result<Ceremony, CliError> {
    let ceremony = open(dir)?;
    let now = context.writing_time()?;
    if let Some(last) = ceremony.transcript()?.later_than(now) {
        let now = tuffet_metadata::format_time(now);
        crate::outcome::warn(&format!(
            "this station's clock says {now}, before the last line of the transcript, {last}: one of two clocks is wrong (K15)"
        ));
    }
    if let Some(line) = ceremony.transcript()?.broken() {
        crate::outcome::warn(&broken(line));
    }
    Ok(ceremony)
}

/// What is said of a last line that breaks off.
pub(crate) fn broken(line: u64) -> String {
    format!("transcript.jsonl: line {line} breaks off and is left out: a write or a copy was interrupted (K3)")
}

/// The plan must start from what is published, or its payloads replace something nobody looked at.
pub(crate) fn require_start(ceremony: &Ceremony, published: Option<&Published>) -> Result<(), CliError> {
    let found = published.map(|published| published.root().sha256());
    let expected = ceremony.plan().previous_root();
    if found == expected {
        return Ok(());
    }
    let word =
        |hash: Option<tuffet_keys::Sha256>| hash.map_or_else(|| "no root".to_owned(), |hash| format!("root {hash}"));
    Err(CliError::new(
        "previous-root",
        format!("plan.toml: previous_root: expected {} as published, found {} (K1)", word(found), word(expected)),
    )
    .hint("another ceremony was published since: plan again"))
}

pub(crate) fn payloads(ceremony: &Ceremony) -> Result<Vec<serde_json::Value>, CliError> {
    let one = |p: &tuffet_ceremony::Payload| json!({"role": p.role.as_str(), "version": p.version, "sha256": p.digest.to_string(), "length": p.bytes.len()});
    Ok(ceremony.payloads()?.iter().map(one).collect())
}
