//! TR6: what a reader of another kind could stumble over, and whether it is the one form.

use super::{Findings, authorities, logs, member};
use crate::compare::LISTS;
use crate::error::{Rule, quoted};
use crate::json::Json;
use crate::names::MediaType;
use crate::time::{Window, WrittenTime};
use crate::tolerant::Tolerant;

pub(super) fn check(bytes: &[u8], tolerant: &Tolerant, findings: &mut Findings) {
    let root = tolerant.trusted_root();
    if root.media_type() != MediaType::V01 {
        let (expected, found) = (MediaType::V01.as_str(), root.media_type().as_str());
        let text = format!("expected {expected}, which every client reads, found {found}");
        findings.warning(Rule::Tr6, "mediaType", text);
    }
    let json = Json::parse(bytes).unwrap_or(Json::Null);
    for list in LISTS.into_iter().filter(|list| member(&json, list).is_none()) {
        findings.note(Rule::Tr6, list, "expected an array, if only an empty one, found none");
    }
    let logs: Vec<_> = logs(root).map(|(place, log)| (place, log.valid_for().clone(), log.operator())).collect();
    let authorities = authorities(root).map(|(place, a)| (place, a.valid_for().clone(), a.operator()));
    let entries: Vec<_> = logs.into_iter().chain(authorities).collect();
    order(&entries, findings);
    for (place, _, operator) in &entries {
        if let Some(operator) = operator {
            let text = format!("expected none, since older clients do not know the field, found {}", quoted(operator));
            findings.note(Rule::Tr6, format!("{place}.operator"), text);
        }
    }
    form(bytes, &tolerant.to_json(), findings);
}

fn order(entries: &[(String, Window, Option<&str>)], findings: &mut Findings) {
    let list = |place: &str| place.split('[').next().unwrap_or_default().to_owned();
    for ((place, window, _), (next, after, _)) in entries.iter().zip(entries.iter().skip(1)) {
        let start = |window: &Window| window.start().map(WrittenTime::time);
        if list(place) == list(next) && start(after) < start(window) {
            let shown = |window: &Window| window.start().map_or_else(|| "none".to_owned(), ToString::to_string);
            let text =
                format!("expected entries in ascending order of start, found {} after {}", shown(after), shown(window));
            findings.warning(Rule::Tr6, next, text);
        }
    }
}

/// The first line that differs from the form we write.
fn form(bytes: &[u8], ours: &str, findings: &mut Findings) {
    if bytes == ours.as_bytes() {
        return;
    }
    let found: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').collect();
    let expected: Vec<&[u8]> = ours.as_bytes().split(|byte| *byte == b'\n').collect();
    let same = found.iter().zip(&expected).take_while(|(found, expected)| found == expected).count();
    let line = same.saturating_add(1);
    let text = format!("expected the form that composing writes, byte for byte, found another from line {line}");
    findings.note(Rule::Tr6, "trusted root", text);
}
