//! The resource `TrustRoot` (`policy.sigstore.dev/v1alpha1`) of Sigstore's policy-controller.
//!
//! Values are JSON strings, which YAML reads as they are: nothing of a stranger's becomes structure.

use super::error::ExportError;
use super::pem_files::{chain, key};
use crate::authority::CertificateAuthority;
use crate::log::TransparencyLog;
use crate::names::HashAlgorithm;
use crate::trusted_root::TrustedRoot;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, SecondsFormat, Utc};
use std::fmt::Write as _;
use tuffet_certificates::KeyAlgorithm;

/// A TUF repository in a resource, for clusters without a way to it.
#[derive(Debug, Clone, Copy)]
pub struct MirrorFs<'a> {
    /// The resource's name.
    pub name: &'a str,
    /// The pinned root.json.
    pub root: &'a [u8],
    /// The repository: a compressed tar with `repository/` before each name.
    pub mirror_fs: &'a [u8],
    /// The trust root's name among the targets.
    pub target: &'a str,
}

impl MirrorFs<'_> {
    /// The resource as YAML.
    ///
    /// # Errors
    /// [`ExportError::Name`]
    pub fn to_yaml(&self) -> Result<String, ExportError> {
        let mut out = head(self.name)?;
        out += "  repository:\n";
        line(&mut out, 4, "root", &STANDARD.encode(self.root));
        line(&mut out, 4, "mirrorFS", &STANDARD.encode(self.mirror_fs));
        line(&mut out, 4, "targets", "targets");
        // Older versions of the resource do not have the field, and a cluster refuses what it does not know.
        if self.target != DEFAULT_TARGET {
            line(&mut out, 4, "trustedRootTarget", self.target);
        }
        Ok(out)
    }
}

/// Keys and chains in a resource. It has no windows: what stands in it is trusted for signatures of every time, so only
/// what is valid at one time is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SigstoreKeys {
    /// The resource as YAML.
    pub yaml: String,
    /// Entries that are in it.
    pub written: usize,
    /// Entries that were not valid then, and are not.
    pub left_out: usize,
}

impl SigstoreKeys {
    /// The entries of `root` that are valid at `at`, as the resource `name`.
    ///
    /// # Errors
    /// [`ExportError`]: one of them has no place in it.
    pub fn new(name: &str, root: &TrustedRoot, at: DateTime<Utc>) -> Result<Self, ExportError> {
        let mut out = head(name)?;
        let valid = root.at(at);
        if valid.certificate_authorities.is_empty() && valid.timestamp_authorities.is_empty() {
            return Err(ExportError::NoAuthority { at: at.to_rfc3339_opts(SecondsFormat::AutoSi, true) });
        }
        out += "  sigstoreKeys:\n";
        // Required, and empty where there is none.
        authorities(&mut out, "certificateAuthorities", "certificate authority", &valid.certificate_authorities)?;
        if valid.certificate_authorities.is_empty() {
            out += "    certificateAuthorities: []\n";
        }
        logs(&mut out, "tLogs", "log", &valid.tlogs)?;
        logs(&mut out, "ctLogs", "CT log", &valid.ctlogs)?;
        authorities(&mut out, "timestampAuthorities", "timestamp authority", &valid.timestamp_authorities)?;
        let written = root.entries_at(at).len();
        Ok(Self { yaml: out, written, left_out: root.entries().len().saturating_sub(written) })
    }
}

fn authorities(
    out: &mut String,
    member: &str,
    kind: &str,
    authorities: &[&CertificateAuthority],
) -> Result<(), ExportError> {
    begin(out, member, authorities.is_empty());
    for authority in authorities {
        let subject = authority.subject();
        let entry = format!("{kind} {subject}");
        let required = |value: Option<&str>, expected| match value {
            Some(value) if !value.is_empty() => Ok(value.to_owned()),
            _ => Err(ExportError::Missing { entry: entry.clone(), expected }),
        };
        out.push_str("    - subject:\n");
        line(out, 8, "organization", &required(subject.organization(), "an organisation in its subject")?);
        line(out, 8, "commonName", &required(subject.common_name(), "a common name in its subject")?);
        line(out, 6, "uri", &required(authority.uri(), "an address")?);
        line(out, 6, "certChain", &STANDARD.encode(chain(authority)));
    }
    Ok(())
}

fn logs(out: &mut String, member: &str, kind: &str, logs: &[&TransparencyLog]) -> Result<(), ExportError> {
    begin(out, member, logs.is_empty());
    for log in logs {
        let entry = format!("{kind} {}", log.base_url().escape_debug());
        let algorithm = log.public_key().algorithm();
        let is_ecdsa = matches!(algorithm, KeyAlgorithm::EcdsaP256 | KeyAlgorithm::EcdsaP384 | KeyAlgorithm::EcdsaP521);
        // https://github.com/sigstore/cosign/issues/2540; CT logs of any kind are read.
        if member == "tLogs" && !is_ecdsa {
            return Err(ExportError::LogKey { entry, found: algorithm.to_string() });
        }
        if log.hash_algorithm() != HashAlgorithm::Sha2_256 {
            return Err(ExportError::TreeHash { entry, found: log.hash_algorithm().as_str() });
        }
        if log.base_url().is_empty() {
            return Err(ExportError::Missing { entry, expected: "an address" });
        }
        let _ = writeln!(out, "    - baseURL: {}", quoted(log.base_url()));
        line(out, 6, "hashAlgorithm", "sha-256");
        line(out, 6, "publicKey", &STANDARD.encode(key(log)));
    }
    Ok(())
}

fn begin(out: &mut String, member: &str, is_empty: bool) {
    if !is_empty {
        let _ = writeln!(out, "    {member}:");
    }
}

fn head(name: &str) -> Result<String, ExportError> {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let part = |part: &str| {
        part.bytes().all(|b| plain(b) || b == b'-')
            && part.bytes().next().is_some_and(plain)
            && part.bytes().next_back().is_some_and(plain)
    };
    if name.len() > LONGEST_NAME || !name.split('.').all(part) {
        return Err(ExportError::Name { found: name.to_owned() });
    }
    let name = quoted(name);
    Ok(format!("apiVersion: policy.sigstore.dev/v1alpha1\nkind: TrustRoot\nmetadata:\n  name: {name}\nspec:\n"))
}

fn line(out: &mut String, indent: usize, name: &str, value: &str) {
    let _ = writeln!(out, "{:indent$}{name}: {}", "", quoted(value));
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

const DEFAULT_TARGET: &str = "trusted_root.json";
const LONGEST_NAME: usize = 253;
