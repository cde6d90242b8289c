//! Key URIs: where a key lives. Never a secret: a URI ends up in shell histories, configuration and transcripts.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use tuffet_keys::{Scheme, SignError};

/// Where a private key lives.
///
/// ```
/// use tuffet_signers::KeyUri;
///
/// let uri: KeyUri = "yubihsm:7?connector=http://127.0.0.1:12345".parse()?;
/// assert_eq!(uri.to_string(), "yubihsm:7?connector=http://127.0.0.1:12345&auth=1");
/// let error = "yubihsm:7?password=tuesday".parse::<KeyUri>().unwrap_err();
/// assert!(!error.to_string().contains("tuesday"));
/// # Ok::<(), tuffet_signers::UriError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeyUri {
    /// `file:path/to/key.pem`. The path is everything after the colon, as it stands.
    File(PathBuf),
    /// `yubihsm:<object-id>?connector=http://HOST:PORT` or `yubihsm:<object-id>?serial=<10 digits>`.
    YubiHsm(HsmUri),
}

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

/// Why a text is not a key URI. No message repeats the value of a parameter that could be a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UriError {
    /// No scheme.
    #[error("`{0}` is not a key URI: expected `file:PATH` or `yubihsm:OBJECT-ID?connector=URL`")]
    NoScheme(String),
    /// Another scheme.
    #[error("key URI scheme `{0}`: expected `file` or `yubihsm`")]
    Scheme(String),
    /// `file:` without a path.
    #[error("file: expected a path")]
    NoPath,
    /// An id the device does not have.
    #[error("yubihsm: {what}: expected an id from 1 to 65534, found `{found}`")]
    Id {
        /// `object id` or `auth`.
        what: &'static str,
        /// What stands there.
        found: String,
    },
    /// Not a connector's address.
    #[error("yubihsm: connector: expected `http://HOST:PORT`, found `{0}`")]
    Connector(String),
    /// A user name or password in the connector's address.
    #[error("yubihsm: connector: expected `http://HOST:PORT`, found a user name or password before the host")]
    ConnectorUser,
    /// Not a serial number.
    #[error("yubihsm: serial: expected 10 digits, found `{0}`")]
    Serial(String),
    /// Neither connector nor serial.
    #[error("yubihsm: expected `connector=` or `serial=` to say which device")]
    NoDevice,
    /// A parameter given twice.
    #[error("yubihsm: parameter `{0}` is given twice")]
    Repeated(String),
    /// A secret in the URI.
    #[error("{scheme}: parameter `{name}` is a secret, which no key URI may hold: it is asked for when needed")]
    SecretInUri {
        /// `file` or `yubihsm`.
        scheme: &'static str,
        /// The parameter.
        name: String,
    },
    /// A parameter nobody knows.
    #[error("{scheme}: unknown parameter `{name}`: expected {expected}")]
    Parameter {
        /// `file` or `yubihsm`.
        scheme: &'static str,
        /// The parameter.
        name: String,
        /// The parameters there are.
        expected: &'static str,
    },
}

impl UriError {
    /// The command or action that helps, if there is one.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::NoScheme(text) => Some(format!("for a key file write: file:{text}")),
            Self::SecretInUri { .. } => {
                Some("leave it out, and change it if the command line was recorded anywhere".to_owned())
            }
            Self::NoDevice => {
                Some("for yubihsm-connector on this machine add ?connector=http://127.0.0.1:12345".into())
            }
            _ => None,
        }
    }
}

impl KeyUri {
    /// True of a software key: it needs no token, and policy may refuse it outside a rehearsal (K12).
    #[must_use]
    pub fn is_software(&self) -> bool {
        matches!(self, Self::File(_))
    }

    /// Says, before anyone touches a device, whether a payload of `length` bytes fits it: Ed25519 sends the whole
    /// payload in one command, ECDSA a digest.
    ///
    /// # Errors
    /// [`SignError::TooLong`].
    pub fn check_payload(&self, scheme: Scheme, length: usize) -> Result<(), SignError> {
        match self {
            Self::YubiHsm(_) => check_yubihsm_payload(&self.to_string(), scheme, length),
            Self::File(_) => Ok(()),
        }
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

impl FromStr for KeyUri {
    type Err = UriError;

    fn from_str(text: &str) -> Result<Self, UriError> {
        let (scheme, rest) = text.split_once(':').ok_or_else(|| UriError::NoScheme(text.to_owned()))?;
        match scheme {
            "file" => file(rest),
            "yubihsm" => hsm(rest).map(Self::YubiHsm),
            other => Err(UriError::Scheme(other.to_owned())),
        }
    }
}

/// A `?` in a path is refused rather than read as part of the name: who writes one means a parameter.
fn file(rest: &str) -> Result<KeyUri, UriError> {
    match rest.split_once('?') {
        Some((_, query)) => {
            let name = query.split(['=', '&']).next().unwrap_or_default();
            Err(refused("file", name, "none"))
        }
        None if rest.is_empty() => Err(UriError::NoPath),
        None => Ok(KeyUri::File(PathBuf::from(rest))),
    }
}

fn hsm(rest: &str) -> Result<HsmUri, UriError> {
    let (object, query) = rest.split_once('?').unwrap_or((rest, ""));
    // Names first: a secret must be refused as one even when something else is wrong too.
    let parameters: Vec<(&str, &str)> =
        query.split('&').filter(|p| !p.is_empty()).map(|p| p.split_once('=').unwrap_or((p, ""))).collect();
    for (index, (name, _)) in parameters.iter().enumerate() {
        if !["connector", "serial", "auth"].contains(name) {
            return Err(refused("yubihsm", name, "connector, serial or auth"));
        }
        if parameters.iter().take(index).any(|(earlier, _)| earlier == name) {
            return Err(UriError::Repeated((*name).to_owned()));
        }
    }
    let value = |name: &str| parameters.iter().find(|(n, _)| *n == name).map(|(_, value)| *value);
    let uri = HsmUri {
        object: id("object id", object)?,
        auth: value("auth").map_or(Ok(1), |text| id("auth", text))?,
        connector: value("connector").map(connector).transpose()?,
        serial: value("serial").map(serial).transpose()?,
    };
    if uri.connector.is_none() && uri.serial.is_none() { Err(UriError::NoDevice) } else { Ok(uri) }
}

fn refused(scheme: &'static str, name: &str, expected: &'static str) -> UriError {
    let lower = name.to_ascii_lowercase();
    if ["pass", "pin", "secret", "token"].iter().any(|word| lower.contains(word)) {
        UriError::SecretInUri { scheme, name: name.to_owned() }
    } else {
        UriError::Parameter { scheme, name: name.to_owned(), expected }
    }
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

impl fmt::Display for KeyUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "file:{}", path.display()),
            Self::YubiHsm(hsm) => hsm.fmt(f),
        }
    }
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
