//! The one answer that is asked for again and again, `timestamp.json`, and what the server said to know it by.

use crate::Caching;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use ureq::http::{HeaderMap, HeaderValue, header};

/// An answer with a validator. The validator goes back to the URL it came from and to no other: elsewhere it would
/// tell what this client has seen, and a 304 would stand for another file.
#[derive(Debug, Clone)]
pub(crate) struct Remembered {
    url: String,
    etag: Option<HeaderValue>,
    modified: Option<HeaderValue>,
    pub(crate) bytes: Vec<u8>,
}

impl Remembered {
    /// The headers that ask "only if it changed".
    pub(crate) fn question(&self) -> impl Iterator<Item = (header::HeaderName, &HeaderValue)> {
        let etag = self.etag.as_ref().map(|value| (header::IF_NONE_MATCH, value));
        etag.into_iter().chain(self.modified.as_ref().map(|value| (header::IF_MODIFIED_SINCE, value)))
    }
}

/// The last answer, in memory, shared by the clones of a transport; beside it how long caches say they keep it.
#[derive(Debug, Clone, Default)]
pub(crate) struct LastAnswer(Arc<Mutex<Option<Remembered>>>, Arc<Mutex<Option<Caching>>>);

impl LastAnswer {
    fn lock(&self) -> MutexGuard<'_, Option<Remembered>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the last answer said of its age, whether or not the file came with it.
    pub(crate) fn caching(&self) -> Option<Caching> {
        *self.1.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes how old an answer is, and how old it may become.
    pub(crate) fn note(&self, headers: &HeaderMap) {
        let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let age = text(header::AGE).and_then(|age| age.trim().parse().ok());
        let directives = text(header::CACHE_CONTROL).unwrap_or_default().split(',');
        let max_age = directives.filter_map(|directive| directive.trim().strip_prefix("max-age=")?.parse().ok()).next();
        *self.1.lock().unwrap_or_else(PoisonError::into_inner) = Some(Caching { age, max_age });
    }

    /// What is remembered from exactly this URL.
    pub(crate) fn at(&self, url: &str) -> Option<Remembered> {
        self.lock().clone().filter(|last| last.url == url)
    }

    /// Remembers an answer, if it can be asked for again; in any case forgets the one before.
    pub(crate) fn keep(&self, url: String, headers: &HeaderMap, bytes: &[u8]) {
        let value = |name| headers.get(name).filter(|value| value.len() <= LONGEST).cloned();
        let (etag, modified) = (value(header::ETAG), value(header::LAST_MODIFIED));
        let last = Remembered { url, etag, modified, bytes: bytes.to_vec() };
        *self.lock() = (last.etag.is_some() || last.modified.is_some()).then_some(last);
    }

    /// Forgets. Who tampers with one answer could give it the true file's validator: the server would say "unchanged"
    /// until the next publication, and the client would hold on to what it refuses.
    pub(crate) fn forget(&self) {
        *self.lock() = None;
    }
}

const LONGEST: usize = 1_024;
