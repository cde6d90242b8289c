//! The trust root itself, and which of its entries hold at a time.

use chrono::{DateTime, Utc};

use crate::authority::CertificateAuthority;
use crate::log::TransparencyLog;
use crate::names::MediaType;

/// A Sigstore trusted root: every log and authority ever trusted, each with its window.
///
/// It exists only as read by [`TrustedRoot::parse`] or made by [`Compose`](crate::Compose). Both say that it is well
/// formed; neither says that it is genuine. That comes from the TUF targets role that signed the bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrustedRoot {
    pub(crate) media_type: MediaType,
    pub(crate) tlogs: Vec<TransparencyLog>,
    pub(crate) certificate_authorities: Vec<CertificateAuthority>,
    pub(crate) ctlogs: Vec<TransparencyLog>,
    pub(crate) timestamp_authorities: Vec<CertificateAuthority>,
}

impl TrustedRoot {
    /// The media type as read.
    pub fn media_type(&self) -> MediaType {
        self.media_type
    }

    /// The transparency logs (Rekor).
    pub fn tlogs(&self) -> &[TransparencyLog] {
        &self.tlogs
    }

    /// The certificate authorities (Fulcio), one for each issuing certificate.
    pub fn certificate_authorities(&self) -> &[CertificateAuthority] {
        &self.certificate_authorities
    }

    /// The certificate transparency logs.
    pub fn ctlogs(&self) -> &[TransparencyLog] {
        &self.ctlogs
    }

    /// The timestamp authorities.
    pub fn timestamp_authorities(&self) -> &[CertificateAuthority] {
        &self.timestamp_authorities
    }

    /// What may be trusted for something logged, issued or stamped at this time.
    pub fn at(&self, time: DateTime<Utc>) -> Valid<'_> {
        Valid {
            time,
            tlogs: valid_logs(&self.tlogs, time),
            certificate_authorities: valid_authorities(&self.certificate_authorities, time),
            ctlogs: valid_logs(&self.ctlogs, time),
            timestamp_authorities: valid_authorities(&self.timestamp_authorities, time),
        }
    }
}

/// The entries of a trust root that hold at one time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Valid<'a> {
    /// The time asked for.
    pub time: DateTime<Utc>,
    /// The transparency logs valid then.
    pub tlogs: Vec<&'a TransparencyLog>,
    /// The certificate authorities valid then.
    pub certificate_authorities: Vec<&'a CertificateAuthority>,
    /// The CT logs valid then.
    pub ctlogs: Vec<&'a TransparencyLog>,
    /// The timestamp authorities valid then.
    pub timestamp_authorities: Vec<&'a CertificateAuthority>,
}

fn valid_logs(logs: &[TransparencyLog], time: DateTime<Utc>) -> Vec<&TransparencyLog> {
    logs.iter().filter(|log| log.valid_for().contains(time)).collect()
}

fn valid_authorities(authorities: &[CertificateAuthority], time: DateTime<Utc>) -> Vec<&CertificateAuthority> {
    authorities.iter().filter(|authority| authority.is_valid_at(time)).collect()
}
