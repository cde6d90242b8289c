//! One update.

use super::check::Next;
use super::keys::{finish, keyid, require, require_online, sign_online};
use super::parallel::{Ask, each};
use super::write::{Waiting, aside, publish};
use super::{BinKeys, BinReceipt, BinSettings, BinsRepository, read_bin};
use crate::RepositoryError;
use chrono::{DateTime, Utc};
use std::collections::BTreeMap;
use tuffet_builder::{BinError, Bins, Online, Pins, TargetChanges, bins_snapshot, next_bin, timestamp};
use tuffet_keys::KeyId;
use tuffet_metadata::{Hashes, Pinned, RoleName, Targets, Verified};

/// New versions, before they are published.
#[derive(Default)]
pub(super) struct Made {
    /// By role.
    pub(super) pins: BTreeMap<RoleName, Pinned>,
    /// Their files, in any order.
    pub(super) files: Vec<Waiting>,
}

/// A bin to change.
struct Job {
    name: String,
    changes: TargetChanges,
    renew: bool,
    keyid: Option<KeyId>,
}

/// One bin's new version: what the snapshot will say, and its file.
pub(super) type New = (RoleName, Pinned, Waiting);

impl BinsRepository {
    /// Publishes `changes`: the bins they belong to at their next versions, a snapshot and a timestamp. `None` where
    /// everything is so already (R11). Only what changes is read; a bin is verified before it is changed and after.
    ///
    /// # Errors
    /// [`RepositoryError`]; with `Moved` and `Locked` another publication came in between, and the same changes can be
    /// published over it.
    pub fn update(
        &mut self,
        changes: TargetChanges,
        keys: &BinKeys<'_>,
        settings: &BinSettings,
        at: DateTime<Utc>,
    ) -> Result<Option<BinReceipt>, RepositoryError> {
        self.refresh()?;
        for path in changes.iter().filter(|(_, file)| file.is_some()).map(|(path, _)| path) {
            target_name(path)?;
        }
        let asked = some_of(changes.iter());
        let jobs = Bins::of(&self.published.targets)?.sort(changes)?;
        self.change(jobs.into_iter().map(|(name, changes)| (name, changes, false)), &asked, keys, settings, at)
    }

    /// Gives every bin whose expiry is before `until` a new one, its targets as they are (R19). `None` where there is
    /// none. Reads every bin.
    ///
    /// # Errors
    /// [`RepositoryError`]
    pub fn renew(
        &mut self,
        until: DateTime<Utc>,
        keys: &BinKeys<'_>,
        settings: &BinSettings,
        at: DateTime<Utc>,
    ) -> Result<Option<BinReceipt>, RepositoryError> {
        self.refresh()?;
        let bins = Bins::of(&self.published.targets)?;
        let mut jobs = Vec::new();
        for name in bins.names() {
            let bin = read_bin(&self.repository, &self.published, &bins, &name)?;
            if bin.common.expires.is_past(until) {
                jobs.push((name, TargetChanges::new(), true));
            }
        }
        self.change(jobs.into_iter(), &TargetChanges::new(), keys, settings, at)
    }

    fn change(
        &mut self,
        jobs: impl Iterator<Item = (String, TargetChanges, bool)>,
        asked: &TargetChanges,
        keys: &BinKeys<'_>,
        settings: &BinSettings,
        at: DateTime<Utc>,
    ) -> Result<Option<BinReceipt>, RepositoryError> {
        require_online(self.published.root(), keys.online)?;
        let bins = Bins::of(&self.published.targets)?;
        let job = |(name, changes, renew): (String, TargetChanges, bool)| {
            let authority = bins.authority(&name)?;
            require(&authority, keys.bins)?;
            let keyid = keyid(&authority, keys.bins);
            Ok(Job { name, changes, renew, keyid })
        };
        let jobs: Vec<Job> = jobs.map(job).collect::<Result<_, RepositoryError>>()?;
        let mut made = Made::default();
        let work = |job: &Job, ask: &mut Ask<'_>| self.next(&bins, job, ask, settings);
        each(&jobs, settings.threads, keys.bins, work, |next| made.extend(next))?;
        if made.pins.is_empty() {
            return Ok(None);
        }
        self.finish(made, None, asked, false, keys, settings, at).map(Some)
    }

