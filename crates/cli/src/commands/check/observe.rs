//! A location, read whole: metadata, targets, and what the readers of both say.

use super::super::network::Network;
use super::read;
use crate::CliError;
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use std::path::Path;
use tuffet_builder::{Observed, Served, says_whom_to_trust};
use tuffet_client::{AnyTransport, ClientError, Transport, TransportError};
use tuffet_metadata::{KeyidExceptions, Profile};
use tuffet_trust_root::unread;
use tuffet_verifier::{Audit, AuditRefusal, Limits, Policy, UpdateError};

/// Where a repository lies.
pub(crate) struct Source {
    location: String,
    metadata: AnyTransport,
    /// The targets' transport, and what stands before their names there; `None` where there is no such folder.
    targets: Option<(AnyTransport, &'static str)>,
}

impl Source {
    /// Opens a directory or a URL. A directory may be the one above `metadata` and `targets`, as working trees have it.
    pub(crate) fn open(location: &str, targets: Option<&str>, network: &Network) -> Result<Self, CliError> {
        let mut place = location.to_owned();
        let folder = Path::new(location);
        let inner = folder.join("metadata");
        if inner.is_dir() && !folder.join("timestamp.json").exists() {
            place = inner.display().to_string();
        }
        let metadata = network.open(&place)?;
        let targets = match targets {
            Some(targets) => Some((network.open(targets)?, "")),
            None if !Path::new(&place).is_dir() => Some((network.open(&place)?, "targets/")),
            None => {
                let below = Path::new(&place).join("targets");
                let beside = Path::new(&place).parent().map(|parent| parent.join("targets"));
                let beside = beside.filter(|_| Path::new(&place).file_name().is_some_and(|name| name == "metadata"));
                let found = [Some(below), beside].into_iter().flatten().find(|folder| folder.is_dir());
                found.map(|folder| network.open(&folder.display().to_string())).transpose()?.map(|t| (t, ""))
            }
        };
        Ok(Self { location: location.to_owned(), metadata, targets })
    }

    /// Reads everything. `seen_at` is when it was so; `at` the time of the check.
    pub(crate) fn observe(
        &self,
        pinned: Option<Vec<u8>>,
        at: DateTime<Utc>,
        seen_at: Option<DateTime<Utc>>,
        notes: &mut Vec<String>,
    ) -> Result<Observed, CliError> {
        let mut seen = self.walk(pinned.clone(), seen_at)?;
        let start = match pinned {
            Some(pinned) => Some(pinned),
            None => {
                let first = seen.roots.first().map(|root| (root.name.clone(), root.bytes.clone()));
                if let Some((name, _)) = &first {
                    notes.push(format!("starts from {name} of the repository itself, which nobody pinned"));
                }
                first.map(|(_, bytes)| bytes)
            }
        };
        match start {
            Some(start) => seen.refused = self.refused(start, at)?.map(|(refused, _)| refused),
            None => seen.refused = Some("no root to start from".to_owned()),
        }
        self.targets(&mut seen, notes)?;
        Ok(seen)
    }

    /// Every metadata file, at its word.
    pub(crate) fn walk(&self, pinned: Option<Vec<u8>>, at: Option<DateTime<Utc>>) -> Result<Observed, CliError> {
        let fetch = |name: &str| match self.metadata.fetch_metadata(name, BYTES) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(TransportError::NotFound { .. }) => Ok(None),
            Err(cause) => Err(fetch_failed(cause)),
        };
        Observed::walk(&self.location, at, pinned, fetch)
    }

    /// A target file by its name below the targets; `None` where there is no such folder.
    pub(crate) fn target(&self, name: &str, limit: u64) -> Option<Result<Vec<u8>, TransportError>> {
        let (transport, before) = self.targets.as_ref()?;
        Some(transport.fetch(&format!("{before}{name}"), limit))
    }

