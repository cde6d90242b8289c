//! Rotations (TR3, TR7): a log or an authority takes another's place, and nobody notices.
//!
//! ```text
//!  publish          in use                    in use + overlap
//!     │── cache ──────►│────── overlap ─────────────►│
//!     │ clients learn  │ they sign with the new      │ the old one's window ends;
//!     │ the new one    │ one, by the signing config  │ what it vouched for stays trusted
//! ```
//!
//! Trust comes before use, by the longest time for which a client keeps what it knows; else somebody signs with what
//! somebody else cannot verify yet. The end comes after use, in a ceremony of its own: an end that was signed cannot be
//! taken back (TR4), and the new one may fail on its first day.

use chrono::{DateTime, Duration, Utc};

use crate::authority_kind::AuthorityKind;
use crate::compose::{Compose, LogKind, NewAuthority, NewLog};
use crate::entries::{Entry, EntryKind};
use crate::error::ComposeError;
use crate::refusal::Refusal;
use crate::signing_config::{ComposeConfig, NewService, ServiceKind, SigningConfig};
use crate::trusted_root::TrustedRoot;

/// What comes, when, and in place of what.
#[derive(Debug, Clone, Copy)]
pub struct Rotation<'a> {
    /// The entry that comes.
    pub new: NewEntry<'a>,
    /// The entry that goes, by URL or id; `None` for the one of the kind that is open.
    pub old: Option<&'a str>,
    /// When the first ceremony's files are published.
    pub published: DateTime<Utc>,
    /// From when whoever signs uses the new one.
    pub in_use: DateTime<Utc>,
    /// How long both are trusted from then on.
    pub overlap: Duration,
    /// The longest time for which a client keeps what it knows.
    pub cache: Duration,
    /// Who operates the new service, as the signing configuration says it.
    pub operator: &'a str,
    /// Whether the signing configuration gets a ceremony of its own, on the day of use.
    pub use_apart: bool,
}

/// A log or an authority to come.
#[derive(Debug, Clone, Copy)]
pub enum NewEntry<'a> {
    /// A log.
    Log(NewLog<'a>),
    /// An authority.
    Authority(NewAuthority<'a>),
}

/// One ceremony of a rotation: what is signed, and when it may be published.
#[derive(Debug, Clone, PartialEq)]
pub struct RotationStep {
    /// What it is for.
    pub purpose: RotationPurpose,
    /// Not to be published earlier.
    pub not_before: DateTime<Utc>,
    /// To be published by then.
    pub by: DateTime<Utc>,
    /// The trust root as it then is.
    pub trusted_root: TrustedRoot,
    /// The signing configuration as it then is, if there is one.
    pub signing_config: Option<SigningConfig>,
}

/// What a ceremony of a rotation is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum RotationPurpose {
    /// Clients learn the new entry; a signing configuration that names its day of use comes with it.
    Trust,
    /// Whoever signs is told to use it.
    Use,
    /// The old entry's window ends.
    End,
}

impl TrustedRoot {
    /// The ceremonies that put one entry in another's place, in order.
    ///
    /// # Errors
    /// What [`Compose`] and [`ComposeConfig`] refuse; TR3 without an overlap; TR7 where use comes before all clients know.
    pub fn rotate(
        &self,
        config: Option<&SigningConfig>,
        wish: &Rotation<'_>,
    ) -> Result<Vec<RotationStep>, ComposeError> {
        let (label, kind) = (wish.label(), wish.kind());
        let refuse = |refusal| ComposeError::new(label, refusal);
        wish.in_time().map_err(refuse)?;
        let old = self.outgoing(kind, wish.old).map_err(refuse)?;
        let with_new = wish.append(Compose::from_trusted_root(self.clone()))?;
        let ends = wish.in_use.checked_add_signed(wish.overlap).unwrap_or(DateTime::<Utc>::MAX_UTC);
        let closed = with_new.clone().close(Some(kind), &old.id, ends)?.finish();
        let with_new = with_new.finish();
        let handed_over = config.map(|config| wish.hand_over(config, &old)).transpose()?;
        let step = |purpose, not_before, by, root: &TrustedRoot, config: Option<&SigningConfig>| RotationStep {
            purpose,
            not_before,
            by,
            trusted_root: root.clone(),
            signing_config: config.cloned(),
        };
        let latest = wish.in_use.checked_sub_signed(wish.cache).unwrap_or(wish.published);
        let apart = wish.use_apart && handed_over.as_ref() != config;
        let at_first = if apart { config } else { handed_over.as_ref() };
        let mut steps = vec![step(RotationPurpose::Trust, wish.published, latest, &with_new, at_first)];
        if apart {
            steps.push(step(RotationPurpose::Use, wish.in_use, wish.in_use, &with_new, handed_over.as_ref()));
        }
        steps.push(step(RotationPurpose::End, wish.in_use, ends, &closed, handed_over.as_ref()));
        Ok(steps)
    }

