//! L24 to L33: the snapshot, signatures and pins.

use super::*;

#[test]
fn l24_a_dead_entry_is_named() {
    let mut world = world();
    world.entries.push(("rekor.json", 3));
    world.entries.push(("staging.json", 1));
    let text = "expected files of roles, found 2 others: rekor.json, staging.json";
    let found = lints(&world.publish());
    assert_eq!(found, [format!("note L24 6.snapshot.json: {text}")]);
}

#[test]
fn l25_consistent_snapshot_stays_true() {
    let mut world = world();
    world.newest().insert("consistent_snapshot".into(), false.into());
    let found = lints(&world.publish());
    assert_eq!(of("L25", &found), ["error 2.root.json: expected consistent_snapshot to stay true, found false"]);
}

#[test]
fn l26_consistent_snapshot_is_true() {
    let mut world = world();
    for root in &mut world.roots {
        root.insert("consistent_snapshot".into(), false.into());
    }
    let text = "root.json: expected consistent_snapshot to be true, found false";
    let found = lints(&world.publish());
    assert_eq!(found, [format!("note L26 1.{text}"), format!("warning L26 2.{text}")]);
}

/// The world with the signatures of one file changed.
fn resigned(name: &str, change: impl FnOnce(&mut Vec<Value>)) -> Vec<String> {
    let seen = world().publish_with(|files| {
        let mut file = parse(std::str::from_utf8(&files[name]).unwrap());
        if let Value::Object(members) = &mut file
            && let Some(Value::Array(entries)) = members.get_mut("signatures")
        {
            change(entries);
        }
        files.insert(name.into(), pretty(&file));
    });
    lints(&seen)
}

fn signature(keyid: &str, sig: &str) -> Value {
    object([("keyid", keyid.into()), ("sig", sig.into())]).into()
}

#[test]
fn l27_a_published_file_has_no_placeholders() {
    let keyid = keyid("@alice", 1);
    let found = resigned("2.root.json", |entries| {
        let is = |entry: &Value| entry.as_object().unwrap().get("keyid") == Some(&keyid.as_str().into());
        entries.retain(|entry| !is(entry));
        entries.push(signature(keyid.as_str(), ""));
    });
    let text = format!("expected signatures, found a placeholder for keyid {}", keyid.short());
    assert_eq!(found, [format!("warning L27 2.root.json: {text}")]);
}

#[test]
fn l28_every_signature_is_valid() {
    let keyid = keyid("@alice", 1);
    let found = resigned("2.root.json", |entries| {
        let is = |entry: &Value| entry.as_object().unwrap().get("keyid") == Some(&keyid.as_str().into());
        entries.retain(|entry| !is(entry));
        entries.push(signature(keyid.as_str(), &"00".repeat(64)));
    });
    let text = format!("expected valid signatures, found a wrong one under keyid {}", keyid.short());
    assert_eq!(found, [format!("warning L28 2.root.json: {text}")]);
}

#[test]
fn l29_a_strangers_signature_is_for_nothing() {
    let found = resigned("2.root.json", |entries| entries.push(signature(&"ee".repeat(32), "00")));
    let text = "expected signatures by keys of the role, found one by other keyid eeeeeeee";
    assert_eq!(found, [format!("note L29 2.root.json: {text}")]);
}

#[test]
fn l30_a_published_file_is_signed() {
    let found = resigned("2.root.json", |entries| entries.truncate(1));
    let text = |by| format!("error L30 2.root.json: expected 2 valid signatures by the keys of root {by}, found 1");
    assert_eq!(found, [text(1), text(2)]);
    let found = lints(&world().publish_with(|files| drop(files.insert("2.root.json".into(), b"<html>".to_vec()))));
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("error L30 2.root.json: expected a file that reads, found: root: "), "{found:?}");
}

#[test]
fn l31_timestamp_and_snapshot_pin_bytes() {
    let mut world = world();
    world.pins = false;
    let text = "expected length and hashes, found a version alone for file";
    assert_eq!(
        lints(&world.publish()),
        [
            format!("warning L31 timestamp.json: {text} snapshot.json"),
            format!("warning L31 6.snapshot.json: {text} targets.json"),
        ]
    );
}

#[test]
fn l32_a_file_is_the_one_that_is_pinned() {
    let mut other = world();
    other.target("b", b"more");
    let seen = world()
        .publish_with(|files| drop(files.insert("5.targets.json".into(), other.files()["5.targets.json"].clone())));
    let found = of("L32", &lints(&seen));
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("error 5.targets.json: expected length "), "{found:?}");
    assert!(found[0].contains(" as 6.snapshot.json says, found "), "{found:?}");
    // Of the same length, and of another version.
    let mut same = world();
    same.targets.insert("expires".into(), "2027-07-02T00:00:00Z".into());
    same.targets.insert("version".into(), 6u64.into());
    let seen = world()
        .publish_with(|files| drop(files.insert("5.targets.json".into(), same.files()["6.targets.json"].clone())));
    assert_eq!(
        of("L32", &lints(&seen)),
        [
            "error 5.targets.json: expected version 5 as 6.snapshot.json says, found 6",
            "error 5.targets.json: expected the bytes that hash as 6.snapshot.json says, found others",
        ]
    );
}

#[test]
fn l33_tr8_whatever_is_hashed_is_hashed_by_sha256() {
    let mut world = world();
    let sha512 = tuffet_keys::sha512(b"content").to_string();
    let entry = inside(&mut world.targets, &["targets", "a"]);
    entry.insert("hashes".into(), object([("sha512", sha512.into())]).into());
    let text = "expected sha256, found sha512 alone for target a";
    assert_eq!(lints(&world.publish()), [format!("warning L33 5.targets.json: {text}")]);
}
