//! The findings for programs.

use super::Checked;
use serde_json::{Value, json};
use tuffet_builder::{Compatibility, Finding, Lint, Severity};
use tuffet_metadata::format_time;
use tuffet_verifier::Bound;

pub(super) fn of(checked: &Checked) -> Value {
    let bound = |bound: &Bound| json!({"role": bound.role.as_str(), "until": bound.expires.to_string(), "days": bound.days_left(checked.at)});
    let fresh = |fresh: &tuffet_builder::Freshness| {
        json!({
            "role": fresh.role.as_str(),
            "expires": fresh.expires.to_string(),
            "without_keys": bound(&fresh.without_keys),
            "with_timestamp_keys": fresh.with_timestamp_keys.as_ref().map(bound),
        })
    };
    json!({
        "subject": checked.subject,
        "at": format_time(checked.at),
        "notes": checked.notes,
        "errors": checked.count(Severity::Error),
        "warnings": checked.count(Severity::Warning),
        "findings": checked.findings.iter().map(|(f, waived)| finding(f, waived.as_deref())).collect::<Vec<_>>(),
        "freshness": checked.freshness.iter().map(fresh).collect::<Vec<_>>(),
        "clients": checked.clients.as_ref().map(|found| found.iter().map(client).collect::<Vec<_>>()),
    })
}

fn finding(finding: &Finding, waived: Option<&str>) -> Value {
    json!({
        "lint": finding.lint.map(|lint| lint.id),
        "name": finding.lint.map(|lint| lint.name),
        "rule": finding.rule,
        "severity": finding.severity.as_str(),
        "place": finding.place,
        "message": finding.message,
        "incident": finding.lint.and_then(|lint| lint.incident),
        "fix": finding.fix,
        "waived": waived,
    })
}

fn client(found: &Compatibility) -> Value {
    json!({
        "client": found.row.client,
        "versions": found.row.versions,
        "pins": found.pins,
        "runs": found.runs,
        "files": found.files,
        "reference": found.row.reference,
        "text": found.to_string(),
    })
}

pub(super) fn list() -> Value {
    let lint = |lint: &&Lint| {
        json!({
            "id": lint.id, "name": lint.name, "severity": lint.severity.as_str(), "rule": lint.rule,
            "holds": lint.holds, "incident": lint.incident, "fix": lint.fix,
        })
    };
    json!({"lints": Lint::all().iter().map(lint).collect::<Vec<_>>()})
}
