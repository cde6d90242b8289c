//! C49 to C56: which roles are asked, in which order, and whose answer counts.

use super::forest::*;
use crate::*;
use tuffet_metadata::RoleName;

#[test]
fn c49_the_search_is_pre_order_in_order_of_appearance() {
    let forest = forest([
        ("targets", &["top"], vec![to("B"), to("A")]),
        ("B", &[], vec![to("D"), to("C")]),
        ("A", &["x", "top"], vec![to("E")]),
        ("D", &[], vec![]),
        ("C", &[], vec![to("F")]),
        ("E", &["x"], vec![]),
        ("F", &["y"], vec![]),
    ]);
    assert_eq!(forest.search("top"), found(&[], "targets"), "the top-level role comes first");
    assert_eq!(forest.search("x"), found(&["B", "D", "C", "F", "A"], "A"), "a role before those below it");
    assert_eq!(forest.search("y"), found(&["B", "D", "C", "F"], "F"));
    let none = "target `z`: not listed by targets v5 or by the 6 delegated roles searched (TUF 5.6.7)";
    assert_eq!(forest.search("z"), absent(&["B", "D", "C", "F", "A", "E"], none));
    // The order is the list's, not the names': swapped, A answers first.
    let swapped = forest.clone().with(|f| f.role("targets").edges.reverse());
    assert_eq!(swapped.search("x"), found(&["A"], "A"));
}

#[test]
fn c49_the_first_role_in_order_answers_where_two_list_the_target() {
    let forest = forest([
        ("targets", &[], vec![to("A"), to("B")]),
        ("A", &[], vec![to("C")]),
        ("B", &["x"], vec![]),
        ("C", &["x"], vec![]),
    ]);
    assert_eq!(forest.search("x"), found(&["A", "C"], "C"), "C stands above B through A");
}

#[test]
fn c50_a_visited_role_is_skipped_and_cycles_end() {
    let text =
        |n: u8| format!("target `x`: not listed by targets v5 or by the {n} delegated roles searched (TUF 5.6.7)");
    let cycle = forest([
        ("targets", &[], vec![to("A")]),
        ("A", &[], vec![to("B"), to("A")]),
        ("B", &[], vec![to("A"), to("B")]),
    ]);
    assert_eq!(cycle.search("x"), absent(&["A", "B"], &text(2)));
    let own = forest([("targets", &[], vec![to("A")]), ("A", &["x"], vec![to("A")])]);
    assert_eq!(own.search("y").0, ["A"]);
    let diamond = forest([
        ("targets", &[], vec![to("A"), to("B")]),
        ("A", &[], vec![to("D")]),
        ("B", &[], vec![to("D"), to("E")]),
        ("D", &[], vec![]),
        ("E", &["x"], vec![]),
    ]);
    assert_eq!(diamond.search("x"), found(&["A", "D", "B", "E"], "E"), "D is asked once");
}

#[test]
fn c54_nothing_after_a_terminating_delegation_is_consulted() {
    let end = |role| {
        format!("target `x`: not listed, and the search ends with the terminating delegation to {role} (TUF 5.6.7.2.1)")
    };
    let sibling =
        forest([("targets", &[], vec![to("A").terminating(), to("B")]), ("A", &[], vec![]), ("B", &["x"], vec![])]);
    assert_eq!(sibling.search("x"), absent(&["A"], &end("A")));
    // The ancestors' later siblings neither; what stands before it, and below it, is.
    let deep = forest([
        ("targets", &[], vec![to("A"), to("B")]),
        ("A", &[], vec![to("C"), to("D").terminating(), to("E")]),
        ("B", &["x"], vec![]),
        ("C", &[], vec![]),
        ("D", &[], vec![to("F")]),
        ("E", &["x"], vec![]),
        ("F", &["y"], vec![]),
    ]);
    assert_eq!(deep.search("x"), absent(&["A", "C", "D", "F"], &end("D")));
    assert_eq!(deep.search("y"), found(&["A", "C", "D", "F"], "F"));
}

#[test]
fn d10_a_terminating_delegation_that_does_not_match_ends_nothing() {
    let forest = forest([
        ("targets", &[], vec![over("A", &["other/*"]).terminating(), to("B")]),
        ("A", &[], vec![]),
        ("B", &["x"], vec![]),
    ]);
    assert_eq!(forest.search("x"), found(&["B"], "B"));
    assert!(forest.search("other/x").1.unwrap_err().contains("terminating delegation to A"));
}

#[test]
fn d10_a_terminating_delegation_to_a_visited_role_ends_the_search_too() {
    let forest = forest([
        ("targets", &[], vec![to("A"), to("B"), to("C")]),
        ("A", &[], vec![]),
        ("B", &[], vec![to("A").terminating()]),
        ("C", &["x"], vec![]),
    ]);
    let text = "target `x`: not listed, and the search ends with the terminating delegation to A (TUF 5.6.7.2.1)";
    assert_eq!(forest.search("x"), absent(&["A", "B"], text));
}

