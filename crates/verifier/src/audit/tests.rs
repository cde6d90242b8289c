//! A small repository, seeded, with what an audit has to tell apart.

use super::*;
use chrono::Duration;
use ed25519_dalek::{Signer, SigningKey};
use tuffet_keys::{KeyId, PublicKey, Scheme};
use tuffet_metadata::json::{Value, canonical, object};
use tuffet_metadata::{Key, Pinned, RoleName, format_time, parse_time, write_file};

struct Person {
    key: Key,
    secret: SigningKey,
}

fn person(seed: u8, owner: &str) -> Person {
    let secret = SigningKey::from_bytes(&[seed; 32]);
    let public = PublicKey::from_raw(Scheme::Ed25519, secret.verifying_key().as_bytes()).unwrap();
    Person { key: Key::compose(&public, Some(owner), None), secret }
}

fn start() -> DateTime<Utc> {
    parse_time("2026-01-01T00:00:00Z").unwrap()
}

fn in_days(days: i64) -> Value {
    format_time(start() + Duration::days(days)).into()
}

fn sign(signed: &Value, by: &[&Person]) -> Vec<u8> {
    let payload = canonical(signed);
    let signatures: Vec<(KeyId, Vec<u8>)> =
        by.iter().map(|p| (p.key.keyid().clone(), p.secret.sign(&payload).to_bytes().to_vec())).collect();
    write_file(signed, &signatures)
}

fn file(kind: &str, version: u64, days: i64, spec: &str, more: [(&str, Value); 1]) -> Value {
    let mut members = object([
        ("_type", kind.into()),
        ("spec_version", spec.into()),
        ("version", version.into()),
        ("expires", in_days(days)),
    ]);
    members.extend(more.map(|(name, value)| (name.to_owned(), value)));
    members.into()
}

/// Root and targets by two of `keyholders`, the online roles by one key each.
fn root(version: u64, days: i64, spec: &str, keyholders: &[&Person], [ts, sn]: [&Person; 2]) -> Value {
    let ids = |people: &[&Person]| -> Value {
        people.iter().map(|p| Value::from(p.key.keyid().as_str())).collect::<Vec<_>>().into()
    };
    let role = |people: &[&Person], threshold: u64| -> Value {
        object([("keyids", ids(people)), ("threshold", threshold.into())]).into()
    };
    let everybody = keyholders.iter().chain([&ts, &sn]);
    let keys: tuffet_metadata::json::Object =
        everybody.map(|p| (p.key.keyid().to_string(), p.key.object().into())).collect();
    let roles = object([
        ("root", role(keyholders, 2)),
        ("targets", role(keyholders, 2)),
        ("timestamp", role(&[ts], 1)),
        ("snapshot", role(&[sn], 1)),
    ]);
    let mut value = file("root", version, days, spec, [("keys", keys.into())]);
    if let Value::Object(members) = &mut value {
        members.insert("roles".into(), roles.into());
        members.insert("consistent_snapshot".into(), true.into());
    }
    value
}

struct Repository {
    files: Vec<(String, Vec<u8>)>,
}

impl Repository {
    /// Three roots: the second takes Carol in for Bob. `spec` is the second root's.
    fn new(spec: &str, snapshot_key: u8) -> Self {
        Self::with_targets(spec, snapshot_key, 200)
    }

    /// As [`new`](Self::new), with targets that expire in `days`.
    fn with_targets(spec: &str, snapshot_key: u8, days: i64) -> Self {
        let (alice, bob, carol) = (person(1, "@alice"), person(2, "@bob"), person(3, "@carol"));
        let (ts, sn) = (person(9, "online"), person(snapshot_key, "online"));
        let full = "1.0.34";
        let first = sign(&root(1, 30, full, &[&alice, &bob], [&ts, &sn]), &[&alice, &bob]);
        let second = sign(&root(2, 130, spec, &[&alice, &carol], [&ts, &sn]), &[&alice, &bob, &carol]);
        let third = sign(&root(3, 150, full, &[&alice, &carol], [&ts, &sn]), &[&alice, &carol]);
        let targets = sign(&file("targets", 4, days, full, [("targets", object([]).into())]), &[&alice, &carol]);
        let pin = |name: &str, version, bytes: &[u8]| -> Value {
            object([(name, Pinned::of(version, bytes).to_object().into())]).into()
        };
        let meta = [("meta", pin("targets.json", 4, &targets))];
        let snapshot = sign(&file("snapshot", 5, 20, full, meta), &[&sn]);
        let meta = [("meta", pin("snapshot.json", 5, &snapshot))];
        let timestamp = sign(&file("timestamp", 6, 7, full, meta), &[&ts]);
        let named = |name: &str, bytes| (name.to_owned(), bytes);
        Self {
            files: vec![
                named("1.root.json", first),
                named("2.root.json", second),
                named("3.root.json", third),
                named("timestamp.json", timestamp),
                named("5.snapshot.json", snapshot),
                named("4.targets.json", targets),
            ],
        }
    }

