//! What a file that is still collecting signatures says of itself.

use super::*;

/// A root that follows [`state`]: Dave takes Alice's place.
pub(super) fn second() -> Proposed<Root> {
    next(&[replace(1, "@dave", 5)]).root.unwrap()
}

pub(super) fn signature<T: Role>(proposed: &Proposed<T>, seed: u8) -> Vec<u8> {
    given(proposed, seed).signature
}

pub(super) fn read(bytes: &[u8]) -> Partial {
    Partial::read(bytes, &Profile::deployed(), &Limits::default()).unwrap()
}

fn refused(text: &str) -> String {
    Partial::read(text.as_bytes(), &Profile::deployed(), &Limits::default()).unwrap_err().to_string()
}

fn kinds(standing: &Standing) -> Vec<(Option<&str>, &EntryKind)> {
    standing.entries.iter().map(|entry| (entry.owner.as_deref(), &entry.kind)).collect()
}

fn names(people: &[Who]) -> Vec<&str> {
    people.iter().map(|who| who.owner.as_deref().unwrap()).collect()
}

#[test]
fn k6_a_root_stands_for_its_own_keys_and_for_those_before() {
    let (root, state) = (second(), state());
    let entries =
        [("@dave", 5), ("@alice", 1), ("@bob", 2)].map(|(owner, seed)| (keyid(owner, seed), signature(&root, seed)));
    let standing = read(&root.assemble(&entries[..2])).standing(Some(&state.root)).unwrap();
    let seen: Vec<_> = standing
        .counts
        .iter()
        .map(|count| {
            let (have, need) = (count.tally.have(), count.tally.threshold);
            (count.root, count.is_own, have, need, names(&count.signed), names(&count.missing))
        })
        .collect();
    let expected = [
        (2, true, 1, 2, vec!["@dave"], vec!["@carol", "@bob"]),
        (1, false, 1, 2, vec!["@alice"], vec!["@carol", "@bob"]),
    ];
    assert_eq!(seen, expected);
    assert!(!standing.is_complete());
    assert_eq!(kinds(&standing), [(Some("@dave"), &EntryKind::Valid), (Some("@alice"), &EntryKind::Valid)]);
    let whole = read(&root.assemble(&entries)).standing(Some(&state.root)).unwrap();
    assert!(whole.is_complete());
    let two = whole.counts.iter().map(|count| count.tally.have()).collect::<Vec<_>>();
    assert_eq!(two, [2, 2]);
}

#[test]
fn k6_a_root_alone_is_counted_for_itself() {
    let root = second();
    let file = read(&root.assemble(&[(keyid("@alice", 1), signature(&root, 1))]));
    let standing = file.standing(None).unwrap();
    assert_eq!(standing.counts.iter().map(|count| (count.root, count.tally.have())).collect::<Vec<_>>(), [(2, 0)]);
    assert_eq!(kinds(&standing), [(None, &EntryKind::Stranger)], "whoever is not asked for is not known");
    assert_eq!((file.role(), file.common().version, file.digest()), (&RoleName::Root, 2, root.digest()));
}

