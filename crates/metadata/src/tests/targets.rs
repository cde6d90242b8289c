//! C58, F19, F22: targets and delegations as written.

use super::*;
use crate::{Finding, Snapshot, Targets};

fn delegated(name: &str) -> Value {
    json!({ "name": name, "keyids": [keyid(9)], "threshold": 1, "paths": ["*"], "terminating": false })
}

fn with(roles: &Value) -> Value {
    let mut signed = targets();
    signed["delegations"] = json!({ "keys": keys(&[9]), "roles": roles });
    signed
}

fn read(signed: &Value) -> Verified<Targets> {
    verified::<Targets>(signed_by(signed, &[5, 6]), &Profile::Strict).unwrap()
}

#[test]
fn c58_a_delegated_role_takes_no_top_level_name() {
    for name in ["root", "timestamp", "snapshot", "targets"] {
        let text = refused::<Targets>(&with(&json!([delegated(name)])));
        let place = "targets v7: signed.delegations.roles[0].name";
        assert_eq!(text, format!("{place}: expected a name other than the top-level roles', found `{name}` (C58)"));
    }
    accepted::<Targets>(&with(&json!([delegated("roots")])));
}

#[test]
fn c58_a_delegated_roles_file_is_not_taken_for_a_top_level_one() {
    let place = "targets v7: signed.delegations.roles[0].name: expected a name";
    for name in
        ["1.root", "12.Targets", "1.2.snapshot", "Root", "../root", "../../1.root", "x/timestamp", r"..\root", "..root"]
    {
        let text = refused::<Targets>(&with(&json!([delegated(name)])));
        assert_eq!(text, format!("{place} other than the top-level roles', found `{}` (C58)", name.escape_debug()));
    }
    for name in ["1root", "v1.root", "root.1", "targets/releases", "root/x", "1.", "..", &"n".repeat(255)] {
        accepted::<Targets>(&with(&json!([delegated(name)])));
    }
}

#[test]
fn c58_a_delegated_name_is_no_longer_than_a_files() {
    // The finding about a keyid without a key says the role's name: a thousand of those must stay small.
    let mut role = delegated(&"n".repeat(256));
    role["keyids"] = (0..1024).map(|i| i.to_string()).collect::<Vec<_>>().into();
    let place = "targets v7: signed.delegations.roles[0].name";
    let text = refused::<Targets>(&with(&json!([role])));
    assert_eq!(text, format!("{place}: expected a name of at most 255 bytes, found a longer one (C58)"));
    let shadow = format!("{}/root", "n".repeat(250));
    let text = refused::<Targets>(&with(&json!([delegated(&shadow)])));
    let expected = format!("{place}: expected a name other than the top-level roles', found `{shadow}` (C58)");
    assert_eq!(text, expected, "255 bytes are no longer one");
}

#[test]
fn a_delegated_name_cannot_steer_a_terminal() {
    let file = Unverified::<Targets>::delegated("d\u{1b}[2J", b"{}".to_vec());
    let by = read(&with(&json!([delegated("d\u{1b}[2J")])));
    let by = by.delegations.as_ref().unwrap().authority("d\u{1b}[2J").unwrap();
    let error = file.verify(&by, &Profile::Strict, &Limits::default()).unwrap_err();
    assert_eq!(error.to_string(), r"d\u{1b}[2J: signed: expected an object, found nothing (TUF 4.2.1)");
    assert_eq!(by.role().file_name(), "d\u{1b}[2J.json", "the file's name is exact");
}

#[test]
fn f22_delegated_names_are_unique() {
    let text = refused::<Targets>(&with(&json!([delegated("a\n"), delegated("b"), delegated("a\n")])));
    let expected = r"targets v7: signed.delegations.roles: expected each role name once, found `a\n` again (F22)";
    assert_eq!(text, expected);
}

