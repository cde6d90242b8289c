//! The trust root as rows for people and as a report for programs. Who prints them is another crate.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;

use crate::authority::CertificateAuthority;
use crate::log::{KeyIdRule, TransparencyLog};
use crate::time::WrittenTime;
use crate::trusted_root::TrustedRoot;
use tuffet_certificates::Certificate;

/// What kind of entry a row shows. `words` is for people, the serialised form for programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum EntryKind {
    /// Of `tlogs`.
    TransparencyLog,
    /// Of `certificateAuthorities`.
    CertificateAuthority,
    /// Of `ctlogs`.
    CtLog,
    /// Of `timestampAuthorities`.
    TimestampAuthority,
}

impl EntryKind {
    /// The kind in words: `certificate authority`.
    pub fn words(self) -> &'static str {
        match self {
            Self::TransparencyLog => "transparency log",
            Self::CertificateAuthority => "certificate authority",
            Self::CtLog => "CT log",
            Self::TimestampAuthority => "timestamp authority",
        }
    }
}

/// One row: a log or an authority.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Entry {
    /// What it is.
    pub kind: EntryKind,
    /// A log's id, or the SHA-256 of an authority's first certificate; in hex.
    pub id: String,
    /// The same in base64, as trusted_root.json writes log ids.
    pub id_base64: String,
    /// How a log's id follows from its key; null if it does not, and for authorities.
    pub id_rule: Option<KeyIdRule>,
    /// The algorithm of the log's key, or of the authority's first certificate, in words.
    pub algorithm: String,
    /// The authority's subject; null for logs.
    pub subject: Option<String>,
    /// The log's base URL or the authority's URI.
    pub url: Option<String>,
    /// The window's start, as written in the file.
    pub start: Option<WrittenTime>,
    /// The window's end, as written in the file; null while it is open.
    pub end: Option<WrittenTime>,
}

/// A trust root as a report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// The name and version of this report's form.
    pub schema: &'static str,
    /// The trust root's media type.
    pub media_type: &'static str,
    /// The time asked for; null if all entries are listed.
    pub at: Option<String>,
    /// The entries, in the order of the file.
    pub entries: Vec<Entry>,
}

impl TrustedRoot {
    /// All entries: logs, authorities, CT logs, timestamp authorities, each in the order of the file.
    pub fn entries(&self) -> Vec<Entry> {
        rows(&self.tlogs, &self.certificate_authorities, &self.ctlogs, &self.timestamp_authorities)
    }

    /// The entries valid at a time, as [`TrustedRoot::at`] says.
    pub fn entries_at(&self, time: DateTime<Utc>) -> Vec<Entry> {
        let valid = self.at(time);
        rows(valid.tlogs, valid.certificate_authorities, valid.ctlogs, valid.timestamp_authorities)
    }

    /// A report of all entries.
    pub fn summary(&self) -> Summary {
        Summary { schema: SCHEMA, media_type: self.media_type.as_str(), at: None, entries: self.entries() }
    }

    /// A report of the entries valid at a time.
    pub fn summary_at(&self, time: DateTime<Utc>) -> Summary {
        Summary {
            at: Some(time.to_rfc3339_opts(SecondsFormat::AutoSi, true)),
            entries: self.entries_at(time),
            ..self.summary()
        }
    }
}

fn rows<'a>(
    tlogs: impl IntoIterator<Item = &'a TransparencyLog>,
    certificate_authorities: impl IntoIterator<Item = &'a CertificateAuthority>,
    ctlogs: impl IntoIterator<Item = &'a TransparencyLog>,
    timestamp_authorities: impl IntoIterator<Item = &'a CertificateAuthority>,
) -> Vec<Entry> {
    let tlogs = tlogs.into_iter().map(|l| log(EntryKind::TransparencyLog, l));
    let ctlogs = ctlogs.into_iter().map(|l| log(EntryKind::CtLog, l));
    let cas = certificate_authorities.into_iter().map(|a| authority(EntryKind::CertificateAuthority, a));
    let tsas = timestamp_authorities.into_iter().map(|a| authority(EntryKind::TimestampAuthority, a));
    tlogs.chain(cas).chain(ctlogs).chain(tsas).collect()
}

fn log(kind: EntryKind, log: &TransparencyLog) -> Entry {
    Entry {
        kind,
        id: log.log_id().to_string(),
        id_base64: STANDARD.encode(log.log_id().as_bytes()),
        id_rule: log.key_id_rule(),
        algorithm: log.public_key().algorithm().to_string(),
        subject: None,
        url: Some(log.base_url().to_owned()),
        start: log.valid_for().start().cloned(),
        end: log.valid_for().end().cloned(),
    }
}

fn authority(kind: EntryKind, authority: &CertificateAuthority) -> Entry {
    let first = authority.chain().first();
    let id = first.map(Certificate::sha256).unwrap_or_default();
    Entry {
        kind,
        id: hex::encode(&id),
        id_base64: STANDARD.encode(&id),
        id_rule: None,
        algorithm: first.map(|c| c.key_algorithm().to_string()).unwrap_or_default(),
        subject: Some(authority.subject().to_string()),
        url: authority.uri().map(ToOwned::to_owned),
        start: authority.valid_for().start().cloned(),
        end: authority.valid_for().end().cloned(),
    }
}

const SCHEMA: &str = "tuffet-trust-root-summary-v1";
