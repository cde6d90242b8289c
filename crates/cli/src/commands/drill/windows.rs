//! What targets that say whom to trust hold to be valid, and until when.

use chrono::{DateTime, Utc};
use tuffet_builder::{Observed, Window};
use tuffet_trust_root::{CertificateAuthority, TransparencyLog, TrustedRoot};

/// Whatever holds at `at` and has an end.
pub(super) fn of(seen: &Observed, at: DateTime<Utc>) -> Vec<Window> {
    let mut windows = Vec::new();
    for (target, bytes) in &seen.contents {
        let Ok(root) = TrustedRoot::parse(bytes) else { continue };
        let now = root.at(at);
        let mut ends = |subject: String, ends: Option<DateTime<Utc>>| {
            windows.extend(ends.map(|ends| Window { subject, target: target.clone(), ends }));
        };
        for (kind, authorities) in
            [("CA", &now.certificate_authorities), ("timestamp authority", &now.timestamp_authorities)]
        {
            for authority in authorities {
                ends(format!("{kind} {}", named(authority)), end_of(authority));
            }
        }
        for (kind, logs) in [("log", &now.tlogs), ("CT log", &now.ctlogs)] {
            for log in logs {
                ends(format!("{kind} {}", log.base_url().escape_debug()), end_of_log(log));
            }
        }
    }
    windows
}

fn named(authority: &CertificateAuthority) -> String {
    let subject = authority.subject();
    let name = subject.common_name().or(subject.organization()).or(authority.uri());
    name.unwrap_or("without a name").escape_debug().to_string()
}

/// Its window's, or that of the first of its certificates.
fn end_of(authority: &CertificateAuthority) -> Option<DateTime<Utc>> {
    let window = authority.valid_for().end().map(tuffet_trust_root::WrittenTime::time);
    let chain = authority.chain().iter().map(tuffet_trust_root::Certificate::not_after).min();
    [window, chain].into_iter().flatten().min()
}

fn end_of_log(log: &TransparencyLog) -> Option<DateTime<Utc>> {
    let key = log.public_key().valid_for().end();
    [log.valid_for().end(), key].into_iter().flatten().map(tuffet_trust_root::WrittenTime::time).min()
}
