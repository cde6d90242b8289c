//! Which services clients are to sign with: `signing_config.v0.2.json`.
//!
//! Clients that read it pass over members they do not know, or refuse the file; so such members are kept and shown,
//! and never dropped without a word.

mod compare;
mod compose;
mod parse;
mod write;

pub use compare::ConfigChange;
pub use compose::{ComposeConfig, NewService, ServiceKind};

use crate::json::Json;
use crate::time::Window;

/// A Sigstore signing configuration, v0.2. As with a trust root: well formed, which is not yet genuine.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SigningConfig {
    ca_urls: Option<Vec<Service>>,
    oidc_urls: Option<Vec<Service>>,
    rekor_tlog_urls: Option<Vec<Service>>,
    rekor_tlog_config: Option<Selection>,
    tsa_urls: Option<Vec<Service>>,
    tsa_config: Option<Selection>,
    others: Others,
}

/// One service of a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Service {
    url: String,
    major_api_version: u64,
    valid_for: Window,
    operator: Option<String>,
    others: Others,
}

/// How many of a list's services a client is to use.
#[derive(Debug, Clone, PartialEq)]
pub struct Selection {
    selector: Selector,
    count: Option<u64>,
    others: Others,
}

/// Members no field is for, as they came: the path from the object and the value.
type Others = Vec<(String, Json)>;

/// Of the services that are valid and known to a client, which it uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Selector {
    /// All of them.
    All,
    /// Any one.
    Any,
    /// As many as the count says.
    Exact,
}

impl Selector {
    /// The name as the file writes it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::All => "ALL",
            Self::Any => "ANY",
            Self::Exact => "EXACT",
        }
    }
}

impl SigningConfig {
    /// The certificate authorities (Fulcio).
    #[must_use]
    pub fn cas(&self) -> &[Service] {
        self.ca_urls.as_deref().unwrap_or_default()
    }

    /// The identity providers.
    #[must_use]
    pub fn identity_providers(&self) -> &[Service] {
        self.oidc_urls.as_deref().unwrap_or_default()
    }

    /// The transparency logs (Rekor).
    #[must_use]
    pub fn tlogs(&self) -> &[Service] {
        self.rekor_tlog_urls.as_deref().unwrap_or_default()
    }

    /// How many transparency logs a client uses.
    #[must_use]
    pub fn tlog_selection(&self) -> Option<&Selection> {
        self.rekor_tlog_config.as_ref()
    }

    /// The timestamp authorities.
    #[must_use]
    pub fn tsas(&self) -> &[Service] {
        self.tsa_urls.as_deref().unwrap_or_default()
    }

    /// How many timestamp authorities a client uses.
    #[must_use]
    pub fn tsa_selection(&self) -> Option<&Selection> {
        self.tsa_config.as_ref()
    }
}

impl Service {
    /// The address as written.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The version of the service's interface.
    #[must_use]
    pub fn major_api_version(&self) -> u64 {
        self.major_api_version
    }

    /// When it is to be used.
    #[must_use]
    pub fn valid_for(&self) -> &Window {
        &self.valid_for
    }

    /// Who operates it.
    #[must_use]
    pub fn operator(&self) -> Option<&str> {
        self.operator.as_deref()
    }
}

impl Selection {
    /// The rule.
    #[must_use]
    pub fn selector(&self) -> Selector {
        self.selector
    }

    /// How many, where the rule is [`Selector::Exact`].
    #[must_use]
    pub fn count(&self) -> Option<u64> {
        self.count
    }
}
