//! Everybody assembles the same bytes, whatever order signatures came in.

use super::*;

fn permutations(items: &[Given]) -> Vec<Vec<Given>> {
    if items.is_empty() {
        return vec![vec![]];
    }
    let mut all = Vec::new();
    for i in 0..items.len() {
        let mut rest = items.to_vec();
        let head = rest.remove(i);
        all.extend(permutations(&rest).into_iter().map(|tail| [vec![head.clone()], tail].concat()));
    }
    all
}

fn keyids(file: &[u8]) -> Vec<String> {
    let file = tuffet_metadata::json::parse(file, 32).unwrap();
    let entries = file.as_object().unwrap()["signatures"].as_array().unwrap();
    entries.iter().map(|e| e.as_object().unwrap()["keyid"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn the_order_is_the_new_roots_then_the_old_ones() {
    let state = state();
    let root = next(&[replace(1, "@dave", 5), replace(2, "@erin", 6)]).root.unwrap();
    let authorities = [root.authority(&RoleName::Root), state.root.authority(&RoleName::Root)];
    let five = [3, 5, 6, 1, 2].map(|seed| given(&root, seed));
    let expected = [("@carol", 3), ("@dave", 5), ("@erin", 6), ("@alice", 1), ("@bob", 2)];
    let expected = expected.map(|(owner, seed)| keyid(owner, seed).to_string());
    let whole = assemble(&root, &authorities, &five);
    assert_eq!(keyids(&whole), expected);
    let all = permutations(&five);
    assert_eq!(all.len(), 120);
    assert!(all.iter().all(|order| assemble(&root, &authorities, order) == whole));
    let next = Unverified::<Root>::new(whole).verify_next(&state.root, &Profile::Strict, &Limits::default()).unwrap();
    assert_eq!(next.tallies().iter().map(tuffet_metadata::Tally::have).collect::<Vec<_>>(), [3, 3]);
    assert_eq!(&next.value(), root.value().as_object().unwrap());
}

#[test]
fn signatures_of_strangers_are_left_out() {
    let targets = next(&[set("a", b"new")]).targets.unwrap();
    let state = state();
    let authority = state.root.authority(&RoleName::Targets);
    let file = assemble(&targets, &[authority], &[given(&targets, 9), given(&targets, 2)]);
    assert_eq!(keyids(&file), [keyid("@bob", 2).to_string()]);
    assert_eq!(keyids(&assemble(&targets, &[], &[given(&targets, 2)])), NONE);
}

const NONE: [&str; 0] = [];

#[test]
fn who_signed_twice_changes_no_order() {
    let targets = next(&[set("a", b"new")]).targets.unwrap();
    let state = state();
    let authorities = [state.root.authority(&RoleName::Targets)];
    let wrong = |signature: Vec<u8>| Given { by: fingerprint(2), signature };
    let right = given(&targets, 2);
    let alone = assemble(&targets, &authorities, std::slice::from_ref(&right));
    for order in permutations(&[right, wrong(vec![]), wrong(vec![0; 64])]) {
        assert_eq!(assemble(&targets, &authorities, &order), alone, "the valid one");
    }
    let two = [wrong(vec![2; 64]), wrong(vec![1; 64])];
    let expected = assemble(&targets, &authorities, &two[1..]);
    assert!(permutations(&two).iter().all(|order| assemble(&targets, &authorities, order) == expected));
}

#[test]
fn f8_a_key_under_two_keyids_gets_an_entry_under_each() {
    let state = state();
    let renamed = [replace(1, "@x", 7), replace(7, "@alice2", 1)];
    let root = next(&renamed).root.unwrap();
    let authorities = [root.authority(&RoleName::Root), state.root.authority(&RoleName::Root)];
    let file = assemble(&root, &authorities, &[given(&root, 1), given(&root, 2)]);
    assert_eq!(keyids(&file), [keyid("@alice2", 1), keyid("@bob", 2), keyid("@alice", 1)].map(|k| k.to_string()));
    let next = Unverified::<Root>::new(file).verify_next(&state.root, &Profile::Strict, &Limits::default()).unwrap();
    assert_eq!(next.tallies().iter().map(tuffet_metadata::Tally::have).collect::<Vec<_>>(), [2, 2]);
}
