//! The outside world as one small interface.

use crate::path::PathProblem;
use crate::{DirectoryTransport, HttpConfig, url};
use std::io::Read;
use std::time::Duration;

/// Brings files of a repository. Nothing it brings is trusted.
pub trait Transport {
    /// The file at `path` below the repository's base, such as `timestamp.json`, `5.root.json` or
    /// `targets/HASH.name`, at most `limit` bytes of it.
    ///
    /// # Errors
    /// [`TransportError::NotFound`] only where the repository says there is no such file: it ends the search for
    /// newer roots, so saying it for a timeout would let whoever can cut a connection freeze the client (C9).
    /// [`TransportError::TooLarge`] after reading at most one byte more than `limit` (C7).
    fn fetch(&self, path: &str, limit: u64) -> Result<Vec<u8>, TransportError>;

    /// The metadata file of this name, a name directly below the base and escaped as in a URL: `1.a%2Fb.json` is what
    /// TUF clients ask for where a delegated role is called `a/b`. Where files have names and no URLs, it is the
    /// file's name; what speaks URLs must not escape it again.
    ///
    /// # Errors
    /// As [`fetch`](Self::fetch).
    fn fetch_metadata(&self, name: &str, limit: u64) -> Result<Vec<u8>, TransportError> {
        self.fetch(name, limit)
    }

    /// The file as an error message names it.
    fn locate(&self, path: &str) -> String {
        path.to_owned()
    }

    /// Told that the verifier refused what was fetched from `path`: it must not be handed out again from memory.
    fn refused(&self, _path: &str) {}

    /// What was said with the last `timestamp.json` of how old it is, where there are caches on the way.
    fn caching(&self) -> Option<Caching> {
        None
    }

    /// This transport, if it may be used from several threads at once: what fetching ahead needs.
    fn across_threads(&self) -> Option<&(dyn Transport + Sync)> {
        None
    }
}

/// How old an answer is, and how old caches may let it become.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Caching {
    /// Seconds since it left its origin (`Age`).
    pub age: Option<u64>,
    /// Seconds that caches may keep it (`max-age` of `Cache-Control`).
    pub max_age: Option<u64>,
}

/// Why a file was not brought. Only the first variant means that there is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    /// HTTP status 404 or 403 (object stores answer 403 for what does not exist), or no such file.
    #[error("{url}: not found")]
    NotFound {
        /// The file.
        url: String,
    },
    /// More bytes than asked for.
    #[error("{url}: expected at most {limit} bytes, found more")]
    TooLarge {
        /// The file.
        url: String,
        /// The limit.
        limit: u64,
    },
    /// The path does not name a file below the base.
    #[error("{}: {problem} (C63)", path.escape_debug())]
    Path {
        /// The path asked for.
        path: String,
        /// What is wrong with it.
        problem: PathProblem,
    },
    /// An HTTP status other than 200, 403 and 404.
    #[error("{url}: expected HTTP status 200, found {status}")]
    Status {
        /// The file.
        url: String,
        /// The status.
        status: u16,
    },
    /// A redirect that is not followed (X16).
    #[error("{url}: expected {rule}, found a redirect to {} (X16)", to.escape_debug())]
    Redirect {
        /// The file.
        url: String,
        /// Where the server points.
        to: String,
        /// What a redirect may be.
        rule: &'static str,
    },
    /// The server compressed the file, though asked not to (X8).
    #[error("{url}: expected the file as it is, found Content-Encoding {} (X8)", encoding.escape_debug())]
    Encoded {
        /// The file.
        url: String,
        /// The encoding.
        encoding: String,
    },
    /// The connection ended before the file did (X6).
    #[error("{url}: expected {}, the connection ended after {found} (X6)", announced(*expected))]
    Incomplete {
        /// The file.
        url: String,
        /// The announced length, if any.
        expected: Option<u64>,
        /// Bytes that came.
        found: u64,
    },
    /// The server was too slow (X7).
    #[error("{url}: expected {what} within {} s (X7)", after.as_secs_f32())]
    Timeout {
        /// The file.
        url: String,
        /// What did not come in time.
        what: &'static str,
        /// The time given.
        after: Duration,
    },
    /// No secure connection.
    #[error("{url}: no secure connection: {reason}")]
    Tls {
        /// The file.
        url: String,
        /// Why.
        reason: String,
    },
    /// Anything else: no route, connection refused, permission denied, not HTTP.
    #[error("{url}: {reason}")]
    Failed {
        /// The file.
        url: String,
        /// Why.
        reason: String,
    },
    /// The repository's location is none.
    #[error("{}: {problem}", location.escape_debug())]
    Location {
        /// The location given.
        location: String,
        /// What is wrong with it.
        problem: String,
    },
}

