//! Keys by person, and thresholds.

use super::*;

#[test]
fn k2_a_key_swapped_under_the_same_owner_is_one_line_with_both_fingerprints() {
    let found = lines(Some(&state()), &next(&[replace(1, "@alice", 5)]));
    let line = |old: &str, new: &str| {
        format!("@alice changes the key: Ed25519, fingerprint {old} -> Ed25519, fingerprint {new}")
    };
    assert_eq!(
        found[2..],
        [
            format!("root: root: {}", line(&fingerprint(1).to_string(), &fingerprint(5).to_string())),
            // Named again: the beginning is enough.
            format!("root: targets: {}", line(&short(1), &short(5))),
        ]
    );
}

#[test]
fn k2_one_person_for_another_is_an_addition_and_a_removal() {
    let found = lines(Some(&state()), &next(&[replace(1, "@dave", 5)]));
    assert_eq!(
        found[2..],
        [
            format!("root: root: adds {}", key_line("@dave", 5)),
            format!("root: root: removes {}", key_line("@alice", 1)),
            format!("root: targets: adds {}", again("@dave", 5)),
            format!("root: targets: removes {}", again("@alice", 1)),
        ]
    );
}

#[test]
fn k2_a_key_that_changes_its_owner_is_said() {
    let found = changed(
        |root| {
            let (old, new) = (keyid("@alice", 1), Key::compose(&public(1), Some("@mallory"), None));
            let keys = inside(root, &["keys"]);
            keys.remove(old.as_str());
            keys.insert(new.keyid().to_string(), new.object().into());
            for role in ["root", "targets"] {
                let Some(Value::Array(keyids)) = inside(root, &["roles", role]).get_mut("keyids") else { panic!() };
                for keyid in keyids.iter_mut().filter(|keyid| keyid.as_str() == Some(old.as_str())) {
                    *keyid = new.keyid().as_str().into();
                }
            }
        },
        |_| (),
    );
    let line = |fingerprint: &str| {
        format!("the key stays and its owner changes: @alice -> @mallory: Ed25519, fingerprint {fingerprint}")
    };
    assert_eq!(
        found,
        [format!("root: root: {}", line(&fingerprint(1).to_string())), format!("root: targets: {}", line(&short(1))),]
    );
}

#[test]
fn k2_a_key_object_that_gains_a_member_comes_under_another_keyid() {
    let mut object = Key::compose(&public(1), Some("@alice"), None).object();
    object.insert("x-note".into(), "spare".into());
    let new = tuffet_metadata::keyid_of(&object);
    let found = changed(
        |root| {
            let old = keyid("@alice", 1);
            let keys = inside(root, &["keys"]);
            keys.remove(old.as_str());
            keys.insert(new.to_string(), object.clone().into());
            for role in ["root", "targets"] {
                let Some(Value::Array(keyids)) = inside(root, &["roles", role]).get_mut("keyids") else { panic!() };
                keyids.retain(|keyid| keyid.as_str() != Some(old.as_str()));
                keyids.push(new.as_str().into());
            }
        },
        |_| (),
    );
    let keeps = |fingerprint: &str| {
        let (old, new) = (keyid("@alice", 1), &new);
        format!(
            "@alice keeps the key under another keyid ({} -> {}): Ed25519, fingerprint {fingerprint}",
            old.short(),
            new.short()
        )
    };
    assert_eq!(
        found,
        [
            format!("root: root: {}", keeps(&fingerprint(1).to_string())),
            format!("root: targets: {}", keeps(&short(1))),
            format!("root: unknown member `keys.{}.x-note` of the key of @alice: adds \"spare\"", new.short()),
        ]
    );
}

/// The root of [`state`] with another object under Alice's keyid, as who takes keyids for names reads it: Sigstore's
/// root 11 has such a keyid.
fn under_her_keyid(object: &Object) -> tuffet_metadata::Verified<Root> {
    let mut root = state().root.value();
    inside(&mut root, &["keys"]).insert(keyid("@alice", 1).to_string(), object.clone().into());
    let value = Value::from(root);
    let payload = tuffet_metadata::json::canonical(&value);
    let sign = |owner, seed| (keyid(owner, seed), signing_key(seed).sign(&payload).to_bytes().to_vec());
    let bytes = tuffet_metadata::write_file(&value, &[sign("@bob", 2), sign("@carol", 3)]);
    let profile = Profile::Deployed { keyid_exceptions: tuffet_metadata::KeyidExceptions::Opaque };
    Unverified::<Root>::new(bytes).verify_pinned(&profile, &Limits::default()).unwrap()
}

#[test]
fn k2_a_key_swapped_under_an_unchanged_keyid_is_a_warning() {
    let new = under_her_keyid(&Key::compose(&public(9), Some("@alice"), None).object());
    let warning = format!(
        "WARNING: keyid {} stays and the key behind it is another: {} -> {}",
        keyid("@alice", 1).short(),
        key_line("@alice", 1),
        key_line("@alice", 9)
    );
    assert_eq!(compare_roots(Some(&state().root), &new, None)[2..], [warning]);
}

