//! The files of a repository as they are being changed.

mod delegations;
mod finish;
mod keys;
mod migration;
mod root;

use crate::draft::SPEC_VERSION;
use crate::{Change, Delegate, DraftError, OnlineKey, Periods, Seats, State, TargetPin};
use std::collections::{BTreeMap, BTreeSet};
use tuffet_keys::KeyId;
use tuffet_metadata::json::{Object, Value, object};
use tuffet_metadata::{Key, RoleName};

/// Root and the roles that list targets, as they are being changed.
pub(crate) struct Work<'a> {
    state: Option<&'a State>,
    keys: BTreeMap<KeyId, Key>,
    roles: BTreeMap<RoleName, (Vec<KeyId>, u64)>,
    root: Object,
    /// The roles that list targets and have been looked at, the top-level one among them.
    targets: BTreeMap<RoleName, Listing>,
    /// Roles that get a new version though nothing else changes.
    renewed: BTreeSet<RoleName>,
}

/// A role that lists targets, as it is being changed.
#[derive(Default)]
struct Listing {
    value: Object,
    /// The keys its delegations may use: those they do, and those that come.
    keys: BTreeMap<KeyId, Key>,
}

impl<'a> Work<'a> {
    pub(crate) fn establish(root: &Seats, targets: &Seats, online: &OnlineKey) -> Self {
        let mut work = Self {
            state: None,
            keys: BTreeMap::new(),
            roles: BTreeMap::new(),
            root: object([
                ("_type", "root".into()),
                ("consistent_snapshot", true.into()),
                ("spec_version", SPEC_VERSION.into()),
            ]),
            targets: BTreeMap::from([(RoleName::Targets, Listing::empty())]),
            renewed: BTreeSet::new(),
        };
        for (role, seats) in [(RoleName::Root, root), (RoleName::Targets, targets)] {
            let keyids = seats.holders.iter().map(|holder| work.add(Delegate::Person(holder.clone()).key())).collect();
            work.roles.insert(role, (keyids, seats.threshold));
        }
        let keyid = work.add(Delegate::Machine(online.clone()).key());
        for role in [RoleName::Snapshot, RoleName::Timestamp] {
            work.roles.insert(role, (vec![keyid.clone()], 1));
        }
        work
    }

    pub(crate) fn from_state(state: &'a State) -> Self {
        let mut roles = BTreeMap::new();
        for role in RoleName::TOP_LEVEL {
            let authority = state.root.authority(&role);
            roles.insert(role, (authority.keyids().to_vec(), authority.threshold()));
        }
        let top = Listing::of(&state.targets);
        Self {
            state: Some(state),
            keys: state.root.keys().clone(),
            roles,
            root: state.root.value(),
            targets: BTreeMap::from([(RoleName::Targets, top)]),
            renewed: BTreeSet::new(),
        }
    }

    pub(crate) fn apply(&mut self, change: &Change) -> Result<(), DraftError> {
        match change {
            Change::Establish { .. } => {
                let version = self.state.map_or(1, |state| state.root.common.version);
                Err(DraftError::Established { version })
            }
            Change::ReplaceKeyholder { outgoing, incoming } => self.replace(outgoing, incoming),
            Change::AddKeyholder { role, incoming } => self.add_keyholder((*role).into(), incoming),
            Change::RemoveKeyholder { role, outgoing } => self.remove_keyholder((*role).into(), outgoing),
            Change::SetThreshold { role, threshold } => self.set_threshold(&(*role).into(), *threshold),
            Change::SetOnlineKeys { role, keys, threshold } => self.set_online((*role).into(), keys, *threshold),
            Change::BeginMigration { successions, thresholds } => self.begin_migration(successions, *thresholds),
            Change::EndMigration { outgoing, thresholds } => self.end_migration(outgoing, *thresholds),
            Change::RewriteKeys => {
                self.rewrite_keys();
                Ok(())
            }
            Change::SetPeriods { role, periods } => self.set_periods(role, *periods),
            Change::SetConsistentSnapshot => {
                self.root.insert("consistent_snapshot".into(), true.into());
                Ok(())
            }
            Change::Renew { role } => self.renew(role),
            Change::SetTarget { role, pin } => self.listing(role).map(|listing| listing.set_target(pin)),
            Change::RemoveTarget { role, path } => self.remove_target(role, path),
            Change::SetDelegation { by, to, before } => self.set_delegation(by, to, before.as_deref()),
            Change::RemoveDelegation { by, name } => self.remove_delegation(by, name),
            Change::SetBins { by, bins } => self.set_bins(by, bins),
        }
    }

