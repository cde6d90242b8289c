//! A repository with keys from seeds, and what makes throw-away keys for its twin.

use crate::{Dates, MakeKey, Twin};
use chrono::{DateTime, Utc};
use ed25519_dalek::{Signer, SigningKey};
use tuffet_builder::{
    Change, Delegate, DelegateTo, DelegatedPaths, Expiries, Given, Holder, Observed, Online, OnlineKey, Pins, Seats,
    State, TargetPin, assemble, draft, snapshot, timestamp,
};
use tuffet_client::MemoryTransport;
use tuffet_keys::{Fingerprint, PublicKey, Scheme, Sign, SignError};
use tuffet_metadata::{
    Authority, Limits, PathPattern, Profile, Proposed, Role, RoleName, Root, Snapshot, Targets, Unverified, Verified,
    parse_time,
};

pub(crate) struct Seeded(SigningKey, PublicKey);

impl Seeded {
    pub(crate) fn new(seed: u8, family: u8) -> Self {
        let mut bytes = [family; 32];
        bytes[0] = seed;
        let key = SigningKey::from_bytes(&bytes);
        let public = PublicKey::from_raw(Scheme::Ed25519, key.verifying_key().as_bytes()).unwrap();
        Self(key, public)
    }
}

impl Sign for Seeded {
    fn public_key(&self) -> &PublicKey {
        &self.1
    }
    fn describe(&self) -> String {
        "a key of the test".into()
    }
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        Ok(self.0.sign(message).to_bytes().to_vec())
    }
}

/// Keys for a twin.
pub(crate) fn maker() -> Box<MakeKey<'static>> {
    maker_of(9)
}

/// As many as it takes: more than one twin has of one family.
pub(crate) fn maker_of(family: u8) -> Box<MakeKey<'static>> {
    let mut next = 0_u16;
    Box::new(move |_| {
        next += 1;
        let [high, low] = next.to_be_bytes();
        Ok(Box::new(Seeded::new(low, family.wrapping_add(high))))
    })
}

pub(crate) fn at(text: &str) -> DateTime<Utc> {
    parse_time(text).unwrap()
}

pub(crate) const NOW: &str = "2026-12-10T00:00:00Z";
pub(crate) const ONLINE: u8 = 20;
pub(crate) const DELEGATE: u8 = 30;

pub(crate) fn holder(seed: u8) -> Holder {
    Holder { owner: format!("@{seed}"), public: Seeded::new(seed, 1).1 }
}

fn signed<T: Role>(proposed: &Proposed<T>, by: &[Authority<'_>]) -> Vec<u8> {
    let all: std::collections::BTreeSet<Fingerprint> = by.iter().flat_map(Authority::fingerprints).collect();
    let keys = (1..=40).map(|seed| Seeded::new(seed, 1)).filter(|key| all.contains(&key.1.fingerprint()));
    let given: Vec<Given> =
        keys.map(|key| Given { by: key.1.fingerprint(), signature: key.sign(proposed.payload()).unwrap() }).collect();
    assemble(proposed, by, &given)
}

/// The repository's files: root 1 by 1 to 5, root 2 with 6 in place of 5, root 3 signed anew.
pub(crate) fn files(pins: Pins) -> MemoryTransport {
    let (profile, limits) = (Profile::deployed(), Limits::default());
    let mut files = MemoryTransport::default();
    let seats = Seats { holders: (1..=5).map(holder).collect(), threshold: 3 };
    let online = OnlineKey { uri: "file:online.pem".into(), public: Seeded::new(ONLINE, 1).1 };
    let team = DelegateTo {
        name: "team".into(),
        keys: vec![Delegate::Person(holder(DELEGATE))],
        threshold: 1,
        paths: DelegatedPaths::Patterns(vec![PathPattern::new("team/*".to_owned())]),
        terminating: false,
    };
    let first = [
        Change::Establish { root: seats.clone(), targets: seats, online },
        Change::SetTarget { role: RoleName::Targets, pin: TargetPin::of("trusted_root.json", b"{}") },
        Change::SetDelegation { by: RoleName::Targets, to: team, before: None },
    ];
    let replace = Change::ReplaceKeyholder { outgoing: holder(5).public.fingerprint(), incoming: holder(6) };
    let rounds: [&[Change]; 3] = [&first, &[replace], &[Change::Renew { role: RoleName::Root }]];
    let expires = Expiries::new(at("2027-06-01T00:00:00Z"), at("2027-06-01T00:00:00Z"));
    let mut state: Option<State> = None;
    for changes in rounds {
        let next = draft(state.as_ref(), changes, &expires).unwrap();
        let by = |role: &RoleName| next.authorities(state.as_ref(), role);
        let root = next.root.as_ref().unwrap();
        let file = Unverified::<Root>::new(signed(root, &by(&RoleName::Root)));
        let root = match &state {
            Some(state) => file.verify_next(&state.root, &profile, &limits).unwrap(),
            None => file.verify_pinned(&profile, &limits).unwrap(),
        };
        files.files.insert(format!("{}.root.json", root.common.version), root.bytes().to_vec());
        let targets = next.targets.as_ref().map(|targets| {
            let file = Unverified::<Targets>::new(signed(targets, &by(&RoleName::Targets)));
            file.verify(&root.authority(&RoleName::Targets), &profile, &limits).unwrap()
        });
        let targets = targets.unwrap_or_else(|| state.as_ref().unwrap().targets.clone());
        let mut delegated = state.map(|state| state.delegated).unwrap_or_default();
        for (name, role) in &next.delegated {
            let by = [targets.delegations.as_ref().unwrap().authority(name).unwrap()];
            let file = Unverified::delegated(name, signed(role, &by));
            delegated.insert(name.clone(), file.verify(&by[0], &profile, &limits).unwrap());
        }
        state = Some(State { root, targets, delegated });
    }
    let state = state.unwrap();
    let listed: Vec<&Verified<Targets>> = std::iter::once(&state.targets).chain(state.delegated.values()).collect();
    for role in &listed {
        files.files.insert(role.role().request_name(Some(role.common.version)), role.bytes().to_vec());
    }
    let online = |expires| Online { pins, ..Online::until(at(expires)) };
    let new = snapshot(None, &listed, &online("2027-01-01T00:00:00Z")).unwrap();
    let by = state.root.authority(&RoleName::Snapshot);
    let file = Unverified::<Snapshot>::new(signed(&new, std::slice::from_ref(&by)));
    let new = file.verify(&by, &profile, &limits).unwrap();
    files.files.insert("1.snapshot.json".into(), new.bytes().to_vec());
    let new = timestamp(None, &new, &online("2026-12-17T00:00:00Z")).unwrap();
    let by = state.root.authority(&RoleName::Timestamp);
    files.files.insert("timestamp.json".into(), signed(&new, &[by]));
    files
}

pub(crate) fn observed(files: &MemoryTransport) -> Observed {
    let file = |name: &str| Ok::<_, ()>(files.files.get(name).cloned());
    Observed::walk("repository", Some(at(NOW)), None, file).unwrap()
}

pub(crate) fn twin(pins: Pins) -> (Twin, Box<MakeKey<'static>>) {
    let mut make = maker();
    (Twin::of(&observed(&files(pins)), &mut *make).unwrap(), make)
}

pub(crate) fn later() -> Dates {
    Dates::until(at("2027-07-01T00:00:00Z"))
}
