//! The newest state with throw-away keys, and one ceremony after another held on it.

use super::change::RotationChange;
use crate::{
    Change, Draft, Expiries, Holder, MakeKey, RotationRefused, RotationTerms, StandIns, State, Succession, assemble,
    draft,
};
use std::collections::{BTreeMap, BTreeSet};
use tuffet_keys::{Class, Fingerprint, PublicKey, Scheme};
use tuffet_metadata::json::{Object, Value};
use tuffet_metadata::{
    Authority, Key, KeyidExceptions, Limits, Profile, Proposed, Role, RoleName, Root, Targets, Unverified, Verified,
};

/// A state whose every key is a stand-in.
pub(super) struct Rehearsal<'a> {
    pub(super) state: State,
    pub(super) keys: StandIns,
    make: &'a mut MakeKey<'a>,
    /// The root files, from the one that is published now.
    pub(super) roots: Vec<Vec<u8>>,
    /// The same for clients that know no ML-DSA: without the signatures that they do not count.
    pub(super) classical: Vec<Vec<u8>>,
    /// What stands for the keys that come, by name and scheme.
    coming: BTreeMap<(String, &'static str), PublicKey>,
}

impl<'a> Rehearsal<'a> {
    /// A rehearsal of `state`.
    pub(super) fn of(state: &State, make: &'a mut MakeKey<'a>) -> Result<Self, RotationRefused> {
        let mut keys = StandIns::default();
        let mut value = state.root.value();
        keys.replace(&mut value, state.root.keys().values(), make)?;
        let root: Proposed<Root> = proposed(value)?;
        let everybody: BTreeSet<Fingerprint> = root.authority(&RoleName::Root).fingerprints();
        let bytes = signed(&keys, &root, &[root.authority(&RoleName::Root)], &everybody)?;
        let root = Unverified::<Root>::new(bytes.clone()).verify_pinned(&profile(), &Limits::default());
        let root = root.map_err(|error| RotationRefused::Rehearsal(error.to_string()))?;
        let mut listings: BTreeMap<RoleName, Proposed<Targets>> = BTreeMap::new();
        let below = state.delegated.iter().map(|(name, file)| (RoleName::Delegated(name.clone()), file));
        for (role, file) in std::iter::once((RoleName::Targets, &state.targets)).chain(below) {
            listings.insert(role, listing(&mut keys, file, make)?);
        }
        let twin = |role: &RoleName| -> Result<Verified<Targets>, RotationRefused> {
            let missing = || RotationRefused::Rehearsal(format!("{role}: expected a file, found none"));
            let (file, real) = listings.get(role).zip(state.targets_of(role)).ok_or_else(missing)?;
            let by = authority_over(role, &root, &listings);
            // By whose keys the published file counts, and by nobody else's.
            let signers = real.tallies().iter().flat_map(|tally| &tally.valid).map(|signer| signer.fingerprint);
            let signers = signers.filter_map(|original| keys.of(&original)).collect();
            verified(&keys, file, &by, &signers)
        };
        let targets = twin(&RoleName::Targets)?;
        let mut delegated = BTreeMap::new();
        for name in state.delegated.keys() {
            delegated.insert(name.clone(), twin(&RoleName::Delegated(name.clone()))?);
        }
        let roots = vec![root.bytes().to_vec()];
        let classical = roots.clone();
        Ok(Self { state: State { root, targets, delegated }, keys, make, roots, classical, coming: BTreeMap::new() })
    }

    /// The draft of a ceremony.
    pub(super) fn draft(
        &mut self,
        changes: &[RotationChange],
        expiries: &Expiries,
        second: Option<Scheme>,
        terms: &RotationTerms,
    ) -> Result<Draft, RotationRefused> {
        let changes: Vec<Change> =
            changes.iter().map(|change| self.change(change, second, terms)).collect::<Result<_, _>>()?;
        draft(Some(&self.state), &changes, expiries).map_err(RotationRefused::Draft)
    }

