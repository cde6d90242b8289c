//! Key URIs: where a key lives. Never a secret: a URI ends up in shell histories, configuration and transcripts.

mod agent;
mod hsm;
mod kms;
mod piv;
mod pkcs11;
mod program;

pub use agent::AgentUri;
pub(crate) use hsm::Connector;
pub use hsm::{HsmUri, check_yubihsm_payload};
pub use kms::KmsUri;
#[cfg(feature = "aws")]
pub(crate) use kms::LONGEST_RAW;
pub(crate) use kms::check_kms_payload;
pub use piv::{PivUri, Slot};
pub use pkcs11::Pkcs11Uri;
#[cfg(feature = "pkcs11")]
pub(crate) use pkcs11::{ModuleName, Part};
pub use program::ProgramUri;
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
    /// `pkcs11:` of RFC 7512: an object on a token behind a PKCS#11 module; `hsm:` is read as an alias.
    Pkcs11(Pkcs11Uri),
    /// `piv:<slot>?serial=<digits>`: a slot of a YubiKey, spoken to without a PKCS#11 module.
    Piv(PivUri),
    /// `ssh-agent:SHA256:<fingerprint>` or `ssh-agent:<comment>`: a key an ssh-agent holds.
    SshAgent(AgentUri),
    /// `awskms:<key id, ARN or alias>?region=NAME`: a key in AWS KMS.
    AwsKms(KmsUri),
    /// `program:PATH?key=NAME`: whatever else can sign, behind a program that speaks a small JSON protocol.
    Program(ProgramUri),
}

/// Why a text is not a key URI. No message repeats the value of a parameter that could be a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UriError {
    /// No scheme.
    #[error("`{0}` is not a key URI: expected `file:PATH` or {SCHEMES} and a colon")]
    NoScheme(String),
    /// Another scheme.
    #[error("key URI scheme `{0}`: expected `file` or {SCHEMES}")]
    Scheme(String),
    /// A key in a cloud that this program does not speak to itself.
    #[error("{scheme}: keys there are used through a program of yours: expected `program:PATH?key={scheme}:...`")]
    Through {
        /// `gcpkms` or `azurekms`.
        scheme: &'static str,
    },
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
    #[error("{scheme}: parameter `{name}` is given twice")]
    Repeated {
        /// The URI's scheme.
        scheme: &'static str,
        /// The parameter.
        name: String,
    },
    /// A part that has to be there is not.
    #[error("{scheme}: expected {expected}")]
    Missing {
        /// The URI's scheme.
        scheme: &'static str,
        /// What has to be there.
        expected: &'static str,
    },
    /// A part holds what it cannot.
    #[error("{scheme}: {name}: expected {expected}, found `{found}`")]
    Value {
        /// The URI's scheme.
        scheme: &'static str,
        /// The part.
        name: String,
        /// What it may hold.
        expected: &'static str,
        /// What stands there; never a secret.
        found: String,
    },
    /// A secret in the URI.
    #[error("{scheme}: parameter `{name}` is a secret, which no key URI may hold: it is asked for when needed")]
    SecretInUri {
        /// The URI's scheme.
        scheme: &'static str,
        /// The parameter.
        name: String,
    },
    /// A parameter nobody knows.
    #[error("{scheme}: unknown parameter `{name}`: expected {expected}")]
    Parameter {
        /// The URI's scheme.
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
            Self::Through { .. } => {
                Some("an example around `gcloud kms asymmetric-sign` is in crates/signers/docs/programs.md".into())
            }
            Self::NoDevice => {
                Some("for yubihsm-connector on this machine add ?connector=http://127.0.0.1:12345".into())
            }
            _ => None,
        }
    }
}

impl KeyUri {
    /// True of a key file: it says which key it is without its passphrase. Whether a key lies in hardware no URI tells;
    /// evidence does (K8).
    #[must_use]
    pub fn is_key_file(&self) -> bool {
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
            Self::AwsKms(_) => check_kms_payload(&self.to_string(), scheme, length),
            _ => Ok(()),
        }
    }
}

impl FromStr for KeyUri {
    type Err = UriError;

