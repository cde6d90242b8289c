//! From a plan's changes, in names, to the builder's, in keys.

use crate::directory::require_hash;
use crate::{Ceremony, CeremonyError, PlanError, PlannedChange, PlannedSeats};
use std::collections::BTreeMap;
use tuffet_builder::{
    BinsSpec, Change, Delegate, DelegateTo, DelegatedPaths, Holder, OfflineRole, OnlineKey, OnlineRole, Periods, Seats,
    State, Succession, TargetPin,
};
use tuffet_keys::{Fingerprint, PublicKey, Sha512};
use tuffet_metadata::json::{Value, parse};
use tuffet_metadata::{HashPrefix, Key, PathPattern, RoleName};

/// Public keys by their owner's name, or the online key's URI.
pub(crate) type Keys = BTreeMap<String, PublicKey>;

/// Whom a plan's names stand for.
pub(crate) struct Names<'a> {
    pub(crate) ceremony: &'a Ceremony,
    pub(crate) state: Option<&'a State>,
    /// Those who come in.
    pub(crate) keys: &'a Keys,
}

impl Names<'_> {
    pub(crate) fn change(&self, change: &PlannedChange) -> Result<Change, CeremonyError> {
        Ok(match change {
            PlannedChange::Establish { root, targets } => {
                let uri = self.ceremony.plan().online.as_ref().map_or("", |online| online.uri.as_str());
                let online = OnlineKey { uri: uri.to_owned(), public: self.key_of(uri)? };
                Change::Establish { root: self.seats(root)?, targets: self.seats(targets)?, online }
            }
            PlannedChange::ReplaceKeyholder { outgoing, incoming } => {
                Change::ReplaceKeyholder { outgoing: self.outgoing(outgoing)?, incoming: self.holder(incoming)? }
            }
            PlannedChange::AddKeyholder { role, incoming } => {
                let incoming = match self.delegate(incoming)? {
                    Delegate::Person(holder) => holder,
                    Delegate::Machine(_) => self.holder(incoming)?,
                };
                Change::AddKeyholder { role: (*role).into(), incoming }
            }
            PlannedChange::RemoveKeyholder { role, outgoing } => {
                Change::RemoveKeyholder { role: (*role).into(), outgoing: self.outgoing(outgoing)? }
            }
            PlannedChange::SetThreshold { role, threshold } => {
                Change::SetThreshold { role: (*role).into(), threshold: *threshold }
            }
            PlannedChange::SetOnlineKeys { role, keys, threshold } => {
                let keys = keys.iter().map(|uri| self.online(uri)).collect::<Result<_, _>>()?;
                Change::SetOnlineKeys { role: (*role).into(), keys, threshold: *threshold }
            }
            PlannedChange::BeginMigration { people } => {
                let succession =
                    |name: &String| Ok(Succession { outgoing: self.outgoing(name)?, incoming: self.holder(name)? });
                let successions = people.iter().map(succession).collect::<Result<_, CeremonyError>>()?;
                Change::BeginMigration { successions, thresholds: None }
            }
            PlannedChange::EndMigration { keys } => {
                // The plan has refused what is no fingerprint.
                let outgoing = keys.iter().filter_map(|key| Fingerprint::from_hex(key)).collect();
                Change::EndMigration { outgoing, thresholds: None }
            }
            PlannedChange::RewriteKeys {} => Change::RewriteKeys,
            PlannedChange::SetPeriods { role, expiry_days, signing_days } => Change::SetPeriods {
                role: RoleName::named(role),
                periods: Periods { expiry: *expiry_days, signing: *signing_days },
            },
            PlannedChange::SetConsistentSnapshot {} => Change::SetConsistentSnapshot,
            PlannedChange::Renew { role } => Change::Renew { role: RoleName::named(role) },
            PlannedChange::SetTarget { role, path, length, sha256, sha512, custom } => {
                let pin = self.target(path, *length, sha256, sha512.as_deref(), custom.as_deref())?;
                Change::SetTarget { role: listing(role.as_deref()), pin }
            }
            PlannedChange::RemoveTarget { role, path } => {
                Change::RemoveTarget { role: listing(role.as_deref()), path: path.clone() }
            }
            PlannedChange::SetDelegation {
                by,
                name,
                keys,
                threshold,
                paths,
                path_hash_prefixes,
                terminating,
                before,
            } => {
                let to = DelegateTo {
                    name: name.clone(),
                    keys: self.delegates(keys)?,
                    threshold: *threshold,
                    paths: delegated_paths(paths.as_deref(), path_hash_prefixes.as_deref()),
                    terminating: *terminating,
                };
                Change::SetDelegation { by: listing(by.as_deref()), to, before: before.clone() }
            }
            PlannedChange::RemoveDelegation { by, name } => {
                Change::RemoveDelegation { by: listing(by.as_deref()), name: name.clone() }
            }
            PlannedChange::SetBins { by, name_prefix, bit_length, keys, threshold } => {
                let (name_prefix, keys) = (name_prefix.clone(), self.delegates(keys)?);
                let bins = BinsSpec { name_prefix, bit_length: *bit_length, keys, threshold: *threshold };
                Change::SetBins { by: listing(by.as_deref()), bins }
            }
        })
    }

    /// The file lies in the ceremony's directory, and is the one the plan means.
    fn target(
        &self,
        path: &str,
        length: u64,
        sha256: &str,
        sha512: Option<&str>,
        custom: Option<&str>,
    ) -> Result<TargetPin, CeremonyError> {
        let file = format!("targets/{path}");
        let bytes = self.ceremony.target(path)?;
        require_hash(&file, sha256, &bytes, "K1")?;
        let problem = |problem| Err(CeremonyError::File { file: file.clone(), problem });
        let found = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        if found != length {
            return problem(format!("expected {length} bytes as the plan says, found {found}"));
        }
        let wanted = sha512.and_then(Sha512::from_hex);
        let sha512 = wanted.map(|_| tuffet_keys::sha512(&bytes));
        if wanted != sha512 {
            return problem("expected the SHA-512 that the plan says, found another".into());
        }
        let custom: Option<Value> = custom.and_then(|json| parse(json.as_bytes(), DEPTH).ok());
        Ok(TargetPin { path: path.to_owned(), length, sha256: tuffet_keys::sha256(&bytes), sha512, custom })
    }

    fn key_of(&self, name: &str) -> Result<PublicKey, CeremonyError> {
        Ok(self.keys.get(name).cloned().ok_or_else(|| unknown(name))?)
    }

    fn holder(&self, name: &str) -> Result<Holder, CeremonyError> {
        Ok(Holder { owner: name.to_owned(), public: self.key_of(name)? })
    }

    fn seats(&self, seats: &PlannedSeats) -> Result<Seats, CeremonyError> {
        let holders = seats.people.iter().map(|name| self.holder(name)).collect::<Result<_, _>>()?;
        Ok(Seats { holders, threshold: seats.threshold })
    }

    fn delegates(&self, names: &[String]) -> Result<Vec<Delegate>, CeremonyError> {
        names.iter().map(|name| self.delegate(name)).collect()
    }

    fn online(&self, uri: &str) -> Result<OnlineKey, CeremonyError> {
        match self.delegate(uri)? {
            Delegate::Machine(online) => Ok(online),
            Delegate::Person(_) => Err(unknown(uri).into()),
        }
    }

    /// Somebody who comes in, else somebody whom the metadata knows.
    fn delegate(&self, name: &str) -> Result<Delegate, CeremonyError> {
        if let Some(public) = self.keys.get(name).cloned() {
            let is_online = self.ceremony.plan().online_keys().any(|online| online.uri == name);
            return Ok(if is_online {
                Delegate::Machine(OnlineKey { uri: name.to_owned(), public })
            } else {
                Delegate::Person(Holder { owner: name.to_owned(), public })
            });
        }
        let there = self.known().find(|key| key.owner().or(key.online_uri()) == Some(name));
        let Some((key, public)) = there.and_then(|key| Some((key, key.public()?.clone()))) else {
            return Err(unknown(name).into());
        };
        Ok(match key.owner() {
            Some(owner) => Delegate::Person(Holder { owner: owner.to_owned(), public }),
            None => Delegate::Machine(OnlineKey { uri: name.to_owned(), public }),
        })
    }

    /// The keys of the previous root, then those of its delegations.
    fn known(&self) -> impl Iterator<Item = &Key> {
        let root = self.state.into_iter().flat_map(|state| state.root.keys().values());
        let top = self.state.into_iter().map(|state| &state.targets);
        let below = self.state.into_iter().flat_map(|state| state.delegated.values());
        let delegations = top.chain(below).filter_map(|targets| targets.delegations.as_ref());
        root.chain(delegations.flat_map(|delegations| delegations.keys().values()))
    }

    /// The one key that the previous root, or else its delegations, give `name`. A key that says no owner, as other tools
    /// write them, is named by its keyid.
    fn outgoing(&self, name: &str) -> Result<Fingerprint, CeremonyError> {
        let version = self.state.map_or(0, |state| state.root.common.version);
        let is_named = |key: &&Key| key.owner().unwrap_or(key.keyid().as_str()) == name;
        let owned = self.known().filter(is_named);
        let mut keys: Vec<Fingerprint> = owned.filter_map(|key| key.public().map(PublicKey::fingerprint)).collect();
        keys.sort();
        keys.dedup();
        match keys.as_slice() {
            [one] => Ok(*one),
            many => Err(CeremonyError::Outgoing { name: name.to_owned(), version, found: many.len() }),
        }
    }
}

