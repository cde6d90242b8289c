//! One call from a pinned root to a typed trust root.

use crate::offline::OfflineTransport;
use crate::{
    AnyTransport, Cache, Client, ClientError, Event, MemoryStore, Overlay, Store, TransportError, open_transport,
};
use chrono::{DateTime, Utc};
use std::fmt;
use std::path::PathBuf;
use tuffet_metadata::{Finding, RoleName};
use tuffet_trust_root::{CertificateAuthority, ParseError, SetAside, Tolerant, TransparencyLog, TrustedRoot};
use tuffet_verifier::{Anchor, Policy, Refreshed};

/// A repository, the root an application was built with, and the place where it remembers.
///
/// ```
/// use tuffet_client::{MemoryTransport, TrustStore};
/// # let repository = concat!(env!("CARGO_MANIFEST_DIR"), "/../../repository");
/// # let root = std::fs::read(format!("{repository}/1.root.json"))?;
/// # let name = "6d1c949646f68099b38049ab34509dd21d105e7fee45f34fb427abb6ddbf9c38.trusted_root.json";
/// # let names = ["2.root.json", "timestamp.json", "2.snapshot.json", "2.targets.json"];
/// # let names = names.into_iter().map(str::to_owned).chain([format!("targets/{name}")]);
/// # let repository: MemoryTransport =
/// #     names.map(|name| (name.clone(), std::fs::read(format!("{repository}/{name}")).unwrap())).collect();
/// # let now = tuffet_metadata::parse_time("2026-12-24T00:00:00Z").unwrap();
/// // In an application: TrustStore::production_like("https://tuf.example.org/", root)?.cache("/var/lib/app/tuf")
/// let mut store = TrustStore::over(Box::new(repository), root);
/// let trust = store.refresh(now)?;
/// assert_eq!(trust.logs_at(now).len(), trust.trusted_root().tlogs().len());
/// assert_eq!(trust.valid_until().to_string(), "2027-03-08 10:00:00 UTC");
///
/// // The same again, later, without a network.
/// let again = store.offline(now)?;
/// assert_eq!(again.trusted_root(), trust.trusted_root());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct TrustStore {
    transport: AnyTransport,
    pin: Vec<u8>,
    store: Box<dyn Store + Send>,
    folder: Option<PathBuf>,
    last: Option<Vec<u8>>,
    /// The final root of the last refresh, so that a watch proves its chain once and not every hour.
    known: Option<Anchor>,
    target: String,
    policy: Policy,
    fetch_ahead: usize,
}

impl TrustStore {
    /// The repository at `location`, a URL or a directory, laid out as Sigstore's production repository is: targets in
    /// `targets/`, the trust root as the target `trusted_root.json`. It starts from `root`, a `root.json` the
    /// application carries.
    ///
    /// # Errors
    /// [`ClientError::Transport`]
    pub fn production_like(location: &str, root: impl Into<Vec<u8>>) -> Result<Self, TrustError> {
        Ok(Self::over(open_transport(location).map_err(ClientError::from)?, root))
    }

    /// As [`production_like`](Self::production_like), over a transport of one's own.
    pub fn over(transport: AnyTransport, root: impl Into<Vec<u8>>) -> Self {
        Self {
            transport,
            pin: root.into(),
            store: Box::new(MemoryStore::default()),
            folder: None,
            last: None,
            known: None,
            target: TARGET.to_owned(),
            policy: Policy::default(),
            fetch_ahead: 0,
        }
    }

    /// Remembers in `directory` rather than for the life of this value: floors against rollback last.
    #[must_use]
    pub fn cache(self, directory: impl Into<PathBuf>) -> Self {
        let directory = directory.into();
        let folder = Some(directory.join(".tuffet").join("targets"));
        Self { store: Box::new(Cache::new(directory)), folder, ..self }
    }

    /// Takes the trust root from another target than `trusted_root.json`.
    #[must_use]
    pub fn target(self, path: impl Into<String>) -> Self {
        Self { target: path.into(), ..self }
    }

    /// Reads by another policy than the default one.
    #[must_use]
    pub fn policy(self, policy: Policy) -> Self {
        // What another policy has proved is proved again.
        Self { policy, known: None, ..self }
    }

    /// [`Client::with_fetch_ahead`]
    #[must_use]
    pub fn fetch_ahead(self, roots: usize) -> Self {
        Self { fetch_ahead: roots, ..self }
    }

    /// Brings everything up to date at `now`.
    ///
    /// # Errors
    /// [`TrustError`]; what was remembered is then as it was, or further on a trusted way.
    pub fn refresh(&mut self, now: DateTime<Utc>) -> Result<Trust, TrustError> {
        let client = Client::bootstrap(&mut *self.store, &*self.transport, self.policy.clone(), &self.pin)?;
        let mut client = client.with_fetch_ahead(self.fetch_ahead);
        client.known = self.known.take();
        let refreshed = client.refresh(now);
        self.known = client.known.clone();
        let refreshed = refreshed?;
        let bytes = match (&self.folder, self.last.take()) {
            (Some(folder), _) => {
                let failed = |e: std::io::Error| ClientError::Write { path: folder.clone(), reason: e.to_string() };
                std::fs::create_dir_all(folder).map_err(failed)?;
                client.hold(&refreshed, &self.target, folder)?.1
            }
            (None, Some(last)) if listed(&refreshed, &self.target, &last) => last,
            (None, _) => client.target_bytes(&refreshed, &self.target)?,
        };
        let events = client.events().to_vec();
        if self.folder.is_none() {
            self.last = Some(bytes.clone());
        }
        Trust::read(&self.target, &bytes, refreshed, events)
    }

