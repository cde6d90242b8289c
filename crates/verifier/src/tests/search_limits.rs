//! C52: a file of delegations costs no more than the limits say.

use super::forest::*;

fn limited(forest: Forest, roles: usize) -> Forest {
    forest.with(|f| f.policy.limits.delegated_roles = roles)
}

#[test]
fn c52_no_more_roles_are_visited_than_the_limit() {
    let mut wide = forest([("targets", &[], (0..3_000).map(|i| to(&format!("r{i}"))).collect())]);
    (0..40).for_each(|i| wide.add(&format!("r{i}"), if i == 31 { &["x"] } else { &[] }, vec![]));
    let (asked, outcome) = wide.search("x");
    assert_eq!((asked.len(), outcome), (32, Ok("r31".into())), "the limit itself is allowed");
    let (asked, outcome) = wide.search("y");
    let text = "target `y`: expected it in one of 32 delegated roles, found more to search (TUF 5.6.7.1, limit)";
    assert_eq!((asked.len(), outcome), (32, Err(text.into())));

    let mut deep = forest([("targets", &[], vec![to("r0")])]);
    (0..1_000).for_each(|i| deep.add(&format!("r{i}"), &[], vec![to(&format!("r{}", i + 1))]));
    let (asked, outcome) = deep.search("y");
    assert_eq!((asked.len(), outcome), (32, Err(text.into())));
}

#[test]
fn c52_only_matching_roles_are_asked_for_and_counted() {
    let mut edges: Vec<Edge> = (0..1_000).map(|i| over(&format!("r{i}"), &[&format!("project-{i}/*")])).collect();
    edges.push(over("last", &["project-7/*"]));
    let mut forest = forest([("targets", &[], edges), ("last", &["project-7/x"], vec![])]);
    forest.add("r7", &[], vec![]);
    assert_eq!(limited(forest, 2).search("project-7/x"), found(&["r7", "last"], "last"));
}

#[test]
fn c52_a_role_met_again_does_not_count_again() {
    let forest = forest([
        ("targets", &[], vec![to("A"), to("B"), to("C")]),
        ("A", &[], vec![to("B"), to("A")]),
        ("B", &[], vec![to("A"), to("B")]),
        ("C", &["x"], vec![to("B")]),
    ]);
    assert_eq!(limited(forest.clone(), 3).search("x"), found(&["A", "B", "C"], "C"));
    let text = "target `x`: expected it in one of 2 delegated roles, found more to search (TUF 5.6.7.1, limit)";
    assert_eq!(limited(forest.clone(), 2).search("x"), absent(&["A", "B"], text));
    let none = "target `x`: expected it in one of 0 delegated roles, found more to search (TUF 5.6.7.1, limit)";
    assert_eq!(limited(forest, 0).search("x"), absent(&[], none));
}

#[test]
fn c52_roles_known_from_an_earlier_search_count_too() {
    let forest = limited(
        forest([
            ("targets", &[], vec![to("A"), to("B"), to("C")]),
            ("A", &["a"], vec![]),
            ("B", &["b"], vec![]),
            ("C", &["c"], vec![]),
        ]),
        2,
    );
    let refreshed = forest.refreshed();
    assert_eq!(forest.search_in(&refreshed, "b"), found(&["A", "B"], "B"));
    assert_eq!(forest.search_in(&refreshed, "a"), found(&[], "A"));
    let text = "target `c`: expected it in one of 2 delegated roles, found more to search (TUF 5.6.7.1, limit)";
    assert_eq!(forest.search_in(&refreshed, "c"), absent(&[], text));
}

#[test]
fn c52_delegations_beyond_the_limit_are_not_kept() {
    let wide = limited(forest([("targets", &[], (0..3_000).map(|i| to(&format!("r{i}"))).collect())]), 4);
    let wide = wide.with(|f| f.add("r0", &[], vec![]));
    let refreshed = wide.refreshed();
    let kept = format!("{:?}", refreshed.search("x")).matches("Edge {").count();
    assert_eq!(kept, 5, "as many as may be visited, and one to tell that there are more");
}
