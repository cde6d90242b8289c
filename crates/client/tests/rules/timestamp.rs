//! TUF 5.4.

use crate::World;
use crate::simulator::{at, now, sign};
use tuffet_client::{ClientError, Limits, Policy, TransportError};
use tuffet_metadata::RoleName::{Snapshot, Targets, Timestamp};
use tuffet_metadata::json::{Value, object, parse};

#[test]
fn c22_the_timestamp_has_one_name_and_a_limit_to_the_byte() {
    let world = World::new();
    let length = world.sim.served.take("timestamp.json").unwrap().len() as u64;
    let policy =
        |timestamp_bytes| Policy { limits: Limits { timestamp_bytes, ..Limits::default() }, ..Policy::default() };
    let mut client = world.sim.client_with(world.dir.path(), policy(length - 1));
    let cause = TransportError::TooLarge { url: "timestamp.json".into(), limit: length - 1 };
    let refused = client.refresh(now()).unwrap_err();
    assert_eq!(refused, ClientError::Fetch { role: Timestamp, cause });
    assert_eq!(refused.code(), "endless-data");
    let metadata = world.disk().into_keys().filter(|name| !name.starts_with(".tuffet/"));
    assert_eq!(metadata.collect::<Vec<_>>(), ["root.json"]);
    assert_eq!(world.log(), ["2.root.json", "timestamp.json"]);
    world.sim.client_with(world.dir.path(), policy(length)).refresh(now()).unwrap();
}

#[test]
fn c23_only_the_keys_of_the_final_root_count() {
    let mut world = World::refreshed();
    let old = world.sim.file(&Timestamp);
    world.sim.keys.insert(Timestamp, (vec![15], 1));
    world.sim.publish_root();
    world.refresh().unwrap_err();
    world.sim.served.put("timestamp.json", &old);
    assert_eq!(world.refused().code(), "signature");
}

#[test]
fn c24_timestamp_version_never_decreases() {
    let mut world = World::new();
    world.sim.publish_timestamp();
    let old = world.sim.file(&Timestamp);
    world.sim.publish_timestamp();
    world.refresh().unwrap();
    world.sim.served.put("timestamp.json", &old);
    let refused = world.refused();
    assert_eq!(refused.to_string(), "timestamp.json: timestamp: expected version 3 or later, found 2 (TUF 5.4.3.1)");
    assert_eq!(refused.code(), "rollback");
}

#[test]
fn c25_an_equal_version_keeps_the_old_file() {
    let mut world = World::refreshed();
    let kept = world.disk();
    world.sim.publish_snapshot();
    world.sim.write(&Timestamp);
    let trusted = world.refresh().unwrap();
    assert_eq!((trusted.timestamp.common.version, trusted.snapshot.common.version), (1, 1));
    assert_eq!(world.disk(), kept);
    assert_eq!(world.log(), ["2.root.json", "timestamp.json"]);
}

#[test]
fn c26_d9_a_refresh_cut_off_after_the_timestamp_is_continued() {
    let mut world = World::refreshed();
    world.sim.publish();
    world.sim.served.break_file("2.snapshot.json", TransportError::Status { url: "x".into(), status: 500 });
    world.refresh().unwrap_err();
    assert_eq!(world.disk()["timestamp.json"], world.sim.served.take("timestamp.json").unwrap());
    world.sim.served.heal();
    world.log();
    assert_eq!(world.refresh().unwrap().snapshot.common.version, 2);
    assert_eq!(world.log(), ["2.root.json", "timestamp.json", "2.snapshot.json", "2.targets.json"]);
}

#[test]
fn c27_the_timestamp_kept_expires_too() {
    let mut world = World::new();
    world.sim.expires.insert(Timestamp, "2026-06-08T00:00:00Z".into());
    world.sim.publish_timestamp();
    world.refresh().unwrap();
    // The same version with a later date is another file: the old one counts.
    world.sim.expires.insert(Timestamp, "2026-12-08T00:00:00Z".into());
    world.sim.write(&Timestamp);
    let before = world.disk();
    let refused = world.client().refresh(at("2026-06-08T00:00:00Z")).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "timestamp.json: timestamp v2: expired at 2026-06-08T00:00:00Z, and the update started at \
         2026-06-08T00:00:00Z (TUF 5.4.4)"
    );
    assert_eq!(world.disk(), before);
    world.client().refresh(at("2026-06-07T23:59:59Z")).unwrap();
}

