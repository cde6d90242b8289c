//! The four roles: who signs them.

use super::Work;
use super::keys::{is, keyids_with, name};
use crate::{Delegate, DraftError, Holder, OnlineKey};
use std::collections::BTreeSet;
use tuffet_keys::{Fingerprint, KeyId};
use tuffet_metadata::RoleName;

impl Work<'_> {
    /// In root, targets, and every delegation of the state.
    pub(super) fn replace(&mut self, outgoing: &Fingerprint, incoming: &Holder) -> Result<(), DraftError> {
        let fingerprint = incoming.public.fingerprint();
        if let Some(held) = self.in_use().find(|key| is(key, &fingerprint)) {
            let (owner, holder) = (incoming.owner.clone(), name(held).to_owned());
            return Err(DraftError::AlreadyHeld { owner, fingerprint, holder });
        }
        let gone = self.keyids_with(outgoing);
        let new = self.keyid_of(&Delegate::Person(incoming.clone()))?;
        let mut seats = 0usize;
        for role in OFFLINE {
            let Some((keyids, _)) = self.roles.get_mut(&role) else { continue };
            if let Some(seat) = keyids.iter_mut().find(|keyid| gone.contains(keyid)) {
                *seat = new.clone();
                seats = seats.saturating_add(1);
            }
            keyids.retain(|keyid| !gone.contains(keyid));
        }
        seats = seats.saturating_add(self.replace_delegate(outgoing, incoming)?);
        if seats == 0 { Err(DraftError::NotAHolder(*outgoing)) } else { Ok(()) }
    }

    pub(super) fn add_keyholder(&mut self, role: RoleName, incoming: &Holder) -> Result<(), DraftError> {
        let keyid = self.keyid_of(&Delegate::Person(incoming.clone()))?;
        let (keyids, _) = self.roles.entry(role).or_default();
        if keyids.contains(&keyid) {
            let (owner, fingerprint) = (incoming.owner.clone(), incoming.public.fingerprint());
            return Err(DraftError::AlreadyHeld { holder: owner.clone(), owner, fingerprint });
        }
        keyids.push(keyid);
        Ok(())
    }

    pub(super) fn remove_keyholder(&mut self, role: RoleName, outgoing: &Fingerprint) -> Result<(), DraftError> {
        let gone = self.keyids_with(outgoing);
        let (keyids, _) = self.roles.entry(role.clone()).or_default();
        let before = keyids.len();
        keyids.retain(|keyid| !gone.contains(keyid));
        if keyids.len() == before { Err(DraftError::NotOfTheRole { role, key: *outgoing }) } else { Ok(()) }
    }

    /// Whether it can be met is asked when every change is made: a threshold may be raised before the people come.
    pub(super) fn set_threshold(&mut self, role: &RoleName, threshold: u64) -> Result<(), DraftError> {
        if threshold == 0 {
            return Err(DraftError::Threshold { role: role.clone(), threshold, keys: self.distinct(role) });
        }
        self.roles.entry(role.clone()).or_default().1 = threshold;
        Ok(())
    }

    pub(super) fn set_online(&mut self, role: RoleName, keys: &[OnlineKey], threshold: u64) -> Result<(), DraftError> {
        let mut keyids: Vec<KeyId> = Vec::new();
        for online in keys {
            keyids.push(self.keyid_of(&Delegate::Machine(online.clone()))?);
        }
        self.roles.insert(role, (keyids, threshold));
        Ok(())
    }

    /// Every threshold can be met by distinct keys (F10).
    pub(super) fn require_thresholds(&self) -> Result<(), DraftError> {
        for (role, (_, threshold)) in &self.roles {
            let keys = self.distinct(role);
            if *threshold == 0 || u64::try_from(keys).is_ok_and(|keys| keys < *threshold) {
                return Err(DraftError::Threshold { role: role.clone(), threshold: *threshold, keys });
            }
        }
        Ok(())
    }

    fn distinct(&self, role: &RoleName) -> usize {
        let keyids = self.roles.get(role).map(|(keyids, _)| keyids.as_slice()).unwrap_or_default();
        let keys = keyids.iter().filter_map(|keyid| self.keys.get(keyid)?.public());
        keys.map(tuffet_keys::PublicKey::fingerprint).collect::<BTreeSet<_>>().len()
    }

    /// The keyids of a role that belong to a key of `fingerprint`.
    pub(super) fn seat(&self, role: &RoleName, fingerprint: &Fingerprint) -> Option<usize> {
        let with = keyids_with(&self.keys, fingerprint);
        let (keyids, _) = self.roles.get(role)?;
        keyids.iter().position(|keyid| with.contains(keyid))
    }
}

/// The roles people sign.
pub(super) const OFFLINE: [RoleName; 2] = [RoleName::Root, RoleName::Targets];
