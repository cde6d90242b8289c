//! What the extensions of a certificate allow.

use tuffet_certificates::{Certificate, ExtensionProblem, Extensions as Said};

use crate::refusal::Refusal;

/// A purpose by its OID and name.
pub(crate) type Purpose = (&'static str, &'static str);

pub(crate) const CODE_SIGNING: Purpose = ("1.3.6.1.5.5.7.3.3", "codeSigning");
pub(crate) const TIME_STAMPING: Purpose = ("1.3.6.1.5.5.7.3.8", "timeStamping");

/// The extensions of the certificate at a position.
pub(crate) struct Extensions {
    pub(crate) position: usize,
    pub(crate) said: Said,
}

impl Extensions {
    pub(crate) fn read(certificate: &Certificate, position: usize) -> Result<Self, Refusal> {
        let said = certificate.extensions().map_err(|problem| match problem {
            ExtensionProblem::Broken(reason) => Refusal::Extension { position, reason },
            ExtensionProblem::Critical(oid) => Refusal::CriticalExtension { position, oid },
        })?;
        Ok(Self { position, said })
    }

    /// A CA must state that it may sign certificates.
    pub(crate) fn cert_sign(&self) -> bool {
        self.said.usage.is_some_and(|usage| usage.cert_sign)
    }

    pub(crate) fn digital_signature(&self) -> bool {
        self.said.usage.is_none_or(|usage| usage.digital_signature)
    }

    /// If purposes are named, this one must be among them; if `required`, they must be named.
    pub(crate) fn purpose(&self, purpose: Purpose, required: bool) -> Result<(), Refusal> {
        match &self.said.purposes {
            None if !required => Ok(()),
            Some(purposes) if purposes.iter().any(|oid| oid == purpose.0) => Ok(()),
            _ => Err(self.other_purpose(purpose.1)),
        }
    }

    /// RFC 3161 2.3: time stamping as the only purpose, and critical.
    pub(crate) fn time_stamping_only(&self) -> Result<(), Refusal> {
        let alone = matches!(self.said.purposes.as_deref(), Some([purpose]) if purpose == TIME_STAMPING.0);
        if alone && self.said.purposes_critical {
            return Ok(());
        }
        Err(self.other_purpose("timeStamping alone and critical"))
    }

    fn other_purpose(&self, expected: &'static str) -> Refusal {
        let name = |oid: &String| {
            [CODE_SIGNING, TIME_STAMPING]
                .iter()
                .find(|(known, _)| known == oid)
                .map_or_else(|| oid.to_string(), |(_, name)| (*name).to_owned())
        };
        let found = match &self.said.purposes {
            None => "none".to_owned(),
            Some(purposes) => {
                let names: Vec<_> = purposes.iter().map(name).collect();
                let critical = if self.said.purposes_critical { "critical" } else { "not critical" };
                format!("{} ({critical})", names.join(", "))
            }
        };
        Refusal::Purpose { position: self.position, expected, found }
    }
}