impl From<crate::PlannedOffline> for OfflineRole {
    fn from(role: crate::PlannedOffline) -> Self {
        match role {
            crate::PlannedOffline::Root => Self::Root,
            crate::PlannedOffline::Targets => Self::Targets,
        }
    }
}

impl From<crate::PlannedOnline> for OnlineRole {
    fn from(role: crate::PlannedOnline) -> Self {
        match role {
            crate::PlannedOnline::Snapshot => Self::Snapshot,
            crate::PlannedOnline::Timestamp => Self::Timestamp,
        }
    }
}

/// The plan has refused names it does not list, where it could know.
fn unknown(name: &str) -> PlanError {
    PlanError::UnknownPerson { place: "changes".into(), name: name.to_owned() }
}

fn listing(role: Option<&str>) -> RoleName {
    role.map_or(RoleName::Targets, RoleName::named)
}

/// The plan has refused what is no prefix, and both at once.
fn delegated_paths(paths: Option<&[String]>, prefixes: Option<&[String]>) -> DelegatedPaths {
    match prefixes {
        Some(prefixes) => DelegatedPaths::HashPrefixes(prefixes.iter().filter_map(|p| HashPrefix::new(p)).collect()),
        None => DelegatedPaths::Patterns(paths.unwrap_or_default().iter().map(PathPattern::new).collect()),
    }
}

/// As deep as `custom` may be: metadata as a whole may have 32 levels.
pub(crate) const DEPTH: usize = 24;
