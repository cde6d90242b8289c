//! Delegations as changes: of any depth, by patterns and prefixes, from several parents, to bins.

use super::*;
use tuffet_metadata::{HashPrefix, PathPattern, Verified};

const EXPIRY: &str = "2027-03-01T00:00:00Z";

fn role(name: &str) -> RoleName {
    RoleName::Delegated(name.into())
}

fn person(owner: &str, seed: u8) -> Delegate {
    Delegate::Person(holder(owner, seed))
}

fn to(name: &str, keys: &[(&str, u8)], pattern: &str) -> DelegateTo {
    DelegateTo {
        name: name.into(),
        keys: keys.iter().map(|(owner, seed)| person(owner, *seed)).collect(),
        threshold: 1,
        paths: DelegatedPaths::Patterns(vec![PathPattern::new(pattern)]),
        terminating: false,
    }
}

fn delegate(by: RoleName, to: DelegateTo) -> Change {
    Change::SetDelegation { by, to, before: None }
}

fn top(to: DelegateTo) -> Change {
    delegate(RoleName::Targets, to)
}

fn refused(state: &State, changes: &[Change]) -> String {
    draft(Some(state), changes, &expiries()).unwrap_err().to_string()
}

fn sign(draft: &Draft, state: Option<&State>, name: &str, seeds: &[u8]) -> Verified<Targets> {
    let proposed = &draft.delegated[name];
    let authorities = draft.authorities(state, &role(name));
    let given: Vec<Given> = seeds.iter().map(|seed| given(proposed, *seed)).collect();
    let file = Unverified::delegated(name, assemble(proposed, &authorities, &given));
    file.verify(&authorities[0], &Profile::Strict, &Limits::default()).unwrap()
}

/// The state after everybody signed what `changes` draft.
fn after(before: &State, changes: &[Change], seeds: &[u8]) -> State {
    let draft = draft(Some(before), changes, &expiries()).unwrap();
    let value = draft.targets.as_ref().map_or_else(|| before.targets.value().into(), |targets| targets.value().clone());
    let mut state = signed(before.root.value().into(), value);
    state.delegated = before.delegated.clone();
    for name in draft.delegated.keys() {
        state.delegated.insert(name.clone(), sign(&draft, Some(before), name, seeds));
    }
    state
}

fn names(targets: &Targets) -> Vec<String> {
    targets.delegations.as_ref().unwrap().roles().names().map(std::borrow::Cow::into_owned).collect()
}

#[test]
fn a_delegation_of_any_depth_makes_the_files_below_it() {
    let changes = [
        top(to("one", &[("@dave", 5)], "one/*")),
        delegate(role("one"), to("two", &[("@erin", 6)], "one/x*")),
        delegate(role("two"), to("three", &[("@frank", 7)], "one/xy*")),
        Change::SetTarget { role: role("three"), pin: pin("one/xyz", b"deep") },
    ];
    let draft = next(&changes);
    assert!(draft.root.is_none());
    let list: Vec<String> = draft.roles().iter().map(ToString::to_string).collect();
    assert_eq!(list, ["targets", "one", "three", "two"]);
    let versions: Vec<u64> = draft.delegated.values().map(|file| file.common.version).collect();
    assert_eq!(versions, [1, 1, 1]);
    assert_eq!(draft.delegated["three"].role(), &role("three"));
    assert!(draft.delegated["three"].targets().get("one/xyz").is_some());
    let authority = &draft.authorities(None, &role("three"))[0];
    assert_eq!(authority.keyids(), [keyid("@frank", 7)]);
    let expiries = Expiries { delegated: [("two".to_owned(), at(EXPIRY))].into(), ..expiries() };
    let draft = crate::draft(Some(&state()), &changes, &expiries).unwrap();
    assert_eq!(draft.delegated["two"].common.expires.to_string(), EXPIRY);
    assert_eq!(draft.delegated["one"].common.expires.to_string(), "2027-07-01T00:00:00Z");
    let payloads: Vec<(String, u64)> =
        draft.payloads().unwrap().iter().map(|p| (p.role.to_string(), p.version)).collect();
    assert_eq!(payloads, [("targets", 2), ("one", 1), ("three", 1), ("two", 1)].map(|(n, v)| (n.to_owned(), v)));
}

