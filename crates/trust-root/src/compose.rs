//! New trust roots from keys and chains in PEM files, or from entries of another root.

use chrono::{DateTime, Utc};

use crate::authority::CertificateAuthority;
use crate::authority_kind::AuthorityKind;
use crate::chain;
use crate::error::ComposeError;
use crate::log::{LogId, LogKey, TransparencyLog, origin};
use crate::names::{HashAlgorithm, KeyDetails, MediaType};
use crate::pem_file;
use crate::refusal::Refusal;
use crate::time::{Window, WrittenTime};
use crate::trusted_root::TrustedRoot;
use tuffet_certificates::Certificate;
use tuffet_certificates::{KeyAlgorithm, Spki};

/// A trust root in the making. Each step checks its entry; after an error there is no root to go on with.
#[derive(Debug, Clone)]
pub struct Compose {
    root: TrustedRoot,
}

/// What kind of log it is: it decides the log's place and how its id is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogKind {
    /// Rekor v1: id is SHA-256 over the SubjectPublicKeyInfo.
    RekorV1,
    /// Rekor v2 (tiles): id is the signed-note hash over origin and key.
    RekorV2,
    /// A certificate transparency log: id as Rekor v1.
    CtLog,
}

/// A log to add, from its public key file.
#[derive(Debug, Clone, Copy)]
pub struct NewLog<'a> {
    /// What errors call it, often the file's name.
    pub label: &'a str,
    /// The kind of log.
    pub kind: LogKind,
    /// The contents of the PEM file: one public key.
    pub pem: &'a [u8],
    /// The log's address, with scheme; for Rekor v2 its host and path are the checkpoint's origin.
    pub base_url: &'a str,
    /// When the key became the log's, in whole seconds.
    pub start: DateTime<Utc>,
    /// When it ceased to be, in whole seconds.
    pub end: Option<DateTime<Utc>>,
}

/// An authority to add, from its chain file.
#[derive(Debug, Clone, Copy)]
pub struct NewAuthority<'a> {
    /// What errors call it, often the file's name.
    pub label: &'a str,
    /// The kind of authority.
    pub kind: AuthorityKind,
    /// The contents of the PEM file: issuing CA (or TSA certificate) first, self-signed trust anchor last.
    pub pem: &'a [u8],
    /// The authority's address.
    pub uri: &'a str,
    /// From when its certificates are trusted, in whole seconds.
    pub start: DateTime<Utc>,
    /// Until when, in whole seconds.
    pub end: Option<DateTime<Utc>>,
}

/// An entry of another trust root, taken as it is: a key that has been published is not computed again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ExistingEntry {
    /// Of `tlogs`.
    TransparencyLog(TransparencyLog),
    /// Of `certificateAuthorities`.
    CertificateAuthority(CertificateAuthority),
    /// Of `ctlogs`.
    CtLog(TransparencyLog),
    /// Of `timestampAuthorities`.
    TimestampAuthority(CertificateAuthority),
}

impl Default for Compose {
    fn default() -> Self {
        Self::new()
    }
}

impl Compose {
    /// Starts with no entry, in the media type that every client accepts.
    pub fn new() -> Self {
        Self::from_trusted_root(TrustedRoot {
            media_type: MediaType::V01,
            tlogs: Vec::new(),
            certificate_authorities: Vec::new(),
            ctlogs: Vec::new(),
            timestamp_authorities: Vec::new(),
        })
    }

    /// Starts with all entries of a trust root; media type and entries stay as they are.
    pub fn from_trusted_root(root: TrustedRoot) -> Self {
        Self { root }
    }

    /// Adds a log. Its id and keyDetails follow from the key and cannot be given.
    pub fn log(self, new: &NewLog<'_>) -> Result<Self, ComposeError> {
        let log = read_log(new).map_err(|refusal| ComposeError::new(new.label, refusal))?;
        let entry = match new.kind {
            LogKind::RekorV1 | LogKind::RekorV2 => ExistingEntry::TransparencyLog(log),
            LogKind::CtLog => ExistingEntry::CtLog(log),
        };
        self.append(new.label, entry)
    }