#[test]
fn f5_f4_what_does_not_count_is_named_and_is_no_error() {
    let targets = next(&[set("a", b"new")]).targets.unwrap();
    let state = state();
    let entries = [
        (keyid("@carol", 3), Vec::new()),
        (keyid("@alice", 1), signature(&targets, 2)),
        (keyid("@zoe", 9), signature(&targets, 9)),
        (KeyId::new("\u{1b}[2J"), Vec::new()),
        (keyid("@bob", 2), signature(&targets, 2)),
    ];
    let file = String::from_utf8(targets.assemble(&entries)).unwrap();
    // What is no hex is a wrong signature.
    let file = read(file.replace(&hex(&signature(&targets, 9)), "zz").as_bytes());
    let standing = file.standing(Some(&state.root)).unwrap();
    let expected = [
        (Some("@carol"), &EntryKind::Placeholder),
        (Some("@alice"), &EntryKind::Wrong),
        (None, &EntryKind::Stranger),
        (None, &EntryKind::Placeholder),
        (Some("@bob"), &EntryKind::Valid),
    ];
    assert_eq!(kinds(&standing), expected);
    let count = &standing.counts[0];
    assert_eq!((count.root, count.is_own, count.tally.have()), (1, false, 1));
    assert_eq!((names(&count.signed), names(&count.missing)), (vec!["@bob"], vec!["@carol", "@alice"]));
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn f8_a_second_keyid_of_a_key_is_named_and_counts_once() {
    let state = state();
    let renamed = [replace(1, "@x", 7), replace(7, "@alice2", 1)];
    let root = next(&renamed).root.unwrap();
    let twice = [("@alice2", 1), ("@alice", 1)].map(|(owner, seed)| (keyid(owner, seed), signature(&root, seed)));
    let standing = read(&root.assemble(&twice)).standing(Some(&state.root)).unwrap();
    let first = EntryKind::SecondKeyid(keyid("@alice2", 1));
    assert_eq!(kinds(&standing), [(Some("@alice2"), &EntryKind::Valid), (Some("@alice"), &first)]);
    assert_eq!(standing.counts.iter().map(|count| count.tally.have()).collect::<Vec<_>>(), [1, 1]);
    // In one root, too, where a single person would fill two seats.
    let twin = Key::compose(&public(1), Some("@twin"), None);
    let root = state_with(
        |root| {
            inside(root, &["keys"]).insert(twin.keyid().to_string(), twin.object().into());
            let role = inside(root, &["roles", "targets"]);
            let Some(Value::Array(keyids)) = role.get_mut("keyids") else { panic!("{role:?}") };
            keyids.push(twin.keyid().as_str().into());
        },
        |_| {},
    )
    .root;
    let targets = next(&[set("a", b"new")]).targets.unwrap();
    let twice = [keyid("@alice", 1), twin.keyid().clone()].map(|keyid| (keyid, signature(&targets, 1)));
    let standing = read(&targets.assemble(&twice)).standing(Some(&root)).unwrap();
    let count = &standing.counts[0];
    assert_eq!((count.tally.have(), count.tally.keys, count.signed[0].keyids.len()), (1, 3, 2));
    let none = read(&targets.assemble(&[])).standing(Some(&root)).unwrap();
    let missing: Vec<usize> = none.counts[0].missing.iter().map(|who| who.keyids.len()).collect();
    assert_eq!(missing, [1, 2, 1], "one person to ask, under two keyids");
}

#[test]
fn f6_a_key_that_is_not_usable_is_missing_for_good() {
    let root = second();
    let mut value = root.value().clone();
    let Value::Object(members) = &mut value else { panic!("{value:?}") };
    let carol = keyid("@carol", 3);
    // Another owner under the old keyid: the key is no longer the one its name says.
    inside(members, &["keys", carol.as_str()]).insert("x-tuf-on-ci-keyowner".to_owned(), "@mallory".into());
    let changed = Proposed::<Root>::under(value, &Profile::deployed(), &Limits::default()).unwrap();
    let standing = read(&changed.assemble(&[(carol.clone(), signature(&changed, 3))])).standing(None).unwrap();
    assert_eq!(kinds(&standing), [(Some("@mallory"), &EntryKind::Unusable)]);
    let count = &standing.counts[0];
    let missing: Vec<_> = count.missing.iter().map(|who| (&who.keyids[0], who.fingerprint.is_some())).collect();
    assert_eq!(missing, [(&carol, false), (&keyid("@dave", 5), true), (&keyid("@bob", 2), true)]);
    assert_eq!((count.tally.have(), count.tally.keys), (0, 2));
}

#[test]
fn a_root_is_the_one_before_or_is_refused() {
    let (root, state) = (second(), state());
    let file = read(state.root.bytes());
    let error = file.standing(Some(&state.root)).unwrap_err().to_string();
    assert_eq!(error, "root v1: expected root v0 as the root before, found root v1 (TUF 5.3.5)");
    let targets = next(&[set("a", b"new")]).targets.unwrap();
    let error = read(&targets.assemble(&[])).standing(None).unwrap_err().to_string();
    assert_eq!(error, "targets v2: expected the root in force, whose keys may sign targets, found none");
    assert!(read(&root.assemble(&[])).standing(Some(&state.root)).is_ok());
}

#[test]
fn what_is_no_metadata_is_refused_in_words() {
    let file = |signed: &str| refused(&format!(r#"{{"signatures": [], "signed": {signed}}}"#));
    assert_eq!(refused(""), "byte 0: expected a JSON value, found the end of the file (F26)");
    assert_eq!(refused("{}"), "signed: expected an object, found nothing (TUF 4.2.1)");
    let types = "signed._type: expected root, timestamp, snapshot or targets, found";
    assert_eq!(file("{}"), format!("{types} nothing (F16)"));
    assert_eq!(file(r#"{"_type": "mirrors"}"#), format!("{types} `mirrors` (F16)"));
    assert_eq!(
        file(r#"{"_type": "snapshot", "version": 3, "spec_version": "1.0"}"#),
        "snapshot v3: signed.expires: expected a string, found nothing (F14)"
    );
    let twice = r#"{"signatures": [{"keyid": "a", "sig": ""}, {"keyid": "a", "sig": ""}], "signed": {}}"#;
    assert_eq!(refused(twice), "signatures[1].keyid: expected each keyid once, found a again (F3)");
}
