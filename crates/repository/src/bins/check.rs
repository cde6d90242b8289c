//! A client reads what is about to be published (R21): timestamp, snapshot and targets as it would be served, and some
//! of the changed targets through their bins. Every changed bin was verified by itself when it was signed.

use crate::{Published, Repository, RepositoryError};
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use std::path::Path;
use tuffet_builder::TargetChanges;
use tuffet_client::ClientError;
use tuffet_metadata::{Snapshot, TargetFile, Targets, Timestamp, Unverified, Verified};
use tuffet_verifier::{FloorVersions, Memory, Policy, Refreshed, Step, Update, UpdateError};

/// The new files, as far as they are in memory, and where the others wait.
pub(super) struct Next<'a> {
    pub(super) published: &'a Published,
    pub(super) timestamp: &'a Verified<Timestamp>,
    pub(super) snapshot: &'a Verified<Snapshot>,
    pub(super) targets: &'a Verified<Targets>,
    /// Where the new bins lie, by file name.
    pub(super) bins: BTreeMap<&'a str, &'a Path>,
}

impl Next<'_> {
    /// # Errors
    /// [`RepositoryError::Refused`]
    pub(super) fn accepted(
        &self,
        repository: &Repository,
        changes: &TargetChanges,
        at: DateTime<Utc>,
    ) -> Result<(), RepositoryError> {
        let root = self.published.root();
        let from = root.common.version;
        let refused = |cause: UpdateError| RepositoryError::Refused {
            from,
            cause: Box::new(ClientError::Refused { url: "the staged files".into(), cause, web_page: false }),
        };
        let refreshed = self.refresh(at).map_err(refused)?;
        for (path, change) in changes {
            let found = self.find(repository, &refreshed, path)?.map_err(refused)?;
            if found != *change {
                return Err(RepositoryError::NotFound { path: path.clone(), from });
            }
        }
        Ok(())
    }

    fn refresh(&self, at: DateTime<Utc>) -> Result<Refreshed, UpdateError> {
        let (root, before) = (self.published.root(), self.published);
        // No client goes back behind these.
        let floors = FloorVersions {
            timestamp: before.timestamp.common.version,
            snapshot: before.snapshot.common.version,
            ..FloorVersions::default()
        };
        let memory = Memory { floors, ..Memory::default() };
        Update::start(Unverified::new(root.bytes().to_vec()), at, Policy::default())?
            .final_root(memory)?
            .timestamp(Unverified::new(self.timestamp.bytes().to_vec()))?
            .snapshot(Unverified::new(self.snapshot.bytes().to_vec()))?
            .targets(Unverified::new(self.targets.bytes().to_vec()))
    }

    fn find(
        &self,
        repository: &Repository,
        refreshed: &Refreshed,
        path: &str,
    ) -> Result<Result<Option<TargetFile>, UpdateError>, RepositoryError> {
        let mut search = refreshed.search(path);
        loop {
            let request = match search.step() {
                Step::Fetch(request) => request,
                Step::Found(target) => return Ok(Ok(Some(target.file.clone()))),
                Step::Absent(_) => return Ok(Ok(None)),
            };
            let bytes = match self.bins.get(&*request.name) {
                Some(place) => {
                    std::fs::read(place).map_err(|cause| RepositoryError::Read { file: request.name.clone(), cause })?
                }
                None => {
                    let missing = || RepositoryError::Missing { file: request.name.clone(), rule: "R6" };
                    repository.read(&request.name)?.ok_or_else(missing)?
                }
            };
            search = match search.take(bytes) {
                Ok(search) => search,
                Err(error) => return Ok(Err(error)),
            };
        }
    }
}