#[test]
fn f19_f21_paths_and_prefixes_exclude_each_other_and_order_is_as_asked() {
    let first = after(&state(), &[top(to("a", &[("@dave", 5)], "a/*")), top(to("c", &[("@dave", 5)], "c/*"))], &[5]);
    let by_hash = DelegatedPaths::HashPrefixes(vec![HashPrefix::new("0").unwrap(), HashPrefix::new("ff").unwrap()]);
    let b = DelegateTo { paths: by_hash.clone(), terminating: true, ..to("b", &[("@erin", 6)], "") };
    let insert = Change::SetDelegation { by: RoleName::Targets, to: b, before: Some("c".into()) };
    let targets = draft(Some(&first), &[insert], &expiries()).unwrap().targets.unwrap();
    assert_eq!(names(&targets), ["a", "b", "c"], "the search goes in this order (C49)");
    let text = targets.value().as_object().unwrap()["delegations"].as_object().unwrap()["roles"].clone();
    let entry = text.as_array().unwrap()[1].as_object().unwrap().clone();
    assert_eq!(entry["path_hash_prefixes"], vec!["0", "ff"].into());
    assert!(!entry.contains_key("paths") && entry["terminating"] == true.into());
    // From patterns to prefixes in place, and what another tool wrote beside them stays.
    let change = top(DelegateTo { paths: by_hash, ..to("a", &[("@dave", 5)], "") });
    let targets = draft(Some(&first), &[change], &expiries()).unwrap().targets.unwrap();
    assert_eq!(names(&targets), ["a", "c"]);
    let none =
        Change::SetDelegation { by: RoleName::Targets, to: to("x", &[("@dave", 5)], "*"), before: Some("z".into()) };
    assert_eq!(refused(&first, &[none]), "targets: expected a delegation to z, found none (TUF 4.5)");
}

#[test]
fn r17_a_delegated_key_is_replaced_by_the_delegator() {
    let before = after(&state(), &[top(to("d", &[("@dave", 5)], "d/*"))], &[5]);
    let draft = draft(Some(&before), &[top(to("d", &[("@erin", 6)], "d/*"))], &expiries()).unwrap();
    assert!(draft.root.is_none(), "root has no part in it");
    assert_eq!(draft.targets.as_ref().unwrap().common.version, 3);
    assert_eq!(draft.delegated["d"].common.version, 2, "its signature no longer holds");
    let keys = draft.targets.as_ref().unwrap().delegations.as_ref().unwrap().keys();
    assert_eq!(keys.keys().collect::<Vec<_>>(), [&keyid("@erin", 6)], "a key of no delegation goes");
    // A second key beside the first: the file keeps its signature, and its version.
    let more = to("d", &[("@dave", 5), ("@erin", 6)], "d/*");
    let draft = crate::draft(Some(&before), &[top(more)], &expiries()).unwrap();
    assert!(draft.targets.is_some() && draft.delegated.is_empty());
}

#[test]
fn r17_a_keyholder_is_replaced_in_delegations_too() {
    let before = after(&state(), &[top(to("d", &[("@dave", 5), ("@alice", 1)], "d/*"))], &[5]);
    let draft = draft(Some(&before), &[replace(1, "@frank", 7)], &expiries()).unwrap();
    let targets = draft.targets.unwrap();
    let authority = targets.delegations.as_ref().unwrap().authority("d").unwrap();
    assert_eq!(authority.keyids(), [keyid("@dave", 5), keyid("@frank", 7)]);
    assert!(draft.delegated.is_empty(), "signed by @dave");
    let draft = crate::draft(Some(&before), &[replace(5, "@erin", 6)], &expiries()).unwrap();
    assert!(draft.root.is_none(), "a key of delegations alone");
    assert!(draft.delegated.contains_key("d"));
}

#[test]
fn c51_a_role_of_two_parents_answers_to_both() {
    let changes = [
        top(to("a", &[("@dave", 5)], "*")),
        top(to("b", &[("@erin", 6)], "*")),
        delegate(role("a"), to("d", &[("@frank", 7)], "*")),
        delegate(role("b"), to("d", &[("@grace", 8)], "*")),
    ];
    let draft = next(&changes);
    assert_eq!(draft.delegators(None, "d"), [role("a"), role("b")]);
    let keyids: Vec<KeyId> = draft.authorities(None, &role("d")).iter().map(|by| by.keyids()[0].clone()).collect();
    assert_eq!(keyids, [keyid("@frank", 7), keyid("@grace", 8)]);
    // Once published and signed by both, another key at one parent asks for a new file.
    let before = after(&state(), &changes, &[5, 6, 7, 8]);
    let change = delegate(role("b"), to("d", &[("@heidi", 9)], "*"));
    let again = crate::draft(Some(&before), &[change], &expiries()).unwrap();
    let list: Vec<String> = again.roles().iter().map(ToString::to_string).collect();
    assert_eq!(list, ["b", "d"]);
}

