//! Drafts: R3, R11, F1 and what a change does to keys and roles.

use super::*;

fn refused(state: Option<&State>, changes: &[Change]) -> String {
    draft(state, changes, &expiries()).unwrap_err().to_string()
}

fn keyids(root: &Root, role: &RoleName) -> Vec<KeyId> {
    root.authority(role).keyids().to_vec()
}

#[test]
fn the_first_version_of_everything() {
    let draft = draft(None, &[establish(), set("a", b"first")], &expiries()).unwrap();
    let (root, targets) = (draft.root.unwrap(), draft.targets.unwrap());
    assert_eq!((root.common.version, targets.common.version), (1, 1));
    assert_eq!(root.common.expires.to_string(), "2027-06-01T00:00:00Z");
    assert_eq!(targets.common.expires.to_string(), "2027-07-01T00:00:00Z");
    assert_eq!((&*root.common.spec_version, &*targets.common.spec_version), ("1.0.34", "1.0.34"));
    assert!(root.consistent_snapshot, "R9");
    let people = ALL.map(|(owner, seed)| keyid(owner, seed));
    assert_eq!(keyids(&root, &RoleName::Root), people, "in the order of the seats");
    assert_eq!(keyids(&root, &RoleName::Targets), people);
    let online = Key::compose(&public(4), None, Some("gcpkms:online")).keyid().clone();
    for role in [RoleName::Timestamp, RoleName::Snapshot] {
        assert_eq!(keyids(&root, &role), std::slice::from_ref(&online));
        assert_eq!(root.authority(&role).threshold(), 1);
    }
    assert_eq!(root.keys().len(), 4);
    assert_eq!(targets.targets().get("a").unwrap().length, Some(5));
}

#[test]
fn r3_establish_comes_first_and_once() {
    let text = "root: expected an `establish` change first, found no root to change (R3)";
    assert_eq!(refused(None, &[]), text);
    assert_eq!(refused(None, &[set("a", b"x"), establish()]), text);
    let text = "root: expected no root to establish, found version 1 (R3)";
    assert_eq!(refused(Some(&state()), &[establish()]), text);
    assert_eq!(refused(None, &[establish(), establish()]), text);
    assert_eq!(refused(Some(&state()), &[set("a", b"x"), establish()]), text);
}

#[test]
fn r3_versions_rise_by_one_where_something_changes() {
    let draft = next(&[replace(1, "@dave", 5)]);
    assert_eq!(draft.root.unwrap().common.version, 2);
    let last = state_with(
        |root| drop(root.insert("version".into(), u64::MAX.into())),
        |targets| drop(targets.insert("version".into(), u64::MAX.into())),
    );
    assert_eq!(refused(Some(&last), &[set("a", b"new")]), "targets: there is no version after the current one (R3)");
    let text = "root: there is no version after the current one (R3)";
    assert_eq!(refused(Some(&last), &[replace(1, "@dave", 5)]), text);
}

#[test]
fn r11_nothing_to_do_is_said() {
    let text = "the changes leave every role as it is: nothing to sign (R11)";
    assert_eq!(refused(Some(&state()), &[]), text);
    assert_eq!(refused(Some(&state()), &[set("a", b"first")]), text);
    assert_eq!(refused(Some(&state()), &[replace(1, "@dave", 5), replace(5, "@alice", 1)]), text, "there and back");
}

#[test]
fn r11_targets_are_drafted_again_only_where_their_signatures_no_longer_do() {
    // Two of three signed by all: one may go.
    let one = next(&[replace(1, "@dave", 5)]);
    assert!(one.root.is_some() && one.targets.is_none());
    let two = next(&[replace(1, "@dave", 5), replace(2, "@erin", 6)]);
    assert_eq!(two.targets.unwrap().common.version, 2);
    let target = next(&[set("a", b"new")]);
    assert!(target.root.is_none());
    assert_eq!(target.targets.unwrap().common.version, 2);
}

#[test]
fn r11_a_signature_under_a_keyid_that_goes_is_worth_nothing() {
    // Alice's and Bob's keys stay, under other names: a client looks signatures up by keyid.
    let changes = [replace(1, "@x", 7), replace(7, "@alice2", 1), replace(2, "@y", 8), replace(8, "@bob2", 2)];
    let draft = next(&changes);
    assert!(draft.targets.is_some());
}

#[test]
fn replacing_a_keyholder_keeps_the_seat_and_drops_the_key() {
    let root = next(&[replace(1, "@dave", 5)]).root.unwrap();
    let people = [keyid("@carol", 3), keyid("@dave", 5), keyid("@bob", 2)];
    for role in [RoleName::Root, RoleName::Targets] {
        assert_eq!(keyids(&root, &role), people);
        assert_eq!(root.authority(&role).threshold(), 2);
    }
    assert!(!root.keys().contains_key(&keyid("@alice", 1)));
    assert_eq!(root.keys().len(), 4);
    assert_eq!(root.keys()[&keyid("@dave", 5)].owner(), Some("@dave"));
}

#[test]
fn a_person_may_come_with_another_device() {
    let root = next(&[replace(1, "@alice", 5)]).root.unwrap();
    assert_eq!(keyids(&root, &RoleName::Root)[1], keyid("@alice", 5));
}

