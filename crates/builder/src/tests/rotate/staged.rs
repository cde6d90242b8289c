//! Many at once: staged, or in one root, by who is there.

use super::*;

const ALL: [&str; 5] = ["@alice=@fay", "@bob=@gus", "@carol=@hal", "@dave=@ida", "@erin=@jim"];
const PROBLEM: &str = "5 of 5 keys leave, so 0 would stay where the old root needs 3 signatures (L17)";

#[test]
fn r2_five_new_keys_are_staged_so_that_a_threshold_of_familiar_keys_remains() {
    let plan = plan(&five(), &replacing(&ALL), &terms()).unwrap();
    let comes = |step: &RotationStep| step.newcomers.iter().map(|n| n.who.clone()).collect::<Vec<_>>().join(" ");
    assert_eq!(plan.steps.iter().map(comes).collect::<Vec<_>>(), ["@fay @gus", "@hal @ida", "@jim"]);
    assert_eq!(
        thresholds(&plan.steps[1]),
        [
            "root by root v2: 3 of 5 by @fay @gus @erin",
            "root by root v3: 3 of 5 by @fay @gus @erin",
            "targets by root v3: 3 of 5 by @fay @gus @erin",
        ]
    );
    assert!(plan.steps.iter().all(|step| step.warnings.is_empty()), "L17 never warns: {plan:?}");
    assert_eq!(
        plan.why,
        [
            format!("3 ceremonies: {PROBLEM}; with at most 2 leaving at a time, 3 familiar keys remain at every step"),
            "the other way, in one ceremony (--at-once): 3 of those who leave sign once more, with as many of those who \
             come as the new root needs; no key would be known to both roots, so nobody could stand in on both sides"
                .to_owned()
        ]
    );
}

#[test]
fn r2_five_new_keys_at_once_are_signed_by_both_thresholds() {
    let once = RotationTerms { pace: Pace::Once, ..terms() };
    let plan = plan(&five(), &replacing(&ALL), &once).unwrap();
    let [step] = plan.steps.as_slice() else { panic!("{plan:?}") };
    assert_eq!(
        thresholds(step),
        [
            "root by root v1: 3 of 5 by @alice @bob @carol",
            "root by root v2: 3 of 5 by @fay @gus @hal",
            "targets by root v2: 3 of 5 by @fay @gus @hal",
        ]
    );
    assert_eq!(step.warnings[0].lint.map(|lint| lint.id), Some("L17"));
    assert_eq!(
        plan.why,
        [
            format!(
                "in one: {PROBLEM}, so those who leave sign once more, for the old root, beside those who come, for the new one"
            ),
            "asked for with --at-once; staged, familiar keys would remain at every step".to_owned()
        ]
    );
}

#[test]
fn r2_a_deadline_or_an_absence_decides_between_the_two() {
    let soon = RotationTerms { before: Some(at("2026-12-10T00:00:00Z")), ..terms() };
    let plan = plan(&five(), &replacing(&ALL), &soon).unwrap();
    assert_eq!(plan.steps.len(), 1);
    assert_eq!(
        plan.why[1],
        "staged, which would be better, it could not be done: expected the last of 3 ceremonies before \
         2026-12-10T00:00:00Z, found 2026-12-29T12:00:00Z: they are 14 days apart (R18)"
    );
    // Three who come are not there on the first day: no one root can be signed by three of the new.
    let absent = ["@hal", "@ida", "@jim"].map(|who| absent(who, Some("2026-12-10T00:00:00Z"))).to_vec();
    let plan = super::plan(&five(), &replacing(&ALL), &RotationTerms { absent, ..terms() }).unwrap();
    assert_eq!(plan.steps.len(), 3);
    assert_eq!(
        plan.why[1],
        "in one ceremony it could not be done: ceremony 1: root: expected 3 signatures by keys of root v2 on \
         2026-12-01T12:00:00Z, found 2 who can give one, without @hal, @ida, @jim (R2)"
    );
}

#[test]
fn r2_whoever_cannot_sign_any_more_goes_first() {
    let absent = vec![absent("@erin", None), absent("@dave", None)];
    let plan = plan(&five(), &replacing(&ALL), &RotationTerms { absent, ..terms() }).unwrap();
    let first: Vec<String> = plan.steps[0].changes.iter().map(RotationChange::words).collect();
    assert_eq!(first, ["@ida takes the place of @dave", "@jim takes the place of @erin"]);
}

#[test]
fn r16_a_role_without_a_spare_key_is_not_staged() {
    let start = published(3, &FIVE[..3]);
    let goal = replacing(&["@alice=@fay"]);
    let staged = RotationTerms { pace: Pace::Staged, ..terms() };
    let (error, hint) = refused(&start, &goal, &staged);
    assert_eq!(
        error,
        "ceremony 1: root: expected 3 signatures by keys of root v1 on 2026-12-01T12:00:00Z, found 2 who can give one (R16)"
    );
    assert_eq!(hint, "the role has as many keys as it needs: add somebody first (--add), or do it at once (--at-once)");
    let plan = plan(&start, &goal, &terms()).unwrap();
    assert_eq!(plan.steps.len(), 1, "both alice and fay sign: {:?}", plan.why);
    assert_eq!(thresholds(&plan.steps[0])[1], "root by root v2: 3 of 3 by @fay @bob @carol");
}