    fn without(mut self, name: &str) -> Self {
        self.files.retain(|(other, _)| other != name);
        self
    }

    fn file(&self, name: &str) -> Option<Vec<u8>> {
        self.files.iter().find(|(other, _)| other == name).map(|(_, bytes)| bytes.clone())
    }

    fn audit(&self, policy: Policy) -> AuditReport {
        let mut audit = Audit::start(self.file("1.root.json").unwrap(), start(), policy);
        while let Some(request) = audit.request() {
            audit = match self.file(&request.name) {
                Some(bytes) => audit.take(bytes),
                None => audit.absent(),
            };
        }
        audit.report()
    }
}

fn strict() -> Policy {
    Policy { profile: Profile::Strict, ..Policy::default() }
}

#[test]
fn the_report_says_who_counted_for_which_root() {
    let report = Repository::new("1.0.34", 9).audit(strict());
    assert_eq!(report.refused, None);
    assert!(report.is_accepted());
    assert_eq!(report.findings().count(), 0);
    let counts: Vec<_> = report
        .roots
        .iter()
        .map(|root| {
            let count = |tally: &tuffet_metadata::Tally| (tally.have(), tally.threshold, tally.keys);
            (root.version, root.days_after_previous, root.previous.as_ref().map(count), count(&root.own))
        })
        .collect();
    assert_eq!(
        counts,
        [
            (1, None, None, (2, 2, 2)),
            (2, Some(100), Some((2, 2, 2)), (2, 2, 2)),
            (3, Some(20), Some((2, 2, 2)), (2, 2, 2)),
        ]
    );
    let signers: Vec<_> = report.roots[1]
        .signers
        .iter()
        .map(|s| (s.owner.as_deref().unwrap(), s.for_previous, s.for_own, s.keyids.len()))
        .collect();
    assert_eq!(signers, [("@alice", true, true, 1), ("@carol", false, true, 1), ("@bob", true, false, 1)]);
    assert_eq!(report.roots[2].days_left(start()), 150);
    let roles: Vec<_> =
        report.current.unwrap().roles.iter().map(|r| (r.role.to_string(), r.version, r.days_left(start()))).collect();
    assert_eq!(roles, [("timestamp".to_owned(), 6, 7), ("snapshot".to_owned(), 5, 20), ("targets".to_owned(), 4, 200)]);
}

#[test]
fn d7_an_expiry_counts_only_against_those_who_cannot_write_a_later_one() {
    let freshness = |snapshot_key| Repository::new("1.0.34", snapshot_key).audit(strict()).current.unwrap().freshness;
    let shared = freshness(9);
    assert_eq!(shared.without_keys.role, RoleName::Timestamp);
    assert_eq!(shared.without_keys.days_left(start()), 7);
    assert_eq!(shared.timestamp_keys_also_sign, [RoleName::Snapshot]);
    let bound = shared.with_timestamp_keys.unwrap();
    assert_eq!((bound.role.clone(), bound.days_left(start())), (RoleName::Root, 150));
    let apart = freshness(8);
    assert_eq!(apart.timestamp_keys_also_sign, []);
    let bound = apart.with_timestamp_keys.unwrap();
    assert_eq!((bound.role.clone(), bound.days_left(start())), (RoleName::Snapshot, 20));
    // Without any key the role that expires first ends it, and of two on one day the timestamp.
    for (days, role, left) in [(5, RoleName::Targets, 5), (6, RoleName::Targets, 6), (7, RoleName::Timestamp, 7)] {
        let first = Repository::with_targets("1.0.34", 9, days).audit(strict()).current.unwrap().freshness.without_keys;
        assert_eq!((first.role.clone(), first.days_left(start())), (role, left));
    }
}

