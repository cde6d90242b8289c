//! Goals that contradict themselves or what is there. Each message whole, and what would work.

use super::*;

#[test]
fn r11_a_goal_that_is_reached_is_no_plan() {
    for goal in [RotationGoal::default(), adding(&[], Some(3))] {
        let (error, hint) = refused(&five(), &goal, &terms());
        assert_eq!(
            (error.as_str(), hint.as_str()),
            ("expected a goal that changes something, found everything as it is wanted (R11)", "")
        );
    }
}

#[test]
fn r17_whoever_leaves_must_be_there() {
    let (error, hint) = refused(&five(), &replacing(&["@zoe=@frank"]), &terms());
    assert_eq!(error, "@zoe: expected a keyholder of root v1 or its delegations, found none of that name (R17)");
    assert_eq!(hint, "it names @alice, @bob, @carol, @dave, @erin");
}

#[test]
fn k5_nobody_sits_in_two_places() {
    let says = |goal: &RotationGoal| refused(&five(), goal, &terms()).0;
    let text =
        "@bob: expected somebody who is no keyholder, found a holder of a key of root: one person in two places (K5)";
    assert_eq!(says(&replacing(&["@erin=@bob"])), text);
    let goal = replacing(&["@erin=@frank", "@dave=@frank"]);
    assert_eq!(says(&goal), "@frank: expected everybody in one place of the goal, found two in which they come (K5)");
    let goal = RotationGoal { remove: vec!["@erin".into()], ..replacing(&["@erin=@frank"]) };
    assert_eq!(says(&goal), "@erin: expected everybody in one place of the goal, found two in which they go (K5)");
    let (error, hint) = refused(&five(), &adding(&["@bob"], None), &terms());
    assert_eq!(
        error,
        "@bob: expected somebody who is no keyholder, found a holder of a key of each role in question: one person in two \
         places (K5)"
    );
    assert_eq!(
        hint,
        "name somebody else, or give @bob a new key with --new-device @bob, or take a key away with --remove"
    );
}

#[test]
fn f8_a_key_that_enrolled_is_nobodys_yet() {
    let enrolled = |keys: &[(&str, u8)]| {
        let enrolled = keys.iter().map(|(name, seed)| ((*name).to_owned(), public(*seed))).collect();
        RotationTerms { enrolled, ..terms() }
    };
    let goal = replacing(&["@erin=@frank", "@dave=@grace"]);
    let (error, _) = refused(&five(), &goal, &enrolled(&[("@frank", 2)]));
    let short = fingerprint(2).short();
    assert_eq!(error, format!("@frank: expected a new key, found {short}, which is the key of @bob (F8)"));
    let (error, hint) = refused(&five(), &goal, &enrolled(&[("@frank", 50), ("@grace", 50)]));
    let short = fingerprint(50).short();
    assert_eq!(error, format!("@grace: expected a new key, found {short}, which is the key of @frank (F8)"));
    assert_eq!(hint, "have @grace enrol a key of their own: `tuffet key generate`, `tuffet key enroll`");
    let plan = plan(&five(), &goal, &enrolled(&[("@frank", 50)])).unwrap();
    assert_eq!(plan.steps[0].newcomers[0].key, Some(fingerprint(50)));
}

#[test]
fn f10_a_threshold_nobody_can_meet() {
    let (error, hint) = refused(&five(), &adding(&[], Some(6)), &terms());
    assert_eq!(error, "root: expected a threshold from 1 to 5, the number of its distinct keys, found 6 (F10)");
    assert_eq!(hint, "give a threshold that those who are there can meet (--threshold), or name more people (--add)");
}

#[test]
fn r16_too_few_who_can_sign() {
    let goal = replacing(&["@erin=@frank"]);
    let away = |until: [Option<&str>; 3]| {
        let absent =
            ["@alice", "@bob", "@carol"].into_iter().zip(until).map(|(who, until)| absent(who, until)).collect();
        RotationTerms { absent, ..terms() }
    };
    let (error, hint) = refused(&five(), &goal, &away([None; 3]));
    let text = "ceremony 1: root: expected 3 signatures by keys of root v1 on 2026-12-01T12:00:00Z, found 2 who can give \
                one, without @alice, @bob, @carol";
    assert_eq!(error, format!("{text} (R16)"));
    assert_eq!(
        hint,
        "no ceremony helps where fewer than the threshold can ever sign: `tuffet recover lost-threshold` says what does"
    );
    let (error, hint) = refused(&five(), &goal, &away([None, Some("2027-01-05T00:00:00Z"), None]));
    assert_eq!(error, format!("{text} (R2)"));
    assert_eq!(hint, "from 2027-01-05 on enough people are back: give --date that day");
    // As many as needed: the plan names them.
    let plan =
        plan(&five(), &goal, &RotationTerms { absent: away([None; 3]).absent[..2].to_vec(), ..terms() }).unwrap();
    assert_eq!(thresholds(&plan.steps[0])[0], "root by root v1: 3 of 5 by @carol @dave @erin");
    assert_eq!(thresholds(&plan.steps[0])[1], "root by root v2: 3 of 5 by @carol @dave @frank");
}

#[test]
fn k1_a_name_with_two_keys_says_nothing() {
    let people = [("@alice", 1), ("@alice", 2), ("@carol", 3), ("@dave", 4)];
    let (error, hint) = refused(&published(2, &people), &replacing(&["@alice=@frank"]), &terms());
    assert_eq!(error, "@alice: expected one key to speak of, found 2 (K1)");
    assert_eq!(
        hint,
        "a plan speaks of people, not of keys: only `end-migration` of `tuffet plan change` takes fingerprints"
    );
}

#[test]
fn k2_a_rehearsal_that_cannot_be_made_gives_no_plan() {
    let mut make = |_: &str| -> Result<Box<dyn Sign>, String> { Err("no randomness".into()) };
    let error = plan_rotation(&five(), &replacing(&["@erin=@frank"]), &terms(), &mut make).unwrap_err();
    assert!(error.to_string().starts_with("the rehearsal failed: no throw-away key for "), "{error}");
    assert!(error.to_string().ends_with(": no randomness (K2)"), "{error}");
}
