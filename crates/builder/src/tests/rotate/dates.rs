//! Dates: past, too late, and roles that expire in between.

use super::*;

#[test]
fn k15_no_ceremony_in_the_past() {
    let past = RotationTerms { first: at("2026-11-24T00:00:00Z"), ..terms() };
    let (error, hint) = refused(&five(), &replacing(&["@erin=@frank"]), &past);
    assert_eq!(error, "expected a first ceremony at 2026-11-25T00:00:00Z or later, found 2026-11-24T00:00:00Z (K15)");
    assert_eq!(hint, "give --date 2026-11-25T00:00:00Z or later");
}

#[test]
fn k15_no_ceremony_before_the_published_root_was_made() {
    // Root expires on 2027-06-01 and says that it is signed for 30 days.
    let period = Change::SetPeriods { role: RoleName::Root, periods: Periods { expiry: 30, signing: 5 } };
    let start = five();
    let draft = draft(Some(&start.state), &[period], &expiries()).unwrap();
    let root = draft.root.as_ref().unwrap();
    let by = draft.authorities(Some(&start.state), &RoleName::Root);
    let file = assemble(root, &by, &[1, 2, 3].map(|seed| given(root, seed)));
    let root = Unverified::<Root>::new(file).verify_next(&start.state.root, &Profile::Strict, &Limits::default());
    let start = RotationStart { oldest: 1, state: State { root: root.unwrap(), ..start.state } };
    let (error, _) = refused(&start, &replacing(&["@erin=@frank"]), &terms());
    assert_eq!(error, "expected a first ceremony at 2027-05-02T00:00:00Z or later, found 2026-12-01T12:00:00Z (K15)");
}

#[test]
fn r18_a_deadline_that_cannot_be_met() {
    let all = replacing(&["@alice=@fay", "@bob=@gus", "@carol=@hal", "@dave=@ida", "@erin=@jim"]);
    let staged = |before: &str| RotationTerms { before: Some(at(before)), pace: Pace::Staged, ..terms() };
    let (error, hint) = refused(&five(), &all, &staged("2026-12-29T12:00:00Z"));
    assert_eq!(
        error,
        "expected the last of 3 ceremonies before 2026-12-29T12:00:00Z, found 2026-12-29T12:00:00Z: they are 14 days apart (R18)"
    );
    assert_eq!(hint, "give --every 13, or an earlier --date, or a deadline of 2026-12-30 or later");
    let every = RotationTerms { every: Duration::days(13), ..staged("2026-12-29T12:00:00Z") };
    assert_eq!(plan(&five(), &all, &every).unwrap().steps[2].at, at("2026-12-27T12:00:00Z"), "the hint holds");
    let (_, hint) = refused(&five(), &all, &staged("2026-12-01T12:00:00Z"));
    assert_eq!(hint, "give an earlier --date, or a deadline of 2026-12-30 or later");
}

#[test]
fn r18_no_role_expires_between_two_ceremonies() {
    let late = RotationTerms { first: at("2027-06-01T00:00:00Z"), ..terms() };
    let (error, hint) = refused(&five(), &replacing(&["@erin=@frank"]), &late);
    assert_eq!(
        error,
        "ceremony 1: expected root v1 to last until 2027-06-01T00:00:00Z, found that it expires 2027-06-01T00:00:00Z: clients \
         would stop in between (R18)"
    );
    assert_eq!(hint, "hold the first ceremony before 2027-06-01T00:00:00Z: give --date an earlier time");
    let all = replacing(&["@alice=@fay", "@bob=@gus", "@carol=@hal", "@dave=@ida", "@erin=@jim"]);
    let slow = RotationTerms { every: Duration::days(182), pace: Pace::Staged, ..terms() };
    let (error, hint) = refused(&five(), &all, &slow);
    assert_eq!(
        error,
        "ceremony 2: expected root v2 to last until 2027-06-01T12:00:00Z, found that it expires 2027-06-01T12:00:00Z: clients \
         would stop in between (R18)"
    );
    assert_eq!(hint, "give a smaller --every, or a longer --offline-days");
    // What has expired already stops clients now: the plan is the way out.
    let expired = RotationTerms { now: at("2027-08-01T00:00:00Z"), first: at("2027-08-02T00:00:00Z"), ..terms() };
    assert_eq!(plan(&five(), &replacing(&["@erin=@frank"]), &expired).unwrap().steps.len(), 1);
}
