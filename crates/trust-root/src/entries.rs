//! The trust root as rows for people and as a report for programs. Who prints them is another crate.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;

use crate::authority::CertificateAuthority;
use crate::log::{KeyIdRule, TransparencyLog};
use crate::shown;
use crate::time::WrittenTime;
use crate::tolerant::{SetAside, Tolerant};
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

/// What only a log has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LogEntry {
    /// The origin of its checkpoints.
    pub origin: String,
    /// The hash of its tree.
    pub hash_algorithm: &'static str,
    /// Key and signature scheme, as the file names them.
    pub key_details: &'static str,
    /// SHA-256 of the key's SubjectPublicKeyInfo, in hex.
    pub key_sha256: String,
    /// The SubjectPublicKeyInfo in base64, also where the file stores the key as PKCS#1.
    pub public_key: String,
    /// The checkpoint key id of the file, in hex.
    pub checkpoint_key_id: Option<String>,
}

/// One certificate of an authority's chain.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CertificateEntry {
    /// Its subject.
    pub subject: String,
    /// Its issuer.
    pub issuer: String,
    /// The algorithm of its key, in words.
    pub algorithm: String,
    /// SHA-256 of the certificate, in hex.
    pub sha256: String,
    /// SHA-256 of its key's SubjectPublicKeyInfo, in hex.
    pub key_sha256: String,
    /// From when it is valid.
    pub not_before: String,
    /// Until when.
    pub not_after: String,
    /// The certificate in base64, as the file has it.
    pub raw_bytes: String,
}

/// An entry that was set aside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AsideEntry {
    /// What it would be.
    pub kind: EntryKind,
    /// Where it stands: `tlogs[1]`.
    pub path: String,
    /// Why it does not read.
    pub reason: String,
    /// The entry as JSON.
    pub json: String,
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
    /// Who operates it (media type v0.2 only).
    pub operator: Option<String>,
    /// What only a log has.
    pub log: Option<LogEntry>,
    /// An authority's certificates, in the order of the file.
    pub chain: Vec<CertificateEntry>,
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
    /// What this version could not read; whatever time was asked for.
    pub set_aside: Vec<AsideEntry>,
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
        let (schema, media_type, entries) = (SCHEMA, self.media_type.as_str(), self.entries());
        Summary { schema, media_type, at: None, entries, set_aside: Vec::new() }
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

impl Tolerant {
    /// A report of all entries, and of what was set aside.
    #[must_use]
    pub fn summary(&self) -> Summary {
        Summary { set_aside: self.aside(), ..self.trusted_root().summary() }
    }

    /// A report of the entries valid at a time, and of what was set aside: nobody knows when that is valid.
    #[must_use]
    pub fn summary_at(&self, time: DateTime<Utc>) -> Summary {
        Summary { set_aside: self.aside(), ..self.trusted_root().summary_at(time) }
    }

    fn aside(&self) -> Vec<AsideEntry> {
        let row = |aside: &SetAside| AsideEntry {
            kind: aside.kind(),
            path: aside.path().to_owned(),
            reason: aside.reason().to_string(),
            json: aside.json(),
        };
        self.set_aside().iter().map(row).collect()
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
        operator: log.operator().map(ToOwned::to_owned),
        log: Some(LogEntry {
            origin: log.origin().to_owned(),
            hash_algorithm: log.hash_algorithm().as_str(),
            key_details: log.public_key().key_details().as_str(),
            key_sha256: shown::sha256(log.public_key().spki()),
            public_key: STANDARD.encode(log.public_key().spki()),
            checkpoint_key_id: log.checkpoint_key_id().map(hex::encode),
        }),
        chain: Vec::new(),
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
        operator: authority.operator().map(ToOwned::to_owned),
        log: None,
        chain: authority.chain().iter().map(certificate).collect(),
    }
}

fn certificate(certificate: &Certificate) -> CertificateEntry {
    let time = |time: DateTime<Utc>| time.to_rfc3339_opts(SecondsFormat::Secs, true);
    CertificateEntry {
        subject: certificate.subject(),
        issuer: certificate.issuer(),
        algorithm: certificate.key_algorithm().to_string(),
        sha256: hex::encode(certificate.sha256()),
        key_sha256: shown::sha256(certificate.key().der()),
        not_before: time(certificate.not_before()),
        not_after: time(certificate.not_after()),
        raw_bytes: STANDARD.encode(certificate.der()),
    }
}

const SCHEMA: &str = "tuffet-trust-root-summary-v1";
