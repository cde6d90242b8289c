//! `awskms:`: a key in AWS KMS.

use super::{UriError, parameters, value};
use std::fmt;

/// A key in AWS KMS by id, ARN or `alias/NAME`. The region is the ARN's unless the URI names one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KmsUri {
    pub(crate) key: String,
    pub(crate) region: Option<String>,
    /// Another service that speaks the same protocol.
    pub(crate) endpoint: Option<String>,
}

impl KmsUri {
    pub(super) fn parse(rest: &str) -> Result<Self, UriError> {
        let (key, query) = rest.split_once('?').unwrap_or((rest, ""));
        let parameters = parameters("awskms", query, &["region", "endpoint"], "region or endpoint")?;
        if key.is_empty() {
            return Err(UriError::Missing { scheme: "awskms", expected: "a key id, an ARN or `alias/NAME`" });
        }
        let text = |name| value(&parameters, name).map(str::to_owned);
        Ok(Self { key: key.to_owned(), region: text("region"), endpoint: text("endpoint") })
    }
}

impl fmt::Display for KmsUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "awskms:{}", self.key)?;
        let parts = [("region", &self.region), ("endpoint", &self.endpoint)];
        for (index, (name, value)) in parts.iter().filter_map(|(n, v)| Some((n, v.as_ref()?))).enumerate() {
            write!(f, "{}{name}={value}", if index == 0 { '?' } else { '&' })?;
        }
        Ok(())
    }
}
