//! What is cached, verified again without a network: the client workflow over its own store.

use crate::{Client, ClientError, Event, Store, StoreError, StoredFile, Transport, TransportError};
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use tuffet_verifier::{Policy, Refreshed};

/// Verifies what `store` holds once more at `now`, from its root on, without a request and without writing.
///
/// # Errors
/// [`ClientError`]: it has expired by then, somebody changed it, or no refresh was ever finished.
pub fn verify_offline(
    store: &dyn Store,
    now: DateTime<Utc>,
    policy: Policy,
) -> Result<(Refreshed, Vec<Event>), ClientError> {
    let transport = OfflineTransport::of(store)?;
    let mut client = Client::open(Glass::over(store), transport, policy);
    let refreshed = client.refresh(now)?;
    Ok((refreshed, client.events().to_vec()))
}

/// A store seen through glass: what would be written stays in memory.
pub(crate) struct Glass<'a> {
    below: &'a dyn Store,
    above: BTreeMap<StoredFile, Option<Vec<u8>>>,
}

impl<'a> Glass<'a> {
    pub(crate) fn over(below: &'a dyn Store) -> Self {
        Self { below, above: BTreeMap::new() }
    }
}

impl Store for Glass<'_> {
    fn read(&self, file: StoredFile) -> Result<Option<Vec<u8>>, StoreError> {
        self.above.get(&file).map_or_else(|| self.below.read(file), |bytes| Ok(bytes.clone()))
    }
    fn write(&mut self, file: StoredFile, bytes: &[u8]) -> Result<(), StoreError> {
        self.above.insert(file, Some(bytes.to_vec()));
        Ok(())
    }
    fn remove(&mut self, file: StoredFile) -> Result<(), StoreError> {
        self.above.insert(file, None);
        Ok(())
    }
    fn describe(&self) -> String {
        self.below.describe()
    }
}

/// Has no newer root, and the timestamp that is in the store already; snapshot and targets the client then takes from
/// the store itself, if the timestamp still leads to them.
pub(crate) struct OfflineTransport {
    timestamp: Option<Vec<u8>>,
    place: String,
}

impl OfflineTransport {
    pub(crate) fn of(store: &dyn Store) -> Result<Self, StoreError> {
        Ok(Self { timestamp: store.read(StoredFile::Timestamp)?, place: store.describe() })
    }
}

impl Transport for OfflineTransport {
    fn fetch(&self, path: &str, _limit: u64) -> Result<Vec<u8>, TransportError> {
        let url = self.locate(path);
        match &self.timestamp {
            _ if path.ends_with(".root.json") => Err(TransportError::NotFound { url }),
            Some(timestamp) if path == "timestamp.json" => Ok(timestamp.clone()),
            _ => Err(TransportError::Failed {
                url: self.place.clone(),
                reason: format!("expected `{}` from an earlier refresh, found none", path.escape_debug()),
            }),
        }
    }

    fn locate(&self, path: &str) -> String {
        format!("{} ({})", self.place, path.escape_debug())
    }
}
