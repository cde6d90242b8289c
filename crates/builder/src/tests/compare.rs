//! What a signature would change, in full lines (ceremony.md K2).

use super::*;

fn lines(state: Option<&State>, draft: &Draft) -> Vec<String> {
    compare(state, draft).iter().map(ToString::to_string).collect()
}

/// The lines between [`state`] and its root and targets changed.
fn changed(root: impl FnOnce(&mut Object), targets: impl FnOnce(&mut Object)) -> Vec<String> {
    let state = state();
    let (mut new_root, mut new_targets) = (state.root.value(), state.targets.value());
    root(&mut new_root);
    targets(&mut new_targets);
    let limits = Limits::default();
    let draft = Draft {
        root: Some(Proposed::new(new_root.into(), &limits).unwrap()),
        targets: Some(Proposed::new(new_targets.into(), &limits).unwrap()),
    };
    let all = lines(Some(&state), &draft);
    all.into_iter().filter(|line| !line.contains(": version 1 -> 1, expires ")).collect()
}

fn key_line(owner: &str, seed: u8) -> String {
    format!("{owner}: Ed25519, fingerprint {}", fingerprint(seed))
}

#[test]
fn the_first_version_is_shown_whole() {
    let draft = draft(None, &[establish(), set("a", b"first")], &expiries()).unwrap();
    let mut expected = vec!["root: version 1 (the first), expires 2027-06-01T00:00:00Z".to_owned()];
    for (role, threshold, count) in [("root", 2, 3), ("timestamp", 1, 1), ("snapshot", 1, 1), ("targets", 2, 3)] {
        expected.push(format!("root: {role}: threshold {threshold} of {count}"));
        if count == 1 {
            expected.push(format!("root: {role}: adds {}", key_line("the online key gcpkms:online", 4)));
        } else {
            expected.extend(ALL.map(|(owner, seed)| format!("root: {role}: adds {}", key_line(owner, seed))));
        }
    }
    expected.push("root: sets `spec_version` to `1.0.34`".into());
    expected.push("targets: version 1 (the first), expires 2027-07-01T00:00:00Z".into());
    expected.push(format!("targets: adds `a`, 5 bytes, sha256 {}", sha256(b"first")));
    expected.push("targets: sets `spec_version` to `1.0.34`".into());
    assert_eq!(lines(None, &draft), expected);
}

#[test]
fn a_key_swapped_under_the_same_owner_shows_both_fingerprints() {
    let draft = next(&[replace(1, "@alice", 5)]);
    let mut expected = vec!["root: version 1 -> 2, expires 2027-06-01T00:00:00Z -> 2027-06-01T00:00:00Z".to_owned()];
    for role in ["root", "targets"] {
        expected.push(format!("root: {role}: adds {}", key_line("@alice", 5)));
        expected.push(format!("root: {role}: removes {}", key_line("@alice", 1)));
    }
    assert_eq!(lines(Some(&state()), &draft), expected);
}

#[test]
fn a_threshold_that_changes_is_shown() {
    let found =
        changed(|root| drop(inside(root, &["roles", "targets"]).insert("threshold".into(), 1u64.into())), |_| ());
    assert_eq!(found, ["root: targets: threshold 2 -> 1 of 3"]);
}

#[test]
fn targets_that_come_change_and_go_are_shown() {
    let (first, new) = (sha256(b"first"), sha256(b"new"));
    let draft = next(&[set("a", b"new"), set("b\u{1b}", b"first")]);
    let expected = [
        "targets: version 1 -> 2, expires 2027-07-01T00:00:00Z -> 2027-07-01T00:00:00Z".to_owned(),
        format!("targets: replaces `a`, 3 bytes, sha256 {first} -> sha256 {new}"),
        format!(r"targets: adds `b\u{{1b}}`, 5 bytes, sha256 {first}"),
    ];
    assert_eq!(lines(Some(&state()), &draft), expected);
    let found = changed(|_| (), |targets| drop(inside(targets, &["targets"]).remove("a")));
    assert_eq!(found, ["targets: removes `a`"]);
}

#[test]
fn hashes_are_shown_by_name() {
    let hex = "ab".repeat(64);
    let found = changed(
        |_| (),
        |targets| drop(inside(targets, &["targets", "a", "hashes"]).insert("sha512".into(), hex.as_str().into())),
    );
    let first = format!("sha256 {}", sha256(b"first"));
    assert_eq!(found, [format!("targets: replaces `a`, 5 bytes, {first} -> {first}, sha512 {hex}")]);
    let other = |targets: &mut Object| {
        inside(targets, &["targets", "a", "hashes"]).insert("md5".into(), "00".into());
    };
    let found = changed(|_| (), other);
    let replaced = format!("targets: replaces `a`, 5 bytes, {first} -> {first}");
    assert_eq!(found, [replaced, "targets: sets `targets.a.hashes.md5` to `00`".into()]);
}

