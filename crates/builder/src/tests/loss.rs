//! K18: every subset of keys lost, stolen or absent, against a slow definition that counts nothing and groups nothing.

mod ahead;
mod rows;
mod slow;

use super::*;
use std::collections::{BTreeMap, BTreeSet};
use tuffet_metadata::json::object;
use tuffet_metadata::{Pinned, write_file};

/// Who signs what: role, threshold, keys by seed. Delegated roles are delegated to by targets, or by the role named
/// before a slash.
struct Keys(Vec<(&'static str, u64, Vec<u8>)>);

/// As Sigstore's: five keyholders of root and targets, one online key, a delegation with its own.
fn sigstore() -> Keys {
    let five = vec![1, 2, 3, 4, 5];
    Keys(vec![
        ("root", 3, five.clone()),
        ("timestamp", 1, vec![6]),
        ("snapshot", 1, vec![6]),
        ("targets", 3, five),
        ("registry", 1, vec![7]),
    ])
}

const OWNERS: [&str; 6] = ["", "@alice", "@bob", "@carol", "@dave", "@erin"];

fn key(seed: u8) -> Key {
    // Alice has two keys: 1, and 8 of delegations.
    let owner = if seed == 8 { OWNERS.get(1) } else { OWNERS.get(usize::from(seed)) };
    let uri = (seed == 6).then_some("gcpkms:online");
    Key::compose(&public(seed), owner.copied(), uri)
}

fn keys<'a>(seeds: impl Iterator<Item = &'a u8>) -> Object {
    seeds.map(|seed| (key(*seed).keyid().to_string(), key(*seed).object().into())).collect()
}

fn seat(threshold: u64, seeds: &[u8]) -> Object {
    let keyids: Vec<Value> = seeds.iter().map(|seed| key(*seed).keyid().as_str().into()).collect();
    object([("keyids", Value::Array(keyids)), ("threshold", threshold.into())])
}

fn signed(kind: &str, expires: &str, members: Vec<(&'static str, Value)>) -> Vec<u8> {
    let mut signed = object([
        ("_type", kind.into()),
        ("spec_version", "1.0.34".into()),
        ("version", 1u64.into()),
        ("expires", expires.into()),
    ]);
    signed.extend(members.into_iter().map(|(name, value)| (name.to_owned(), value)));
    write_file(&signed.into(), &[])
}

impl Keys {
    /// The repository, as found; nobody signed it, and nobody asks.
    fn observed(&self, pins: bool) -> Observed {
        let is_top = |name: &str| RoleName::top_level(name).is_some();
        let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
        let mut meta = Object::new();
        let pin = |bytes: &[u8]| {
            let pin = Pinned::of(1, bytes);
            if pins { pin } else { Pinned { length: None, hashes: None, ..pin } }.to_object()
        };
        let top: Vec<_> = self.0.iter().filter(|(name, ..)| is_top(name)).collect();
        let mut roles: Object =
            top.iter().map(|(name, t, seeds)| ((*name).to_owned(), seat(*t, seeds).into())).collect();
        inside(&mut roles, &["timestamp"]).insert("x-tuf-on-ci-signing-period".into(), 4_u64.into());
        let all = keys(top.iter().flat_map(|(.., seeds)| seeds));
        let members = vec![
            ("keys", all.into()),
            ("roles", roles.into()),
            ("consistent_snapshot", false.into()),
            ("x-tuf-on-ci-signing-period", 60_u64.into()),
        ];
        files.insert("1.root.json".into(), signed("root", "2027-06-01T00:00:00Z", members));
        let delegators = self.0.iter().map(|(name, ..)| name.rsplit('/').next().unwrap());
        for by in delegators.filter(|name| !is_top(name) || *name == "targets") {
            let below = self.0.iter().filter(|(name, ..)| {
                !is_top(name) && name.split_once('/').map_or("targets", |(delegator, _)| delegator) == by
            });
            let listed = |(name, threshold, seeds): &(&str, u64, Vec<u8>)| -> Value {
                let mut role = seat(*threshold, seeds);
                role.insert("name".into(), name.rsplit('/').next().unwrap().into());
                role.insert("paths".into(), vec!["*"].into());
                role.insert("terminating".into(), false.into());
                role.into()
            };
            let roles: Vec<Value> = below.clone().map(listed).collect();
            let mut members = vec![("targets", Object::new().into())];
            if !roles.is_empty() {
                let keys = keys(below.flat_map(|(.., seeds)| seeds));
                members.push(("delegations", object([("keys", keys.into()), ("roles", Value::Array(roles))]).into()));
            }
            let bytes = signed("targets", "2027-07-01T00:00:00Z", members);
            meta.insert(format!("{by}.json"), pin(&bytes).into());
            files.insert(format!("{by}.json"), bytes);
        }
        let snapshot = signed("snapshot", "2036-01-01T00:00:00Z", vec![("meta", meta.into())]);
        let listed = object([("snapshot.json", pin(&snapshot).into())]);
        files.insert(
            "timestamp.json".into(),
            signed("timestamp", "2026-12-08T00:00:00Z", vec![("meta", listed.into())]),
        );
        files.insert("snapshot.json".into(), snapshot);
        let fetch = |name: &str| Ok::<_, std::convert::Infallible>(files.get(name).cloned());
        Observed::walk("repository", Some(at(CEREMONY)), None, fetch).unwrap()
    }

    fn roster(&self) -> Roster {
        Roster::of(&self.observed(true)).unwrap()
    }
}

fn places(roster: &Roster, seeds: &[u8]) -> BTreeSet<usize> {
    let place = |seed: &u8| roster.keys.iter().position(|key| key.fingerprint == fingerprint(*seed)).unwrap();
    seeds.iter().map(place).collect()
}

#[test]
fn k18_a_roster_has_each_key_once() {
    let roster = sigstore().roster();
    let names: Vec<String> = roster.keys.iter().map(RosterKey::name).collect();
    let online = format!("online key {}", fingerprint(6).short());
    let other = format!("key {}", fingerprint(7).short());
    assert_eq!(names, ["@alice", "@bob", "@carol", "@dave", "@erin", online.as_str(), other.as_str()]);
    let role =
        |role: &RosterRole| format!("{} by {}: {} of {}", role.label(), role.by, role.threshold, role.keys.len());
    assert_eq!(
        roster.roles.iter().map(role).collect::<Vec<_>>(),
        [
            "root by root: 3 of 5",
            "timestamp by root: 1 of 1",
            "snapshot by root: 1 of 1",
            "targets by root: 3 of 5",
            "registry by targets: 1 of 1"
        ]
    );
    assert_eq!(roster.meant_by("@bob"), places(&roster, &[2]));
    assert_eq!(roster.meant_by("gcpkms:"), places(&roster, &[6]));
    assert_eq!(roster.meant_by(&fingerprint(7).to_string()[..6]), places(&roster, &[7]));
    assert_eq!(roster.meant_by("gcpk"), BTreeSet::new(), "too short to be sure");
    assert_eq!(roster.meant_by("@mallory"), BTreeSet::new());
    assert_eq!(Roster::of(&Observed::default()), None);
}

#[test]
fn k18_bins_with_the_same_keys_are_one_row() {
    let mut keys = sigstore();
    keys.0.extend([("bins-0", 1, vec![9]), ("bins-1", 1, vec![9]), ("other", 2, vec![9, 7])]);
    let roster = keys.roster();
    let labels: Vec<String> = roster.roles.iter().skip(4).map(RosterRole::label).collect();
    assert_eq!(labels, ["registry", "2 roles from bins-0 on", "other"]);
}

#[test]
fn k18_a_person_is_all_their_keys() {
    let mut keys = sigstore();
    keys.0.push(("team", 1, vec![8, 2]));
    let roster = keys.roster();
    let people: Vec<(String, usize)> =
        roster.each_person().into_iter().map(|unit| (unit.name, unit.keys.len())).collect();
    assert_eq!(people[0], ("@alice".to_owned(), 2));
    assert_eq!((people.len(), roster.each_key().len()), (7, 8));
}

fn verdict(roster: &Roster, lost: &[u8], stolen: &[u8], absent: &[(u8, &str)]) -> (Situation, Verdict) {
    let absent = absent.iter().map(|(seed, until)| (*places(roster, &[*seed]).first().unwrap(), at(until)));
    let situation = Situation { lost: places(roster, lost), stolen: places(roster, stolen), absent: absent.collect() };
    let verdict = judge(roster, &situation, at(CEREMONY));
    (situation, verdict)
}

#[test]
fn k18_absence_is_a_loss_until_a_date() {
    let roster = sigstore().roster();
    let away = [(1, "2027-01-10T00:00:00Z"), (2, "2027-03-01T00:00:00Z"), (3, "2027-02-01T00:00:00Z")];
    let (situation, found) = verdict(&roster, &[], &[], &away);
    // Two are here: the first of the three to come back makes three.
    let until = at("2027-01-10T00:00:00Z");
    assert_eq!(found.outcome, Outcome::Waits);
    assert_eq!(found.roles[0].state, RoleState::Waits { until, late: false });
    let waits = |role| Need::Wait { role, until, late: false };
    assert_eq!(needs(&roster, &situation, &found), [waits(0), waits(3)]);
    // With two lost it takes both, and later than root lives: clients stop in between, and go on then.
    let (_, found) = verdict(&roster, &[4, 5], &[], &[(1, "2027-01-10T00:00:00Z"), (2, "2027-06-01T00:00:00Z")]);
    assert_eq!(found.roles[0].state, RoleState::Waits { until: at("2027-06-01T00:00:00Z"), late: true });
    // Whoever is back at the time asked about is here, and nobody who lost a key brings it back.
    let (_, found) = verdict(&roster, &[], &[], &[(1, CEREMONY), (2, CEREMONY), (3, CEREMONY)]);
    assert_eq!(found.outcome, Outcome::Operable);
    let (_, found) = verdict(&roster, &[1, 2, 3], &[], &away);
    assert_eq!((found.outcome, found.out_of_band), (Outcome::Dead, Some(OutOfBand::RootLost)));
}

#[test]
fn k18_what_it_takes_names_the_ceremony_and_whose_signatures() {
    let roster = sigstore().roster();
    let (situation, found) = verdict(&roster, &[1], &[6], &[(2, "2027-01-10T00:00:00Z")]);
    assert_eq!((found.outcome, found.out_of_band), (Outcome::Compromised, None));
    let by_root = Need::NewKeys {
        by: RoleName::Root,
        roles: vec![0, 1, 2, 3],
        outgoing: places(&roster, &[1, 6]),
        threshold: 3,
        signers: places(&roster, &[3, 4, 5]),
        forgets: true,
    };
    assert_eq!(needs(&roster, &situation, &found), [by_root, Need::SignAnew { roles: vec![1, 2, 3] }]);

    // The delegate's key: targets alone names another (R17).
    let (situation, found) = verdict(&roster, &[7], &[], &[]);
    assert_eq!((found.outcome, found.roles[4].state), (Outcome::Recoverable, RoleState::Recoverable));
    let by_targets = Need::NewKeys {
        by: RoleName::Targets,
        roles: vec![4],
        outgoing: places(&roster, &[7]),
        threshold: 3,
        signers: places(&roster, &[1, 2, 3, 4, 5]),
        forgets: false,
    };
    assert_eq!(needs(&roster, &situation, &found), [by_targets, Need::SignAnew { roles: vec![4] }]);

    // R16: nothing that is signed helps.
    let (situation, found) = verdict(&roster, &[], &[1, 2, 3], &[]);
    assert_eq!(needs(&roster, &situation, &found), [Need::OutOfBand(OutOfBand::RootStolen)]);
    let (situation, found) = verdict(&roster, &[1, 2, 3], &[], &[]);
    assert_eq!(needs(&roster, &situation, &found), [Need::OutOfBand(OutOfBand::RootLost)]);
    assert_eq!(needs(&roster, &Situation::default(), &judge(&roster, &Situation::default(), at(CEREMONY))), []);
}
