//! TR8: the legacy targets beside the trust root agree with it. Some clients read the one, some the other.

use chrono::{DateTime, Utc};
use tuffet_certificates::Certificate;

use super::{Findings, authorities, logs};
use crate::error::{Rule, quoted};
use crate::legacy::LegacyTarget;
use crate::log::KeyIdRule;
use crate::trusted_root::TrustedRoot;

/// A target of the form before trusted_root.json, and what `custom.sigstore` says of it.
#[derive(Debug, Clone, Copy)]
pub struct LegacyFile<'a> {
    /// The target's path.
    pub path: &'a str,
    /// Its contents.
    pub bytes: &'a [u8],
    /// `Fulcio`, `Rekor`, `CTFE`, `TSA` or `Unknown`.
    pub usage: Option<&'a str>,
    /// `Active` or `Expired`.
    pub status: Option<&'a str>,
    /// The service's address.
    pub uri: Option<&'a str>,
}

/// An entry that holds what the file holds.
struct Held {
    url: Option<String>,
    valid: bool,
}

pub(super) fn check(root: &TrustedRoot, files: &[LegacyFile<'_>], at: DateTime<Utc>, findings: &mut Findings) {
    let mut told: Vec<Vec<u8>> = Vec::new();
    for file in files.iter().filter(|file| file.usage != Some("Unknown")) {
        let Some(target) = LegacyTarget::parse(file.bytes) else {
            findings.error(Rule::Tr8, file.path, "expected certificates or one public key in PEM, found neither");
            continue;
        };
        match &target {
            LegacyTarget::PublicKey(key) => {
                told.push(key.spki().der().to_vec());
                judge(file, "the key", &logs_with(root, file.usage, key.spki().der(), at), findings);
            }
            LegacyTarget::Certificates(chain) => {
                for certificate in chain {
                    told.push(certificate.der().to_vec());
                    let what = format!("the certificate {}", quoted(&certificate.subject()));
                    judge(file, &what, &authorities_with(root, file.usage, certificate, at), findings);
                }
            }
        }
    }
    if !told.is_empty() {
        untold(root, &told, at, findings);
    }
}

fn logs_with(root: &TrustedRoot, usage: Option<&str>, spki: &[u8], at: DateTime<Utc>) -> Vec<Held> {
    let place = match usage {
        Some("Rekor") => "tlogs",
        Some("CTFE") => "ctlogs",
        Some(_) => return Vec::new(),
        None => "",
    };
    logs(root)
        .filter(|(path, log)| path.starts_with(place) && log.public_key().spki() == spki)
        .map(|(_, log)| Held { url: Some(log.base_url().to_owned()), valid: log.valid_at(at).is_ok() })
        .collect()
}

fn authorities_with(root: &TrustedRoot, usage: Option<&str>, own: &Certificate, at: DateTime<Utc>) -> Vec<Held> {
    let place = match usage {
        Some("Fulcio") => "certificateAuthorities",
        Some("TSA") => "timestampAuthorities",
        Some(_) => return Vec::new(),
        None => "",
    };
    authorities(root)
        .filter(|(path, authority)| path.starts_with(place) && authority.chain().contains(own))
        .map(|(_, a)| Held { url: a.uri().map(ToOwned::to_owned), valid: a.is_valid_at(at) })
        .collect()
}

fn judge(file: &LegacyFile<'_>, what: &str, held: &[Held], findings: &mut Findings) {
    let expired = file.status == Some("Expired");
    if held.is_empty() {
        let usage = file.usage.map(|usage| format!(" among the entries for {}", quoted(usage))).unwrap_or_default();
        let text = format!("expected {what} in the trusted root{usage}, found it nowhere");
        return if expired {
            findings.warning(Rule::Tr8, file.path, text);
        } else {
            findings.error(Rule::Tr8, file.path, text);
        };
    }
    let valid = held.iter().any(|held| held.valid);
    match file.status {
        Some("Active") if !valid => {
            let text = format!("expected status Expired, as no entry with {what} is valid now, found Active");
            findings.note(Rule::Tr8, file.path, text);
        }
        Some("Expired") if valid => {
            let text = format!("expected status Active, as an entry with {what} is valid now, found Expired");
            findings.warning(Rule::Tr8, file.path, text);
        }
        _ => {}
    }
    if let Some(uri) = file.uri
        && !held.iter().any(|held| held.url.as_deref() == Some(uri))
    {
        let urls: Vec<String> = held.iter().filter_map(|held| held.url.as_deref().map(quoted)).collect();
        let text = format!("expected the address of the trusted root, {}, found {}", urls.join(" or "), quoted(uri));
        findings.warning(Rule::Tr8, file.path, text);
    }
}

/// What is valid now and in no legacy file: clients that read those cannot verify what it makes.
fn untold(root: &TrustedRoot, told: &[Vec<u8>], at: DateTime<Utc>, findings: &mut Findings) {
    let missing = "expected a legacy target with it, found none: clients that read those alone do not know it";
    for (place, log) in logs(root).filter(|(_, log)| log.valid_at(at).is_ok()) {
        if !told.iter().any(|der| der == log.public_key().spki()) {
            let v2 = if log.key_id_rule() == Some(KeyIdRule::SignedNote) { ", nor Rekor v2" } else { "" };
            findings.note(Rule::Tr8, place, format!("{missing}{v2}"));
        }
    }
    for (place, authority) in authorities(root).filter(|(_, authority)| authority.is_valid_at(at)) {
        let first = authority.chain().first();
        if !first.is_some_and(|first| told.iter().any(|der| der == first.der())) {
            findings.note(Rule::Tr8, place, missing);
        }
    }
}
