//! Targets: TUF 5.7.

use crate::destination::Destination;
use crate::{Client, ClientError, Store, Transport};
use std::path::{Path, PathBuf};
use tuffet_verifier::{Refreshed, Target};

/// A target that lies on disk as its metadata says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DownloadedTarget {
    /// The file.
    pub path: PathBuf,
    /// Its length in bytes.
    pub length: u64,
    /// Whether it was fetched now; otherwise it lay there and was checked again (C64).
    pub fetched: bool,
}

impl<T: Transport, S: Store> Client<T, S> {
    /// Puts the target at `path` below `directory`, which must exist, under its own path. The file appears there
    /// checked and whole, or not at all (C61); one that is there already is checked and left, or replaced once the
    /// right one has arrived (C64).
    ///
    /// # Errors
    /// [`ClientError`]; then the file at the destination is what it was.
    pub fn download(
        &mut self,
        trusted: &Refreshed,
        path: &str,
        directory: &Path,
    ) -> Result<DownloadedTarget, ClientError> {
        let (path, bytes, fetched) = self.hold(trusted, path, directory)?;
        Ok(DownloadedTarget { path, length: u64::try_from(bytes.len()).unwrap_or(u64::MAX), fetched })
    }

    /// As [`download`](Self::download); gives the place, the bytes that were checked, and whether they came just now.
    pub(crate) fn hold(
        &mut self,
        trusted: &Refreshed,
        path: &str,
        directory: &Path,
    ) -> Result<(PathBuf, Vec<u8>, bool), ClientError> {
        let target = self.find(trusted, path)?;
        let destination = Destination::new(directory, path)?;
        let place = destination.path().to_owned();
        if let Some(bytes) = destination.existing(self.limit(&target))?.filter(|bytes| target.check(bytes).is_ok()) {
            return Ok((place, bytes, false));
        }
        let bytes = self.fetch_target(&target)?;
        destination.place(&bytes)?;
        Ok((place, bytes, true))
    }

    /// The bytes of the target at `path`, checked.
    ///
    /// # Errors
    /// [`ClientError`]
    pub fn target_bytes(&mut self, trusted: &Refreshed, path: &str) -> Result<Vec<u8>, ClientError> {
        let target = self.find(trusted, path)?;
        self.fetch_target(&target)
    }

    fn limit(&self, target: &Target) -> u64 {
        target.file.length.unwrap_or(self.policy.limits.target_bytes)
    }

    fn fetch_target(&self, target: &Target) -> Result<Vec<u8>, ClientError> {
        let (from, remote) = match &self.targets {
            Some(own) => (own, target.remote_path()),
            None => (&self.transport, format!("targets/{}", target.remote_path())),
        };
        let bytes = from
            .fetch(&remote, self.limit(target))
            .map_err(|cause| ClientError::FetchTarget { path: target.path.clone(), cause })?;
        match target.check(&bytes) {
            Ok(()) => Ok(bytes),
            Err(cause) => Err(ClientError::RefusedTarget { url: from.locate(&remote), cause }),
        }
    }
}
