//! Signing configurations that every client takes (TR7): newest service first, windows of one operator and version that
//! do not overlap, a selection exactly where there is something to select from.

use chrono::{DateTime, Duration, Utc};

use super::{Selection, Selector, Service, SigningConfig};
use crate::compose::{base_url, new_window, window};
use crate::error::ComposeError;
use crate::refusal::Refusal;
use crate::time::WrittenTime;

/// What a service does for whoever signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServiceKind {
    /// Issues certificates (Fulcio).
    CertificateAuthority,
    /// Says who somebody is (OpenID Connect).
    IdentityProvider,
    /// Takes entries (Rekor).
    TransparencyLog,
    /// Stamps times.
    TimestampAuthority,
}

/// A service to add.
#[derive(Debug, Clone, Copy)]
pub struct NewService<'a> {
    /// What it does.
    pub kind: ServiceKind,
    /// Its address, with scheme.
    pub url: &'a str,
    /// The version of its interface, from 1.
    pub major_api_version: u64,
    /// Who operates it: clients choose one service of each operator.
    pub operator: &'a str,
    /// From when clients sign with it, in whole seconds.
    pub start: DateTime<Utc>,
    /// Until when.
    pub end: Option<DateTime<Utc>>,
}

/// A signing configuration in the making.
#[derive(Debug, Clone, Default)]
pub struct ComposeConfig {
    config: SigningConfig,
}

impl ComposeConfig {
    /// Starts with no service.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Starts with all services of a configuration, as they are.
    #[must_use]
    pub fn from_config(config: SigningConfig) -> Self {
        Self { config }
    }

    /// Adds a service.
    ///
    /// # Errors
    /// TR7: without operator, scheme or version, or while another of the operator and version is in use.
    pub fn service(mut self, new: &NewService<'_>) -> Result<Self, ComposeError> {
        let refuse = |refusal| ComposeError::new(new.url, refusal);
        let service = read(new).map_err(refuse)?;
        let list = self.config.list_mut(new.kind);
        alone(list, &service).map_err(refuse)?;
        list.push(service);
        Ok(self)
    }

    /// As [`service`](Self::service); the service of the same operator and version that has no end, or a later one, ends
    /// a second before. Says which that was.
    ///
    /// # Errors
    /// As [`service`](Self::service).
    pub fn hand_over(mut self, new: &NewService<'_>) -> Result<(Self, Vec<String>), ComposeError> {
        let refuse = |refusal| ComposeError::new(new.url, refusal);
        let service = read(new).map_err(refuse)?;
        let last = new.start.checked_sub_signed(Duration::seconds(1)).unwrap_or(new.start);
        let mut ended = Vec::new();
        for old in self.config.list_mut(new.kind).iter_mut().filter(|old| rivals(old, &service)) {
            let start = old.valid_for.start().ok_or(Refusal::NoStart).map_err(refuse)?.clone();
            old.valid_for = window(start, Some(last)).map_err(refuse)?;
            ended.push(old.url.clone());
        }
        Ok((self.service(new)?, ended))
    }

    /// Ends a service's window. A service that has ended stays, for it says where old entries lie.
    ///
    /// # Errors
    /// [`Refusal::NoService`], and what the window breaks.
    pub fn end(mut self, kind: ServiceKind, url: &str, end: DateTime<Utc>) -> Result<Self, ComposeError> {
        let refuse = |refusal| ComposeError::new(url, refusal);
        let found = self.config.services(kind).iter().map(|service| service.url.clone()).collect();
        let services = self.config.list_mut(kind).iter_mut();
        let mut open = services.filter(|service| service.url == url && service.valid_for.end().is_none());
        let Some(service) = open.next() else { return Err(refuse(Refusal::NoService { found })) };
        let start = service.valid_for.start().ok_or(Refusal::NoStart).map_err(refuse)?.clone();
        service.valid_for = window(start, Some(end)).map_err(refuse)?;
        Ok(self)
    }

    /// The configuration: each list newest first; any one service is selected where there is a list and no selection.
    #[must_use]
    pub fn finish(self) -> SigningConfig {
        let mut config = self.config;
        for kind in KINDS {
            let start = |service: &Service| service.valid_for.start().map(WrittenTime::time);
            config.list_mut(kind).sort_by_key(|service| std::cmp::Reverse(start(service)));
        }
        let any = |services: &Option<Vec<Service>>, selection: &mut Option<Selection>| match services
            .as_ref()
            .is_none_or(Vec::is_empty)
        {
            true => *selection = None,
            false => {
                selection.get_or_insert(Selection { selector: Selector::Any, count: None, others: Vec::new() });
            }
        };
        any(&config.rekor_tlog_urls, &mut config.rekor_tlog_config);
        any(&config.tsa_urls, &mut config.tsa_config);
        // A list that nobody asked for is not there: an empty one and none are two files of one meaning.
        for list in [&mut config.ca_urls, &mut config.oidc_urls, &mut config.rekor_tlog_urls, &mut config.tsa_urls] {
            list.take_if(|list| list.is_empty());
        }
        config
    }
}

impl SigningConfig {
    /// The services of a kind, in the order of the file.
    #[must_use]
    pub fn services(&self, kind: ServiceKind) -> &[Service] {
        match kind {
            ServiceKind::CertificateAuthority => self.cas(),
            ServiceKind::IdentityProvider => self.identity_providers(),
            ServiceKind::TransparencyLog => self.tlogs(),
            ServiceKind::TimestampAuthority => self.tsas(),
        }
    }

    fn list_mut(&mut self, kind: ServiceKind) -> &mut Vec<Service> {
        let list = match kind {
            ServiceKind::CertificateAuthority => &mut self.ca_urls,
            ServiceKind::IdentityProvider => &mut self.oidc_urls,
            ServiceKind::TransparencyLog => &mut self.rekor_tlog_urls,
            ServiceKind::TimestampAuthority => &mut self.tsa_urls,
        };
        list.get_or_insert_default()
    }
}

fn read(new: &NewService<'_>) -> Result<Service, Refusal> {
    base_url(new.url).map_err(|_| Refusal::ServiceUrl { found: new.url.to_owned() })?;
    if new.operator.is_empty() || new.operator.chars().any(tuffet_certificates::is_hidden) {
        return Err(Refusal::NoOperator);
    }
    if new.major_api_version == 0 {
        return Err(Refusal::ApiVersion);
    }
    Ok(Service {
        url: new.url.to_owned(),
        major_api_version: new.major_api_version,
        valid_for: new_window(new.start, new.end)?,
        operator: Some(new.operator.to_owned()),
        others: Vec::new(),
    })
}

/// Of two that are in use at a time, clients disagree on which they take.
fn alone(services: &[Service], new: &Service) -> Result<(), Refusal> {
    match services.iter().find(|other| rivals(other, new)) {
        Some(other) => Err(Refusal::ServiceOverlap {
            url: other.url.clone(),
            window: other.valid_for.to_string(),
            found: new.valid_for.to_string(),
        }),
        None => Ok(()),
    }
}

fn rivals(old: &Service, new: &Service) -> bool {
    old.operator == new.operator
        && old.major_api_version == new.major_api_version
        && old.valid_for.overlaps(&new.valid_for)
}

const KINDS: [ServiceKind; 4] = [
    ServiceKind::CertificateAuthority,
    ServiceKind::IdentityProvider,
    ServiceKind::TransparencyLog,
    ServiceKind::TimestampAuthority,
];