#[test]
fn f19_paths_or_prefixes_never_both() {
    let mut role = delegated("d");
    role["path_hash_prefixes"] = json!(["00"]);
    let text = refused::<Targets>(&with(&json!([role])));
    let place = "targets v7: signed.delegations.roles[0]";
    assert_eq!(text, format!("{place}: expected `paths` or `path_hash_prefixes`, found both (F19)"));

    let mut neither = delegated("d");
    neither.as_object_mut().unwrap().remove("paths");
    let verified = read(&with(&json!([neither])));
    let role = verified.delegations.as_ref().unwrap().roles().iter().next().unwrap();
    assert!(role.paths.is_empty() && role.path_hash_prefixes.is_empty(), "neither matches nothing");

    for (paths, found) in [(json!(null), "an array, found null"), (json!([7]), "strings, found 7")] {
        let mut role = delegated("d");
        role["paths"] = paths;
        let text = refused::<Targets>(&with(&json!([role])));
        assert_eq!(text, format!("{place}.paths: expected {found} (F19)"));
    }
}

#[test]
fn f19_null_delegations_are_a_deviation() {
    let mut signed = targets();
    signed["delegations"] = json!(null);
    let [strict, deployed] = both::<Targets>(&signed);
    assert_eq!(deployed, Ok(vec!["delegations is null".into()]));
    assert_eq!(strict.unwrap_err(), "targets v7: delegations is null (F19, strict profile)");
}

#[test]
fn delegations_say_who_may_sign() {
    let mut role = delegated("d");
    role["terminating"] = json!(true);
    let verified = read(&with(&json!([role, delegated("e")])));
    let delegations = verified.delegations.as_ref().unwrap();
    assert_eq!(
        delegations.roles().iter().map(|r| (r.name, r.terminating)).collect::<Vec<_>>(),
        [("d".to_owned(), true), ("e".to_owned(), false)]
    );
    assert_eq!(delegations.keys().len(), 1);
    assert!(delegations.authority("f").is_none());
    let authority = delegations.authority("d").unwrap();
    let d = |seeds: &[u8]| {
        Unverified::<Targets>::delegated("d", signed_by(&targets(), seeds)).verify(
            &authority,
            &Profile::Strict,
            &Limits::default(),
        )
    };
    assert_eq!(d(&[9]).unwrap().role(), &RoleName::Delegated("d".into()));
    let error = d(&[5, 6]).unwrap_err().to_string();
    assert_eq!(error, "d v7: 0 of 1 required signatures are valid (TUF 5.6.3)");
    let other = Unverified::<Targets>::delegated("e", signed_by(&targets(), &[9]));
    let error = other.verify(&authority, &Profile::Strict, &Limits::default()).unwrap_err().to_string();
    assert_eq!(error, "e: authority: expected the keys of e, found those of d (TUF 5.3.4)");
}

#[test]
fn f9_f10_f11_hold_for_delegations_too() {
    let mut role = delegated("d");
    role["threshold"] = json!(0);
    let text = refused::<Targets>(&with(&json!([role])));
    let place = "targets v7: signed.delegations.roles[0]";
    assert_eq!(text, format!("{place}.threshold: expected an integer from 1, found 0 (F9)"));
    let mut role = delegated("d\u{1b}");
    role["threshold"] = json!(2);
    role["keyids"] = json!([keyid(9), "none"]);
    let findings = vec![
        r"role d\u{1b} lists keyid none, which has no key".to_owned(),
        r"role d\u{1b} needs 2 signatures and has 1 distinct usable keys".to_owned(),
    ];
    assert_eq!(both::<Targets>(&with(&json!([role]))), [Ok(findings.clone()), Ok(findings)]);
}

