//! A snapshot that an interrupted run left, or another publisher wrote (R5, X19).

use crate::site::{first, text, time};
use crate::world::{Tree, anew, put, resign, seen, the_second, trees};
use tuffet_repository::{MemoryPlace, Repository, stage};

/// Version 1, and the snapshot that a run left which was to expire so many hours later.
fn left(hours: i64) -> (MemoryPlace, Vec<u8>) {
    let [one, _] = trees();
    let other: MemoryPlace = one.clone().into_iter().collect();
    resign(&Repository::at(other.clone()), hours).unwrap();
    let snapshot = other.files()["2.snapshot.json"].clone();
    let place: MemoryPlace = one.into_iter().collect();
    put(&place, "2.snapshot.json", &snapshot);
    (place, snapshot)
}

fn files(place: &MemoryPlace) -> Tree {
    place.files()
}

#[test]
fn r5_x19_a_snapshot_that_says_the_same_and_expires_within_a_day_is_taken_up() {
    for hours in [-24, -1, 0, 23, 24] {
        let (place, snapshot) = left(hours);
        assert_eq!(resign(&Repository::at(place.clone()), 0).unwrap().snapshot, 2, "{hours}");
        assert_eq!(files(&place)["2.snapshot.json"], snapshot);
        assert_eq!(seen(&place), [1, 1, 2, 2]);
    }
}

#[test]
fn r5_x19_another_one_is_passed_over_and_stays() {
    for hours in [-25, 25] {
        let (place, snapshot) = left(hours);
        assert_eq!(resign(&Repository::at(place.clone()), 0).unwrap().snapshot, 3, "{hours}");
        assert_eq!(files(&place)["2.snapshot.json"], snapshot);
        assert_eq!(seen(&place), [1, 1, 3, 2], "the timestamp has its next version");
        assert_eq!(resign(&Repository::at(place.clone()), 0).unwrap().snapshot, 4);
    }
    // Of other targets, of another role's key, of another version, and no snapshot at all.
    let [one, two] = trees();
    for (what, bytes) in [
        ("targets v2", two["2.snapshot.json"].clone()),
        ("older", one["1.snapshot.json"].clone()),
        ("targets", one["1.targets.json"].clone()),
        ("nothing", b"{}".to_vec()),
    ] {
        let place: MemoryPlace = one.clone().into_iter().collect();
        put(&place, "2.snapshot.json", &bytes);
        put(&place, "3.snapshot.json", b"");
        put(&place, "5.snapshot.json", b"");
        assert_eq!(resign(&Repository::at(place.clone()), 0).unwrap().snapshot, 4, "{what}");
        assert_eq!(files(&place)["2.snapshot.json"], bytes);
        assert_eq!(resign(&Repository::at(place), 0).unwrap().snapshot, 6, "{what}");
    }
}

#[test]
fn r5_the_lowest_free_version_is_taken_however_high_others_lie() {
    let [one, _] = trees();
    let place: MemoryPlace = one.into_iter().collect();
    put(&place, &format!("{}.snapshot.json", u64::MAX), b"");
    (2..100).for_each(|version| put(&place, &format!("{version}.snapshot.json"), b""));
    assert_eq!(resign(&Repository::at(place), 0).unwrap().snapshot, 100);
}

#[test]
fn x19_what_a_first_publication_left_is_taken_up_or_told() {
    let [one, _] = trees();
    let place: MemoryPlace = one.into_iter().filter(|(file, _)| file != "timestamp.json").collect();
    let repository = Repository::at(place.clone());
    assert!(repository.published().unwrap().is_none());
    let expires = |day| tuffet_repository::OnlineExpiries { snapshot: time(day), ..crate::site::expires() };
    let again = |day| stage(repository.current().unwrap(), first(), &crate::site::online(), &expires(day));
    let error = again("2026-12-24").err().unwrap();
    assert_eq!(
        error.to_string(),
        "1.snapshot.json: expected none before the first timestamp, or the one this publication lists, found another, left \
         by a publication that was interrupted (R5)"
    );
    assert_eq!(
        error.hint(),
        Some("give the days the interrupted run had, or remove this one file: no client has seen it")
    );
    again("2026-12-23").unwrap().verify(crate::site::at()).unwrap().publish(&repository).unwrap();
    assert_eq!(seen(&place), [1, 1, 1, 1]);
}

#[test]
fn x20_a_snapshot_that_came_since_is_told_and_nothing_is_written_over_it() {
    let [one, _] = trees();
    let place: MemoryPlace = one.clone().into_iter().collect();
    let repository = Repository::at(place.clone());
    let late = anew(&repository, 0).unwrap();
    put(&place, "2.snapshot.json", b"of another");
    let error = late.publish(&repository).err().unwrap();
    assert!(error.is_race());
    assert_eq!(error.hint(), Some("run the same command again"));
    assert_eq!(
        text::<()>(Err(error)),
        "2.snapshot.json: expected no file yet, found one that another publisher wrote in between: nothing was published \
         (X20)"
    );
    assert_eq!(files(&place)["2.snapshot.json"], b"of another");
    // Root and targets are signed by people: theirs cannot be another file.
    put(&place, "2.targets.json", b"of another");
    let second = the_second(&one);
    let staged = stage(repository.current().unwrap(), second, &crate::site::online(), &crate::site::expires()).unwrap();
    let error = text(staged.verify(crate::site::at()).unwrap().publish(&repository));
    assert!(error.starts_with("2.targets.json: expected the published bytes (SHA-256 "), "{error}");
    assert_eq!(seen(&place), [1, 1, 1, 1]);
}
