//! A repository behind HTTP(S).

mod probe;
mod webhook;

pub use probe::Probe;
pub use webhook::{Webhook, WebhookError};

use crate::conditional::{LastAnswer, Remembered};
use crate::path::PathProblem;
use crate::retry::{Again, Failed};
use crate::transport::{exceeds, read_limited};
use crate::url::Url;
use crate::{HttpConfig, Pace, Proxy, SystemPace, Transport, TransportError};
use std::io::ErrorKind;
use std::sync::Arc;
use std::time::{Duration, Instant};
use ureq::http::{HeaderMap, Response};
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, parse_pem};
use ureq::{Agent, Body, Error, Timeout};

/// Fetches below a base URL, over one connection that is kept alive. Certificates are checked against the roots of
/// the Mozilla programme built into this crate, or against those of [`HttpConfig::ca_pem`]; no setting is taken from
/// the environment, but a proxy where [`Proxy::FromEnvironment`] asks for it. A redirect is followed on the same host
/// and port, never from https to http.
#[derive(Debug, Clone)]
pub struct HttpTransport {
    base: Url,
    agent: Agent,
    config: HttpConfig,
    pace: Arc<dyn Pace>,
    last_timestamp: LastAnswer,
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
        let agent = agent(&config).map_err(|problem| refuse(&problem))?;
        let (pace, last_timestamp) = (Arc::new(SystemPace), LastAnswer::default());
        Ok(Self { base: parsed, agent, config, pace, last_timestamp })
    }

    /// Waits and measures by `pace` rather than by the machine's clock.
    #[must_use]
    pub fn with_pace(self, pace: Arc<dyn Pace>) -> Self {
        Self { pace, ..self }
    }

    /// Follows at most five redirects to the answer. With it comes what was asked about, where something was.
    fn answer(&self, start: &Url, deadline: Instant, conditional: bool) -> Result<Answer, Failed> {
        let mut url = start.clone();
        for _ in 0..=MAX_REDIRECTS {
            let left = deadline.saturating_duration_since(self.pace.now()).max(Duration::from_millis(1));
            let known = if conditional { self.last_timestamp.at(&url.to_string()) } else { None };
            let mut request = self.agent.get(url.to_string());
            for (name, value) in known.iter().flat_map(Remembered::question) {
                request = request.header(name, value);
            }
            let request = request.config().timeout_global(Some(left)).build();
            let response = request.call().map_err(|e| self.explain(&url, e, None, 0))?;
            if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
                return Ok(Answer { url, response, known });
            }
            let to = header(response.headers(), "location").unwrap_or_default();
            let refuse = |rule| never(TransportError::Redirect { url: url.to_string(), to: to.clone(), rule });
            let next = url.redirect(&to).map_err(refuse)?;
            drain(response);
            url = next;
        }
        let (url, to, rule) = (start.to_string(), url.to_string(), "at most 5 redirects");
        Err(never(TransportError::Redirect { url, to, rule }))
    }

    /// Asks once.
    fn attempt(&self, start: &Url, limit: u64, deadline: Instant, conditional: bool) -> Result<Vec<u8>, Failed> {
        let Answer { url, mut response, known } = self.answer(start, deadline, conditional)?;
        let too_large = || never(TransportError::TooLarge { url: url.to_string(), limit });
        if conditional {
            self.last_timestamp.note(response.headers());
        }
        match (response.status().as_u16(), known) {
            (200, _) => {}
            (304, Some(known)) => {
                return if exceeds(&known.bytes, limit) { Err(too_large()) } else { Ok(known.bytes) };
            }
            (403 | 404, _) => {
                drain(response);
                return Err(never(TransportError::NotFound { url: url.to_string() }));
            }
            (status, _) => {
                let again = match status {
                    429 | 500..=599 => retry_after(response.headers()).map_or(Again::Soon, Again::After),
                    _ => Again::Never,
                };
                drain(response);
                return Err(Failed { error: TransportError::Status { url: url.to_string(), status }, again });
            }
        }
        // Nothing is decompressed: a few bytes could become very many. (Were ureq built with `gzip` by another crate,
        // it would remove this header and decompress, and the limit below counts what comes out.)
        if let Some(encoding) = header(response.headers(), "content-encoding").filter(|e| e != "identity") {
            return Err(never(TransportError::Encoded { url: url.to_string(), encoding }));
        }
        let expected = response.body().content_length();
        if expected.is_some_and(|length| length > limit) {
            return Err(too_large());
        }
        let (bytes, error) = read_limited(response.body_mut().as_reader(), limit);
        if exceeds(&bytes, limit) {
            return Err(too_large());
        }
        let found = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        if let Some(e) = error {
            // ureq's own errors come wrapped, to pass through `Read`.
            return Err(self.explain(&url, Error::from(e), expected, found));
        }
        if conditional {
            self.last_timestamp.keep(url.to_string(), response.headers(), &bytes);
        }
        Ok(bytes)
    }

    fn explain(&self, url: &Url, error: Error, expected: Option<u64>, found: u64) -> Failed {
        let at = url.to_string();
        let timeout = |what, after| TransportError::Timeout { url: at.clone(), what, after };
        let (error, again) = match error {
            Error::Timeout(Timeout::Connect | Timeout::Resolve) => {
                (timeout("a connection", self.config.connect), Again::Soon)
            }
            Error::Timeout(Timeout::PerRead | Timeout::PerWrite) => (timeout("a byte", self.config.idle), Again::Soon),
            Error::Timeout(_) => (timeout("the file", self.config.overall), Again::Soon),
            Error::Io(e) if e.kind() == ErrorKind::UnexpectedEof => {
                (TransportError::Incomplete { url: at, expected, found }, Again::Soon)
            }
            // rustls hands its refusals through as invalid data.
            Error::Io(e) if url.secure && e.kind() == ErrorKind::InvalidData => {
                (TransportError::Tls { url: at, reason: e.to_string() }, Again::Never)
            }
            e @ (Error::Tls(_) | Error::Rustls(_) | Error::Pem(_) | Error::TlsRequired) => {
                (TransportError::Tls { url: at, reason: e.to_string() }, Again::Never)
            }
            e => {
                let again = match &e {
                    Error::ConnectionFailed => Again::Soon,
                    Error::Io(e) if passes(e.kind()) => Again::Soon,
                    _ => Again::Never,
                };
                (TransportError::Failed { url: at, reason: e.to_string() }, again)
            }
        };
        Failed { error, again }
    }
}

