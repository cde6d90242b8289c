//! L57 to L62: delegations that nobody reaches, or that clients read in different ways.

use super::*;

/// The lints of the targets role, thresholds apart.
fn of_targets(world: &World) -> Vec<String> {
    let found = lints(&world.publish());
    found.into_iter().filter(|line| !line.contains(" L15 ")).collect()
}

#[test]
fn l57_delegations_are_an_object() {
    let mut world = world();
    world.targets.insert("delegations".into(), Value::Null);
    let text = "expected delegations to be an object or absent, found null";
    assert_eq!(of_targets(&world), [format!("warning L57 5.targets.json: {text}")]);
}

#[test]
fn l58_the_snapshot_lists_every_role() {
    let mut world = world();
    world.delegate("team", 11, &["team/*"], true);
    world.delegated.clear();
    let text = "expected an entry in the snapshot for role team, found none";
    assert_eq!(of_targets(&world), [format!("error L58 5.targets.json: {text}")]);
}

fn two(first: (&[&str], bool), second: &[&str]) -> Vec<String> {
    let mut world = world();
    world.delegate("one", 11, first.0, first.1);
    world.delegate("two", 12, second, false);
    of_targets(&world)
}

#[test]
fn l59_a_delegation_is_reached() {
    let text = "expected a path that reaches two, found all of them end at one";
    let hidden = [format!("warning L59 5.targets.json: {text}")];
    assert_eq!(two((&["*"], true), &["b*", "c.txt"]), hidden);
    assert_eq!(two((&["b/*"], true), &["b/*"]), hidden);
    assert_eq!(two((&["a?"], true), &["ab"]), hidden);
    // Across a folder, by one character for several, by a part: reached.
    assert_eq!(two((&["*"], true), &["b/c"]), [""; 0]);
    assert_eq!(of("L59", &two((&["a?"], true), &["a*"])), [""; 0]);
    assert_eq!(of("L59", &two((&["b*"], true), &["b*", "c*"])), [""; 0]);
}

#[test]
fn l60_a_path_belongs_to_one_delegation() {
    let text = "expected one role a path, found one and then two for the same";
    let overlap = [format!("note L60 5.targets.json: {text}")];
    assert_eq!(two((&["*"], false), &["b"]), overlap);
    assert_eq!(two((&["b"], true), &["*"]), overlap);
    assert_eq!(two((&["b*"], false), &["c*"]), [""; 0]);
}

#[test]
fn l61_a_delegation_has_paths() {
    let mut world = world();
    world.delegate("team", 11, &[], false);
    let text = "expected paths, found none for role team";
    assert_eq!(of_targets(&world), [format!("warning L61 5.targets.json: {text}")]);
}

#[test]
fn l62_patterns_are_plain() {
    let mut world = world();
    world.delegate("team", 11, &["team/[ab]"], false);
    let text = "expected `*` and `?` as the only wildcards, found `team/[ab]`";
    assert_eq!(of_targets(&world), [format!("warning L62 5.targets.json: {text}")]);
}

#[test]
fn a_delegated_role_answers_to_its_delegator() {
    let mut world = world();
    world.delegate("team", 11, &["team/*"], true);
    let stranger = Key::compose(&public(12), Some("@other"), None);
    let seen = world.publish_with(|files| {
        let bytes = signed_by(&world.delegated[0].1, &[(stranger.keyid().clone(), 12)]);
        files.insert("3.team.json".into(), bytes);
    });
    let found = of("L30", &lints(&seen));
    assert_eq!(found, ["error 3.team.json: expected 1 valid signatures by the keys of targets, found 0"]);
}

#[test]
fn l59_a_draft_with_delegations_is_checked_where_they_change() {
    let mut world = world();
    world.delegate("one", 11, &["*"], true);
    world.delegate("two", 12, &["b*"], false);
    let targets = Proposed::<Targets>::new(world.targets.clone().into(), &Limits::default()).unwrap();
    let draft = Draft { root: None, targets: Some(targets), delegated: [].into() };
    let found = check(Some(&state()), &draft, at(CEREMONY));
    let text = "expected a path that reaches two, found all of them end at one";
    assert_eq!((found.len(), found[0].place.as_str(), found[0].message.as_str()), (1, "targets", text));
    let delegations = world.targets.get("delegations").cloned().unwrap();
    let there = state_with(|_| (), |targets| drop(targets.insert("delegations".into(), delegations)));
    assert_eq!(check(Some(&there), &draft, at(CEREMONY)), []);
}
