//! How a server answers, for whoever watches it: the status and what it says to caches, neither of which a client needs.

use super::{HttpTransport, drain, header};
use crate::TransportError;
use std::time::Duration;

/// What a server said to one request. Its content is not read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Probe {
    /// The HTTP status. A redirect is not followed, and shows as such.
    pub status: u16,
    /// `Content-Length`.
    pub length: Option<u64>,
    /// `Age`, in seconds: for how long a cache has had it.
    pub age: Option<u64>,
    /// `Cache-Control`.
    pub cache_control: Option<String>,
}

impl HttpTransport {
    /// Asks once for the file at `path` below the base, as a client does, but takes any status for an answer.
    ///
    /// # Errors
    /// [`TransportError`]: there was no answer.
    pub fn probe(&self, path: &str) -> Result<Probe, TransportError> {
        self.ask(path, false)
    }

    /// As [`probe`](Self::probe), with HEAD: for a file that is large.
    ///
    /// # Errors
    /// [`TransportError`]
    pub fn probe_head(&self, path: &str) -> Result<Probe, TransportError> {
        self.ask(path, true)
    }

    fn ask(&self, path: &str, head: bool) -> Result<Probe, TransportError> {
        let url = self.base.join(path);
        let url = url.map_err(|problem| TransportError::Path { path: path.to_owned(), problem })?;
        let request = if head { self.agent.head(url.to_string()) } else { self.agent.get(url.to_string()) };
        let left = self.config.overall.max(Duration::from_millis(1));
        let request = request.config().timeout_global(Some(left)).build();
        let response = request.call().map_err(|e| self.explain(&url, e, None, 0).error)?;
        let headers = response.headers();
        let number = |name| header(headers, name).and_then(|text| text.trim().parse().ok());
        let probe = Probe {
            status: response.status().as_u16(),
            length: number("content-length"),
            age: number("age"),
            cache_control: header(headers, "cache-control"),
        };
        drain(response);
        Ok(probe)
    }
}