    /// Adds an authority. Its subject is the trust anchor's.
    pub fn authority(self, new: &NewAuthority<'_>) -> Result<Self, ComposeError> {
        let authority = read_authority(new).map_err(|refusal| ComposeError::new(new.label, refusal))?;
        let entry = match new.kind {
            AuthorityKind::CertificateAuthority => ExistingEntry::CertificateAuthority(authority),
            AuthorityKind::TimestampAuthority => ExistingEntry::TimestampAuthority(authority),
        };
        self.append(new.label, entry)
    }

    /// Adds an entry of another trust root. Checked is only what it must not break here: a log id or an issuing
    /// certificate that is taken, a window without a start, a field this root's media type does not have.
    pub fn append(mut self, label: &str, entry: ExistingEntry) -> Result<Self, ComposeError> {
        self.insert(entry).map_err(|refusal| ComposeError::new(label, refusal))?;
        Ok(self)
    }

    /// The trust root, each array in ascending order of start; entries that start together keep their order.
    pub fn finish(self) -> TrustedRoot {
        let mut root = self.root;
        let start = |window: &Window| window.start().map(WrittenTime::time);
        root.tlogs.sort_by_key(|log| start(log.valid_for()));
        root.ctlogs.sort_by_key(|log| start(log.valid_for()));
        root.certificate_authorities.sort_by_key(|authority| start(authority.valid_for()));
        root.timestamp_authorities.sort_by_key(|authority| start(authority.valid_for()));
        root
    }

    /// What has come together until now.
    pub fn so_far(&self) -> &TrustedRoot {
        &self.root
    }

    pub(crate) fn root_mut(&mut self) -> &mut TrustedRoot {
        &mut self.root
    }

    fn insert(&mut self, entry: ExistingEntry) -> Result<(), Refusal> {
        let root = &mut self.root;
        let (window, operator) = match &entry {
            ExistingEntry::TransparencyLog(log) | ExistingEntry::CtLog(log) => (log.valid_for(), log.operator()),
            ExistingEntry::CertificateAuthority(authority) | ExistingEntry::TimestampAuthority(authority) => {
                (authority.valid_for(), authority.operator())
            }
        };
        if window.start().is_none() {
            return Err(Refusal::NoStart);
        }
        if let (Some(operator), MediaType::V01 | MediaType::V01Json) = (operator, root.media_type) {
            return Err(Refusal::Operator { found: operator.to_owned() });
        }
        match entry {
            ExistingEntry::TransparencyLog(log) => {
                free_id(root, &log)?;
                root.tlogs.push(log);
            }
            ExistingEntry::CtLog(log) => {
                free_id(root, &log)?;
                root.ctlogs.push(log);
            }
            ExistingEntry::CertificateAuthority(authority) => {
                free_issuer(&root.certificate_authorities, &authority)?;
                root.certificate_authorities.push(authority);
            }
            ExistingEntry::TimestampAuthority(authority) => {
                free_issuer(&root.timestamp_authorities, &authority)?;
                root.timestamp_authorities.push(authority);
            }
        }
        Ok(())
    }
}

fn read_log(new: &NewLog<'_>) -> Result<TransparencyLog, Refusal> {
    let spki = pem_file::public_key(new.pem)?;
    let key_details = KeyDetails::of(spki.algorithm())
        .ok_or_else(|| Refusal::KeyAlgorithm { found: spki.algorithm().to_string() })?;
    base_url(new.base_url)?;
    Ok(TransparencyLog {
        base_url: new.base_url.to_owned(),
        hash_algorithm: HashAlgorithm::Sha2_256,
        log_id: log_id(new, &spki)?,
        public_key: LogKey {
            raw_bytes: spki.der().to_vec(),
            spki,
            key_details,
            valid_for: new_window(new.start, new.end)?,
        },
        checkpoint_key_id: None,
        operator: None,
    })
}

fn log_id(new: &NewLog<'_>, spki: &Spki) -> Result<LogId, Refusal> {
    match new.kind {
        LogKind::RekorV1 | LogKind::CtLog => Ok(LogId::of_spki(spki)),
        LogKind::RekorV2 => LogId::of_signed_note(spki, origin(new.base_url))
            .ok_or_else(|| Refusal::NoKeyId { found: spki.algorithm().to_string() }),
    }
}

