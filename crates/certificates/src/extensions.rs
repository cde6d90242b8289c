//! What the extensions of a certificate say.

use crate::Certificate;
use std::collections::BTreeSet;

use der::asn1::ObjectIdentifier;
use x509_cert::ext::pkix::{
    AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, KeyUsage, SubjectKeyIdentifier,
};

/// The extensions that matter for a chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extensions {
    /// Whether it says to be a CA's.
    pub is_ca: bool,
    /// How many CAs may stand below it.
    pub path_length: Option<u8>,
    /// What its key may do; `None` where it does not say, which allows everything.
    pub usage: Option<Usage>,
    /// Its key's identifier.
    pub key_id: Option<Vec<u8>>,
    /// Its issuer's key's identifier.
    pub issuer_key_id: Option<Vec<u8>>,
    /// The purposes it is bound to, by OID in dotted form.
    pub purposes: Option<Vec<String>>,
    /// Whether whoever does not know the purposes must refuse it.
    pub purposes_critical: bool,
}

/// What a key may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Usage {
    /// Sign certificates.
    pub cert_sign: bool,
    /// Sign anything else.
    pub digital_signature: bool,
}

/// Why extensions cannot be relied on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExtensionProblem {
    /// One that cannot be read, or comes twice.
    #[error("{0}")]
    Broken(String),
    /// A critical one nobody here evaluates, by OID.
    #[error("unknown critical extension {0}")]
    Critical(String),
}

impl Extensions {
    /// Reads them.
    ///
    /// # Errors
    /// [`ExtensionProblem`]. An extension that comes twice is read differently by different clients, and an unknown
    /// critical one is rejected by all of them.
    pub fn read(certificate: &Certificate) -> Result<Self, ExtensionProblem> {
        known(certificate)?;
        let tbs = certificate.x509().tbs_certificate();
        let broken = |e: der::Error| ExtensionProblem::Broken(e.to_string());
        let basic = tbs.get_extension::<BasicConstraints>().map_err(broken)?;
        let usage = tbs.get_extension::<KeyUsage>().map_err(broken)?;
        let purposes = tbs.get_extension::<ExtendedKeyUsage>().map_err(broken)?;
        let key = tbs.get_extension::<SubjectKeyIdentifier>().map_err(broken)?;
        let issuer = tbs.get_extension::<AuthorityKeyIdentifier>().map_err(broken)?;
        Ok(Self {
            is_ca: basic.as_ref().is_some_and(|(_, basic)| basic.ca),
            path_length: basic.and_then(|(_, basic)| basic.path_len_constraint),
            usage: usage.map(|(_, usage)| Usage {
                cert_sign: usage.key_cert_sign(),
                digital_signature: usage.digital_signature(),
            }),
            key_id: key.map(|(_, key)| key.0.as_bytes().to_vec()),
            issuer_key_id: issuer.and_then(|(_, issuer)| issuer.key_identifier).map(|id| id.as_bytes().to_vec()),
            purposes_critical: purposes.as_ref().is_some_and(|(critical, _)| *critical),
            purposes: purposes.map(|(_, purposes)| purposes.0.iter().map(ToString::to_string).collect()),
        })
    }
}

fn known(certificate: &Certificate) -> Result<(), ExtensionProblem> {
    let mut seen = BTreeSet::new();
    let extensions = certificate.x509().tbs_certificate().extensions();
    for extension in extensions.map(Vec::as_slice).unwrap_or_default() {
        let oid = extension.extn_id;
        if !seen.insert(oid) {
            return Err(ExtensionProblem::Broken(format!("{oid} twice")));
        }
        if extension.critical && !KNOWN.contains(&oid) {
            return Err(ExtensionProblem::Critical(oid.to_string()));
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
