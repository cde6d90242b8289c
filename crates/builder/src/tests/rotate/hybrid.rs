//! A second class of keys: which thresholds keep every client, and who is left behind.

use super::*;
use tuffet_metadata::PerClass;

fn hybrid(by: &[&str]) -> RotationGoal {
    let by = by.iter().map(|who| (*who).to_owned()).collect();
    let second = Some(SecondKeys { scheme: Scheme::MlDsa65, by, then_alone: false });
    RotationGoal { second, ..RotationGoal::default() }
}

fn to_all() -> RotationTerms {
    RotationTerms { leave_behind: ["all".to_owned()].into(), ..terms() }
}

#[test]
fn f17_five_people_with_two_keys_each_have_no_threshold_that_serves_all() {
    let (error, hint) = refused(&five(), &hybrid(&[]), &to_all());
    assert_eq!(
        error,
        "root: no threshold fits 5 people with two keys each: with less than 5, fewer than 3 of them would be enough (F8), \
         with more than 4, one lost key would stop every client that knows no ML-DSA (R16)"
    );
    assert_eq!(
        hint,
        "bring 1 person more first (--add, once for each): 6 people serve both with a threshold of 5; or give the second keys \
         to others, two or more (--hybrid-by, once for each): the threshold stays 3"
    );
}

#[test]
fn f17_a_sixth_person_makes_the_hybrid_fit_and_old_clients_follow_by_classical_keys() {
    let goal = RotationGoal { add: vec!["@frank".into()], ..hybrid(&[]) };
    let plan = plan(&five(), &goal, &to_all()).unwrap();
    let [first, second] = plan.steps.as_slice() else { panic!("{plan:?}") };
    assert_eq!(thresholds(first)[1], "root by root v2: 3 of 6 by @alice @bob @carol");
    let [old, new] = second.quorums(&RoleName::Root) else { panic!() };
    assert_eq!((old.threshold, new.threshold, new.seats.len()), (3, 5, 12));
    assert_eq!((old.fewest_people(), new.fewest_people()), (3, 3), "as many people as before");
    let classical = |seat: &&RotationSeat| seat.scheme == Scheme::Ed25519 && seat.signs;
    assert_eq!(new.seats.iter().filter(classical).count(), 5, "what clients that know no ML-DSA count");
    assert_eq!(plan.demand, Some(PerClass { post_quantum: 3, classical: 3 }));
    let left: Vec<&str> = second.clients.iter().map(|row| row.row.client).collect();
    assert_eq!(left, ["python-tuf", "tough, and sigstore-rs", "a strict reader (F17)"]);
}

#[test]
fn f17_second_keys_in_other_hands_leave_the_threshold() {
    let plan = plan(&five(), &hybrid(&["@xena", "@yves"]), &to_all()).unwrap();
    let [step] = plan.steps.as_slice() else { panic!("{plan:?}") };
    assert_eq!(
        thresholds(step),
        ["root by root v1: 3 of 5 by @alice @bob @carol", "root by root v2: 3 of 7 by @alice @bob @carol @xena",]
    );
    assert_eq!(plan.demand, Some(PerClass { post_quantum: 1, classical: 3 }));
    assert!(step.newcomers.iter().all(|newcomer| newcomer.scheme == Scheme::MlDsa65 && !newcomer.is_known));
}

#[test]
fn f17_clients_that_refuse_unknown_keys_are_named_and_not_left_behind_unasked() {
    let (error, hint) = refused(&five(), &hybrid(&["@xena", "@yves"]), &terms());
    let text = "ceremony 1: python-tuf as of July 2024; tough, and sigstore-rs as of March 2024; a strict reader (F17) \
                would be left behind: ";
    assert!(error.starts_with(text), "{error}");
    assert!(error.contains("(https://github.com/theupdateframework/python-tuf/issues/2669)"), "{error}");
    assert_eq!(
        hint,
        "wait until they are gone, or serve those keys from a repository of its own (`tuffet init`, `tuffet plan new`) that new \
         clients pin; who accepts the loss types --leave-behind \"python-tuf\" --leave-behind \"tough, and sigstore-rs\" \
         --leave-behind \"a strict reader (F17)\""
    );
    let leave_behind: BTreeSet<String> =
        ["python-tuf", "tough, and sigstore-rs", "a strict reader (F17)"].map(str::to_owned).into();
    assert!(plan(&five(), &hybrid(&["@xena", "@yves"]), &RotationTerms { leave_behind, ..terms() }).is_ok());
}