    fn change(
        &mut self,
        change: &RotationChange,
        second: Option<Scheme>,
        terms: &RotationTerms,
    ) -> Result<Change, RotationRefused> {
        Ok(match change {
            RotationChange::ReplaceKeyholder { outgoing, incoming } => Change::ReplaceKeyholder {
                outgoing: self.key_of(outgoing)?,
                incoming: self.coming(incoming, terms.scheme, terms)?,
            },
            RotationChange::AddKeyholder { role, incoming } => {
                let there = self.state.root.keys().values().find(|key| key.owner() == Some(incoming));
                let there = there.and_then(|key| key.public().cloned()).filter(|_| second.is_none());
                let incoming = match there {
                    Some(public) => Holder { owner: incoming.clone(), public },
                    None => self.coming(incoming, second.unwrap_or(terms.scheme), terms)?,
                };
                Change::AddKeyholder { role: *role, incoming }
            }
            RotationChange::RemoveKeyholder { role, outgoing } => {
                Change::RemoveKeyholder { role: *role, outgoing: self.key_of(outgoing)? }
            }
            RotationChange::SetThreshold { role, threshold } => {
                Change::SetThreshold { role: *role, threshold: *threshold }
            }
            RotationChange::BeginMigration { people } => {
                let scheme = second.unwrap_or(terms.scheme);
                let succession = |name: &String| -> Result<Succession, RotationRefused> {
                    Ok(Succession { outgoing: self.key_of(name)?, incoming: self.coming(name, scheme, terms)? })
                };
                let successions = people.iter().map(succession).collect::<Result<_, _>>()?;
                Change::BeginMigration { successions, thresholds: None }
            }
            RotationChange::EndMigration { keys } => {
                let outgoing = keys.iter().filter_map(|original| self.keys.of(original)).collect();
                Change::EndMigration { outgoing, thresholds: None }
            }
        })
    }

    /// The one key that the state gives `name`, as a plan will look it up.
    fn key_of(&self, name: &str) -> Result<Fingerprint, RotationRefused> {
        let mut keys: Vec<Fingerprint> = known(&self.state)
            .filter(|key| key.owner() == Some(name))
            .filter_map(|key| key.public().map(PublicKey::fingerprint))
            .collect();
        keys.sort();
        keys.dedup();
        match keys.as_slice() {
            [one] => Ok(*one),
            many => Err(RotationRefused::OneKey { who: name.to_owned(), found: many.len() }),
        }
    }

    fn coming(&mut self, name: &str, scheme: Scheme, terms: &RotationTerms) -> Result<Holder, RotationRefused> {
        let enrolled = terms.enrolled.get(name);
        let scheme = enrolled.map_or(scheme, PublicKey::scheme);
        let place = (name.to_owned(), scheme.name());
        let public = match self.coming.get(&place) {
            Some(public) => public.clone(),
            None => self.keys.add(name, scheme, enrolled.map(PublicKey::fingerprint), self.make)?,
        };
        self.coming.insert(place, public.clone());
        Ok(Holder { owner: name.to_owned(), public })
    }

    /// Holds the ceremony: `signers` sign root and `others` each further role, and every file is read back.
    pub(super) fn hold(
        &mut self,
        draft: &Draft,
        signers: &BTreeSet<Fingerprint>,
        others: &BTreeMap<RoleName, BTreeSet<Fingerprint>>,
    ) -> Result<(), RotationRefused> {
        let mut next = self.state.clone();
        if let Some(root) = &draft.root {
            let by = draft.authorities(Some(&self.state), &RoleName::Root);
            let bytes = signed(&self.keys, root, &by, signers)?;
            next.root = self.read_next(bytes.clone())?;
            self.roots.push(bytes);
            let counted = signers.iter().copied().filter(|own| self.is_classical(own)).collect();
            self.classical.push(signed(&self.keys, root, &by, &counted)?);
        }
        for role in draft.roles().into_iter().filter(|role| *role != RoleName::Root) {
            let Some(file) = draft.targets_of(&role) else { continue };
            let nobody = BTreeSet::new();
            let by = draft.authorities(Some(&self.state), &role);
            let file = verified(&self.keys, file, &by, others.get(&role).unwrap_or(&nobody))?;
            match role {
                RoleName::Delegated(name) => drop(next.delegated.insert(name, file)),
                _ => next.targets = file,
            }
        }
        self.state = next;
        Ok(())
    }

