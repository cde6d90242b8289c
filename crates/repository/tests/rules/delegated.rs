//! Delegated roles: published with what delegates to them, and held to everybody who does (R6, R10, R20, C51).

use crate::people::Key;
use crate::site::{Site, at, first, signed, text, time};
use std::collections::BTreeMap;
use tuffet_builder::{
    Change, Delegate, DelegateTo, DelegatedPaths, Draft, Expiries, Given, Holder, State, TargetPin, assemble, draft,
    payload,
};
use tuffet_client::{Client, DirectoryTransport, MemoryStore, Policy};
use tuffet_keys::{Sign, sha256};
use tuffet_metadata::{PathPattern, RoleName};
use tuffet_repository::Signed;

fn dave() -> Key {
    Key::ed25519(40)
}

fn erin() -> Key {
    Key::ed25519(41)
}

fn role(name: &str) -> RoleName {
    RoleName::Delegated(name.into())
}

fn delegate(by: RoleName, name: &str, owner: &str, key: &Key, pattern: &str) -> Change {
    let holder = Holder { owner: owner.into(), public: key.public_key().clone() };
    let to = DelegateTo {
        name: name.into(),
        keys: vec![Delegate::Person(holder)],
        threshold: 1,
        paths: DelegatedPaths::Patterns(vec![PathPattern::new(pattern)]),
        terminating: false,
    };
    Change::SetDelegation { by, to, before: None }
}

fn list(name: &str, path: &str, bytes: &[u8]) -> Change {
    let (length, sha256) = (bytes.len() as u64, sha256(bytes));
    let pin = TargetPin { path: path.into(), length, sha256, sha512: None, custom: None };
    Change::SetTarget { role: role(name), pin }
}

/// A role of two words and a slash, as a stranger may call it, and one below it.
const ONE: &str = "team/one two";
const TWO: &str = "two";

fn changes() -> Vec<Change> {
    vec![
        delegate(RoleName::Targets, ONE, "@dave", &dave(), "one/*"),
        delegate(role(ONE), TWO, "@erin", &erin(), "one/two-*"),
        list(ONE, "one/a", b"first"),
        list(TWO, "one/two-b", b"second"),
    ]
}

/// The delegated files that those with `keys` signed.
fn delegated(draft: &Draft, state: &State, keys: &[Key]) -> BTreeMap<String, Vec<u8>> {
    let one = |(name, proposed): (&String, &tuffet_metadata::Proposed<tuffet_metadata::Targets>)| {
        let bytes = payload(proposed).unwrap();
        let give = |key: &Key| Given { by: key.public_key().fingerprint(), signature: key.sign(&bytes).unwrap() };
        let given: Vec<Given> = keys.iter().map(give).collect();
        (name.clone(), assemble(proposed, &draft.authorities(Some(state), &role(name)), &given))
    };
    draft.delegated.iter().map(one).collect()
}

fn brings(state: &State, changes: &[Change], keys: &[Key], files: &[(&str, &[u8])]) -> Signed {
    let mut out = signed(Some(state), changes, &["@alice", "@bob"]);
    let draft = draft(Some(state), changes, &Expiries::new(time("2027-06-01"), time("2027-06-01"))).unwrap();
    out.delegated = delegated(&draft, state, keys);
    out.files = files.iter().map(|(path, bytes)| ((*path).to_owned(), bytes.to_vec())).collect();
    out
}

const FILES: [(&str, &[u8]); 2] = [("one/a", b"first"), ("one/two-b", b"second")];

fn site(dir: &std::path::Path) -> Site {
    let site = Site::at(dir);
    site.publish(first()).unwrap();
    let next = brings(&site.state(), &changes(), &[dave(), erin()], &FILES);
    site.publish(next).unwrap();
    site
}

#[test]
fn r6_delegated_roles_are_published_under_escaped_versioned_names_and_found_by_clients() {
    let dir = tempfile::tempdir().unwrap();
    let site = site(dir.path());
    let names = site.names();
    for name in ["1.team%2Fone%20two.json", "1.two.json", "2.targets.json"] {
        assert!(names.iter().any(|there| there == name), "{name} in {names:?}");
    }
    let state = site.state();
    assert_eq!(state.delegated.keys().collect::<Vec<_>>(), [ONE, TWO]);
    let transport = DirectoryTransport::open(dir.path()).unwrap();
    let pin = std::fs::read(dir.path().join("1.root.json")).unwrap();
    let mut client = Client::bootstrap(MemoryStore::default(), transport, Policy::default(), &pin).unwrap();
    let refreshed = client.refresh(at()).unwrap();
    for (path, bytes) in FILES {
        assert_eq!(client.target_bytes(&refreshed, path).unwrap(), bytes);
    }
}

