//! F19 to F21: which delegations cover a path.

use super::*;
use crate::{Delegation, Delegations, HashPrefix, TargetPath, Targets};

fn read(roles: &Value) -> Result<Verified<Targets>, String> {
    let mut signed = targets();
    signed["delegations"] = json!({ "keys": keys(&[9]), "roles": roles });
    verified::<Targets>(signed_by(&signed, &[5, 6]), &Profile::Strict).map_err(|e| e.to_string())
}

fn delegations(roles: &Value) -> Delegations {
    read(roles).unwrap().delegations.clone().unwrap()
}

fn by(name: &str, member: &str, items: &Value) -> Value {
    json!({ "name": name, "keyids": [keyid(9)], "threshold": 1, "terminating": name == "end", member: items })
}

fn names(delegations: &Delegations, path: &str) -> Vec<String> {
    delegations.matching(&TargetPath::new(path)).map(|delegation| delegation.name).collect()
}

/// sha256("a") begins with `ca978112`, sha256("b") with `3e23e816`.
const A: &str = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4ed0c2b3f5a1a0ea6f3b";

#[test]
fn c49_matching_delegations_come_in_order_of_appearance() {
    let delegations = delegations(&json!([
        by("late-name", "paths", &json!(["x*", "a"])),
        by("bin", "path_hash_prefixes", &json!(["00", "ca9"])),
        by("all", "path_hash_prefixes", &json!([""])),
        by("early-name", "paths", &json!(["?"])),
        by("end", "path_hash_prefixes", &json!(["c", "ca", "ca97"])),
    ]));
    assert_eq!(names(&delegations, "a"), ["late-name", "bin", "all", "early-name", "end"]);
    assert_eq!(names(&delegations, "b"), ["all", "early-name"]);
    assert_eq!(names(&delegations, "xy"), ["late-name", "all"]);
    let last = delegations.matching(&TargetPath::new("a")).last();
    assert_eq!(last, Some(Delegation { name: "end".into(), terminating: true }));
}

#[test]
fn f21_prefixes_are_the_first_digits_of_the_paths_sha256() {
    let path = TargetPath::new("a");
    assert_eq!((path.as_str(), path.sha256().to_string()), ("a", sha256_of("a")));
    for n in 0..=64 {
        let prefix = HashPrefix::new(&sha256_of("a")[..n]).unwrap();
        assert!(prefix.matches(&path), "{n} digits");
        assert_eq!(prefix.matches(&TargetPath::new("b")), n == 0, "{n} digits");
        let found = delegations(&json!([by("d", "path_hash_prefixes", &json!([prefix.as_str()]))]));
        assert_eq!(names(&found, "a"), ["d"]);
    }
    assert!(!HashPrefix::new(A).unwrap().matches(&path), "the last digits count");
}

fn sha256_of(text: &str) -> String {
    tuffet_keys::sha256(text.as_bytes()).to_string()
}

#[test]
fn f21_a_prefix_that_is_none_refuses_the_file() {
    let place = "targets v7: signed.delegations.roles[0].path_hash_prefixes";
    for (bad, found) in [("CA", "`CA`"), ("cA", "`cA`"), ("0g", "`0g`"), ("0x0", "`0x0`"), (" ", "` `"), ("é", "`é`")]
    {
        let text = read(&json!([by("d", "path_hash_prefixes", &json!(["00", bad]))])).unwrap_err();
        assert_eq!(text, format!("{place}: expected at most 64 characters of lower-case hex, found {found} (F21)"));
    }
    let text = read(&json!([by("d", "path_hash_prefixes", &json!(["0".repeat(65)]))])).unwrap_err();
    assert_eq!(text, format!("{place}: expected at most 64 characters of lower-case hex, found a long string (F21)"));
}

#[test]
fn f19_neither_paths_nor_prefixes_covers_nothing() {
    let delegations = delegations(&json!([
        { "name": "neither", "keyids": [keyid(9)], "threshold": 1, "terminating": true },
        by("none", "paths", &json!([])),
        by("no-prefix", "path_hash_prefixes", &json!([])),
    ]));
    for path in ["", "a", "neither"] {
        assert!(names(&delegations, path).is_empty());
    }
    assert!(delegations.roles().iter().all(|role| !role.covers(&TargetPath::new("a"))));
}

#[test]
fn f21_the_index_finds_what_asking_each_bin_finds() {
    // 16,384 bins as PEP 458 has them: 14 bits, four prefixes of four digits each; some share their prefixes.
    let bins: Vec<Value> = (0..16_384_u32)
        .map(|bin| {
            let prefixes: Vec<String> = (0..4).map(|i| format!("{:04x}", bin * 4 + i)).collect();
            by(&format!("bin-{bin}"), "path_hash_prefixes", &json!(prefixes))
        })
        .chain([by("twin", "path_hash_prefixes", &json!(["c", "ca9"]))])
        .collect();
    let delegations = delegations(&bins.into());
    for i in 0..64 {
        let path = TargetPath::new(format!("project-{i}/file.tgz"));
        let asked: Vec<String> =
            delegations.roles().iter().filter(|role| role.covers(&path)).map(|role| role.name).collect();
        assert_eq!(names(&delegations, path.as_str()), asked);
        assert!(!asked.is_empty());
    }
    assert_eq!(names(&delegations, "a"), [format!("bin-{}", 0xca97 / 4), "twin".into()]);
}

#[test]
fn f20_uncommon_patterns_are_findings_and_read_literally() {
    let read = read(&json!([by("d", "paths", &json!(["a/*", "[ab]", "**"]))])).unwrap();
    let texts: Vec<String> = read.findings().iter().map(ToString::to_string).collect();
    assert_eq!(
        texts,
        ["path pattern `[ab]` is not read alike by all clients", "path pattern `**` is not read alike by all clients"]
    );
    assert_eq!((read.findings()[0].id(), read.findings()[0].name()), ("F20", "uncommon-pattern"));
    assert_eq!(names(read.delegations.as_ref().unwrap(), "[ab]"), ["d"]);
    assert!(names(read.delegations.as_ref().unwrap(), "x/b").is_empty());
}

#[test]
fn c58_a_name_is_asked_for_as_one_file() {
    for (name, asked) in [
        ("a-b_c.d~e", "a-b_c.d~e.json"),
        ("a/b", "a%2Fb.json"),
        ("../x", "..%2Fx.json"),
        ("?", "%3F.json"),
        ("#", "%23.json"),
        ("%2e", "%252e.json"),
        ("é\n", "%C3%A9%0A.json"),
    ] {
        let role = RoleName::Delegated(name.into());
        assert_eq!(role.request_name(None), asked);
        assert_eq!(role.request_name(Some(7)), format!("7.{asked}"));
    }
    assert_eq!(RoleName::Targets.request_name(Some(7)), "7.targets.json");
}
