//! A word to somebody else's server: JSON, by POST. Its URL is a secret: whoever knows it may write there.

use super::agent;
use crate::url::Url;
use crate::{HttpConfig, TransportError};
use std::fmt;
use std::time::Duration;
use ureq::{Agent, Error, Timeout};

/// Where to tell. Neither its errors nor its `Debug` show the URL.
#[derive(Clone)]
pub struct Webhook {
    url: String,
    agent: Agent,
    overall: Duration,
}

/// It was not told.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("webhook: {0}")]
pub struct WebhookError(String);

impl Webhook {
    /// Tells `url`, an `https://` or `http://` URL.
    ///
    /// # Errors
    /// [`TransportError::Location`], without the URL.
    pub fn new(url: &str, config: &HttpConfig) -> Result<Self, TransportError> {
        let refuse =
            |problem: &str| TransportError::Location { location: "webhook".to_owned(), problem: problem.to_owned() };
        Url::whole(url).map_err(refuse)?;
        let agent = agent(config).map_err(|problem| refuse(&problem))?;
        Ok(Self { url: url.to_owned(), agent, overall: config.overall })
    }

    /// Posts `json`. Any status from 200 to 299 is fine; a redirect is not followed.
    ///
    /// # Errors
    /// [`WebhookError`]
    pub fn post(&self, json: &[u8]) -> Result<(), WebhookError> {
        let request = self.agent.post(&self.url).header("content-type", "application/json");
        let request = request.config().timeout_global(Some(self.overall)).build();
        let response = request.send(json).map_err(|error| WebhookError(why(&error).to_owned()))?;
        match response.status().as_u16() {
            200..=299 => Ok(()),
            status => Err(WebhookError(format!("expected HTTP status 200, found {status}"))),
        }
    }
}

/// The library's own words may hold the URL, or the host's name out of it.
fn why(error: &Error) -> &'static str {
    match error {
        Error::Timeout(Timeout::Connect | Timeout::Resolve) => "no connection in time",
        Error::Timeout(_) => "no answer in time",
        Error::HostNotFound | Error::ConnectionFailed => "no connection",
        Error::Tls(_) | Error::Rustls(_) | Error::Pem(_) | Error::TlsRequired => "no secure connection",
        Error::Io(e) if e.kind() == std::io::ErrorKind::ConnectionRefused => "connection refused",
        _ => "the request failed",
    }
}

impl fmt::Debug for Webhook {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Webhook")
    }
}