    fn read_next(&self, bytes: Vec<u8>) -> Result<Verified<Root>, RotationRefused> {
        let next = Unverified::<Root>::new(bytes).verify_next(&self.state.root, &profile(), &Limits::default());
        next.map_err(|error| RotationRefused::Rehearsal(error.to_string()))
    }

    /// Whether a key of this fingerprint rests on what old clients know.
    fn is_classical(&self, own: &Fingerprint) -> bool {
        self.keys.get(own).is_none_or(|key| key.scheme.class() == Class::Classical)
    }
}

/// The keys of root, then those of delegations.
pub(super) fn known(state: &State) -> impl Iterator<Item = &Key> {
    let below = std::iter::once(&state.targets).chain(state.delegated.values());
    let delegations = below.filter_map(|targets| targets.delegations.as_ref());
    state.root.keys().values().chain(delegations.flat_map(|delegations| delegations.keys().values()))
}

fn listing(
    keys: &mut StandIns,
    file: &Verified<Targets>,
    make: &mut MakeKey<'_>,
) -> Result<Proposed<Targets>, RotationRefused> {
    let mut value = file.value();
    if let (Some(Value::Object(inner)), Some(delegations)) = (value.get_mut("delegations"), &file.delegations) {
        keys.replace(inner, delegations.keys().values(), make)?;
    }
    let limits = Limits { targets_bytes: u64::MAX, ..Limits::default() };
    let file = Proposed::next(file.role().clone(), value.into(), file.findings(), &limits);
    file.map_err(|error| RotationRefused::Rehearsal(error.to_string()))
}

fn authority_over<'k>(
    role: &RoleName,
    root: &'k Root,
    listings: &'k BTreeMap<RoleName, Proposed<Targets>>,
) -> Vec<Authority<'k>> {
    match role {
        RoleName::Delegated(name) => {
            let delegations = listings.values().filter_map(|file| file.delegations.as_ref());
            delegations.filter_map(|delegations| delegations.authority(name)).collect()
        }
        role => vec![root.authority(role)],
    }
}

fn proposed<T: Role>(value: Object) -> Result<Proposed<T>, RotationRefused> {
    Proposed::under(value.into(), &profile(), &Limits::default())
        .map_err(|error| RotationRefused::Rehearsal(error.to_string()))
}

/// The file, signed by `signers` and nobody else.
fn signed<T: Role>(
    keys: &StandIns,
    file: &Proposed<T>,
    by: &[Authority<'_>],
    signers: &BTreeSet<Fingerprint>,
) -> Result<Vec<u8>, RotationRefused> {
    let given = keys.sign(file.payload(), by, Some(signers))?;
    Ok(assemble(file, by, &given))
}

fn verified(
    keys: &StandIns,
    file: &Proposed<Targets>,
    by: &[Authority<'_>],
    signers: &BTreeSet<Fingerprint>,
) -> Result<Verified<Targets>, RotationRefused> {
    let bytes = signed(keys, file, by, signers)?;
    let mut read = None;
    for authority in by {
        let unverified = match file.role() {
            RoleName::Delegated(name) => Unverified::delegated(name, bytes.clone()),
            _ => Unverified::<Targets>::new(bytes.clone()),
        };
        let limits = Limits { targets_bytes: u64::MAX, ..Limits::default() };
        let file = unverified.verify(authority, &profile(), &limits);
        read = Some(file.map_err(|error| RotationRefused::Rehearsal(error.to_string()))?);
    }
    read.ok_or_else(|| RotationRefused::Rehearsal(format!("{}: no role delegates to it", file.role())))
}

/// The rehearsal's keyids are its own, and right; those of keys nobody can use are whatever they are.
fn profile() -> Profile {
    Profile::Deployed { keyid_exceptions: KeyidExceptions::Opaque }
}
