//! A trust root for people: one block an entry, ids whole, because people compare them.

use crate::table::{Column, Table};
use crate::text::wrap;
use chrono::{DateTime, Utc};
use tuffet_metadata::format_time;
use tuffet_trust_root::{CertificateEntry, Entry, EntryKind, Summary, Tolerant, TrustedRoot};

/// The entries, all or those valid at a time.
pub(super) fn render(root: &TrustedRoot, at: Option<DateTime<Utc>>) -> String {
    table(&summary(root, at).entries, root.entries().len(), at, lines)
}

/// The entries with every certificate of their chains, and what was set aside.
pub(super) fn whole(root: &Tolerant, at: Option<DateTime<Utc>>) -> String {
    let report = report(root, at);
    let mut text = table(&report.entries, root.trusted_root().entries().len(), at, |entry| {
        let chain = entry.chain.iter().enumerate();
        let chain = chain.map(|(place, found)| certificate(place + 1, entry.chain.len(), found));
        [lines(entry)].into_iter().chain(chain).collect::<Vec<_>>().join("\n")
    });
    for aside in &report.set_aside {
        text += &format!("\n{:<8}set aside: this version cannot read it\n", kind(aside.kind));
        text += &format!("{}\n", wrap(COLUMN, COLUMN, &aside.reason));
    }
    text
}

fn table(entries: &[Entry], all: usize, at: Option<DateTime<Utc>>, block: impl Fn(&Entry) -> String) -> String {
    let head = match at {
        Some(at) => format!("valid at {}: {} of {}\n", format_time(at), entries.len(), counted(all)),
        None => format!("{}\n", counted(all)),
    };
    let mut table = Table::new([("", Column::Text), ("", Column::Text)]);
    for entry in entries {
        table.row([String::new(), String::new()]);
        table.row([kind(entry.kind).into(), block(entry)]);
    }
    head + &table.finish()
}

/// The report of all entries, or of those valid at a time.
pub(super) fn report(root: &Tolerant, at: Option<DateTime<Utc>>) -> Summary {
    at.map_or_else(|| root.summary(), |at| root.summary_at(at))
}

fn certificate(place: usize, of: usize, certificate: &CertificateEntry) -> String {
    let CertificateEntry { subject, algorithm, sha256, not_before, not_after, .. } = certificate;
    // The table puts its first column before each line; wrapped at the width that is left.
    let subject = wrap(PAD, PAD, &subject.escape_debug().to_string());
    let subject: Vec<&str> = subject.lines().map(|line| line.strip_prefix(COLUMN).unwrap_or(line)).collect();
    let subject = subject.join("\n");
    format!("certificate {place} of {of}, {algorithm}\n{subject}\n  {sha256}\n  {not_before} to {not_after}")
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

/// The first column of the table, empty; and the indent of a certificate after it.
const COLUMN: &str = "        ";
const PAD: &str = "          ";
