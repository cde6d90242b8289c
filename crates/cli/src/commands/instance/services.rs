//! The signing config that goes with the lists: whoever is trusted is signed with.

use super::Wishes;
use crate::CliError;
use crate::context::time;
use tuffet_trust_root::{ComposeConfig, NewService, ServiceKind, SigningConfig};

pub(super) fn config(wishes: &Wishes) -> Result<SigningConfig, CliError> {
    let operator = wishes.operator.as_deref().unwrap_or_default();
    let mut services: Vec<Listed<'_>> = Vec::new();
    for text in &wishes.cas {
        services.extend(Listed::of(ServiceKind::CertificateAuthority, "uri", text));
    }
    for text in &wishes.logs {
        services.extend(Listed::of(ServiceKind::TransparencyLog, "url", text));
    }
    for text in &wishes.tsas {
        services.extend(Listed::of(ServiceKind::TimestampAuthority, "uri", text));
    }
    let mut compose = ComposeConfig::new();
    for service in &services {
        compose = service.add(compose, operator)?;
    }
    if let Some(url) = &wishes.oidc {
        // As long as there is a CA that believes it.
        let cas = services.iter().filter(|service| service.kind == ServiceKind::CertificateAuthority);
        if let Some(first) = cas.min_by_key(|service| service.start) {
            let provider = Listed { kind: ServiceKind::IdentityProvider, url, version: 1, end: None, ..*first };
            compose = provider.add(compose, operator)?;
        }
    }
    Ok(compose.finish())
}

/// A service as a list gives it. `trust_root` has read the list strictly before.
struct Listed<'a> {
    kind: ServiceKind,
    url: &'a str,
    version: u64,
    start: &'a str,
    end: Option<&'a str>,
}

impl<'a> Listed<'a> {
    fn of(kind: ServiceKind, address: &str, text: &'a str) -> Option<Self> {
        let value = |name: &str| {
            text.split(',').filter_map(|part| part.split_once('=')).find(|(other, _)| *other == name).map(|(_, v)| v)
        };
        let version = if value("kind") == Some("rekor-v2") { 2 } else { 1 };
        Some(Self { kind, url: value(address)?, version, start: value("start")?, end: value("end") })
    }

    fn add(&self, compose: ComposeConfig, operator: &str) -> Result<ComposeConfig, CliError> {
        let new = NewService {
            kind: self.kind,
            url: self.url,
            major_api_version: self.version,
            operator,
            start: time(self.start)?,
            end: self.end.map(time).transpose()?,
        };
        compose.service(&new).map_err(|e| CliError::new("signing-config", e.to_string()))
    }
}
