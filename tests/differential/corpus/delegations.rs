//! Delegated roles and the search through them (TUF 5.6.7).

use crate::case::{Case, Expect};
use crate::forge::Forge;
use crate::signer::ed25519;
use crate::simulator::{Branch, branch};
use serde_json::{Value, json};
use tuffet_keys::sha256;

fn forest(name: &str, expect: Expect, branches: Vec<Branch>, change: impl FnOnce(&mut Forge)) -> Case {
    let mut forge = Forge::at(1, |sim| sim.branches = branches);
    change(&mut forge);
    Case::of(name, vec![(forge, expect)])
}

/// `targets` delegates `a/*` to `a`, which lists `a/x`.
fn one() -> Vec<Branch> {
    vec![branch("targets", "a", &["a/*"], &["a/x"])]
}

fn with(mut branch: Branch, change: impl FnOnce(&mut Branch)) -> Branch {
    change(&mut branch);
    branch
}

fn role(f: &mut Forge, change: impl FnOnce(&mut Value)) {
    f.edit("targets", |t| change(&mut t["delegations"]["roles"][0]));
}

fn prefixes(role: &mut Value, prefix: &str) {
    role.as_object_mut().unwrap().remove("paths");
    role["path_hash_prefixes"] = json!([prefix]);
}

const A_X: &str = "a/x";

pub(super) fn cases() -> Vec<Case> {
    let mut cases = allowed();
    cases.extend(broken());
    cases
}

fn allowed() -> Vec<Case> {
    let b = |paths: &[&str], targets: &[&str]| branch("targets", "b", paths, targets);
    let hash = || sha256(A_X.as_bytes()).to_string();
    vec![
        forest("c49-paths", Expect::Accepted, one(), |_| {}),
        forest(
            "c49-two-levels",
            Expect::Accepted,
            [one(), vec![branch("a", "b", &["a/*"], &["a/y"])]].concat(),
            |_| {},
        ),
        forest("c49-the-first-that-lists-it", Expect::Accepted, [one(), vec![b(&["a/*"], &["a/y"])]].concat(), |_| {}),
        forest("c55-the-second-lists-it", Expect::Accepted, vec![one()[0].clone(), b(&["*/*"], &["a/z"])], |_| {}),
        forest(
            "c54-terminating-and-listed",
            Expect::Accepted,
            vec![with(one().remove(0), |a| a.terminating = true)],
            |_| {},
        ),
        forest(
            "c54-terminating-ends-the-search",
            Expect::Without(&[("a/y", "terminated")]),
            vec![with(one().remove(0), |a| a.terminating = true), b(&["a/*"], &["a/y"])],
            |_| {},
        ),
        forest(
            "c54-terminating-below-another-ends-the-whole-search",
            Expect::Without(&[("a/y", "terminated")]),
            vec![
                one().remove(0),
                with(branch("a", "c", &["a/y"], &[]), |c| c.terminating = true),
                b(&["a/*"], &["a/y"]),
            ],
            |_| {},
        ),
        forest(
            "c56-not-the-delegators-to-give",
            Expect::Without(&[("b/x", "unknown-target")]),
            vec![one().remove(0), branch("a", "c", &["*/*"], &["b/x"])],
            |_| {},
        ),
        forest(
            "c56-listed-outside-its-paths",
            Expect::Without(&[("b/x", "unknown-target")]),
            vec![branch("targets", "a", &["a/*"], &["a/x", "b/x"])],
            |_| {},
        ),
        forest(
            "f20-a-star-stops-at-a-slash",
            Expect::Without(&[("a/b/x", "unknown-target")]),
            vec![branch("targets", "a", &["a/*"], &["a/b/x"])],
            |_| {},
        ),
        forest(
            "f20-case-matters",
            Expect::Without(&[("A/x", "unknown-target")]),
            vec![branch("targets", "a", &["a/*"], &["A/x"])],
            |_| {},
        ),
        forest(
            "f20-a-question-mark-is-one-character",
            Expect::Accepted,
            vec![branch("targets", "a", &["a/?"], &["a/x"])],
            |_| {},
        ),
        forest("f21-hash-prefix", Expect::Accepted, one(), |f| role(f, |r| prefixes(r, &hash()[..2]))),
        forest("f21-hash-prefix-of-one-digit", Expect::Accepted, one(), |f| role(f, |r| prefixes(r, &hash()[..1]))),
        forest("f21-whole-hash", Expect::Accepted, one(), |f| role(f, |r| prefixes(r, &hash()))),
        forest("f21-another-hash-prefix", Expect::Without(&[(A_X, "unknown-target")]), one(), |f| {
            role(f, |r| prefixes(r, if hash().starts_with('0') { "1" } else { "0" }));
        }),
        forest(
            "c50-a-circle",
            Expect::Without(&[("a/y", "unknown-target")]),
            [one(), vec![branch("a", "a", &["a/*"], &[])]].concat(),
            |f| {
                f.wanted.insert("a/y".into(), String::new());
            },
        ),
        forest("f18-delegated-to-a-key-of-unknown-type-for-others", Expect::Accepted, one(), |f| {
            let key = ed25519(30).with(|key| key["keytype"] = "of-tomorrow".into());
            f.edit("targets", |t| t["delegations"]["keys"][&key.keyid] = key.object.clone());
        }),
        forest("f1-unknown-fields-in-delegations", Expect::Accepted, one(), |f| {
            f.edit("targets", |t| {
                t["delegations"]["x-more"] = json!({ "a": 1 });
                t["delegations"]["roles"][0]["x-more"] = json!({ "a": 1 });
            });
        }),
        forest("f23-succinct-roles", Expect::Accepted, vec![branch("targets", "bin-0", &["a/*"], &[A_X])], |f| {
            f.edit("targets", |t| {
                let keyids = json!([ed25519(9).keyid]);
                let delegations = t["delegations"].as_object_mut().unwrap();
                delegations.remove("roles");
                let bins = json!({ "keyids": keyids, "threshold": 1, "bit_length": 1, "name_prefix": "bin" });
                delegations.insert("succinct_roles".into(), bins);
            });
            let bin = if sha256(A_X.as_bytes()).to_string().as_bytes()[0] < b'8' { "bin-0" } else { "bin-1" };
            assert_eq!(bin, BIN, "the simulated role is the bin that has {A_X}");
        }),
    ]
}

