//! A row that says something else than clients do is noticed, and so is one that says nothing.

use super::stage::Stage;
use super::table::{Entry, Expected, entries};
use super::{RowOutcome, ops};
use crate::tests::original::{NOW, at, twin};
use tuffet_builder::Pins;

fn differs(id: &str, change: impl Fn(&mut Entry)) -> Vec<String> {
    let (twin, mut make) = twin(Pins::Full);
    let stage = Stage::of(&twin, at(NOW)).unwrap();
    let mut entry = entries().unwrap().into_iter().find(|entry| entry.id == id).unwrap();
    assert_eq!(ops::play(&stage, &entry, &mut *make).unwrap().differs(), [""; 0], "as it stands");
    change(&mut entry);
    let row = ops::play(&stage, &entry, &mut *make).unwrap();
    assert!(matches!(row.outcome, RowOutcome::Played(_)));
    row.differs().to_vec()
}

#[test]
fn a_client_that_does_something_else_differs() {
    let found = differs("T9", |entry| entry.in_use = Expected::Follows);
    assert_eq!(
        found[0],
        "root 1, in use: expected a client that follows, found: refuses: timestamp.json: snapshot: expected version 2 \
         or later, found 1 (TUF 5.4.3.2); root 3, timestamp 2, snapshot 2, targets 2"
    );
    assert_eq!(found.len(), 2, "of four clients two are in use");
    let found = differs("T9", |entry| entry.in_use = Expected::Refuses(vec!["signature".into()]));
    assert!(found[0].contains("expected a refusal (signature) that changes nothing, found: refuses"), "{found:?}");
    let found = differs("T25", |entry| entry.new = Expected::Installs(false));
    assert!(found[0].starts_with("root 1, new: expected the thief's file not installed, found: installs"), "{found:?}");
    let found = differs("T18a", |entry| entry.new = Expected::Installs(true));
    assert!(found[0].starts_with("root 1, new: expected the thief's file installed, found: refuses"), "{found:?}");
}

#[test]
fn a_refusal_that_changes_what_is_trusted_differs() {
    // A timestamp taken in before a snapshot is missed: the table says so, and must.
    let found = differs("T11", |entry| entry.kept.clear());
    assert!(found[0].contains("expected a refusal (not-found) that changes nothing"), "{found:?}");
}

#[test]
fn a_recovery_that_does_not_help_differs() {
    let found = differs("T10", |entry| entry.after = vec!["owners online".into()]);
    assert!(found[0].starts_with("root 1, in use: expected a client that follows, found: refuses"), "{found:?}");
    let found = differs("T10", |entry| entry.between = Some(Expected::Follows));
    assert_eq!(found.len(), 2);
}

#[test]
fn a_bound_that_is_none_differs() {
    let found = differs("T1", |entry| (entry.until, entry.thief) = (true, vec!["serve nothing".into()]));
    assert!(!found.is_empty());
}

#[test]
fn words_that_are_none_are_refused() {
    let (twin, mut make) = twin(Pins::Full);
    let stage = Stage::of(&twin, at(NOW)).unwrap();
    let mut entry = entries().unwrap().remove(0);
    entry.thief = vec!["wait for rain".into()];
    let refused = ops::play(&stage, &entry, &mut *make).unwrap_err().to_string();
    assert_eq!(refused, "the table of threats: wait for rain: not a word of the rows");
    entry.needs = vec!["rain".into()];
    let row = ops::play(&stage, &entry, &mut *make).unwrap();
    assert_eq!(row.outcome, RowOutcome::NotPlayed("not understood: rain".into()));
    let refused = Expected::try_from("sleeps".to_owned()).unwrap_err();
    assert_eq!(refused, "expected follows, refuses CODE, installs or installs not, found sleeps");
}
