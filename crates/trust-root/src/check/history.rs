//! TR4: nothing that was trusted is lost or altered, for what was signed under it must verify for ever.

use super::Findings;
use crate::compare::{TrustChange, compare_files};
use crate::error::Rule;
use crate::severity::Severity;

pub(super) fn check(previous: &[u8], new: &[u8], findings: &mut Findings) {
    let changes = match compare_files(Some(previous), new) {
        Ok(changes) => changes,
        // The new one was read; with entries set aside both may be whole and yet not compare.
        Err(error) => {
            let text = format!("expected two trust roots that read whole, found {error}");
            return findings.error(Rule::Tr4, "previous trusted root", text);
        }
    };
    for change in &changes {
        let Some(severity) = severity(change) else { continue };
        let text = change.to_string();
        let text = text.strip_prefix("WARNING: ").unwrap_or(&text);
        findings.say(Rule::Tr4, severity, "previous trusted root", text);
    }
}

fn severity(change: &TrustChange) -> Option<Severity> {
    match change {
        // The same trust in other words: a published time keeps its string.
        TrustChange::Moved { from: Some(from), to: Some(to), .. } if from.time() == to.time() => {
            Some(Severity::Warning)
        }
        TrustChange::MediaType { .. } => Some(Severity::Warning),
        // TR6 tells of two forms with one meaning.
        TrustChange::Other { .. } => None,
        change => change.breaks_history().then_some(Severity::Error),
    }
}
