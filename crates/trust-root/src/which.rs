//! Which entry a bundle means: a log by its id, an authority by the certificate it issued.

use chrono::{DateTime, Utc};
use tuffet_certificates::Certificate;

use crate::authority::CertificateAuthority;
use crate::log::TransparencyLog;
use crate::trusted_root::TrustedRoot;

impl TrustedRoot {
    /// The transparency log with this id, whether its key was valid when it mattered or not:
    /// [`TransparencyLog::valid_at`] says.
    #[must_use]
    pub fn log(&self, id: &[u8]) -> Option<&TransparencyLog> {
        self.tlogs.iter().find(|log| log.log_id.as_bytes() == id)
    }

    /// The CT log with this id. No transparency log is ever an answer, or an entry of Rekor could pass for a CT promise.
    #[must_use]
    pub fn ct_log(&self, id: &[u8]) -> Option<&TransparencyLog> {
        self.ctlogs.iter().find(|log| log.log_id.as_bytes() == id)
    }

    /// The certificate authorities that could have issued this certificate at `time`: by name and key identifiers, valid
    /// then. Several may: an authority that is renewed keeps its name. Which of them did, a signature decides.
    #[must_use]
    pub fn authorities_of(&self, certificate: &Certificate, time: DateTime<Utc>) -> Vec<&CertificateAuthority> {
        issuers(&self.certificate_authorities, certificate, time)
    }

    /// The timestamp authorities whose own certificate this is, or that could have issued it; valid at `time`.
    #[must_use]
    pub fn timestamp_authorities_of(
        &self,
        certificate: &Certificate,
        time: DateTime<Utc>,
    ) -> Vec<&CertificateAuthority> {
        issuers(&self.timestamp_authorities, certificate, time)
    }
}

impl CertificateAuthority {
    /// Whether this certificate is the first of the chain, or names as its issuer the one that issues here.
    #[must_use]
    pub fn could_have_issued(&self, certificate: &Certificate) -> bool {
        if self.chain.first() == Some(certificate) {
            return true;
        }
        // Before a TSA's issuer stands its own certificate.
        let is_ca = |candidate: &&Certificate| candidate.extensions().is_ok_and(|said| said.is_ca);
        let Some(issuer) = self.chain.iter().find(is_ca) else { return false };
        certificate.is_issued_by(issuer) && identifiers_meet(certificate, issuer)
    }
}

fn issuers<'a>(
    authorities: &'a [CertificateAuthority],
    certificate: &Certificate,
    time: DateTime<Utc>,
) -> Vec<&'a CertificateAuthority> {
    let valid = |authority: &&CertificateAuthority| authority.valid_at(time).is_ok();
    authorities.iter().filter(|authority| authority.could_have_issued(certificate)).filter(valid).collect()
}

/// Where both name the issuer's key, they name one.
fn identifiers_meet(certificate: &Certificate, issuer: &Certificate) -> bool {
    let (Ok(below), Ok(above)) = (certificate.extensions(), issuer.extensions()) else {
        return true;
    };
    match (below.issuer_key_id, above.key_id) {
        (Some(named), Some(own)) => named == own,
        _ => true,
    }
}
