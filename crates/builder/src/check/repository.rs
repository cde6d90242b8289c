//! What a repository serves, held to every lint.

mod chain;
pub(super) mod delegations;
mod files;
mod online;
mod signatures;
pub(super) mod times;

use super::observed::{Observed, Seen};
use super::table::{CANONICALISERS_DISAGREE, CLIENT_REFUSES, FILE_LAYOUT, NEAR_LIMIT, UNDER_SIGNED};
use super::{Finding, Lint, Severity, content, history, keys};
use crate::payload::agree;
use chrono::{DateTime, Utc};
use tuffet_metadata::json::{parse, pretty};
use tuffet_metadata::{Limits, Role};

/// What a repository is compared with.
#[derive(Debug, Clone, Default)]
pub struct Beside {
    /// Earlier observations of the same repository, oldest first.
    pub before: Vec<Observed>,
    /// Other signed metadata files, by name: of an abandoned ceremony, of a mirror.
    pub with: Vec<(String, Vec<u8>)>,
    /// Trust roots of other instances, by name.
    pub foreign: Vec<(String, Vec<u8>)>,
}

/// Every finding in a repository as it was observed, judged at `at`; by file, the worst first in each.
///
/// What was published and superseded cannot be changed any more: its findings are one step less severe.
#[must_use]
pub fn check_repository(seen: &Observed, beside: &Beside, at: DateTime<Utc>) -> Vec<Finding> {
    let mut report = Report::default();
    if let Some(refused) = &seen.refused {
        report.say(
            &CLIENT_REFUSES,
            &seen.label,
            format!("expected a repository that clients accept, found: {refused}"),
        );
    }
    for (name, error) in &seen.unread {
        report.say(&UNDER_SIGNED, name, format!("expected a file that reads, found: {error}"));
    }
    chain::check(seen, &mut report);
    for root in &seen.roots {
        report.of_root(root, seen);
        form(root, Limits::default().root_bytes, &mut report);
    }
    report.past = false;
    online::check(seen, &mut report);
    delegations::check(seen, &mut report);
    times::check(seen, &beside.before, at, &mut report);
    files::check(seen, &mut report);
    content::check(seen, &beside.before, &beside.foreign, &mut report);
    history::check(seen, beside, at, &mut report);
    report.finish(seen)
}

/// Findings in the making.
#[derive(Default)]
pub(super) struct Report {
    findings: Vec<Finding>,
    /// Whether the file looked at has been superseded.
    past: bool,
}

impl Report {
    pub(super) fn into_findings(self) -> Vec<Finding> {
        self.findings
    }

    pub(super) fn say(&mut self, lint: &'static Lint, place: &str, message: String) {
        let mut finding = lint.finding(place, message);
        if self.past {
            finding.severity = match finding.severity {
                Severity::Error => Severity::Warning,
                Severity::Warning | Severity::Note => Severity::Note,
            };
        }
        if !self.findings.contains(&finding) {
            self.findings.push(finding);
        }
    }

    /// With a severity of its own.
    pub(super) fn say_as(&mut self, severity: Severity, lint: &'static Lint, place: &str, message: String) {
        let finding = Finding { severity, ..lint.finding(place, message) };
        if !self.findings.contains(&finding) {
            self.findings.push(finding);
        }
    }

    pub(super) fn all(&mut self, place: &str, found: impl IntoIterator<Item = (&'static Lint, String)>) {
        for (lint, message) in found {
            self.say(lint, place, message);
        }
    }

    pub(super) fn has(&self, lint: &Lint, place: &str) -> bool {
        self.findings.iter().any(|finding| finding.place == place && finding.lint.is_some_and(|l| l.id == lint.id))
    }

    /// From here on, of a root that may have been superseded.
    fn of_root<T>(&mut self, root: &Seen<T>, seen: &Observed) {
        self.past = seen.roots.last().is_some_and(|newest| newest.name != root.name);
    }

    /// In the order of the chain and of the workflow, then by name.
    fn finish(mut self, seen: &Observed) -> Vec<Finding> {
        let mut order: Vec<&str> = vec![&seen.label];
        order.extend(seen.roots.iter().map(|root| root.name.as_str()));
        let roles = [seen.timestamp.as_ref().map(|f| &f.name), seen.snapshot.as_ref().map(|f| &f.name)];
        order.extend(roles.into_iter().flatten().map(String::as_str));
        let files: Vec<&str> = seen.targets_roles().map(|(_, file)| file.name.as_str()).collect();
        order.extend(files);
        let rank = |finding: &Finding| order.iter().position(|name| *name == finding.place).unwrap_or(usize::MAX);
        let number = |finding: &Finding| {
            let mut lints = Lint::all().iter();
            lints.position(|lint| finding.lint == Some(*lint)).unwrap_or(usize::MAX)
        };
        self.findings.sort_by_cached_key(|finding| {
            (rank(finding), finding.place.clone(), std::cmp::Reverse(finding.severity), number(finding))
        });
        self.findings
    }
}

/// Of any file: what it deviates in, what clients make of its text, how it is laid out, how large it is.
fn form<T: Role>(file: &Seen<T>, limit: u64, report: &mut Report) {
    report.all(&file.name, keys::deviations(file.signed.findings()));
    if let Err(disagreement) = agree(file.signed.value(), "signed") {
        let message = format!(
            "expected one canonical form, found two, which differ at {}: {}",
            disagreement.place, disagreement.what
        );
        report.say(&CANONICALISERS_DISAGREE, &file.name, message);
    }
    if parse(&file.bytes, Limits::default().depth).is_ok_and(|value| pretty(&value) != file.bytes) {
        let newline = if file.bytes.ends_with(b"\n") { ", with a newline at the end" } else { "" };
        report.say(&FILE_LAYOUT, &file.name, format!("expected the layout of current writers, found another{newline}"));
    }
    let length = u64::try_from(file.bytes.len()).unwrap_or(u64::MAX);
    if length > limit.saturating_div(10).saturating_mul(8) {
        let message = format!("expected less than 80 % of the {limit} bytes that clients accept, found {length}");
        let severity = if length > limit { Severity::Error } else { NEAR_LIMIT.severity };
        report.say_as(severity, &NEAR_LIMIT, &file.name, message);
    }
}