#[test]
fn c59_a_target_has_a_known_hash() {
    let entry = |entry: Value| {
        let mut signed = targets();
        signed["targets"]["a/b"] = entry;
        signed
    };
    let hex = "a".repeat(64);
    accepted::<Targets>(&entry(json!({ "length": 0, "hashes": { "sha256": hex, "blake3": "x" }, "custom": null })));
    for (hashes, text) in [
        (json!({}), "targets v7: signed.targets.a/b.hashes: expected a sha256 or sha512, found neither (C34)"),
        (
            json!({ "md5": "00" }),
            "targets v7: signed.targets.a/b.hashes: expected a sha256 or sha512, found neither (C34)",
        ),
        (json!(null), "targets v7: signed.targets.a/b.hashes: expected an object, found null (C59)"),
    ] {
        assert_eq!(refused::<Targets>(&entry(json!({ "length": 1, "hashes": hashes }))), text);
    }
    let text = refused::<Targets>(&entry(json!({ "length": 1 })));
    assert_eq!(text, "targets v7: signed.targets.a/b.hashes: expected an object, found nothing (C59)");
    let text = refused::<Targets>(&entry(json!({ "length": "1", "hashes": { "sha256": hex } })));
    assert_eq!(text, "targets v7: signed.targets.a/b.length: expected an integer from 0, found `1` (TUF 4.5)");
    let [strict, deployed] = both::<Targets>(&entry(json!({ "hashes": { "sha256": hex } })));
    assert_eq!(deployed, Ok(vec!["target `a/b` has no length".into()]));
    assert_eq!(strict.unwrap_err(), "targets v7: target `a/b` has no length (C59, strict profile)");
}

#[test]
fn d6_dead_snapshot_entries_are_found() {
    let mut listed = snapshot();
    for name in ["d.json", "rekor.json", "d", "d.json.json"] {
        listed["meta"][name] = json!({ "version": 1 });
    }
    let snapshot = verified::<Snapshot>(signed_by(&listed, &[4]), &Profile::Strict).unwrap();
    let targets = read(&with(&json!([delegated("d")])));
    let dead: Vec<Finding> = snapshot.dead_entries(&targets).collect();
    let names = ["d", "d.json.json", "rekor.json"];
    assert_eq!(dead, names.map(|name| Finding::DeadSnapshotEntry { name: name.into() }));
    assert_eq!(dead[2].to_string(), "snapshot lists `rekor.json`, which is no targets role");
}

#[test]
fn hashes_match_all_or_nothing() {
    use crate::{Hashes, Pinned};
    use tuffet_keys::{sha256, sha512};
    let right = Hashes { sha256: Some(sha256(b"x")), sha512: Some(sha512(b"x")), unknown: vec![] };
    assert!(right.match_bytes(b"x") && !right.match_bytes(b"y"));
    for wrong in [
        Hashes { sha256: Some(sha256(b"y")), ..right.clone() },
        Hashes { sha512: Some(sha512(b"y")), ..right.clone() },
        Hashes { sha256: None, sha512: None, unknown: vec!["md5".into()] },
    ] {
        assert!(!wrong.match_bytes(b"x"));
    }
    let prefixes = [sha256(b"x").to_string(), sha512(b"x").to_string()];
    assert_eq!(right.prefixes().collect::<Vec<_>>(), prefixes);
    let written = format!(r#"{{"sha256":"{}","sha512":"{}"}}"#, prefixes[0], prefixes[1]);
    assert_eq!(crate::json::canonical_object(&right.to_object()), written.as_bytes());
    let pin = Pinned::of(3, b"x").to_object();
    let written = format!(r#"{{"hashes":{{"sha256":"{}"}},"length":1,"version":3}}"#, prefixes[0]);
    assert_eq!(crate::json::canonical_object(&pin), written.as_bytes());
    assert_eq!(
        crate::json::canonical_object(&Pinned { version: 3, length: None, hashes: None }.to_object()),
        br#"{"version":3}"#
    );
}

#[test]
fn roles_have_their_names_and_files() {
    let names = RoleName::TOP_LEVEL.map(|role| (role.file_name(), role.versioned_file_name(7)));
    assert_eq!(names[0], ("root.json".to_owned(), "7.root.json".to_owned()));
    assert_eq!(names[3], ("targets.json".to_owned(), "7.targets.json".to_owned()));
    assert_eq!(RoleName::top_level("snapshot"), Some(RoleName::Snapshot));
    assert_eq!(RoleName::top_level("Snapshot"), None);
    assert_eq!(RoleName::Delegated("a/b".into()).file_name(), "a/b.json");
}
