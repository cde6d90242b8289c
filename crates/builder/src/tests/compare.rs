//! What a signature would change, in full lines (ceremony.md K2).

use super::*;

mod delegations;
mod people;
mod real;

fn lines(state: Option<&State>, draft: &Draft) -> Vec<String> {
    compare(state, draft, at(CEREMONY)).iter().map(ToString::to_string).collect()
}

fn proposed(root: Object, targets: Object) -> Draft {
    let limits = Limits::default();
    Draft {
        delegated: [].into(),
        root: Some(Proposed::new(root.into(), &limits).unwrap()),
        targets: Some(Proposed::new(targets.into(), &limits).unwrap()),
    }
}

/// The lines between `state` and its root and targets changed, without those on version and expiry.
fn changed_from(state: &State, root: impl FnOnce(&mut Object), targets: impl FnOnce(&mut Object)) -> Vec<String> {
    let (mut new_root, mut new_targets) = (state.root.value(), state.targets.value());
    root(&mut new_root);
    targets(&mut new_targets);
    let all = lines(Some(state), &proposed(new_root, new_targets));
    let head = |line: &&String| !line.contains(": version 1 -> 1") && !line.ends_with(", as before");
    all.iter().filter(head).cloned().collect()
}

fn changed(root: impl FnOnce(&mut Object), targets: impl FnOnce(&mut Object)) -> Vec<String> {
    changed_from(&state(), root, targets)
}

fn key_line(owner: &str, seed: u8) -> String {
    format!("{owner}: Ed25519, fingerprint {}", fingerprint(seed))
}

/// As a key is named again.
fn again(owner: &str, seed: u8) -> String {
    format!("{owner}: Ed25519, fingerprint {}", short(seed))
}

fn short(seed: u8) -> String {
    let hex = fingerprint(seed).to_string();
    format!("{} {}", &hex[..8], &hex[8..16])
}

#[test]
fn k2_the_first_version_is_shown_whole() {
    let draft = draft(None, &[establish(), set("a", b"first")], &expiries()).unwrap();
    let mut expected = vec![
        "root: version 1, the first".to_owned(),
        "root: expires 2027-06-01T00:00:00Z, 181 days after the ceremony".to_owned(),
        "root: specification 1.0.34".to_owned(),
    ];
    for (role, threshold, count) in [("root", 2, 3), ("timestamp", 1, 1), ("snapshot", 1, 1), ("targets", 2, 3)] {
        expected.push(format!("root: {role}: threshold {threshold} of {count}"));
        let line = if matches!(role, "root" | "timestamp") { key_line } else { again };
        if count == 1 {
            expected.push(format!("root: {role}: adds {}", line("the online key gcpkms:online", 4)));
        } else {
            expected.extend(ALL.map(|(owner, seed)| format!("root: {role}: adds {}", line(owner, seed))));
        }
    }
    expected.push("targets: version 1, the first".into());
    expected.push("targets: expires 2027-07-01T00:00:00Z, 211 days after the ceremony".into());
    expected.push("targets: specification 1.0.34".into());
    expected.push(format!("targets: adds `a`, 5 bytes, sha256 {}", sha256(b"first")));
    assert_eq!(lines(None, &draft), expected);
}

#[test]
fn k2_the_same_values_have_no_change_but_the_version() {
    let state = state();
    let found = lines(Some(&state), &proposed(state.root.value(), state.targets.value()));
    assert_eq!(
        found,
        [
            "root: version 1 -> 1",
            "root: expires 2027-06-01T00:00:00Z, 181 days after the ceremony, as before",
            "targets: version 1 -> 1",
            "targets: expires 2027-07-01T00:00:00Z, 211 days after the ceremony, as before",
        ]
    );
}

#[test]
fn k2_an_expiry_is_counted_in_days() {
    for (expires, line) in [
        ("2026-12-31T00:00:00Z", "29 days after the ceremony"),
        ("2026-12-02T12:00:00Z", "1 day after the ceremony"),
        ("2026-12-01T18:00:00Z", "on the day of the ceremony"),
        ("2026-11-01T12:00:00Z", "which is 30 days before the ceremony"),
    ] {
        let found = changed(|root| drop(root.insert("expires".into(), expires.into())), |_| ());
        assert_eq!(found, [format!("root: expires {expires}, {line}, was 2027-06-01T00:00:00Z")]);
    }
    let state = state();
    let mut root = state.root.value();
    for (expires, line) in [
        ("2027-06-02T00:00:00Z", ", 1 day later than 2027-06-01T00:00:00Z"),
        ("2027-05-01T00:00:00Z", ", 31 days earlier than 2027-06-01T00:00:00Z"),
        ("2027-06-01T00:00:00Z", ", as before"),
    ] {
        root.insert("expires".into(), expires.into());
        let new = Proposed::<Root>::new(root.clone().into(), &Limits::default()).unwrap();
        assert_eq!(compare_roots(Some(&state.root), &new, None)[1], format!("expires {expires}{line}"));
    }
}

