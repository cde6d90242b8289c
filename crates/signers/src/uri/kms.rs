//! `awskms:`: a key in AWS KMS.

use super::{UriError, parameters, value};
use crate::named::scheme_named;
use std::fmt;
use tuffet_keys::{Scheme, SignError};

/// A key in AWS KMS by id, ARN or `alias/NAME`. The region is the ARN's unless the URI names one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KmsUri {
    pub(crate) key: String,
    pub(crate) region: Option<String>,
    /// Another service that speaks the same protocol.
    pub(crate) endpoint: Option<String>,
    /// Which scheme an RSA key signs under, where it is not RSA-PSS with SHA-256.
    pub(crate) scheme: Option<Scheme>,
}

impl KmsUri {
    pub(super) fn parse(rest: &str) -> Result<Self, UriError> {
        let (key, query) = rest.split_once('?').unwrap_or((rest, ""));
        let known = ["region", "endpoint", "scheme"];
        let parameters = parameters(SCHEME, query, &known, "region, endpoint or scheme")?;
        if key.is_empty() {
            return Err(UriError::Missing { scheme: SCHEME, expected: "a key id, an ARN or `alias/NAME`" });
        }
        let wrong = |name: &str, expected, found: &str| UriError::Value {
            scheme: SCHEME,
            name: name.to_owned(),
            expected,
            found: found.to_owned(),
        };
        if !key.bytes().all(|b| b.is_ascii_alphanumeric() || b":/_-".contains(&b)) {
            return Err(wrong("key", "letters, digits and `:/_-`", key));
        }
        let region = value(&parameters, "region").map(|text| {
            let plain =
                !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
            if plain { Ok(text.to_owned()) } else { Err(wrong("region", "a name as `eu-west-1`", text)) }
        });
        let endpoint = value(&parameters, "endpoint").map(|text| {
            let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).unwrap_or_default();
            let shown = if host.contains('@') { "a user name or password before the host" } else { text };
            let plain = !host.is_empty() && host.bytes().all(|b| b.is_ascii_alphanumeric() || b".:-[]/".contains(&b));
            if plain {
                Ok(text.to_owned())
            } else {
                Err(wrong("endpoint", "`https://HOST` or `http://HOST:PORT`", shown))
            }
        });
        let scheme = value(&parameters, "scheme")
            .map(|text| scheme_named(text).ok_or_else(|| wrong("scheme", "a scheme as `rsassa-pss-sha512`", text)));
        Ok(Self {
            key: key.to_owned(),
            region: region.transpose()?,
            endpoint: endpoint.transpose()?,
            scheme: scheme.transpose()?,
        })
    }
}

impl fmt::Display for KmsUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "awskms:{}", self.key)?;
        let scheme = self.scheme.map(Scheme::name);
        let parts = [("region", self.region.as_deref()), ("endpoint", self.endpoint.as_deref()), ("scheme", scheme)];
        for (index, (name, value)) in parts.iter().filter_map(|(n, v)| Some((n, (*v)?))).enumerate() {
            write!(f, "{}{name}={value}", if index == 0 { '?' } else { '&' })?;
        }
        Ok(())
    }
}

/// [`KeyUri::check_payload`](crate::KeyUri::check_payload) for AWS KMS, which wants the whole payload of an Ed25519
/// signature.
pub(crate) fn check_kms_payload(signer: &str, scheme: Scheme, length: usize) -> Result<(), SignError> {
    if scheme == Scheme::Ed25519 && length > LONGEST_RAW {
        return Err(SignError::TooLong { signer: signer.to_owned(), length, limit: LONGEST_RAW, scheme });
    }
    Ok(())
}

/// Bytes of a message that KMS takes as they are.
pub(crate) const LONGEST_RAW: usize = 4096;

const SCHEME: &str = "awskms";
