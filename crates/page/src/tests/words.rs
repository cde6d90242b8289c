//! What the page says of what it is told.

use super::{facts, page, status, time};
use crate::{Facts, PAGE, STATUS, is_ours, site};

#[test]
fn status_json_is_the_facts_and_nothing_else() {
    let facts = facts("a");
    let read: Facts = serde_json::from_str(&status(&facts)).unwrap();
    assert_eq!(read, facts);
    let more = status(&facts).replacen("\"made\"", "\"more\": 1, \"made\"", 1);
    let text = serde_json::from_str::<Facts>(&more).unwrap_err().to_string();
    assert!(text.starts_with("unknown field `more`, expected one of `schema`, `made`, `name`"), "{text}");
    let other = status(&facts).replacen("tuffet-status-v1", "tuffet-status-v2", 1);
    let text = serde_json::from_str::<Facts>(&other).unwrap_err().to_string();
    assert_eq!(text.split(" at line").next(), Some("schema: expected tuffet-status-v1, found `tuffet-status-v2`"));
}

#[test]
fn the_same_facts_give_the_same_bytes() {
    assert_eq!(site(&facts("a")), site(&facts("a")));
}

#[test]
fn days_count_from_the_page() {
    let made = time("2026-12-01T10:00:00Z");
    for (then, text) in [
        ("2026-12-22T10:00:00Z", "21 days after this page was made"),
        ("2026-12-02T10:00:00Z", "1 day after this page was made"),
        ("2026-12-01T10:00:00Z", "within a day of this page"),
        ("2026-12-01T09:00:00Z", "less than a day before this page"),
        ("2026-11-30T09:00:00Z", "1 day before this page was made"),
        ("2026-11-01T09:00:00Z", "30 days before this page was made"),
    ] {
        assert_eq!(time(then).apart_from(made), text);
    }
}

#[test]
fn what_is_not_known_is_left_out() {
    let page = page(&Facts::new(time("2026-12-01T10:00:00Z")));
    for absent in ["<h2", "<svg", "undefined", "None", "trusted_root"] {
        assert!(!page.contains(absent), "{absent}: {page}");
    }
    assert!(page.contains("<h1><bdi>A root of trust</bdi></h1>"), "{page}");
}

#[test]
fn nothing_runs_and_nothing_is_fetched() {
    let page = page(&facts("a"));
    let (_, policy) = page.split_once("Content-Security-Policy\" content=\"").unwrap();
    let (policy, _) = policy.split_once('"').unwrap();
    assert!(policy.starts_with("default-src 'none'; img-src data:; style-src 'sha256-"), "{policy}");
    assert!(!policy.contains("unsafe"), "{policy}");
    for absent in ["<script", " style=\"", " src=", "@import", "url("] {
        assert!(!page.contains(absent), "{absent}");
    }
}

#[test]
fn only_its_own_files_are_known_again() {
    let files = site(&facts("a")).files;
    assert!(is_ours(PAGE, &files[PAGE]) && is_ours(STATUS, &files[STATUS]));
    assert!(!is_ours(PAGE, &files[STATUS]) && !is_ours(STATUS, &files[PAGE]) && !is_ours("1.root.json", &files[PAGE]));
    for other in [&b""[..], b"<!doctype html><title>mine</title>", b"{\"status\": \"green\"}", &[0xff, 0xfe]] {
        assert!(!is_ours(PAGE, other) && !is_ours(STATUS, other));
    }
    // A title says nothing of who wrote it.
    let boast =
        site(&Facts { name: Some("<meta name=\"generator\" content=\"tuffet page\">".to_owned()), ..facts("a") });
    let text = String::from_utf8(boast.files[PAGE].clone()).unwrap();
    assert_eq!(text.matches("<meta name=\"generator\"").count(), 1);
}

#[test]
fn what_a_root_changed_is_said_in_words() {
    let mut facts = facts("");
    let (owners, ids) = (["@a", "@b", "@c", "@d"], facts.keys.iter().map(|key| key.id.clone()).collect::<Vec<_>>());
    for (key, owner) in facts.keys.iter_mut().zip(owners) {
        key.owner = Some(owner.to_owned());
    }
    facts.roots.truncate(2);
    let seats = |keys: &[usize]| keys.iter().map(|n| ids[*n].clone()).collect::<Vec<_>>();
    for role in 0..2 {
        facts.roots[0].seats[role].keys = seats(&[0, 1]);
        facts.roots[1].seats[role].keys = seats(&[1, 2, 3]);
    }
    facts.roots[1].seats[1].threshold = 3;
    let text = page(&facts);
    for expected in [
        "root and targets: @a leaves",
        "root and targets: @c and @d come",
        "targets: threshold 3 instead of 2",
        "the first of this repository",
    ] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
    facts.keys[3].owner = Some("@a".to_owned());
    facts.roots[1].seats[0].keys = seats(&[1, 3]);
    facts.roots[1].seats[1] = facts.roots[1].seats[0].clone();
    let text = page(&facts);
    assert!(text.contains("@a has another key") && !text.contains("@a leaves"), "{text}");
}
