//! A place as our client reads it.

use crate::place::Place;
use tuffet_client::{Transport, TransportError};

/// Reads a place as a client reads what is published there, without the web server or CDN that stands before it.
#[derive(Debug, Clone)]
pub struct PlaceTransport<P>(pub P);

impl<P: Place> Transport for PlaceTransport<P> {
    fn fetch(&self, path: &str, limit: u64) -> Result<Vec<u8>, TransportError> {
        let url = || self.locate(path);
        match self.0.read(path) {
            Ok(Some(found)) if u64::try_from(found.bytes.len()).is_ok_and(|length| length <= limit) => Ok(found.bytes),
            Ok(Some(_)) => Err(TransportError::TooLarge { url: url(), limit }),
            Ok(None) => Err(TransportError::NotFound { url: url() }),
            Err(error) => Err(TransportError::Failed { url: url(), reason: error.reason }),
        }
    }

    fn locate(&self, path: &str) -> String {
        format!("{}/{path}", self.0.describe().trim_end_matches('/'))
    }
}
