//! A trust root in the forms that other programs read. Every form is made of bytes that were parsed here first: what a
//! reader gets is a trust root, or it gets nothing.

mod compact;
mod error;
mod pem_files;
mod policy_controller;

pub use error::ExportError;
pub use pem_files::{PemFile, pem_files};
pub use policy_controller::{MirrorFs, SigstoreKeys};

use crate::error::ParseError;
use crate::signing_config::SigningConfig;
use crate::trusted_root::TrustedRoot;

/// A line of what `gh attestation trusted-root` prints and `gh attestation verify --custom-trusted-root` reads: one trust
/// root without a line end in it. Members, their order and every string are the file's.
///
/// # Errors
/// [`ParseError`]: the bytes are no trust root.
pub fn gh_line(trusted_root: &[u8]) -> Result<String, ParseError> {
    TrustedRoot::parse(trusted_root)?;
    Ok(compact::compact(trusted_root) + "\n")
}

/// A ClientTrustConfig: both documents in one, each exactly as its file has it.
///
/// # Errors
/// [`ParseError`]: one of the two is not what it is given as.
pub fn client_trust_config(trusted_root: &[u8], signing_config: &[u8]) -> Result<String, ParseError> {
    TrustedRoot::parse(trusted_root)?;
    SigningConfig::parse(signing_config)?;
    // Both were parsed, so both are UTF-8.
    let (root, config) = (String::from_utf8_lossy(trusted_root), String::from_utf8_lossy(signing_config));
    let (root, config) = (root.trim(), config.trim());
    Ok(format!(
        "{{\n\"mediaType\": \"{CLIENT_TRUST_CONFIG}\",\n\"trustedRoot\": {root},\n\"signingConfig\": {config}\n}}\n"
    ))
}

/// The media type of a ClientTrustConfig.
pub const CLIENT_TRUST_CONFIG: &str = "application/vnd.dev.sigstore.clienttrustconfig.v0.1+json";
