//! What is cached, verified again without a network: the client workflow over its own store.

use crate::{Client, ClientError, Event, Overlay, Store, StoreError, StoredFile, Transport, TransportError};
use chrono::{DateTime, Utc};
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
    let mut client = Client::open(Overlay::over(store), transport, policy);
    let refreshed = client.refresh(now)?;
    Ok((refreshed, client.events().to_vec()))
}

/// Has no newer root, and the timestamp that is in the store already; snapshot and targets the client then takes from
/// the store itself, if the timestamp still leads to them.
pub(crate) struct OfflineTransport {
    timestamp: Option<Vec<u8>>,
    place: String,
}

impl OfflineTransport {
    pub(crate) fn of(store: &dyn Store) -> Result<Self, StoreError> {
        Ok(Self { timestamp: store.read(&StoredFile::Timestamp)?, place: store.describe() })
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
