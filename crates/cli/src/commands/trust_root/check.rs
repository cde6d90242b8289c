//! `tuffet trust-root check`: a trust root and what stands beside it, held to TR1 to TR9.

use crate::commands::read;
use crate::text::wrap;
use crate::{CliError, Context, Outcome};
use clap::Args;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use tuffet_metadata::format_time;
use tuffet_trust_root::{Examination, Finding, LegacyFile, Reader, Severity, SigningConfig, Tolerant, readers};

/// Arguments of `trust-root check`. Now is --at, or the clock.
#[derive(Debug, Args)]
pub struct Check {
    /// The trusted_root.json
    pub file: PathBuf,
    /// The signing_config.v0.2.json that goes with it
    #[arg(long, value_name = "FILE")]
    pub signing_config: Option<PathBuf>,
    /// The trusted_root.json it replaces
    #[arg(long, value_name = "FILE")]
    pub previous: Option<PathBuf>,
    /// The folder of the legacy targets beside it: *.pem and *.pub
    #[arg(long, value_name = "DIR")]
    pub legacy: Option<PathBuf>,
    /// The targets.json that says what each legacy target is for
    #[arg(long, value_name = "FILE", requires = "legacy")]
    pub targets: Option<PathBuf>,
    /// Whose entries belong here: production, staging, github, or a name of your
    /// own; may be given again
    #[arg(long = "instance", value_name = "NAME")]
    pub instances: Vec<String>,
    /// Say which released clients cannot read it
    #[arg(long)]
    pub clients: bool,
}

/// A legacy target and what its targets.json says of it.
struct Legacy {
    name: String,
    bytes: Vec<u8>,
    said: Value,
}

pub(super) fn run(command: &Check, context: &Context<'_>) -> Result<Outcome, CliError> {
    let at = context.reading_time();
    let bytes = read(&command.file)?;
    let config = command.signing_config.as_deref().map(read).transpose()?;
    let previous = command.previous.as_deref().map(read).transpose()?;
    let legacy = command.legacy.as_deref().map(|dir| legacy(dir, command.targets.as_deref())).transpose()?;
    let legacy = legacy.unwrap_or_default();
    let files: Vec<LegacyFile<'_>> = legacy.iter().map(Legacy::file).collect();
    let instances: Vec<&str> = command.instances.iter().map(String::as_str).collect();
    let findings = Examination {
        trusted_root: &bytes,
        signing_config: config.as_deref(),
        previous: previous.as_deref(),
        legacy: &files,
        instances: &instances,
        at,
    }
    .run();
    let readers = command.clients.then(|| met(&bytes, config.as_deref()));
    let count = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
    let counts = [Severity::Error, Severity::Warning, Severity::Note].map(count);
    let head = format!("{} at {}", command.file.display(), format_time(at));
    let data = json!({
        "file": command.file,
        "at": format_time(at),
        "errors": counts[0],
        "warnings": counts[1],
        "notes": counts[2],
        "findings": findings.iter().map(finding).collect::<Vec<_>>(),
        "clients": readers.as_ref().map(|rows| rows.iter().map(|row| reader(row)).collect::<Vec<_>>()),
    });
    let text = render(&head, &findings, counts, readers.as_deref());
    let outcome = Outcome::new(text, "tuffet-trust-root-check-v1", data);
    Ok(if counts[0] > 0 { outcome.refused() } else { outcome })
}

/// The rows of the table that apply. What does not read is a finding already.
fn met(root: &[u8], config: Option<&[u8]>) -> Vec<&'static Reader> {
    let config = config.and_then(|config| SigningConfig::parse(config).ok());
    Tolerant::parse(root).map(|root| readers(&root, config.as_ref())).unwrap_or_default()
}

fn render(head: &str, findings: &[Finding], counts: [usize; 3], readers: Option<&[&Reader]>) -> String {
    let mut text = wrap("", "  ", head) + "\n";
    for finding in findings {
        let Finding { rule, severity, place, text: said } = finding;
        let line = format!("{} {rule} {}: {said}", severity.as_str(), place.escape_debug());
        text += &(wrap("", "  ", &line) + "\n");
    }
    let counted = |count: usize, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
    let [errors, warnings, notes] = counts;
    text += &format!("{}, {}, {}\n", counted(errors, "error"), counted(warnings, "warning"), counted(notes, "note"));
    if let Some(readers) = readers {
        text += if readers.is_empty() { "no client of the table is locked out\n" } else { "clients:\n" };
        for row in readers {
            text += &(wrap("- ", "  ", &row.to_string()) + "\n");
        }
    }
    text
}

fn finding(finding: &Finding) -> Value {
    let Finding { rule, severity, place, text } = finding;
    json!({"rule": rule.to_string(), "severity": severity.as_str(), "place": place, "text": text})
}

fn reader(row: &Reader) -> Value {
    let Reader { client, versions, cannot, effect, reference } = row;
    json!({
        "client": client, "versions": versions, "cannot": cannot.words(), "effect": effect, "reference": reference,
    })
}

/// The PEM files of a folder, in order of their names.
fn legacy(dir: &Path, targets: Option<&Path>) -> Result<Vec<Legacy>, CliError> {
    let said: Value = match targets {
        Some(path) => serde_json::from_slice(&read(path)?)
            .map_err(|e| CliError::new("malformed", format!("{}: expected JSON, found: {e}", path.display())))?,
        None => Value::Null,
    };
    let failed = |e: &std::io::Error| CliError::io(dir, e);
    let mut found = Vec::new();
    for entry in std::fs::read_dir(dir).map_err(|e| failed(&e))? {
        let path = entry.map_err(|e| failed(&e))?.path();
        let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if !file.ends_with(".pem") && !file.ends_with(".pub") {
            continue;
        }
        let name = unprefixed(&file).to_owned();
        let said = said["signed"]["targets"][&name]["custom"]["sigstore"].clone();
        found.push(Legacy { bytes: read(&path)?, name, said });
    }
    found.sort_by(|one, other| one.name.cmp(&other.name));
    if found.is_empty() {
        let message = format!("{}: expected files *.pem or *.pub, found none", dir.display());
        return Err(CliError::usage(message));
    }
    Ok(found)
}

/// Without the hash that consistent snapshots put before a target's name.
fn unprefixed(file: &str) -> &str {
    match file.split_once('.') {
        Some((hash, name)) if hash.len() == 64 && hash.bytes().all(|b| b.is_ascii_hexdigit()) => name,
        _ => file,
    }
}

impl Legacy {
    fn file(&self) -> LegacyFile<'_> {
        let said = |name: &str| self.said[name].as_str();
        let (usage, status, uri) = (said("usage"), said("status"), said("uri"));
        LegacyFile { path: &self.name, bytes: &self.bytes, usage, status, uri }
    }
}
