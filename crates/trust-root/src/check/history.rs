//! TR4: nothing that was trusted is lost or altered, for what was signed under it must verify for ever.

use super::Findings;
use crate::compare::{Edge, TrustChange, compare_files};
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
        TrustChange::Removed(_)
        | TrustChange::KeyUnderId { .. }
        | TrustChange::Reopened { .. }
        | TrustChange::Field { .. }
        | TrustChange::Certificate { .. } => Some(Severity::Error),
        TrustChange::Moved { from: Some(from), to: Some(to), .. } if from.time() == to.time() => {
            Some(Severity::Warning)
        }
        TrustChange::Moved { edge: Edge::Start, .. } => Some(Severity::Error),
        // What was closed is trusted longer than was said.
        TrustChange::Moved { edge: Edge::End, from: Some(from), to: Some(to), .. } if to.time() > from.time() => {
            Some(Severity::Error)
        }
        TrustChange::MediaType { from: Some(_), .. } => Some(Severity::Warning),
        // To add, to close and to close earlier is what a new trust root is for. `Removed` tells of what is replaced.
        _ => None,
    }
}
