//! The table: each lint once, in order, with words.

use super::*;

#[test]
fn lints_are_numbered_and_named_once() {
    let lints = Lint::all();
    let ids: Vec<String> = lints.iter().map(|lint| lint.id.to_owned()).collect();
    let expected: Vec<String> = (1..=lints.len()).map(|n| format!("L{n}")).collect();
    assert_eq!(ids, expected);
    let names: std::collections::BTreeSet<&str> = lints.iter().map(|lint| lint.name).collect();
    assert_eq!(names.len(), lints.len());
    for lint in lints {
        assert!(lint.name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'), "{}", lint.name);
        for text in [lint.rule, lint.holds, lint.fix].into_iter().chain(lint.incident) {
            assert!(!text.is_empty() && !text.ends_with('.') && !text.contains("  "), "{}: {text}", lint.id);
        }
        assert_eq!(Lint::named(lint.id), Some(*lint));
        assert_eq!(Lint::named(lint.name), Some(*lint));
    }
    assert_eq!(Lint::named("L0"), None);
}

#[test]
fn a_finding_is_called_by_its_rule_its_id_or_its_name() {
    let found = check_repository(
        &{
            let mut world = world();
            world.pins = false;
            world.publish()
        },
        &Beside::default(),
        at(CEREMONY),
    );
    assert_eq!(found.len(), 2);
    for text in ["R12", "L31", "unpinned"] {
        assert!(found[0].is_called(text), "{text}");
    }
    assert!(!found[0].is_called("R1") && !found[0].is_called("L3"));
    let of_people = Finding { lint: None, rule: "K5", ..found[0].clone() };
    assert!(of_people.is_called("K5") && !of_people.is_called("L31"));
    assert_eq!(Severity::Note.as_str(), "note");
}

#[test]
fn every_client_has_a_public_reference_or_is_a_rule_of_the_format() {
    for row in Client::all() {
        let neutral = row.versions.is_empty();
        assert_eq!(neutral, row.client.contains("(F"), "{}", row.client);
        let public = row.reference.starts_with("https://github.com/");
        assert!(public || (neutral && row.reference.starts_with("TUF ")), "{}", row.reference);
    }
}
