//! Plans from a goal to ceremonies: what they say, and that they can be carried out by those they name.

mod carried_out;
mod dates;
mod hybrid;
mod people;
mod refused;
mod staged;

use super::*;
use chrono::Duration;
use std::collections::{BTreeMap, BTreeSet};
use tuffet_keys::{Sign, SignError};

const NOW: &str = "2026-11-25T00:00:00Z";
const FIVE: [(&str, u8); 5] = [("@alice", 1), ("@bob", 2), ("@carol", 3), ("@dave", 4), ("@erin", 5)];

/// A key in memory.
struct Throwaway(PublicKey, SigningKey);

impl Sign for Throwaway {
    fn public_key(&self) -> &PublicKey {
        &self.0
    }

    fn describe(&self) -> String {
        "a test's key".into()
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, SignError> {
        Ok(self.1.sign(message).to_bytes().to_vec())
    }
}

/// A repository of these people, each of whom has signed root and targets.
fn published(threshold: u64, people: &[(&str, u8)]) -> RotationStart {
    let seats = || seats(threshold, people);
    let establish = Change::Establish { root: seats(), targets: seats(), online: online(90) };
    let first = draft(None, &[establish, set("a", b"first")], &expiries()).unwrap();
    let (root, targets) = (first.root.unwrap(), first.targets.unwrap());
    let seeds: Vec<u8> = people.iter().map(|(_, seed)| *seed).collect();
    let file = |given: Vec<Given>| assemble(&root, &[root.authority(&RoleName::Root)], &given);
    let root = Unverified::<Root>::new(file(seeds.iter().map(|seed| given(&root, *seed)).collect()));
    let root = root.verify_pinned(&Profile::Strict, &Limits::default()).unwrap();
    let authority = root.authority(&RoleName::Targets);
    let given: Vec<Given> = seeds.iter().map(|seed| given(&targets, *seed)).collect();
    let targets = Unverified::new(assemble(&targets, std::slice::from_ref(&authority), &given));
    let targets = targets.verify(&authority, &Profile::Strict, &Limits::default()).unwrap();
    RotationStart { oldest: 1, state: State::new(root, targets) }
}

fn five() -> RotationStart {
    published(3, &FIVE)
}

fn terms() -> RotationTerms {
    RotationTerms {
        now: at(NOW),
        first: at(CEREMONY),
        every: Duration::days(14),
        before: None,
        offline: Duration::days(182),
        absent: Vec::new(),
        pace: Pace::Auto,
        leave_behind: BTreeSet::new(),
        enrolled: BTreeMap::new(),
        scheme: Scheme::Ed25519,
    }
}

/// `@erin=@frank` and so on.
fn replacing(pairs: &[&str]) -> RotationGoal {
    let pair = |text: &&str| {
        let (outgoing, incoming) = text.split_once('=').unwrap();
        Replacement { outgoing: outgoing.into(), incoming: incoming.into() }
    };
    RotationGoal { replace: pairs.iter().map(pair).collect(), ..RotationGoal::default() }
}

fn adding(people: &[&str], threshold: Option<u64>) -> RotationGoal {
    let add = people.iter().map(|who| (*who).to_owned()).collect();
    RotationGoal { add, root_threshold: threshold, targets_threshold: threshold, ..RotationGoal::default() }
}

fn plan(start: &RotationStart, goal: &RotationGoal, terms: &RotationTerms) -> Result<RotationPlan, RotationRefused> {
    let mut next = 0u16;
    let mut make = |_: &str| -> Result<Box<dyn Sign>, String> {
        next += 1;
        let pair = SigningKey::from_bytes(sha256(&next.to_be_bytes()).as_bytes());
        let public = PublicKey::from_raw(Scheme::Ed25519, pair.verifying_key().as_bytes()).unwrap();
        Ok(Box::new(Throwaway(public, pair)))
    };
    plan_rotation(start, goal, terms, &mut make)
}

/// The message and the hint.
#[track_caller]
fn refused(start: &RotationStart, goal: &RotationGoal, terms: &RotationTerms) -> (String, String) {
    let error = plan(start, goal, terms).unwrap_err();
    (error.to_string(), error.hint().unwrap_or_default())
}

fn absent(who: &str, until: Option<&str>) -> Absence {
    Absence { who: who.into(), until: until.map(at) }
}

/// `root v1: 3 of 5 by @alice @bob`, for every threshold of a step.
fn thresholds(step: &RotationStep) -> Vec<String> {
    let one = |role: &RoleName, quorum: &Quorum| {
        let signs: Vec<&str> = quorum.seats.iter().filter(|seat| seat.signs).map(|seat| seat.owner.as_str()).collect();
        format!("{role} by {}: {} of {} by {}", quorum.by, quorum.threshold, quorum.seats.len(), signs.join(" "))
    };
    step.roles.iter().flat_map(|(role, _, quorums)| quorums.iter().map(|quorum| one(role, quorum))).collect()
}
