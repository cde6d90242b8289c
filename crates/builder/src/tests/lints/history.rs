//! L18 to L23: one version, one content; versions go up; what is listed stays.

use super::*;

/// What `now` breaks, after `before` was seen.
fn after(before: &Observed, now: &Observed) -> Vec<String> {
    let before = Observed { label: "yesterday".into(), ..before.clone() };
    all(now, &Beside { before: vec![before], ..Beside::default() })
}

#[test]
fn l18_one_version_has_one_content() {
    let mut changed = world();
    changed.target("b", b"more");
    let found = after(&world().publish(), &changed.publish());
    let text = |name: &str, role: &str| {
        format!("error {name}: expected {role} as in yesterday, found other content in repository")
    };
    assert_eq!(
        of("L18", &found),
        [
            text("timestamp.json", "timestamp v7"),
            text("6.snapshot.json", "snapshot v6"),
            text("5.targets.json", "targets v5"),
        ]
    );
    assert_eq!(after(&world().publish(), &world().publish()), [""; 0]);
    // A file of another place, signed by enough of the keys, of a version that is published with other content.
    let with = vec![("stray.json".to_owned(), changed.files()["5.targets.json"].clone())];
    let found = all(&world().publish(), &Beside { with, ..Beside::default() });
    let text = "expected one targets v5, that of repository, found another with enough signatures, valid until \
                2027-07-01T00:00:00Z";
    assert_eq!(found, [format!("error L18 stray.json: {text}")]);
}

#[test]
fn l18_a_pinned_root_is_the_one_that_is_served() {
    let seen = world().publish();
    let mut other = world();
    other.roots[0].insert("expires".into(), "2027-06-02T00:00:00Z".into());
    let pinned = Some(other.files()["1.root.json"].clone());
    let text = "expected root v1 as in repository, found other content in the pinned root";
    assert_eq!(lints(&Observed { pinned, ..seen.clone() }), [format!("error L18 1.root.json: {text}")]);
    let pinned = Some(world().files()["1.root.json"].clone());
    assert_eq!(lints(&Observed { pinned, ..seen }), [""; 0]);
}

#[test]
fn l19_versions_go_up() {
    let mut newer = world();
    newer.snapshot.insert("version".into(), 8u64.into());
    newer.timestamp.insert("version".into(), 9u64.into());
    newer.targets.insert("version".into(), 6u64.into());
    let found = after(&newer.publish(), &world().publish());
    assert_eq!(
        found,
        [
            "error L19 timestamp.json: expected timestamp v9 or later, found v7 in repository",
            "error L19 6.snapshot.json: expected snapshot v8 or later, found v6 in repository",
            "error L19 6.snapshot.json: expected `targets.json` v6 or later, found v5 listed",
            "error L19 5.targets.json: expected targets v6 or later, found v5 in repository",
        ]
    );
}

#[test]
fn l20_a_published_file_keeps_its_bytes() {
    let spoiled = world().publish_with(|files| files.get_mut("1.root.json").unwrap().push(b'\n'));
    let found = after(&world().publish(), &spoiled);
    let text = "expected the bytes of root v1 as in yesterday, found others of the same content in repository";
    assert_eq!(of("L20", &found), [format!("warning 1.root.json: {text}")]);
}

#[test]
fn l21_there_is_one_valid_root_of_a_version() {
    let mut fork = world();
    fork.newest().insert("expires".into(), "2027-05-01T00:00:00Z".into());
    let bytes = fork.files()["2.root.json"].clone();
    let beside = |bytes: Vec<u8>| Beside { with: vec![("abandoned.json".to_owned(), bytes)], ..Beside::default() };
    let text = "expected one root v2, that of repository, found another with enough signatures, valid until \
                2027-05-01T00:00:00Z";
    assert_eq!(all(&world().publish(), &beside(bytes)), [format!("error L21 abandoned.json: {text}")]);
    // Without enough signatures it is a draft, and after its expiry it does less harm.
    let value = Value::Object(fork.roots[1].clone());
    let under_signed = signed_by(&fork.roots[1], &[(keyid("@alice", 1), 1)]);
    assert_eq!(all(&world().publish(), &beside(under_signed)), [""; 0]);
    assert_eq!(all(&world().publish(), &beside(write_file(&value, &[]))), [""; 0]);
    let mut past = world();
    past.newest().insert("expires".into(), "2026-11-01T00:00:00Z".into());
    let found = all(&world().publish(), &beside(past.files()["2.root.json"].clone()));
    assert!(
        found[0].starts_with("warning L21 ") && found[0].ends_with("which expired 2026-11-01T00:00:00Z"),
        "{found:?}"
    );
    // The same file is no other.
    assert_eq!(all(&world().publish(), &beside(world().files()["2.root.json"].clone())), [""; 0]);
    let found = all(&world().publish(), &beside(b"{}".to_vec()));
    assert_eq!(found, ["error L30 abandoned.json: expected a signed metadata file, found another"]);
}

#[test]
fn l22_a_root_has_the_version_of_its_name() {
    let seen = world().publish_with(|files| {
        let third = world().roots[1].clone().into_iter().chain([("version".to_owned(), 4u64.into())]).collect();
        let seats = ALL.map(|(owner, seed)| (keyid(owner, seed), seed));
        files.insert("3.root.json".into(), signed_by(&third, &seats));
    });
    let found = lints(&seen);
    assert_eq!(of("L22", &found), ["error 3.root.json: expected the version of its name, found 4"]);
    // And at the draft: the next version.
    let mut root = state().root.value();
    root.insert("version".into(), 3u64.into());
    let root = Proposed::<Root>::new(root.into(), &Limits::default()).unwrap();
    let found = check(Some(&state()), &Draft { root: Some(root), targets: None, delegated: [].into() }, at(CEREMONY));
    assert_eq!((found[0].lint.unwrap().id, found[0].message.as_str()), ("L22", "expected version 2, found 3"));
}

#[test]
fn l23_what_the_snapshot_lists_stays() {
    let mut before = world();
    before.entries.push(("old.json", 2));
    let mut now = world();
    now.snapshot.insert("version".into(), 7u64.into());
    now.timestamp.insert("version".into(), 8u64.into());
    let found = after(&before.publish(), &now.publish());
    assert_eq!(
        found,
        ["error L23 7.snapshot.json: expected `old.json` to stay listed as in yesterday, found no entry"]
    );
    // Where the online key was rotated, clients threw their snapshot away.
    let key = Key::compose(&public(7), None, Some("gcpkms:next"));
    inside(now.newest(), &["keys"]).insert(key.keyid().to_string(), key.object().into());
    for role in ["timestamp", "snapshot"] {
        inside(now.newest(), &["roles", role]).insert("keyids".into(), vec![key.keyid().as_str()].into());
    }
    let third: Object = now.roots[1].clone().into_iter().chain([("version".to_owned(), 3u64.into())]).collect();
    now.roots[1] = world().roots[1].clone();
    now.roots.push(third);
    assert_eq!(after(&before.publish(), &now.publish()), [""; 0]);
}