#[test]
fn r15_a_delegation_that_goes_leaves_its_file_alone() {
    let before = after(&state(), &[top(to("d", &[("@dave", 5)], "d/*"))], &[5]);
    let remove = |name: &str| Change::RemoveDelegation { by: RoleName::Targets, name: name.into() };
    let draft = draft(Some(&before), &[remove("d")], &expiries()).unwrap();
    assert!(draft.delegated.is_empty());
    assert_eq!(names(&draft.targets.unwrap()), [""; 0]);
    assert_eq!(refused(&before, &[remove("e")]), "targets: expected a delegation to e, found none (TUF 4.5)");
}

#[test]
fn f23_bins_and_names_exclude_each_other() {
    let bins = |bit_length| BinsSpec {
        name_prefix: "bin".into(),
        bit_length,
        keys: vec![Delegate::Machine(online(5))],
        threshold: 1,
    };
    let set = |bit_length| Change::SetBins { by: RoleName::Targets, bins: bins(bit_length) };
    let draft = next(&[set(14)]);
    assert!(draft.delegated.is_empty(), "16,384 files are another part's work");
    let targets = draft.targets.unwrap();
    assert_eq!(targets.delegations.as_ref().unwrap().succinct_roles().unwrap().bins(), 16_384);
    let text = "targets: expected delegations by name or succinct bins, found a change to one where the other is (F23)";
    assert_eq!(refused(&state(), &[set(14), top(to("d", &[("@erin", 6)], "*"))]), text);
    assert_eq!(refused(&state(), &[top(to("d", &[("@erin", 6)], "*")), set(14)]), text);
    let text =
        "targets v2: signed.delegations.succinct_roles.bit_length: expected an integer from 1 to 32, found 33 (F23)";
    assert_eq!(refused(&state(), &[set(33)]), text);
}

#[test]
fn f10_f22_c58_a_delegation_that_could_not_be_followed_is_no_draft() {
    let text = "d: expected a threshold from 1 to 1, the number of its distinct keys, found 2 (F10)";
    let two = DelegateTo { threshold: 2, ..to("d", &[("@dave", 5)], "*") };
    assert_eq!(refused(&state(), &[top(two)]), text);
    let text = "d: expected a threshold from 1 to 1, the number of its distinct keys, found 0 (F10)";
    let zero = DelegateTo { threshold: 0, ..to("d", &[("@dave", 5)], "*") };
    assert_eq!(refused(&state(), &[top(zero)]), text);
    for name in ["root", "1.targets", "../snapshot"] {
        let error = refused(&state(), &[top(to(name, &[("@dave", 5)], "*"))]);
        assert!(error.ends_with("(C58)"), "{error}");
    }
    let text = "x: expected a role that another one delegates to, found none that does (C53)";
    assert_eq!(refused(&state(), &[delegate(role("x"), to("d", &[("@dave", 5)], "*"))]), text);
    let text = "root: expected a role that lists targets, found one that lists none (TUF 4.5)";
    assert_eq!(refused(&state(), &[delegate(RoleName::Root, to("d", &[("@dave", 5)], "*"))]), text);
}

#[test]
fn r11_no_change_to_a_delegation_writes_nothing() {
    let change = || top(to("d", &[("@dave", 5)], "d/*"));
    let before = after(&state(), &[change()], &[5]);
    assert_eq!(refused(&before, &[change()]), "the changes leave every role as it is: nothing to sign (R11)");
    // Without the file of a role that was delegated to before, it is not made a second time.
    let without = State { delegated: [].into(), ..before };
    assert_eq!(refused(&without, &[change()]), "the changes leave every role as it is: nothing to sign (R11)");
}

#[test]
fn f8_one_key_has_one_holder_in_a_delegation() {
    let before = after(&state(), &[top(to("d", &[("@dave", 5)], "d/*"))], &[5]);
    let short = fingerprint(5).short();
    let text = format!("@mallory: the new key {short} is already the key of @dave (F8)");
    assert_eq!(refused(&before, &[top(to("e", &[("@mallory", 5)], "e/*"))]), text);
}
