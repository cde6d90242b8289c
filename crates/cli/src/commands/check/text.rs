//! The findings for people: by place, then what each lint is for, once.

use super::Checked;
use crate::table::{Column, Table};
use crate::text::wrap;
use std::collections::BTreeSet;
use tuffet_builder::{Finding, Lint, Severity};
use tuffet_metadata::format_time;

pub(super) fn render(checked: &Checked) -> String {
    let mut out = format!("check    {}\nat       {}\n", checked.subject, format_time(checked.at));
    for note in &checked.notes {
        out += &(wrap("note     ", "         ", note) + "\n");
    }
    let mut place = None;
    for (finding, waived) in &checked.findings {
        if place != Some(&finding.place) {
            out += &format!("\n{}\n", finding.place.escape_debug());
            place = Some(&finding.place);
        }
        out += &one(finding, waived.as_deref());
    }
    out += &lints(checked);
    out += &freshness(checked);
    if let Some(clients) = &checked.clients {
        out += "\nCLIENTS: who cannot read it, by the oldest root they pin\n";
        for found in clients {
            out += &(wrap("  ", "    ", &found.to_string()) + "\n");
        }
        if clients.is_empty() {
            out += "  none of the clients in the table is locked out\n";
        }
    }
    out + &format!("\n{}\n", summary(checked))
}

fn one(finding: &Finding, waived: Option<&str>) -> String {
    let name = finding.lint.map_or_else(|| finding.rule.to_owned(), |lint| format!("{} {}", lint.id, lint.name));
    let head = format!("  {:<8} {name}: {}", finding.severity.as_str(), finding.message);
    let mut out = wrap("", "           ", &head) + "\n";
    if let Some(reason) = waived {
        out += &(wrap("           waived: ", "           ", reason) + "\n");
    } else if finding.lint.is_none() {
        out += &(wrap("           fix: ", "           ", finding.fix) + "\n");
    }
    out
}

/// Each lint that found something: the rule, what happened, what to do.
fn lints(checked: &Checked) -> String {
    let used: BTreeSet<&str> = checked.findings.iter().filter_map(|(finding, _)| Some(finding.lint?.id)).collect();
    let mut out = String::new();
    for lint in Lint::all().iter().filter(|lint| used.contains(lint.id)) {
        out += &explained(lint);
    }
    if out.is_empty() { out } else { format!("\nWHAT THE LINTS HOLD TO\n{out}") }
}

fn explained(lint: &Lint) -> String {
    let head = format!("{:<4} {} ({}): {}", lint.id, lint.name, lint.rule, lint.holds);
    let mut out = wrap("", "     ", &head) + "\n";
    if let Some(incident) = lint.incident {
        out += &(wrap("     was: ", "     ", incident) + "\n");
    }
    out + &wrap("     fix: ", "     ", lint.fix) + "\n"
}

pub(super) fn list() -> String {
    Lint::all().iter().map(|lint| explained(lint)).collect()
}

fn freshness(checked: &Checked) -> String {
    if checked.freshness.is_empty() {
        return String::new();
    }
    let mut table = Table::new([
        ("role", Column::Text),
        ("expires", Column::Text),
        ("in days", Column::Number),
        ("without keys", Column::Text),
        ("with the timestamp's", Column::Wide),
    ]);
    for fresh in &checked.freshness {
        let own = fresh.expires.time().signed_duration_since(checked.at).num_days();
        let bound = |bound: &tuffet_verifier::Bound| format!("{} d, by {}", bound.days_left(checked.at), bound.role);
        table.row([
            fresh.role.to_string(),
            fresh.expires.time().format("%Y-%m-%d").to_string(),
            own.to_string(),
            bound(&fresh.without_keys),
            fresh.with_timestamp_keys.as_ref().map_or_else(|| "for ever".to_owned(), bound),
        ]);
    }
    let what = "how long a client can be kept on what it has of a role, and what ends it: by whoever serves the files, \
                and by whoever has the timestamp's keys";
    format!("\n{}\n{}", wrap("FRESHNESS: ", "  ", what), table.finish())
}

/// `2 errors, 1 warning, 12 notes`.
pub(super) fn summary(checked: &Checked) -> String {
    let count = |severity: Severity| {
        let n = checked.count(severity);
        format!("{n} {}{}", severity.as_str(), if n == 1 { "" } else { "s" })
    };
    let waived = checked.findings.iter().filter(|(_, waived)| waived.is_some()).count();
    let waived = if waived == 0 { String::new() } else { format!(", {waived} waived") };
    format!("{}, {}, {}{waived}", count(Severity::Error), count(Severity::Warning), count(Severity::Note))
}
