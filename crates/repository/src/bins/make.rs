//! Bins made for the first time, from a folder that was scanned: a bin at a time.

use super::keys::{finish, keyid, require, require_online};
use super::parallel::{Ask, each};
use super::update::{Made, New, target_name};
use super::{BinKeys, BinReceipt, BinSettings, BinsRepository};
use crate::RepositoryError;
use crate::scan::ScannedFile;
use chrono::{DateTime, Utc};
use std::collections::HashMap;
use tuffet_builder::{Bins, TargetChanges, first_bin};
use tuffet_keys::KeyId;
use tuffet_metadata::{Hashes, Limits, Pinned, Profile, RoleName, TargetFile, Targets, Unverified, Verified};

/// A bin to make: the numbers of its files.
struct Job<'a> {
    name: String,
    files: Vec<&'a ScannedFile>,
    keyid: Option<KeyId>,
}

impl BinsRepository {
    /// Publishes the first version of every bin, with `files` in them, and of no other role but snapshot and timestamp.
    /// `targets` is the role that delegates to them where it is not published yet: a snapshot without entries for its
    /// bins would be refused (F25), so it is published with them.
    ///
    /// # Errors
    /// [`RepositoryError`]
    pub fn make(
        &mut self,
        targets: Option<Vec<u8>>,
        files: &[ScannedFile],
        keys: &BinKeys<'_>,
        settings: &BinSettings,
        at: DateTime<Utc>,
    ) -> Result<BinReceipt, RepositoryError> {
        self.refresh()?;
        let new = targets.map(|bytes| self.next_targets(bytes)).transpose()?;
        let targets = new.as_ref().unwrap_or(&self.published.targets);
        let bins = Bins::of(targets)?;
        let found = targets.delegations.iter().filter_map(|by| by.succinct_roles()).map(|bins| bins.bins()).next();
        if let Some(found) = found.filter(|found| *found > MOST) {
            return Err(RepositoryError::TooManyBins { limit: MOST, found });
        }
        require_online(self.published.root(), keys.online)?;
        let mut jobs = self.jobs(&bins, keys)?;
        let numbers: HashMap<String, usize> = jobs.iter().enumerate().map(|(at, job)| (job.name.clone(), at)).collect();
        for file in files {
            target_name(&file.path)?;
            let name = bins.bin_of(&file.path)?;
            // A delegation that covers it is one of them.
            if let Some(job) = numbers.get(&name).and_then(|at| jobs.get_mut(*at)) {
                job.files.push(file);
            }
        }
        drop(numbers);
        let mut made = Made::default();
        let work = |job: &Job<'_>, ask: &mut Ask<'_>| -> Result<New, RepositoryError> {
            let first = first_bin(&job.name, &content(&job.files), settings.bins)?;
            self.write(&finish(&bins.authority(&job.name)?, job.keyid.as_ref(), ask(first)?)?, settings)
        };
        each(&jobs, settings.threads, keys.bins, work, |new| made.extend(Some(new)))?;
        if let Some(new) = &new {
            let (role, version, bytes) = (RoleName::Targets, new.common.version, new.bytes());
            made.pins.insert(role.clone(), Pinned::of(version, bytes));
            let file = role.versioned_file_name(version);
            made.files.push(super::write::aside(&self.repository, file, bytes, settings.durability)?);
        }
        let asked = content(&files.iter().take(16).collect::<Vec<_>>());
        self.finish(made, new, &asked, true, keys, settings, at)
    }

    fn jobs<'f>(&self, bins: &Bins<'_>, keys: &BinKeys<'_>) -> Result<Vec<Job<'f>>, RepositoryError> {
        let mut jobs = Vec::new();
        for name in bins.names() {
            let authority = bins.authority(&name)?;
            require(&authority, keys.bins)?;
            if let Some(listed) = self.published.snapshot.meta().get(&authority.role().file_name()) {
                return Err(RepositoryError::BinsExist { role: name, version: listed.version });
            }
            jobs.push(Job { keyid: keyid(&authority, keys.bins), files: Vec::new(), name });
        }
        Ok(jobs)
    }

    /// The next targets, as a ceremony signed them.
    fn next_targets(&self, bytes: Vec<u8>) -> Result<Verified<Targets>, RepositoryError> {
        let file = || RoleName::Targets.file_name();
        let by = self.published.root().authority(&RoleName::Targets);
        let new = Unverified::<Targets>::new(bytes)
            .verify(&by, &Profile::deployed(), &Limits::default())
            .map_err(|cause| RepositoryError::metadata(file(), cause))?;
        let (expected, found) = (self.published.targets.common.version + 1, new.common.version);
        if found == expected { Ok(new) } else { Err(RepositoryError::Version { file: file(), expected, found }) }
    }
}

fn content(files: &[&ScannedFile]) -> TargetChanges {
    let hashes = |file: &ScannedFile| Hashes { sha256: Some(file.sha256), sha512: None, unknown: Vec::new() };
    let target = |file: &ScannedFile| TargetFile { length: Some(file.length), hashes: hashes(file), custom: None };
    files.iter().map(|file| (file.path.clone(), Some(target(file)))).collect()
}

/// 2^20: of a repository with as many, the snapshot alone is over 30 MB.
const MOST: u64 = 1 << 20;
