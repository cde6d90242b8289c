//! Snapshot and timestamp: R12, R13, R15, R3, C28, C38, F1.

use super::*;
use tuffet_metadata::{Hashes, Snapshot, Timestamp, Verified};

const EXPIRES: &str = "2026-12-08T00:00:00Z";

fn until() -> Online {
    Online::until(at(EXPIRES))
}

fn snapshot(
    previous: Option<&Verified<Snapshot>>,
    targets: &Verified<Targets>,
    online: &Online,
) -> Result<Proposed<Snapshot>, OnlineError> {
    crate::snapshot(previous, &[targets], online)
}

fn verified<T: Role>(proposed: &Proposed<T>) -> Verified<T> {
    let state = state();
    let authority = state.root.authority(proposed.role());
    let file = assemble(proposed, std::slice::from_ref(&authority), &[1, 2, 3, 4].map(|seed| given(proposed, seed)));
    Unverified::<T>::new(file).verify(&authority, &Profile::Strict, &Limits::default()).unwrap()
}

fn from<T: Role>(value: &str) -> Verified<T> {
    verified(&Proposed::new(parse(value), &Limits::default()).unwrap())
}

fn targets(version: u64, content: &[u8]) -> Verified<Targets> {
    let mut value = next(&[set("a", content)]).targets.unwrap().value().clone();
    let Value::Object(members) = &mut value else { panic!() };
    members.insert("version".into(), version.into());
    verified(&Proposed::new(value, &Limits::default()).unwrap())
}

fn snapshot_of(meta: &str) -> Verified<Snapshot> {
    from(&format!(
        r#"{{"_type":"snapshot","expires":"{EXPIRES}","meta":{meta},"spec_version":"1.0.31","version":7,"x-new":[1]}}"#
    ))
}

#[test]
fn r12_snapshot_pins_targets_by_version_length_and_hash() {
    let targets = targets(3, b"new");
    let first = snapshot(None, &targets, &until()).unwrap();
    assert_eq!((first.common.version, &*first.common.spec_version), (1, "1.0.34"));
    assert_eq!(first.common.expires.to_string(), EXPIRES);
    let pin = first.meta().get("targets.json").unwrap();
    assert_eq!((pin.version, pin.length), (3, Some(targets.bytes().len() as u64)));
    assert_eq!(pin.hashes, Some(Hashes::sha256_of(targets.bytes())));
    assert_eq!(first.meta().len(), 1);
    assert_eq!(payload(&first).unwrap(), first.payload());
}

#[test]
fn r13_timestamp_pins_the_snapshot_and_nothing_else() {
    let listed = verified(&snapshot(None, &targets(3, b"new"), &until()).unwrap());
    let first = timestamp(None, &listed, &until()).unwrap();
    assert_eq!(first.common.version, 1);
    assert_eq!((first.snapshot.version, first.snapshot.length), (1, Some(listed.bytes().len() as u64)));
    assert_eq!(first.snapshot.hashes, Some(Hashes::sha256_of(listed.bytes())));
    let second = timestamp(Some(&verified(&first)), &listed, &until()).unwrap();
    assert_eq!((second.common.version, second.snapshot.version), (2, 1), "the same snapshot again");
}

#[test]
fn f24_metadata_refers_to_files_by_plain_names() {
    let targets = verified(&next(&[set("dir/a", b"new")]).targets.unwrap());
    let listed = verified(&snapshot(None, &targets, &until()).unwrap());
    let pinned = timestamp(None, &listed, &until()).unwrap();
    let names =
        |value: &Object, member: &str| -> Vec<String> { value[member].as_object().unwrap().keys().cloned().collect() };
    // No version before a role's name, no hash before a target's, whatever the published files are called.
    assert_eq!(names(&targets.value(), "targets"), ["a", "dir/a"]);
    assert_eq!(names(&listed.value(), "meta"), ["targets.json"]);
    assert_eq!(names(pinned.value().as_object().unwrap(), "meta"), ["snapshot.json"]);
}

