//! One file of several, the same whoever makes it.

use super::partial::{read, second, signature};
use super::*;

type Entry = (KeyId, Vec<u8>);

fn merged(files: &[Partial], root: Option<&Root>) -> Merged {
    merge(files, root, &Profile::deployed(), &Limits::default()).unwrap()
}

fn refused(files: &[Partial], root: Option<&Root>) -> String {
    merge(files, root, &Profile::deployed(), &Limits::default()).unwrap_err().to_string()
}

/// Every order of `0..n`.
fn orders(n: usize) -> Vec<Vec<usize>> {
    if n == 0 {
        return vec![vec![]];
    }
    let shorter = orders(n - 1);
    let put = |order: &Vec<usize>, at: usize| [&order[..at], &[n - 1], &order[at..]].concat();
    shorter.iter().flat_map(|order| (0..n).map(|at| put(order, at)).collect::<Vec<_>>()).collect()
}

/// The file that every order of `files` makes.
fn in_every_order(files: &[Vec<u8>], root: &Root) -> Merged {
    let files: Vec<Partial> = files.iter().map(|bytes| read(bytes)).collect();
    let whole = merged(&files, Some(root));
    for order in orders(files.len()) {
        let shuffled: Vec<Partial> = order.iter().map(|at| files[*at].clone()).collect();
        let other = merged(&shuffled, Some(root));
        assert_eq!((&other.bytes, &other.dropped), (&whole.bytes, &whole.dropped), "{order:?}");
    }
    // Nor does it matter who merged a part before, as long as they pass the parts on.
    for file in &files {
        assert_eq!(merged(&[whole.file.clone(), file.clone()], Some(root)).bytes, whole.bytes);
    }
    assert_eq!(merged(std::slice::from_ref(&whole.file), Some(root)).bytes, whole.bytes);
    whole
}

fn keyids(merged: &Merged) -> Vec<&KeyId> {
    merged.file.signatures().iter().map(|signature| &signature.keyid).collect()
}

fn by(root: &Proposed<Root>, owner: &str, seed: u8) -> Entry {
    (keyid(owner, seed), signature(root, seed))
}

fn place(owner: &str, seed: u8) -> Entry {
    (keyid(owner, seed), Vec::new())
}

#[test]
fn k4_without_an_order_of_their_own_the_new_roots_people_come_first() {
    let (root, state) = (second(), state());
    let people = [("@alice", 1), ("@bob", 2), ("@carol", 3), ("@dave", 5)].map(|(owner, seed)| by(&root, owner, seed));
    let files: Vec<Vec<u8>> = people.iter().map(|one| root.assemble(std::slice::from_ref(one))).collect();
    let whole = in_every_order(&files, &state.root);
    let authorities = [root.authority(&RoleName::Root), state.root.authority(&RoleName::Root)];
    let ours = assemble(&root, &authorities, &[1, 2, 3, 5].map(|seed| given(&root, seed)));
    assert_eq!(whole.bytes, ours, "what a ceremony of ours assembles");
    assert_eq!(whole.dropped, []);
    let next = Unverified::<Root>::new(whole.bytes).verify_next(&state.root, &Profile::Strict, &Limits::default());
    assert_eq!(next.unwrap().tallies().iter().map(tuffet_metadata::Tally::have).collect::<Vec<_>>(), [3, 3]);
}

#[test]
fn k4_the_order_of_the_files_is_kept_by_its_placeholders() {
    let (root, state) = (second(), state());
    let order = [("@alice", 1), ("@dave", 5), ("@bob", 2), ("@carol", 3)];
    let signed_by = |who: u8| {
        let entries = order.map(|(owner, seed)| if seed == who { by(&root, owner, seed) } else { place(owner, seed) });
        root.assemble(&entries)
    };
    let whole = in_every_order(&[signed_by(2), signed_by(1), signed_by(5)], &state.root);
    assert_eq!(keyids(&whole), [&keyid("@alice", 1), &keyid("@dave", 5), &keyid("@bob", 2)]);
    let carol = Dropped::Placeholder { keyid: keyid("@carol", 3), owner: Some("@carol".into()) };
    assert_eq!(whole.dropped, [carol]);
}

#[test]
fn k4_files_that_contradict_one_another_make_one_file_all_the_same() {
    let (root, state) = (second(), state());
    let [a, b, c] = [("@alice", 1), ("@bob", 2), ("@carol", 3)].map(|(owner, seed)| by(&root, owner, seed));
    let file = |entries: &[&Entry]| root.assemble(&entries.iter().map(|entry| (*entry).clone()).collect::<Vec<_>>());
    let [bob, carol, alice] = [("@bob", 2), ("@carol", 3), ("@alice", 1)].map(|(owner, seed)| keyid(owner, seed));
    // Two against each other, and three in a circle: the order of the roots decides (Carol, Dave, Bob; then Alice).
    let two = in_every_order(&[file(&[&b, &c]), file(&[&c, &b])], &state.root);
    assert_eq!(keyids(&two), [&carol, &bob]);
    let three = [file(&[&a, &b]), file(&[&b, &c]), file(&[&c, &a])].map(|bytes| read(&bytes));
    for order in orders(3) {
        let whole = merged(&order.iter().map(|at| three[*at].clone()).collect::<Vec<_>>(), Some(&state.root));
        assert_eq!(keyids(&whole), [&carol, &alice, &bob]);
    }
}