    /// Verifies what was remembered once more, at `now`, all of it and without a request. Nothing is written.
    ///
    /// # Errors
    /// [`TrustError`]: it has expired by then, or there is nothing, or somebody changed it.
    pub fn offline(&self, now: DateTime<Utc>) -> Result<Trust, TrustError> {
        let transport = OfflineTransport::of(&*self.store).map_err(ClientError::from)?;
        let overlay = Overlay::over(&*self.store);
        let mut client = Client::bootstrap(overlay, transport, self.policy.clone(), &self.pin)?;
        let refreshed = client.refresh(now)?;
        let bytes = match (&self.folder, &self.last) {
            // No folder is made, so `hold` finds a folder with the file or none.
            (Some(folder), _) if folder.is_dir() => Some(client.hold(&refreshed, &self.target, folder)?.1),
            (Some(_), _) => None,
            (None, last) => last.clone().filter(|last| listed(&refreshed, &self.target, last)),
        };
        let bytes = bytes.ok_or_else(|| self.not_cached())?;
        Trust::read(&self.target, &bytes, refreshed, client.events().to_vec())
    }

    fn not_cached(&self) -> ClientError {
        let reason = "expected it from an earlier refresh, found none".to_owned();
        let cause = TransportError::Failed { url: self.store.describe(), reason };
        ClientError::FetchTarget { path: self.target.clone(), cause }
    }
}

/// Whether trusted metadata lists `path` with exactly these bytes.
fn listed(trusted: &Refreshed, path: &str, bytes: &[u8]) -> bool {
    trusted.target(path).is_ok_and(|target| target.check(bytes).is_ok())
}

impl fmt::Debug for TrustStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = self.store.describe();
        f.debug_struct("TrustStore").field("place", &place).field("target", &self.target).finish_non_exhaustive()
    }
}

/// A trust root, with the proof it stands on.
#[derive(Debug, Clone)]
pub struct Trust {
    root: Tolerant,
    refreshed: Refreshed,
    events: Vec<Event>,
}

impl Trust {
    fn read(target: &str, bytes: &[u8], refreshed: Refreshed, events: Vec<Event>) -> Result<Self, TrustError> {
        let version = refreshed.targets.common.version;
        let refuse = |cause| TrustError::Parse { target: target.to_owned(), version, cause };
        Ok(Self { root: Tolerant::parse(bytes).map_err(refuse)?, refreshed, events })
    }

    /// All of it that this version can read.
    #[must_use]
    pub fn trusted_root(&self) -> &TrustedRoot {
        self.root.trusted_root()
    }

    /// Entries that this version cannot read, and so trusts in nothing: time for a newer one.
    #[must_use]
    pub fn set_aside(&self) -> &[SetAside] {
        self.root.set_aside()
    }

    /// The transparency logs to trust for an entry logged at `time`.
    #[must_use]
    pub fn logs_at(&self, time: DateTime<Utc>) -> Vec<&TransparencyLog> {
        self.trusted_root().at(time).tlogs
    }

    /// The certificate authorities to trust for a certificate issued at `time`.
    #[must_use]
    pub fn authorities_at(&self, time: DateTime<Utc>) -> Vec<&CertificateAuthority> {
        self.trusted_root().at(time).certificate_authorities
    }

    /// The CT logs to trust at `time`.
    #[must_use]
    pub fn ct_logs_at(&self, time: DateTime<Utc>) -> Vec<&TransparencyLog> {
        self.trusted_root().at(time).ctlogs
    }

    /// The timestamp authorities to trust for a stamp of `time`.
    #[must_use]
    pub fn timestamp_authorities_at(&self, time: DateTime<Utc>) -> Vec<&CertificateAuthority> {
        self.trusted_root().at(time).timestamp_authorities
    }

    /// The roles it stands on, with their versions and expiries.
    #[must_use]
    pub fn refreshed(&self) -> &Refreshed {
        &self.refreshed
    }

    /// When the first of the four roles expires: from then on nothing of this is to be used.
    #[must_use]
    pub fn valid_until(&self) -> DateTime<Utc> {
        self.first_to_expire().1
    }

    /// The role that expires first, and when.
    #[must_use]
    pub fn first_to_expire(&self) -> (RoleName, DateTime<Utc>) {
        let root = (RoleName::Root, self.refreshed.root.common.expires.time());
        let others = [
            (RoleName::Timestamp, self.refreshed.timestamp.common.expires.time()),
            (RoleName::Snapshot, self.refreshed.snapshot.common.expires.time()),
            (RoleName::Targets, self.refreshed.targets.common.expires.time()),
        ];
        others.into_iter().fold(root, |first, next| if next.1 < first.1 { next } else { first })
    }

    /// What the refresh has to say beside its result.
    #[must_use]
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// Deviations from the specification that the policy tolerated, of all four roles.
    pub fn findings(&self) -> impl Iterator<Item = &Finding> {
        let Refreshed { root, timestamp, snapshot, targets, .. } = &self.refreshed;
        root.findings().iter().chain(timestamp.findings()).chain(snapshot.findings()).chain(targets.findings())
    }
}

/// There is no trust root.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TrustError {
    /// The client refused.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// The target is trusted, and is no trust root.
    #[error("target `{}` of targets v{version}: {cause}", target.escape_debug())]
    Parse {
        /// The target.
        target: String,
        /// The version of the targets role that lists it.
        version: u64,
        /// Why.
        cause: ParseError,
    },
}

impl TrustError {
    /// The stable code, for JSON and for programs.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Client(cause) => cause.code(),
            Self::Parse { .. } => "trust-root",
        }
    }

    /// What may help.
    #[must_use]
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Client(cause) => cause.hint(),
            Self::Parse { .. } => Some("is this the target that holds the trust root?"),
        }
    }
}

const TARGET: &str = "trusted_root.json";
