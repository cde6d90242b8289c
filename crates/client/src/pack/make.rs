//! A pack holds what a client asked for on its way: a refresh from the pin, and the targets wanted.

use super::manifest::Manifest;
use super::{Floors, PINNED, PackError, TrustPack};
use crate::{Client, MemoryStore, Transport, TransportError};
use chrono::{DateTime, Utc};
use std::cell::RefCell;
use std::collections::BTreeMap;
use tuffet_keys::sha256;
use tuffet_metadata::RoleName;
use tuffet_verifier::Policy;

/// Where a repository is read: its metadata, and its targets if they do not lie below it.
#[derive(Clone, Copy)]
pub struct PackSource<'a> {
    /// The metadata.
    pub metadata: &'a dyn Transport,
    /// The targets.
    pub targets: Option<&'a dyn Transport>,
}

/// Notes every file on its way.
struct Recorded<'a> {
    from: PackSource<'a>,
    files: RefCell<BTreeMap<String, Vec<u8>>>,
}

impl Transport for Recorded<'_> {
    fn fetch(&self, path: &str, limit: u64) -> Result<Vec<u8>, TransportError> {
        let bytes = match (self.from.targets, path.strip_prefix("targets/")) {
            (Some(own), Some(target)) => own.fetch(target, limit)?,
            _ => self.from.metadata.fetch(path, limit)?,
        };
        self.files.borrow_mut().insert(path.to_owned(), bytes.clone());
        Ok(bytes)
    }

    fn locate(&self, path: &str) -> String {
        self.from.metadata.locate(path)
    }
}

impl TrustPack {
    /// Refreshes from `pin` at `now`, fetches `targets`, and packs every file that took: root chain, timestamp,
    /// snapshot, targets, the delegated roles that were asked, and the target files. The floors are the versions found.
    ///
    /// # Errors
    /// [`PackError::Client`]
    pub fn make(
        source: PackSource<'_>,
        pin: &[u8],
        targets: &[impl AsRef<str>],
        now: DateTime<Utc>,
        policy: &Policy,
    ) -> Result<Self, PackError> {
        let recorded = Recorded { from: source, files: RefCell::default() };
        let mut client = Client::bootstrap(MemoryStore::default(), &recorded, policy.clone(), pin)?;
        let trusted = client.refresh(now)?;
        for target in targets {
            client.target_bytes(&trusted, target.as_ref())?;
        }
        let floors = Floors::of(&trusted);
        drop(client);
        let mut files = recorded.files.into_inner();
        // Under its version too: a client that trusts an older root walks over it.
        let pinned = tuffet_metadata::Unverified::<tuffet_metadata::Root>::new(pin.to_vec());
        let pinned = pinned.verify_pinned(&policy.profile, &policy.limits).map_err(crate::ClientError::Pin)?;
        files.insert(RoleName::Root.versioned_file_name(pinned.common.version), pin.to_vec());
        files.insert(PINNED.to_owned(), pin.to_vec());
        let entry = |(path, bytes): (&String, &Vec<u8>)| {
            (path.clone(), (u64::try_from(bytes.len()).unwrap_or(u64::MAX), sha256(bytes)))
        };
        let manifest = Manifest { files: files.iter().map(entry).collect(), floors };
        Ok(Self { manifest, files })
    }
}
