//! `tuffet carry pack`.

use super::{digest_text, limits};
use crate::commands::ceremony::open;
use crate::commands::{refuse_existing, write_new};
use crate::{CliError, Outcome};
use clap::Args;
use serde_json::json;
use std::path::PathBuf;
use tuffet_ceremony::Bundle;
use tuffet_keys::{sha256, words};

/// Arguments of `carry pack`.
#[derive(Debug, Args)]
pub struct Pack {
    /// The ceremony's directory, or a copy of it
    pub ceremony: PathBuf,
    /// The bundle to write
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// Pack what this station made, for the coordinator
    #[arg(long)]
    pub back: bool,
    /// The folder that `sign --out` or `approve --out` wrote to, where that is another
    #[arg(long, value_name = "DIR", requires = "back")]
    pub from: Option<PathBuf>,
}

pub(super) fn run(command: &Pack) -> Result<Outcome, CliError> {
    refuse_existing(&command.out)?;
    let ceremony = open(&command.ceremony)?;
    let bundle = if command.back { ceremony.pack_back(command.from.as_deref())? } else { ceremony.pack_out()? };
    let bytes = bundle.to_bytes()?;
    // What is carried away is read back before anybody is told it is done.
    if Bundle::read(&bytes, limits())? != bundle {
        return Err(CliError::new("bundle", "bundle: expected what was packed, found something else"));
    }
    write_new(&command.out, &bytes)?;
    let (digest, out) = (sha256(&bytes), command.out.display());
    let next = if command.back {
        format!("next: the coordinator runs `tuffet carry unpack {out} --into DIR`")
    } else {
        format!("next: on the station run `tuffet carry unpack {out} --into DIR`")
    };
    let files = bundle.paths().count();
    let text = format!(
        "{out} is written: {} bytes, {files} {}\nceremony  {}\nplan hash {}\n{}{next}",
        bytes.len(),
        if files == 1 { "file" } else { "files" },
        bundle.ceremony(),
        bundle.plan_hash(),
        digest_text(&digest),
    );
    let data = json!({
        "file": command.out,
        "kind": if command.back { "back" } else { "out" },
        "ceremony": bundle.ceremony(),
        "plan_hash": bundle.plan_hash().to_string(),
        "length": bytes.len(),
        "sha256": digest.to_string(),
        "words": words::encode(digest.as_bytes()),
        "paths": bundle.paths().collect::<Vec<_>>(),
    });
    Ok(Outcome::new(text, "tuffet-carry-pack-v1", data))
}