#[test]
fn k2_targets_that_come_change_and_go_are_shown() {
    let (first, new) = (sha256(b"first"), sha256(b"new"));
    let draft = next(&[set("a", b"new"), set("b\u{1b}", b"first")]);
    let expected = [
        "targets: version 1 -> 2".to_owned(),
        "targets: expires 2027-07-01T00:00:00Z, 211 days after the ceremony, as before".to_owned(),
        format!("targets: replaces `a`, 5 bytes -> 3 bytes, sha256 {first} -> sha256 {new}"),
        format!(r"targets: adds `b\u{{1b}}`, 5 bytes, sha256 {first}"),
    ];
    assert_eq!(lines(Some(&state()), &draft), expected);
    let found = changed(|_| (), |targets| drop(inside(targets, &["targets"]).remove("a")));
    assert_eq!(found, [format!("targets: removes `a`, which was 5 bytes, sha256 {first}")]);
}

/// The attack: another file under a name everybody knows, of the same length.
#[test]
fn k2_a_target_swapped_under_an_unchanged_name_shows_both_hashes() {
    let (first, other) = (sha256(b"first"), sha256(b"other"));
    let found = lines(Some(&state()), &next(&[set("a", b"other")]));
    let line = format!("targets: replaces `a`, 5 bytes as before, sha256 {first} -> sha256 {other}");
    assert_eq!(found[2..], [line]);
}

#[test]
fn k2_hashes_are_shown_by_name() {
    let hex = "ab".repeat(64);
    let found = changed(
        |_| (),
        |targets| drop(inside(targets, &["targets", "a", "hashes"]).insert("sha512".into(), hex.as_str().into())),
    );
    let first = format!("sha256 {}", sha256(b"first"));
    let replaced = format!("targets: replaces `a`, 5 bytes as before, {first} -> {first}");
    assert_eq!(found, [format!("{replaced}, sha512 {hex}")]);
    let other = |targets: &mut Object| {
        inside(targets, &["targets", "a", "hashes"]).insert("md5".into(), "00".into());
    };
    let found = changed(|_| (), other);
    assert_eq!(found, [replaced, r#"targets: unknown member `targets.a.hashes.md5`: adds "00""#.into()]);
}

#[test]
fn k2_custom_data_is_shown_also_beside_new_content() {
    let with = |custom: &str| Change::SetTarget {
        role: RoleName::Targets,
        pin: TargetPin { custom: Some(parse(custom)), ..pin("a", b"new") },
    };
    let found = lines(Some(&state()), &next(&[with("{}")]));
    assert_eq!(found[3], "targets: gives `a` custom data {}");
    assert_eq!(found.len(), 4);

    let legacy = r#"{"sigstore":{"status":"Active","usage":"Fulcio"}}"#;
    let had = state_with(|_| (), |t| drop(inside(t, &["targets", "a"]).insert("custom".into(), parse(legacy))));
    let against = |change: Change| {
        let anew = Change::RemoveTarget { role: RoleName::Targets, path: "a".into() };
        let draft = draft(Some(&had), &[anew, change], &expiries()).unwrap();
        lines(Some(&had), &draft).into_iter().skip(2).collect::<Vec<_>>()
    };
    assert_eq!(
        against(with(&legacy.replace("Active", "Expired")))[1],
        r#"targets: custom data of `a`: `sigstore.status` changes from "Active" to "Expired""#
    );
    assert_eq!(against(with("[2]"))[1], format!("targets: custom data of `a`: changes from {legacy} to [2]"));
    let removes = format!("targets: removes the custom data of `a`, which was {legacy}");
    assert_eq!(against(set("a", b"new"))[1], removes);
    assert_eq!(against(set("a", b"first")), [removes]);
}

#[test]
fn k2_unknown_members_are_shown_with_their_values_wherever_they_are() {
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
            targets.insert("x\u{1b}".into(), "te\u{1b}xt".into());
            inside(targets, &["targets", "a"]).insert("x-entry".into(), parse("[null,true]"));
        },
    );
    let expected = [
        "root: specification 1.0.34 -> 1.0.35".to_owned(),
        "root: consistent_snapshot becomes false".into(),
        format!("root: a key in no role: {}", key_line("@nobody", 9)),
        r#"root: unknown member `x-new`: adds {"a":1}"#.into(),
        r#"root: unknown member `roles.mirrors`: adds {"keyids":[],"threshold":1}"#.into(),
        "root: unknown member `roles.root.x-period`: adds 182".into(),
        "targets: unknown member `targets.a.x-entry`: adds [null,true]".into(),
        r#"targets: unknown member `x\u{1b}`: adds "te\u{1b}xt""#.into(),
    ];
    assert_eq!(found, expected);
}

