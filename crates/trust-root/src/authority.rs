//! A certificate authority or timestamp authority of a trust root.

use std::fmt;

use chrono::{DateTime, Utc};

use crate::time::Window;
use tuffet_certificates::Certificate;

/// An authority: Fulcio in `certificateAuthorities`, a TSA in `timestampAuthorities`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CertificateAuthority {
    pub(crate) subject: Subject,
    pub(crate) uri: Option<String>,
    pub(crate) chain: Vec<Certificate>,
    pub(crate) valid_for: Window,
    pub(crate) operator: Option<String>,
}

impl CertificateAuthority {
    /// The subject as the file states it.
    pub fn subject(&self) -> &Subject {
        &self.subject
    }

    /// The address as written.
    pub fn uri(&self) -> Option<&str> {
        self.uri.as_deref()
    }

    /// The certificates: a CA's issuing certificate or a TSA's own first, the trust anchor last. Never empty.
    pub fn chain(&self) -> &[Certificate] {
        &self.chain
    }

    /// When what it issued is to be trusted.
    pub fn valid_for(&self) -> &Window {
        &self.valid_for
    }

    /// Who operates the authority (media type v0.2 only).
    pub fn operator(&self) -> Option<&str> {
        self.operator.as_deref()
    }

    /// Whether the window and every certificate of the chain cover the time. A window left open does not outlive its
    /// certificates: no client accepts an expired chain.
    pub fn is_valid_at(&self, time: DateTime<Utc>) -> bool {
        self.valid_for.contains(time) && self.chain.iter().all(|c| c.is_valid_at(time))
    }
}

/// Organisation and common name. `Display` writes `O=sigstore.dev, CN=sigstore`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    pub(crate) organization: Option<String>,
    pub(crate) common_name: Option<String>,
}

impl Subject {
    /// Of this certificate.
    pub(crate) fn of(certificate: &Certificate) -> Self {
        Self { organization: certificate.organization(), common_name: certificate.common_name() }
    }

    /// The organisation.
    pub fn organization(&self) -> Option<&str> {
        self.organization.as_deref()
    }

    /// The common name.
    pub fn common_name(&self) -> Option<&str> {
        self.common_name.as_deref()
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.organization, &self.common_name) {
            (Some(organization), Some(name)) => write!(f, "O={organization}, CN={name}"),
            (Some(organization), None) => write!(f, "O={organization}"),
            (None, Some(name)) => write!(f, "CN={name}"),
            (None, None) => Ok(()),
        }
    }
}
