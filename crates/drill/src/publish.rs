//! What the owners of a twin do: hold a ceremony in no time, and publish.

use crate::twin::{sign_online, sign_root, sign_targets};
use crate::{Twin, TwinError};
use chrono::{DateTime, Utc};
use std::borrow::Cow;
use std::collections::BTreeMap;
use tuffet_builder::{
    Change, Draft, Expiries, Online, Pins, assemble, delegated_below, draft, payload, snapshot, timestamp,
};
use tuffet_metadata::{RoleName, Targets, Verified};

/// Until when what the owners sign next is valid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dates {
    /// Root and the roles that list targets.
    pub offline: Expiries,
    /// Snapshot.
    pub snapshot: DateTime<Utc>,
    /// Timestamp.
    pub timestamp: DateTime<Utc>,
}

impl Dates {
    /// One date for everything.
    #[must_use]
    pub fn until(time: DateTime<Utc>) -> Self {
        Self { offline: Expiries::new(time, time), snapshot: time, timestamp: time }
    }
}

impl Twin {
    /// Holds the ceremony that makes `changes`, signed by everybody, and publishes; without changes the online roles are
    /// signed anew. The next snapshot and timestamp follow those that the owners signed last, whatever a thief has put in
    /// their place, and pin as those did.
    ///
    /// # Errors
    /// [`TwinError`]; the twin is then as it was.
    pub fn publish(&mut self, changes: &[Change], dates: &Dates) -> Result<(), TwinError> {
        let state = self.state();
        let empty = Draft { root: None, targets: None, delegated: BTreeMap::new() };
        let next = if changes.is_empty() { empty } else { draft(Some(&state), changes, &dates.offline)? };
        let authorities = |role: &RoleName| next.authorities(Some(&state), role);

        let mut roots = self.roots.clone();
        if let Some(root) = &next.root {
            payload(root)?;
            roots.push(sign_root(&self.keys, root, Some(&state.root), None)?);
        }
        let root = roots.last().cloned().unwrap_or_else(|| state.root.clone());
        let mut targets = self.targets.clone();
        if let Some(next) = &next.targets {
            payload(next)?;
            targets = sign_targets(&self.keys, next, &authorities(next.role()))?;
        }
        let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
        for (name, role) in &next.delegated {
            payload(role)?;
            let by = authorities(role.role());
            let given = self.keys.sign(role.payload(), &by, None)?;
            files.insert(name.clone(), assemble(role, &by, &given));
        }
        let mut bring =
            |name: &str| files.remove(name).or(self.delegated.get(name).map(|before| before.bytes().to_vec()));
        let mut delegated = delegated_below(&targets, &mut bring)?;
        // Bins, which nobody delegates to by name.
        for (name, role) in &self.delegated {
            delegated.entry(name.clone()).or_insert_with(|| role.clone());
        }

        let listed: Vec<&Verified<Targets>> = std::iter::once(&targets).chain(delegated.values()).collect();
        let pins = |full: bool| if full { Pins::Full } else { Pins::VersionOnly };
        let entry = self.snapshot.meta().get(&RoleName::Targets.file_name());
        let online = |expires, full| Online { pins: pins(full), ..Online::until(expires) };
        let is_full = entry.is_none_or(|entry| entry.hashes.is_some());
        let new = snapshot(Some(&self.snapshot), &listed, &online(dates.snapshot, is_full))?;
        let new_snapshot = sign_online(&self.keys, &root, &new)?;
        let is_full = self.timestamp.snapshot.hashes.is_some();
        let new = timestamp(Some(&self.timestamp), &new_snapshot, &online(dates.timestamp, is_full))?;
        let new_timestamp = sign_online(&self.keys, &root, &new)?;

        (self.roots, self.targets, self.delegated) = (roots, targets, delegated);
        (self.snapshot, self.timestamp) = (new_snapshot, new_timestamp);
        self.serve();
        Ok(())
    }

    /// The targets that clients can find by the top-level role alone.
    #[must_use]
    pub fn top_level_paths(&self) -> Vec<String> {
        self.targets.targets().keys().map(Cow::into_owned).collect()
    }
}
