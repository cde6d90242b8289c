//! `yubihsm:`: a key on a YubiHSM 2, by object id, behind a connector or by serial number.

use super::{UriError, parameters, value};
use std::fmt;
use tuffet_keys::{Scheme, SignError};

/// A key on a YubiHSM 2.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HsmUri {
    pub(crate) object: u16,
    pub(crate) auth: u16,
    pub(crate) connector: Option<Connector>,
    pub(crate) serial: Option<String>,
}

/// A yubihsm-connector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Connector {
    pub(crate) host: String,
    pub(crate) port: u16,
}

impl HsmUri {
    pub(super) fn parse(rest: &str) -> Result<Self, UriError> {
        let (object, query) = rest.split_once('?').unwrap_or((rest, ""));
        let parameters = parameters("yubihsm", query, &["connector", "serial", "auth"], "connector, serial or auth")?;
        let uri = Self {
            object: id("object id", object)?,
            auth: value(&parameters, "auth").map_or(Ok(1), |text| id("auth", text))?,
            connector: value(&parameters, "connector").map(connector).transpose()?,
            serial: value(&parameters, "serial").map(serial).transpose()?,
        };
        if uri.connector.is_none() && uri.serial.is_none() { Err(UriError::NoDevice) } else { Ok(uri) }
    }
}

/// [`KeyUri::check_payload`] for whoever knows only that the key lies on a YubiHSM 2: a coordinator who drafts, before any
/// keyholder is asked. `signer` names the key in the error.
///
/// # Errors
/// [`SignError::TooLong`].
pub fn check_yubihsm_payload(signer: &str, scheme: Scheme, length: usize) -> Result<(), SignError> {
    if scheme == Scheme::Ed25519 && length > ED25519_LIMIT {
        return Err(SignError::TooLong { signer: signer.to_owned(), length, limit: ED25519_LIMIT, scheme });
    }
    Ok(())
}

/// Decimal, or hex after `0x` as YubiHSM's own tools write it. 0 means "any" and 65535 is reserved on the device.
fn id(what: &'static str, text: &str) -> Result<u16, UriError> {
    let (digits, radix) = text.strip_prefix("0x").map_or((text, 10), |hex| (hex, 16));
    let plain = !digits.is_empty() && digits.chars().all(|c| c.is_digit(radix));
    u16::from_str_radix(digits, radix)
        .ok()
        .filter(|id| plain && (1..u16::MAX).contains(id))
        .ok_or_else(|| UriError::Id { what, found: text.to_owned() })
}

fn connector(text: &str) -> Result<Connector, UriError> {
    if text.contains('@') {
        return Err(UriError::ConnectorUser);
    }
    let wrong = || UriError::Connector(text.to_owned());
    let authority = text.strip_prefix("http://").ok_or_else(wrong)?;
    let (host, port) = authority.strip_suffix('/').unwrap_or(authority).rsplit_once(':').ok_or_else(wrong)?;
    let named = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '-';
    let literal = host.strip_prefix('[').and_then(|h| h.strip_suffix(']'));
    let good = match literal {
        Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
        None => !host.is_empty() && host.chars().all(named),
    };
    match port.parse() {
        Ok(port) if good && port > 0 => Ok(Connector { host: host.to_owned(), port }),
        _ => Err(wrong()),
    }
}

fn serial(text: &str) -> Result<String, UriError> {
    let digits = text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit()) && text.parse::<u32>().is_ok();
    if digits { Ok(text.to_owned()) } else { Err(UriError::Serial(text.to_owned())) }
}

impl fmt::Display for HsmUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "yubihsm:{}?", self.object)?;
        if let Some(Connector { host, port }) = &self.connector {
            write!(f, "connector=http://{host}:{port}&")?;
        }
        if let Some(serial) = &self.serial {
            write!(f, "serial={serial}&")?;
        }
        write!(f, "auth={}", self.auth)
    }
}

/// The longest Ed25519 payload a YubiHSM 2 takes. Its message buffer has 2,048 bytes, of which the session takes one
/// for its number and 8 for the MAC; the encrypted rest is whole AES blocks, so at most 2,032 bytes, with at least one
/// byte of padding; inside are the command (1), its length (2) and the key's id (2).
const ED25519_LIMIT: usize = (2048 - 1 - 8) / 16 * 16 - 1 - (1 + 2 + 2);