impl TransportError {
    /// The stable code, for JSON and for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound { .. } => "not-found",
            Self::TooLarge { .. } => "endless-data",
            Self::Path { .. } => "path",
            Self::Status { .. } => "http-status",
            Self::Redirect { .. } => "redirect",
            Self::Encoded { .. } => "content-encoding",
            Self::Incomplete { .. } => "incomplete",
            Self::Timeout { .. } => "timeout",
            Self::Tls { .. } => "tls",
            Self::Failed { .. } => "unreachable",
            Self::Location { .. } => "location",
        }
    }
}

fn announced(length: Option<u64>) -> String {
    length.map_or_else(|| "a whole file".to_owned(), |length| format!("{length} bytes"))
}

/// A transport of whatever kind.
pub type AnyTransport = Box<dyn Transport + Send + Sync>;

/// The transport for `location`: `https://`, `http://` or `file://`, or the path of a directory. Plain HTTP is safe
/// for metadata and targets, which carry their own proof; it only shows what is fetched.
///
/// # Errors
/// [`TransportError::Location`]
pub fn open_transport(location: &str) -> Result<AnyTransport, TransportError> {
    open_transport_with(location, &HttpConfig::default())
}

/// As [`open_transport`], with a word on how to go about HTTP(S).
///
/// # Errors
/// [`TransportError::Location`]
pub fn open_transport_with(location: &str, config: &HttpConfig) -> Result<AnyTransport, TransportError> {
    let refuse =
        |problem: &str| TransportError::Location { location: location.to_owned(), problem: problem.to_owned() };
    match location.split_once("://").map(|(scheme, _)| scheme.to_ascii_lowercase()).as_deref() {
        Some("file") => {
            let path = url::file_path(location).ok_or_else(|| refuse("expected file:///PATH"))?;
            Ok(Box::new(DirectoryTransport::open(path)?))
        }
        #[cfg(feature = "http")]
        Some("http" | "https") => Ok(Box::new(crate::HttpTransport::new(location, config.clone())?)),
        #[cfg(not(feature = "http"))]
        Some("http" | "https") => {
            let _no_use_for = config;
            Err(refuse("this program was built without its HTTP client (feature `http`)"))
        }
        Some(_) => Err(refuse("expected https://, http://, file:// or a directory")),
        None => Ok(Box::new(DirectoryTransport::open(location)?)),
    }
}

impl<T: Transport + ?Sized> Transport for Box<T> {
    fn fetch(&self, path: &str, limit: u64) -> Result<Vec<u8>, TransportError> {
        (**self).fetch(path, limit)
    }
    fn fetch_metadata(&self, name: &str, limit: u64) -> Result<Vec<u8>, TransportError> {
        (**self).fetch_metadata(name, limit)
    }
    fn locate(&self, path: &str) -> String {
        (**self).locate(path)
    }
    fn refused(&self, path: &str) {
        (**self).refused(path);
    }
    fn caching(&self) -> Option<Caching> {
        (**self).caching()
    }
    fn across_threads(&self) -> Option<&(dyn Transport + Sync)> {
        (**self).across_threads()
    }
}

impl<T: Transport + ?Sized> Transport for &T {
    fn fetch(&self, path: &str, limit: u64) -> Result<Vec<u8>, TransportError> {
        (**self).fetch(path, limit)
    }
    fn fetch_metadata(&self, name: &str, limit: u64) -> Result<Vec<u8>, TransportError> {
        (**self).fetch_metadata(name, limit)
    }
    fn locate(&self, path: &str) -> String {
        (**self).locate(path)
    }
    fn refused(&self, path: &str) {
        (**self).refused(path);
    }
    fn caching(&self) -> Option<Caching> {
        (**self).caching()
    }
    fn across_threads(&self) -> Option<&(dyn Transport + Sync)> {
        (**self).across_threads()
    }
}

/// Reads to the end, at most one byte more than `limit`; that one tells that there is more. Gives the bytes read so
/// far with an error, so that a message can say how far it came.
pub(crate) fn read_limited(from: impl Read, limit: u64) -> (Vec<u8>, Option<std::io::Error>) {
    let mut bytes = Vec::new();
    let error = from.take(limit.saturating_add(1)).read_to_end(&mut bytes).err();
    (bytes, error)
}

pub(crate) fn exceeds(bytes: &[u8], limit: u64) -> bool {
    u64::try_from(bytes.len()).map_or(true, |length| length > limit)
}