    fn from_str(text: &str) -> Result<Self, UriError> {
        let Some((scheme, rest)) = text.split_once(':') else {
            return Err(hidden_secret("", text).unwrap_or_else(|| UriError::NoScheme(text.to_owned())));
        };
        let parsed = match scheme {
            "file" => file(rest),
            "yubihsm" => HsmUri::parse(rest).map(Self::YubiHsm),
            "pkcs11" => Pkcs11Uri::parse(rest).map(Self::Pkcs11),
            "hsm" => Pkcs11Uri::parse_alias(rest).map(Self::Pkcs11),
            "piv" => PivUri::parse(rest).map(Self::Piv),
            "ssh-agent" => AgentUri::parse(rest).map(Self::SshAgent),
            "awskms" => KmsUri::parse(rest).map(Self::AwsKms),
            "program" => ProgramUri::parse(rest).map(Self::Program),
            "gcpkms" => Err(UriError::Through { scheme: "gcpkms" }),
            "azurekms" => Err(UriError::Through { scheme: "azurekms" }),
            other => Err(UriError::Scheme(other.to_owned())),
        };
        match (&parsed, hidden_secret(scheme, rest)) {
            (Err(UriError::SecretInUri { .. }), _) | (_, None) => parsed,
            (_, Some(error)) => Err(error),
        }
    }
}

/// A secret behind the wrong separator. It would be part of another value, and be shown with it. A path is what it is.
fn hidden_secret(scheme: &str, rest: &str) -> Option<UriError> {
    let names = rest.split([';', '&', '?']).filter_map(|part| part.split_once('=')).map(|(name, _)| name);
    let name = names.filter(|name| is_secret(name)).find(|name| !name.contains('/'))?;
    let scheme = KNOWN.into_iter().find(|known| *known == scheme).unwrap_or("key URI");
    (scheme != "file").then(|| UriError::SecretInUri { scheme, name: name.to_owned() })
}

/// Whether a parameter of this name would hold one.
fn is_secret(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    ["pass", "pin", "secret"].iter().any(|word| lower.contains(word))
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

/// The `name=value` pairs of a query, each name known and there once. Names first: a secret must be refused as one even
/// when something else is wrong too.
fn parameters<'a>(
    scheme: &'static str,
    query: &'a str,
    known: &[&str],
    expected: &'static str,
) -> Result<Vec<(&'a str, &'a str)>, UriError> {
    let parameters: Vec<(&str, &str)> =
        query.split('&').filter(|p| !p.is_empty()).map(|p| p.split_once('=').unwrap_or((p, ""))).collect();
    for (index, (name, _)) in parameters.iter().enumerate() {
        if !known.contains(name) {
            return Err(refused(scheme, name, expected));
        }
        if parameters.iter().take(index).any(|(earlier, _)| earlier == name) {
            return Err(UriError::Repeated { scheme, name: (*name).to_owned() });
        }
    }
    Ok(parameters)
}

/// The value of a parameter, if it is there.
fn value<'a>(parameters: &[(&str, &'a str)], name: &str) -> Option<&'a str> {
    parameters.iter().find(|(n, _)| *n == name).map(|(_, value)| *value)
}

fn refused(scheme: &'static str, name: &str, expected: &'static str) -> UriError {
    // No parameter of ours is called a token either; the attribute of PKCS#11 does not come by here.
    if is_secret(name) || name.to_ascii_lowercase().contains("token") {
        UriError::SecretInUri { scheme, name: name.to_owned() }
    } else {
        UriError::Parameter { scheme, name: name.to_owned(), expected }
    }
}

impl fmt::Display for KeyUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "file:{}", path.display()),
            Self::YubiHsm(uri) => uri.fmt(f),
            Self::Pkcs11(uri) => uri.fmt(f),
            Self::Piv(uri) => uri.fmt(f),
            Self::SshAgent(uri) => uri.fmt(f),
            Self::AwsKms(uri) => uri.fmt(f),
            Self::Program(uri) => uri.fmt(f),
        }
    }
}

const SCHEMES: &str = "`yubihsm`, `pkcs11`, `piv`, `ssh-agent`, `awskms`, `program`";
const KNOWN: [&str; 8] = ["file", "yubihsm", "pkcs11", "hsm", "piv", "ssh-agent", "awskms", "program"];