#[test]
fn r17_a_delegated_role_changes_by_itself() {
    let dir = tempfile::tempdir().unwrap();
    let site = site(dir.path());
    let before = site.names();
    let next = brings(&site.state(), &[list(TWO, "one/two-c", b"third")], &[erin()], &[("one/two-c", b"third")]);
    assert!(next.root.is_none() && next.targets.is_none());
    let receipt = site.publish(next).unwrap();
    let new: Vec<&String> = receipt.files.keys().filter(|name| !before.contains(name)).collect();
    let names: Vec<&str> = new.iter().map(|name| name.rsplit('/').next().unwrap()).collect();
    assert!(names.contains(&"2.two.json") && names.contains(&"3.snapshot.json"), "{names:?}");
    assert_eq!(names.len(), 3, "and the target: {names:?}");
    assert_eq!(site.state().delegated[TWO].common.version, 2);
}

#[test]
fn r20_a_delegated_role_that_its_delegator_would_not_accept_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let site = site(dir.path());
    let before = site.tree();
    let change = [list(TWO, "one/two-c", b"third")];
    let by_another = brings(&site.state(), &change, &[dave()], &[("one/two-c", b"third")]);
    let error = text(site.stage(by_another));
    assert!(error.starts_with("two.json: two v2: 0 of 1 required signatures are valid"), "{error}");
    // What stays is asked too: another key at the delegator leaves the published file without a signature.
    let rekeyed = [delegate(RoleName::Targets, ONE, "@erin", &erin(), "one/*")];
    let mut without = brings(&site.state(), &rekeyed, &[erin()], &[]);
    without.delegated.clear();
    let error = text(site.stage(without));
    assert!(error.starts_with("team/one two.json: team/one two v1: 0 of 1 required signatures are valid"), "{error}");
    let mut stranger = brings(&site.state(), &change, &[erin()], &[("one/two-c", b"third")]);
    stranger.delegated.insert("nobody".into(), b"{}".to_vec());
    let expected = "nobody: expected a role that targets or another role delegates to, found none that does (C53)";
    assert_eq!(text(site.stage(stranger)), expected);
    let without_file = brings(&site.state(), &change, &[erin()], &[]);
    let expected = "target `one/two-c`: expected the file that two v2 lists, found none (R20)";
    assert_eq!(text(site.stage(without_file)), expected);
    assert_eq!(site.tree(), before, "nothing was written");
}

#[test]
fn r3_a_delegated_role_has_the_next_version() {
    let dir = tempfile::tempdir().unwrap();
    let site = site(dir.path());
    let change = [list(TWO, "one/two-c", b"third")];
    let next = brings(&site.state(), &change, &[erin()], &[("one/two-c", b"third")]);
    let mut state = site.state();
    site.publish(next).unwrap();
    // Drafted from the state before: a version that is there, with other bytes.
    let again = [list(TWO, "one/two-d", b"fourth")];
    state.root = site.state().root;
    let stale = brings(&state, &again, &[erin()], &[("one/two-d", b"fourth")]);
    assert_eq!(text(site.stage(stale)), "two.json: expected version 3, found 2 (TUF 5.3.5)");
}

#[test]
fn r15_a_role_that_nobody_delegates_to_any_more_stays_listed() {
    let dir = tempfile::tempdir().unwrap();
    let site = site(dir.path());
    let remove = [Change::RemoveDelegation { by: role(ONE), name: TWO.into() }];
    let next = brings(&site.state(), &remove, &[dave()], &[]);
    site.publish(next).unwrap();
    assert_eq!(site.state().delegated.keys().collect::<Vec<_>>(), [ONE]);
    let published = site.repository.published().unwrap().unwrap();
    assert_eq!(published.snapshot.meta().get("two.json").unwrap().version, 1);
}

#[test]
fn r10_delegated_roles_come_before_what_lists_them() {
    let dir = tempfile::tempdir().unwrap();
    let site = Site::at(dir.path());
    site.publish(first()).unwrap();
    let next = brings(&site.state(), &changes(), &[dave(), erin()], &FILES);
    let accepted = site.stage(next).unwrap().verify(at()).unwrap();
    let place = |end: &str| accepted.files().iter().position(|file| file.ends_with(end)).unwrap();
    assert!(place(".two-b") < place("two.json"), "targets before the role that lists them");
    assert!(place("1.two.json") < place("2.targets.json"));
    assert!(place("2.targets.json") < place("2.snapshot.json"));
    assert_eq!(place("timestamp.json"), accepted.files().len() - 1);
    assert_eq!(accepted.second_client(), None, "tough read all of it");
}
