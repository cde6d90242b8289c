//! What the extensions of a certificate allow.

use std::collections::BTreeSet;

use der::asn1::ObjectIdentifier;
use x509_cert::ext::pkix::{
    AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, KeyUsage, SubjectKeyIdentifier,
};

use crate::certificate::Certificate;
use crate::refusal::Refusal;

/// A purpose by its OID and name.
pub(crate) type Purpose = (ObjectIdentifier, &'static str);

pub(crate) const CODE_SIGNING: Purpose = (ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.3"), "codeSigning");
pub(crate) const TIME_STAMPING: Purpose = (ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.8"), "timeStamping");

/// The extensions that matter for a chain.
pub(crate) struct Extensions {
    pub(crate) position: usize,
    pub(crate) is_ca: bool,
    pub(crate) path_length: Option<u8>,
    pub(crate) cert_sign: bool,
    /// Absent key usage allows everything; a CA must state it all the same.
    pub(crate) digital_signature: bool,
    pub(crate) key_id: Option<Vec<u8>>,
    pub(crate) issuer_key_id: Option<Vec<u8>>,
    purposes: Option<Vec<ObjectIdentifier>>,
    purposes_critical: bool,
}

impl Extensions {
    pub(crate) fn read(certificate: &Certificate, position: usize) -> Result<Self, Refusal> {
        known(certificate, position)?;
        let tbs = certificate.x509().tbs_certificate();
        let broken = |e: der::Error| Refusal::Extension { position, reason: e.to_string() };
        let basic = tbs.get_extension::<BasicConstraints>().map_err(broken)?;
        let usage = tbs.get_extension::<KeyUsage>().map_err(broken)?;
        let purposes = tbs.get_extension::<ExtendedKeyUsage>().map_err(broken)?;
        let key = tbs.get_extension::<SubjectKeyIdentifier>().map_err(broken)?;
        let issuer = tbs.get_extension::<AuthorityKeyIdentifier>().map_err(broken)?;
        let usage = usage.map(|(_, usage)| usage);
        Ok(Self {
            position,
            is_ca: basic.as_ref().is_some_and(|(_, basic)| basic.ca),
            path_length: basic.and_then(|(_, basic)| basic.path_len_constraint),
            cert_sign: usage.as_ref().is_some_and(KeyUsage::key_cert_sign),
            digital_signature: usage.as_ref().is_none_or(KeyUsage::digital_signature),
            key_id: key.map(|(_, key)| key.0.as_bytes().to_vec()),
            issuer_key_id: issuer.and_then(|(_, issuer)| issuer.key_identifier).map(|id| id.as_bytes().to_vec()),
            purposes_critical: purposes.as_ref().is_some_and(|(critical, _)| *critical),
            purposes: purposes.map(|(_, purposes)| purposes.0),
        })
    }

    /// If purposes are named, this one must be among them; if `required`, they must be named.
    pub(crate) fn purpose(&self, purpose: Purpose, required: bool) -> Result<(), Refusal> {
        match &self.purposes {
            None if !required => Ok(()),
            Some(purposes) if purposes.contains(&purpose.0) => Ok(()),
            _ => Err(self.other_purpose(purpose.1)),
        }
    }

    /// RFC 3161 2.3: time stamping as the only purpose, and critical.
    pub(crate) fn time_stamping_only(&self) -> Result<(), Refusal> {
        if self.purposes.as_deref() == Some(&[TIME_STAMPING.0]) && self.purposes_critical {
            return Ok(());
        }
        Err(self.other_purpose("timeStamping alone and critical"))
    }

    fn other_purpose(&self, expected: &'static str) -> Refusal {
        let name = |oid: &ObjectIdentifier| {
            [CODE_SIGNING, TIME_STAMPING]
                .iter()
                .find(|(known, _)| known == oid)
                .map_or_else(|| oid.to_string(), |(_, name)| (*name).to_owned())
        };
        let found = match &self.purposes {
            None => "none".to_owned(),
            Some(purposes) => {
                let names: Vec<_> = purposes.iter().map(name).collect();
                let critical = if self.purposes_critical { "critical" } else { "not critical" };
                format!("{} ({critical})", names.join(", "))
            }
        };
        Refusal::Purpose { position: self.position, expected, found }
    }
}

/// An extension that comes twice is read differently by different clients, and an unknown critical one is rejected
/// by all of them.
fn known(certificate: &Certificate, position: usize) -> Result<(), Refusal> {
    let mut seen = BTreeSet::new();
    let extensions = certificate.x509().tbs_certificate().extensions();
    for extension in extensions.map(Vec::as_slice).unwrap_or_default() {
        let oid = extension.extn_id;
        if !seen.insert(oid) {
            return Err(Refusal::Extension { position, reason: format!("{oid} twice") });
        }
        if extension.critical && !KNOWN.contains(&oid) {
            return Err(Refusal::CriticalExtension { position, oid: oid.to_string() });
        }
    }
    Ok(())
}

const KNOWN: [ObjectIdentifier; 6] = [
    ObjectIdentifier::new_unwrap("2.5.29.14"), // subjectKeyIdentifier
    ObjectIdentifier::new_unwrap("2.5.29.15"), // keyUsage
    ObjectIdentifier::new_unwrap("2.5.29.17"), // subjectAltName
    ObjectIdentifier::new_unwrap("2.5.29.19"), // basicConstraints
    ObjectIdentifier::new_unwrap("2.5.29.35"), // authorityKeyIdentifier
    ObjectIdentifier::new_unwrap("2.5.29.37"), // extKeyUsage
];