const BIN: &str = "bin-0";

fn broken() -> Vec<Case> {
    let lost = |code: &'static str| {
        Expect::Without(match code {
            "signature" => &[(A_X, "signature")],
            "mix-and-match" => &[(A_X, "mix-and-match")],
            "freeze" => &[(A_X, "freeze")],
            "not-found" => &[(A_X, "not-found")],
            "malformed" => &[(A_X, "malformed")],
            "endless-data" => &[(A_X, "endless-data")],
            _ => &[(A_X, "not-in-snapshot")],
        })
    };
    let nine = || vec![ed25519(9)];
    vec![
        forest(
            "c45-delegated-by-another-key",
            lost("signature"),
            vec![with(one().remove(0), |a| a.signers = vec![8])],
            |_| {},
        ),
        forest("c45-delegated-by-too-few-keys", lost("signature"), one(), |f| {
            role(f, |r| {
                r["threshold"] = 2.into();
            });
        }),
        forest("c46-delegated-of-another-version", lost("mix-and-match"), one(), |f| {
            f.edit_file("1.a.json", &nine(), |a| a["version"] = 2.into());
        }),
        forest("c47-delegated-expired", lost("freeze"), one(), |f| {
            f.edit_file("1.a.json", &nine(), |a| a["expires"] = crate::forge::PAST.into());
        }),
        forest("c44-delegated-of-another-hash", lost("mix-and-match"), one(), |f| {
            f.edit("snapshot", |s| s["meta"]["a.json"]["hashes"]["sha256"] = "00".repeat(32).into());
        }),
        forest("c43-delegated-longer-than-pinned", lost("endless-data"), one(), |f| {
            f.edit("snapshot", |s| s["meta"]["a.json"]["length"] = 10.into());
        }),
        forest("c57-delegated-not-served", lost("not-found"), one(), |f| drop(f.files.remove("1.a.json"))),
        forest(
            "c57-delegated-not-served-and-another-lists-it",
            lost("not-found"),
            vec![one().remove(0), branch("targets", "b", &["a/*"], &[A_X])],
            |f| drop(f.files.remove("1.a.json")),
        ),
        forest("c53-delegated-not-in-the-snapshot", lost("not-in-snapshot"), one(), |f| {
            f.edit("snapshot", |s| drop(s["meta"].as_object_mut().unwrap().remove("a.json")));
        }),
        forest("f16-delegated-of-another-type", lost("malformed"), one(), |f| {
            f.edit_file("1.a.json", &nine(), |a| a["_type"] = "snapshot".into());
        }),
        forest(
            "c51-two-delegators-and-the-key-of-one",
            Expect::Without(&[("d/y", "signature")]),
            vec![
                branch("targets", "a", &["d/x"], &[]),
                branch("targets", "b", &["d/y"], &[]),
                branch("a", "d", &["d/*"], &["d/x", "d/y"]),
                with(branch("b", "d", &["d/*"], &[]), |d| d.seed = 8),
            ],
            |_| {},
        ),
        forest("f19-paths-and-prefixes", Expect::Refused("malformed"), one(), |f| {
            role(f, |r| r["path_hash_prefixes"] = json!(["00"]));
        }),
        forest("f19-neither-paths-nor-prefixes", Expect::Without(&[(A_X, "unknown-target")]), one(), |f| {
            role(f, |r| drop(r.as_object_mut().unwrap().remove("paths")));
        }),
        forest("f22-a-name-twice", Expect::Refused("malformed"), one(), |f| {
            f.edit("targets", |t| {
                let roles = t["delegations"]["roles"].as_array_mut().unwrap();
                roles.push(roles[0].clone());
            });
        }),
        forest("c58-delegated-the-name-of-a-top-level-role", Expect::Refused("malformed"), one(), |f| {
            role(f, |r| r["name"] = "snapshot".into());
        }),
        forest("f9-delegated-threshold-zero", Expect::Refused("malformed"), one(), |f| {
            role(f, |r| r["threshold"] = 0.into());
        }),
        forest("f21-hash-prefix-in-upper-case", Expect::Refused("malformed"), one(), |f| {
            role(f, |r| prefixes(r, "AB"));
        }),
        forest("f23-succinct-roles-beside-roles", Expect::Refused("malformed"), one(), |f| {
            let bins = json!({ "keyids": [], "threshold": 1, "bit_length": 1, "name_prefix": "bin" });
            f.edit("targets", |t| t["delegations"]["succinct_roles"] = bins);
        }),
        forest("f23-succinct-roles-of-33-bits", Expect::Refused("malformed"), one(), |f| {
            let bins = json!({ "keyids": [ed25519(9).keyid], "threshold": 1, "bit_length": 33, "name_prefix": "bin" });
            f.edit("targets", |t| {
                t["delegations"].as_object_mut().unwrap().remove("roles");
                t["delegations"]["succinct_roles"] = bins;
            });
        }),
    ]
}
