//! What the driver's errors mean, in words of ours.

use crate::{HsmUri, OpenError};
use std::error::Error;
use yubihsm::client::{self, ErrorKind};
use yubihsm::{connector, device, session};

/// Why a command brought nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Failure {
    #[error("wrong password")]
    WrongPassword,
    #[error("no such authentication key")]
    NoAuthKey,
    #[error("all 16 sessions of the device are taken")]
    SessionsFull,
    #[error("there is no such key on the device")]
    NoObject,
    #[error("the object exists already")]
    ObjectExists,
    #[error("the authentication key may not do that")]
    Denied,
    /// The link or the session is gone: a new session may help.
    #[error("the device gave no usable answer ({0})")]
    Lost(String),
    #[error("the device said: {0}")]
    Other(String),
}

impl Failure {
    pub(crate) fn into_open(self, uri: &HsmUri) -> OpenError {
        let device = uri.to_string();
        match self {
            // ask_until has turned a wrong password into another try; a password changed since is this:
            Self::WrongPassword => OpenError::WrongPassword { device, auth: uri.auth },
            Self::NoAuthKey => OpenError::NoAuthKey { device, auth: uri.auth },
            Self::SessionsFull => OpenError::SessionsFull { device },
            Self::NoObject => OpenError::NoObject { device, object: uri.object },
            Self::Lost(reason) => OpenError::Unreachable { device, reason },
            other => OpenError::Device { device, reason: other.to_string() },
        }
    }
}

impl From<client::Error> for Failure {
    fn from(error: client::Error) -> Self {
        if let Some(kind) = error.device_error() {
            return match kind {
                device::ErrorKind::ObjectNotFound => Self::NoObject,
                device::ErrorKind::ObjectExists => Self::ObjectExists,
                device::ErrorKind::SessionsFull => Self::SessionsFull,
                device::ErrorKind::InsufficientPermissions => Self::Denied,
                device::ErrorKind::InvalidSession => Self::Lost(kind.to_string()),
                other => Self::Other(other.to_string()),
            };
        }
        let chain: Vec<&(dyn Error + 'static)> = std::iter::successors(error.source(), |e| (*e).source()).collect();
        if *error.kind() == ErrorKind::AuthenticationError {
            // The driver has one kind for both; its text is the only difference (a test holds it to that).
            let missing = chain.iter().any(|e| e.to_string().starts_with("auth key not found"));
            return if missing { Self::NoAuthKey } else { Self::WrongPassword };
        }
        let innermost = chain.last().map_or_else(|| error.to_string(), ToString::to_string);
        let link = chain.iter().any(|e| e.is::<connector::Error>());
        let broken = matches!(
            error.kind(),
            ErrorKind::ClosedSessionError
                | ErrorKind::ConnectorError
                | ErrorKind::ProtocolError
                | ErrorKind::ResponseError
        );
        let session = chain.iter().any(|e| e.is::<session::Error>());
        if link || (broken && session) { Self::Lost(innermost) } else { Self::Other(innermost) }
    }
}
