//! Tests by rule (`tr1_` to `tr10_`), on the published roots, and on what must not parse. Times are fixed.

mod certs;
mod checkpoint;
mod compare;
mod examine;
mod examine_beside;
mod export;
mod legacy_files;
mod parse;
mod real;
mod report;
mod rotation;
mod signing_config;
mod time;
mod timeline;
mod tolerant;
mod tr1;
#[cfg(feature = "prove")]
mod tr10;
mod tr2;
mod tr2_purpose;
mod tr3;
mod tr4;
mod tr5;
mod tr6;
mod tr7;
mod which;

use chrono::{DateTime, Utc};

use crate::{AuthorityKind, Compose, LogKind, NewAuthority, NewLog, TrustedRoot};
use certs::{CODE_SIGNING, Key, Spec, TIME_STAMPING, ca, cert_sign, digital_signature, purposes};

const PRODUCTION: &str = sigstore_trust_root::SIGSTORE_PRODUCTION_TRUSTED_ROOT;
const STAGING: &str = sigstore_trust_root::SIGSTORE_STAGING_TRUSTED_ROOT;
const GITHUB: &str = sigstore_trust_root::SIGSTORE_GITHUB_TRUSTED_ROOT;

fn utc(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn new_log<'a>(kind: LogKind, pem: &'a str, base_url: &'a str) -> NewLog<'a> {
    NewLog { label: "log.pub", kind, pem: pem.as_bytes(), base_url, start: utc("2026-01-01T00:00:00Z"), end: None }
}

fn new_ca(pem: &str) -> NewAuthority<'_> {
    NewAuthority {
        label: "ca.pem",
        kind: AuthorityKind::CertificateAuthority,
        pem: pem.as_bytes(),
        uri: "https://ca.example.org",
        start: utc("2026-01-01T00:00:00Z"),
        end: None,
    }
}

fn new_tsa(pem: &str) -> NewAuthority<'_> {
    NewAuthority {
        label: "tsa.pem",
        kind: AuthorityKind::TimestampAuthority,
        uri: "https://tsa.example.org",
        ..new_ca(pem)
    }
}

fn log_error(new: &NewLog<'_>) -> String {
    Compose::new().log(new).unwrap_err().to_string()
}

fn authority_error(new: &NewAuthority<'_>) -> String {
    Compose::new().authority(new).unwrap_err().to_string()
}

/// Anchor, issuing CA and TSA with keys of their own.
struct Pki {
    anchor: Key,
    issuing: Key,
    tsa: Key,
}

impl Pki {
    fn new() -> Self {
        Self { anchor: Key::ed25519(1), issuing: Key::ed25519(2), tsa: Key::ed25519(3) }
    }

    fn anchor(&self) -> Spec<'_> {
        let spec = Spec::new("anchor", &self.anchor, "anchor", &self.anchor);
        spec.with(&[ca(None), cert_sign()])
    }

    fn issuing(&self) -> Spec<'_> {
        let code_signing = purposes(false, &[CODE_SIGNING]);
        self.bare_issuing().with(&[ca(Some(0)), cert_sign(), code_signing])
    }

    fn bare_issuing(&self) -> Spec<'_> {
        Spec::new("issuing", &self.issuing, "anchor", &self.anchor)
    }

    fn tsa(&self) -> Spec<'_> {
        let time_stamping = purposes(true, &[TIME_STAMPING]);
        self.bare_tsa().with(&[digital_signature(), time_stamping])
    }

    fn bare_tsa(&self) -> Spec<'_> {
        Spec::new("tsa", &self.tsa, "anchor", &self.anchor)
    }

    fn ca_chain(&self) -> String {
        chain(&[self.issuing(), self.anchor()])
    }

    fn tsa_chain(&self) -> String {
        chain(&[self.tsa(), self.anchor()])
    }
}

fn chain(specs: &[Spec<'_>]) -> String {
    specs.iter().map(Spec::pem).collect()
}

/// One entry of each kind.
fn composed(pki: &Pki) -> TrustedRoot {
    let key = |seed| Key::ed25519(seed).pem();
    let (rekor, ct) = (key(11), key(12));
    Compose::new()
        .log(&new_log(LogKind::RekorV2, &rekor, "https://log.example.org"))
        .and_then(|c| c.authority(&new_ca(&pki.ca_chain())))
        .and_then(|c| c.log(&new_log(LogKind::CtLog, &ct, "https://ct.example.org/2026")))
        .and_then(|c| c.authority(&new_tsa(&pki.tsa_chain())))
        .unwrap()
        .finish()
}