    fn next(
        &self,
        bins: &Bins<'_>,
        job: &Job,
        ask: &mut Ask<'_>,
        settings: &BinSettings,
    ) -> Result<Option<New>, RepositoryError> {
        let Job { name, changes, renew, keyid } = job;
        let old = read_bin(&self.repository, &self.published, bins, name)?;
        let unlisted = || BinError::Unlisted { role: old.role().clone() };
        let listed = self.published.snapshot.meta().get(&old.role().file_name()).ok_or_else(unlisted)?;
        let Some(next) = next_bin(&old, &listed, changes, settings.bins, *renew)? else { return Ok(None) };
        let new = finish(&bins.authority(name)?, keyid.as_ref(), ask(next)?)?;
        self.write(&new, settings).map(Some)
    }

    /// Writes a bin aside.
    pub(super) fn write(&self, new: &Verified<Targets>, settings: &BinSettings) -> Result<New, RepositoryError> {
        let (role, version) = (new.role().clone(), new.common.version);
        let hashes = || Hashes { sha256: Some(new.sha256()), sha512: None, unknown: Vec::new() };
        let pin = Pinned {
            version,
            length: Some(new.bytes().len() as u64),
            hashes: (settings.pins == Pins::Full).then(hashes),
        };
        let file = role.versioned_file_name(version);
        let waiting = aside(&self.repository, file, new.bytes(), settings.durability)?;
        Ok((role, pin, waiting))
    }

    /// Snapshot and timestamp over what was made; read by a client; published.
    pub(super) fn finish(
        &mut self,
        mut made: Made,
        targets: Option<Verified<Targets>>,
        asked: &TargetChanges,
        adding: bool,
        keys: &BinKeys<'_>,
        settings: &BinSettings,
        at: DateTime<Utc>,
    ) -> Result<BinReceipt, RepositoryError> {
        let published = &self.published;
        let bins = made.pins.iter().filter(|(role, _)| **role != RoleName::Targets);
        let versions = bins.map(|(role, pin)| (role.to_string(), pin.version)).collect();
        let snapshot = bins_snapshot(&published.snapshot, &made.pins, settings.snapshot, settings.pins, adding)?;
        let snapshot = sign_online(published.root(), &snapshot, &RoleName::Snapshot, keys.online)?;
        let timestamp = timestamp(Some(&published.timestamp), &snapshot, &Online::until(settings.timestamp))?;
        let timestamp = sign_online(published.root(), &timestamp, &RoleName::Timestamp, keys.online)?;
        let next = Next {
            published,
            timestamp: &timestamp,
            snapshot: &snapshot,
            targets: targets.as_ref().unwrap_or(&published.targets),
            bins: made.files.iter().map(|waiting| (&*waiting.file, &*waiting.path)).collect(),
        };
        next.accepted(&self.repository, asked, at)?;
        let name = RoleName::Snapshot.versioned_file_name(snapshot.common.version);
        made.files.push(aside(&self.repository, name, snapshot.bytes(), settings.durability)?);
        let last = aside(&self.repository, RoleName::Timestamp.file_name(), timestamp.bytes(), settings.durability)?;
        let bytes = made.files.iter().chain([&last]).map(|waiting| waiting.bytes).sum();
        publish(&self.repository, published.timestamp.bytes(), made.files, last, settings.durability)?;
        let receipt = BinReceipt {
            bins: versions,
            bytes,
            snapshot: snapshot.common.version,
            timestamp: timestamp.common.version,
        };
        self.published.snapshot = snapshot;
        self.published.timestamp = timestamp;
        if let Some(targets) = targets {
            self.published.targets = targets;
        }
        Ok(receipt)
    }
}

impl Made {
    pub(super) fn extend(&mut self, new: Option<New>) {
        if let Some((role, pin, waiting)) = new {
            self.pins.insert(role, pin);
            self.files.push(waiting);
        }
    }
}

/// A path that clients can store (C62).
pub(super) fn target_name(path: &str) -> Result<(), RepositoryError> {
    let refuse = |problem| RepositoryError::TargetName { path: path.to_owned(), problem };
    tuffet_client::target_names(path).map(|_| ()).map_err(refuse)
}

/// Changes that a client is asked for before they are published: each costs a bin read, and a thousand would cost what
/// the update does.
pub(super) fn some_of<'a>(
    changes: impl Iterator<Item = (&'a String, &'a Option<tuffet_metadata::TargetFile>)>,
) -> TargetChanges {
    changes.take(16).map(|(path, change)| (path.clone(), change.clone())).collect()
}
