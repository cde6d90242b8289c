//! F20, X14: path patterns against a table, and against a matcher that is slow and plainly right.

use crate::PathPattern;
use proptest::prelude::*;

/// (pattern, paths it covers, paths it does not).
const TABLE: [(&str, &[&str], &[&str]); 26] = [
    // The four examples of TUF 4.5.
    ("targets/*.tgz", &["targets/foo.tgz", "targets/bar.tgz", "targets/.tgz"], &["targets/foo.txt", "foo.tgz"]),
    ("targets/*", &["targets/foo", "targets/"], &["targets/a/b", "targets", "TARGETS/foo"]),
    ("foo-version-?.tgz", &["foo-version-2.tgz", "foo-version-a.tgz"], &["foo-version-alpha.tgz", "foo-version-.tgz"]),
    ("*.tgz", &["foo.tgz"], &["targets/foo.tgz", "foo.tgz/"]),
    // Neither wildcard matches a slash, however many there are.
    ("*", &["", "a", ".hidden", "a.b"], &["/", "a/b", "a/"]),
    ("?", &["a", "\u{e9}"], &["", "ab", "/"]),
    ("**", &["", "ab"], &["a/b", "/"]),
    ("a/**/b", &["a/x/b", "a//b"], &["a/b", "a/x/y/b"]),
    ("*/*", &["a/b", "/"], &["a", "a/b/c"]),
    ("a?b", &["axb"], &["a/b", "ab"]),
    // Nothing else is special.
    ("[/]", &["[/]"], &["/", "]"]),
    ("[ab]", &["[ab]"], &["a", "b"]),
    ("[!a]", &["[!a]"], &["b"]),
    ("{a,b}", &["{a,b}"], &["a", "b"]),
    ("a\\*", &["a\\", "a\\b"], &["a*", "a\\/b"]),
    ("[", &["["], &["a"]),
    ("", &[""], &["a", "/"]),
    // Paths are opaque.
    ("a//b", &["a//b"], &["a/b"]),
    ("a/*/b", &["a/x/b", "a//b"], &["a/b", "a/x/y/b"]),
    ("/a", &["/a"], &["a"]),
    ("a/./b", &["a/./b"], &["a/b"]),
    ("../*", &["../x"], &["x", "y/../x"]),
    // By case, on every system.
    ("Foo/*", &["Foo/x"], &["foo/x", "FOO/x"]),
    // Characters are code points, and nothing is normalised.
    ("caf?", &["caf\u{e9}", "cafe", "caf\u{1f980}"], &["cafe\u{301}", "caf"]),
    ("\u{e9}", &["\u{e9}"], &["e\u{301}", "e"]),
    ("*a*b*c*", &["abc", "xaxbxcx", "aabbcc"], &["acb", "ab/c", "a/b/c"]),
];

#[test]
fn f20_patterns_cover_what_the_table_says() {
    for (pattern, covered, others) in TABLE {
        let matcher = PathPattern::new(pattern);
        assert_eq!(matcher.as_str(), pattern);
        for path in covered {
            assert!(matcher.matches(path), "`{pattern}` covers `{path}`");
        }
        for path in others {
            assert!(!matcher.matches(path), "`{pattern}` does not cover `{path}`");
        }
    }
}

#[test]
fn x14_many_stars_cost_no_more_than_the_product_of_the_lengths() {
    // Exponential for a matcher that recurses at each star: 2^500 attempts.
    let pattern = PathPattern::new(format!("{}b", "*a".repeat(500)));
    let path = "a".repeat(2_000);
    assert!(!pattern.matches(&path));
    assert!(pattern.matches(&format!("{path}b")));
    let stars = PathPattern::new("*".repeat(100_000));
    assert!(stars.matches(&path) && !stars.matches("a/"));
}

#[test]
fn f20_patterns_that_clients_read_differently_are_reported() {
    for (pattern, uncommon) in [
        ("a/*", false),
        ("a?", false),
        ("a/", false),
        ("**", true),
        ("[ab]", true),
        ("{a}", true),
        ("a\\", true),
        ("/a", true),
    ] {
        assert_eq!(PathPattern::new(pattern).is_uncommon(), uncommon, "{pattern}");
    }
}

/// Every way a star can be read, tried.
fn slow(pattern: &[char], path: &[char]) -> bool {
    match (pattern.split_first(), path.split_first()) {
        (None, None) => true,
        (Some(('*', rest)), None) => slow(rest, path),
        (Some(('*', rest)), Some((c, tail))) => slow(rest, path) || (*c != '/' && slow(pattern, tail)),
        (Some(('?', rest)), Some((c, tail))) => *c != '/' && slow(rest, tail),
        (Some((want, rest)), Some((c, tail))) => want == c && slow(rest, tail),
        _ => false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4_000, ..ProptestConfig::default() })]

    #[test]
    fn x14_the_fast_matcher_agrees_with_the_slow_one(pattern in "[ab/*?\u{e9}]{0,9}", path in "[ab/\u{e9}]{0,9}") {
        let chars = |text: &str| text.chars().collect::<Vec<_>>();
        let expected = slow(&chars(&pattern), &chars(&path));
        prop_assert_eq!(PathPattern::new(pattern.as_str()).matches(&path), expected);
    }
}