#[test]
fn c55_without_a_terminating_delegation_it_goes_on_and_stops_at_the_first_hit() {
    let forest = forest([
        ("targets", &[], vec![to("A"), to("B"), to("C")]),
        ("A", &[], vec![]),
        ("B", &["x"], vec![]),
        ("C", &["x"], vec![]),
    ]);
    assert_eq!(forest.search("x"), found(&["A", "B"], "B"));
}

#[test]
fn c56_the_path_matches_every_delegation_on_the_way() {
    let forest = forest([
        ("targets", &[], vec![over("A", &["a/*"])]),
        ("A", &["b/y"], vec![over("B", &["*/*"])]),
        ("B", &["b/x", "a/x"], vec![]),
    ]);
    assert_eq!(forest.search("a/x"), found(&["A", "B"], "B"));
    for path in ["b/x", "b/y"] {
        let text = format!("target `{path}`: not listed by targets v5 (TUF 5.6.7)");
        assert_eq!(forest.search(path), absent(&[], &text), "nobody gave A anything outside a/");
    }
}

#[test]
fn c56_hash_prefixes_bind_as_patterns_do() {
    // sha256("a") = ca97..., sha256("b") = 3e23...
    let prefix = |name: &str, digits: &str| Edge { by: ("path_hash_prefixes", vec![digits.into()]), ..to(name) };
    let forest = forest([
        ("targets", &[], vec![prefix("A", "ca")]),
        ("A", &["b"], vec![prefix("B", "c"), prefix("C", "3e")]),
        ("B", &["a", "b"], vec![]),
        ("C", &["b"], vec![]),
    ]);
    assert_eq!(forest.search("a"), found(&["A", "B"], "B"));
    assert_eq!(forest.search("b"), absent(&[], "target `b`: not listed by targets v5 (TUF 5.6.7)"));
}

#[test]
fn f23_a_succinct_bin_is_asked_and_its_siblings_are_not() {
    // The first 3 bits of sha256("a") are 6, of sha256("b") 1.
    let bins = |forest: &mut Forest| {
        forest.role("A").succinct = Some((3, "bin".into()));
        for bin in 0..8 {
            forest.add(&format!("bin-{bin}"), &["a", "b"], vec![]);
        }
    };
    let mut forest =
        forest([("targets", &[], vec![to("A").terminating(), to("Z")]), ("A", &[], vec![]), ("Z", &["c"], vec![])])
            .with(bins);
    assert_eq!(forest.search("a"), found(&["A", "bin-6"], "bin-6"));
    assert_eq!(forest.search("b"), found(&["A", "bin-1"], "bin-1"));
    assert!(forest.search("c").1.unwrap_err().ends_with("terminating delegation to A (TUF 5.6.7.2.1)"));
    // A bin terminates nothing (TAP 15): with A no longer terminating, Z is asked.
    forest.role("targets").edges[0].terminating = false;
    let (asked, outcome) = forest.search("c");
    assert_eq!((asked.len(), outcome), (3, Ok("Z".into())));
}

#[test]
fn the_request_says_role_name_and_limit() {
    let odd = "../d%2e/?";
    for (consistent, pinned) in [(true, true), (false, false)] {
        let forest = forest([("targets", &[], vec![to(odd)]), (odd, &["x"], vec![])]).with(|f| {
            (f.consistent, f.pinned) = (consistent, pinned);
        });
        let refreshed = forest.refreshed();
        let search = refreshed.search("x");
        let name = if consistent { "5...%2Fd%252e%2F%3F.json" } else { "..%2Fd%252e%2F%3F.json" };
        let limit = if pinned { forest.file(odd).len() as u64 } else { 5_000_000 };
        let request = Request { role: RoleName::Delegated(odd.into()), name: name.into(), limit };
        assert_eq!(search.step(), Step::Fetch(request.clone()));
        assert_eq!(search.step(), Step::Fetch(request), "asking changes nothing");
        assert!(search.newest().is_none());
        let search = search.take(forest.file(odd)).unwrap();
        assert_eq!(search.newest().unwrap().bytes(), forest.file(odd));
        let Step::Found(target) = search.step() else { panic!("{search:?}") };
        assert_eq!((target.role.as_str(), target.remote_path().contains('.')), (odd, consistent));
        assert_eq!(search.take(b"ended: not looked at".to_vec()).unwrap().visited().len(), 1);
    }
}

#[test]
fn c56_paths_are_opaque() {
    let forest = forest([
        ("targets", &["a/b"], vec![over("A", &["../*", "*//*", "/*", "\u{e9}"])]),
        ("A", &["../x", "a//b", "/a", "\u{e9}", "e\u{301}", "A/b"], vec![]),
    ]);
    for path in ["../x", "a//b", "/a", "\u{e9}"] {
        assert_eq!(forest.search(path), found(&["A"], "A"));
    }
    for path in ["x", "./a/b", "a/./b", "A/b", "e\u{301}", "a/b/", ""] {
        assert!(forest.search(path).1.is_err(), "{path}");
    }
}
