//! A trust root for people: one block an entry, ids whole, because people compare them.

use crate::table::{Column, Table};
use chrono::{DateTime, Utc};
use tuffet_metadata::format_time;
use tuffet_trust_root::{Entry, EntryKind, Summary, TrustedRoot};

/// The entries, all or those valid at a time.
pub(super) fn render(root: &TrustedRoot, at: Option<DateTime<Utc>>) -> String {
    let entries = summary(root, at).entries;
    let all = root.entries().len();
    let head = match at {
        Some(at) => format!("valid at {}: {} of {}\n", format_time(at), entries.len(), counted(all)),
        None => format!("{}\n", counted(all)),
    };
    let mut table = Table::new([("", Column::Text), ("", Column::Text)]);
    for entry in &entries {
        table.row([String::new(), String::new()]);
        table.row([kind(entry.kind).into(), lines(entry)]);
    }
    head + &table.finish()
}

fn counted(entries: usize) -> String {
    if entries == 1 { "1 entry".to_owned() } else { format!("{entries} entries") }
}

pub(super) fn summary(root: &TrustedRoot, at: Option<DateTime<Utc>>) -> Summary {
    at.map_or_else(|| root.summary(), |at| root.summary_at(at))
}

fn lines(entry: &Entry) -> String {
    let visible = |text: &str| text.escape_debug().to_string();
    let mut lines = Vec::new();
    if let Some(subject) = &entry.subject {
        lines.push(visible(subject));
    }
    lines.push(entry.url.as_deref().map_or_else(|| "no address".to_owned(), visible));
    lines.push(entry.algorithm.clone());
    lines.push(entry.id.clone());
    let start = entry.start.as_ref().map_or_else(|| "no start: never valid".to_owned(), ToString::to_string);
    lines.push(match &entry.end {
        Some(end) => format!("{start} to {end}"),
        None => format!("{start}, no end"),
    });
    lines.join("\n")
}

fn kind(kind: EntryKind) -> &'static str {
    match kind {
        EntryKind::TransparencyLog => "log",
        EntryKind::CertificateAuthority => "CA",
        EntryKind::CtLog => "CT log",
        EntryKind::TimestampAuthority => "TSA",
    }
}
