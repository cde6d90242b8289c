//! A publication as clients see it: through the URL they have, before the timestamp moves and after.

use crate::{Place, PlaceTransport, RepositoryError, Staged};
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use std::fmt;
use tuffet_client::{Caching, Client, ClientError, MemoryStore, Policy, Transport, TransportError};
use tuffet_metadata::RoleName;

/// Where clients read what is published at a place: a web server before a folder, a CDN before a bucket.
pub trait Public {
    /// The way there.
    fn transport(&self) -> &dyn Transport;

    /// Waits before an attempt; the first that waits is the second. False: there is no other attempt.
    fn wait(&self, attempt: u32) -> bool;
}

/// Clients do not see yet what was published: something on the way serves what was there before. It is published, and it is
/// no failure: a cache may do so for as long as it was told to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lag {
    /// The timestamp as clients ask for it.
    pub url: String,
    /// The version that was published.
    pub expected: u64,
    /// The version they are served.
    pub found: Option<u64>,
    /// What was said of its age.
    pub caching: Caching,
}

impl fmt::Display for Lag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = |value: Option<u64>| value.map_or_else(|| "not told".to_owned(), |value| format!("{value} s"));
        let found = self.found.map_or_else(|| "another file".to_owned(), |found| format!("v{found}"));
        write!(
            f,
            "{}: expected timestamp v{}, found {found}: a cache still serves it (age {}, max-age {}), and clients see what \
             was published when it lets go",
            self.url,
            self.expected,
            seconds(self.caching.age),
            seconds(self.caching.max_age)
        )
    }
}

/// What is published with some files as they will be.
struct Ahead<'a> {
    files: BTreeMap<&'a str, &'a [u8]>,
    below: &'a dyn Transport,
}

impl Transport for Ahead<'_> {
    fn fetch(&self, path: &str, limit: u64) -> Result<Vec<u8>, TransportError> {
        match self.files.get(path) {
            Some(bytes) => Ok(bytes.to_vec()),
            None => self.below.fetch(path, limit),
        }
    }

    fn fetch_metadata(&self, name: &str, limit: u64) -> Result<Vec<u8>, TransportError> {
        match self.files.get(name) {
            Some(bytes) => Ok(bytes.to_vec()),
            None => self.below.fetch_metadata(name, limit),
        }
    }

    fn locate(&self, path: &str) -> String {
        self.below.locate(path)
    }
}

impl Staged {
    /// Clients that start at the first root and at the newest before this publication, with the timestamp as it will be and
    /// everything else as it is served: what half of a mirror lacks is missed while nobody needs it. `shown` is false where
    /// nothing of it can be there yet.
    pub(crate) fn read_ahead(
        &self,
        place: &dyn Place,
        public: Option<&dyn Public>,
        shown: bool,
        at: DateTime<Utc>,
    ) -> Result<(), RepositoryError> {
        let timestamp = RoleName::Timestamp.file_name();
        let ours = PlaceTransport(place);
        let files = self.tree.iter().filter(|(file, _)| **file == timestamp || (!shown && self.new.contains(file)));
        let ahead = Ahead {
            files: files.map(|(file, bytes)| (file.as_str(), bytes.as_slice())).collect(),
            below: public.map_or(&ours, Public::transport),
        };
        let mut attempt = 1;
        loop {
            let error = match self.starts.iter().try_for_each(|from| self.read(&ahead, *from, at)) {
                Ok(()) => return Ok(()),
                Err(error) => error,
            };
            attempt += 1;
            if !public.is_some_and(|public| public.wait(attempt)) {
                return Err(RepositoryError::NotServed(Box::new(error)));
            }
        }
    }

    /// What clients see now. `None`: what was published.
    pub(crate) fn read_behind(&self, public: &dyn Public, at: DateTime<Utc>) -> Result<Option<Lag>, RepositoryError> {
        let file = RoleName::Timestamp.file_name();
        let ours = self.tree.get(&file).map_or(&[][..], Vec::as_slice);
        let expected = version(ours).unwrap_or_default();
        let transport = public.transport();
        let mut attempt = 1;
        loop {
            let served = transport.fetch(&file, LIMIT);
            let found = match served {
                Ok(bytes) if bytes == ours => {
                    self.starts
                        .iter()
                        .try_for_each(|from| self.read(transport, *from, at))
                        .map_err(RepositoryError::read_back)?;
                    return Ok(None);
                }
                Ok(bytes) => Ok(version(&bytes)),
                Err(cause) => Err(cause),
            };
            // Somebody signed anew since: that is theirs to look at.
            if found.as_ref().is_ok_and(|found| found.is_some_and(|found| found > expected)) {
                return Ok(None);
            }
            attempt += 1;
            if public.wait(attempt) {
                continue;
            }
            let caching = transport.caching().unwrap_or_default();
            return match found {
                Ok(found) => Ok(Some(Lag { url: transport.locate(&file), expected, found, caching })),
                Err(cause) => Err(RepositoryError::read_back(ClientError::Fetch { role: RoleName::Timestamp, cause })),
            };
        }
    }

    /// A client that starts at root `from`, and reads every target.
    fn read(&self, transport: &dyn Transport, from: u64, at: DateTime<Utc>) -> Result<(), ClientError> {
        let pin = self.tree.get(&RoleName::Root.versioned_file_name(from)).map_or(&[][..], Vec::as_slice);
        let mut client = Client::bootstrap(MemoryStore::default(), transport, Policy::default(), pin)?;
        let refreshed = client.refresh(at)?;
        self.paths.iter().try_for_each(|path| client.target_bytes(&refreshed, path).map(drop))
    }
}

/// The version a timestamp says it has, for a person to read.
fn version(timestamp: &[u8]) -> Option<u64> {
    let file = tuffet_metadata::json::parse(timestamp, 8).ok()?;
    match file.as_object()?.get("signed")?.as_object()?.get("version")? {
        tuffet_metadata::json::Value::Integer(version) => u64::try_from(*version).ok(),
        _ => None,
    }
}

/// A timestamp is small.
const LIMIT: u64 = 1 << 20;