#[test]
fn k2_unknown_members_that_change_are_shown_to_the_innermost() {
    let had =
        state_with(|root| drop(root.insert("x".into(), parse(r#"{"a":{"b":[1,2,{"c":"old"}]},"same":1}"#))), |_| ());
    let new = r#"{"a":{"b":[1,3,{"c":"new"},4]},"same":1}"#;
    let found = changed_from(&had, |root| drop(root.insert("x".into(), parse(new))), |_| ());
    let expected = [
        "root: unknown member `x.a.b[1]`: changes from 2 to 3",
        r#"root: unknown member `x.a.b[2].c`: changes from "old" to "new""#,
        "root: unknown member `x.a.b[3]`: adds 4",
    ];
    assert_eq!(found, expected);
    assert_eq!(
        changed_from(&had, |root| drop(root.remove("x")), |_| ()),
        [r#"root: unknown member `x`: removes {"a":{"b":[1,2,{"c":"old"}]},"same":1}"#]
    );
}

/// Two values that begin alike: the digest tells them apart.
#[test]
fn k2_a_long_value_is_cut_and_keeps_its_digest() {
    let long = |end: &str| Value::from(format!("{}{end}", "a".repeat(1000)));
    let shown = |end: &str| {
        let digest = sha256(format!("\"{}{end}\"", "a".repeat(1000)).as_bytes());
        format!("\"{}… (SHA-256 {digest})", "a".repeat(59))
    };
    let had = state_with(|root| drop(root.insert("x".into(), long("1"))), |_| ());
    let found = changed_from(&had, |root| drop(root.insert("x".into(), long("2"))), |_| ());
    assert_eq!(found, [format!("root: unknown member `x`: changes from {} to {}", shown("1"), shown("2"))]);
}

/// Every leaf of a root and of a targets role changed, and every member left out: there is a line for each, unless the
/// draft would not read at all.
#[test]
fn k2_no_member_can_change_without_a_line() {
    let delegations = r#"{"keys":{},"roles":[{"name":"d","keyids":["k"],"threshold":1,"paths":["*"],"terminating":true,
        "x-d":1}],"x-more":[{}]}"#;
    let state = state_with(
        |root| drop(root.insert("x".into(), parse(r#"{"a":[1,"b",null]}"#))),
        |targets| {
            targets.insert("delegations".into(), parse(delegations));
            inside(targets, &["targets", "a"]).insert("custom".into(), parse(r#"{"sigstore":{"status":"Active"}}"#));
        },
    );
    let mut said = 0;
    for (is_root, whole) in [(true, Value::from(state.root.value())), (false, Value::from(state.targets.value()))] {
        for (path, changed) in mangled(&whole) {
            let limits = Limits::default();
            let lines = if is_root {
                let Ok(new) = Proposed::<Root>::new(changed, &limits) else { continue };
                compare_roots(Some(&state.root), &new, None)
            } else {
                let Ok(new) = Proposed::<Targets>::new(changed, &limits) else { continue };
                compare_targets(Some(&state.targets), &new, None)
            };
            let plain = lines.len() == 2 && lines[0] == "version 1 -> 1" && lines[1].ends_with(", as before");
            assert!(!plain, "{path}: {lines:?}");
            said += 1;
        }
    }
    assert!(said > 60, "{said}");
}

/// Each value below `value` replaced by another of its type, by another type, and left out; with its path.
fn mangled(value: &Value) -> Vec<(String, Value)> {
    let mut out = Vec::new();
    let others = |value: &Value| match value {
        Value::String(text) => vec![Value::from(format!("{text}x")), Value::Null],
        Value::Integer(number) => vec![Value::Integer(number + 1), Value::Integer(1), Value::from("1")],
        Value::Bool(is) => vec![Value::from(!is)],
        Value::Null => vec![Value::from("null")],
        Value::Array(items) => vec![Value::Array(items.iter().rev().cloned().collect()), Value::Array(Vec::new())],
        Value::Object(_) => vec![Value::from(Object::new())],
    };
    out.extend(others(value).into_iter().filter(|other| other != value).map(|other| (String::new(), other)));
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let mut less = members.clone();
                less.remove(name);
                out.push((format!(".{name} left out"), less.into()));
                for (path, changed) in mangled(member) {
                    let mut object = members.clone();
                    object.insert(name.clone(), changed);
                    out.push((format!(".{name}{path}"), object.into()));
                }
            }
        }
        Value::Array(items) => {
            for (i, item) in items.iter().enumerate() {
                let mut less = items.clone();
                less.remove(i);
                out.push((format!("[{i}] left out"), Value::Array(less)));
                for (path, changed) in mangled(item) {
                    let mut array = items.clone();
                    array[i] = changed;
                    out.push((format!("[{i}]{path}"), Value::Array(array)));
                }
            }
        }
        _ => {}
    }
    out
}