#[test]
fn c28_the_snapshot_version_in_the_timestamp_never_decreases() {
    let mut world = World::new();
    world.sim.publish_snapshot();
    world.sim.publish_timestamp();
    world.refresh().unwrap();
    world.sim.versions.insert(Snapshot, 1);
    world.sim.publish_timestamp();
    let refused = world.refused();
    assert_eq!(refused.to_string(), "timestamp.json: snapshot: expected version 2 or later, found 1 (TUF 5.4.3.2)");
}

#[test]
fn c31_no_refused_timestamp_is_stored() {
    let mut world = World::refreshed();
    world.sim.publish_timestamp();
    let good = world.sim.served.take("timestamp.json").unwrap();
    let value = parse(&good, 32).unwrap();
    let signed = value.as_object().unwrap()["signed"].as_object().unwrap().clone();
    let changed = |name: &str, value: Value| {
        let mut members = signed.clone();
        members.insert(name.to_owned(), value);
        Value::from(members)
    };
    let meta = |names: &[&str]| -> Value {
        let pins = names.iter().map(|name| ((*name).to_owned(), object([("version", 1.into())]).into()));
        Value::Object(pins.collect())
    };
    for (file, code) in [
        (sign(&signed.clone().into(), &[]), "signature"),
        (sign(&signed.clone().into(), &[4]), "signature"),
        (sign(&changed("_type", "snapshot".into()), &[5]), "malformed"),
        (sign(&changed("version", 0.into()), &[5]), "malformed"),
        (sign(&changed("expires", "2026-06-01T00:00:00Z".into()), &[5]), "freeze"),
        (sign(&changed("meta", meta(&[])), &[5]), "malformed"),
        (sign(&changed("meta", meta(&["snapshot.json", "x.json"])), &[5]), "malformed"),
        (b"<html></html>".to_vec(), "malformed"),
    ] {
        world.sim.served.put("timestamp.json", &file);
        assert_eq!(world.refused().code(), code);
    }
    world.sim.served.remove("timestamp.json");
    assert_eq!(world.refused().code(), "not-found");
    world.sim.served.put("timestamp.json", &good);
    world.refresh().unwrap();
}

#[test]
fn c32_expired_floors_are_floors_still() {
    let mut world = World::new();
    for role in [Timestamp, Snapshot, Targets] {
        world.sim.expires.insert(role, "2026-06-08T00:00:00Z".into());
    }
    world.sim.publish();
    world.refresh().unwrap();
    for role in [Timestamp, Snapshot, Targets] {
        world.sim.expires.insert(role, crate::simulator::EXPIRES.into());
    }
    world.sim.versions.insert(Timestamp, 0);
    world.sim.publish();
    world.sim.write(&Timestamp);
    let before = world.disk();
    let refused = world.client().refresh(at("2026-07-01T00:00:00Z")).unwrap_err();
    assert_eq!(refused.to_string(), "timestamp.json: timestamp: expected version 2 or later, found 1 (TUF 5.4.3.1)");
    assert_eq!(world.disk(), before);
    world.sim.versions.insert(Timestamp, 5);
    world.sim.write(&Timestamp);
    world.client().refresh(at("2026-07-01T00:00:00Z")).unwrap();
}

#[test]
fn c1_one_start_time_a_refresh() {
    // The transport publishes expired metadata the moment after the start; only the argument counts.
    let world = World::new();
    let trusted = world.client().refresh(at("2026-12-31T23:59:59Z")).unwrap();
    assert_eq!(trusted.start_time(), at("2026-12-31T23:59:59Z"));
    assert_eq!(world.client().refresh(at("2027-01-01T00:00:00Z")).unwrap_err().code(), "freeze");
}