#[test]
fn f4_of_two_signatures_of_one_keyid_the_valid_one_stays() {
    let (root, state) = (second(), state());
    let wrong = |byte: u8| root.assemble(&[(keyid("@bob", 2), vec![byte; 64])]);
    let right = root.assemble(&[by(&root, "@bob", 2)]);
    let whole = in_every_order(&[wrong(0), right, wrong(255), root.assemble(&[place("@bob", 2)])], &state.root);
    assert_eq!(whole.file.signatures()[0].bytes, Some(signature(&root, 2)));
    let others = Dropped::Others { keyid: keyid("@bob", 2), owner: Some("@bob".into()), number: 2 };
    assert_eq!(whole.dropped, [others]);
    let whole = in_every_order(&[wrong(0), wrong(1)], &state.root);
    assert_eq!(whole.dropped, [Dropped::Wrong { keyid: keyid("@bob", 2), owner: Some("@bob".into()) }]);
    assert_eq!(keyids(&whole), NOBODY);
}

const NOBODY: [&KeyId; 0] = [];

#[test]
fn f8_a_key_under_two_keyids_keeps_an_entry_under_each() {
    let state = state();
    let root = next(&[replace(1, "@x", 7), replace(7, "@alice2", 1)]).root.unwrap();
    let files = [("@alice", 1), ("@alice2", 1)].map(|(owner, seed)| root.assemble(&[by(&root, owner, seed)]));
    let whole = in_every_order(&files, &state.root);
    assert_eq!(keyids(&whole), [&keyid("@alice2", 1), &keyid("@alice", 1)]);
    let standing = whole.file.standing(Some(&state.root)).unwrap();
    assert_eq!(standing.counts.iter().map(|count| count.tally.have()).collect::<Vec<_>>(), [1, 1]);
}

#[test]
fn a_strangers_signature_is_kept_for_whoever_knows_the_key() {
    let targets = next(&[set("a", b"new")]).targets.unwrap();
    let state = state();
    let zoe = |byte: u8| targets.assemble(&[(keyid("@zoe", 9), vec![byte; 64])]);
    let whole =
        in_every_order(&[zoe(7), zoe(6), targets.assemble(&[(keyid("@bob", 2), signature(&targets, 2))])], &state.root);
    assert_eq!(keyids(&whole), [&keyid("@bob", 2), &keyid("@zoe", 9)]);
    assert_eq!(whole.file.signatures()[1].bytes, Some(vec![6; 64]), "the first by its bytes");
    assert_eq!(whole.dropped, [Dropped::Others { keyid: keyid("@zoe", 9), owner: None, number: 1 }]);
}

#[test]
fn files_of_two_drafts_are_refused_by_the_first_member_that_differs() {
    let file = |changes: &[Change]| read(&next(changes).targets.unwrap().assemble(&[]));
    let state = state();
    let differ = |one: &Partial, other: &Partial| {
        let said = refused(&[one.clone(), one.clone(), other.clone()], Some(&state.root));
        said.strip_suffix(": signatures over one cannot serve the other").unwrap().to_owned()
    };
    let (one, other) = (file(&[set("b", b"x")]), file(&[set("b", b"y")]));
    let hash = "signed.targets.b.hashes.sha256: expected a long string as in the first file, found another";
    assert_eq!(differ(&one, &other), hash);
    let other = file(&[set("b", b"longer")]);
    assert_eq!(differ(&one, &other), hash, "by the order of the names, hashes come before length");
    let other = file(&[set("c", b"x")]);
    assert_eq!(differ(&one, &other), "signed.targets.b: expected an object as in the first file, found nothing");
    let root = second();
    let mut value = root.value().clone();
    let Value::Object(members) = &mut value else { panic!() };
    let Some(Value::Array(keyids)) = inside(members, &["roles", "root"]).get_mut("keyids") else { panic!() };
    let last = keyids.pop().unwrap();
    let shorter = Proposed::<Root>::new(value, &Limits::default()).unwrap();
    let differs = differ(&read(&root.assemble(&[])), &read(&shorter.assemble(&[])));
    assert_eq!(differs, "signed.roles.root.keyids[2]: expected a long string as in the first file, found nothing");
    assert_eq!(last.kind(), "a long string");
    assert_eq!(refused(&[], None), "expected a file to merge, found none");
}

#[test]
fn x9_more_signatures_than_a_reader_takes_are_refused() {
    let targets = next(&[set("a", b"new")]).targets.unwrap();
    let state = state();
    let file = |from: usize| {
        let entries: Vec<Entry> = (from..from + 200).map(|n| (KeyId::new(format!("{n}")), vec![1])).collect();
        read(&targets.assemble(&entries))
    };
    let error = refused(&[file(0), file(200)], Some(&state.root));
    assert_eq!(error, "signatures: expected at most 256, found 400 (limit)");
}