/// What a request came to, and what was asked about.
struct Answer {
    url: Url,
    response: Response<Body>,
    known: Option<Remembered>,
}

impl Transport for HttpTransport {
    fn fetch(&self, path: &str, limit: u64) -> Result<Vec<u8>, TransportError> {
        self.bring(path, self.base.join(path), limit)
    }

    fn fetch_metadata(&self, name: &str, limit: u64) -> Result<Vec<u8>, TransportError> {
        self.bring(name, self.base.join_escaped(name), limit)
    }

    fn refused(&self, path: &str) {
        if path == TIMESTAMP {
            self.last_timestamp.forget();
        }
    }

    fn across_threads(&self) -> Option<&(dyn Transport + Sync)> {
        Some(self)
    }

    fn caching(&self) -> Option<crate::Caching> {
        self.last_timestamp.caching()
    }

    fn locate(&self, path: &str) -> String {
        self.base.join(path).map_or_else(|_| path.to_owned(), |url| url.to_string())
    }
}

impl HttpTransport {
    fn bring(&self, path: &str, url: Result<Url, PathProblem>, limit: u64) -> Result<Vec<u8>, TransportError> {
        let start = url.map_err(|problem| TransportError::Path { path: path.to_owned(), problem })?;
        let now = self.pace.now();
        let deadline = now.checked_add(self.config.overall).unwrap_or(now);
        let attempt = || self.attempt(&start, limit, deadline, path == TIMESTAMP);
        self.config.retry.run(&*self.pace, deadline, attempt)
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

/// What sends requests: by the configured way, to whom it says to believe.
fn agent(config: &HttpConfig) -> Result<Agent, String> {
    if config.user_agent.contains(|c: char| c.is_control() || !c.is_ascii()) {
        return Err("expected a User-Agent of printable ASCII".to_owned());
    }
    let proxy = match &config.proxy {
        Proxy::None => None,
        Proxy::FromEnvironment => ureq::Proxy::try_from_env(),
        Proxy::Url(url) => {
            let problem = format!("expected the URL of a proxy, found {url}");
            Some(ureq::Proxy::new(url.secret_text()).map_err(|_| problem)?)
        }
    };
    let mut tls = TlsConfig::builder();
    if let Some(pem) = &config.ca_pem {
        tls = tls.root_certs(RootCerts::from(authorities(pem)?));
    }
    Ok(Agent::config_builder()
        .proxy(proxy)
        .tls_config(tls.build())
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
        .new_agent())
}

/// The certificates of a PEM file, and nothing but certificates.
fn authorities(pem: &[u8]) -> Result<Vec<Certificate<'static>>, &'static str> {
    let mut found = Vec::new();
    for item in parse_pem(pem) {
        match item {
            Ok(PemItem::Certificate(certificate)) => found.push(certificate),
            Ok(_) => return Err("expected certificates only as authorities, found a private key"),
            Err(_) => return Err("expected authorities as PEM certificates, found damaged PEM"),
        }
    }
    if found.is_empty() { Err("expected authorities as PEM certificates, found none") } else { Ok(found) }
}

fn never(error: TransportError) -> Failed {
    Failed { error, again: Again::Never }
}

/// Whether the network may be better in a moment.
fn passes(kind: ErrorKind) -> bool {
    use ErrorKind::{
        BrokenPipe, ConnectionAborted, ConnectionRefused, ConnectionReset, HostUnreachable, Interrupted, NetworkDown,
        NetworkUnreachable, NotConnected, TimedOut,
    };
    matches!(kind, ConnectionRefused | ConnectionReset | ConnectionAborted | BrokenPipe | NotConnected | TimedOut)
        || matches!(kind, HostUnreachable | NetworkUnreachable | NetworkDown | Interrupted)
}

/// The wait the server asks for, in seconds. A date would need a clock, which this crate has not: then our own wait.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    header(headers, "retry-after")?.trim().parse().ok().map(Duration::from_secs)
}

/// The only file whose content changes under its name in a repository with consistent snapshots.
const TIMESTAMP: &str = "timestamp.json";
const MAX_REDIRECTS: usize = 5;
const DRAIN: u64 = 16_384;
