//! What a signature would change, as a person reads it before they give one (K2).

use super::ceremony::{open, payloads};
use super::key::{attestation, described_as};
use crate::text::wrap;
use crate::{CliError, Outcome};
use clap::Args;
use serde_json::json;
use std::path::PathBuf;
use tuffet_builder::Finding;
use tuffet_ceremony::{Ceremony, Incoming};

/// Arguments of `review`.
#[derive(Debug, Args)]
pub struct Review {
    /// The ceremony's directory
    pub ceremony: PathBuf,
}

/// What the person is shown before they sign; its hash goes into their signature file.
pub(crate) fn text(ceremony: &Ceremony) -> Result<String, CliError> {
    let mut text = format!("ceremony  {}\nplan hash {}\n", ceremony.plan().ceremony, ceremony.plan_hash());
    let differences = ceremony.differences()?;
    for payload in ceremony.payloads()? {
        text += &format!("\n{} v{}\n  {}\n", payload.role, payload.version, grouped(&payload.digest.to_string()));
        for difference in differences.iter().filter(|d| d.role == payload.role) {
            text += &wrap("  - ", "    ", &difference.text);
            text.push('\n');
        }
    }
    let incoming = ceremony.incoming()?;
    if !incoming.is_empty() {
        text += "\nkeys that come in, and what is proved of them\n";
    }
    let shortfalls = ceremony.shortfalls()?;
    for key in &incoming {
        text += &wrap("  - ", "    ", &described_as(key));
        text.push('\n');
        for (finding, reason) in of(key, &shortfalls) {
            let word = reason.as_ref().map_or("warning".to_owned(), |reason| format!("waived: {reason}"));
            text += &wrap("    ", "    ", &format!("{} {} ({word})", finding.rule, finding.message));
            text.push('\n');
        }
    }
    Ok(text)
}

/// What the key's device falls short of. What stops the ceremony has no review: there is no payload.
fn of<'a>(
    key: &'a Incoming,
    shortfalls: &'a [(Finding, Option<String>)],
) -> impl Iterator<Item = &'a (Finding, Option<String>)> {
    shortfalls.iter().filter(|(finding, _)| finding.place == key.name)
}

/// A digest in groups of eight, as people compare it.
fn grouped(hex: &str) -> String {
    let groups: Vec<_> = hex.as_bytes().chunks(8).map(String::from_utf8_lossy).collect();
    groups.join(" ")
}

pub(crate) fn run(command: &Review) -> Result<Outcome, CliError> {
    let ceremony = open(&command.ceremony)?;
    let differences: Vec<_> =
        ceremony.differences()?.iter().map(|d| json!({"role": d.role.as_str(), "text": d.text})).collect();
    let incoming = ceremony.incoming()?;
    let shortfalls = ceremony.shortfalls()?;
    let short = |(finding, reason): &(Finding, Option<String>)| json!({"rule": finding.rule, "message": finding.message, "waived": reason});
    let key = |key: &Incoming| {
        let findings: Vec<_> = of(key, &shortfalls).map(short).collect();
        json!({
            "owner": key.name, "fingerprint": key.folder.record.fingerprint, "token": key.folder.record.token,
            "attested": key.attested().map(attestation), "findings": findings,
        })
    };
    let data = json!({
        "ceremony": ceremony.plan().ceremony,
        "plan_hash": ceremony.plan_hash().to_string(),
        "payloads": payloads(&ceremony)?,
        "differences": differences,
        "keys": incoming.iter().map(key).collect::<Vec<_>>(),
    });
    Ok(Outcome::new(text(&ceremony)?, "tuffet-review-v1", data))
}