#[test]
fn x9_an_audit_checks_every_signature_whatever_a_client_would() {
    let people = [person(1, "@alice"), person(2, "@bob"), person(3, "@carol")];
    let (all, online) = (people.each_ref(), person(9, "online"));
    let first = sign(&root(1, 30, "1.0.34", &all, [&online, &online]), &all);
    let alone = Repository { files: vec![("1.root.json".to_owned(), first)] };
    for check in [Check::Enough, Check::Every] {
        let report = alone.audit(Policy { check, ..strict() });
        assert_eq!((report.roots[0].own.have(), report.roots[0].own.threshold), (3, 2), "{check:?}");
        assert_eq!(report.roots[0].signers.len(), 3, "{check:?}");
    }
}

#[test]
fn strict_stops_at_the_first_root_it_refuses_and_reads_the_others() {
    let repository = Repository::new("1.0", 9);
    let report = repository.audit(strict());
    let refused = report.refused.as_ref().unwrap();
    assert_eq!(refused.to_string(), "root v2: spec_version `1.0` has not three numbers (D3, strict profile)");
    assert_eq!(refused.code(), "malformed");
    assert_eq!(report.current, None);
    assert!(!report.is_accepted());
    let strict: Vec<_> = report.roots.iter().map(|root| root.strict.is_some()).collect();
    assert_eq!(strict, [false, true, false]);
    let found: Vec<_> = report.findings().map(|(role, version, f)| (role, version, f.id())).collect();
    assert_eq!(found, [(RoleName::Root, 2, "D3")]);

    let deployed = repository.audit(Policy::default());
    assert!(deployed.is_accepted());
    assert_eq!(deployed.roots, report.roots);
}

#[test]
fn a_file_that_is_not_there_ends_the_chain_or_the_audit() {
    let report = Repository::new("1.0.34", 9).without("timestamp.json").audit(strict());
    let refused = report.refused.unwrap();
    assert_eq!(refused.to_string(), "timestamp: expected a file `timestamp.json`, found none");
    assert_eq!((refused.code(), report.roots.len()), ("not-found", 3));
    let report = Repository::new("1.0.34", 9).without("3.root.json").audit(strict());
    assert!(report.is_accepted());
    assert_eq!(report.roots.len(), 2);
}

#[test]
fn c8_a_chain_longer_than_the_limit_is_audited_as_far_as_a_client_walks() {
    let mut policy = strict();
    policy.limits.roots = 1;
    let report = Repository::new("1.0.34", 9).audit(policy);
    assert!(report.is_accepted());
    assert_eq!(report.roots.len(), 2);
}

#[test]
fn an_audit_that_was_not_brought_to_its_end_accepts_nothing() {
    let repository = Repository::new("1.0.34", 9);
    let audit = Audit::start(repository.file("1.root.json").unwrap(), start(), strict());
    let report = audit.report();
    assert_eq!(report.refused, None);
    assert!(!report.is_accepted());
}

#[test]
fn c4_a_pin_that_is_no_root_is_refused_before_anything_is_asked_for() {
    let audit = Audit::start(b"{}".to_vec(), start(), strict());
    assert_eq!(audit.request(), None);
    let report = audit.report();
    let refused = report.refused.unwrap().to_string();
    assert_eq!(refused, "root: signed: expected an object, found nothing (TUF 4.2.1)");
}

#[test]
fn c10_a_root_the_chain_refuses_is_the_verdict() {
    let mut repository = Repository::new("1.0.34", 9);
    let (mallory, ts) = (person(66, "@mallory"), person(9, "online"));
    let forged = root(2, 130, "1.0.34", &[&mallory], [&ts, &ts]);
    repository.files[1].1 = sign(&forged, &[&mallory]);
    let report = repository.audit(Policy::default());
    let refused = report.refused.unwrap();
    assert_eq!(refused.to_string(), "root v2: 0 of 2 required signatures are valid by the keys of root v1 (TUF 5.3.4)");
    assert_eq!((refused.code(), report.roots.len()), ("signature", 1));
}
