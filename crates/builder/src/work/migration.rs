//! An algorithm migration, in two ceremonies: both keys of everybody, then the new one alone.
//!
//! In the dual period a threshold counts keys, of which everybody has two. Doubled, it is met by as many *people* as
//! before at least: fewer have not as many keys. It needs a second key for everybody, or those with two would outvote
//! those with one.

use super::Work;
use super::root::OFFLINE;
use crate::{Delegate, DraftError, Succession};
use tuffet_keys::{Fingerprint, PublicKey};
use tuffet_metadata::RoleName;

impl Work<'_> {
    pub(super) fn begin_migration(
        &mut self,
        successions: &[Succession],
        thresholds: Option<(u64, u64)>,
    ) -> Result<(), DraftError> {
        for role in OFFLINE {
            let (keyids, threshold) = self.roles.get(&role).cloned().unwrap_or_default();
            let mut both = Vec::new();
            for keyid in keyids {
                let key = self.keys.get(&keyid).and_then(|key| key.public()).map(PublicKey::fingerprint);
                both.push(keyid);
                // A key nobody can use counts for nothing, so nobody need follow it.
                let Some(key) = key else { continue };
                let succession = successions.iter().find(|succession| succession.outgoing == key);
                let Some(succession) = succession else {
                    return Err(DraftError::HalfMigrated { role, key });
                };
                both.push(self.keyid_of(&Delegate::Person(succession.incoming.clone()))?);
            }
            let threshold = chosen(thresholds, &role).unwrap_or_else(|| threshold.saturating_mul(2));
            self.roles.insert(role, (both, threshold));
        }
        self.require_used(successions.iter().map(|succession| succession.outgoing))
    }

    pub(super) fn end_migration(
        &mut self,
        outgoing: &[Fingerprint],
        thresholds: Option<(u64, u64)>,
    ) -> Result<(), DraftError> {
        self.require_used(outgoing.iter().copied())?;
        for role in OFFLINE {
            for key in outgoing {
                if self.seat(&role, key).is_some() {
                    self.remove_keyholder(role.clone(), key)?;
                }
            }
            if let Some((_, threshold)) = self.roles.get_mut(&role) {
                let halved = threshold.div_ceil(2);
                *threshold = chosen(thresholds, &role).unwrap_or(halved);
            }
        }
        Ok(())
    }

    fn require_used(&self, keys: impl Iterator<Item = Fingerprint>) -> Result<(), DraftError> {
        for key in keys {
            if OFFLINE.iter().all(|role| self.seat(role, &key).is_none()) {
                return Err(DraftError::NotAHolder(key));
            }
        }
        Ok(())
    }
}

fn chosen(thresholds: Option<(u64, u64)>, role: &RoleName) -> Option<u64> {
    thresholds.map(|(root, targets)| if *role == RoleName::Root { root } else { targets })
}