#[test]
fn k2_an_owner_changed_under_an_unchanged_keyid_is_said() {
    let new = under_her_keyid(&Key::compose(&public(1), Some("@mallory"), None).object());
    let line = format!(
        "the key stays and its owner changes under the same keyid {}: @alice -> @mallory: Ed25519, fingerprint {}",
        keyid("@alice", 1).short(),
        fingerprint(1)
    );
    assert_eq!(compare_roots(Some(&state().root), &new, None)[2..], [line]);
}

#[test]
fn k2_a_member_of_a_key_object_under_an_unchanged_keyid_is_said() {
    let mut object = Key::compose(&public(1), Some("@alice"), None).object();
    object.insert("x".into(), parse("[1]"));
    inside(&mut object, &["keyval"]).insert("private".into(), "".into());
    let new = under_her_keyid(&object);
    let short = keyid("@alice", 1);
    let short = short.short();
    assert_eq!(
        compare_roots(Some(&state().root), &new, None)[2..],
        [
            format!("unknown member `keys.{short}.x` of the key of @alice: adds [1]"),
            format!("unknown member `keys.{short}.keyval.private` of the key of @alice: adds \"\""),
        ]
    );
}

#[test]
fn k2_a_threshold_that_changes_is_shown_of_how_many() {
    let lower = |root: &mut Object| drop(inside(root, &["roles", "targets"]).insert("threshold".into(), 1u64.into()));
    assert_eq!(changed(lower, |_| ()), ["root: targets: threshold 2 of 3 -> 1 of 3"]);
    let fewer = |root: &mut Object| {
        let Some(Value::Array(keyids)) = inside(root, &["roles", "targets"]).get_mut("keyids") else { panic!() };
        keyids.pop();
    };
    assert_eq!(
        changed(fewer, |_| ()),
        [
            "root: targets: threshold 2 of 3 -> 2 of 2".to_owned(),
            format!("root: targets: removes {}", key_line("@bob", 2))
        ]
    );
}

#[test]
fn k2_another_order_of_keyids_is_said() {
    let turn = |root: &mut Object| {
        let Some(Value::Array(keyids)) = inside(root, &["roles", "root"]).get_mut("keyids") else { panic!() };
        keyids.reverse();
    };
    assert_eq!(changed(turn, |_| ()), ["root: root: lists the keys that stay in another order"]);
}

#[test]
fn k2_the_online_key_is_named_by_its_place() {
    let found = changed(
        |root| {
            let (old, new) = (
                Key::compose(&public(4), None, Some("gcpkms:online")),
                Key::compose(&public(8), None, Some("awskms:new")),
            );
            let keys = inside(root, &["keys"]);
            keys.remove(old.keyid().as_str());
            keys.insert(new.keyid().to_string(), new.object().into());
            for role in ["snapshot", "timestamp"] {
                let keyids = vec![Value::from(new.keyid().as_str())];
                inside(root, &["roles", role]).insert("keyids".into(), Value::Array(keyids));
            }
        },
        |_| (),
    );
    let line = |old: &str, new: &str| {
        format!(
            "the online key gcpkms:online becomes the online key awskms:new with another key: Ed25519, fingerprint \
             {old} -> Ed25519, fingerprint {new}"
        )
    };
    assert_eq!(
        found,
        [
            format!("root: timestamp: {}", line(&fingerprint(4).to_string(), &fingerprint(8).to_string())),
            format!("root: snapshot: {}", line(&short(4), &short(8))),
        ]
    );
}

#[test]
fn names_of_people_cannot_steer_a_terminal() {
    let found = lines(Some(&state()), &next(&[replace(1, "@d\u{1b}[2J", 5)]));
    assert_eq!(found[2], format!("root: root: adds {}", key_line(r"@d\u{1b}[2J", 5)));
}

#[test]
fn keyids_without_a_key_and_unknown_schemes_cannot_steer_a_terminal() {
    let with = |root: &mut Object| {
        inside(root, &["roles", "targets"]).insert("keyids".into(), parse(r#"["\u001b[2J"]"#));
        let key = parse(r#"{"keytype":"x","keyval":{},"scheme":"\u001b[2J"}"#);
        let Value::Object(members) = &key else { panic!("an object") };
        let keyid = tuffet_metadata::keyid_of(members).to_string();
        inside(root, &["keys"]).insert(keyid, key);
    };
    let found = changed(with, |_| ());
    assert_eq!(found.iter().filter(|line| line.contains('\u{1b}')).count(), 0, "{found:?}");
    assert_eq!(found[0], "root: targets: threshold 2 of 3 -> 2 of 0 usable keys (1 keyid)");
    assert!(found.contains(&r"root: targets: adds keyid \u{1b}[2J, which has no key".to_owned()), "{found:?}");
    let unused = r"root: a key in no role: a key without an owner: \u{1b}[2J, not usable";
    assert!(found.contains(&unused.to_owned()), "{found:?}");
}
