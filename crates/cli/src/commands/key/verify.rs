//! `tuffet key verify`: what keyholders sent, looked at as a whole, without a network.

use crate::commands::read;
use crate::text::wrap;
use crate::{CliError, Context, Outcome};
use clap::Args;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::PathBuf;
use tuffet_attestation::{Anchors, Attested, PinPolicy, TouchPolicy};
use tuffet_builder::{Finding, Severity};
use tuffet_ceremony::{CeremonyError, Incoming, KeyFolder, Plan, Proved, judge};

/// Arguments of `key verify`.
#[derive(Debug, Args)]
pub struct Verify {
    /// Folders with a record, or folders of such folders
    #[arg(required = true, value_name = "DIR")]
    pub keys: Vec<PathBuf>,
    /// Hold the devices to what this plan.toml wants
    #[arg(long, value_name = "FILE")]
    pub plan: Option<PathBuf>,
    /// A root certificate in PEM to accept beside the maker's; may be given again
    #[arg(long = "attestation-root", value_name = "FILE")]
    pub roots: Vec<PathBuf>,
}

pub(super) fn run(command: &Verify, context: &mut Context<'_>) -> Result<Outcome, CliError> {
    let plan = command.plan.as_ref().map(|path| Plan::parse(&read(path)?).map_err(plan_error)).transpose()?;
    let anchors = anchors(&command.roots)?;
    // Evidence is looked at as the plan's ceremony will look at it.
    let at = plan.as_ref().map_or_else(|| context.reading_time(), Plan::at);
    let mut keys = Vec::new();
    for path in &command.keys {
        for folder in KeyFolder::find(path)? {
            let folder = KeyFolder::read(&folder)?;
            let owner = folder.record.invite.owner.clone();
            keys.push(Incoming::new(&owner, folder, &anchors, at));
        }
    }
    let mut findings = same_key(&keys);
    findings.extend(judge(&keys, plan.as_ref().and_then(|plan| plan.attestation.as_ref()))?);
    let by_owner = keyed_findings(&findings);
    let mut text = String::new();
    for key in &keys {
        text += &described(key);
        text += "\nproof        a signature proves that the owner's token held this key\n";
        for finding in by_owner.get(key.name.as_str()).into_iter().flatten() {
            text += &format!("{}\n", said(finding));
        }
        text.push('\n');
    }
    let refused = findings.iter().any(|finding| finding.severity == Severity::Error);
    let attested = keys.iter().filter(|key| key.attested().is_some()).count();
    let verdict = if refused { "refused" } else { "good" };
    let count = if keys.len() == 1 { "1 key".to_owned() } else { format!("{} keys", keys.len()) };
    text += &format!("{verdict}: {count}, {attested} of them attested");
    let data = json!({
        "keys": keys.iter().map(|key| with_findings(key, &by_owner)).collect::<Vec<_>>(),
        "refused": refused,
    });
    let outcome = Outcome::new(text, "tuffet-key-verify-v1", data);
    Ok(if refused { outcome.refused() } else { outcome })
}

/// The maker's roots, and those the person names.
pub(crate) fn anchors(roots: &[PathBuf]) -> Result<Anchors, CliError> {
    let mut anchors = Anchors::yubico();
    for path in roots {
        let text = String::from_utf8_lossy(&read(path)?).into_owned();
        let refused = |problem| CliError::new("attestation-root", format!("{}: {problem}", path.display()));
        anchors = anchors.and(&text).map_err(refused)?;
    }
    Ok(anchors)
}

fn plan_error(error: tuffet_ceremony::PlanError) -> CliError {
    CeremonyError::from(error).into()
}

/// One key under two names would let one person fill two seats (K5).
fn same_key(keys: &[Incoming]) -> Vec<Finding> {
    let mut found = Vec::new();
    for (index, key) in keys.iter().enumerate() {
        let same = |other: &&Incoming| other.folder.public == key.folder.public;
        if let Some(first) = keys.iter().take(index).find(same) {
            let message = format!("expected a key of their own, found the key of {}", first.name);
            let fix = "give each person a key of their own";
            let (severity, place) = (Severity::Error, key.name.clone());
            found.push(Finding { rule: "K5", severity, place, message, fix, lint: None });
        }
    }
    found
}

/// The findings by the name they are about.
fn keyed_findings(findings: &[Finding]) -> BTreeMap<&str, Vec<&Finding>> {
    let mut by_name: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in findings {
        by_name.entry(finding.place.as_str()).or_default().push(finding);
    }
    by_name
}

fn said(finding: &Finding) -> String {
    let word = if finding.severity == Severity::Error { "refused" } else { "warning" };
    wrap(&format!("{word:<12} "), INDENT, &format!("{} {}", finding.rule, finding.message))
}

/// A key with its owner and what is proved of it.
pub(super) fn described(key: &Incoming) -> String {
    let record = &key.folder.record;
    let word = match key.proved {
        Proved::Attested(_) => "attested",
        Proved::Refused(_) => "refused",
        Proved::Nothing => "token",
    };
    format!(
        "owner        {}\nceremony     {}\nalgorithm    {}\nfingerprint  {}\n{}",
        record.invite.owner,
        record.invite.ceremony,
        key.folder.public.scheme(),
        record.fingerprint,
        wrap(&format!("{word:<12} "), INDENT, &key.to_string())
    )
}

fn with_findings(key: &Incoming, by_owner: &BTreeMap<&str, Vec<&Finding>>) -> Value {
    let found = by_owner.get(key.name.as_str()).into_iter().flatten();
    let found: Vec<_> = found
        .map(|f| {
            let severity = if f.severity == Severity::Error { "error" } else { "warning" };
            json!({"rule": f.rule, "severity": severity, "message": f.message, "fix": f.fix})
        })
        .collect();
    let mut data = one(key);
    if let Value::Object(members) = &mut data {
        members.insert("findings".into(), found.into());
    }
    data
}

/// A key as data.
pub(crate) fn one(key: &Incoming) -> Value {
    let record = &key.folder.record;
    json!({
        "owner": record.invite.owner,
        "ceremony": record.invite.ceremony,
        "scheme": key.folder.public.scheme().name(),
        "fingerprint": record.fingerprint,
        "token": {"kind": record.token, "serial": record.serial, "place": record.place, "claims": record.claims},
        "attested": key.attested().map(attestation),
        "evidence_problem": match &key.proved {
            Proved::Refused(refused) => Some(refused.to_string()),
            _ => None,
        },
    })
}

/// What a device proves, as data.
pub(crate) fn attestation(attested: &Attested) -> Value {
    let statement = attested.statement();
    json!({
        "device": statement.device.to_string(),
        "serial": statement.serial.map(|serial| serial.to_string()),
        "place": statement.place.to_string(),
        "firmware": statement.firmware.to_string(),
        "pin": statement.pin.map(PinPolicy::name),
        "touch": statement.touch.map(TouchPolicy::name),
        "root": attested.root(),
    })
}

const INDENT: &str = "             ";
