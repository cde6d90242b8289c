//! A change of the original, made on its twin.

use crate::{MakeKey, Twin, TwinError};
use tuffet_builder::{BinsSpec, Change, Delegate, DelegateTo, Holder, OnlineKey, Seats, Succession};
use tuffet_keys::{Fingerprint, PublicKey};

impl Twin {
    /// The change, with what stands for each of the original's keys; a key that comes gets one that stands for it from now
    /// on. A fingerprint the twin does not know stays, and the draft refuses it as it would the original's.
    ///
    /// # Errors
    /// [`TwinError::Key`]
    pub fn translate(&mut self, change: &Change, make: &mut MakeKey<'_>) -> Result<Change, TwinError> {
        let mut one = Translation { twin: self, make };
        Ok(match change {
            Change::Establish { root, targets, online } => {
                Change::Establish { root: one.seats(root)?, targets: one.seats(targets)?, online: one.online(online)? }
            }
            Change::ReplaceKeyholder { outgoing, incoming } => {
                Change::ReplaceKeyholder { outgoing: one.known(outgoing), incoming: one.holder(incoming)? }
            }
            Change::AddKeyholder { role, incoming } => {
                Change::AddKeyholder { role: *role, incoming: one.holder(incoming)? }
            }
            Change::RemoveKeyholder { role, outgoing } => {
                Change::RemoveKeyholder { role: *role, outgoing: one.known(outgoing) }
            }
            Change::SetOnlineKeys { role, keys, threshold } => {
                let keys = keys.iter().map(|key| one.online(key)).collect::<Result<_, _>>()?;
                Change::SetOnlineKeys { role: *role, keys, threshold: *threshold }
            }
            Change::BeginMigration { successions, thresholds } => {
                let mut succession = |s: &Succession| {
                    Ok::<_, TwinError>(Succession {
                        outgoing: one.known(&s.outgoing),
                        incoming: one.holder(&s.incoming)?,
                    })
                };
                let successions = successions.iter().map(&mut succession).collect::<Result<_, _>>()?;
                Change::BeginMigration { successions, thresholds: *thresholds }
            }
            Change::EndMigration { outgoing, thresholds } => {
                let outgoing = outgoing.iter().map(|key| one.known(key)).collect();
                Change::EndMigration { outgoing, thresholds: *thresholds }
            }
            Change::SetDelegation { by, to, before } => {
                let to = DelegateTo { keys: one.delegates(&to.keys)?, ..to.clone() };
                Change::SetDelegation { by: by.clone(), to, before: before.clone() }
            }
            Change::SetBins { by, bins } => {
                let bins = BinsSpec { keys: one.delegates(&bins.keys)?, ..bins.clone() };
                Change::SetBins { by: by.clone(), bins }
            }
            other => other.clone(),
        })
    }
}

struct Translation<'a, 'm> {
    twin: &'a mut Twin,
    make: &'a mut MakeKey<'m>,
}

impl Translation<'_, '_> {
    fn known(&self, original: &Fingerprint) -> Fingerprint {
        self.twin.stand_in(original).unwrap_or(*original)
    }

    fn public(&mut self, original: &PublicKey, name: &str) -> Result<PublicKey, TwinError> {
        Ok(self.twin.keys.for_key(original, name, self.make)?)
    }

    fn holder(&mut self, holder: &Holder) -> Result<Holder, TwinError> {
        Ok(Holder { owner: holder.owner.clone(), public: self.public(&holder.public, &holder.owner)? })
    }

    fn online(&mut self, key: &OnlineKey) -> Result<OnlineKey, TwinError> {
        Ok(OnlineKey { uri: key.uri.clone(), public: self.public(&key.public, &key.uri)? })
    }

    fn seats(&mut self, seats: &Seats) -> Result<Seats, TwinError> {
        let holders = seats.holders.iter().map(|holder| self.holder(holder)).collect::<Result<_, _>>()?;
        Ok(Seats { holders, threshold: seats.threshold })
    }

    fn delegates(&mut self, keys: &[Delegate]) -> Result<Vec<Delegate>, TwinError> {
        let one = |key: &Delegate| {
            Ok(match key {
                Delegate::Person(holder) => Delegate::Person(self.holder(holder)?),
                Delegate::Machine(online) => Delegate::Machine(self.online(online)?),
            })
        };
        keys.iter().map(one).collect()
    }
}