    /// The role that lists targets, as it stands after the changes so far.
    fn listing(&mut self, role: &RoleName) -> Result<&mut Listing, DraftError> {
        let RoleName::Delegated(name) = role else {
            let none = || DraftError::NotTargets(role.clone());
            return self.targets.get_mut(role).ok_or_else(none);
        };
        if !self.targets.contains_key(role) {
            let there = self.state.and_then(|state| state.delegated.get(name));
            let listing = match there {
                Some(targets) => Listing::of(targets),
                None if self.is_delegated(name) => Listing::empty(),
                None => return Err(DraftError::NotDelegated(role.clone())),
            };
            self.targets.insert(role.clone(), listing);
        }
        self.targets.get_mut(role).ok_or_else(|| DraftError::NotDelegated(role.clone()))
    }

    fn renew(&mut self, role: &RoleName) -> Result<(), DraftError> {
        if *role != RoleName::Root {
            self.listing(role)?;
        }
        self.renewed.insert(role.clone());
        Ok(())
    }

    fn set_periods(&mut self, role: &RoleName, periods: Periods) -> Result<(), DraftError> {
        let Periods { expiry, signing } = periods;
        if signing == 0 || signing >= expiry {
            return Err(DraftError::Periods { role: role.clone(), expiry, signing });
        }
        let write = |members: &mut Object| {
            periods.write_into(members);
        };
        match role {
            RoleName::Root => write(&mut self.root),
            // Online roles are made by machines, which read in root what they are to do.
            RoleName::Snapshot | RoleName::Timestamp => {
                keys::edit(&mut self.root, "roles", |roles| keys::edit(roles, role.as_str(), write));
            }
            role => write(&mut self.listing(role)?.value),
        }
        Ok(())
    }

    fn remove_target(&mut self, role: &RoleName, path: &str) -> Result<(), DraftError> {
        let none = || DraftError::NoTarget { role: role.clone(), path: path.to_owned() };
        let removed = keys::edit(&mut self.listing(role)?.value, "targets", |targets| targets.remove(path));
        removed.map(|_| ()).ok_or_else(none)
    }
}

impl Listing {
    fn empty() -> Self {
        let value = object([
            ("_type", "targets".into()),
            ("spec_version", SPEC_VERSION.into()),
            ("targets", Object::new().into()),
        ]);
        Self { value, keys: BTreeMap::new() }
    }

    fn of(targets: &tuffet_metadata::Targets) -> Self {
        let value = targets.value();
        let used =
            value.get("delegations").and_then(Value::as_object).map(delegations::used_keyids).unwrap_or_default();
        let keys = targets.delegations.iter().flat_map(tuffet_metadata::Delegations::keys);
        let keys = keys.filter(|(keyid, _)| used.contains(keyid.as_str()));
        Self { keys: keys.map(|(keyid, key)| (keyid.clone(), key.clone())).collect(), value }
    }

    /// What the entry has beside length and hashes stays (F1).
    fn set_target(&mut self, pin: &TargetPin) {
        let mut hashes = object([("sha256", pin.sha256.to_string().into())]);
        if let Some(sha512) = pin.sha512 {
            hashes.insert("sha512".into(), sha512.to_string().into());
        }
        let write = |entry: &mut Object| {
            entry.insert("hashes".into(), hashes.into());
            entry.insert("length".into(), pin.length.into());
            if let Some(custom) = &pin.custom {
                entry.insert("custom".into(), custom.clone());
            }
        };
        keys::edit(&mut self.value, "targets", |targets| keys::edit(targets, &pin.path, write));
    }

    fn delegated(&self) -> Option<&Object> {
        self.value.get("delegations").and_then(Value::as_object)
    }
}
