//! How a transport over HTTP(S) behaves: values, compiled with or without the transport itself.

use crate::{Retry, TransportError};
use std::fmt;
use std::time::Duration;

/// How patient the transport is, by which way it goes, whom it believes, and what it calls itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpConfig {
    /// Time to connect, TLS included.
    pub connect: Duration,
    /// Time without a byte.
    pub idle: Duration,
    /// Time for one file, redirects and retries included: a server that sends a byte now and then is not idle (X7).
    pub overall: Duration,
    /// When a file that did not come is asked for again.
    pub retry: Retry,
    /// The way to the server.
    pub proxy: Proxy,
    /// Certificates (PEM) of the authorities to believe **instead of** the Mozilla programme's: a repository inside a
    /// company has an authority of its own, and needs none of the public ones beside it.
    pub ca_pem: Option<Vec<u8>>,
    /// The `User-Agent` header.
    pub user_agent: String,
}

impl Default for HttpConfig {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            idle: Duration::from_secs(20),
            overall: Duration::from_secs(120),
            retry: Retry::default(),
            proxy: Proxy::None,
            ca_pem: None,
            user_agent: concat!("tuffet-client/", env!("CARGO_PKG_VERSION")).to_owned(),
        }
    }
}

/// The way to the server.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Proxy {
    /// Straight. Nothing is taken from the environment.
    #[default]
    None,
    /// Through this proxy, by a tunnel (`CONNECT`) for https and http alike.
    Url(ProxyUrl),
    /// As `ALL_PROXY`, `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` say, because the caller chose so.
    FromEnvironment,
}

/// The URL of a proxy. Its user name and password show in no error and no `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct ProxyUrl {
    text: String,
}

impl ProxyUrl {
    /// `http://[USER:PASSWORD@]HOST[:PORT]`, or `https://…` for a proxy that is spoken to over TLS.
    ///
    /// # Errors
    /// [`TransportError::Location`], without the password.
    pub fn parse(text: &str) -> Result<Self, TransportError> {
        let this = Self { text: text.to_owned() };
        let refuse = |problem: &str| {
            Err(TransportError::Location { location: format!("proxy {this}"), problem: problem.to_owned() })
        };
        let Some((scheme, rest)) = text.split_once("://") else {
            return refuse("expected http://HOST:PORT");
        };
        if !["http", "https"].contains(&&*scheme.to_ascii_lowercase()) {
            return refuse("expected http:// or https://");
        }
        if text.contains(|c: char| c.is_control() || c.is_whitespace() || !c.is_ascii()) {
            return refuse("expected printable ASCII without spaces");
        }
        let host = rest.rsplit_once('@').map_or(rest, |(_, host)| host);
        if host.strip_suffix('/').unwrap_or(host).contains(['/', '?', '#']) {
            return refuse("expected no path after the host");
        }
        if host.is_empty() || host.starts_with(['/', ':']) {
            return refuse("expected a host");
        }
        Ok(this)
    }

    /// Whether a user name or a password is part of it: then it belongs neither into an argument nor into a log.
    #[must_use]
    pub fn holds_a_secret(&self) -> bool {
        self.text.contains('@')
    }

    #[cfg(feature = "http")]
    pub(crate) fn secret_text(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for ProxyUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // What is no URL may be a password put in its place.
        let Some((scheme, rest)) = self.text.split_once("://") else { return f.write_str("***") };
        match rest.rsplit_once('@') {
            // A `/`, `?` or `#` before the `@` makes it no user name; what it is instead may be a secret all the same.
            Some((_secret, host)) => write!(f, "{scheme}://***@{}", host.escape_debug()),
            None => write!(f, "{scheme}://{}", rest.escape_debug()),
        }
    }
}

impl fmt::Debug for ProxyUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ProxyUrl({self})")
    }
}
