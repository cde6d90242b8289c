//! A repository behind HTTP(S).

use crate::path::PathProblem;
use crate::transport::{exceeds, read_limited};
use crate::url::Url;
use crate::{Transport, TransportError};
use std::io::ErrorKind;
use std::time::{Duration, Instant};
use ureq::http::{HeaderMap, Response};
use ureq::{Agent, Body, Error, Timeout};

/// How patient the transport is, and what it calls itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpConfig {
    /// Time to connect, TLS included.
    pub connect: Duration,
    /// Time without a byte.
    pub idle: Duration,
    /// Time for one file, redirects included: a server that sends a byte now and then is not idle (X7).
    pub overall: Duration,
    /// The `User-Agent` header.
    pub user_agent: String,
}

impl Default for HttpConfig {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            idle: Duration::from_secs(20),
            overall: Duration::from_secs(120),
            user_agent: concat!("tuffet-client/", env!("CARGO_PKG_VERSION")).to_owned(),
        }
    }
}

/// Fetches below a base URL, over one connection that is kept alive. Certificates are checked against the roots of
/// the Mozilla programme built into this crate; no proxy and no setting is taken from the environment.
#[derive(Debug, Clone)]
pub struct HttpTransport {
    base: Url,
    agent: Agent,
    config: HttpConfig,
}

impl HttpTransport {
    /// The repository at `base`, an `https://` or `http://` URL.
    ///
    /// # Errors
    /// [`TransportError::Location`]
    pub fn new(base: &str, config: HttpConfig) -> Result<Self, TransportError> {
        let refuse =
            |problem: &str| TransportError::Location { location: base.to_owned(), problem: problem.to_owned() };
        let parsed = Url::base(base).map_err(refuse)?;
        if config.user_agent.contains(|c: char| c.is_control() || !c.is_ascii()) {
            return Err(refuse("expected a User-Agent of printable ASCII"));
        }
        let agent = Agent::config_builder()
            .proxy(None)
            // Redirects are followed here, one by one, by stricter rules than ureq has.
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .accept_encoding("identity")
            .user_agent(&*config.user_agent)
            .timeout_connect(Some(config.connect))
            .timeout_per_read(Some(config.idle))
            .timeout_per_write(Some(config.idle))
            .build()
            .new_agent();
        Ok(Self { base: parsed, agent, config })
    }

    /// Follows at most five redirects to the answer.
    fn answer(&self, start: &Url, deadline: Instant) -> Result<(Url, Response<Body>), TransportError> {
        let mut url = start.clone();
        for _ in 0..=MAX_REDIRECTS {
            let left = deadline.saturating_duration_since(Instant::now()).max(Duration::from_millis(1));
            let request = self.agent.get(url.to_string()).config().timeout_global(Some(left)).build();
            let response = request.call().map_err(|e| self.explain(&url, e, None, 0))?;
            if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
                return Ok((url, response));
            }
            let to = header(response.headers(), "location").unwrap_or_default();
            let refuse = |rule| TransportError::Redirect { url: url.to_string(), to: to.clone(), rule };
            let next = url.redirect(&to).map_err(refuse)?;
            drain(response);
            url = next;
        }
        let (url, to, rule) = (start.to_string(), url.to_string(), "at most 5 redirects");
        Err(TransportError::Redirect { url, to, rule })
    }

    fn explain(&self, url: &Url, error: Error, expected: Option<u64>, found: u64) -> TransportError {
        let at = url.to_string();
        match error {
            Error::Timeout(Timeout::Connect | Timeout::Resolve) => {
                TransportError::Timeout { url: at, what: "a connection", after: self.config.connect }
            }
            Error::Timeout(Timeout::PerRead | Timeout::PerWrite) => {
                TransportError::Timeout { url: at, what: "a byte", after: self.config.idle }
            }
            Error::Timeout(_) => TransportError::Timeout { url: at, what: "the file", after: self.config.overall },
            Error::Io(e) if e.kind() == ErrorKind::UnexpectedEof => {
                TransportError::Incomplete { url: at, expected, found }
            }
            // rustls hands its refusals through as invalid data.
            Error::Io(e) if url.secure && e.kind() == ErrorKind::InvalidData => {
                TransportError::Tls { url: at, reason: e.to_string() }
            }
            e @ (Error::Tls(_) | Error::Rustls(_) | Error::Pem(_) | Error::TlsRequired) => {
                TransportError::Tls { url: at, reason: e.to_string() }
            }
            Error::Io(e) => TransportError::Failed { url: at, reason: e.to_string() },
            e => TransportError::Failed { url: at, reason: e.to_string() },
        }
    }
}

impl Transport for HttpTransport {
    fn fetch(&self, path: &str, limit: u64) -> Result<Vec<u8>, TransportError> {
        self.bring(path, self.base.join(path), limit)
    }

    fn fetch_metadata(&self, name: &str, limit: u64) -> Result<Vec<u8>, TransportError> {
        self.bring(name, self.base.join_escaped(name), limit)
    }

    fn locate(&self, path: &str) -> String {
        self.base.join(path).map_or_else(|_| path.to_owned(), |url| url.to_string())
    }
}

impl HttpTransport {
    fn bring(&self, path: &str, url: Result<Url, PathProblem>, limit: u64) -> Result<Vec<u8>, TransportError> {
        let start = url.map_err(|problem| TransportError::Path { path: path.to_owned(), problem })?;
        let deadline = Instant::now().checked_add(self.config.overall).unwrap_or_else(Instant::now);
        let (url, mut response) = self.answer(&start, deadline)?;
        match response.status().as_u16() {
            200 => {}
            403 | 404 => {
                drain(response);
                return Err(TransportError::NotFound { url: url.to_string() });
            }
            status => return Err(TransportError::Status { url: url.to_string(), status }),
        }
        // Nothing is decompressed: a few bytes could become very many. (Were ureq built with `gzip` by another crate,
        // it would remove this header and decompress, and the limit below counts what comes out.)
        if let Some(encoding) = header(response.headers(), "content-encoding").filter(|e| e != "identity") {
            return Err(TransportError::Encoded { url: url.to_string(), encoding });
        }
        let expected = response.body().content_length();
        if expected.is_some_and(|length| length > limit) {
            return Err(TransportError::TooLarge { url: url.to_string(), limit });
        }
        let (bytes, error) = read_limited(response.body_mut().as_reader(), limit);
        if exceeds(&bytes, limit) {
            return Err(TransportError::TooLarge { url: url.to_string(), limit });
        }
        let found = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        match error {
            // ureq's own errors come wrapped, to pass through `Read`.
            Some(e) => Err(self.explain(&url, Error::from(e), expected, found)),
            None => Ok(bytes),
        }
    }
}

/// Reads the little a "not found" page or a redirect says, so that the connection can be used again. What it says
/// and how it ends do not matter.
fn drain(mut response: Response<Body>) {
    if response.body().content_length().is_some_and(|length| length <= DRAIN) {
        let _unread = read_limited(response.body_mut().as_reader(), DRAIN);
    }
}

fn header(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name).map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
}

const MAX_REDIRECTS: usize = 5;
const DRAIN: u64 = 16_384;