#[test]
fn f8_two_keys_in_one_hand_do_not_make_two_people() {
    let goal = RotationGoal { root_threshold: Some(4), targets_threshold: Some(4), ..hybrid(&[]) };
    let (error, hint) = refused(&five(), &goal, &to_all());
    assert_eq!(
        error,
        "root: a threshold of 4 of 10 keys is met by 2 people where it takes 3 now: everybody would hold two (F8, R16)"
    );
    assert_eq!(hint, "it takes 5 or more, or second keys in the hands of others (--hybrid-by)");
}

#[test]
fn f17_a_threshold_above_the_classical_keys_stops_old_clients() {
    let goal = RotationGoal { root_threshold: Some(6), targets_threshold: Some(6), ..hybrid(&[]) };
    let (error, hint) = refused(&five(), &goal, &to_all());
    assert_eq!(
        error,
        "ceremony 1: root: clients that know no ML-DSA count 5 of the 6 signatures that root v2 needs: they would stop there, \
         whatever root they pin (F17)"
    );
    assert_eq!(
        hint,
        "keep the threshold at what classical keys meet alone, with `--hybrid SCHEME`; their removal comes when those clients are \
         gone"
    );
    // All five: asked for, possible, and fragile.
    let goal = RotationGoal { root_threshold: Some(5), targets_threshold: Some(5), ..hybrid(&[]) };
    let plan = plan(&five(), &goal, &to_all()).unwrap();
    assert_eq!(
        plan.steps[0].warnings[0].message,
        "expected more classical keys than the threshold 5, found as many: one lost key stops every client that knows no ML-DSA"
    );
}

#[test]
fn f17_the_first_keys_do_not_go_before_old_clients_have() {
    let second = Some(SecondKeys { scheme: Scheme::MlDsa65, by: Vec::new(), then_alone: true });
    let (error, _) = refused(&five(), &RotationGoal { second, ..RotationGoal::default() }, &to_all());
    assert!(error.contains("clients that know no ML-DSA count 5 of the 6 signatures that root v2 needs"), "{error}");
    // To another classical scheme every client follows.
    let second = Some(SecondKeys { scheme: Scheme::EcdsaP384, by: Vec::new(), then_alone: true });
    let goal = RotationGoal { second, ..RotationGoal::default() };
    let (error, _) = refused(&five(), &goal, &terms());
    assert!(error.starts_with("ceremony 1: tough, and sigstore-rs before sigstore-rs 0.9.0"), "{error}");
    let plan = plan(&five(), &goal, &to_all()).unwrap();
    let versions: Vec<_> = plan.steps.iter().map(|step| step.version(&RoleName::Root)).collect();
    assert_eq!(versions, [Some(2), Some(3)]);
    assert_eq!(plan.steps[0].quorums(&RoleName::Root)[1].threshold, 6);
    let [RotationChange::EndMigration { keys }] = plan.steps[1].changes.as_slice() else { panic!("{plan:?}") };
    assert_eq!(keys.iter().copied().collect::<BTreeSet<_>>(), FIVE.map(|(_, seed)| fingerprint(seed)).into());
    assert_eq!(plan.demand, None);
}

#[test]
fn r11_a_scheme_that_is_there_is_no_second_one() {
    let second = Some(SecondKeys { scheme: Scheme::Ed25519, by: Vec::new(), then_alone: true });
    let (error, _) = refused(&five(), &RotationGoal { second: second.clone(), ..RotationGoal::default() }, &terms());
    assert_eq!(error, "ed25519: expected a scheme that no keyholder has yet, found keys of it in root v1 (R11)");
    let goal = RotationGoal { second, ..replacing(&["@erin=@frank"]) };
    assert_eq!(
        refused(&five(), &goal, &terms()).0,
        "expected a change of scheme by itself, found other wishes beside it (K1)"
    );
}
