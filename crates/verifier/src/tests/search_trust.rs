//! C51, C53, C57 and what a search remembers: no authority but the delegator's own.

use super::forest::*;
use crate::*;
use tuffet_metadata::{Finding, RoleName};

/// D is delegated to by A with key 10 and by B with key 11, and signed by key 10 alone.
fn diamond() -> Forest {
    forest([
        ("targets", &[], vec![over("A", &["a/*"]), over("B", &["b/*"])]),
        ("A", &[], vec![over("D", &["a/*"]).keys(&[10], 1)]),
        ("B", &[], vec![over("D", &["b/*"]).keys(&[11], 1)]),
        ("D", &["a/x", "b/x"], vec![]),
    ])
    .with(|f| f.role("D").signers = vec![10])
}

#[test]
fn c51_a_second_delegators_keys_are_asked_though_the_role_is_known() {
    let forest = diamond();
    let refreshed = forest.refreshed();
    let refused = "D v5: 0 of 1 required signatures are valid (TUF 5.6.3)";
    assert_eq!(forest.search_in(&refreshed, "a/x"), found(&["A", "D"], "D"));
    assert_eq!(forest.search_in(&refreshed, "b/x"), absent(&["B", "D"], refused));
    assert_eq!(forest.search_in(&refreshed, "b/x"), absent(&["D"], refused), "and again");
    assert_eq!(forest.search_in(&refreshed, "a/x"), found(&[], "D"), "through A all is known");
    let both = forest.with(|f| f.role("D").signers = vec![11, 10]);
    let refreshed = both.refreshed();
    assert_eq!(both.search_in(&refreshed, "a/x"), found(&["A", "D"], "D"));
    assert_eq!(both.search_in(&refreshed, "b/x"), found(&["B", "D"], "D"));
}

#[test]
fn c51_a_remembered_file_answers_to_the_delegator_too() {
    let forest = diamond();
    let refreshed = forest.refreshed();
    for (path, by, valid) in [("a/x", "A", true), ("b/x", "B", false)] {
        let search = refreshed.search(path).take(forest.file(by)).unwrap();
        assert_eq!(search.remembered(forest.file("D")).is_ok(), valid, "{by}");
    }
}

#[test]
fn c53_a_role_the_snapshot_lacks_ends_the_search() {
    let forest = forest([("targets", &["t"], vec![to("A"), to("B")]), ("A", &["x"], vec![]), ("B", &["x"], vec![])])
        .with(|f| f.unlisted = vec!["A".into()]);
    let text = "target `x`: expected A in the snapshot, found no entry (TUF 5.6.7)";
    assert_eq!(forest.search("x"), absent(&[], text), "B is not asked in its place");
    assert_eq!(forest.search("t"), found(&[], "targets"));
    let refreshed = forest.refreshed();
    let search = refreshed.search("x");
    let Step::Absent(reason) = search.step() else { panic!("ended") };
    assert_eq!(reason.code(), "not-in-snapshot");
}

#[test]
fn c57_a_refused_role_aborts_and_the_next_is_not_asked() {
    let whole = forest([("targets", &[], vec![to("A"), to("B")]), ("A", &[], vec![]), ("B", &["x"], vec![])]);
    assert_eq!(whole.search("x"), found(&["A", "B"], "B"));
    let corrupt = whole.clone().with(|f| drop(f.files.insert("A".into(), b"[]".to_vec())));
    let text = "A: the file is not the one that snapshot pins by length (TUF 5.6.2)";
    let refreshed = whole.refreshed();
    assert_eq!(refreshed.search("x").take(b"{".to_vec()).unwrap_err().to_string(), text);
    let text = "A: file: expected an object, found an array (TUF 4.2.1)";
    assert_eq!(corrupt.search("x"), absent(&["A"], text));
    let unsigned = whole.clone().with(|f| f.role("A").signers = vec![]);
    assert_eq!(unsigned.search("x"), absent(&["A"], "A v5: 0 of 1 required signatures are valid (TUF 5.6.3)"));
}

#[test]
fn c57_a_refused_role_is_remembered_as_nothing() {
    let forest = forest([("targets", &[], vec![to("A")]), ("A", &["x"], vec![])]);
    let refreshed = forest.refreshed();
    let expired = forest.clone().with(|f| f.role("A").expires = "2026-06-01T00:00:00Z".into());
    assert!(refreshed.search("x").take(expired.file("A")).is_err());
    assert!(refreshed.delegated().is_empty());
    assert_eq!(forest.search_in(&refreshed, "x"), found(&["A"], "A"));
}

#[test]
fn roles_known_from_an_earlier_search_are_not_asked_for_again() {
    let forest = forest([("targets", &[], vec![to("A"), to("B")]), ("A", &["a"], vec![]), ("B", &["b"], vec![])]);
    let refreshed = forest.refreshed();
    let other = refreshed.clone();
    assert_eq!(forest.search_in(&refreshed, "a"), found(&["A"], "A"));
    assert_eq!(forest.search_in(&other, "b"), found(&["B"], "B"), "a clone shares what is known");
    assert_eq!(forest.search_in(&refreshed, "b"), found(&[], "B"));
    assert_eq!(refreshed.search("b").visited().len(), 2);
    let names: Vec<String> = refreshed.delegated().iter().map(|role| role.role().to_string()).collect();
    assert_eq!(names, ["A", "B"]);
}

#[test]
fn a_remembered_file_that_does_not_fit_gives_the_search_back() {
    let forest = forest([("targets", &[], vec![to("A")]), ("A", &["x"], vec![])]);
    let old = forest.clone().with(|f| f.role("A").version = 4);
    let refreshed = forest.refreshed();
    let search = *refreshed.search("x").remembered(old.file("A")).unwrap_err();
    assert!(matches!(search.step(), Step::Fetch(_)));
    let search = search.remembered(forest.file("A")).unwrap();
    assert!(matches!(search.step(), Step::Found(_)));
    assert!(search.remembered(vec![]).is_ok(), "once it has ended nothing is looked at");
}

#[test]
fn d1_deviations_of_delegated_roles_reach_the_caller() {
    // A's file says when it expires as Sigstore's first roots did (D2), and delegates by a pattern that is not read
    // alike everywhere (F20).
    let forest = forest([("targets", &[], vec![to("A")]), ("A", &["x"], vec![over("B", &["[ab]"])])])
        .with(|f| f.role("A").expires = "2030-01-01T00:00:00+00:00".into());
    let refreshed = forest.refreshed();
    assert_eq!(refreshed.findings(), []);
    assert_eq!(forest.search_in(&refreshed, "x"), found(&["A"], "A"));
    let a = RoleName::Delegated("A".into());
    let findings = [
        Finding::UncommonPattern { pattern: "[ab]".into() },
        Finding::LegacyExpires { text: "2030-01-01T00:00:00+00:00".into() },
    ];
    assert_eq!(refreshed.findings(), findings.map(|finding| (a.clone(), finding)));
    // The strict profile refuses what deviates, below the top level too.
    let strict = forest.with(|f| f.policy.profile = Profile::Strict);
    let text = "A v5: expires `2030-01-01T00:00:00+00:00` is not of the form YYYY-MM-DDTHH:MM:SSZ (D2, strict profile)";
    assert_eq!(strict.search("x"), absent(&["A"], text));
}