    /// What a client says that starts at `pinned` and takes any keyid: the keyids are a lint of their own. With it, whether
    /// an expiry is all that is wrong.
    pub(crate) fn refused(&self, pinned: Vec<u8>, at: DateTime<Utc>) -> Result<Option<(String, bool)>, CliError> {
        let profile = Profile::Deployed { keyid_exceptions: KeyidExceptions::Opaque };
        let limits = Limits { delegated_roles: ROLES, ..Limits::default() };
        let mut audit = Audit::start(pinned, at, Policy { profile, limits, ..Policy::default() });
        while let Some(request) = audit.request() {
            audit = match self.metadata.fetch_metadata(&request.name, request.limit) {
                Ok(bytes) => audit.take(bytes),
                Err(TransportError::NotFound { .. }) => audit.absent(),
                Err(cause @ TransportError::TooLarge { .. }) => return Ok(Some((cause.to_string(), false))),
                Err(cause) => return Err(fetch_failed(cause)),
            };
        }
        let expiry = |refused: &AuditRefusal| matches!(refused, AuditRefusal::File(UpdateError::Freeze { .. }));
        Ok(audit.report().refused.map(|refused| (refused.to_string(), expiry(&refused))))
    }

    fn targets(&self, seen: &mut Observed, notes: &mut Vec<String>) -> Result<(), CliError> {
        let Some((transport, before)) = &self.targets else {
            notes.push("target files were not looked at: there is no folder targets".to_owned());
            return Ok(());
        };
        let names = seen.target_names();
        if names.len() > TARGETS {
            notes.push(format!("target files were not looked at: {} are more than {TARGETS}", names.len()));
            return Ok(());
        }
        let mut served = BTreeMap::new();
        for (path, names) in names {
            for name in names {
                let bytes = match transport.fetch(&format!("{before}{name}"), BYTES) {
                    Ok(bytes) => bytes,
                    // A name that is no file's is a lint's to tell of.
                    Err(TransportError::NotFound { .. } | TransportError::Path { .. }) => continue,
                    Err(cause) => return Err(fetch_failed(cause)),
                };
                served.insert(name, Served::of(&bytes));
                if says_whom_to_trust(&path) {
                    if let Some(reason) = unread(&path, &bytes) {
                        seen.refused_contents.insert(path.clone(), reason);
                    }
                    seen.contents.insert(path.clone(), bytes);
                }
            }
        }
        seen.served = Some(served);
        Ok(())
    }
}

/// Anything but "there is no such file" says nothing about the repository.
fn fetch_failed(cause: TransportError) -> CliError {
    ClientError::from(cause).into()
}

/// `LOCATION@TIME`, or a location alone.
pub(super) fn at_time(text: &str) -> (&str, Option<DateTime<Utc>>) {
    match text.rsplit_once('@').and_then(|(place, time)| Some((place, tuffet_metadata::parse_time(time)?))) {
        Some((place, time)) => (place, Some(time)),
        None => (text, None),
    }
}

/// The trust roots of another instance: the file itself, or those that its repository lists.
pub(super) fn foreign(text: &str, at: DateTime<Utc>, network: &Network) -> Result<Vec<(String, Vec<u8>)>, CliError> {
    if Path::new(text).is_file() {
        return Ok(vec![(text.to_owned(), read(Path::new(text))?)]);
    }
    let seen = Source::open(text, None, network)?.observe(None, at, None, &mut Vec::new())?;
    if seen.contents.is_empty() {
        let message = format!("{text}: expected a repository with a trusted_root.json, found none");
        return Err(
            CliError::new("not-found", message).hint("name a trusted_root.json, or a repository's directory or URL")
        );
    }
    let named = |(path, bytes): (String, Vec<u8>)| (format!("{text}: {path}"), bytes);
    Ok(seen.contents.into_iter().map(named).collect())
}

/// Bytes of a file: more than any client takes, so that a file that is too large is told of and not an error.
const BYTES: u64 = 64_000_000;
const ROLES: usize = 1_024;
pub(crate) const TARGETS: usize = 10_000;