    /// The entry that goes: the one named, or the only open one of its kind.
    fn outgoing(&self, kind: EntryKind, named: Option<&str>) -> Result<Entry, Refusal> {
        if let Some(named) = named {
            return self.entry_named(Some(kind), named);
        }
        let open = self.entries().into_iter().filter(|entry| entry.kind == kind && entry.end.is_none());
        let open: Vec<Entry> = open.collect();
        match open.as_slice() {
            [entry] => Ok(entry.clone()),
            several => Err(Refusal::Outgoing {
                kind: kind.words(),
                found: several.iter().map(|entry| entry.url.clone().unwrap_or_else(|| entry.id.clone())).collect(),
            }),
        }
    }
}

impl Rotation<'_> {
    fn label(&self) -> &str {
        match &self.new {
            NewEntry::Log(log) => log.label,
            NewEntry::Authority(authority) => authority.label,
        }
    }

    fn kind(&self) -> EntryKind {
        match &self.new {
            NewEntry::Log(NewLog { kind: LogKind::CtLog, .. }) => EntryKind::CtLog,
            NewEntry::Log(_) => EntryKind::TransparencyLog,
            NewEntry::Authority(NewAuthority { kind: AuthorityKind::CertificateAuthority, .. }) => {
                EntryKind::CertificateAuthority
            }
            NewEntry::Authority(_) => EntryKind::TimestampAuthority,
        }
    }

    fn in_time(&self) -> Result<(), Refusal> {
        if self.overlap <= Duration::zero() {
            return Err(Refusal::NoOverlap);
        }
        let text = |time: DateTime<Utc>| time.to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
        let known = self.published.checked_add_signed(self.cache).unwrap_or(DateTime::<Utc>::MAX_UTC);
        let start = match &self.new {
            NewEntry::Log(log) => log.start,
            NewEntry::Authority(authority) => authority.start,
        };
        for (what, earliest) in [("every client knows it", known), ("its window starts", start)] {
            if self.in_use < earliest {
                return Err(Refusal::UseBeforeTrust { what, earliest: text(earliest), found: text(self.in_use) });
            }
        }
        Ok(())
    }

    fn append(&self, compose: Compose) -> Result<Compose, ComposeError> {
        match &self.new {
            NewEntry::Log(log) => compose.log(log),
            NewEntry::Authority(authority) => compose.authority(authority),
        }
    }

    /// The service of the old entry ends as that of the new one begins. Where both are at one address, and for CT logs,
    /// whoever signs has nothing to change.
    fn hand_over(&self, config: &SigningConfig, old: &Entry) -> Result<SigningConfig, ComposeError> {
        let (kind, url, major_api_version) = match &self.new {
            NewEntry::Log(NewLog { kind: LogKind::CtLog, .. }) => return Ok(config.clone()),
            NewEntry::Log(log) => {
                let version = if log.kind == LogKind::RekorV2 { 2 } else { 1 };
                (ServiceKind::TransparencyLog, log.base_url, version)
            }
            NewEntry::Authority(authority) if authority.kind == AuthorityKind::CertificateAuthority => {
                (ServiceKind::CertificateAuthority, authority.uri, 1)
            }
            NewEntry::Authority(authority) => (ServiceKind::TimestampAuthority, authority.uri, 1),
        };
        if old.url.as_deref() == Some(url) {
            return Ok(config.clone());
        }
        let mut compose = ComposeConfig::from_config(config.clone());
        let before = self.in_use.checked_sub_signed(Duration::seconds(1)).unwrap_or(self.in_use);
        let open = |service: &&crate::Service| service.valid_for().end().is_none();
        let goes = config.services(kind).iter().filter(open).any(|service| Some(service.url()) == old.url.as_deref());
        if let (true, Some(url)) = (goes, &old.url) {
            compose = compose.end(kind, url, before)?;
        }
        let new = NewService { kind, url, major_api_version, operator: self.operator, start: self.in_use, end: None };
        Ok(compose.service(&new)?.finish())
    }
}