#[test]
fn r17_only_a_holder_is_replaced() {
    for seed in [9, 4] {
        let short = fingerprint(seed).short();
        let text = format!("key {short}: expected a key of root or targets to replace, found none (R17)");
        assert_eq!(refused(Some(&state()), &[replace(seed, "@dave", 5)]), text);
    }
}

#[test]
fn f8_a_key_that_is_there_cannot_come() {
    for (seed, owner) in [(2, "@bob"), (1, "@alice"), (4, "gcpkms:online")] {
        let text = format!("@dave: the new key {} is already the key of {owner} (F8)", fingerprint(seed).short());
        assert_eq!(refused(Some(&state()), &[replace(1, "@dave", seed)]), text);
    }
}

#[test]
fn f8_owners_in_the_refusal_cannot_steer_a_terminal() {
    let error = DraftError::AlreadyHeld {
        owner: "@d\u{1b}[2J".into(),
        fingerprint: fingerprint(2),
        holder: "@b\u{1b}[2J".into(),
    };
    let short = fingerprint(2).short();
    let text = format!(r"@d\u{{1b}}[2J: the new key {short} is already the key of @b\u{{1b}}[2J (F8)");
    assert_eq!(error.to_string(), text);
}

#[test]
fn f8_a_key_left_over_in_no_role_is_nobodys() {
    let left = Key::compose(&public(5), Some("@old"), None);
    let with = |root: &mut Object| {
        inside(root, &["keys"]).insert(left.keyid().to_string(), left.object().into());
    };
    let state = state_with(with, |_| ());
    let root = draft(Some(&state), &[replace(1, "@dave", 5)], &expiries()).unwrap().root.unwrap();
    assert!(root.keys().contains_key(&keyid("@dave", 5)) && !root.keys().contains_key(left.keyid()));
    // And a root with such a key is not drafted again for the sake of a target.
    let targets_only = draft(Some(&state), &[set("a", b"new")], &expiries()).unwrap();
    assert!(targets_only.root.is_none());
}

#[test]
fn f1_unknown_members_and_roles_are_kept() {
    let state = state_with(
        |root| {
            root.insert("x-root".into(), parse(r#"{"a":[1,null]}"#));
            inside(root, &["roles", "root"]).insert("x-tuf-on-ci-expiry-period".into(), 182u64.into());
            let mirror = Key::compose(&public(9), Some("@mirror"), None);
            inside(root, &["keys"]).insert(mirror.keyid().to_string(), mirror.object().into());
            let role = format!(r#"{{"keyids":["{}"],"threshold":1}}"#, mirror.keyid());
            inside(root, &["roles"]).insert("mirrors".into(), parse(&role));
            root.insert("spec_version".into(), "1.0.31".into());
        },
        |targets| {
            targets.insert("x-targets".into(), "kept".into());
            inside(targets, &["targets", "a"]).insert("custom".into(), parse(r#"{"k":1}"#));
            targets.insert("spec_version".into(), "1.0.19".into());
        },
    );
    let changes = [replace(1, "@dave", 5), set("b", b"new")];
    let draft = draft(Some(&state), &changes, &expiries()).unwrap();
    let (root, targets) = (draft.root.unwrap(), draft.targets.unwrap());
    for name in ["x-root", "_type", "consistent_snapshot", "spec_version"] {
        assert_eq!(root.value().as_object().unwrap()[name], state.root.value()[name]);
    }
    let roles = root.value().as_object().unwrap()["roles"].as_object().unwrap();
    assert_eq!(roles["root"].as_object().unwrap()["x-tuf-on-ci-expiry-period"], 182u64.into());
    assert!(roles.contains_key("mirrors"));
    assert!(root.keys().contains_key(&keyid("@mirror", 9)), "a role we have no name for uses it");
    assert_eq!((&*root.common.spec_version, &*targets.common.spec_version), ("1.0.31", "1.0.19"));
    assert_eq!(targets.value().as_object().unwrap()["x-targets"], "kept".into());
    assert_eq!(targets.targets().get("a").unwrap().custom, Some(parse(r#"{"k":1}"#)));
    assert_eq!(targets.targets().len(), 2);
}

#[test]
fn f9_f11_a_draft_the_format_forbids_is_refused() {
    let with = |root: Seats| Change::Establish { root, targets: seats(2, &ALL), online: online(4) };
    let text = "root v1: signed.roles.root.threshold: expected an integer from 1, found 0 (F9)";
    assert_eq!(refused(None, &[with(seats(0, &ALL))]), text);
    let twice = seats(2, &[("@alice", 1), ("@alice", 1)]);
    let short = keyid("@alice", 1).short().to_owned();
    let text = format!("root v1: signed.roles.root.keyids: expected each keyid once, found {short} again (F11)");
    assert_eq!(refused(None, &[with(twice)]), text);
}

#[test]
fn a_target_is_set_whole() {
    let custom = Some(parse(r#"{"sigstore":{"status":"Active"}}"#));
    let change =
        Change::SetTarget { role: RoleName::Targets, pin: TargetPin { custom: custom.clone(), ..pin("a", b"second") } };
    let targets = next(&[change]).targets.unwrap();
    let file = targets.targets().get("a").unwrap();
    assert_eq!((file.length, file.hashes.sha256, &file.custom), (Some(6), Some(sha256(b"second")), &custom));
}