fn read_authority(new: &NewAuthority<'_>) -> Result<CertificateAuthority, Refusal> {
    let chain = pem_file::certificates(new.pem, chain::LONGEST_CHAIN)?;
    for certificate in &chain {
        if let KeyAlgorithm::Other(found) = certificate.key_algorithm() {
            return Err(Refusal::KeyAlgorithm { found: format!("algorithm {found}") });
        }
    }
    chain::check(&chain, new.kind)?;
    if new.uri.is_empty() || !new.uri.bytes().all(|b| b.is_ascii_graphic()) {
        return Err(Refusal::Uri { found: new.uri.to_owned() });
    }
    let subject = chain.last().map(crate::Subject::of);
    let subject = subject.filter(|s| s.organization.is_some() || s.common_name.is_some()).ok_or(Refusal::NoSubject)?;
    let valid_for = new_window(new.start, new.end)?;
    let authority = CertificateAuthority { subject, uri: Some(new.uri.to_owned()), chain, valid_for, operator: None };
    within_validity(&authority, new.start)?;
    new.end.map_or(Ok(()), |end| authority.outlives(end))?;
    Ok(authority)
}

pub(crate) fn new_window(start: DateTime<Utc>, end: Option<DateTime<Utc>>) -> Result<Window, Refusal> {
    window(written(start)?, end)
}

/// A window whose start is there already and whose end is new.
pub(crate) fn window(start: WrittenTime, end: Option<DateTime<Utc>>) -> Result<Window, Refusal> {
    let end = end.map(written).transpose()?;
    let shown = (start.to_string(), end.as_ref().map(ToString::to_string).unwrap_or_default());
    let empty = end.as_ref().is_some_and(|end| end.time() <= start.time());
    let window = Window::new(Some(start), end).filter(|_| !empty);
    window.ok_or(Refusal::EndNotAfterStart { start: shown.0, end: shown.1 })
}

fn written(time: DateTime<Utc>) -> Result<WrittenTime, Refusal> {
    WrittenTime::from_utc(time).ok_or_else(|| Refusal::Time { found: time.to_rfc3339() })
}

fn within_validity(authority: &CertificateAuthority, start: DateTime<Utc>) -> Result<(), Refusal> {
    let not_before = authority.chain.iter().map(Certificate::not_before).max();
    if let Some(not_before) = not_before.filter(|t| start < *t) {
        return Err(Refusal::StartsEarly { not_before: text(not_before), start: text(start) });
    }
    authority.is_whole_at("a start", start)
}

impl CertificateAuthority {
    /// Whether every certificate still is valid at that end of a window.
    pub(crate) fn outlives(&self, end: DateTime<Utc>) -> Result<(), Refusal> {
        self.is_whole_at("an end", end)
    }

    fn is_whole_at(&self, what: &'static str, time: DateTime<Utc>) -> Result<(), Refusal> {
        match self.chain.iter().map(Certificate::not_after).min().filter(|not_after| time > *not_after) {
            Some(not_after) => Err(Refusal::EndsLate { what, not_after: text(not_after), found: text(time) }),
            None => Ok(()),
        }
    }
}

fn text(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true)
}

/// Over tlogs and ctlogs together: clients keep one map of log keys.
fn free_id(root: &TrustedRoot, new: &TransparencyLog) -> Result<(), Refusal> {
    let mut logs = root.tlogs.iter().chain(&root.ctlogs);
    match logs.find(|log| log.log_id == new.log_id) {
        Some(other) => Err(Refusal::DuplicateLogId { id: new.log_id.to_string(), other: other.base_url.clone() }),
        None => Ok(()),
    }
}

/// Two windows for one issuer would hide that closing one leaves the other open.
fn free_issuer(authorities: &[CertificateAuthority], new: &CertificateAuthority) -> Result<(), Refusal> {
    let issuer = new.chain.first();
    match issuer.filter(|_| authorities.iter().any(|a| a.chain.first() == issuer)) {
        Some(issuer) => Err(Refusal::DuplicateChain { subject: issuer.subject() }),
        None => Ok(()),
    }
}

pub(crate) fn base_url(url: &str) -> Result<(), Refusal> {
    if is_base_url(url) { Ok(()) } else { Err(Refusal::BaseUrl { found: url.to_owned() }) }
}

/// Scheme and host, perhaps port and path, and nothing an origin cannot hold.
pub(crate) fn is_base_url(url: &str) -> bool {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")).unwrap_or_default();
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~:/%[]".contains(&b);
    rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '[') && rest.bytes().all(plain) && !rest.contains("//")
}
