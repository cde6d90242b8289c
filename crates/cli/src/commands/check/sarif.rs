//! The findings as SARIF 2.1.0 (OASIS), which code hosts show beside the files.

use super::Checked;
use serde_json::{Value, json};
use tuffet_builder::{Finding, Lint};

pub(super) fn render(checked: &Checked) -> String {
    let rules: Vec<Value> = Lint::all().iter().map(|lint| rule(lint)).collect();
    let results: Vec<Value> =
        checked.findings.iter().map(|(finding, waived)| result(finding, waived.as_deref())).collect();
    let log = json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "tuffet",
                "version": env!("CARGO_PKG_VERSION"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            }},
            "results": results,
        }],
    });
    serde_json::to_string_pretty(&log).unwrap_or_default() + "\n"
}

fn rule(lint: &Lint) -> Value {
    let incident = lint.incident.map_or_else(String::new, |incident| format!(" {incident}."));
    json!({
        "id": lint.id,
        "name": lint.name,
        "shortDescription": {"text": lint.holds},
        "fullDescription": {"text": format!("{} ({}).{incident}", lint.holds, lint.rule)},
        "help": {"text": lint.fix},
        "defaultConfiguration": {"level": lint.severity.as_str()},
        "properties": {"rule": lint.rule},
    })
}

fn result(finding: &Finding, waived: Option<&str>) -> Value {
    let index = finding.lint.and_then(|lint| Lint::all().iter().position(|other| other.id == lint.id));
    let mut result = json!({
        "ruleId": finding.lint.map_or(finding.rule, |lint| lint.id),
        "level": finding.severity.as_str(),
        "message": {"text": format!("{}. Fix: {}", finding.message, finding.fix)},
        "locations": [{
            "physicalLocation": {"artifactLocation": {"uri": uri(&finding.place)}},
            "logicalLocations": [{"fullyQualifiedName": finding.place}],
        }],
    });
    // Rules of ceremonies stand in no table of lints: their id is all there is.
    if let Some(index) = index {
        result["ruleIndex"] = index.into();
    }
    if let Some(reason) = waived {
        result["suppressions"] = json!([{"kind": "external", "justification": reason}]);
    }
    result
}

/// A place as a relative URI: what is no letter, digit or one of `-._~/` is escaped.
fn uri(place: &str) -> String {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(byte);
    place.bytes().map(|byte| if plain(&byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}
