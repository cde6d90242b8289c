//! What a trust root or a signing config has that some client cannot read.

use std::collections::BTreeSet;

use crate::authority::CertificateAuthority;
use crate::compose::is_base_url;
use crate::log::{LogKey, TransparencyLog};
use crate::names::{HashAlgorithm, KeyDetails, MediaType};
use crate::signing_config::{Selector, SigningConfig};
use crate::tolerant::Tolerant;
use crate::trusted_root::TrustedRoot;
use tuffet_certificates::KeyAlgorithm;

/// One property; the table of readers may ask for these and no others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Trait {
    /// A log with an Ed25519 key.
    Ed25519Log,
    /// A key stored as PKCS#1.
    Pkcs1Key,
    /// A transparency log with another key than P-256.
    LogKeyNotP256,
    /// A CT log with another key than P-256.
    CtKeyNotP256,
    /// A key of an algorithm outside the common set, or of one that this version cannot read.
    UncommonKey,
    /// Another tree hash than SHA-256.
    OtherHash,
    /// Another media type than the first.
    LaterMediaType,
    /// A checkpointKeyId.
    CheckpointKeyId,
    /// A base URL without a scheme or a host.
    BareBaseUrl,
    /// A window without a start.
    NoStart,
    /// No transparency log at all.
    NoLog,
    /// A selector other than ANY.
    SelectorNotAny,
    /// A selector where there is no service.
    SelectorOfNone,
    /// A service without an operator.
    NoOperator,
    /// Rekor v2 in the signing config.
    SignsWithRekorV2,
}

impl Trait {
    /// What it is, in words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Ed25519Log => "a log with an Ed25519 key",
            Self::Pkcs1Key => "a key in PKCS#1",
            Self::LogKeyNotP256 => "a transparency log with another key than P-256",
            Self::CtKeyNotP256 => "a CT log with another key than P-256",
            Self::UncommonKey => "a key outside P-256, P-384, P-521, Ed25519 and RSA 2048, 3072 and 4096",
            Self::OtherHash => "another tree hash than SHA2_256",
            Self::LaterMediaType => "another media type than trustedroot+json;version=0.1",
            Self::CheckpointKeyId => "a checkpointKeyId",
            Self::BareBaseUrl => "a baseUrl that is no URL",
            Self::NoStart => "a validFor without start",
            Self::NoLog => "no transparency log",
            Self::SelectorNotAny => "a selector other than ANY",
            Self::SelectorOfNone => "a selector without a service",
            Self::NoOperator => "a service without an operator",
            Self::SignsWithRekorV2 => "Rekor v2 in the signing config",
        }
    }
}

pub(super) fn of(root: &Tolerant, config: Option<&SigningConfig>) -> BTreeSet<Trait> {
    let mut found = of_root(root.trusted_root());
    if !root.set_aside().is_empty() {
        found.insert(Trait::UncommonKey);
    }
    found.extend(config.into_iter().flat_map(of_config));
    found
}

fn of_root(root: &TrustedRoot) -> BTreeSet<Trait> {
    let logs = || root.tlogs().iter().chain(root.ctlogs());
    let keys = || logs().map(TransparencyLog::public_key);
    let is_p256 = |key: &LogKey| *key.algorithm() == KeyAlgorithm::EcdsaP256;
    let mut windows = logs().map(TransparencyLog::valid_for).chain(
        root.certificate_authorities().iter().chain(root.timestamp_authorities()).map(CertificateAuthority::valid_for),
    );
    let said = [
        (Trait::Ed25519Log, keys().any(|key| *key.algorithm() == KeyAlgorithm::Ed25519)),
        (Trait::Pkcs1Key, keys().any(|key| key.key_details().is_pkcs1())),
        (Trait::LogKeyNotP256, root.tlogs().iter().any(|log| !is_p256(log.public_key()))),
        (Trait::CtKeyNotP256, root.ctlogs().iter().any(|log| !is_p256(log.public_key()))),
        (Trait::UncommonKey, keys().any(|key| KeyDetails::of(key.algorithm()).is_none())),
        (Trait::OtherHash, logs().any(|log| log.hash_algorithm() != HashAlgorithm::Sha2_256)),
        (Trait::LaterMediaType, root.media_type() != MediaType::V01),
        (Trait::CheckpointKeyId, logs().any(|log| log.checkpoint_key_id().is_some())),
        (Trait::BareBaseUrl, logs().any(|log| !is_base_url(log.base_url()))),
        (Trait::NoStart, windows.any(|window| window.start().is_none())),
        (Trait::NoLog, root.tlogs().is_empty()),
    ];
    said.into_iter().filter(|(_, is)| *is).map(|(found, _)| found).collect()
}

fn of_config(config: &SigningConfig) -> BTreeSet<Trait> {
    let selections =
        [(config.tlog_selection(), config.tlogs().is_empty()), (config.tsa_selection(), config.tsas().is_empty())];
    let other = |selector: Selector| selector != Selector::Any;
    let mut services = [config.cas(), config.identity_providers(), config.tlogs(), config.tsas()].into_iter().flatten();
    let said = [
        (Trait::SelectorNotAny, selections.iter().any(|(found, _)| found.is_some_and(|s| other(s.selector())))),
        (Trait::SelectorOfNone, selections.iter().any(|(found, none)| found.is_some() && *none)),
        (Trait::NoOperator, services.any(|service| service.operator().is_none_or(str::is_empty))),
        (Trait::SignsWithRekorV2, config.tlogs().iter().any(|service| service.major_api_version() >= 2)),
    ];
    said.into_iter().filter(|(_, is)| *is).map(|(found, _)| found).collect()
}
