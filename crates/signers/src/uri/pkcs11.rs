//! `pkcs11:` (RFC 7512): an object on a token behind a PKCS#11 module.

use super::UriError;
use std::fmt;

/// A key on a PKCS#11 token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pkcs11Uri {}

impl Pkcs11Uri {
    pub(super) fn parse(_rest: &str) -> Result<Self, UriError> {
        Err(UriError::Missing { scheme: "pkcs11", expected: "`module-path=`" })
    }

    /// `hsm:`, as tuf-on-ci's repositories carry it.
    pub(super) fn parse_alias(_rest: &str) -> Result<Self, UriError> {
        Err(UriError::Missing { scheme: "hsm", expected: "`module-path=`" })
    }
}

impl fmt::Display for Pkcs11Uri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("pkcs11:")
    }
}