/// Targets that delegate to these roles, or to the bins of `succinct` bits.
fn delegating(roles: &[&str], succinct: Option<u64>) -> Verified<Targets> {
    let key = Key::compose(&public(9), None, None);
    let id = key.keyid().to_string();
    let delegations = match succinct {
        Some(bits) => format!(
            r#"{{"keys":{{}},"succinct_roles":{{"bit_length":{bits},"keyids":["{id}"],"name_prefix":"bin","threshold":1}}}}"#
        ),
        None => {
            let role = |name: &&str| {
                format!(r#"{{"keyids":["{id}"],"name":"{name}","paths":["*"],"terminating":false,"threshold":1}}"#)
            };
            format!(r#"{{"keys":{{}},"roles":[{}]}}"#, roles.iter().map(role).collect::<Vec<_>>().join(","))
        }
    };
    let mut members = targets(3, b"new").value().clone();
    members.insert("delegations".into(), parse(&delegations));
    verified(&Proposed::new(members.into(), &Limits::default()).unwrap())
}

#[test]
fn f25_a_snapshot_lists_every_role_that_targets_delegates_to() {
    let refused = |previous: Option<&Verified<Snapshot>>, targets: &Verified<Targets>| {
        snapshot(previous, targets, &until()).unwrap_err().to_string()
    };
    let text = |role: &str| {
        format!("{role}: expected an entry in the previous snapshot, as targets delegates to it, found none (F25)")
    };
    let previous = snapshot_of(r#"{"d.json":{"version":1},"targets.json":{"version":2}}"#);
    assert_eq!(refused(None, &delegating(&["d"], None)), text("d"));
    assert_eq!(refused(Some(&previous), &delegating(&["d", "e"], None)), text("e"));
    let listed = snapshot(Some(&previous), &delegating(&["d"], None), &until()).unwrap();
    assert_eq!(listed.meta().keys().collect::<Vec<_>>(), ["d.json", "targets.json"]);

    let bins = r#"{"bin-0.json":{"version":1},"bin-1.json":{"version":1},"targets.json":{"version":2}}"#;
    assert!(snapshot(Some(&snapshot_of(bins)), &delegating(&[], Some(1)), &until()).is_ok());
    assert_eq!(refused(Some(&snapshot_of(bins)), &delegating(&[], Some(2))), text("bin-2"));
    assert_eq!(refused(None, &delegating(&[], Some(32))), text("bin-00000000"));
}

#[test]
fn r15_f1_what_the_previous_snapshot_has_stays() {
    let meta =
        r#"{"rekor.json":{"version":4,"x":1,"hashes":{"sha512":"H","md5":"kept"}},"targets.json":{"version":2}}"#;
    let previous = snapshot_of(&meta.replace('H', &"0".repeat(128)));
    let next = snapshot(Some(&previous), &targets(3, b"new"), &until()).unwrap();
    let members = next.value().as_object().unwrap();
    let meta = members["meta"].as_object().unwrap();
    assert_eq!(meta["rekor.json"], previous.value()["meta"].as_object().unwrap()["rekor.json"]);
    assert_eq!((next.common.version, &*next.common.spec_version), (8, "1.0.31"));
    assert_eq!(members["x-new"], parse("[1]"));
    assert_eq!(next.meta().get("targets.json").unwrap().version, 3);
}

#[test]
fn d3_the_spec_version_of_a_repository_taken_over_stays() {
    let text = format!(
        r#"{{"_type":"snapshot","expires":"{EXPIRES}","meta":{{"targets.json":{{"version":1}}}},"spec_version":"1.0","version":7}}"#
    );
    let value = parse(&text);
    let signature = signing_key(4).sign(&tuffet_metadata::json::canonical(&value)).to_bytes().to_vec();
    let state = state();
    let authority = state.root.authority(&RoleName::Snapshot);
    let file = tuffet_metadata::write_file(&value, &[(authority.keyids()[0].clone(), signature)]);
    let previous =
        Unverified::<Snapshot>::new(file).verify(&authority, &Profile::deployed(), &Limits::default()).unwrap();
    let next = snapshot(Some(&previous), &targets(3, b"new"), &until()).unwrap();
    assert_eq!(next.common.spec_version, "1.0");
}

#[test]
fn c38_targets_never_go_back() {
    let previous = snapshot_of(r#"{"targets.json":{"version":4}}"#);
    let text = "targets: expected version 4 or later as the previous snapshot lists it, found 3 (C38)";
    assert_eq!(snapshot(Some(&previous), &targets(3, b"new"), &until()).unwrap_err().to_string(), text);
}

#[test]
fn c28_the_snapshot_never_goes_back() {
    let pinned = |version: u64| -> Verified<Timestamp> {
        let meta = format!(r#"{{"snapshot.json":{{"version":{version}}}}}"#);
        from(&format!(
            r#"{{"_type":"timestamp","expires":"{EXPIRES}","meta":{meta},"spec_version":"1.0.31","version":9}}"#
        ))
    };
    let listed = snapshot_of(r#"{"targets.json":{"version":4}}"#);
    let text = "snapshot: expected version 8 or later as the previous timestamp lists it, found 7 (C28)";
    assert_eq!(timestamp(Some(&pinned(8)), &listed, &until()).unwrap_err().to_string(), text);
    let next = timestamp(Some(&pinned(7)), &listed, &until()).unwrap();
    assert_eq!((next.common.version, &*next.common.spec_version), (10, "1.0.31"));
}

#[test]
fn r12_one_version_is_one_file() {
    let previous = verified(&snapshot(None, &targets(3, b"new"), &until()).unwrap());
    let text = "targets: expected the file the previous snapshot lists as version 3, found another (R12)";
    assert_eq!(snapshot(Some(&previous), &targets(3, b"other"), &until()).unwrap_err().to_string(), text);
    assert_eq!(snapshot(Some(&previous), &targets(3, b"new"), &until()).unwrap().common.version, 2);
}

#[test]
fn r3_there_is_a_last_version() {
    let text = format!(
        r#"{{"_type":"snapshot","expires":"{EXPIRES}","meta":{{"targets.json":{{"version":1}}}},"spec_version":"1.0.31","version":{}}}"#,
        u64::MAX
    );
    let error = snapshot(Some(&from(&text)), &targets(3, b"new"), &until()).unwrap_err();
    assert_eq!(error.to_string(), "snapshot: there is no version after the current one (R3)");
}
