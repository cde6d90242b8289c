//! What is plugged in or answers, named as its owner would name it. Nothing here asks for a PIN.

use crate::{Holder, KeyUri, TokenError};
use std::path::PathBuf;
use tuffet_keys::PublicKey;

/// Where [`list`] looks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Places {
    /// PKCS#11 modules.
    pub modules: Vec<PathBuf>,
    /// The socket of an ssh-agent.
    pub agent: Option<PathBuf>,
    /// YubiKeys, by their PIV applet, through pcscd.
    pub piv: bool,
}

/// What was found, and which places gave nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listing {
    /// Every token that answered, with or without keys.
    pub tokens: Vec<Token>,
    /// Places that could not be looked at, each with the reason.
    pub troubles: Vec<TokenError>,
}

/// A token, an agent or a service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// As its owner would name it: `YubiKey 5 serial 12345678`, `token "alice" of SoftHSM serial 0a1b`.
    pub name: String,
    /// Its signing keys.
    pub keys: Vec<Found>,
}

/// A key on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// What to type for it.
    pub uri: KeyUri,
    /// Where it lies.
    pub holder: Holder,
    /// What its owner called it.
    pub label: Option<String>,
    /// Its public half, or why it cannot be used here.
    pub public: Result<PublicKey, String>,
}

/// Looks at every place.
#[must_use]
pub fn list(places: &Places) -> Listing {
    let mut listing = Listing::default();
    let mut add = |looked: Result<Vec<Token>, TokenError>| match looked {
        Ok(tokens) => listing.tokens.extend(tokens),
        Err(trouble) => listing.troubles.push(trouble),
    };
    #[cfg(feature = "piv")]
    if places.piv {
        add(crate::piv::list());
    }
    #[cfg(all(unix, feature = "ssh-agent"))]
    if let Some(socket) = &places.agent {
        add(crate::ssh_agent::list(socket));
    }
    for module in &places.modules {
        #[cfg(feature = "pkcs11")]
        add(crate::pkcs11::list(module));
        #[cfg(not(feature = "pkcs11"))]
        add(Err(crate::TokenProblem::Unsupported {
            what: "PKCS#11".to_owned(),
            reason: "this build of tuffet has none of it".to_owned(),
        }
        .at(&module.display().to_string())));
    }
    let _ = &mut add;
    listing
}