#[test]
fn custom_data_is_shown_also_beside_new_content() {
    let with = |custom: &str| Change::SetTarget(TargetPin { custom: Some(parse(custom)), ..pin("a", b"new") });
    let found = lines(Some(&state()), &next(&[with("{}")]));
    assert_eq!(found[2], "targets: gives `a` custom data");
    assert_eq!(found.len(), 3);

    let had = state_with(|_| (), |t| drop(inside(t, &["targets", "a"]).insert("custom".into(), parse("[1]"))));
    let against = |change: Change| {
        let draft = draft(Some(&had), &[change], &expiries()).unwrap();
        lines(Some(&had), &draft).into_iter().skip(1).collect::<Vec<_>>()
    };
    assert_eq!(against(with("[2]"))[1], "targets: changes the custom data of `a`");
    assert_eq!(against(set("a", b"new"))[1], "targets: removes the custom data of `a`");
    assert_eq!(against(set("a", b"first")), ["targets: removes the custom data of `a`"]);
}

#[test]
fn unknown_members_are_shown_wherever_they_are() {
    let found = changed(
        |root| {
            root.insert("x-new".into(), parse(r#"{"a":1}"#));
            root.insert("spec_version".into(), "1.0.35".into());
            root.insert("consistent_snapshot".into(), false.into());
            inside(root, &["roles", "root"]).insert("x-period".into(), 182u64.into());
            inside(root, &["roles"]).insert("mirrors".into(), parse(r#"{"keyids":[],"threshold":1}"#));
            let more = Key::compose(&public(9), Some("@nobody"), None);
            inside(root, &["keys"]).insert(more.keyid().to_string(), more.object().into());
        },
        |targets| {
            targets.insert("x\u{1b}".into(), "text".into());
            inside(targets, &["targets", "a"]).insert("x-entry".into(), parse("[]"));
        },
    );
    let expected = [
        "root: consistent_snapshot becomes false".to_owned(),
        "root: changes `spec_version` from `1.0.34` to `1.0.35`".into(),
        "root: sets `x-new` to an object".into(),
        "root: sets `roles.mirrors` to an object".into(),
        "root: sets `roles.root.x-period` to 182".into(),
        format!("root: a key in no role: {}", key_line("@nobody", 9)),
        "targets: sets `targets.a.x-entry` to an array".into(),
        r"targets: sets `x\u{1b}` to `text`".into(),
    ];
    assert_eq!(found, expected);
}

#[test]
fn unknown_members_that_change_are_shown_to_the_innermost() {
    let had = state_with(
        |root| drop(root.insert("x".into(), parse(r#"{"a":{"b":[1,2,{"c":"old"}]},"same":1}"#))),
        |targets| drop(targets.insert("delegations".into(), parse(r#"{"keys":{},"roles":[]}"#))),
    );
    let mut root = had.root.value();
    root.insert("x".into(), parse(r#"{"a":{"b":[1,3,{"c":"new"},4]},"same":1}"#));
    let mut targets = had.targets.value();
    let role = r#"{"keys":{},"roles":[{"name":"d","keyids":["k"],"threshold":1,"paths":["*"],"terminating":true}]}"#;
    targets.insert("delegations".into(), parse(role));
    let limits = Limits::default();
    let draft = Draft {
        root: Some(Proposed::new(root.into(), &limits).unwrap()),
        targets: Some(Proposed::new(targets.into(), &limits).unwrap()),
    };
    let found: Vec<_> = lines(Some(&had), &draft).into_iter().filter(|line| !line.contains("expires")).collect();
    let expected = [
        "root: changes `x.a.b[1]` from 2 to 3",
        "root: changes `x.a.b[2].c` from `old` to `new`",
        "root: sets `x.a.b[3]` to 4",
        "targets: sets `delegations.roles[0]` to an object",
    ];
    assert_eq!(found, expected);
}

#[test]
fn names_of_people_cannot_steer_a_terminal() {
    let found = lines(Some(&state()), &next(&[replace(1, "@d\u{1b}[2J", 5)]));
    assert_eq!(found[1], format!("root: root: adds {}", key_line(r"@d\u{1b}[2J", 5)));
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
    assert!(found.contains(&r"root: targets: adds keyid \u{1b}[2J, which has no key".to_owned()), "{found:?}");
    let unused = r"root: a key in no role: a key without an owner: \u{1b}[2J, not usable";
    assert!(found.contains(&unused.to_owned()), "{found:?}");
}
