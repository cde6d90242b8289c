//! Who signs, who is needed, what happens to targets.

use super::*;

#[test]
fn r2_two_of_five_are_replaced_by_three_who_stay() {
    let plan = plan(&five(), &replacing(&["@erin=@frank", "@dave=@grace"]), &terms()).unwrap();
    let [step] = plan.steps.as_slice() else { panic!("{plan:?}") };
    assert_eq!(
        thresholds(step),
        ["root by root v1: 3 of 5 by @alice @bob @carol", "root by root v2: 3 of 5 by @alice @bob @carol",]
    );
    assert_eq!(step.version(&RoleName::Targets), None, "five have signed them, and three of those stay");
    let comes: Vec<(&str, bool)> = step.newcomers.iter().map(|n| (n.who.as_str(), n.is_known)).collect();
    assert_eq!(comes, [("@frank", false), ("@grace", false)]);
    assert_eq!((step.warnings.len(), step.clients.len()), (0, 0));
    assert_eq!(
        plan.why,
        ["one ceremony for 2 of 5 keys: at least 3 of the old ones stay, so those who stay can carry the new root by \
          themselves (L17)"]
    );
}

#[test]
fn r2_a_higher_threshold_is_met_by_old_and_new_in_one_root() {
    let plan = plan(&five(), &adding(&["@frank", "@grace"], Some(4)), &terms()).unwrap();
    let [step] = plan.steps.as_slice() else { panic!("{plan:?}") };
    assert_eq!(
        thresholds(step),
        ["root by root v1: 3 of 5 by @alice @bob @carol @dave", "root by root v2: 4 of 7 by @alice @bob @carol @dave",]
    );
    let words: Vec<String> = step.changes.iter().map(RotationChange::words).collect();
    assert_eq!(words.len(), 6);
    assert_eq!((words[0].as_str(), words[5].as_str()), ("@frank comes into root", "targets needs 4 signatures"));
}

#[test]
fn r2_the_same_person_signs_with_two_keys_and_counts_once_on_each_side() {
    let terms = RotationTerms { absent: vec![absent("@bob", None), absent("@carol", None)], ..terms() };
    let plan = plan(&five(), &replacing(&["@erin=@erin"]), &terms).unwrap();
    let [step] = plan.steps.as_slice() else { panic!("{plan:?}") };
    assert_eq!(
        thresholds(step),
        ["root by root v1: 3 of 5 by @alice @dave @erin", "root by root v2: 3 of 5 by @alice @dave @erin"]
    );
    let [old, new] = step.quorums(&RoleName::Root) else { panic!() };
    let erin = |quorum: &Quorum| quorum.seats.iter().find(|seat| seat.owner == "@erin").cloned().unwrap();
    assert_eq!((erin(old).key, erin(new).key), (Some(fingerprint(5)), None), "the new one is not enrolled");
    assert!(!erin(old).is_same(&erin(new)));
    assert!(step.newcomers[0].is_known);
}

#[test]
fn r17_targets_are_signed_anew_where_those_who_signed_them_leave() {
    let plan = plan(&published(2, &FIVE[..3]), &replacing(&["@bob=@frank"]), &terms()).unwrap();
    assert_eq!(plan.steps[0].version(&RoleName::Targets), None, "alice and carol are enough");
    let terms = RotationTerms { pace: Pace::Once, ..terms() };
    let plan = super::plan(&published(2, &FIVE[..3]), &replacing(&["@bob=@frank", "@carol=@grace"]), &terms).unwrap();
    let [step] = plan.steps.as_slice() else { panic!("{plan:?}") };
    assert_eq!(step.version(&RoleName::Targets), Some(2));
    assert_eq!(thresholds(step)[2], "targets by root v2: 2 of 3 by @alice @frank");
    let warned: Vec<&str> = step.warnings.iter().filter_map(|finding| Some(finding.lint?.id)).collect();
    assert_eq!(warned, ["L17"]);
}

#[test]
fn r17_a_keyholder_of_a_delegation_is_replaced_there_too() {
    let start = five();
    let team = DelegateTo {
        name: "team".into(),
        keys: vec![Delegate::Person(holder("@erin", 5)), Delegate::Person(holder("@tom", 60))],
        threshold: 1,
        paths: DelegatedPaths::Patterns(vec![tuffet_metadata::PathPattern::new("team/*")]),
        terminating: false,
    };
    let delegate = Change::SetDelegation { by: RoleName::Targets, to: team, before: None };
    let draft = draft(Some(&start.state), &[delegate], &expiries()).unwrap();
    let by = start.state.root.authority(&RoleName::Targets);
    let signed = draft.targets.as_ref().unwrap();
    let file = assemble(signed, std::slice::from_ref(&by), &[1, 2, 3].map(|seed| given(signed, seed)));
    let targets = Unverified::<Targets>::new(file).verify(&by, &Profile::Strict, &Limits::default()).unwrap();
    let team = &draft.delegated["team"];
    let by = targets.delegations.as_ref().unwrap().authority("team").unwrap();
    let file = assemble(team, std::slice::from_ref(&by), &[given(team, 5)]);
    let team = Unverified::delegated("team", file).verify(&by, &Profile::Strict, &Limits::default()).unwrap();
    let delegated = [("team".to_owned(), team)].into();
    let start = RotationStart { oldest: 1, state: State { targets: targets.clone(), delegated, ..start.state } };
    let plan = plan(&start, &replacing(&["@erin=@frank"]), &terms()).unwrap();
    let [step] = plan.steps.as_slice() else { panic!("{plan:?}") };
    assert_eq!(thresholds(step)[3], "team by targets: 1 of 2 by @frank", "erin alone had signed it: {step:?}");
    let plan = super::plan(&start, &replacing(&["@tom=@ulf"]), &terms()).unwrap();
    let [step] = plan.steps.as_slice() else { panic!("{plan:?}") };
    assert_eq!(step.roles.iter().map(|(role, ..)| role.clone()).collect::<Vec<_>>(), [RoleName::Targets], "no root");
}
