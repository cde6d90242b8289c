//! One certificate: its exact bytes, and what they say.

use std::fmt::Write;

use chrono::{DateTime, Utc};
use der::asn1::ObjectIdentifier;
use der::{Decode, Encode, Reader, SliceReader};
use ring::digest::{SHA256, digest};
use x509_cert::Certificate as X509;
use x509_cert::ext::pkix::name::DirectoryString;
use x509_cert::name::Name;

use crate::{ExtensionProblem, Extensions, KeyAlgorithm, SignatureProblem, Spki, escaped, is_hidden};

/// An X.509 certificate. What it says is only a claim until its chain was checked.
#[derive(Debug, Clone)]
pub struct Certificate {
    der: Vec<u8>,
    signed: Vec<u8>,
    not_before: DateTime<Utc>,
    not_after: DateTime<Utc>,
    key: Spki,
    x509: X509,
}

impl PartialEq for Certificate {
    fn eq(&self, other: &Self) -> bool {
        self.der == other.der
    }
}

impl Eq for Certificate {}

impl Certificate {
    /// Reads one certificate in DER, and nothing behind it.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn from_der(der: &[u8]) -> Result<Self, String> {
        let x509 = X509::from_der(der).map_err(|e| e.to_string())?;
        let tbs = x509.tbs_certificate();
        let key = tbs.subject_public_key_info().to_der().map_err(|e| e.to_string())?;
        Ok(Self {
            signed: signed_part(der).map_err(|e| e.to_string())?,
            not_before: utc(tbs.validity().not_before)?,
            not_after: utc(tbs.validity().not_after)?,
            key: Spki::from_der(&key)?,
            der: der.to_vec(),
            x509,
        })
    }

    /// The certificate's DER bytes, as received.
    pub fn der(&self) -> &[u8] {
        &self.der
    }

    /// SHA-256 over the DER bytes, as `openssl x509 -fingerprint -sha256` shows it.
    pub fn sha256(&self) -> Vec<u8> {
        digest(&SHA256, &self.der).as_ref().to_vec()
    }

    /// The subject's name, in the manner of RFC 4514, with characters a terminal would act on escaped.
    pub fn subject(&self) -> String {
        printable(self.x509.tbs_certificate().subject())
    }

    /// The issuer's name.
    pub fn issuer(&self) -> String {
        printable(self.x509.tbs_certificate().issuer())
    }

    /// The first second of its validity.
    pub fn not_before(&self) -> DateTime<Utc> {
        self.not_before
    }

    /// The last second of its validity.
    pub fn not_after(&self) -> DateTime<Utc> {
        self.not_after
    }

    /// What kind of key it certifies.
    pub fn key_algorithm(&self) -> &KeyAlgorithm {
        self.key.algorithm()
    }

    /// Whether the time lies within its validity, both ends included.
    pub fn is_valid_at(&self, time: DateTime<Utc>) -> bool {
        self.not_before <= time && time <= self.not_after
    }

    /// The key it certifies.
    pub fn key(&self) -> &Spki {
        &self.key
    }

    pub(crate) fn x509(&self) -> &X509 {
        &self.x509
    }

    /// The bytes that were signed, cut from what was received and not encoded again: a second encoding may differ
    /// from what the issuer signed.
    pub(crate) fn signed(&self) -> &[u8] {
        &self.signed
    }

    /// Whether it names itself as its issuer.
    pub fn is_self_issued(&self) -> bool {
        let tbs = self.x509.tbs_certificate();
        tbs.issuer() == tbs.subject()
    }

    /// Whether it names `other` as its issuer. Whether it is true, [`is_signed_by`](Self::is_signed_by) says.
    pub fn is_issued_by(&self, other: &Certificate) -> bool {
        self.x509.tbs_certificate().issuer() == other.x509.tbs_certificate().subject()
    }

    /// Whether its signature was made with the key that `issuer` certifies.
    ///
    /// # Errors
    /// [`SignatureProblem`]
    pub fn is_signed_by(&self, issuer: &Certificate) -> Result<(), SignatureProblem> {
        crate::signature::check(self, issuer)
    }

    /// What its extensions say.
    ///
    /// # Errors
    /// [`ExtensionProblem`]
    pub fn extensions(&self) -> Result<Extensions, ExtensionProblem> {
        Extensions::read(self)
    }

    /// The bytes of the extension with this OID in dotted form, if it is there.
    pub fn extension(&self, oid: &str) -> Option<&[u8]> {
        let oid = ObjectIdentifier::new(oid).ok()?;
        let extensions = self.x509.tbs_certificate().extensions()?;
        extensions.iter().find(|extension| extension.extn_id == oid).map(|extension| extension.extn_value.as_bytes())
    }

    /// The organisation of its subject, if it can be shown.
    pub fn organization(&self) -> Option<String> {
        first(self.x509.tbs_certificate().subject().organization())
    }

    /// The common name of its subject, if it can be shown.
    pub fn common_name(&self) -> Option<String> {
        first(self.x509.tbs_certificate().subject().common_name())
    }
}

fn first(value: der::Result<Option<DirectoryString>>) -> Option<String> {
    let value = value.ok()??;
    let text = value.value();
    let plain = !text.is_empty() && !text.chars().any(is_hidden);
    plain.then(|| text.into_owned())
}

fn printable(name: &Name) -> String {
    let mut text = String::new();
    // `to_string` would panic where a name cannot be written.
    if write!(text, "{name}").is_err() {
        return "a name that cannot be written".to_owned();
    }
    escaped(text.chars())
}

fn signed_part(der: &[u8]) -> der::Result<Vec<u8>> {
    let mut reader = SliceReader::new(der)?;
    reader.sequence(|certificate| {
        let signed = certificate.tlv_bytes()?.to_vec();
        certificate.drain(certificate.remaining_len())?;
        Ok(signed)
    })
}

fn utc(time: x509_cert::time::Time) -> Result<DateTime<Utc>, String> {
    i64::try_from(time.to_unix_duration().as_secs())
        .ok()
        .and_then(|seconds| DateTime::from_timestamp(seconds, 0))
        .ok_or_else(|| "a validity that no calendar has".to_owned())
}
